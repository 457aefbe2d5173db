//! Keys, clicks and pastes for what lies over the chat, and one call for each purpose into the file that owns it.

use minicom_client::transfers::To;
use minicom_protocol::ids::ConversationId;
use minicom_tui_kit::{
    Effect, Key, Now, Picker, Prompt, Shown,
    composer::HELD_BYTES_MAX,
    editor::{Edit, Edited},
    help::Place,
    overlay::{Overlay, Read},
    picker::{Picked, Row},
    prompt::Asked,
};
use ratatui::layout::{Position, Rect};

use crate::{
    app::{App, Ends},
    keys::{Action, contexts},
    over::{Ask, AskFor, Choice, EditFor, Over, Pick, PickFor, ReadFor, Reading},
    writing::Mode,
};

impl App {
    /// Opens a list to choose from.
    pub(crate) fn open_picker(&mut self, purpose: PickFor, about: Vec<ConversationId>, picker: Picker<Choice>) {
        self.show_over(Over::Picker(Box::new(Pick { purpose, about, picker })));
    }

    /// Asks something.
    pub(crate) fn open_prompt(&mut self, purpose: AskFor, about: Vec<ConversationId>, prompt: Prompt) {
        self.show_over(Over::Prompt(Box::new(Ask { purpose, about, prompt })));
    }

    /// Shows something to read.
    pub(crate) fn open_reading(&mut self, purpose: ReadFor, overlay: Overlay) {
        self.show_over(Over::Reading(Box::new(Reading { purpose, overlay })));
    }

    /// Puts something over the chat, in the place of what was there.
    pub(crate) fn show_over(&mut self, over: Over) {
        self.notice = None;
        self.over = Some(over);
    }

    /// A row was chosen. The list is closed by now; a purpose that wants to keep it open shows it again.
    fn chosen(&mut self, pick: Pick, choice: Choice, now: Now) {
        match pick.purpose {
            PickFor::Menu => self.menu_chosen(&choice, now),
            PickFor::Transfer => {
                if let Choice::To(to) = choice {
                    self.transfer_to(pick.about, to);
                }
            }
            PickFor::Assign => {
                if let Choice::Agent(agent) = choice {
                    self.assign_to(&pick.about, agent, now);
                }
            }
            PickFor::Snooze => match choice {
                Choice::Until(until) => self.snooze_until(&pick.about, until, now),
                _ => self.wake(&pick.about, now),
            },
            PickFor::Intent => {
                if let Choice::Intent(intent) = choice {
                    self.intent_chosen(intent, now);
                }
            }
            PickFor::Tags => {
                if let Choice::Tag(tag) = &choice {
                    self.tag_chosen(pick, tag, now);
                }
            }
            PickFor::Priority => {
                if let Choice::Priority(priority) = choice {
                    self.priority_chosen(&pick.about, priority, now);
                }
            }
            PickFor::Block => self.block_chosen(pick.about, &choice, now),
            PickFor::Sort => self.order_chosen(&choice),
            PickFor::View => self.saved_view_chosen(&choice, now),
            PickFor::DeleteView => self.delete_view(&choice),
            PickFor::RenameView => self.ask_view_name(choice),
            PickFor::Earlier => self.earlier_chosen(&choice, now),
            PickFor::Find => self.hit_chosen(&choice, now),
            PickFor::Copy | PickFor::CopyLine => self.copy_chosen(&choice, now),
            PickFor::PipeLine => self.pipe_line_chosen(&choice),
            PickFor::File => self.file_chosen(&choice, To::Downloads, now),
            PickFor::SavedReply | PickFor::Article | PickFor::Fitting | PickFor::Quote | PickFor::Blank => {
                self.chosen_for_writing(&pick, choice, now);
            }
        }
    }

    /// Something else is looked for: the purposes whose rows depend on it make them anew.
    fn looks_for_something_else(&mut self, now: Now) {
        let Some(Over::Picker(pick)) = &self.over else { return };
        match pick.purpose {
            PickFor::Snooze => self.refresh_snooze(now),
            PickFor::Block => self.refresh_block(now),
            PickFor::Tags => self.refresh_tags(),
            PickFor::SavedReply => self.look_for_replies(),
            PickFor::Article => self.ask_articles(),
            PickFor::Find => self.ask_finding(now),
            PickFor::Fitting | PickFor::Quote | PickFor::Blank | PickFor::File => {}
            PickFor::Menu
            | PickFor::Transfer
            | PickFor::Assign
            | PickFor::Intent
            | PickFor::Priority
            | PickFor::Sort
            | PickFor::Copy
            | PickFor::CopyLine
            | PickFor::PipeLine
            | PickFor::View
            | PickFor::DeleteView
            | PickFor::RenameView
            | PickFor::Earlier => {}
        }
    }

    /// Something has happened at the desk: lists whose rows tell of it are made anew. What is selected stays selected.
    pub(crate) fn refresh_over(&mut self) {
        let Some(Over::Picker(pick)) = &self.over else { return };
        match pick.purpose {
            PickFor::Transfer => {
                let about = pick.about.clone();
                self.refresh_transfer(&about);
            }
            PickFor::Assign => self.refresh_assign(),
            PickFor::Tags => self.refresh_tags(),
            PickFor::SavedReply => self.refresh_saved_replies(),
            PickFor::Article | PickFor::Fitting | PickFor::Quote | PickFor::Blank | PickFor::Find | PickFor::File => {}
            PickFor::Menu
            | PickFor::Snooze
            | PickFor::Block
            | PickFor::Intent
            | PickFor::Priority
            | PickFor::Sort
            | PickFor::Copy
            | PickFor::CopyLine
            | PickFor::PipeLine
            | PickFor::View
            | PickFor::DeleteView
            | PickFor::RenameView
            | PickFor::Earlier => {}
        }
    }

    /// Everything was answered.
    fn answered_all(&mut self, ask: Ask, answers: &[String], now: Now) {
        let first = answers.first().map_or("", String::as_str);
        match ask.purpose {
            AskFor::TransferNote(to) => self.transfer_with_note(&ask.about, to, first, now),
            AskFor::Subject => self.subject_given(&ask.about, first, now),
            AskFor::Filter => self.filter_given(first, now),
            AskFor::View => self.save_view(first, now),
            AskFor::RenameView(from) => self.rename_view(from, first, now),
            AskFor::Reply { reply, questions } => self.reply_answered(&ask.about, reply, &questions, answers, now),
            AskFor::Attach => self.attach_named(&ask.about, first),
            AskFor::Blank(line) => self.blank_confirmed(&ask.about, line, now),
            AskFor::Pipe(what) => self.pipe_asked(&ask.about, what, first, now),
            AskFor::Block(minutes) => self.block_confirmed(&ask.about, minutes, answers, now),
        }
    }

    /// Rows of the open list, anew.
    pub(crate) fn set_picker_rows(&mut self, rows: Vec<Row<Choice>>) {
        if let Some(Over::Picker(pick)) = &mut self.over {
            pick.picker.set_rows(rows);
        }
    }

    pub(crate) fn key_over(&mut self, key: Key, now: Now) {
        match self.over.take() {
            Some(Over::Picker(pick)) => {
                // The purpose's own keys come first.
                if let Some(mut pick) = self.key_while_choosing(pick, key, now) {
                    let picked = pick.picker.key(key);
                    self.picker_did(pick, picked, Some(key), now);
                }
            }
            Some(Over::Prompt(ask)) if self.completes_path(&ask, key) => self.over = Some(Over::Prompt(ask)),
            Some(Over::Prompt(ask)) => {
                if let Some(mut ask) = self.key_while_piping(ask, key) {
                    let asked = ask.prompt.key(key);
                    self.prompt_did(ask, asked, Some(key), now);
                }
            }
            Some(Over::Reading(mut reading)) => {
                let read = reading.overlay.key(key);
                if self.key_while_reading(&reading.purpose, read, key, now)
                    || self.takes_piped(&reading.purpose, key, now)
                    || self.takes_recap(&reading.purpose, read, key, now)
                {
                    return;
                }
                self.copies_what_is_read(&reading.purpose, key);
                if read != Read::Closed {
                    self.over = Some(Over::Reading(reading));
                }
                if read == Read::No {
                    self.key_beside(Some(key));
                }
            }
            Some(Over::Desk(stack)) => self.key_desk(stack, key, now),
            None => {}
        }
    }

    fn picker_did(&mut self, pick: Box<Pick>, picked: Picked<Choice>, key: Option<Key>, now: Now) {
        let nothing_fits = pick.picker.fitting() == 0;
        match picked {
            Picked::Closed if pick.purpose == PickFor::Find => {
                self.end_finding();
                return;
            }
            Picked::Closed => return,
            Picked::Chosen(choice) => return self.chosen(*pick, choice, now),
            _ => self.over = Some(Over::Picker(pick)),
        }
        match picked {
            Picked::No => {
                self.key_beside(key);
            }
            Picked::Asked => {
                self.notice = None;
                self.looks_for_something_else(now);
            }
            // The list itself says it, in the same words.
            Picked::Unavailable(_) if nothing_fits => self.notice = None,
            Picked::Unavailable(words) | Picked::Refused(words) => self.trouble(words, Ends::Leaving),
            Picked::Moved => {
                self.notice = None;
                self.hit_selected();
            }
            Picked::Closed | Picked::Chosen(_) => self.notice = None,
        }
    }

    fn prompt_did(&mut self, ask: Box<Ask>, asked: Asked, key: Option<Key>, now: Now) {
        match asked {
            Asked::Cancelled => {}
            Asked::Done(answers) => self.answered_all(*ask, &answers, now),
            Asked::Changed => self.over = Some(Over::Prompt(ask)),
            Asked::No => {
                self.over = Some(Over::Prompt(ask));
                self.key_beside(key);
            }
        }
    }

    /// Does what a key means to the program where what lies over the chat has no use for it. Whether it means anything.
    pub(super) fn key_beside(&mut self, key: Option<Key>) -> bool {
        let action = key.and_then(|key| self.keymap.action(contexts(true), key));
        match action {
            Some(Action::Interrupt) => self.over = None,
            Some(Action::Menu) => self.menu_beside(),
            Some(Action::Help) => self.help = Some(Place::default()),
            Some(Action::Redraw) => self.out.push(Effect::Redraw),
            Some(Action::Suspend) => {
                self.save_drafts();
                self.out.push(Effect::Suspend);
            }
            _ => return false,
        }
        true
    }

    pub(crate) fn paste_over(&mut self, text: &str, now: Now) {
        match self.over.take() {
            Some(Over::Picker(mut pick)) => {
                let picked = pick.picker.paste(text);
                self.picker_did(pick, picked, None, now);
            }
            Some(Over::Prompt(mut ask)) => {
                let asked = ask.prompt.paste(text);
                self.prompt_did(ask, asked, None, now);
            }
            Some(Over::Desk(stack)) => self.paste_desk(stack, text, now),
            over => self.over = over,
        }
    }

    /// A click: on a row of the list; beside everything it closes what is open.
    pub(crate) fn click_over(&mut self, at: Position, double: bool, now: Now) {
        let area = self.over_area();
        match self.over.take() {
            Some(Over::Picker(mut pick)) if area.contains(at) => {
                let picked = pick.picker.click(area, at, double);
                let picked = if picked == Picked::No { Picked::Moved } else { picked };
                self.picker_did(pick, picked, None, now);
            }
            Some(Over::Desk(stack)) => self.click_desk(stack, at, double, now),
            over if area.contains(at) => self.over = over,
            _ => {}
        }
    }

    pub(crate) fn wheel_over(&mut self, up: bool) {
        match &mut self.over {
            Some(Over::Picker(pick)) => {
                let key = if up { "up" } else { "down" };
                if let Ok(key) = key.parse::<Key>() {
                    // A step of the cursor, or none at an end.
                    let _ = pick.picker.key(key);
                }
            }
            Some(Over::Reading(reading)) => reading.overlay.wheel(up),
            Some(Over::Desk(stack)) => App::wheel_desk(stack, up),
            Some(Over::Prompt(_)) | None => {}
        }
    }

    /// Where what lies over the chat is drawn.
    pub(crate) fn over_area(&self) -> Rect {
        let layout = self.layout();
        match &self.over {
            Some(Over::Picker(pick)) => layout.over(pick.picker.wanted(u16::MAX)),
            Some(Over::Prompt(ask)) => {
                // What stands below is not written to meanwhile.
                let composer = layout.chat.map_or(0, |chat| chat.area.bottom() - chat.title.y);
                layout.over(ask.prompt.rows(layout.over(1).width).max(composer))
            }
            Some(Over::Reading(_)) => layout.help(),
            Some(Over::Desk(stack)) => self.desk_area(stack),
            None => Rect::default(),
        }
    }

    pub(crate) fn lay_out_over(&mut self) {
        let area = self.over_area();
        match &mut self.over {
            Some(Over::Picker(pick)) => pick.picker.set_size(area.height),
            Some(Over::Reading(reading)) => reading.overlay.set_size(area.width, area.height),
            Some(Over::Desk(_)) => self.lay_out_desk(),
            Some(Over::Prompt(_)) | None => {}
        }
    }

    // The agent's own editor.

    /// Gives a text to the agent's own editor. What comes of it comes to [`App::edited`].
    pub(crate) fn edit(&mut self, purpose: EditFor, edit: Edit) {
        self.editing = Some(purpose);
        // The text that is being written is on the disk before another program has the terminal.
        self.save_drafts();
        self.out.push(Effect::Edit(edit));
    }

    /// The editor has ended.
    pub(crate) fn edited(&mut self, edited: Edited, now: Now) {
        let (conversation, mode) = match self.editing.take() {
            Some(EditFor::Composer(conversation, mode)) => (conversation, mode),
            Some(EditFor::Work(work)) => return self.work_edited(*work, edited, now),
            None => return,
        };
        match edited {
            Edited::Unchanged => self.tell_here(Shown::fixed("Nothing was changed."), now),
            Edited::Failed(words) => self.trouble(words, Ends::Leaving),
            Edited::Changed(text) => self.reply_edited(conversation, mode, &text, now),
        }
    }

    /// What is being written goes to the editor.
    pub(crate) fn edit_reply(&mut self, now: Now) {
        let Some(conversation) = self.conversation() else {
            return self.tell(Shown::fixed("No conversation is open."), now);
        };
        let written = self.writing.of(conversation);
        let (mode, text) = (written.mode(), written.current().text());
        let name = if mode == Mode::Note { "note.md" } else { "reply.md" };
        self.edit(
            EditFor::Composer(conversation, mode),
            Edit::new(name, text).at_most(HELD_BYTES_MAX),
        );
    }

    fn reply_edited(&mut self, conversation: ConversationId, mode: Mode, text: &str, now: Now) {
        // A draft that did not go along with its thread is still where it was.
        let goes_along = !self.writing.has_draft(conversation);
        let to = if goes_along {
            self.goes_on_in(conversation)
        } else {
            conversation
        };
        // A line can be changed in its own conversation alone.
        let mode = match mode {
            Mode::Edit(_) if to != conversation => Mode::Reply,
            _ => mode,
        };
        let conversation = to;
        let written = self.writing.of(conversation);
        // What was written for colleagues stays that, whatever happened meanwhile.
        written.set_mode(mode);
        written.current_mut().set_text(text);
        self.writing.changed(conversation, now.elapsed);
        self.say_typing(conversation, now);
    }
}
