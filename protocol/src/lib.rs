//! What the parties of Minicom say to each other: ids, texts, stages, events and their folds, commands,
//! answers and refusals, frames. This crate knows no clock, no randomness, no files, no network and no screen.
//!
#![doc = include_str!("spec.md")]

pub mod close;
pub mod codec;
pub mod command;
pub mod context;
pub mod customer_event;
pub mod draft;
pub mod event;
pub mod figures;
pub mod frame;
pub mod gate;
pub mod hours;
pub mod ids;
pub mod intake;
pub mod json;
mod kinds;
pub mod library;
pub mod line;
pub mod people;
pub mod queue;
pub mod recap;
pub mod refusal;
pub mod rest;
pub mod safe;
pub mod search;
pub mod settings;
pub mod staff;
pub mod stage;
pub mod suggestions;
pub mod summary;
pub mod template;
pub mod text;
pub mod thread_view;
pub mod ticket;
pub mod transcript;
pub mod words;

pub use kinds::{TYPING, Touches, UnknownBody};

#[cfg(test)]
mod spec_tests;
#[cfg(test)]
mod tests;
