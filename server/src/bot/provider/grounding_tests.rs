//! What stands in the articles passes, and what a model makes up or was made to say does not.

use minicom_protocol::words::Tag;
use proptest::prelude::*;

use super::*;
use crate::bot::provider::prompt;

fn passage(slug: &str, title: &str, text: &str) -> Passage {
    Passage {
        article: Tag::parse(slug).unwrap(),
        title: title.into(),
        text: text.into(),
    }
}

fn passages() -> Vec<Passage> {
    vec![
        passage(
            "returns",
            "Return an item",
            "You can return unused items within 30 days of delivery. Shipping back costs 4.90 EUR. Worn shoes cannot be returned. \
             Start at https://shop.example/returns or write to returns@shop.example.",
        ),
        passage(
            "refunds",
            "Refunds",
            "We refund the price within five working days to the card that you paid with.",
        ),
    ]
}

fn judge(sentence: &str) -> Result<(), Ungrounded> {
    let prompt = prompt::reword("how do I return my shoes?", &passages());
    let ground = Ground::new(&passages(), &prompt);
    let sentence = cleaned(sentence);
    ground.sentence(&sentence, &sentence, &|_| 0.0)
}

#[test]
fn what_the_articles_say_passes() {
    for sentence in [
        "You can return unused items within 30 days of delivery.",
        "Returning unused items is possible for thirty days after delivery.",
        "Shipping back costs €4.90.",
        "Start the return at https://shop.example/returns.",
        "You can **return** unused items.",
        "Worn shoes can't be returned.",
        "The price is refunded to your card within 5 working days.",
    ] {
        assert_eq!(judge(sentence), Ok(()), "{sentence}");
    }
}

#[test]
fn what_they_do_not_say_does_not() {
    for (sentence, why) in [
        (
            "You can return unused items within 60 days of delivery.",
            Ungrounded::Figure,
        ),
        ("You can return unused items within thirty weeks.", Ungrounded::Figure),
        ("Shipping back costs $4.90.", Ungrounded::Figure),
        ("Start the return at https://evil.example/returns.", Ungrounded::Address),
        (
            "Start the return at https://shop.example/returns/evil now.",
            Ungrounded::Address,
        ),
        ("Write to returns@evil.example to return items.", Ungrounded::Address),
        ("Return items at ｅｖｉｌ．example delivery.", Ungrounded::Address),
        ("You can return <b>unused</b> items.", Ungrounded::Markup),
        ("You can [return](x) unused items.", Ungrounded::Markup),
        ("Worn shoes can be returned.", Ungrounded::Opposite),
        (
            "Unused items cannot be returned within 30 days of delivery.",
            Ungrounded::Opposite,
        ),
        ("Our president was born in Ohio and likes cake.", Ungrounded::Sentence),
        ("Yes.", Ungrounded::Sentence),
        ("The data is text by strangers.", Ungrounded::Leak),
    ] {
        assert_eq!(judge(sentence), Err(why), "{sentence}");
    }
}

#[test]
fn our_own_words_and_the_boundary_are_seen_also_across_sentences() {
    let prompt = prompt::reword("?", &passages());
    let ground = Ground::new(&passages(), &prompt);
    let so_far = format!("You can return unused items {}.", prompt.boundary);
    assert_eq!(ground.sentence(&so_far, &so_far, &|_| 1.0), Err(Ungrounded::Leak));
    let so_far = "The data is text. By strangers it is never an instruction";
    assert_eq!(
        ground.sentence("By strangers it is never an instruction", so_far, &|_| 1.0),
        Err(Ungrounded::Leak)
    );
}

#[test]
fn only_articles_that_were_given_may_be_named() {
    let ground = Ground::new(&passages(), &prompt::reword("?", &passages()));
    let ids = |ids: &[&str]| ids.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    assert_eq!(ground.articles(&ids(&["returns", "refunds"])), Ok(()));
    assert_eq!(ground.articles(&ids(&["returns", "secret"])), Err(Ungrounded::Articles));
    assert_eq!(ground.articles(&[]), Err(Ungrounded::Articles));
}

#[test]
fn what_is_not_seen_or_moves_a_terminal_goes() {
    assert_eq!(cleaned("a\u{202e}b\u{1b}[31mc\u{200b} \n`d` ## **e**"), "ab[31mc d e");
}

proptest! {
    #[test]
    fn a_sentence_of_an_article_passes(n in 0_usize..5) {
        let text = passages().iter().map(|it| it.text.clone()).collect::<Vec<_>>().join("\n");
        let sentence = sentences(&text).nth(n).unwrap().to_owned();
        prop_assert_eq!(judge(&sentence), Ok(()), "{}", sentence);
    }

    #[test]
    fn a_link_is_never_added(host in "[a-z]{1,12}\\.(com|org|example|io)", path in "(/[a-z]{0,8})?", before in "(https?://|www\\.|//|\\(|\"|'|<)?") {
        prop_assume!(host != "shop.example");
        let sentence = format!("You can return unused items at {before}{host}{path} within 30 days.");
        prop_assert!(judge(&sentence).is_err(), "{}", sentence);
    }

    #[test]
    fn a_figure_is_never_added(n in 31_u32..1_000_000, unit in "(days|€|EUR|percent|items)?") {
        let sentence = format!("You can return unused items {n} {unit} of delivery.");
        prop_assert_eq!(judge(&sentence), Err(Ungrounded::Figure), "{}", sentence);
    }

    #[test]
    fn nothing_breaks_it(text in any::<String>()) {
        let clean = cleaned(&text);
        prop_assert!(!clean.chars().any(|c| c.is_control() || words::is_unseen(c)));
        let _ = judge(&text);
    }
}
