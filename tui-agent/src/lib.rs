//! `minicom-agent`: what should I do next? The program with which agents see every conversation, take one over with a
//! keystroke, reply, and go to the next.
//!
//! State ([`app`], [`list`], [`chat`], [`writing`]), update and drawing are apart: an update takes one input and the time and returns
//! effects; nothing in this crate but [`tasks`], [`sign_in`], [`doctor`], [`manage`], [`shell`] and [`program`] does input or output. [`App`] is public so that
//! tests and benchmarks of the whole product can run it on a terminal of their own.

pub mod account;
#[cfg(test)]
mod any_tests;
pub mod app;
pub mod chat;
pub mod cli;
pub mod desk_view;
pub mod details;
pub mod doctor;
pub mod entries;
#[cfg(test)]
mod every_key_tests;
pub mod exit;
pub mod facts;
mod figures;
pub mod files;
pub mod keys;
pub mod later;
pub mod layout;
pub mod lessons;
pub mod list;
#[cfg(test)]
mod looks_tests;
pub mod manage;
pub mod over;
#[cfg(test)]
mod pictures_tests;
pub mod plain;
pub mod program;
pub mod shell;
pub mod sign_in;
pub mod tasks;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod update;
mod view;
pub mod words;
pub mod writing;
#[cfg(test)]
mod writing_screen_tests;
#[cfg(test)]
mod writing_tools_tests;

pub use app::{App, Msg, Order, Settings};
pub use program::run;
