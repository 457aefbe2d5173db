//! What the agent has on the screen, and what follows: read marks, older lines, typing signals.

use std::time::Duration;

use minicom_protocol::{command::AgentCommand, ids::ConversationId};
use minicom_tui_kit::{
    Key, Now, composer,
    transcript::{Entry, Hints},
};

use crate::{
    app::{App, Order},
    keys::{Action, contexts},
    update::leaving::WayOut,
};

/// One's own typing is said at most this often.
const TYPING_EVERY: Duration = Duration::from_secs(3);
/// Others believe it for so long.
const TYPING_LASTS: Duration = Duration::from_secs(6);

impl App {
    /// The open thread tells the keys that there are.
    pub(crate) fn name_keys(&mut self) {
        let listed = |action, does: &str| match self.list_key_words(action).as_str() {
            "" => String::new(),
            key => format!("{key} {does}"),
        };
        // While writing a letter is text: only a key that works there is named.
        let read = self.keymap.keys(contexts(self.is_composing()), Action::ReadInFull);
        let folded = read.first().map(|key| format!("{} reads all", key.hint()));
        let (retry, discard) = (listed(Action::Retry, "retry"), listed(Action::Discard, "discard"));
        let hint = |key: Option<Key>| key.map(|key| key.hint()).unwrap_or_default();
        let hints = Hints {
            older: hint(self.key_beside_text(Action::PageUp)),
            latest: hint(self.key_to_latest()),
            newer: hint(self.key_beside_text(Action::PageDown)),
            folded: folded.unwrap_or_default(),
            beyond: listed(Action::Transcript, "writes the chat"),
            failed: format!("{retry}  {discard}").trim().to_owned(),
        };
        if let Some(chat) = &mut self.chat {
            chat.transcript.set_hints(hints);
        }
    }

    /// A key that scrolls whatever is written; what lies over the chat leaves it none.
    fn key_beside_text(&self, action: Action) -> Option<Key> {
        let open = self.conversation().filter(|_| self.is_composing());
        let written = open.and_then(|open| self.writing.get(open));
        let is_written = written.is_some_and(|written| !written.current().is_empty());
        let keys = self.keymap.keys(contexts(self.is_composing()), action);
        keys.into_iter()
            .find(|key| self.over.is_none() && (!is_written || composer::is_free(*key)))
    }

    /// A key that leads to the latest line from here: the action's own, or Esc if that is where it leads.
    fn key_to_latest(&self) -> Option<Key> {
        let leads = self.way_out() == WayOut::Latest;
        self.key_beside_text(Action::Latest)
            .or_else(|| self.key_beside_text(Action::Escape).filter(|_| leads))
    }

    /// Whether the open thread can be read now.
    pub(crate) fn chat_is_visible(&self) -> bool {
        let layout = self.layout();
        self.chat.is_some()
            && layout.chat.is_some()
            && !layout.details_over_chat
            && self.help.is_none()
            && self.over.is_none()
    }

    /// What is on the screen counts as seen; what was also read by the owner is marked.
    pub(crate) fn read(&mut self) {
        if !self.chat_is_visible() {
            return;
        }
        let Some(chat) = &mut self.chat else { return };
        chat.see();
        let (conversation, shown, at_end) = (chat.conversation, chat.shown(), chat.transcript.is_at_end());
        if !chat.is_loaded() {
            return;
        }
        self.writing.sees(conversation, shown);
        let Some(summary) = self.replica.summary(conversation) else {
            return;
        };
        let marks = at_end
            && self.is_live()
            && self.is_mine(summary)
            && self.attention.is_focused()
            && !self.marked_unread.contains(&conversation)
            && shown.customer > summary.desk_mark
            && self.last_mark != Some((conversation, shown.customer));
        if marks {
            self.last_mark = Some((conversation, shown.customer));
            self.order(Order::SendMomentary(AgentCommand::MarkSeen {
                conversation,
                up_to: shown.customer,
            }));
        }
    }

    /// The agent is at the top of what is known.
    pub(crate) fn ask_older(&mut self) {
        let Some(chat) = &mut self.chat else { return };
        // Without a connection it would be asked for again and again.
        if !chat.transcript.wants_older() || !self.connection.state.is_live() {
            return;
        }
        if let Some(question) = self.replica.older_events(chat.customer) {
            chat.sync(&self.replica);
            self.order(Order::Ask(question));
        }
    }

    /// What the bot is saying stands behind the thread's other lines until it is one of them.
    pub(crate) fn show_coming(&mut self, now: Now) {
        let (instant, time) = (self.instant(now), self.server_time(now).0);
        let Some(chat) = &mut self.chat else { return };
        let says = self.replica.bot_says(chat.conversation, instant);
        chat.transcript.set_coming(says.map(|text| Entry::coming(text, time)));
    }

    /// The composer's text has changed: the customer is told that the owner types, or has stopped.
    pub(crate) fn say_typing(&mut self, conversation: ConversationId, now: Now) {
        let owner = self
            .replica
            .summary(conversation)
            .is_some_and(|summary| self.is_mine(summary));
        if !owner || !self.is_live() {
            return;
        }
        let on = self.writing.is_replying(conversation);
        let last = self
            .last_typing
            .filter(|(whose, _)| *whose == conversation)
            .map(|(_, at)| at);
        let recent = |within| last.is_some_and(|at| now.elapsed < at + within);
        if on && !recent(TYPING_EVERY) {
            self.last_typing = Some((conversation, now.elapsed));
            self.order(Order::Typing { conversation, on });
        } else if !on && recent(TYPING_LASTS) {
            self.last_typing = None;
            self.order(Order::Typing { conversation, on });
        }
    }
}
