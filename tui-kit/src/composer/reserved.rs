//! Which keys are the text's own: no action can have them while one writes.

use super::{Composer, Handled};
use crate::key::Key;

/// Why a key cannot be an action while one writes, in words behind the key; `None` if it can. `sends`: the action is to send.
pub fn is_for_text(key: Key, sends: bool) -> Option<String> {
    let words = match Composer::default().key(key) {
        _ if key.is_first_of_two() => return is_half_a_key(key),
        _ if key.typed().is_some() => "is text while one writes",
        Handled::Submit if sends => return None,
        Handled::Submit => "sends while one writes",
        Handled::No => return None,
        Handled::Moved | Handled::Changed | Handled::Refused(_) => "edits the text while one writes",
    };
    Some(words.to_owned())
}

/// Why a key never comes alone, in words behind it.
pub fn is_half_a_key(key: Key) -> Option<String> {
    key.is_first_of_two()
        .then(|| "is the first of two keys, as in ctrl-x-ctrl-e".to_owned())
}
