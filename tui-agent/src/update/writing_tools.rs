//! What is written besides a plain reply: notes and the names in them, a line that is answered, one's own last line anew or taken back,
//! and secrets blanked out. Saved replies and articles have files of their own.

use minicom_protocol::{
    command::AgentCommand,
    event::EventBody,
    gate::Shown,
    ids::{CommandId, ConversationId, LineNo},
    line::{LineRef, Quote},
    refusal::Refusal,
    stage::Side,
    summary::excerpt,
    text::MessageText,
};
use minicom_tui_kit::{
    Key, Now, Picker, Prompt,
    picker::{Row, numbered},
    prompt::Question,
};

use crate::{
    app::{App, Ends, Focus},
    keys::Action,
    over::{AskFor, Choice, PickFor},
    words,
    writing::{Mode, naming, without_end},
};

/// Lines that are offered to be answered or blanked out.
const LINES_MAX: usize = 50;
/// Bytes of a line that a list looks at.
const LINE_BYTES: usize = 2_000;

impl App {
    /// The open conversation; tells if there is none.
    pub(crate) fn open_one(&mut self, now: Now) -> Option<ConversationId> {
        let open = self.conversation();
        if open.is_none() {
            self.tell(Shown::fixed("No conversation is open."), now);
        }
        open
    }

    // Notes.

    /// While writing: between reply and note. In the list: to a note.
    pub(crate) fn note(&mut self, now: Now) {
        let Some(conversation) = self.open_one(now) else { return };
        let toggles = self.is_composing();
        let written = self.writing.of(conversation);
        let mode = match written.mode() {
            Mode::Edit(_) => return self.tell_here(Shown::fixed("Esc cancels the change first."), now),
            Mode::Note if toggles => Mode::Reply,
            Mode::Reply | Mode::Note => Mode::Note,
        };
        written.set_mode(mode);
        self.focus = Focus::Compose;
        self.writing.popup = None;
        if mode == Mode::Note {
            // Whoever was being written to is not any more.
            self.say_typing(conversation, now);
        }
    }

    /// Enter in a note. Anybody may write one, whoever has the conversation, and it may wait for a connection.
    pub(crate) fn send_note(&mut self, conversation: ConversationId, now: Now) {
        let composer = self.writing.of(conversation).current();
        let text = composer.text();
        if text.trim().is_empty() {
            let words = format!(
                "Nothing is written. {} goes back to the reply.",
                self.key_words(Action::Note)
            );
            return self.tell(Shown::line(&words), now);
        }
        if let Some(words) = composer.too_long() {
            return self.trouble(words, Ends::Leaving);
        }
        if let Err(refused) = MessageText::parse(text) {
            let words = Refusal::from(refused).message();
            return self.trouble(Shown::line(&words), Ends::Leaving);
        }
        let text = self.writing.take_note(conversation, now.elapsed);
        let me = self.me();
        let names = self.replica.desk().map(|desk| naming::names(desk, me));
        let (agents, groups) = naming::mentioned(&text, &names.unwrap_or_default());
        let command = AgentCommand::Note {
            conversation,
            text,
            agents,
            groups,
        };
        self.send(command, now.wall);
        if let Some(chat) = &mut self.chat {
            chat.transcript.to_end();
        }
        self.notice = None;
    }

    /// A note has its final refusal: the text goes back, unless another note is being written there by now. What the keys write stays
    /// what it is.
    pub(crate) fn note_refused(
        &mut self,
        id: CommandId,
        conversation: ConversationId,
        text: &str,
        refusal: &Refusal,
        now: Now,
    ) {
        if self.writing.put_note_back(conversation, text, now.elapsed) {
            self.replica.forget(id);
            let why = words::refusal(refusal, &self.zone);
            let words = format!(
                "The note was not kept: {}. {} shows its text.",
                why.trim_end_matches('.'),
                self.key_words(Action::Note)
            );
            self.trouble(self.told_of(conversation, &words), Ends::Leaving);
        }
    }

    /// Words about a conversation, with a name where it is not the one that is open.
    pub(crate) fn told_of(&self, conversation: ConversationId, words: &str) -> Shown {
        match Some(conversation) == self.conversation() {
            true => Shown::line(words),
            false => Shown::line(&format!("{}: {words}", self.name_of(conversation))),
        }
    }

    // Names in notes.

    /// Offers names for the one that is typed. Moving about takes an offer away and makes none.
    pub(crate) fn offer_names(&mut self, conversation: ConversationId, typed: bool) {
        if !typed && self.writing.popup.is_none() {
            return;
        }
        let written = self.writing.get(conversation).filter(|it| it.mode() == Mode::Note);
        let offer = written.zip(self.replica.desk()).and_then(|(written, desk)| {
            let names = naming::names(desk, self.me());
            naming::offer(written.current().before_cursor(), &names)
        });
        if offer.is_none() {
            self.writing.popup_closed = false;
        }
        self.writing.popup = offer.filter(|_| !self.writing.popup_closed);
    }

    /// Whether the offer of names had something to do for the key.
    pub(crate) fn key_in_popup(&mut self, conversation: ConversationId, key: Key, now: Now) -> bool {
        let Some(popup) = &mut self.writing.popup else {
            return false;
        };
        let last = popup.names.len().saturating_sub(1);
        match key.to_string().as_str() {
            "up" => popup.selected = popup.selected.checked_sub(1).unwrap_or(last),
            "down" => popup.selected = if popup.selected == last { 0 } else { popup.selected + 1 },
            "esc" => (self.writing.popup, self.writing.popup_closed) = (None, true),
            "tab" | "enter" => {
                let name = popup.names.get(popup.selected).map(|it| format!("@{} ", it.name));
                let typed = popup.typed;
                self.writing.popup = None;
                if let Some(name) = name {
                    let handled = self.writing.of(conversation).current_mut().replace_before(typed, &name);
                    self.composer_did(handled, now);
                    self.writing.popup = None;
                }
            }
            _ => return false,
        }
        true
    }

    // Answering a line.

    /// Offers the last lines, to answer one of them.
    pub(crate) fn quote(&mut self, now: Now) {
        let Some(conversation) = self.open_one(now) else { return };
        let rows = self.line_rows(conversation, false);
        let picker = Picker::new(Shown::fixed("Answer which line"), numbered(rows))
            .verb(Shown::fixed("Enter quotes"))
            .when_empty(Shown::fixed("There is no line yet"));
        self.open_picker(PickFor::Quote, vec![conversation], picker);
    }

    /// The last lines, newest first; of the conversation alone, or of the whole thread as far as it is known.
    pub(super) fn line_rows(&self, conversation: ConversationId, here_only: bool) -> Vec<Row<Choice>> {
        let Some(chat) = &self.chat else { return Vec::new() };
        let Some(thread) = self.replica.thread(chat.customer) else {
            return Vec::new();
        };
        let eyes = chat.eyes();
        let rows = thread.events().rev().filter_map(|event| {
            let EventBody::Posted(posted) = &event.body else {
                return None;
            };
            let here = event.subject.conversation() == Some(conversation);
            if (here_only && !here) || posted.state.words().is_some() {
                return None;
            }
            let line = LineRef {
                side: posted.author.side(),
                line: posted.line,
            };
            let label = Shown::line(&format!(
                "{} {}",
                self.zone.clock(event.time.0),
                eyes.name(&posted.author)
            ));
            let text = posted.text();
            let text = text[..text.floor_char_boundary(LINE_BYTES)].replace('\n', " ");
            Some(Row::new(Choice::Line(line), label, Shown::line(&text)))
        });
        rows.take(LINES_MAX).collect()
    }

    /// A line of the open thread, as it stands now.
    pub(super) fn line_text(&self, line: LineRef) -> Option<String> {
        let thread = self.replica.thread(self.chat.as_ref()?.customer)?;
        thread.events().rev().find_map(|event| match &event.body {
            EventBody::Posted(posted) if posted.author.side() == line.side && posted.line == line.line => {
                Some(posted.text())
            }
            _ => None,
        })
    }

    pub(crate) fn line_chosen(&mut self, purpose: PickFor, conversation: ConversationId, line: LineRef, now: Now) {
        if purpose == PickFor::Blank {
            return self.ask_to_blank(conversation, line);
        }
        let Some(text) = self.line_text(line) else { return };
        let written = self.writing.of(conversation);
        written.set_mode(Mode::Reply);
        written.with.quote = Some(Quote {
            line,
            excerpt: excerpt(&text),
        });
        self.writing.with_changed(conversation, now.elapsed);
        self.focus = Focus::Compose;
    }

    /// Backspace where nothing is written takes away what would go with it, the last thing first. Whether there was something.
    pub(crate) fn detach(&mut self, conversation: ConversationId, now: Now) -> bool {
        if self.detach_file(conversation, now) {
            return true;
        }
        let with = &mut self.writing.of(conversation).with;
        let gone = with.article.take().is_some() || with.quote.take().is_some();
        if gone {
            self.writing.with_changed(conversation, now.elapsed);
        }
        gone
    }

    // One's own last line.

    /// Takes one's own last line into the composer, to be changed.
    pub(crate) fn edit_last(&mut self, now: Now) {
        let Some(conversation) = self.open_one(now) else { return };
        let Some((line, text)) = self.own_last(conversation, "Changing a line", now) else {
            return;
        };
        let written = self.writing.of(conversation);
        written.set_mode(Mode::Edit(line));
        written.current_mut().set_text(&text);
        self.focus = Focus::Compose;
    }

    /// One's own last line, if it can be changed. Tells why not.
    fn own_last(&mut self, conversation: ConversationId, what: &str, now: Now) -> Option<(LineNo, String)> {
        if !self.has_connection(what) {
            return None;
        }
        let editable = self.replica.editable(conversation, self.server_time(now));
        let editable = editable.map(|(line, text)| (line, text.to_owned()));
        if editable.is_none() {
            self.tell(Shown::line(&Refusal::TooLate.message()), now);
        }
        editable
    }

    /// Enter in a line that is written anew.
    pub(crate) fn send_edit(&mut self, conversation: ConversationId, line: LineNo, now: Now) {
        let composer = self.writing.of(conversation).current();
        let text = without_end(composer.text());
        if text.trim().is_empty() {
            let takes_back = self.list_key_words(Action::WithdrawLast);
            let words = format!("Nothing is left of it. Esc cancels; {takes_back} in the list takes it back.");
            return self.tell(Shown::line(&words), now);
        }
        if let Some(words) = composer.too_long() {
            return self.trouble(words, Ends::Leaving);
        }
        if let Err(refused) = MessageText::parse(text.as_str()) {
            let words = Refusal::from(refused).message();
            return self.trouble(Shown::line(&words), Ends::Leaving);
        }
        let of_desk = LineRef { side: Side::Desk, line };
        let is_new = self.line_text(of_desk).is_none_or(|now| now != text);
        if is_new && !self.has_connection("Changing a line") {
            return;
        }
        self.writing.of(conversation).set_mode(Mode::Reply);
        if is_new {
            let command = AgentCommand::EditLine {
                conversation,
                line,
                text,
            };
            self.send(command, now.wall);
        }
        self.notice = None;
    }

    /// A change was refused: its text is kept. What came too late can go as a line of its own. Whoever writes something else by now goes
    /// on with that.
    pub(crate) fn edit_refused(
        &mut self,
        conversation: ConversationId,
        line: LineNo,
        text: &str,
        refusal: &Refusal,
        now: Now,
    ) {
        let why = words::refusal(refusal, &self.zone);
        let why = why.trim_end_matches('.');
        let written = self.writing.of(conversation);
        let free = written.composer.is_empty() && written.mode() == Mode::Reply;
        let words = match (free, refusal) {
            (true, Refusal::TooLate) => {
                written.composer.set_text(text);
                self.writing.changed(conversation, now.elapsed);
                "Too late to change the line. Enter sends your text as a new one.".to_owned()
            }
            (true, _) => {
                written.set_mode(Mode::Edit(line));
                written.current_mut().set_text(text);
                format!("Not changed: {why}. Esc cancels.")
            }
            (false, _) => {
                written.composer.remember(text);
                format!("Not changed: {why}. Up in the reply brings your text back.")
            }
        };
        self.trouble(self.told_of(conversation, &words), Ends::Leaving);
    }

    /// Leaves the line as it is. Whether one was being changed.
    pub(crate) fn cancel_edit(&mut self) {
        if let Some(conversation) = self.conversation() {
            self.writing.of(conversation).set_mode(Mode::Reply);
        }
    }

    /// Whether the keys write a line anew.
    pub(crate) fn is_editing_line(&self) -> bool {
        let mode = self.conversation().map(|open| self.writing.mode(open));
        matches!(mode, Some(Mode::Edit(_)))
    }

    /// Takes one's own last line back.
    pub(crate) fn withdraw_last(&mut self, now: Now) {
        let Some(conversation) = self.open_one(now) else { return };
        if let Some((line, _)) = self.own_last(conversation, "Taking a line back", now) {
            self.send(AgentCommand::WithdrawLine { conversation, line }, now.wall);
        }
    }

    // Secrets.

    /// Offers the last lines of the conversation, to erase what one says.
    pub(crate) fn blank(&mut self, now: Now) {
        let Some(conversation) = self.open_one(now) else { return };
        let picker = Picker::new(Shown::fixed("Blank out which line"), self.line_rows(conversation, true))
            .verb(Shown::fixed("Enter asks once more"))
            .when_empty(Shown::fixed("There is no line yet"));
        self.open_picker(PickFor::Blank, vec![conversation], picker);
    }

    fn ask_to_blank(&mut self, conversation: ConversationId, line: LineRef) {
        let text = self.line_text(line).map(|text| excerpt(&text)).unwrap_or_default();
        let title = format!("This cannot be undone. Erase: {}", Shown::line(&text));
        let question = Question::new(Shown::fixed("type yes")).check(|answer| match answer {
            "yes" => Ok(()),
            _ => Err(Shown::fixed("Type yes to erase it for good")),
        });
        let prompt = Prompt::ask(Shown::line(&title), question).verb("Enter erases it");
        self.open_prompt(AskFor::Blank(line), vec![conversation], prompt);
    }

    pub(crate) fn blank_confirmed(&mut self, about: &[ConversationId], line: LineRef, now: Now) {
        for conversation in about {
            let conversation = *conversation;
            self.send(AgentCommand::BlankLine { conversation, line }, now.wall);
        }
    }
}
