//! Words that begin with a slash, and what a written line means. Pure: it says what was meant, not what comes of it.

use minicom_protocol::{gate::Shown, refusal::Refusal, text::MessageText};

/// A word with a slash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    /// Ask for a person.
    Human,
    /// End the chat.
    End,
    /// Say one's name.
    Name,
    /// Say where an answer can be sent.
    Email,
    /// Say what the chat is about.
    Subject,
    /// Change one's own last line.
    Edit,
    /// Take one's own last line back.
    Undo,
    /// Answer one line of the desk.
    Quote,
    /// Copy a line, or all of them.
    Copy,
    /// Read a long line in full.
    Show,
    /// Look for articles.
    Find,
    /// Read an article.
    Read,
    /// Say how it was.
    Rate,
    /// Make a code for another device.
    Link,
    /// Tell which devices prove the name.
    Devices,
    /// Take a device's proof away.
    Revoke,
    /// Tell how to get all that is kept.
    Export,
    /// Erase all that is kept.
    Forget,
    /// Send files with what is written next.
    Attach,
    /// Take the last file off, or stop one that comes.
    Drop,
    /// The files of the chat.
    Files,
    /// Fetch a file.
    Get,
    /// Fetch a file and open it.
    Open,
    /// Show the keys and words.
    Help,
    /// End the program.
    Quit,
}

/// What stands behind a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Behind {
    Nothing,
    May(&'static str),
    Must(&'static str),
}

impl Word {
    /// All of them.
    pub const ALL: &'static [Word] = &[
        Word::Human,
        Word::End,
        Word::Name,
        Word::Email,
        Word::Subject,
        Word::Edit,
        Word::Undo,
        Word::Quote,
        Word::Copy,
        Word::Show,
        Word::Find,
        Word::Read,
        Word::Rate,
        Word::Link,
        Word::Devices,
        Word::Revoke,
        Word::Export,
        Word::Forget,
        Word::Attach,
        Word::Drop,
        Word::Files,
        Word::Get,
        Word::Open,
        Word::Help,
        Word::Quit,
    ];

    /// What is written behind the slash.
    pub fn name(self) -> &'static str {
        match self {
            Word::Human => "human",
            Word::End => "end",
            Word::Name => "name",
            Word::Email => "email",
            Word::Subject => "subject",
            Word::Edit => "edit",
            Word::Undo => "undo",
            Word::Quote => "quote",
            Word::Copy => "copy",
            Word::Show => "show",
            Word::Find => "find",
            Word::Read => "read",
            Word::Rate => "rate",
            Word::Link => "link",
            Word::Devices => "devices",
            Word::Revoke => "revoke",
            Word::Export => "export",
            Word::Forget => "forget",
            Word::Attach => "attach",
            Word::Drop => "drop",
            Word::Files => "files",
            Word::Get => "get",
            Word::Open => "open",
            Word::Help => "help",
            Word::Quit => "quit",
        }
    }

    /// What it does.
    pub fn title(self) -> &'static str {
        match self {
            Word::Human => "ask for a person",
            Word::End => "end this chat",
            Word::Name => "say your name",
            Word::Email => "say where an answer can be sent",
            Word::Subject => "say what it is about",
            Word::Edit => "change your last line, for a short time",
            Word::Undo => "take your last line back, for a short time",
            Word::Quote => "answer one line",
            Word::Copy => "copy a line to the clipboard: 1 is the newest",
            Word::Show => "read a long line in full",
            Word::Find => "look for articles",
            Word::Read => "read an article in full",
            Word::Rate => "say how it was, after the end",
            Word::Link => "a code to go on with this chat on another device",
            Word::Devices => "the devices that are yours here",
            Word::Revoke => "take a device off, by its id",
            Word::Export => "how to get all that is kept of you",
            Word::Forget => "erase all that is kept of you",
            Word::Attach => "send files with your next line",
            Word::Drop => "take a file off, or stop one that comes",
            Word::Files => "the files of this chat, with numbers",
            Word::Get => "fetch a file: the newest, or by number or name",
            Word::Open => "fetch a file and open it",
            Word::Help => "keys and words",
            Word::Quit => "end the program; what is not sent is kept",
        }
    }

    fn behind(self) -> Behind {
        match self {
            Word::Human
            | Word::End
            | Word::Undo
            | Word::Link
            | Word::Devices
            | Word::Export
            | Word::Drop
            | Word::Files
            | Word::Help => Behind::Nothing,
            Word::Quit => Behind::Nothing,
            Word::Revoke => Behind::Must("ID"),
            Word::Forget => Behind::May("yes"),
            Word::Name | Word::Subject => Behind::Must("TEXT"),
            Word::Email => Behind::Must("ADDRESS"),
            Word::Rate => Behind::Must("1..5 COMMENT"),
            Word::Find => Behind::Must("WORDS"),
            Word::Edit => Behind::May("TEXT"),
            Word::Copy => Behind::May("N|all"),
            Word::Show => Behind::May("N"),
            Word::Quote => Behind::May("N"),
            Word::Read => Behind::May("ARTICLE"),
            Word::Attach => Behind::Must("FILE ..."),
            Word::Get => Behind::May("N|NAME [TO]"),
            Word::Open => Behind::May("N|NAME"),
        }
    }

    /// Whether a text may stand behind it, or it takes the composer itself: then it is written there.
    pub fn takes_text(self) -> bool {
        self.behind() != Behind::Nothing
    }

    /// How it is written: `/edit [TEXT]`.
    pub fn usage(self) -> String {
        match self.behind() {
            Behind::Nothing => format!("/{}", self.name()),
            Behind::May(what) => format!("/{} [{what}]", self.name()),
            Behind::Must(what) => format!("/{} {what}", self.name()),
        }
    }

    /// The word of this name.
    pub fn of(name: &str) -> Option<Word> {
        Word::ALL.iter().copied().find(|word| word.name() == name)
    }

    /// Words whose names begin so.
    pub fn beginning_with(name: &str) -> impl Iterator<Item = Word> {
        Word::ALL
            .iter()
            .copied()
            .filter(move |word| word.name().starts_with(name))
    }

    /// Whether what stands behind it fits.
    ///
    /// # Errors
    /// What to write.
    pub fn check(self, rest: &str) -> Result<(), Shown> {
        match (self.behind(), rest.is_empty()) {
            (Behind::Nothing, false) => Err(Shown::line(&format!(
                "/{} stands alone. Nothing was done.",
                self.name()
            ))),
            (Behind::Must(_), true) => Err(Shown::line(&format!("Write {}.", self.usage()))),
            _ => Ok(()),
        }
    }
}

/// What a written text means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// A word, and what stands behind it without blanks around.
    Word(Word, String),
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
    let (name, rest) = word.split_once(char::is_whitespace).unwrap_or((word, ""));
    let rest = rest.trim();
    match Word::of(name).map(|known| known.check(rest).map(|()| known)) {
        Some(Ok(known)) => Meaning::Word(known, rest.to_owned()),
        Some(Err(why)) => Meaning::Refused(why),
        None => Meaning::Refused(unknown(name)),
    }
}

/// A text as it is to be written so that it means itself.
pub fn written(text: &str) -> String {
    match text.starts_with('/') {
        true => format!("/{text}"),
        false => text.to_owned(),
    }
}

/// What to say about a word that there is not.
pub fn unknown(name: &str) -> Shown {
    let shown = Shown::line(name).cut(20);
    Shown::line(&format!(
        "There is no /{shown}: /help shows the words. Not sent; // begins a real slash."
    ))
}

fn checked(text: &str) -> Meaning {
    match message(text) {
        Ok(text) => Meaning::Text(text),
        Err(why) => Meaning::Refused(why),
    }
}

/// A text that can be a line.
///
/// # Errors
/// Why it cannot, in words.
pub fn message(text: &str) -> Result<String, Shown> {
    match MessageText::parse(text) {
        Ok(text) => Ok(text.as_str().to_owned()),
        Err(refused) => Err(Shown::line(&Refusal::from(refused).message())),
    }
}

#[cfg(test)]
mod tests {
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
        let word = |word, rest: &str| Meaning::Word(word, rest.to_owned());
        check("hello", Meaning::Text("hello".into()));
        check("  hello \n", Meaning::Text("  hello".into()));
        check("", Meaning::Blank);
        check(" \n\t", Meaning::Blank);
        check("/human", word(Word::Human, ""));
        check("/end ", word(Word::End, ""));
        check("/help", word(Word::Help, ""));
        check("/name  Carol Ramos ", word(Word::Name, "Carol Ramos"));
        check("/edit", word(Word::Edit, ""));
        check("/edit one\ntwo", word(Word::Edit, "one\ntwo"));
        check("/edit\none", word(Word::Edit, "one"));
        check("/rate 4 quick", word(Word::Rate, "4 quick"));
        check("//etc/hosts is gone", Meaning::Text("/etc/hosts is gone".into()));
        check("a /end", Meaning::Text("a /end".into()));
        refused("/end thanks", "/end stands alone");
        refused("/human\nplease", "/human stands alone");
        refused("/name", "Write /name TEXT.");
        refused("/rate", "Write /rate 1..5 COMMENT.");
        refused("/Human", "There is no /Human");
        refused("/etc/hosts is gone", "// begins a real slash");
        refused("/", "There is no /");
        refused("/\u{1b}]0;x\u{7}", "There is no /␛]0;x␇");
        refused("\u{200b}", "The message is empty");
        refused(&"x".repeat(16_385), "16384 is the most");
    }

    #[test]
    fn what_is_written_for_a_text_means_that_text() {
        for text in ["hello", "/end", "//etc", "a\n/b"] {
            assert_eq!(meaning(&written(text)), Meaning::Text(text.to_owned()));
        }
    }

    #[test]
    fn words_are_found_by_their_beginning() {
        let found = |name: &str| Word::beginning_with(name).map(Word::usage).collect::<Vec<_>>();
        assert_eq!(found("e"), ["/end", "/email ADDRESS", "/edit [TEXT]", "/export"]);
        assert_eq!(found("").len(), Word::ALL.len());
        assert!(found("x").is_empty());
        for word in Word::ALL {
            assert_eq!(Word::of(word.name()), Some(*word));
        }
    }
}
