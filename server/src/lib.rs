//! The Minicom server: what happened, and who must know.

pub mod auth;
pub mod exit;
pub mod limits;
