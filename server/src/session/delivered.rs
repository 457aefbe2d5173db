//! How often it is passed on how far lines have come on a client's screen. Each costs a read, and the last one is never
//! said again: so what comes too soon is kept, the newest of each conversation, and passed on together.

use std::{collections::BTreeMap, time::Duration};

use minicom_protocol::ids::{ConversationId, LineNo};
use tokio::time::{Instant, sleep_until};

use crate::limits;

/// A conversation, where the client names one, and its newest line.
type Come = (Option<ConversationId>, LineNo);

/// See the module.
pub struct Delivered {
    every: Duration,
    pending: BTreeMap<Option<ConversationId>, LineNo>,
    /// Not before then.
    next: Option<Instant>,
}

impl Delivered {
    /// Passes on at most once in `every`.
    pub fn new(every: Duration) -> Delivered {
        Delivered {
            every,
            pending: BTreeMap::new(),
            next: None,
        }
    }

    /// The client says so. Of more conversations than anybody has open at once the rest is left out.
    pub fn say(&mut self, conversation: Option<ConversationId>, up_to: LineNo) {
        let room = self.pending.len() < limits::DELIVERED_PENDING_MAX;
        if let Some(line) = self.pending.get_mut(&conversation) {
            *line = (*line).max(up_to);
        } else if room {
            self.pending.insert(conversation, up_to);
        }
    }

    /// Waits until something is to be passed on. May be dropped while it waits.
    pub async fn due(&self) {
        match (self.pending.is_empty(), self.next) {
            (true, _) => std::future::pending().await,
            (false, Some(at)) => sleep_until(at).await,
            (false, None) => {}
        }
    }

    /// All that is to be passed on now.
    pub fn take(&mut self, now: Instant) -> impl Iterator<Item = Come> + use<> {
        self.next = Some(now + self.every);
        std::mem::take(&mut self.pending).into_iter()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tokio::time::advance;
    use uuid::Uuid;

    use super::*;

    fn place(n: u128) -> Option<ConversationId> {
        Some(ConversationId(Uuid::from_u128(n)))
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_goes_at_once_and_of_what_follows_the_newest_when_the_second_is_over() {
        let every = Duration::from_secs(1);
        let mut delivered = Delivered::new(every);
        assert_eq!(delivered.due().now_or_never(), None, "nothing was said");
        delivered.say(place(1), LineNo(4));
        assert_eq!(delivered.due().now_or_never(), Some(()));
        assert_eq!(
            delivered.take(Instant::now()).collect::<Vec<_>>(),
            [(place(1), LineNo(4))]
        );
        delivered.say(place(1), LineNo(6));
        delivered.say(place(1), LineNo(5));
        delivered.say(place(2), LineNo(9));
        assert_eq!(delivered.due().now_or_never(), None);
        advance(every).await;
        assert_eq!(delivered.due().now_or_never(), Some(()));
        let both = [(place(1), LineNo(6)), (place(2), LineNo(9))];
        assert_eq!(delivered.take(Instant::now()).collect::<Vec<_>>(), both);
        assert_eq!(delivered.due().now_or_never(), None);
    }

    #[test]
    fn a_flood_is_bounded() {
        let mut delivered = Delivered::new(Duration::ZERO);
        (0..1_000).for_each(|n| delivered.say(place(n), LineNo(1)));
        assert_eq!(delivered.take(Instant::now()).count(), limits::DELIVERED_PENDING_MAX);
    }
}
