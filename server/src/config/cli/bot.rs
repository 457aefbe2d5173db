//! `minicom-server bot`: how good the bot is.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What is asked about the bot.
#[derive(Args, Clone, PartialEq, Eq, Debug)]
pub struct BotArguments {
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
}
