//! The Minicom client: what do I know, and am I connected? A connection that finds its way back by itself, an
//! outbox that loses nothing, replicas of what the server knows, and the credentials on disk. This crate knows no
//! screen and no server.
//!
//! # Guide
//!
//! [`open`] starts a connection as its own task and returns a [`Handle`] to talk to it and a receiver of
//! [`ClientEvent`]s. Nothing of the handle waits for the network or the disk. What comes from the receiver goes into
//! a replica ([`AgentReplica`] or [`CustomerReplica`]), which knows no clock and does no input or output: the
//! program draws what the replica says, and asks what the replica wants to be asked.
//!
//! ```no_run
//! use minicom_client::{ClientEvent, Config, CustomerReplica, ServerUrl, StateDir, credentials, open};
//! use minicom_protocol::{command::CustomerCommand, ids::TenantId, text::CustomerName};
//! use std::time::Instant;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let server = ServerUrl::parse("http://127.0.0.1:8000", false)?;
//! let (tenant, name) = (TenantId::default_tenant(), CustomerName::parse("alice")?);
//! let state = StateDir::resolve(None)?;
//! let secret = credentials::customer_secret(&state, &server, &tenant, &name)?;
//! let config = Config::customer(server, name.clone(), secret, "minicom-chat 0.1.0")
//!     .tenant(tenant)
//!     .outbox_on_disk(&state, name.as_str());
//! let (handle, mut events) = open(config);
//!
//! let mut replica = CustomerReplica::new();
//! let command = CustomerCommand::Post { text: "Hello, I need help".to_owned(), quote: None, file: None };
//! let id = handle.send(command.clone())?;
//! replica.pending(id, command); // on the screen before the next key
//! while let Some(event) = events.recv().await {
//!     if let ClientEvent::Ended(why) = &event {
//!         return Err(why.words().into()); // signed out, wrong secret, wrong version
//!     }
//!     for question in replica.apply(event, Instant::now()) {
//!         handle.ask(question)?;
//!     }
//! }
//! handle.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! An agent's replica keeps its list in order: an event moves its own row, reading sorts nothing. [`AgentReplica::version`]
//! says whether what was drawn is still right, and [`AgentReplica::advance`] lets long waits go up. What the replica wants
//! to be asked (saved replies, what is beside a chat, pages) is among the questions that it returns; what a program asks for
//! itself (the queue in numbers, workload, why, articles) comes back as [`ClientEvent::Reply`].
//!
//! # What is promised
//!
//! - A command that [`Handle::send`] accepted is on disk before it is on the wire, has one id for ever, and is sent
//!   again until the server answers it. If the program dies, the next program of the same identity adopts it.
//! - Batches join, or the connection starts afresh and says so loudly in the log.
//! - What is kept of the desk for a time without a connection ([`kept`]) follows the journal, and goes with the sign-in.
//! - [`ClientEvent::Ended`] is the last event of a connection, and the only way it ends by itself.

mod backoff;
mod command_ids;
mod config;
mod connection;
pub mod credentials;
pub mod cursor_file;
mod disk;
pub mod doctor;
mod event;
pub mod exit;
mod handle;
pub mod kept;
pub mod limits;
mod list_choice;
mod momentary;
mod outbox;
mod party;
mod replica;
pub mod rest;
pub mod saved;
mod server_url;
mod state_dir;
pub mod tls;
pub mod transfers;

pub use command_ids::CommandIds;
pub use config::{Config, DialFuture, Dialer, Io, Random, Timing};
pub use connection::open;
pub use credentials::Secret;
pub use event::{Claim, ClientEvent, ConnState, Ended, deferred_words};
pub use handle::{Handle, Unsent};
pub use list_choice::{ListChoice, ListChoiceFile};
pub use party::Party;
pub use replica::{
    agent::{AgentReplica, Waiting, contexts::Extra},
    customer::{CustomerReplica, DeskOpen},
    filter::{FilterError, ListFilter, ListGroup, ListSort, OwnerIs, StageIs, WaitIs, view_of},
    mentions::Mentions,
    pending::{PendingCommand, PendingMark},
    sections::Section,
    thread::Thread,
    tickets::{TicketBook, TicketFilter},
};
pub use server_url::{BadServerUrl, ServerUrl};
pub use state_dir::StateDir;
pub use tls::{BadTrust, Pin, Trust};
