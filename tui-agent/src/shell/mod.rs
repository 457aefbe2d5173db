//! Conversations from a shell, without a screen: seen, followed, taken, answered and ended with the stored sign-in, each by one
//! call or two of the HTTP API. What is printed for people has passed the gate; as JSON it is what the API says, in ASCII.

use clap::Subcommand;

use crate::{exit::Failure, manage::Access};

mod acts;
mod files;
pub(crate) mod format;
mod helps;
pub(crate) mod list;
mod named;
pub(crate) mod rows;
mod search;
mod seen;
mod show;
mod status;
pub mod watch;
mod writing;

pub(crate) use self::{named::find, rows::json_line};

/// What can be done with conversations.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum Shell {
    /// Print the conversations once.
    List(list::ListArguments),
    /// Print a conversation: where it stands, and its last lines.
    Show(show::ShowArguments),
    /// Print what happens as it happens, from a cursor on.
    Watch(watch::WatchArguments),
    /// Take a conversation over, or what needs you most.
    Take(acts::TakeArguments),
    /// Write to the customer of a conversation of yours.
    Send(writing::SendArguments),
    /// The files of a conversation.
    Files(files::FilesArguments),
    /// Fetch a file of a conversation, and print where it is.
    Get(files::GetArguments),
    /// Write a note on a conversation, which only agents see.
    Note(writing::NoteArguments),
    /// Give a conversation of yours to a colleague, a group, or back to the queue.
    Transfer(acts::TransferArguments),
    /// Articles and saved replies that fit what the customer wrote last.
    Suggest(helps::HelpArguments),
    /// A conversation in a few lines: first question, what the bot tried, who had it, what is open.
    Summary(helps::HelpArguments),
    /// Have a language model draft an answer, and print it. Nothing is sent.
    Draft(helps::HelpArguments),
    /// Put tags on a conversation, or take them off.
    Tag(acts::TagArguments),
    /// End a conversation, for good.
    Close(acts::CloseArguments),
    /// Find what was said.
    Search(search::SearchArguments),
    /// How it stands, on one line: for a status bar or a prompt.
    Status(status::StatusArguments),
}

/// What a command says on the standard output.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    /// The words, gated, or JSON in ASCII.
    pub text: String,
    /// What was done by then: an output that cannot be written undoes none of it.
    pub done: bool,
    /// Whether there was anything.
    pub any: bool,
}

impl Said {
    fn told(text: String) -> Said {
        Said {
            text,
            done: false,
            any: true,
        }
    }

    fn done(text: String) -> Said {
        Said {
            done: true,
            ..Said::told(text)
        }
    }
}

/// Does what is asked for; all but `watch`, which prints by itself.
///
/// # Errors
/// Nothing was done, and why.
pub async fn run(what: Shell, access: &Access<'_>) -> Result<Said, Failure> {
    match what {
        Shell::List(it) => list::run(&it, access).await,
        Shell::Show(it) => show::run(&it, access).await,
        Shell::Take(it) => acts::take(it, access).await,
        Shell::Send(it) => writing::send(it, access).await,
        Shell::Files(it) => files::list(&it, access).await,
        Shell::Get(it) => files::get(it, access).await,
        Shell::Note(it) => writing::note(it, access).await,
        Shell::Transfer(it) => acts::transfer(it, access).await,
        Shell::Tag(it) => acts::tag(it, access).await,
        Shell::Suggest(it) => helps::suggest(&it, access).await,
        Shell::Draft(it) => helps::draft(&it, access).await,
        Shell::Summary(it) => helps::summary(&it, access).await,
        Shell::Close(it) => acts::close(it, access).await,
        Shell::Search(it) => search::run(&it, access).await,
        Shell::Status(it) => status::run(&it, access).await,
        Shell::Watch(it) => watch::run(it, access).await.map(|()| Said::told(String::new())),
    }
}
