//! Who somebody is: passwords, agents' tokens, customers' secrets. Nothing here knows the database or a socket, and nothing
//! here can be printed.

pub mod code;
pub mod password;
pub mod scope;
pub mod seal;
pub mod secret;
pub mod token;
pub mod totp;
