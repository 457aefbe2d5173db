//! The tasks beside the screen: the connection and the disk. They carry out orders and tell what came of them.

pub mod addresses;
pub mod drafts;
pub mod export;
pub mod keeper;
mod lessons;
pub mod link;
pub mod pipes;
pub mod previews;
pub mod stores;
mod views;
