//! How fast frames may come on one connection. Whoever goes over the bound is told once, and who then goes on is closed.

use std::time::Duration;

use tokio::time::Instant;

use crate::limits;

const WINDOW: Duration = Duration::from_secs(1);

/// What to do about a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Nothing.
    Fine,
    /// Tell the client to wait this many milliseconds.
    Tell(u64),
    /// Close.
    Close,
}

/// Counts the frames of one connection.
pub struct Pace {
    most: u32,
    began: Instant,
    frames: u32,
    controls: u32,
    /// Whether the window before this one was over the bound too.
    warned: bool,
}

impl Pace {
    /// At most so many frames a second.
    pub fn new(most: u32, now: Instant) -> Pace {
        Pace {
            most,
            began: now,
            frames: 0,
            controls: 0,
            warned: false,
        }
    }

    /// Counts a frame.
    pub fn frame(&mut self, now: Instant) -> Verdict {
        self.turn(now);
        self.frames = self.frames.saturating_add(1);
        if self.frames <= self.most {
            Verdict::Fine
        } else if self.warned || self.frames > self.most.saturating_mul(2) {
            Verdict::Close
        } else if self.frames == self.most.saturating_add(1) {
            let left = (self.began + WINDOW).saturating_duration_since(now);
            Verdict::Tell(u64::try_from(left.as_millis()).unwrap_or(u64::MAX).saturating_add(1))
        } else {
            Verdict::Fine
        }
    }

    /// Counts a ping or pong of WebSocket itself.
    pub fn control(&mut self, now: Instant) -> Verdict {
        self.turn(now);
        self.controls = self.controls.saturating_add(1);
        if self.controls > limits::CONTROL_FRAMES_PER_S_MAX {
            Verdict::Close
        } else {
            Verdict::Fine
        }
    }

    fn turn(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.began);
        if passed >= WINDOW {
            self.warned = self.frames > self.most && passed < 2 * WINDOW;
            self.began = now;
            self.frames = 0;
            self.controls = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(pace: &mut Pace, n: u32, now: Instant) -> Vec<Verdict> {
        let verdicts = (0..n).map(|_| pace.frame(now));
        verdicts.filter(|verdict| *verdict != Verdict::Fine).collect()
    }

    #[test]
    fn told_once_then_closed() {
        let start = Instant::now();
        let mut pace = Pace::new(10, start);
        assert_eq!(frames(&mut pace, 10, start), []);
        let later = start + Duration::from_millis(400);
        assert_eq!(frames(&mut pace, 10, later), [Verdict::Tell(601)]);
        assert_eq!(pace.frame(later), Verdict::Close);
    }

    #[test]
    fn who_slows_down_is_forgiven_and_who_does_not_is_closed() {
        let start = Instant::now();
        let mut pace = Pace::new(10, start);
        assert_eq!(frames(&mut pace, 11, start).len(), 1);
        assert_eq!(frames(&mut pace, 10, start + WINDOW), []);
        assert_eq!(
            frames(&mut pace, 11, start + 2 * WINDOW).len(),
            1,
            "told again, not closed"
        );
        assert_eq!(frames(&mut pace, 11, start + 3 * WINDOW), [Verdict::Close]);
    }

    #[test]
    fn a_flood_of_pings_is_closed() {
        let start = Instant::now();
        let mut pace = Pace::new(200, start);
        let pings = (0..limits::CONTROL_FRAMES_PER_S_MAX).map(|_| pace.control(start));
        assert!(
            pings
                .collect::<Vec<_>>()
                .iter()
                .all(|verdict| *verdict == Verdict::Fine)
        );
        assert_eq!(pace.control(start), Verdict::Close);
        assert_eq!(pace.control(start + WINDOW), Verdict::Fine);
    }
}
