//! Which keys are the text's own: no action can have them while one writes.

use super::{Composer, Handled};
use crate::key::Key;

/// It deletes only where no action has it, as the spare keys do.
const SHARED: &str = "ctrl-d";

thread_local! {
    /// A text in which every key of editing has something to do: rows above and below, words on both sides, a large paste. Made once, as
    /// hints ask with every change.
    static WRITTEN: Composer = {
        let mut composer = Composer::with_text("one two\nthree four\nfive six");
        composer.editor.jump(1, "three f".len());
        let _ = composer.paste(&"a large paste\n".repeat(100));
        composer
    };
}

/// Why a key cannot be an action while one writes, in words behind the key; `None` if it can. `sends`: the action is to send.
pub fn is_for_text(key: Key, sends: bool) -> Option<String> {
    let words = match WRITTEN.with(Composer::clone).key(key) {
        _ if is_shared(key) => return None,
        _ if key.is_first_of_two() => return is_half_a_key(key),
        _ if key.typed().is_some() => "is text while one writes",
        Handled::Submit if sends => return None,
        Handled::Submit => "sends while one writes",
        Handled::No => return None,
        Handled::Moved | Handled::Changed | Handled::Refused(_) => "edits the text while one writes",
    };
    Some(words.to_owned())
}

/// Whether this key does the same whatever is written: beside a text no hint names another.
pub fn is_free(key: Key) -> bool {
    !is_shared(key) && is_for_text(key, false).is_none()
}

/// Whether this key edits as soon as something is written, although an action has it until then: a hint names another.
pub fn is_shared(key: Key) -> bool {
    key.to_string() == SHARED
}

/// Why a key never comes alone, in words behind it.
pub fn is_half_a_key(key: Key) -> Option<String> {
    key.is_first_of_two()
        .then(|| "is the first of two keys, as in ctrl-x-ctrl-e".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::key;

    #[test]
    fn a_shared_key_is_the_texts_where_there_is_one() {
        for name in [SHARED, "f9", "ctrl-n"] {
            let (mut written, mut empty) = (Composer::with_text("text"), Composer::default());
            assert_eq!(written.key(key(name)) != Handled::No, is_shared(key(name)), "{name}");
            assert_eq!(empty.key(key(name)), Handled::No, "{name}");
        }
    }

    #[test]
    fn a_free_key_does_the_same_whatever_is_written() {
        for (name, free) in [
            ("end", false),
            (SHARED, false),
            ("a", false),
            ("esc", true),
            ("pgdn", true),
        ] {
            assert_eq!(is_free(key(name)), free, "{name}");
        }
    }

    #[test]
    fn the_keys_of_writing_are_the_texts_own_whatever_is_written() {
        for name in [
            "alt-enter",
            "shift-enter",
            "ctrl-j",
            "ctrl-a",
            "ctrl-e",
            "home",
            "end",
            "ctrl-home",
            "ctrl-end",
            "alt-b",
            "alt-f",
            "alt-left",
            "ctrl-right",
            "left",
            "right",
            "up",
            "down",
            "ctrl-w",
            "alt-backspace",
            "alt-d",
            "ctrl-delete",
            "ctrl-u",
            "alt-k",
            "ctrl-y",
            "ctrl-_",
            "alt-z",
            "alt-y",
        ] {
            let told = is_for_text(key(name), false);
            assert_eq!(told.as_deref(), Some("edits the text while one writes"), "{name}");
        }
        for name in [
            "ctrl-d",
            "ctrl-t",
            "alt-t",
            "alt-u",
            "f5",
            "pgup",
            "shift-up",
            "ctrl-f",
            "ctrl-x-ctrl-e",
        ] {
            assert_eq!(is_for_text(key(name), false), None, "{name}");
        }
    }
}
