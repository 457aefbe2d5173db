//! Why the program ends before it could begin, in words and with an exit code.

pub use minicom_client::exit::Fault;
