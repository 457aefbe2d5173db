//! The bars: promises of the server and the client as experiments with a figure. Each can be run in full by
//! `minicom-bars`, in short by a test, and against a variant that breaks its promise, which it must catch.

mod asking;
pub mod burst;
pub mod chats;
pub mod check;
pub mod claims;
pub mod cuts;
pub mod desk;
pub mod elsewhere;
pub mod endings;
pub mod figures;
pub mod groups;
pub mod hostile;
pub mod kill;
pub mod lengths;
pub mod logins;
pub mod provider;
pub mod races;
pub mod repeats;
pub mod revoke;
pub mod search;
pub mod signals;
pub mod slow;
pub mod storm;
pub mod uploads;
pub mod watch;
pub mod writers;

pub use check::Findings;
