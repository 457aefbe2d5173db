//! What is taken at the door, and what is refused with which words.

use proptest::prelude::*;

use super::*;

#[test]
fn messages() {
    assert_eq!(MessageText::parse(""), Err(TextRefused::Empty));
    for blank in [
        " \n\t ",
        "\u{200b}\u{feff}",
        "\u{3164}",
        "\u{2800}\u{a0}",
        "\u{202e}\u{2069}",
    ] {
        assert_eq!(MessageText::parse(blank), Err(TextRefused::Empty), "{blank:?}");
    }
    assert_eq!(MessageText::parse("a\0b"), Err(TextRefused::Nul));
    assert!(MessageText::parse("x".repeat(MESSAGE_BYTES_MAX)).is_ok());
    let refused = MessageText::parse("x".repeat(MESSAGE_BYTES_MAX + 1)).unwrap_err();
    assert_eq!(
        refused,
        TextRefused::TooLong {
            limit: 16_384,
            actual: 16_385
        }
    );
    assert!(refused.to_string().contains("16384"), "{refused}");
    let raw = "  \u{1b}[31mred\r\n\u{202e}x ";
    let taken = MessageText::parse(raw).unwrap();
    assert_eq!(taken.as_str(), raw, "stored as sent");
    assert_eq!(taken.shown().as_str(), "  ␛[31mred\nx  ⚠ hidden direction marks");
    assert!(!format!("{taken:?}").contains("red"), "no message text in logs");
}

#[test]
fn messages_on_the_wire() {
    assert_eq!(serde_json::from_str::<MessageText>("\"hi\"").unwrap().as_str(), "hi");
    assert!(
        serde_json::from_str::<MessageText>("\" \"")
            .unwrap_err()
            .to_string()
            .contains("empty")
    );
    assert_eq!(
        serde_json::to_string(&MessageText::parse("a\"b").unwrap()).unwrap(),
        r#""a\"b""#
    );
}

#[test]
fn customer_names_taken() {
    for name in [
        "alice",
        "A",
        "bob.smith_2-x",
        "Zoë",
        "Алиса",
        "Ελένη",
        "山田たろう",
        "ヤマダ太郎",
        "김철수",
        "李明ㄅ",
        "राहुल",
        "สมชาย",
        "น้ำ",
        "محمد",
        "42",
        &"x".repeat(64),
    ] {
        assert_eq!(CustomerName::parse(name).map(String::from).as_deref(), Ok(name));
    }
    assert_eq!(CustomerName::parse("Zoe\u{308}").unwrap().as_str(), "Zoë", "normalised");
}

#[test]
fn customer_names_refused() {
    use NameRefused::*;
    let cases = [
        ("", Empty),
        (" ", BadCharacter(' ')),
        ("alice bob", BadCharacter(' ')),
        ("a/b", BadCharacter('/')),
        ("a\u{1b}[2J", BadCharacter('\u{1b}')),
        ("a\u{200b}b", BadCharacter('\u{200b}')),
        ("\u{3164}", BadCharacter('\u{3164}')),
        ("\u{301}a", BadCharacter('\u{301}')),
        ("\u{d7b0}", BadCharacter('\u{d7b0}')),
        ("ａｌｉｃｅ", BadCharacter('ａ')),
        ("x²", BadCharacter('²')),
        ("agent✔", BadCharacter('✔')),
        ("a\u{202e}b", BadCharacter('\u{202e}')),
        (".", NoLetter),
        ("..", NoLetter),
        ("-_-", NoLetter),
        ("аgent", MixedScripts),
        ("αlice", MixedScripts),
        ("たろう김", MixedScripts),
        ("alice١", MixedScripts),
    ];
    for (name, why) in cases {
        assert_eq!(CustomerName::parse(name), Err(why), "{name:?}");
    }
    assert_eq!(
        CustomerName::parse("x".repeat(65)),
        Err(TooLong { limit: 64, actual: 65 })
    );
    assert_eq!(
        BadCharacter('\u{1b}').to_string(),
        "the name contains U+001B: use letters, digits, dot, underscore and hyphen"
    );
    assert!(BadCharacter('/').to_string().contains("'/' (U+002F)"));
}

#[test]
fn display_names() {
    assert_eq!(DisplayName::parse("  Ada Lovelace ").unwrap().as_str(), "Ada Lovelace");
    assert_eq!(DisplayName::parse("   "), Err(NameRefused::Empty));
    assert_eq!(DisplayName::parse("A\nB"), Err(NameRefused::CannotBeShown('\n')));
    assert_eq!(
        DisplayName::parse("A\u{202e}B"),
        Err(NameRefused::CannotBeShown('\u{202e}'))
    );
    assert_eq!(
        DisplayName::parse("A\u{e000}"),
        Err(NameRefused::CannotBeShown('\u{e000}'))
    );
    assert!(matches!(
        DisplayName::parse("x".repeat(65)),
        Err(NameRefused::TooLong { .. })
    ));
    assert!(serde_json::from_str::<DisplayName>("\"\"").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_taken_name_is_taken_again_unchanged(raw in "\\PC{0,20}") {
        if let Ok(name) = CustomerName::parse(&raw) {
            prop_assert_eq!(CustomerName::parse(name.as_str()), Ok(name.clone()));
            prop_assert_eq!(name.shown().to_string(), name.as_str());
        }
        if let Ok(name) = DisplayName::parse(&raw) {
            prop_assert_eq!(DisplayName::parse(name.as_str()), Ok(name));
        }
    }

    #[test]
    fn a_taken_message_can_be_seen(raw in any::<String>()) {
        if let Ok(text) = MessageText::parse(raw.as_str()) {
            prop_assert_eq!(text.as_str(), raw.as_str());
            prop_assert_ne!(text.shown(), Shown::fixed("(empty)"));
        }
    }
}

proptest! {
    /// The quick way for plain names says what the way for all names says.
    #[test]
    fn plain_names_are_judged_alike(name in "[ -~]{0,66}|[a-zA-Z0-9._-]{0,66}") {
        prop_assert_eq!(CustomerName::parse(&name), CustomerName::parse_any(&name));
        prop_assert_eq!(DisplayName::parse(&name), DisplayName::parse_any(name.trim()));
    }
}
