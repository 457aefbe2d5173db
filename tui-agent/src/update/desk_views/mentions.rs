//! Notes that mention the one who sits here, and the way from a list to a conversation, or to one line of it.

use minicom_protocol::{
    command::AgentCommand,
    context::Mention,
    frame::{AgentQuestion, Agents, Told},
    ids::{ConversationId, Rev},
};
use minicom_tui_kit::{
    Now, Shown,
    table::{Column, TableRow},
    transcript::EntryKey,
};

use super::Content;
use crate::{
    app::{App, Ends, Order},
    desk_view::{Goal, RowId, View},
    facts,
    keys::Action,
    over::Over,
};

const COLUMNS: &[Column] = &[
    Column::new("", 3),
    Column::new("WHEN", 6),
    Column::new("BY", 6),
    Column::growing("NOTE", 12),
    Column::new("CUSTOMER", 8),
];

impl App {
    /// Opens the notes that mention the one who sits here. What is in the list counts as read.
    pub(crate) fn mentions(&mut self, now: Now) {
        if let Some(question) = self.replica.open_mentions() {
            self.order(Order::Ask(question));
        }
        let read = self.replica.mentions().read_up_to();
        self.lay_table(View::Mentions { read }, "Mentions", COLUMNS, now);
        self.mark_mentions(now);
    }

    /// Marks what the open list shows as read. What comes while nobody looks at the terminal stays unread.
    pub(crate) fn mark_mentions(&mut self, now: Now) {
        let open = match &self.over {
            Some(Over::Desk(stack)) => stack.top().is_some_and(|top| matches!(top.view, View::Mentions { .. })),
            _ => false,
        };
        let mentions = self.replica.mentions();
        let newest = mentions
            .newest()
            .filter(|it| mentions.is_loaded() && *it > mentions.read_up_to());
        let Some(up_to) = newest.filter(|_| open && self.is_live() && self.attention.is_focused()) else {
            return;
        };
        let command = AgentCommand::MarkMentionsRead { up_to };
        if !self.replica.pending_commands().any(|it| it.command == command) {
            self.send(command, now.wall);
        }
    }

    pub(super) fn mentions_content(&self, read: Rev, now: Now) -> Content {
        let mentions = self.replica.mentions();
        let new = mentions.newest_first().take_while(|it| it.note.rev > read).count();
        let dot = self.theme.signs().dot;
        let title = match new {
            0 => "Mentions".to_owned(),
            new => format!("Mentions {dot} {new} new"),
        };
        let empty = match (mentions.is_loaded(), self.is_live()) {
            (true, _) => "Nobody has mentioned you. @name in a note does",
            (false, true) => "asking ...",
            (false, false) => "This needs a connection. It is asked for when there is one.",
        };
        Content::Rows {
            title,
            rows: mentions
                .newest_first()
                .map(|it| self.mention_row(it, read, now))
                .collect(),
            empty: Shown::fixed(empty),
        }
    }

    fn mention_row(&self, mention: &Mention, read: Rev, now: Now) -> TableRow<RowId> {
        let note = &mention.note;
        let is_new = note.rev > read;
        let cells = vec![
            Shown::fixed(if is_new { "new" } else { "" }),
            Shown::line(&facts::day(note.at.0, now.wall, &self.zone)),
            note.by.name.shown().cut(12),
            Shown::line(&note.text.replace('\n', " ")),
            mention.customer.name.shown().cut(16),
        ];
        let mut row = TableRow::new(RowId::Note(note.rev), cells);
        if is_new {
            row.style = self.theme.unread();
        }
        row
    }

    pub(super) fn mention_chosen(&mut self, rev: Rev, now: Now) {
        let found = self.replica.mentions().newest_first().find(|it| it.note.rev == rev);
        let found = found.map(|it| it.note.conversation);
        if let Some(conversation) = found {
            self.leave_for(conversation, Some(rev), now);
        }
    }

    /// Closes the views and opens a conversation, at one of its events if it is told which.
    pub(crate) fn leave_for(&mut self, conversation: ConversationId, at: Option<Rev>, now: Now) {
        self.leave_desk();
        self.views.go_to = at.map(|rev| (conversation, Goal::Event(rev)));
        if self.replica.summary(conversation).is_none() {
            // An old one: its row is not here yet.
            if self.has_connection("An old chat") {
                self.views.opening = Some((conversation, self.conversation()));
                self.order(Order::Ask(AgentQuestion::Summary { conversation }));
                self.tell(Shown::fixed("asking ..."), now);
            }
            return;
        }
        self.open_to_read(conversation);
    }

    fn open_to_read(&mut self, conversation: ConversationId) {
        self.open_chat(conversation);
        self.focus = crate::app::Focus::Compose;
    }

    fn asks_to_open(&self, question: &AgentQuestion) -> bool {
        let opening = self
            .views
            .opening
            .map(|(conversation, _)| AgentQuestion::Summary { conversation });
        opening.as_ref() == Some(question)
    }

    /// The row of an old conversation was asked for. If it came it is opened as soon as it is known.
    pub(super) fn opening_told(&mut self, question: &AgentQuestion, told: &Told<Agents>) {
        if let (true, Told::Refusal(refusal)) = (self.asks_to_open(question), told) {
            (self.views.opening, self.views.go_to) = (None, None);
            self.trouble(Shown::line(&refusal.message()), Ends::Leaving);
        }
    }

    pub(super) fn opening_failed(&mut self, question: &AgentQuestion) {
        if self.asks_to_open(question) {
            (self.views.opening, self.views.go_to) = (None, None);
            self.has_connection("An old chat");
        }
    }

    /// Opens what was waited for, and goes to the line that was looked for, as soon as it is here. Older lines are asked for until it is.
    pub(crate) fn go_on_opening(&mut self) {
        if let Some((conversation, from)) = self.views.opening
            && self.replica.summary(conversation).is_some()
        {
            self.views.opening = None;
            // Whoever has gone elsewhere meanwhile is left there.
            if self.conversation() == from && self.over.is_none() {
                self.notice = None;
                self.open_to_read(conversation);
            }
        }
        let Some((conversation, goal)) = self.views.go_to.filter(|_| self.views.opening.is_none()) else {
            return;
        };
        let Some(chat) = self.chat.as_mut().filter(|chat| chat.conversation == conversation) else {
            self.views.go_to = None;
            return;
        };
        if !chat.is_loaded() {
            return;
        }
        let (is_there, what) = match goal {
            Goal::Event(rev) => (chat.transcript.to_entry(EntryKey::Stored(rev.0)), "That line"),
            Goal::End => (chat.to_its_end(&self.replica), "What was said in this chat"),
        };
        if is_there {
            self.views.go_to = None;
            return;
        }
        let customer = chat.customer;
        // Without a connection it would be asked for again and again.
        if !self.has_connection(what) {
            self.views.go_to = None;
            return;
        }
        match self.replica.older_events(customer) {
            Some(question) => {
                if let Some(chat) = &mut self.chat {
                    chat.sync(&self.replica);
                }
                self.order(Order::Ask(question));
            }
            None if self.replica.thread(customer).is_some_and(|it| it.is_loading_older()) => {}
            None => {
                self.views.go_to = None;
                if self.replica.thread(customer).is_some_and(|it| it.is_full()) {
                    let key = self.list_key_words(Action::Transcript);
                    let words =
                        format!("That is older than what is held here. {key} in the list writes the chat to a file.");
                    self.trouble(Shown::line(&words), Ends::Leaving);
                }
            }
        }
    }
}
