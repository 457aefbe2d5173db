//! Who somebody is: passwords, agents' tokens, customers' secrets, codes and what their site says. Nothing here knows the database or a socket, and nothing
//! here can be printed.

mod argon;
pub mod code;
pub mod identity;
pub mod link_code;
pub mod password;
pub mod scope;
pub mod seal;
pub mod secret;
pub mod token;
pub mod totp;
