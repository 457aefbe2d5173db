use minicom_protocol::{ids::GroupId, staff::Group};
use proptest::prelude::*;

use super::*;

fn read(name: &str, text: &str) -> Result<ReplyFile, String> {
    let path = Path::new(name);
    parse(name, path, text).map_err(|mistakes| mistakes[0].to_string())
}

fn staff() -> Staff {
    Staff {
        agents: vec![],
        groups: vec![Group {
            id: GroupId::from_bytes([7; 16]),
            name: GroupName::parse("billing").unwrap(),
            members: vec![],
            skills: vec![],
        }],
    }
}

#[test]
fn a_text_file_has_front_matter_or_none() {
    let plain = read("replies/hello.txt", "Hello {{customer_name|there}}!\n\n").unwrap();
    assert_eq!(
        (plain.code.as_str(), plain.title.as_str(), plain.mine),
        ("hello", "hello", false)
    );
    assert_eq!(plain.text, "Hello {{customer_name|there}}!");
    let text = "+++\ncode = \"Refund\"\ntitle = \"We refund it\"\nmine = true\nactions = [\"tag refund\", \"priority high\", \
                \"transfer billing\", \"snooze 60\", \"snooze\", \"close\"]\n+++\n\nWe refund {{?order}}.\nBye\n";
    let full = read("x.md", text).unwrap();
    assert_eq!(
        (full.code.as_str(), full.title.as_str(), full.mine),
        ("refund", "We refund it", true)
    );
    assert_eq!(full.actions.len(), 6);
    let toml = "code = \"refund\"\ntitle = \"We refund it\"\nmine = true\nactions = [\"tag refund\", \"priority high\", \
                \"transfer billing\", \"snooze 60\", \"snooze\", \"close\"]\ntext = \"\"\"\nWe refund {{?order}}.\nBye\n\"\"\"\n";
    let from_toml = read("x.toml", toml).unwrap();
    assert_eq!((&from_toml.text, &from_toml.actions), (&full.text, &full.actions));
}

#[test]
fn bad_files_are_refused_with_their_lines() {
    for (name, text, expected) in [
        ("a.txt", "", "a.txt: The message is empty"),
        (
            "a.txt",
            "+++\ncode = \"a\"\n",
            "a.txt:1:1: the front matter does not end",
        ),
        (
            "a.txt",
            "---\ncode: a\n---\nHi\n",
            "a.txt:1:1: front matter here is TOML",
        ),
        (
            "two words.txt",
            "Hi\n",
            "two words.txt: its name cannot be the code: a tag cannot contain a blank",
        ),
        (
            "a.txt",
            "+++\ntitel = \"x\"\n+++\nHi\n",
            "a.txt:2:1: there is no `titel`; did you mean `title`?",
        ),
        (
            "a.txt",
            "+++\n\ncode = \"two words\"\n+++\nHi\n",
            "a.txt:3:8: `code`: a tag cannot contain a blank",
        ),
        (
            "a.txt",
            "+++\nmine = \"yes\"\n+++\nHi\n",
            "a.txt:2:8: `mine` must be true or false, and is \"yes\"",
        ),
        (
            "a.txt",
            "+++\ntitle = \"x\"\nactions = [\"close\", \"explode\"]\n+++\nHi\n",
            "a.txt:3:11: `actions`: `explode` is no action",
        ),
        (
            "a.txt",
            "+++\nactions = [\"priority top\"]\n+++\nHi\n",
            "a.txt:2:11: `actions`: a priority is low",
        ),
        (
            "a.txt",
            "+++\nactions = [\"snooze 0\"]\n+++\nHi\n",
            "a.txt:2:11: `actions`: snooze for how many minutes?",
        ),
        ("a.txt", "+++\ntext = \"x\"\n+++\nHi\n", "a.txt:2:1: there is no `text`"),
        ("a.txt", "+++\ncode = \"a\n+++\nHi\n", "a.txt:2:"),
        (
            "a.txt",
            "+++\ncode = \"a\"\n+++\n\nHello\nyour {{order}} is\n",
            "a.txt:6:8: order is not known here",
        ),
        ("a.txt", "Hello {{customer_name\n", "a.txt:1:7: this {{ is not closed"),
        ("a.toml", "title = \"x\"\n", "a.toml: there is no text"),
        (
            "a.toml",
            "title = \"x\"\ntext = \"{{nobody}}\"\n",
            "a.toml:2:1: nobody is not known here",
        ),
        (
            "a.toml",
            "txet = \"x\"\n",
            "a.toml:1:1: there is no `txet`; did you mean `text`?",
        ),
    ] {
        let found = read(name, text).unwrap_err();
        assert!(found.starts_with(expected), "{text:?} gives {found}");
    }
    let long = format!("{}\n", "x".repeat(5_000));
    assert!(read("a.txt", &long).unwrap_err().contains("4096"));
    let many = format!("+++\nactions = [{}]\n+++\nHi\n", "\"close\", ".repeat(9));
    assert!(read("a.txt", &many).unwrap_err().contains("8 is the most"));
}

#[test]
fn a_group_that_is_not_there_is_refused_at_the_desk() {
    let reply = read(
        "a.txt",
        "+++\ntitle = \"x\"\nactions = [\"transfer biling\"]\n+++\nHi\n",
    )
    .unwrap();
    let (id, me) = (ReplyId::from_bytes([1; 16]), AgentId::from_bytes([2; 16]));
    let mistake = reply.at_desk("a.txt", id, me, &staff()).unwrap_err();
    assert_eq!(
        mistake.to_string(),
        "a.txt:3:1: there is no group `biling`; did you mean `billing`?"
    );
}

proptest! {
    #[test]
    fn what_is_exported_is_imported_the_same(
        title in "[^\\p{C}]{0,30}x",
        text in "(?s)[ a-z+\\-\"\\\\\u{202e}\u{1b}\n]{0,60}y",
        own in any::<bool>(),
        minutes in proptest::option::of(1..100_000u32),
    ) {
        let (id, me) = (ReplyId::from_bytes([1; 16]), AgentId::from_bytes([2; 16]));
        let Ok(title) = SubjectLine::parse(&title) else { return Ok(()) };
        let reply = SavedReply {
            id,
            code: Tag::parse("..odd").unwrap(),
            title,
            text: front::trimmed(&text).to_owned(),
            owner: own.then_some(me),
            actions: vec![
                ReplyAction::Snooze { minutes },
                ReplyAction::Transfer { group: GroupId::from_bytes([7; 16]) },
                ReplyAction::Close,
            ],
            uses: 0,
            questions: None,
        };
        let file = render(&reply, &staff());
        let again = read("other.txt", &file).and_then(|it| it.at_desk("f", id, me, &staff()).map_err(|it| it.to_string()));
        prop_assert_eq!(again, Ok(reply), "{}", file);
    }
}
