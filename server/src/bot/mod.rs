//! The first-line bot: what it would say. It decides nothing about a conversation; its turn is a command like any other.

mod chosen;
pub mod rules;
pub mod runner;
