//! How often a client's typing is passed on. Each costs a read; what is left out here is said again by the next.

use std::time::Duration;

use minicom_protocol::ids::ConversationId;
use tokio::time::Instant;

/// What was said last.
#[derive(Default)]
pub struct TypingGate {
    last: Option<(Option<ConversationId>, bool, Instant)>,
}

impl TypingGate {
    /// Whether to pass it on: something new, at most once in `every`; but that somebody stopped is never held back.
    pub fn passes(&mut self, conversation: Option<ConversationId>, on: bool, every: Duration, now: Instant) -> bool {
        let passes = self.last.is_none_or(|(place, was, at)| {
            let stopped = was && !on && place == conversation;
            let renewed = on || was || place != conversation;
            stopped || (renewed && now >= at + every)
        });
        if passes {
            self.last = Some((conversation, on, now));
        }
        passes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_two_a_second_and_an_end_is_never_held_back() {
        let every = Duration::from_secs(1);
        let start = Instant::now();
        let mut gate = TypingGate::default();
        let flood = (0..1_000u64).filter(|n| {
            let now = start + Duration::from_millis(n * 3);
            gate.passes(None, n % 2 == 0, every, now)
        });
        let passed = flood.count();
        assert!((4..=7).contains(&passed), "{passed} in three seconds");

        let mut gate = TypingGate::default();
        assert!(gate.passes(None, true, every, start));
        assert!(!gate.passes(None, true, every, start));
        assert!(gate.passes(None, false, every, start));
        assert!(!gate.passes(None, false, every, start + every), "said already");
        assert!(gate.passes(None, true, every, start + every));
    }
}
