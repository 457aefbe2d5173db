//! The desk managed from a shell: settings, groups, agents, saved replies, articles, tickets, and the queue in plain tables. A
//! file a noun. Everything is asked and done over the connection that the screen uses, by the same commands, and what no command does (accounts, tokens, customers) over the
//! HTTP API; whatever is repeated changes nothing and says so. What is printed here has passed the gate.

use clap::Subcommand;
use minicom_client::transfers::Seat;
use minicom_protocol::ids::Time;
use minicom_tui_kit::{Shown, Zone};

use crate::{
    cli::Options,
    exit::Failure,
    sign_in::{self, SignedIn},
};

mod accounts;
mod agents;
pub(crate) mod article_file;
mod articles;
mod audit;
pub(crate) mod bot;
mod bot_file;
mod customers;
pub(crate) mod desk;
pub(crate) mod desk_text;
pub(crate) mod files;
mod folder;
mod front;
mod group_file;
mod groups;
mod import;
mod names;
pub(crate) mod office;
mod queue;
mod replies;
pub(crate) mod reply_file;
mod session;
mod site_keys;
mod statistics;
pub(crate) mod strict;
pub(crate) mod table;
pub(crate) mod ticket_text;
mod tickets;
mod tokens;
mod transcript;
mod unfit;

/// What can be managed.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum Manage {
    /// The desk as files: its settings alone, or a folder with bot, groups, replies and articles too.
    #[command(subcommand)]
    Desk(desk::DeskCommand),
    /// Groups of agents, and what they are good at.
    #[command(subcommand)]
    Group(groups::GroupCommand),
    /// The agents, what they are good at and how much they have to do.
    Agents(agents::AgentsCommand),
    /// Saved replies, as files.
    #[command(subcommand)]
    Reply(replies::ReplyCommand),
    /// Articles of the knowledge base, as Markdown files.
    #[command(subcommand)]
    Article(articles::ArticleCommand),
    /// Tickets.
    #[command(subcommand)]
    Ticket(tickets::TicketCommand),
    /// Why a customer waits, who may take the conversation, and why others may not.
    Why {
        /// The customer's name, or the beginning of the conversation's id.
        name: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// The queue: its numbers, and who waits, next first.
    Queue,
    /// Who has how much to do.
    Workload,
    /// What was counted: today, or in 7, 30 or 90 days.
    Stats(statistics::StatsArguments),
    /// A conversation as a document: as text, Markdown or JSON.
    Transcript(transcript::TranscriptArguments),
    /// The accounts of the tenant, for admins.
    #[command(subcommand)]
    Agent(accounts::AccountCommand),
    /// Tokens of programs and sign-ins of devices.
    #[command(subcommand)]
    Token(tokens::TokenCommand),
    /// Customers: found, kept out, exported, erased.
    #[command(subcommand)]
    Customer(customers::CustomerCommand),
    /// Addresses and networks from where no customer comes in.
    #[command(subcommand)]
    Network(customers::NetworkCommand),
    /// The keys by which the tenant's site vouches for its customers, for admins.
    #[command(subcommand)]
    Key(site_keys::KeyCommand),
    /// What the bot would do, the examples that wait for a person, and what people ask that nothing answers.
    #[command(subcommand)]
    Bot(bot::BotCommand),
    /// Who did what, newest first, for admins.
    Audit(audit::AuditArguments),
}

/// What a command tells: it is printed also where it ended with a failure.
#[derive(Debug, Default)]
pub struct Told {
    /// For the standard output. Gated.
    pub text: String,
    /// Why not all was done.
    pub failure: Option<Failure>,
}

impl From<String> for Told {
    fn from(text: String) -> Told {
        Told { text, failure: None }
    }
}

/// The way to the server; nobody is signed in before it is needed.
#[derive(Debug)]
pub struct Access<'a> {
    options: &'a Options,
    /// In which zone times are told.
    zone: Zone,
}

impl<'a> Access<'a> {
    /// By the options of the command line.
    pub fn new(options: &'a Options, zone: Zone) -> Access<'a> {
        Access { options, zone }
    }

    fn find(&self) -> Result<SignedIn, Failure> {
        let (profile, state) = (self.options.profile()?, self.options.state()?);
        sign_in::find(&state, &profile, self.options.data.clone())
    }

    /// Where files go to and come from.
    pub(crate) fn seat(&self) -> Result<Seat, Failure> {
        Ok(self.find()?.seat())
    }

    /// The zone of whoever reads it.
    pub(crate) fn zone(&self) -> &Zone {
        &self.zone
    }

    /// A moment, in the zone of whoever reads it.
    fn stamp(&self, at: Time) -> String {
        self.zone.stamp(at.0)
    }

    /// How things are drawn.
    pub(crate) fn theme(&self) -> minicom_tui_kit::Theme {
        // Lines of a pipe or a shell are no screen: nothing is asked of the terminal.
        let wanted = self.options.look();
        let wanted = match self.options.settings() {
            Ok((config, _)) => config.look(wanted),
            // The command has nothing to do with what is wrong there.
            Err(_) => wanted,
        };
        wanted.theme(|name| std::env::var(name).ok(), || None)
    }

    async fn open(&self) -> Result<session::Session, Failure> {
        session::Session::open(self.find()?).await
    }
}

/// Does what is asked for.
///
/// # Errors
/// Nothing was done, and why. Where a part was done, [`Told`] has both.
pub async fn run(what: Manage, access: &Access<'_>) -> Result<Told, Failure> {
    match what {
        Manage::Desk(it) => desk::run(it, access).await,
        Manage::Group(it) => groups::run(it, access).await,
        Manage::Agents(it) => agents::run(it, access).await,
        Manage::Reply(it) => replies::run(it, access).await,
        Manage::Article(it) => articles::run(it, access).await,
        Manage::Ticket(it) => tickets::run(it, access).await,
        Manage::Why { name, json } => queue::why(&name, json, access).await,
        Manage::Queue => queue::queue(access).await,
        Manage::Workload => queue::workload(access).await,
        Manage::Stats(it) => statistics::run(it, access).await,
        Manage::Transcript(it) => transcript::run(it, access).await,
        Manage::Agent(it) => accounts::run(it, access).await,
        Manage::Token(it) => tokens::run(it, access).await,
        Manage::Customer(it) => customers::run(it, access).await,
        Manage::Network(it) => customers::networks(it, access).await,
        Manage::Key(it) => site_keys::run(it, access).await,
        Manage::Bot(it) => bot::run(it, access).await,
        Manage::Audit(it) => audit::run(it, access).await,
    }
}

/// There is nothing to delete, which is what was wanted; a misspelt name should be seen all the same.
fn absent(what: &str, name: Shown, near: Option<&str>) -> String {
    let hint = near.map_or_else(String::new, |near| format!("; there is {}", Shown::line(near)));
    format!("unchanged: there is no {what} {name}{hint}\n")
}
