//! Why the program ends before it could begin, in words and with an exit code.

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The exit code.
    pub code: u8,
    /// What happened and what to do.
    pub words: String,
}

impl Fault {
    /// With a code of [`crate::exit`].
    pub fn new(code: u8, words: impl Into<String>) -> Fault {
        Fault {
            code,
            words: words.into(),
        }
    }
}
