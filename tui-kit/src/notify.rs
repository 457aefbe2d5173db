//! When to ring and what the window's title says.
//!
//! Owns the rule: only for what the person cannot see, and never twice in two seconds. It refuses to know what happened.

use std::time::Duration;

use minicom_protocol::gate::Shown;

use crate::runtime::{Effect, Now};

/// Bells are at least this far apart.
pub const BELL_GAP: Duration = Duration::from_secs(2);

/// What the program did to get a person's attention, and whether it has it. Part of a program's state.
#[derive(Debug, Clone)]
pub struct Attention {
    program: &'static str,
    focused: bool,
    rung: Option<Duration>,
    title: Option<usize>,
}

impl Attention {
    /// For a program with this name in its title. A terminal that never tells counts as focused.
    pub fn new(program: &'static str) -> Attention {
        Attention {
            program,
            focused: true,
            rung: None,
            title: None,
        }
    }

    /// `Input::Focus` goes here.
    pub fn focus(&mut self, focused: bool) {
        self.focused = focused;
    }

    /// Whether the terminal has the focus: what is on the screen may count as seen.
    pub fn is_focused(&self) -> bool {
        self.focused
    }

    /// Something happened that wants a look; `on_screen` if it can be seen where the person looks. Rings if it cannot, or
    /// nobody looks.
    pub fn ring<E>(&mut self, on_screen: bool, now: Now) -> Option<Effect<E>> {
        let too_soon = self.rung.is_some_and(|rung| now.elapsed < rung + BELL_GAP);
        if too_soon || (on_screen && self.focused) {
            return None;
        }
        self.rung = Some(now.elapsed);
        Some(Effect::Bell)
    }

    /// What waits, for the window's title: `(3) minicom`. Only when it changed.
    pub fn title<E>(&mut self, waiting: usize) -> Option<Effect<E>> {
        if self.title == Some(waiting) {
            return None;
        }
        self.title = Some(waiting);
        let words = if waiting == 0 {
            self.program.to_owned()
        } else {
            format!("({waiting}) {}", self.program)
        };
        Some(Effect::Title(Shown::line(&words)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Now {
        Now {
            elapsed: Duration::from_millis(ms),
            wall: 0,
        }
    }

    #[test]
    fn rings_for_what_is_not_seen_and_not_too_often() {
        let mut attention = Attention::new("minicom");
        let rings = |attention: &mut Attention, on_screen, ms| attention.ring::<()>(on_screen, at(ms)).is_some();
        assert!(!rings(&mut attention, true, 0), "seen");
        assert!(rings(&mut attention, false, 0));
        assert!(!rings(&mut attention, false, 1_999));
        assert!(rings(&mut attention, false, 2_000));
        attention.focus(false);
        assert!(rings(&mut attention, true, 9_000), "on the screen, but nobody looks");
        let storm = (0..1_000)
            .filter(|ms| rings(&mut attention, false, 20_000 + ms))
            .count();
        assert_eq!(storm, 1);
    }

    #[test]
    fn titles_count_and_are_set_once() {
        let mut attention = Attention::new("minicom");
        assert_eq!(
            attention.title::<()>(3),
            Some(Effect::Title(Shown::fixed("(3) minicom")))
        );
        assert_eq!(attention.title::<()>(3), None);
        assert_eq!(attention.title::<()>(0), Some(Effect::Title(Shown::fixed("minicom"))));
    }
}
