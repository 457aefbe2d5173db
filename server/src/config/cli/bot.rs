//! `minicom-server bot`: how good the bot is, what it knows, and what conversations teach it.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use minicom_protocol::ids::TenantId;

/// What is asked about the bot.
#[derive(Args, Clone, PartialEq, Eq, Debug)]
pub struct BotArguments {
    /// The data folder of the server
    #[arg(long, value_name = "FOLDER", global = true)]
    pub data: Option<PathBuf>,
    /// The configuration file of the server
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// The tenant
    #[arg(long, value_name = "TENANT", default_value = "default", global = true, value_parser = tenant)]
    pub tenant: TenantId,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// What.
    #[command(subcommand)]
    pub command: BotCommand,
}

/// See [`BotArguments`].
#[derive(Subcommand, Clone, PartialEq, Eq, Debug)]
pub enum BotCommand {
    /// Ask question sets of the bot and print how many it answers rightly; no server is needed
    #[command(
        after_help = "A set is a folder with train.jsonl and test.jsonl or val.jsonl (lines {\"text\", \"label\"}; the label oos is for a person),\n\
                            with articles.jsonl ({\"id\", \"title\", \"body\", \"questions\"}) and questions.jsonl,\n\
                            or with kb_NAME.jsonl and conversations.jsonl ({\"id\", \"tag\", \"kb\", \"turns\": [{\"user\", \"expect\"}]}). docs/bot.md tells more."
    )]
    Eval {
        /// The folder of the sets, looked through with its folders
        folder: PathBuf,
        /// Only with so many examples an intent (5 or 10), where a set has many
        #[arg(long, value_name = "COUNT")]
        few: Option<usize>,
        /// Examples alone: the name of a label, where it is words, is not taken as its article's title
        #[arg(long)]
        untitled: bool,
        /// A folder with an encoder that is tried in the place of the program's own
        #[arg(long, value_name = "FOLDER")]
        encoder: Option<PathBuf>,
    },
    /// Say what the bot would do about a text that begins a conversation, and why
    Why {
        /// What a customer writes
        text: String,
    },
    /// Say what the bot would have said in past conversations, and where it would have handed over, beside what happened
    Test {
        /// Conversations that began in so many days, as 30d
        #[arg(long, value_name = "DAYS", default_value = "30d", value_parser = days)]
        since: u32,
        /// At most so many of them, the newest
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=500))]
        limit: u32,
    },
    /// Show what the bot has learnt from
    Model,
    /// Train the bot on what is published now, as it does by itself after each change
    Train {
        /// Go back to what it knew before its newest model, until something else is to be learnt
        #[arg(long)]
        back: bool,
    },
    /// What people ask that nothing of the desk answers
    Gaps {
        /// What to do about them [default: list]
        #[command(subcommand)]
        command: Option<GapsCommand>,
    },
    /// Questions that conversations propose to learn from, until a person accepts or drops them
    Examples {
        /// What to do about them [default: list]
        #[command(subcommand)]
        command: Option<ExamplesCommand>,
    },
}

/// What to do about gaps.
#[derive(Subcommand, Clone, PartialEq, Eq, Debug)]
pub enum GapsCommand {
    /// List them, those that most people asked about first
    List,
    /// Print the draft of an article that fills one, as `minicom-agent article import` reads it
    Draft {
        /// Its id
        id: u64,
    },
    /// List one no more, also if it is asked again
    Dismiss {
        /// Its id
        id: u64,
    },
}

/// What to do about examples.
#[derive(Subcommand, Clone, PartialEq, Eq, Debug)]
pub enum ExamplesCommand {
    /// List those that wait, oldest first
    List,
    /// Make one a question of its article or saved reply
    Accept {
        /// Its id
        id: u64,
        /// In other words
        #[arg(long)]
        question: Option<String>,
    },
    /// Drop one: nothing near to it is proposed again
    Drop {
        /// Its id
        id: u64,
    },
}

fn tenant(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).map_err(|refused| refused.to_string())
}

fn days(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('d').unwrap_or(text);
    let days = number.parse().ok().filter(|days| (1..=366).contains(days));
    days.ok_or_else(|| "give days from 1d to 366d".to_owned())
}
