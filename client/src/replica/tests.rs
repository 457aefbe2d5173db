//! A small desk that writes a journal, and the replicas that must know what it knows.

mod desk;
mod fold;
mod unit;
