//! Exit codes: what a script may rely on. Both programs have the same.

pub use minicom_client::exit::{
    BUG, IO, LATE, OK, OTHERWISE, PERMISSION, UNAVAILABLE, USAGE, VERSION, of_credential, of_end, of_refusal,
    usage_words,
};
