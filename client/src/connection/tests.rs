//! Against small servers that the tests play themselves, over pipes in memory and with paused time: what takes 40
//! seconds takes none. One test goes over a real socket.

mod harness;
mod life;
mod outbox;
mod passing;
mod time;
