//! A small desk that writes a journal, and the replicas that must know what it knows.

mod books;
mod closed;
mod desk;
mod filter;
mod fold;
mod lines;
mod list;
mod truth;
mod unit;
