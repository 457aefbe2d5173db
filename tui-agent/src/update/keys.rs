//! What a key does: the composer first, then the table.

use minicom_tui_kit::{
    Effect, Key, Now, Shown,
    composer::{Handled, is_for_text},
    help::{Help, Place},
};

use crate::{
    app::{App, Ends, Focus, Order},
    keys::{Action, contexts},
    list::Spot,
    sign_in,
    update::about::NONE_CHOSEN,
};

impl App {
    /// Whether keys go to the composer.
    pub(crate) fn is_composing(&self) -> bool {
        self.focus == Focus::Compose
    }

    pub(crate) fn key(&mut self, key: Key, now: Now) {
        let action = self.keymap.action(contexts(self.is_composing()), key);
        if action != Some(Action::Next) {
            self.acts();
        }
        // Whatever else is pressed meanwhile, the second one was not meant.
        if !matches!(action, Some(Action::Interrupt | Action::Quit)) {
            self.quits_until = None;
        }
        if self.connection.ended.is_some() {
            return self.key_at_the_end(key, now);
        }
        if self.bare.is_some() {
            return self.key_in_bare(key);
        }
        if self.help.is_some() {
            return self.key_in_help(key, now);
        }
        if self.over.is_some() {
            return self.key_over(key, now);
        }
        if self.is_composing() && self.key_in_composer(key, now) {
            return;
        }
        if let Some(action) = action {
            // Who goes through what was found does not mean the next customer by the same letter.
            let hit = action == Action::Next && key.typed() == Some('n') && self.has_been_led();
            self.act(if hit { Action::NextHit } else { action }, digit(key), now);
        } else if (!self.is_composing() || key.is_never_typed()) && !self.spare_key(key, now) {
            self.tell_unknown(key, now);
        }
    }

    /// Whether the composer has something to do for a key that no action has.
    fn spare_key(&mut self, key: Key, now: Now) -> bool {
        let Some(conversation) = self.conversation().filter(|_| self.is_composing()) else {
            return false;
        };
        let handled = self.writing.of(conversation).current_mut().spare_key(key);
        self.composer_did(handled, now)
    }

    /// Whoever tries a key by habit learns that it does nothing here, and where the keys are.
    fn tell_unknown(&mut self, key: Key, now: Now) {
        let composing = self.is_composing();
        // A key of a text that has nothing to do there is no mistake.
        if composing && self.conversation().is_some() && is_for_text(key, false).is_some() {
            return;
        }
        let (help, menu) = (
            self.first_key(composing, Action::Help),
            self.first_key(composing, Action::Menu),
        );
        let words = format!(
            "{} does nothing here. {help} shows the keys, {menu} finds an action by name.",
            key.hint()
        );
        self.tell_here(Shown::line(&words), now);
    }

    /// Nothing but the end can be wished for.
    fn key_at_the_end(&mut self, key: Key, now: Now) {
        match self.keymap.action(contexts(false), key) {
            Some(Action::Interrupt | Action::Quit | Action::Escape) => return self.quit(now),
            Some(Action::Redraw) => return self.out.push(Effect::Redraw),
            Some(Action::Suspend) => return self.out.push(Effect::Suspend),
            _ => {}
        }
        match key.to_string().as_str() {
            "q" | "enter" => self.quit(now),
            "s" if self.connection.ended.as_ref().is_some_and(sign_in::mends) => {
                self.order(Order::SignIn);
                self.quit(now);
            }
            _ => {}
        }
    }

    /// What is typed goes to the text, also over the help. In the list letters would be orders for what stands behind it: none closes it
    /// by accident, so that the next ones do nothing there.
    fn key_in_help(&mut self, key: Key, now: Now) {
        if self.is_composing() && key.typed().is_some() {
            self.help = None;
            return self.key(key, now);
        }
        let page = isize::from(self.size.height.cast_signed()).saturating_sub(4).max(1);
        let by = match key.to_string().as_str() {
            "pgdn" | "space" => page,
            "pgup" => -page,
            "down" | "j" => 1,
            "up" | "k" => -1,
            "home" | "g" => isize::MIN,
            "end" | "G" => isize::MAX,
            "q" | "?" => return self.help = None,
            _ if key.typed().is_some() => return,
            _ => return self.help = None,
        };
        self.move_in_help(by);
    }

    /// So many lines further down in the help, or up.
    pub(super) fn move_in_help(&mut self, by: isize) {
        self.help = self.help.map(|at| self.shown_help().moved(at, by));
    }

    /// The help as it stands on the screen now.
    pub(crate) fn shown_help(&self) -> Help<'_> {
        Help::new(&self.help_rows(), self.layout().help(), &self.theme)
    }

    /// Whether the composer had something to do for the key.
    fn key_in_composer(&mut self, key: Key, now: Now) -> bool {
        let Some(conversation) = self.conversation() else {
            if key.typed().is_some() {
                let (next, list) = (self.key_words(Action::Next), self.key_words(Action::Escape));
                let words = format!(
                    "No chat is open, so this goes to nobody: {next} takes the next one, {list} goes to the list."
                );
                self.tell_here(Shown::line(&words), now);
            }
            return key.typed().is_some();
        };
        let closing = self.closing_of(conversation).is_some();
        if self.key_in_popup(conversation, key, now) || self.key_in_empty(conversation, key, now) {
            return true;
        }
        let composer = self.writing.of(conversation).current_mut();
        if closing && composer.is_empty() && key.to_string() == "ctrl-_" {
            self.undo(Some(conversation), now);
            return true;
        }
        let handled = composer.key(key);
        self.composer_did(handled, now)
    }

    pub(crate) fn paste(&mut self, text: &str, now: Now) {
        self.acts();
        if self.connection.ended.is_some() || self.help.is_some() || self.bare.is_some() {
            return;
        }
        if self.over.is_some() {
            return self.paste_over(text, now);
        }
        if !self.is_composing() {
            return;
        }
        if let Some(conversation) = self.conversation() {
            if self.paste_large(conversation, text, now) {
                return;
            }
            let handled = self.writing.of(conversation).current_mut().paste(text);
            if matches!(handled, Handled::Refused(_)) {
                self.keep_paste(text);
            }
            self.composer_did(handled, now);
        }
    }

    pub(super) fn composer_did(&mut self, handled: Handled, now: Now) -> bool {
        let Some(conversation) = self.conversation() else {
            return false;
        };
        match handled {
            Handled::No => return false,
            Handled::Moved => self.offer_names(conversation, false),
            Handled::Changed => {
                // Whoever goes on writing has not done with it.
                self.files.beside_mut(conversation).sends = false;
                self.writing.changed(conversation, now.elapsed);
                self.offer_names(conversation, true);
                self.say_typing(conversation, now);
                self.quits_until = None;
                // What is typed is to be seen.
                if self.layout().details_over_chat {
                    self.details = None;
                }
            }
            Handled::Submit => self.enter(now),
            Handled::Refused(words) => self.trouble(words, Ends::Leaving),
        }
        true
    }

    /// Does what is wished; `number` is the digit of the key.
    pub(crate) fn act(&mut self, action: Action, number: usize, now: Now) {
        if self.lacks_choice(action) {
            return self.tell(Shown::fixed(NONE_CHOSEN), now);
        }
        match action {
            Action::Send => self.enter(now),
            Action::Open => self.open(now),
            Action::Next => self.take_next(now),
            Action::Previous => self.previous_of_mine(now),
            Action::NextUnread => self.next_unread(now),
            Action::Jump => self.jump(number, now),
            Action::TakeOver => self.take_over(now),
            Action::HandBack => self.hand_back(now),
            Action::Transfer => self.transfer(now),
            Action::Assign => self.assign(now),
            Action::Snooze => self.snooze(now),
            Action::Intent => self.choose_intent(),
            Action::Tags => self.tags(now),
            Action::Priority => self.priority(now),
            Action::Subject => self.subject_line(now),
            Action::Editor => self.edit_reply(now),
            Action::Note => self.note(now),
            Action::SavedReplies => self.saved_replies(now),
            Action::Article => self.articles(now),
            Action::Quote => self.quote(now),
            Action::ReadInFull => self.read_in_full(now),
            Action::Copy => self.copy(now),
            Action::Pipe => self.pipe(now),
            Action::EditLast => self.edit_last(now),
            Action::WithdrawLast => self.withdraw_last(now),
            Action::Blank => self.blank(now),
            Action::Menu => self.menu(),
            Action::Done => self.done(now),
            Action::Undo => self.undo(self.subject(), now),
            Action::AttachFile => self.ask_attach(now),
            Action::Files => self.choose_file(None, now),
            Action::AsFile => self.paste_as_file(now),
            Action::DropFile => self.drop_file(now),
            Action::Retry => {
                if !self.retry_files() {
                    self.retry(now);
                }
            }
            Action::Discard => self.discard(now),
            Action::Up => self.go(self.list.step(-1)),
            Action::Down => self.go(self.list.step(1)),
            Action::First => self.go(self.list.first()),
            Action::Last => self.go(self.list.last()),
            Action::Fold => self.fold(now),
            Action::MarkUnread => self.mark_unread(now),
            Action::PageUp | Action::PageDown | Action::RowUp | Action::RowDown | Action::Latest | Action::Divider => {
                self.scroll(action, now);
            }
            Action::Details => self.toggle_details(),
            Action::Reconnect => self.reconnect(now),
            Action::Escape => self.escape(now),
            Action::Help => self.help = Some(Place::default()),
            Action::Interrupt => self.interrupt(now),
            Action::Quit => self.quit_unless_unsent(now),
            Action::Bare => self.show_bare(now),
            Action::Mouse => self.toggle_mouse(now),
            Action::ReloadSettings => self.order(Order::ReadSettings),
            Action::Redraw => self.out.push(Effect::Redraw),
            Action::Suspend => {
                self.save_drafts();
                self.out.push(Effect::Suspend);
            }
            Action::Mark => self.mark(now),
            Action::MarkAll => self.mark_all(now),
            Action::Filter => self.ask_filter(),
            Action::Sort => self.choose_order(),
            Action::OpenEarlier => self.open_earlier(now),
            Action::Ticket => self.ticket(now),
            Action::Tickets => self.tickets(now),
            Action::Mentions => self.mentions(now),
            Action::Find => self.find(now),
            Action::Why => self.why(now),
            Action::Workload => self.workload(now),
            Action::Queue => self.queue_numbers(now),
            Action::Statistics => self.statistics(now),
            Action::Transcript => self.export_chat(now),
            Action::CustomerEdit => self.describe_customer(now),
            Action::Merge => self.choose_merge(now),
            Action::Block => self.block(now),
            Action::Replies => self.replies(now),
            Action::Articles => self.manage_articles(now),
            Action::NextHit => self.go_to_hit(1, now),
            Action::PreviousHit => self.go_to_hit(-1, now),
            Action::Views => self.choose_view(now),
            Action::Lessons => self.lessons(now),
            Action::Groups => self.groups(now),
            Action::Agents => self.agents(now),
            Action::DeskSettings => self.desk_settings(now),
            Action::Suggestion => self.insert_what_fits(now),
            Action::Suggestions => self.choose_what_fits(now),
            Action::SuggestionsShown => self.show_what_fits(self.suggesting.off, now),
            Action::Recap => self.read_recap(now),
            Action::Draft => self.ask_draft(now),
        }
    }

    /// Enter in the list.
    fn open(&mut self, now: Now) {
        match self.list.cursor() {
            Some(Spot::Title(part)) => self.list.fold(part, &self.replica),
            Some(Spot::Row(..)) if self.chat.is_some() => self.focus = Focus::Compose,
            _ => match self.list.numbered(1) {
                Some(first) => {
                    self.go(Some(first));
                    self.focus = Focus::Compose;
                }
                None => self.tell(Shown::fixed("There is nothing to open yet."), now),
            },
        }
    }

    fn scroll(&mut self, action: Action, now: Now) {
        if self.layout().details_over_chat {
            let page = self.details_page();
            let by = match action {
                Action::PageUp => -page,
                Action::PageDown => page,
                Action::RowUp => -1,
                Action::RowDown => 1,
                _ => return,
            };
            return self.scroll_details(by, now);
        }
        let Some(chat) = &mut self.chat else { return };
        let transcript = &mut chat.transcript;
        match action {
            Action::PageUp => transcript.page_up(),
            Action::PageDown => transcript.page_down(),
            Action::RowUp => transcript.scroll_up(1),
            Action::RowDown => transcript.scroll_down(1),
            Action::Divider => transcript.to_divider(),
            _ => transcript.to_end(),
        }
    }

    fn mark_unread(&mut self, now: Now) {
        if let Some(conversation) = self.subject() {
            self.marked_unread.insert(conversation);
            self.tell_here(Shown::fixed("Shown as unread until it is opened again."), now);
        }
    }

    fn reconnect(&mut self, now: Now) {
        if self.is_live() {
            self.tell(Shown::fixed("There is a connection."), now);
        } else {
            self.order(Order::ReconnectNow);
        }
    }

    /// The key of an action, as a hint tells it while one writes.
    pub(crate) fn key_words(&self, action: Action) -> String {
        self.first_key(true, action)
    }

    /// The same in the list.
    pub(crate) fn list_key_words(&self, action: Action) -> String {
        self.first_key(false, action)
    }

    fn first_key(&self, composing: bool, action: Action) -> String {
        let keys = self.keymap.keys(contexts(composing), action);
        let keys = if keys.is_empty() {
            self.keymap.keys(contexts(!composing), action)
        } else {
            keys
        };
        keys.first().map(|key| key.hint()).unwrap_or_default()
    }

    fn help_rows(&self) -> Vec<minicom_tui_kit::keymap::HelpRow> {
        crate::keys::help_rows(&self.keymap, self.is_composing(), |action| self.available(action))
    }
}

/// The number on a key, such as 3 of `alt-3`.
fn digit(key: Key) -> usize {
    let name = key.to_string();
    name.chars().last().and_then(|c| c.to_digit(10)).unwrap_or(0) as usize
}
