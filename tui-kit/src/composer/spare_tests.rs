//! Letters and words that change places, and the case of words.

use proptest::prelude::*;

use super::*;
use crate::composer::tests::marked;
use crate::testing::{key, keys};

/// `^` is where the cursor stands.
fn at(text: &str) -> Composer {
    let mut composer = Composer::with_text(&text.replace('^', ""));
    let before = text.split('^').next().unwrap_or_default();
    for _ in before.graphemes(true).count()..text.replace('^', "").graphemes(true).count() {
        let _ = composer.key(key("left"));
    }
    composer
}

#[track_caller]
fn check(text: &str, name: &str, expected: &str) {
    let mut composer = at(text);
    let before = composer.text();
    let handled = composer.spare_key(key(name));
    assert_eq!(marked(&composer), expected.replace('^', "|"), "{name} on {text}");
    let changed = composer.text() != before;
    assert_eq!(handled == Handled::Changed, changed, "{name} on {text}");
    if changed {
        let _ = composer.key(key("ctrl-_"));
        assert_eq!(composer.text(), before, "one step back");
        let _ = composer.key(key("alt-z"));
        assert_eq!(composer.text(), expected.replace('^', ""), "and one forth");
    }
}

#[test]
fn characters_change_places() {
    check("teh^", "ctrl-t", "the^");
    check("t^eh", "ctrl-t", "et^h");
    check("^teh", "ctrl-t", "^teh");
    check("a^", "ctrl-t", "a^");
    check("x🇩🇪👩‍👩‍👧^", "ctrl-t", "x👩‍👩‍👧🇩🇪^");
    check("ne\u{301}^", "ctrl-t", "e\u{301}n^");
    check("one\n^two", "ctrl-t", "one\n^two");
}

#[test]
fn words_change_places() {
    check("one two^", "alt-t", "two one^");
    check("one ^two, three", "alt-t", "two one^, three");
    check("one two^, three", "alt-t", "one three, two^");
    check("o^ne two", "alt-t", "o^ne two");
    check("one two  ^", "alt-t", "two one^  ");
    check("größe ^naïve", "alt-t", "naïve größe^");
    check("  ^", "alt-t", "  ^");
}

#[test]
fn words_change_their_case() {
    check("^one two", "alt-u", "ONE^ two");
    check("o^ne two", "alt-u", "oNE^ two");
    check("one^ two", "alt-u", "one TWO^");
    check("^STRASSE x", "alt-l", "strasse^ x");
    check("^straße x", "alt-u", "STRASSE^ x");
    check("^oNE two", "alt-c", "One^ two");
    check("^éLAN", "alt-c", "Élan^");
    check("^e\u{301}LAN", "alt-c", "E\u{301}lan^");
    check("one^", "alt-c", "one^");
    check("^ΐ", "alt-u", "Ι\u{308}\u{301}^");
}

#[test]
fn what_has_no_such_meaning_or_nothing_to_change_is_the_programs() {
    assert_eq!(Composer::default().spare_key(key("ctrl-t")), Handled::No);
    assert_eq!(at("one^").spare_key(key("ctrl-n")), Handled::No);
    for (name, _) in SPARE_KEYS {
        assert_ne!(
            at("one ^two").spare_key(key(name)),
            Handled::No,
            "{name} is in the help"
        );
        assert_eq!(at("one ^two").key(key(name)), Handled::No, "{name} may be an action's");
    }
    let most = format!("{}^", "ΐ".repeat(HELD_BYTES_MAX / 2));
    let mut composer = at(&most);
    let _ = composer.key(key("ctrl-a"));
    let _ = composer.spare_key(key("alt-u"));
    assert!(composer.text().len() <= HELD_BYTES_MAX);
}

proptest! {
    #[test]
    fn undo_brings_everything_back_step_by_step(presses in prop::collection::vec(0_usize..12, 1..60)) {
        let all = keys("<left><right><ctrl-t><alt-t><alt-u><alt-l><alt-c>aÉ <ctrl-w><alt-b>");
        let start = "one 🇩🇪 e\u{301}lan two";
        let mut composer = Composer::with_text(start);
        // What the text was, and whether a typed character made it so.
        let mut texts = vec![(composer.text(), false)];
        for press in presses {
            let key = all[press.min(all.len() - 1)];
            let _ = match composer.key(key) {
                Handled::No => composer.spare_key(key),
                handled => handled,
            };
            if composer.text() != texts[texts.len() - 1].0 {
                texts.push((composer.text(), key.typed().is_some()));
            }
        }
        let last = texts.len() - 1;
        let mut at = last;
        let mut stops = vec![last];
        while at > 0 {
            let _ = composer.key(key("ctrl-_"));
            let back = texts[..at].iter().rposition(|(text, _)| *text == composer.text());
            prop_assert!(back.is_some(), "{:?} was never there", composer.text());
            let back = back.unwrap_or_default();
            // Only what was typed in one go is gone over.
            prop_assert!(back + 1 == at || texts[back + 1..=at].iter().all(|(_, typed)| *typed));
            at = back;
            stops.push(at);
        }
        for stop in stops.iter().rev().skip(1) {
            let _ = composer.key(key("alt-z"));
            prop_assert_eq!(&composer.text(), &texts[*stop].0);
        }
    }
}
