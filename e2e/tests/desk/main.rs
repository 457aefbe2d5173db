//! A desk's day through the real client, over real connections: the queue and its owners, the tools of a conversation, the
//! library, what customers are told and what never reaches them, and the day after a restart.

mod customers;
mod desk;
mod erased;
mod hands;
mod library;
mod queue;
mod restart;
mod secrets;
mod tickets;
