//! Sockets from the first byte to the last, against the real thing on loopback.

#[path = "../harness/mod.rs"]
mod harness;

mod commands;
mod customers;
mod delivery;
mod ends;
mod frames;
mod hello;
mod outside;
mod port;
mod presence;
mod public;
mod questions;
