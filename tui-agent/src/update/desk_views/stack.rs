//! Keys, clicks and pastes for the views of the desk, where they stand, and the way back from one to the one below.

use minicom_tui_kit::{
    Key, Now, Overlay, Picker, Prompt, Shown, Table,
    overlay::{Body, Read},
    picker::{self, Picked},
    prompt::{Asked, Question},
    table::{Column, Listed},
};
use ratatui::layout::{Position, Rect};

use super::Content;
use crate::{
    app::{App, Ends},
    desk_view::{Layer, RowId, Stack, Surface, View},
    over::Over,
};

/// What became of a key, a paste or a click.
enum Did {
    /// It means nothing to the surface.
    No,
    Moved,
    Told(Shown),
    Chosen(RowId),
    Answered(Vec<String>),
    Closed,
}

impl From<Picked<RowId>> for Did {
    fn from(picked: Picked<RowId>) -> Did {
        match picked {
            Picked::No => Did::No,
            Picked::Moved | Picked::Asked => Did::Moved,
            Picked::Chosen(row) => Did::Chosen(row),
            Picked::Unavailable(words) | Picked::Refused(words) => Did::Told(words),
            Picked::Closed => Did::Closed,
        }
    }
}

impl From<Listed<RowId>> for Did {
    fn from(listed: Listed<RowId>) -> Did {
        match listed {
            Listed::No => Did::No,
            Listed::Moved => Did::Moved,
            Listed::Chosen(row) => Did::Chosen(row),
            Listed::Closed => Did::Closed,
        }
    }
}

impl From<Asked> for Did {
    fn from(asked: Asked) -> Did {
        match asked {
            Asked::No => Did::No,
            Asked::Changed => Did::Moved,
            Asked::Done(answers) => Did::Answered(answers),
            Asked::Cancelled => Did::Closed,
        }
    }
}

impl App {
    // Opening.

    /// Puts a view on what is open of the desk.
    pub(super) fn lay(&mut self, view: View, surface: Surface, now: Now) {
        let layer = Layer { view, surface };
        self.notice = None;
        match &mut self.over {
            Some(Over::Desk(stack)) => stack.layers.push(layer),
            over => *over = Some(Over::Desk(Box::new(Stack { layers: vec![layer] }))),
        }
        self.ask_views(now);
        self.refresh_desk(now);
    }

    pub(super) fn lay_table(&mut self, view: View, title: &str, columns: &'static [Column], now: Now) {
        let table = Table::new(Shown::line(title), columns);
        self.lay(view, Surface::Table(table), now);
    }

    pub(super) fn lay_reading(&mut self, view: View, title: &str, now: Now) {
        let overlay = Overlay::new(Shown::line(title), Body::Lines(Vec::new()), self.theme);
        self.lay(view, Surface::Reading(overlay), now);
    }

    pub(super) fn lay_picker(&mut self, view: View, title: &str, rows: Vec<picker::Row<RowId>>, now: Now) {
        let picker = Picker::new(Shown::line(title), rows).by_name();
        self.lay(view, Surface::Picker(picker), now);
    }

    /// One question; `verb` says what Enter does with the answer.
    pub(super) fn lay_question(&mut self, view: View, title: &str, question: Question, verb: &'static str, now: Now) {
        let prompt = Prompt::ask(Shown::line(title), question).verb(verb);
        self.lay(view, Surface::Prompt(prompt), now);
    }

    /// Asks for a word before something is done that cannot be undone; `what` says what follows from it, and `verb` what Enter does.
    pub(super) fn lay_confirmation(&mut self, view: View, title: &str, what: &str, verb: &'static str, now: Now) {
        let label = if what.is_empty() {
            "type yes".to_owned()
        } else {
            format!("{what}; type yes")
        };
        let question = Question::new(Shown::line(&label)).check(|text| match text.eq_ignore_ascii_case("yes") {
            true => Ok(()),
            false => Err(Shown::fixed("type yes, or Esc")),
        });
        self.lay_question(view, title, question, verb, now);
    }

    /// Opens questions anew that were answered, because something is wrong with the answers.
    pub(super) fn lay_again(&mut self, mut layer: Layer, wrong: &str, now: Now) {
        if let Surface::Prompt(prompt) = &mut layer.surface {
            prompt.refuse(Shown::line(wrong));
        }
        self.lay(layer.view, layer.surface, now);
    }

    /// Closes everything of the desk.
    pub(super) fn leave_desk(&mut self) {
        if matches!(self.over, Some(Over::Desk(_))) {
            self.over = None;
        }
        self.replica.close_tickets();
    }

    // Keys and the mouse.

    pub(crate) fn key_desk(&mut self, mut stack: Box<Stack>, key: Key, now: Now) {
        let Some(layer) = stack.top_mut() else { return };
        let did = match &mut layer.surface {
            Surface::Table(table) => table.key(key).into(),
            Surface::Picker(picker) => picker.key(key).into(),
            Surface::Prompt(prompt) => prompt.key(key).into(),
            Surface::Reading(overlay) => match overlay.key(key) {
                Read::No => Did::No,
                Read::Moved => Did::Moved,
                Read::Closed => Did::Closed,
            },
        };
        self.desk_did(stack, did, Some(key), now);
    }

    pub(crate) fn paste_desk(&mut self, mut stack: Box<Stack>, text: &str, now: Now) {
        let did = match stack.top_mut().map(|layer| &mut layer.surface) {
            Some(Surface::Picker(picker)) => picker.paste(text).into(),
            Some(Surface::Prompt(prompt)) => prompt.paste(text).into(),
            _ => Did::Moved,
        };
        self.desk_did(stack, did, None, now);
    }

    /// A click: on a row; beside everything it closes the view on top, unless something is being written there.
    pub(crate) fn click_desk(&mut self, mut stack: Box<Stack>, at: Position, double: bool, now: Now) {
        let area = self.desk_area(&stack);
        let inside = area.contains(at);
        let did = match stack.top_mut().map(|layer| &mut layer.surface) {
            Some(Surface::Prompt(_)) => Did::Moved,
            _ if !inside => Did::Closed,
            Some(Surface::Table(table)) => table.click(area, at, double).into(),
            Some(Surface::Picker(picker)) => picker.click(area, at, double).into(),
            _ => Did::Moved,
        };
        self.desk_did(stack, did, None, now);
    }

    pub(crate) fn wheel_desk(stack: &mut Stack, up: bool) {
        match stack.top_mut().map(|layer| &mut layer.surface) {
            Some(Surface::Table(table)) => table.wheel(up),
            Some(Surface::Reading(overlay)) => overlay.wheel(up),
            Some(Surface::Picker(picker)) => {
                if let Ok(key) = if up { "up" } else { "down" }.parse::<Key>() {
                    // A step of the cursor, or none at an end.
                    let _ = picker.key(key);
                }
            }
            Some(Surface::Prompt(_)) | None => {}
        }
    }

    fn desk_did(&mut self, mut stack: Box<Stack>, did: Did, key: Option<Key>, now: Now) {
        if matches!(did, Did::Moved | Did::Chosen(_) | Did::Answered(_)) {
            self.notice = None;
        }
        match did {
            Did::Closed => {
                // What was told of it goes with it.
                self.notice.take_if(|it| matches!(it.ends, Ends::Here(_)));
                if let Some(closed) = stack.layers.pop() {
                    self.over = (!stack.layers.is_empty()).then_some(Over::Desk(stack));
                    self.view_closed(closed, now);
                }
            }
            Did::Answered(answers) => {
                if let Some(layer) = stack.layers.pop() {
                    self.over = (!stack.layers.is_empty()).then_some(Over::Desk(stack));
                    self.view_answered(layer, &answers, now);
                }
            }
            Did::Chosen(row) => self.desk_chosen(stack, row, now),
            Did::Told(words) => {
                self.over = Some(Over::Desk(stack));
                self.trouble(words, Ends::Leaving);
            }
            Did::Moved => {
                self.over = Some(Over::Desk(stack));
                self.ask_further();
            }
            Did::No => self.desk_key_beside(stack, key, now),
        }
        self.refresh_desk(now);
    }

    fn desk_chosen(&mut self, mut stack: Box<Stack>, row: RowId, now: Now) {
        let Some(top) = stack.top() else { return };
        let stays = top.surface.is_whole() || matches!(top.view, View::GroupMembers(_));
        let view = top.view.clone();
        if !stays {
            stack.layers.pop();
        }
        self.over = (!stack.layers.is_empty()).then_some(Over::Desk(stack));
        self.view_chosen(view, row, now);
    }

    /// A key that the surface has no use for: a letter of the view, or one of the program's.
    fn desk_key_beside(&mut self, stack: Box<Stack>, key: Option<Key>, now: Now) {
        let found = stack.top().and_then(|layer| match &layer.surface {
            Surface::Table(table) => Some((layer.view.clone(), table.selected().map(|row| row.id.clone()))),
            Surface::Reading(_) => Some((layer.view.clone(), None)),
            Surface::Picker(_) | Surface::Prompt(_) => None,
        });
        self.over = Some(Over::Desk(stack));
        let (Some((view, row)), Some(pressed)) = (found, key) else {
            self.key_beside(key);
            return;
        };
        self.notice = None;
        if !self.view_key(&view, row.as_ref(), &pressed.to_string(), now) && !self.key_beside(key) {
            let words = format!("{} does nothing here. Esc closes.", pressed.hint());
            self.tell(Shown::line(&words), now);
        }
    }

    fn view_closed(&mut self, closed: Layer, now: Now) {
        match closed.view {
            View::Tickets(_) => self.replica.close_tickets(),
            View::Unsaved(work) => self.keep_work(*work, now),
            _ => {}
        }
    }

    // Where it stands, and what it shows.

    /// Where the view on top is drawn.
    pub(crate) fn desk_area(&self, stack: &Stack) -> Rect {
        match stack.top() {
            Some(top) => self.layer_area(stack, top),
            None => Rect::default(),
        }
    }

    /// Where a view is drawn: over the screen, or at the bottom of what it stands on.
    pub(crate) fn layer_area(&self, stack: &Stack, layer: &Layer) -> Rect {
        let layout = self.layout();
        let whole = layout.help();
        let on_whole = stack.layers.iter().any(|layer| layer.surface.is_whole());
        let bottom = |rows: u16| {
            if !on_whole {
                return layout.over(rows);
            }
            let height = rows.min(whole.height);
            Rect {
                y: whole.bottom() - height,
                height,
                ..whole
            }
        };
        match &layer.surface {
            Surface::Table(_) | Surface::Reading(_) => whole,
            Surface::Picker(picker) => bottom(picker.wanted(u16::MAX)),
            Surface::Prompt(prompt) => {
                // What stands below is not written to meanwhile.
                let composer = layout.chat.map_or(0, |chat| chat.area.bottom() - chat.title.y);
                let least = if on_whole { 0 } else { composer };
                bottom(prompt.rows(bottom(1).width).max(least))
            }
        }
    }

    pub(crate) fn lay_out_desk(&mut self) {
        let Some(Over::Desk(stack)) = &self.over else { return };
        let areas: Vec<Rect> = stack.layers.iter().map(|layer| self.layer_area(stack, layer)).collect();
        let Some(Over::Desk(stack)) = &mut self.over else {
            return;
        };
        for (layer, area) in stack.layers.iter_mut().zip(areas) {
            match &mut layer.surface {
                Surface::Table(table) => table.set_size(area.height),
                Surface::Reading(overlay) => overlay.set_size(area.width, area.height),
                Surface::Picker(picker) => picker.set_size(area.height),
                Surface::Prompt(_) => {}
            }
        }
    }

    /// What can be seen is told anew. What is selected stays selected, and who reads stays at the place.
    pub(crate) fn refresh_desk(&mut self, now: Now) {
        let Some(Over::Desk(stack)) = &self.over else { return };
        let first = stack.layers.len() - stack.seen().len();
        let contents: Vec<Content> = stack
            .seen()
            .iter()
            .map(|layer| self.content(&layer.view, now))
            .collect();
        let version = self.replica.version();
        let Some(Over::Desk(stack)) = &mut self.over else {
            return;
        };
        for (layer, content) in stack.layers[first..].iter_mut().zip(contents) {
            match (&mut layer.surface, content) {
                (Surface::Table(table), Content::Rows { title, rows, empty }) => {
                    table.set_title(Shown::line(&title));
                    table.set_empty(empty);
                    table.set_rows(rows);
                }
                (Surface::Reading(overlay), Content::Lines(lines)) => overlay.set_body(Body::Lines(lines)),
                (Surface::Reading(overlay), Content::Markdown(text)) => overlay.set_body(Body::Markdown(text)),
                (Surface::Picker(picker), Content::Choices(rows)) => {
                    picker.set_rows(rows);
                    if let View::MergeWith { at, .. } = &mut layer.view {
                        *at = Some(version);
                    }
                }
                _ => {}
            }
        }
    }
}
