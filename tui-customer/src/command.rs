//! The words that stand where others have a customer's name.

use clap::Subcommand;

/// What to do instead of chatting. A customer who is called so writes `minicom-chat -- keys`.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Print the table of keys and words, with your own keys over it
    Keys {
        /// A JSON object an action, each on a line
        #[arg(long)]
        json: bool,
    },
    /// Look at the way to the desk and at this terminal, and say what to try; as --doctor
    Doctor {
        /// Your name here: what it is known by is looked at too
        name: Option<String>,
        /// For programs: one JSON object
        #[arg(long)]
        json: bool,
        /// Call you once, as an answer would
        #[arg(long)]
        notify: bool,
    },
}
