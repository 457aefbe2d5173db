//! Does Minicom hold together? Stories, faults, load and the rules of the house. This crate sees every other one; nothing
//! depends on it.

pub mod bars;
pub mod binaries;
pub mod certificates;
pub mod computer;
pub mod desk_setup;
pub mod idle;
pub mod journal;
pub mod keys;
pub mod load;
pub mod modes;
pub mod people;
pub mod program;
pub mod proxy;
pub mod pty;
pub mod recording;
pub mod server;
pub mod stand_in;
pub mod wait;
