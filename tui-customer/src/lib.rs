//! `minicom-chat`, the customer's program: can I get help?
//!
//! Owns the customer's screen, line mode and one-shot mode. What is known and whether there is a connection is the client's;
//! how a terminal shows and takes text is the kit's. It refuses to know agents and the server.
//!
//! [`App`] is the screen and [`Lines`] the line mode, both pure: inputs in, effects out. [`run`] is the whole program.

// The desk on paper is written for tests from outside.
#[cfg(any(test, feature = "testing"))]
extern crate self as minicom_tui_customer;

mod account;
pub mod actions;
mod asking;
mod attach;
mod awaiting;
pub mod beginning;
pub mod cli;
mod command;
pub mod diag;
mod doctor;
mod drafting;
mod entries;
pub mod exit;
mod exporting;
pub mod fault;
mod files;
mod identity;
mod layout;
mod line_mode;
mod looking;
mod model;
mod nameless;
mod notice;
mod one_shot;
mod over;
mod paperwork;
mod run;
mod screen;
mod settings;
pub mod slash;
mod surroundings;
mod taking;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod told;
mod update;
mod view;
pub mod wishes;

pub use beginning::{Beginning, Wishes};
pub use line_mode::Lines;
pub use model::{App, Msg, Order, Settings};
pub use run::run;
