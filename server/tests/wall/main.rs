//! The wall between tenants, between agents and between customers: every route of the description and every frame of the protocol is
//! tried by whoever may not, with ids that there are and with ids that there are not. The two answers are the same to the byte,
//! nothing is allowed, and nothing has changed. A route without a row in `rows.rs`, or a frame without one in `frames.rs`, fails here.

#[path = "../api/mod.rs"]
mod api;
mod frames;
#[path = "../rig/mod.rs"]
mod rig;
mod routes;
mod rows;
mod sockets;
mod state;
mod world;
