//! When somebody is called and what the window's title says.
//!
//! Owns the rule: only for what the person cannot see, at most one call for each conversation in ten seconds, and never two bells in
//! two. It refuses to know what happened, and how a call gets out: that is [`Notifier`]'s.

mod hook;
mod notifier;

use std::time::Duration;

use minicom_protocol::gate::Shown;

pub use self::hook::{Hook, HookEnd, VARIABLE};
pub use self::notifier::Notifier;

use crate::runtime::{Effect, Now};

/// Bells are at least this far apart.
pub const BELL_GAP: Duration = Duration::from_secs(2);
/// Calls for one conversation are at least this far apart.
pub const CALL_GAP: Duration = Duration::from_secs(10);

/// A call for the person's attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The bell rings.
    pub bell: bool,
    /// Words on the desktop and for the person's own command; `None` if they came a moment ago.
    pub words: Option<Shown>,
}

/// When it was last called for something.
#[derive(Debug, Clone, Copy)]
struct Called {
    about: u64,
    rung: Option<Duration>,
    told: Option<Duration>,
    /// Its bell was left out.
    owed: bool,
}

/// What the program did to get a person's attention, and whether it has it. Part of a program's state.
#[derive(Debug, Clone)]
pub struct Attention {
    program: &'static str,
    focused: bool,
    rung: Option<Duration>,
    /// Those of the last [`CALL_GAP`] only.
    called: Vec<Called>,
    title: Option<usize>,
}

impl Attention {
    /// For a program with this name in its title. A terminal that never tells counts as focused.
    pub fn new(program: &'static str) -> Attention {
        Attention {
            program,
            focused: true,
            rung: None,
            called: Vec::new(),
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

    /// Something happened that wants a look: `about` which conversation, in which words; `on_screen` if it can be seen where the
    /// person looks. Calls if it cannot, or nobody looks.
    pub fn call<E>(&mut self, about: u64, words: Shown, on_screen: bool, now: Now) -> Option<Effect<E>> {
        if on_screen && self.focused {
            return None;
        }
        let now = now.elapsed;
        let within = |at: Option<Duration>, gap| at.is_some_and(|at| now < at + gap);
        self.called
            .retain(|it| it.owed || within(it.rung, CALL_GAP) || within(it.told, CALL_GAP));
        let known = self.called.iter().position(|it| it.about == about);
        let known = known.unwrap_or_else(|| {
            self.called.push(Called {
                about,
                rung: None,
                told: None,
                owed: false,
            });
            self.called.len() - 1
        });
        let called = &mut self.called[known];
        let wanted = !within(called.rung, CALL_GAP);
        let bell = wanted && !within(self.rung, BELL_GAP);
        let tells = !within(called.told, CALL_GAP);
        if bell {
            self.rung = Some(now);
            (called.rung, called.owed) = (Some(now), false);
        } else if wanted {
            called.owed = true;
        }
        if tells {
            called.told = Some(now);
        }
        let words = tells.then_some(words);
        (bell || words.is_some()).then_some(Effect::Notify(Call { bell, words }))
    }

    /// When [`Attention::bell`] has something to ring.
    pub fn bell_at(&self) -> Option<Duration> {
        let owed = self.called.iter().any(|it| it.owed);
        self.rung.filter(|_| owed).map(|rung| rung + BELL_GAP)
    }

    /// Rings what was left out, as soon as it may: who comes right after another one must not go unheard.
    pub fn bell<E>(&mut self, now: Now) -> Option<Effect<E>> {
        self.bell_at().filter(|at| *at <= now.elapsed)?;
        self.rung = Some(now.elapsed);
        for called in self.called.iter_mut().filter(|it| it.owed) {
            (called.rung, called.owed) = (self.rung, false);
        }
        Some(Effect::Notify(Call {
            bell: true,
            words: None,
        }))
    }

    /// The person has just done something here: no bell is needed for what came before.
    pub fn seen(&mut self) {
        for called in &mut self.called {
            called.owed = false;
        }
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
    use proptest::prelude::*;

    use super::*;

    fn at(ms: u64) -> Now {
        Now {
            elapsed: Duration::from_millis(ms),
            wall: 0,
        }
    }

    fn call(attention: &mut Attention, about: u64, on_screen: bool, ms: u64) -> (bool, bool) {
        match attention.call::<()>(about, Shown::fixed("carol waits"), on_screen, at(ms)) {
            Some(Effect::Notify(call)) => (call.bell, call.words.is_some()),
            Some(other) => panic!("{other:?}"),
            None => (false, false),
        }
    }

    #[test]
    fn calls_for_what_is_not_seen_and_not_too_often() {
        let mut attention = Attention::new("minicom");
        assert_eq!(call(&mut attention, 1, true, 0), (false, false), "seen");
        assert_eq!(call(&mut attention, 1, false, 0), (true, true));
        assert_eq!(
            call(&mut attention, 2, false, 1_999),
            (false, true),
            "another one, without a second bell"
        );
        assert_eq!(call(&mut attention, 3, false, 2_000), (true, true));
        assert_eq!(
            call(&mut attention, 1, false, 9_999),
            (false, false),
            "the same conversation"
        );
        assert_eq!(call(&mut attention, 1, false, 10_000), (true, true));
        attention.focus(false);
        assert_eq!(
            call(&mut attention, 4, true, 19_000),
            (true, true),
            "on the screen, but nobody looks"
        );
    }

    #[test]
    fn a_bell_that_was_left_out_rings_as_soon_as_it_may_unless_somebody_is_there() {
        let mut attention = Attention::new("minicom");
        call(&mut attention, 1, false, 0);
        call(&mut attention, 2, false, 500);
        assert_eq!(attention.bell_at(), Some(BELL_GAP));
        assert_eq!(attention.bell::<()>(at(1_999)), None);
        let bell = Call {
            bell: true,
            words: None,
        };
        assert_eq!(attention.bell::<()>(at(2_000)), Some(Effect::Notify(bell)));
        assert_eq!((attention.bell_at(), attention.bell::<()>(at(9_000))), (None, None));
        assert_eq!(
            call(&mut attention, 2, false, 3_000),
            (false, false),
            "it has had its bell"
        );
        assert_eq!(attention.bell_at(), None);
        assert_eq!(
            call(&mut attention, 3, false, 3_999),
            (false, true),
            "two seconds after that one"
        );
        attention.seen();
        assert_eq!(attention.bell_at(), None);
    }

    #[test]
    fn whose_bell_was_left_out_rings_at_the_next_line() {
        let mut attention = Attention::new("minicom");
        call(&mut attention, 1, false, 0);
        assert_eq!(call(&mut attention, 2, false, 500), (false, true));
        assert_eq!(call(&mut attention, 2, false, 2_500), (true, false));
    }

    proptest! {
        #[test]
        fn a_storm_stays_within_the_bounds(calls in prop::collection::vec((0_u64..5, 0_u64..900), 1..400)) {
            let mut attention = Attention::new("minicom");
            let (mut ms, mut bells, mut told) = (0, Vec::new(), Vec::new());
            for (about, later) in calls {
                ms += later;
                let (bell, words) = call(&mut attention, about, false, ms);
                if bell { bells.push(ms) }
                if words { told.push((about, ms)) }
                prop_assert!(attention.called.len() <= 5);
            }
            prop_assert!(bells.windows(2).all(|pair| pair[1] - pair[0] >= 2_000));
            for (at, (about, ms)) in told.iter().enumerate() {
                let again = told[..at].iter().rev().find(|it| it.0 == *about);
                prop_assert!(again.is_none_or(|it| ms - it.1 >= 10_000));
            }
        }
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
