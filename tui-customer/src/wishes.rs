//! What comes of a word with a slash, as the thread stands: the same on the screen and in lines. Pure.

use minicom_client::{
    CustomerReplica, PendingCommand, PendingMark,
    transfers::{self, To},
};
use minicom_protocol::{
    command::CustomerCommand,
    customer_event::{CustomerBody, CustomerEvent, Posted},
    event::{FilePart, Part},
    frame::CustomerQuestion,
    gate::Shown,
    ids::{LineNo, Time},
    intake::Introduction,
    line::LineRef,
    stage::Side,
    text::DisplayName,
    thread_view::CustomerStage,
    words::{Email, SubjectLine, Tag},
};

use minicom_tui_kit::Zone;

use crate::{
    account,
    beginning::Beginning,
    entries,
    slash::{self, Word},
    taking,
};

/// What `/human` says where there is no chat yet that could be handed over: the bot understands it.
const HUMAN_PLEASE: &str = "human please";
/// The best score.
pub const SCORE_MAX: u8 = 5;

/// What comes of a word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wish {
    /// This is to be sent.
    Send(CustomerCommand),
    /// This is a line to the desk.
    Line(String),
    /// It is done, or nothing is to be done, because it is so already.
    Told(Shown),
    /// It cannot be: what was written stays.
    Wrong(Shown),
    /// It cannot be as the chat stands, however it is written.
    Otherwise(Shown),
    /// One's own last line is to be written anew.
    EditAgain(LineNo, String),
    /// A line is to be chosen and answered.
    ChooseQuote,
    /// The next line answers this one.
    Quote(Quoted),
    /// This article is to be read.
    Read(Tag),
    /// This is to be asked; what is told is shown.
    Ask(CustomerQuestion),
    /// This is to be copied; `what` it is.
    Copy {
        /// As it was sent.
        text: String,
        /// `the line`.
        what: &'static str,
    },
    /// This is to be read in full.
    Show {
        /// Who said it, and when.
        title: Shown,
        /// As it was sent.
        text: String,
    },
    /// These files are to go with the next line: a text that names them.
    Attach(String),
    /// The last file is to be taken off, or one that comes to be stopped.
    Drop,
    /// The files of the chat are to be told.
    Files,
    /// A file is to be fetched.
    Fetch(FilePart, To),
    /// Keys and words.
    Help,
    /// The program is to end.
    Quit,
}

/// A line that is answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quoted {
    /// Which.
    pub line: LineRef,
    /// When it was written.
    pub time: Time,
    /// Who wrote it.
    pub name: Shown,
    /// Its beginning.
    pub excerpt: Shown,
}

/// What comes of a word with what stands behind it. `now` is the server's time, as far as it is known.
pub fn wish(
    word: Word,
    rest: &str,
    known: &CustomerReplica,
    beginning: &mut Beginning,
    (now, zone): (Option<Time>, &Zone),
) -> Wish {
    let stage = known.view().stage.as_ref();
    match word {
        Word::Human => human(stage),
        Word::End => end(stage),
        Word::Name => match name(rest) {
            Ok(name) => introduce(beginning, Some(name), None),
            Err(why) => Wish::Wrong(why),
        },
        Word::Email => match Email::parse(rest) {
            Ok(email) => introduce(beginning, None, Some(email)),
            Err(why) => Wish::Wrong(Shown::line(&format!("{why}."))),
        },
        Word::Subject => match SubjectLine::parse(rest) {
            Ok(subject) => match beginning.about(subject, known) {
                Some(command) => Wish::Send(command),
                None => Wish::Told(Shown::fixed("It is said with your first line.")),
            },
            Err(why) => Wish::Wrong(Shown::line(&format!("{why}."))),
        },
        Word::Edit => edit(rest, known, now),
        Word::Undo => match own_last(known, now) {
            Ok((line, _)) => Wish::Send(CustomerCommand::WithdrawLine { line }),
            Err(why) => Wish::Wrong(why),
        },
        Word::Rate => rate(rest, known),
        Word::Quote => quote(rest, known),
        Word::Copy => taking::copy(rest, known, zone),
        Word::Show => taking::show(rest, known, zone),
        Word::Read => read(rest, known),
        Word::Quit => Wish::Quit,
        Word::Link => Wish::Ask(CustomerQuestion::Link {}),
        Word::Devices => Wish::Ask(CustomerQuestion::Devices {}),
        Word::Find => Wish::Ask(account::articles(rest)),
        Word::Revoke => Wish::Send(CustomerCommand::RevokeDevice {
            device: rest.to_owned(),
        }),
        Word::Export => Wish::Told(Shown::fixed(
            "minicom-chat with your name and --export FILE writes all that is kept of you.",
        )),
        Word::Forget => match rest {
            "yes" => Wish::Send(CustomerCommand::Forget {}),
            _ => Wish::Told(Shown::fixed(
                "This erases all that is kept of you here, for good. To do it, write /forget yes.",
            )),
        },
        Word::Attach => Wish::Attach(rest.to_owned()),
        Word::Drop => Wish::Drop,
        Word::Files => Wish::Files,
        Word::Get => fetch(rest, known, None),
        Word::Open => fetch(rest, known, Some(To::Program)),
        Word::Help => Wish::Help,
    }
}

/// A name to be called by.
///
/// # Errors
/// What is wrong with it, in words.
pub fn name(text: &str) -> Result<SubjectLine, Shown> {
    SubjectLine::parse(text).map_err(|why| Shown::line(&format!("{why}.").replacen("the subject", "the name", 1)))
}

fn introduce(beginning: &mut Beginning, name: Option<SubjectLine>, email: Option<Email>) -> Wish {
    Wish::Send(beginning.introduce(Introduction { name, email }))
}

fn human(stage: Option<&CustomerStage>) -> Wish {
    match stage {
        Some(CustomerStage::Bot) => Wish::Send(CustomerCommand::RequestHuman {}),
        Some(CustomerStage::Waiting { .. }) => Wish::Told(Shown::fixed("A person has been asked for already.")),
        Some(CustomerStage::Active { name, .. }) => Wish::Told(is_with_you(name)),
        None | Some(CustomerStage::Closed { .. }) => Wish::Line(HUMAN_PLEASE.to_owned()),
    }
}

fn end(stage: Option<&CustomerStage>) -> Wish {
    match stage {
        None => Wish::Otherwise(Shown::fixed("There is no chat to end.")),
        Some(CustomerStage::Closed { .. }) => Wish::Otherwise(Shown::fixed("This chat has ended already.")),
        Some(_) => Wish::Send(CustomerCommand::Close {}),
    }
}

fn edit(text: &str, known: &CustomerReplica, now: Option<Time>) -> Wish {
    let (line, before) = match own_last(known, now) {
        Ok(last) => last,
        Err(why) => return Wish::Wrong(why),
    };
    if text.is_empty() {
        return Wish::EditAgain(line, before);
    }
    match slash::message(text) {
        Ok(text) => Wish::Send(CustomerCommand::EditLine { line, text }),
        Err(why) => Wish::Wrong(why),
    }
}

/// One's own last line and its text, while it can be changed.
fn own_last(known: &CustomerReplica, now: Option<Time>) -> Result<(LineNo, String), Shown> {
    // One that the server has not told of has no number yet, and the one before it is not the last any more.
    let on_its_way = known.pending_lines().any(|it| {
        let goes = matches!(it.mark, PendingMark::Waiting | PendingMark::Stored);
        goes && matches!(it.command, CustomerCommand::Post { .. })
    });
    if on_its_way {
        return Err(Shown::fixed(
            "Your last line is still on its way. Change it when it is stored.",
        ));
    }
    match now.and_then(|now| known.editable(now)) {
        Some((line, text)) => Ok((line, text.to_owned())),
        None => Err(Shown::fixed(
            "Your last line cannot be changed: only while it is new, and not yet ended.",
        )),
    }
}

fn rate(text: &str, known: &CustomerReplica) -> Wish {
    // How it is written is of no use to know where it is not taken.
    if !known.ask_rating() {
        return Wish::Otherwise(Shown::fixed(why_no_rating(known)));
    }
    let (score, comment) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let score = match score.parse::<u8>() {
        Ok(score) if score <= SCORE_MAX => score,
        _ => {
            return Wish::Wrong(Shown::fixed(
                "Write /rate and a number, 1 bad to 5 good; then a comment.",
            ));
        }
    };
    match comment.trim() {
        "" => Wish::Send(rating(score, None)),
        comment => match slash::message(comment) {
            Ok(comment) => Wish::Send(rating(score, Some(comment))),
            Err(why) => Wish::Wrong(why),
        },
    }
}

/// Why it cannot be said now how it was.
fn why_no_rating(known: &CustomerReplica) -> &'static str {
    match known.view().stage {
        None => return "There was no chat yet that could be rated.",
        Some(CustomerStage::Closed { .. }) => {}
        Some(_) => return "You are asked how it was when this chat has ended.",
    }
    let last = known.view().conversation;
    let said = |event: &CustomerEvent| matches!(event.body, CustomerBody::Rated(_)) && Some(event.conversation) == last;
    let on_its_way = |it: &PendingCommand<CustomerCommand>| matches!(it.command, CustomerCommand::Rate { .. });
    match known.thread().events().any(said) || known.pending_commands().any(on_its_way) {
        true => "You have said already how this chat was. Thank you.",
        false => "This desk does not ask how this chat was.",
    }
}

/// How it was; 0 is that one does not want to say.
pub fn rating(score: u8, comment: Option<String>) -> CustomerCommand {
    let score = (score > 0).then_some(score);
    let comment = comment.filter(|_| score.is_some());
    CustomerCommand::Rate { score, comment }
}

fn quote(text: &str, known: &CustomerReplica) -> Wish {
    if text.is_empty() {
        return Wish::ChooseQuote;
    }
    let desk = |it: &Quoted| it.line.side == Side::Desk;
    let number = text.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    match number.map(|number| quotable(known).filter(desk).nth(number)) {
        None => Wish::Wrong(Shown::fixed("Write /quote and a number: 1 is the desk's newest line.")),
        Some(None) => Wish::Wrong(Shown::fixed("There is no such line to answer.")),
        Some(Some(line)) => Wish::Quote(line),
    }
}

/// Lines that can be answered, the newest first.
pub fn quotable(known: &CustomerReplica) -> impl Iterator<Item = Quoted> {
    known.thread().events().rev().filter_map(quoted)
}

/// A line as one that is answered; `None` if it is none, or its text is gone.
pub fn quoted(event: &CustomerEvent) -> Option<Quoted> {
    let posted = posted(event).filter(|posted| posted.state.words().is_none())?;
    Some(Quoted {
        line: line_of(posted),
        time: event.time,
        name: entries::name(&posted.author),
        excerpt: Shown::line(&minicom_protocol::summary::excerpt(&posted.text())),
    })
}

/// The line that an event is.
pub fn posted(event: &CustomerEvent) -> Option<&Posted> {
    match &event.body {
        CustomerBody::Posted(posted) => Some(posted),
        _ => None,
    }
}

/// How a line is named.
pub fn line_of(posted: &Posted) -> LineRef {
    LineRef {
        side: posted.author.side(),
        line: posted.line,
    }
}

fn read(text: &str, known: &CustomerReplica) -> Wish {
    if text.is_empty() {
        let newest = known
            .thread()
            .events()
            .rev()
            .find_map(|event| posted(event).and_then(article));
        return match newest {
            Some(slug) => Wish::Read(slug),
            None => Wish::Wrong(Shown::fixed(
                "No article was sent to you. Write /read and its short name.",
            )),
        };
    }
    match Tag::parse(text) {
        Ok(slug) => Wish::Read(slug),
        Err(why) => Wish::Wrong(Shown::line(&format!("{why}.").replacen(
            "a tag",
            "an article's short name",
            1,
        ))),
    }
}

fn fetch(text: &str, known: &CustomerReplica, to: Option<To>) -> Wish {
    let files: Vec<FilePart> = files(known).map(|(file, _)| file.clone()).collect();
    let (file, rest) = match transfers::meant(&files, text) {
        Ok(found) => found,
        Err(why) => return Wish::Wrong(why),
    };
    let to = match (to, rest) {
        (Some(_), rest) if !rest.is_empty() => {
            return Wish::Wrong(Shown::fixed("/open takes one file by number or name."));
        }
        (Some(to), _) => to,
        (None, "") => To::Downloads,
        (None, rest) => To::Typed(rest.to_owned()),
    };
    Wish::Fetch(file, to)
}

/// The files of a thread, the newest first, each with the event that has it.
pub fn files(known: &CustomerReplica) -> impl Iterator<Item = (&FilePart, &CustomerEvent)> {
    known.thread().events().rev().flat_map(|event| {
        let posted = posted(event).filter(|posted| posted.state.words().is_none());
        let parts = posted.into_iter().flat_map(|posted| posted.parts.iter());
        parts.filter_map(move |part| match part {
            Part::File(file) => Some((file, event)),
            _ => None,
        })
    })
}

/// The first article that a line has with it.
pub fn article(posted: &Posted) -> Option<Tag> {
    posted.parts.iter().find_map(|part| match part {
        Part::Card(card) => Some(card.slug.clone()),
        _ => None,
    })
}

/// Who is there.
pub fn is_with_you(name: &DisplayName) -> Shown {
    Shown::line(&format!("{} is with you", name.shown()))
}

#[cfg(test)]
#[path = "wishes_tests.rs"]
mod tests;
