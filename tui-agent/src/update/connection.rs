//! What the connection tells: into the replica, and what follows on the screen. The replica knows what is true; this file knows what
//! the agent should notice of it.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use minicom_client::{ClientEvent, ConnState, Section};
use minicom_protocol::{
    event::{Author, Event, EventBody, WokenBy},
    frame::Agents,
    ids::ConversationId,
};
use minicom_tui_kit::{Now, Shown};

use crate::{
    app::{App, Ends, Focus, Order},
    layout,
    update::{calling, keeping::Gone},
    words,
};

impl App {
    /// The connection tells something.
    pub(crate) fn client(&mut self, event: ClientEvent<Agents>, now: Now) {
        let waited = self.waited_before(&event);
        let mut maybe_new = App::touched_by(&event);
        let given = calling::given_by(&event, self.me());
        let gone = Gone::by(&event);
        self.adopt(&event);
        self.earlier_came(&event);
        self.desk_hears(&event, now);
        self.suggesting_hears(&event);
        self.recap_told(&event, now);
        self.draft_told(&event, now);
        match &event {
            ClientEvent::State(state) => self.connection_stands(state.clone(), now),
            ClientEvent::Latency(latency) => self.connection.latency = Some(*latency),
            ClientEvent::Ended(ended) => self.connection.ended = Some(ended.clone()),
            ClientEvent::Deferred(refusal) => self.tell(minicom_client::deferred_words(refusal), now),
            ClientEvent::OutboxTrouble(words) => self.trouble_by_itself(Shown::line(words)),
            ClientEvent::Batch { events, .. } => self.notice_events(events, now),
            ClientEvent::Reply { question, told, .. } => {
                self.article_told(question, told);
                self.finding_told(question, told, now);
            }
            ClientEvent::AskFailed { question, .. } => {
                self.article_not_told(question);
                self.finding_failed(question);
            }
            _ => {}
        }
        let answered = match &event {
            ClientEvent::Answered { id, command, outcome } => Some((*id, command.clone(), outcome.clone())),
            _ => None,
        };
        let fresh = matches!(event, ClientEvent::Fresh { .. });
        let came_back = self.came_back(&event);
        let moved = own_moves(&event, self.me());
        for question in self.replica.apply(event, self.instant(now)) {
            self.order(Order::Ask(question));
        }
        self.list.pass_time(self.server_time(now), &self.replica);
        self.show_views();
        for conversation in moved {
            self.list.place_anew(conversation, &self.replica);
        }
        if fresh {
            maybe_new.extend(self.begin());
        }
        self.call_for_given(given, now);
        self.call_for_new(maybe_new, &waited, now);
        self.ask_mentions();
        if let Some(conversation) = came_back {
            self.follow(conversation, now);
        }
        if let Some((id, command, outcome)) = answered {
            self.answered(id, &command, outcome, now);
        }
        self.after_list_changed(now);
        self.refresh_over();
        self.desk_heard(now);
        self.keep_after(gone, now);
    }

    fn connection_stands(&mut self, state: ConnState, now: Now) {
        self.date_the_desk(&state, now);
        if state.is_live()
            && self
                .notice
                .as_ref()
                .is_some_and(|notice| notice.ends == Ends::Connected)
        {
            self.notice = None;
        }
        if state.is_live() {
            self.connection.told_why = None;
        }
        // What was only worth sending at the time is lost with a connection.
        (self.last_mark, self.last_typing) = (None, None);
        self.attending.forget();
        self.connection.state = state;
        if self.notice.as_ref().is_none_or(|it| it.ends == Ends::Connected) {
            self.tell_why_away();
        }
    }

    /// Tells why there is no connection, once, and as soon as nothing else is told: the header has no room for which address it is, and
    /// what is wrong with it.
    pub(crate) fn tell_why_away(&mut self) {
        let why = match &self.connection.state {
            ConnState::Untrusted { why, .. } | ConnState::Reconnecting { why, .. } | ConnState::Offline { why, .. } => {
                why
            }
            _ => return,
        };
        if self.connection.told_why.as_ref() != Some(why) {
            let words = Shown::line(why);
            self.connection.told_why = Some(why.clone());
            self.trouble(words, Ends::Connected);
        }
    }

    /// A snapshot has come: the first one opens something to look at. Returns who may have come into the queue while there was no
    /// connection.
    pub(super) fn begin(&mut self) -> Vec<ConversationId> {
        let open: Vec<ConversationId> = self
            .replica
            .summaries()
            .filter(|summary| summary.stage.is_open())
            .map(|summary| summary.conversation)
            .filter(|conversation| self.drafts_known.insert(*conversation))
            .collect();
        if !open.is_empty() {
            self.order(Order::LoadDrafts(open));
        }
        let replica = &self.replica;
        self.writing
            .forget(|conversation| replica.summary(conversation).is_some());
        self.closing.retain(|held| {
            replica
                .summary(held.conversation)
                .is_some_and(|row| row.stage.is_open())
        });
        if let Some(chat) = &mut self.chat {
            chat.start_afresh();
        }
        if !std::mem::replace(&mut self.began, true) {
            if self.conversation().is_none() {
                self.go(self.list.numbered(1));
                // Keys are for the composer from the first one on, whoever waits by then, and if nobody does.
                if self.size.width >= layout::TWO_PANES {
                    self.focus = Focus::Compose;
                }
            }
            return Vec::new();
        }
        let waiting = self.replica.section(Section::Waiting);
        waiting.map(|row| row.conversation).collect()
    }

    /// What the agent should notice of what happened; the replica does not know it yet.
    fn notice_events(&mut self, events: &[Event], now: Now) {
        for event in events {
            let Some(conversation) = event.subject.conversation() else {
                continue;
            };
            self.end_owner_words(conversation, &event.body);
            match &event.body {
                EventBody::Posted(posted) if posted.author == Author::Customer => {
                    self.keep_open(conversation);
                    let mine = self.replica.summary(conversation).is_some_and(|row| self.is_mine(row));
                    if mine {
                        // What was written is not for everybody who can see the desktop.
                        let words = format!("{} writes.", self.name_of(conversation));
                        self.ring(conversation, Shown::line(&words), now);
                    }
                }
                EventBody::Closed(_) => self.closing.retain(|held| held.conversation != conversation),
                _ => {}
            }
        }
    }

    /// Calls the one who sits here for a conversation, in these words, unless it is in front of somebody.
    pub(crate) fn ring(&mut self, conversation: ConversationId, words: Shown, now: Now) {
        let visible = self.conversation() == Some(conversation) && self.chat_is_visible();
        let at_end = self.chat.as_ref().is_some_and(|chat| chat.transcript.is_at_end());
        let call = self.attention.call(about(conversation), words, visible && at_end, now);
        self.out.extend(call);
    }

    fn after_list_changed(&mut self, now: Now) {
        if self.chat.is_some() && self.summary().is_none() {
            self.close_chat();
            self.list.rebuild(&self.replica);
        }
        if let Some(conversation) = self.open_when_known.filter(|it| self.replica.summary(*it).is_some()) {
            self.open_when_known = None;
            self.write_in(conversation, now);
        }
    }

    /// When the countdown to the next attempt says something else.
    pub(crate) fn countdown_changes_at(&self, now: Now) -> Option<Duration> {
        let retry_at = match &self.connection.state {
            ConnState::Reconnecting { retry_at, .. } | ConnState::Untrusted { retry_at, .. } => *retry_at,
            ConnState::Offline { retry_at, .. } if self.size.width >= layout::THREE_PANES => *retry_at,
            _ => return None,
        };
        let changes = words::seconds_left_changes_in(retry_at, self.instant(now))?;
        Some(now.elapsed + changes)
    }
}

/// A conversation as a number, by which calls for it are counted.
fn about(conversation: ConversationId) -> u64 {
    let mut hasher = DefaultHasher::new();
    conversation.hash(&mut hasher);
    hasher.finish()
}

/// Conversations that the agent's own command has moved to another section.
fn own_moves(event: &ClientEvent<Agents>, me: Option<minicom_protocol::ids::AgentId>) -> Vec<ConversationId> {
    let ClientEvent::Batch { events, .. } = event else {
        return Vec::new();
    };
    let mine = events.iter().filter(|event| match &event.body {
        EventBody::TakenOver(it) => Some(it.agent.id) == me,
        EventBody::HandedBack(it) => Some(it.agent.id) == me,
        EventBody::Snoozed(it) => Some(it.agent.id) == me,
        EventBody::Woken(it) => it.why == WokenBy::Agent && Some(it.agent.id) == me,
        _ => false,
    });
    mine.filter_map(|event| event.subject.conversation()).collect()
}
