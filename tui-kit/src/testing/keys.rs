//! Key strings: what a person would type.

use crate::key::Key;

/// One key by its name: `ctrl-n`, `alt-enter`, `x`.
///
/// # Panics
/// The name is no key: the test is wrong.
#[track_caller]
pub fn key(name: &str) -> Key {
    match name.parse() {
        Ok(key) => key,
        Err(error) => panic!("{error}"),
    }
}

/// Typed text with key names in angle brackets: `hi<enter>`, `<ctrl-n>Hello<alt-enter>there`. `<lt>` types the bracket itself.
///
/// # Panics
/// A name is no key: the test is wrong.
#[track_caller]
pub fn keys(typed: &str) -> Vec<Key> {
    let mut out = Vec::new();
    let mut rest = typed;
    while let Some(c) = rest.chars().next() {
        match rest.strip_prefix('<').and_then(|inner| inner.split_once('>')) {
            Some(("lt", after)) => {
                out.push(key("<"));
                rest = after;
            }
            Some((name, after)) => {
                out.push(key(name));
                rest = after;
            }
            None => {
                out.push(key(if c == ' ' { "space" } else { &rest[..c.len_utf8()] }));
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}
