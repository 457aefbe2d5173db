//! How the program ends: a code for other programs, words for people. Both programs and their scripts share them.

pub use minicom_client::exit::{
    BUG, DATA, ENDED, Fault as Failure, IO, NEWER, NOTHING, OK, OTHERWISE, PERMISSION as NO_PERMISSION, SEVERAL,
    UNAVAILABLE, USAGE, of_end as after, of_refusal, usage_words,
};
