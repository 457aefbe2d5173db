//! Commands that are only worth sending now (read marks): of two about the same thing only the newer is sent, at
//! most one in a while, and none is kept for later. Pure: the time is handed in.

use std::{
    collections::HashMap,
    hash::Hash,
    mem::{Discriminant, discriminant},
    time::Duration,
};

use minicom_protocol::ids::ConversationId;
use tokio::time::Instant;

type Key<C> = (Discriminant<C>, Option<ConversationId>);

/// Momentary commands that wait for their turn.
#[derive(Debug)]
pub(crate) struct Momentary<C> {
    every: Duration,
    waiting: HashMap<Key<C>, C>,
    sent: HashMap<Key<C>, Instant>,
}

impl<C> Momentary<C>
where
    Key<C>: Eq + Hash,
{
    pub fn new(every: Duration) -> Self {
        Self {
            every,
            waiting: HashMap::new(),
            sent: HashMap::new(),
        }
    }

    /// Takes the place of an older one about the same thing.
    pub fn offer(&mut self, conversation: Option<ConversationId>, command: C) {
        self.waiting.insert((discriminant(&command), conversation), command);
    }

    /// Those whose turn it is.
    pub fn take_due(&mut self, now: Instant) -> Vec<C> {
        self.sent.retain(|_, at| now < *at + self.every);
        let due: Vec<Key<C>> = self
            .waiting
            .keys()
            .filter(|key| !self.sent.contains_key(key))
            .copied()
            .collect();
        self.sent.extend(due.iter().map(|key| (*key, now)));
        due.iter().filter_map(|key| self.waiting.remove(key)).collect()
    }

    /// When the next one's turn comes, if one waits.
    pub fn next_due(&self) -> Option<Instant> {
        let turn = |key| self.sent.get(key).map(|at| *at + self.every);
        // One that was never sent is due at once, and `take_due` is called before anybody sleeps.
        self.waiting.keys().filter_map(turn).min()
    }

    /// The connection is lost: the program marks again when it is back.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minicom_protocol::{command::AgentCommand, ids::LineNo};

    fn mark(conversation: u8, up_to: u64) -> (Option<ConversationId>, AgentCommand) {
        let conversation = ConversationId::from_bytes([conversation; 16]);
        let up_to = LineNo(up_to);
        (Some(conversation), AgentCommand::MarkSeen { conversation, up_to })
    }

    #[test]
    fn only_the_newest_of_a_conversation_and_at_most_one_a_second() {
        let mut momentary = Momentary::new(Duration::from_secs(1));
        let start = Instant::now();
        let offer = |momentary: &mut Momentary<_>, (about, command)| momentary.offer(about, command);
        offer(&mut momentary, mark(1, 1));
        offer(&mut momentary, mark(1, 2));
        offer(&mut momentary, mark(2, 9));
        let mut first = momentary.take_due(start);
        first.sort_by_key(AgentCommand::conversation);
        assert_eq!(first, [mark(1, 2).1, mark(2, 9).1]);

        offer(&mut momentary, mark(1, 3));
        assert_eq!(momentary.take_due(start + Duration::from_millis(999)), []);
        assert_eq!(momentary.next_due(), Some(start + Duration::from_secs(1)));
        offer(&mut momentary, mark(1, 4));
        assert_eq!(momentary.take_due(start + Duration::from_secs(1)), [mark(1, 4).1]);
        assert_eq!(momentary.next_due(), None);
    }

    #[test]
    fn a_lost_connection_forgets_them() {
        let mut momentary = Momentary::new(Duration::from_secs(1));
        let (about, command) = mark(1, 1);
        momentary.offer(about, command);
        momentary.clear();
        assert_eq!(momentary.take_due(Instant::now()), []);
    }
}
