//! Words that begin with a slash, and what a written line means. Pure: it says what is wanted, and with what words it
//! cannot be had.

use minicom_protocol::{
    command::CustomerCommand,
    gate::Shown,
    refusal::Refusal,
    text::{DisplayName, MessageText},
    thread_view::CustomerStage,
};

/// What `/human` says where there is no chat yet that could be handed over: the bot understands it.
const HUMAN_PLEASE: &str = "human please";

/// A word with a slash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    /// Ask for a person.
    Human,
    /// End the chat.
    End,
    /// Show the keys and words.
    Help,
}

impl Word {
    /// All of them.
    pub const ALL: &'static [Word] = &[Word::Human, Word::End, Word::Help];

    /// What is written behind the slash.
    pub fn name(self) -> &'static str {
        match self {
            Word::Human => "human",
            Word::End => "end",
            Word::Help => "help",
        }
    }

    /// What it does.
    pub fn title(self) -> &'static str {
        match self {
            Word::Human => "ask for a person",
            Word::End => "end this chat",
            Word::Help => "keys and words",
        }
    }

    /// The word of this name.
    pub fn of(name: &str) -> Option<Word> {
        Word::ALL.iter().copied().find(|word| word.name() == name)
    }
}

/// What a written text means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// A word.
    Word(Word),
    /// A text to send.
    Text(String),
    /// Nothing to send.
    Blank,
    /// It is not sent, for this reason; it stays where it was written.
    Refused(Shown),
}

/// Reads a written text.
pub fn meaning(written: &str) -> Meaning {
    let text = written.trim_end();
    if text.trim_start().is_empty() {
        return Meaning::Blank;
    }
    let Some(word) = text.strip_prefix('/') else {
        return checked(text);
    };
    if word.starts_with('/') {
        return checked(word);
    }
    let name = word.split_whitespace().next().unwrap_or_default();
    match Word::of(name) {
        Some(known) if known.name() == word => Meaning::Word(known),
        Some(_) => Meaning::Refused(Shown::line(&format!("/{name} stands alone. Nothing was done."))),
        None => Meaning::Refused(unknown(name)),
    }
}

/// What to say about a word that there is not.
pub fn unknown(name: &str) -> Shown {
    let shown = Shown::line(name).cut(20);
    Shown::line(&format!(
        "There is no /{shown}, only /human /end /help. Not sent; // begins a real slash."
    ))
}

fn checked(text: &str) -> Meaning {
    match MessageText::parse(text) {
        Ok(text) => Meaning::Text(text.as_str().to_owned()),
        Err(refused) => Meaning::Refused(Shown::line(&Refusal::from(refused).message())),
    }
}

/// What comes of a wish.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wish {
    /// This is to be sent.
    Send(CustomerCommand),
    /// Nothing is to be done, because it is so already or cannot be.
    Told(Shown),
}

/// `/human`, as the newest conversation stands.
pub fn human(stage: Option<&CustomerStage>) -> Wish {
    match stage {
        Some(CustomerStage::Bot) => Wish::Send(CustomerCommand::RequestHuman {}),
        Some(CustomerStage::Waiting { .. }) => Wish::Told(Shown::fixed("A person has been asked for already.")),
        Some(CustomerStage::Active { name, .. }) => Wish::Told(is_with_you(name)),
        None | Some(CustomerStage::Closed { .. }) => Wish::Send(CustomerCommand::Post {
            text: HUMAN_PLEASE.to_owned(),
        }),
    }
}

/// `/end`, as the newest conversation stands.
pub fn end(stage: Option<&CustomerStage>) -> Wish {
    match stage {
        None => Wish::Told(Shown::fixed("There is no chat to end.")),
        Some(CustomerStage::Closed { .. }) => Wish::Told(Shown::fixed("This chat has ended already.")),
        Some(_) => Wish::Send(CustomerCommand::Close {}),
    }
}

/// Who is there.
pub fn is_with_you(name: &DisplayName) -> Shown {
    Shown::line(&format!("{} is with you", name.shown()))
}

#[cfg(test)]
mod tests {
    use minicom_protocol::{customer_event::Closer, ids::Time};

    use super::*;

    #[track_caller]
    fn check(written: &str, expected: Meaning) {
        assert_eq!(meaning(written), expected, "{written:?}");
    }

    #[track_caller]
    fn refused(written: &str, words: &str) {
        match meaning(written) {
            Meaning::Refused(shown) => assert!(shown.as_str().contains(words), "{shown}"),
            other => panic!("{written:?} means {other:?}"),
        }
    }

    #[test]
    fn what_is_written_means() {
        check("hello", Meaning::Text("hello".into()));
        check("  hello \n", Meaning::Text("  hello".into()));
        check("", Meaning::Blank);
        check(" \n\t", Meaning::Blank);
        check("/human", Meaning::Word(Word::Human));
        check("/end ", Meaning::Word(Word::End));
        check("/help", Meaning::Word(Word::Help));
        check("//etc/hosts is gone", Meaning::Text("/etc/hosts is gone".into()));
        check("a /end", Meaning::Text("a /end".into()));
        refused("/end thanks", "/end stands alone");
        refused("/human\nplease", "/human stands alone");
        refused("/Human", "There is no /Human");
        refused("/etc/hosts is gone", "// begins a real slash");
        refused("/", "There is no /");
        refused("\u{200b}", "The message is empty");
        refused(&"x".repeat(16_385), "16384 is the most");
    }

    #[test]
    fn a_word_does_what_fits_the_stage() {
        let ada = DisplayName::parse("Ada").unwrap();
        let since = Time(1);
        let post = Wish::Send(CustomerCommand::Post {
            text: "human please".into(),
        });
        let waiting = CustomerStage::Waiting { since };
        let active = CustomerStage::Active { name: ada, since };
        let closed = CustomerStage::Closed {
            at: since,
            by: Closer::Agent,
        };
        let told = |words| Wish::Told(Shown::fixed(words));
        assert_eq!(human(None), post);
        assert_eq!(human(Some(&closed)), post);
        assert_eq!(
            human(Some(&CustomerStage::Bot)),
            Wish::Send(CustomerCommand::RequestHuman {})
        );
        assert_eq!(human(Some(&waiting)), told("A person has been asked for already."));
        assert_eq!(human(Some(&active)), told("Ada is with you"));
        assert_eq!(end(None), told("There is no chat to end."));
        assert_eq!(end(Some(&closed)), told("This chat has ended already."));
        for stage in [CustomerStage::Bot, waiting, active] {
            assert_eq!(end(Some(&stage)), Wish::Send(CustomerCommand::Close {}));
        }
    }
}
