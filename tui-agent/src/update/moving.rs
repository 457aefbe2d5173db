//! Going through the list, and opening a thread. Looking claims nothing and marks nothing.

use minicom_client::Section;
use minicom_protocol::{
    command::AgentCommand,
    ids::{CommandId, ConversationId},
    summary::Summary,
};
use minicom_tui_kit::{Now, Shown};

use crate::{
    app::{App, Ends, Focus, Order},
    chat::Chat,
    desk_view::Goal,
    entries::Eyes,
    list::{Part, Spot},
};

/// A `TakeNext` that is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TakingNext {
    /// What it is known by.
    pub id: CommandId,
    /// Whom it was thought to take.
    expected: Option<ConversationId>,
    /// Whether what it was thought to open was open already.
    was_here: bool,
    /// Whether a key was pressed since.
    acted: bool,
}

impl App {
    /// A key was pressed that is no wish for the next: what comes later of an earlier wish does not come under the hands.
    pub(crate) fn acts(&mut self) {
        for taking in &mut self.taking_next {
            taking.acted = true;
        }
        self.files.acts();
    }

    /// Opens the thread of a conversation and puts the cursor of the list there.
    pub(crate) fn open_chat(&mut self, conversation: ConversationId) {
        self.open_chat_at(conversation, None);
    }

    /// The same, with the cursor in this view.
    fn open_chat_at(&mut self, conversation: ConversationId, view: Option<usize>) {
        let Some(summary) = self.replica.summary(conversation) else {
            return;
        };
        if self.conversation() == Some(conversation) {
            match view {
                Some(_) => self.list.select_in(conversation, view, &self.replica),
                None => self.list.select(conversation, &self.replica),
            }
            return;
        }
        let chat = Chat::open(summary, self.eyes_on(summary), self.links);
        // A line that was looked for in it comes before its end.
        let is_led_there = matches!(self.views.go_to, Some((led_to, _)) if led_to == conversation);
        if chat.ended_before && !is_led_there {
            self.views.go_to = Some((conversation, Goal::End));
        }
        self.leave();
        self.chat = Some(chat);
        self.details_top = 0;
        self.marked_unread.remove(&conversation);
        self.list.select_in(conversation, view, &self.replica);
        for question in self.replica.open_conversation(conversation) {
            self.order(Order::Ask(question));
        }
        if self.drafts_known.insert(conversation) {
            self.order(Order::LoadDrafts(vec![conversation]));
        }
    }

    /// Who reads the thread of a conversation.
    pub(crate) fn eyes_on(&self, summary: &Summary) -> Eyes {
        Eyes {
            me: self.me(),
            customer: summary.customer.name.shown(),
            zone: self.zone.clone(),
            dot: self.theme.signs().dot,
        }
    }

    /// What ends when the open thread is left.
    fn leave(&mut self) {
        if let Some(conversation) = self.conversation() {
            self.writing.leave(conversation);
        }
        self.save_drafts();
        let of_this = |ends| {
            matches!(
                ends,
                Ends::Leaving | Ends::OwnedBy(..) | Ends::Here(_) | Ends::Pasted(_) | Ends::Cleared(_)
            )
        };
        if self.notice.as_ref().is_some_and(|notice| of_this(notice.ends)) {
            self.notice = None;
        }
        // The key that quits when it comes again was pressed for what is left.
        self.quits_until = None;
        if let Some((conversation, _)) = self.last_typing.take()
            && self.is_live()
        {
            self.order(Order::Typing {
                conversation,
                on: false,
            });
        }
    }

    /// The open thread is not known any more. Keys stay where they were: letters that were meant for it are no orders for the list.
    pub(crate) fn close_chat(&mut self) {
        self.leave();
        self.chat = None;
    }

    /// Moves the cursor of the list.
    pub(crate) fn go(&mut self, spot: Option<Spot>) {
        match spot {
            Some(Spot::Row(conversation, view)) => {
                if view.is_none() && self.conversation() == Some(conversation) {
                    // Out of a view, into the section of the same conversation.
                    self.list.select_in(conversation, None, &self.replica);
                }
                self.open_chat_at(conversation, view);
            }
            Some(Spot::Title(part)) => self.list.select_title(part, &self.replica),
            None => return,
        }
        // At the end of what is known of the closed ones.
        let done = Part::Section(Section::Done);
        let below = self.list.step(1);
        let at_end = below == self.list.cursor() || matches!(below, Some(Spot::Title(Part::View(_))));
        if at_end
            && self.list.part_at_cursor() == Some(done)
            && !self.list.is_folded(done)
            && let Some(question) = self.replica.older_closed()
        {
            self.order(Order::Ask(question));
        }
    }

    /// Shows or hides the section that the cursor is in.
    pub(crate) fn fold(&mut self, now: Now) {
        match self.list.part_at_cursor() {
            Some(part) if self.list.is_foldable(part) => self.list.fold(part, &self.replica),
            _ => self.tell(Shown::fixed("Only OTHERS, DONE and views can be folded."), now),
        }
    }

    pub(crate) fn jump(&mut self, number: usize, now: Now) {
        match self.list.numbered(number) {
            Some(spot) => self.go(Some(spot)),
            None => self.tell(Shown::line(&format!("There is no row {number}.")), now),
        }
    }

    /// What the key for "next" would open. Whoever has ended a chat has done with it, though the server hears of it five seconds later.
    pub(crate) fn next(&self) -> Option<&Summary> {
        self.replica.next_but(|it| self.closing_of(it).is_some())
    }

    /// The same, if it can be had: whoever is claimed needs a connection, one's own does not.
    pub(crate) fn next_to_take(&self) -> Option<&Summary> {
        self.next().filter(|next| self.is_live() || self.is_mine(next))
    }

    /// What needs this agent most. The server decides, and claims it in the same breath. What the footer named is open at once:
    /// what is typed from here on is for whoever comes, never for whoever was here.
    pub(crate) fn take_next(&mut self, now: Now) {
        let next = self.next().map(|next| (next.conversation, self.is_mine(next)));
        let expected = next.map(|it| it.0);
        // A wish that is not answered is the same wish, until what it was thought to take has been answered: then it is one for
        // the one after. Without a connection nobody knows when that is: what can be opened is, and the rest is told.
        let same = |taking: &TakingNext| taking.expected.is_none() || taking.expected == expected;
        if self.is_live() && self.taking_next.last().is_some_and(same) {
            return;
        }
        // It would choose what is about to end: it knows nothing of that yet, and the wish can still be taken back.
        let ends = |it: &Summary| self.closing_of(it.conversation).is_some();
        if self.replica.next().is_some_and(ends) {
            return self.take_beside_what_ends(next, now);
        }
        let was_here = self.focus == Focus::Compose && self.conversation() == expected;
        match next {
            // One of mine needs no claim.
            Some((conversation, true)) if !self.is_live() => {
                // An answer that comes later does not lead away from here.
                self.acts();
                self.write_in(conversation, now);
            }
            _ if self.has_connection("Next") => {
                let id = self.send(AgentCommand::TakeNext {}, now.wall);
                for earlier in &mut self.taking_next {
                    earlier.acted = true;
                }
                self.taking_next.push(TakingNext {
                    id,
                    expected,
                    was_here,
                    acted: false,
                });
                if let Some(conversation) = expected {
                    self.open_chat(conversation);
                    self.focus = Focus::Compose;
                }
            }
            _ => {}
        }
    }

    /// Goes on by what is known here; whoever waits is taken over by name, and if somebody was faster that is told.
    fn take_beside_what_ends(&mut self, next: Option<(ConversationId, bool)>, now: Now) {
        match next {
            Some((conversation, true)) => self.write_in(conversation, now),
            Some((conversation, false)) if self.has_connection("Next") => {
                let order = AgentCommand::TakeOver { conversation };
                if !self.replica.pending_commands().any(|it| it.command == order) {
                    self.send(order, now.wall);
                }
                self.write_in(conversation, now);
            }
            Some(_) => {}
            None => self.tell(Shown::fixed("Nobody is waiting."), now),
        }
    }

    /// The server has chosen. It is open already, unless somebody was faster or nobody was known to wait: then it is opened, but
    /// never under the hands of who has begun to do something else.
    pub(crate) fn next_chosen(&mut self, taking: TakingNext, conversation: ConversationId, now: Now) {
        let here = self.conversation() == Some(conversation);
        let gone_on = taking.acted && taking.expected == Some(conversation);
        match (here, taking.acted) {
            (true, acted) => {
                if !acted {
                    self.focus = Focus::Compose;
                }
                if taking.was_here {
                    self.needs_you_most(conversation, now);
                }
            }
            (false, true) if gone_on => {}
            (false, true) => {
                let known = self.replica.summary(conversation).is_some();
                let who = match known {
                    true => self.name_of(conversation),
                    false => Shown::fixed("Somebody else"),
                };
                let words = format!("{who} is yours now, and needs you most.");
                self.trouble(Shown::line(&words), Ends::Leaving);
            }
            (false, false) => self.write_in(conversation, now),
        }
    }

    fn needs_you_most(&mut self, conversation: ConversationId, now: Now) {
        let words = format!("{} needs you most.", self.name_of(conversation));
        self.tell(Shown::line(&words), now);
    }

    /// Opens a conversation with the cursor in the composer.
    pub(crate) fn write_in(&mut self, conversation: ConversationId, now: Now) {
        if self.replica.summary(conversation).is_none() {
            self.open_when_known = Some(conversation);
            return;
        }
        let was_here = self.conversation() == Some(conversation) && self.focus == Focus::Compose;
        self.open_chat(conversation);
        self.focus = Focus::Compose;
        if was_here {
            self.needs_you_most(conversation, now);
        }
    }

    pub(crate) fn previous_of_mine(&mut self, now: Now) {
        let mine = self.of_mine(|_| true);
        let at = mine.iter().position(|it| Some(*it) == self.conversation());
        let before = match at {
            Some(0) | None => mine.last(),
            Some(at) => mine.get(at - 1),
        };
        match before.copied() {
            Some(conversation) => self.open_chat(conversation),
            None => self.tell(Shown::fixed("None is yours."), now),
        }
    }

    pub(crate) fn next_unread(&mut self, now: Now) {
        let mine = self.of_mine(|_| true);
        let unread = self.of_mine(|unread| unread > 0);
        let here = mine.iter().position(|it| Some(*it) == self.conversation());
        let after = mine.iter().skip(here.map_or(0, |at| at + 1)).chain(&mine);
        let next = after
            .copied()
            .find(|it| unread.contains(it) && Some(*it) != self.conversation());
        match next {
            Some(conversation) => self.open_chat(conversation),
            None => self.tell(Shown::fixed("Nothing unread in yours."), now),
        }
    }

    /// Conversations of mine in the order of the list, by what the list shows as unread.
    fn of_mine(&self, wanted: impl Fn(u64) -> bool) -> Vec<ConversationId> {
        let rows = self.replica.section(Section::Mine);
        let wanted = rows.filter(|row| wanted(self.unread(row)));
        wanted.map(|row| row.conversation).collect()
    }
}
