//! What was sent from here, and a text from there in the place of what is being written, which is kept meanwhile.

use super::{Composer, Handled};

/// Texts that Up brings back.
const SENT_MAX: usize = 100;

/// A text from the history stands in the composer.
#[derive(Debug, Clone)]
pub(super) struct Recalled {
    index: usize,
    /// What was being written before.
    stash: String,
}

impl Composer {
    /// What is written and not sent, to be kept: a text that was recalled and not changed was sent, and what was being written before it is
    /// not lost for it.
    pub fn draft(&self) -> String {
        let text = self.text();
        let Some(Recalled { index, stash }) = &self.recalled else {
            return text;
        };
        if self.sent.get(*index) == Some(&text) {
            return stash.clone();
        }
        let gap = if text.is_empty() || stash.is_empty() { "" } else { "\n" };
        format!("{text}{gap}{stash}")
    }

    /// Puts a text to be changed in the place of what is being written, which comes back when that was taken, as after a recall.
    pub fn set_aside_for(&mut self, text: &str) {
        let stash = self.draft();
        self.set_text(text);
        self.recalled = Some(Recalled {
            index: self.sent.len(),
            stash,
        });
    }

    /// Removes a text that was to be changed: what was set aside for it comes back.
    pub fn give_up_changing(&mut self) {
        let stash = self.recalled.take().map(|recalled| recalled.stash);
        match stash.filter(|stash| !stash.is_empty()) {
            Some(stash) => self.set_text(&stash),
            None => self.clear(),
        }
    }

    /// Removes the text; one undo brings it back. What was being written before a recall stands there again: unseen, it would come back
    /// behind the next text that is sent, and go out with the one after it.
    pub fn clear(&mut self) {
        let stash = self.recalled.take().map(|recalled| recalled.stash).unwrap_or_default();
        self.editor.clear_for(&stash);
        self.top = 0;
        self.keep_cursor_in_view();
    }

    /// Takes the text for sending and remembers it. What was being written before a recall comes back.
    pub fn take(&mut self) -> String {
        let text = self.text();
        self.remember(&text);
        let stash = self.recalled.take().map(|recalled| recalled.stash).unwrap_or_default();
        self.set_text(&stash);
        text
    }

    /// Remembers a text as one that was sent: Up brings it back. What is being written stays.
    pub fn remember(&mut self, text: &str) {
        if text.trim().is_empty() || self.sent.last().is_some_and(|last| last == text) {
            return;
        }
        self.sent.push(text.to_owned());
        if self.sent.len() > SENT_MAX {
            self.sent.remove(0);
            if let Some(recalled) = &mut self.recalled {
                recalled.index = recalled.index.saturating_sub(1);
            }
        }
    }

    /// Remembers texts that were sent before all that is remembered, the oldest first, such as those of a program that ran before
    /// this one. One that is remembered already keeps its place.
    pub fn remember_earlier(&mut self, texts: impl IntoIterator<Item = String>) {
        let mut earlier: Vec<String> = texts.into_iter().filter(|it| !it.trim().is_empty()).collect();
        earlier.retain(|it| !self.sent.contains(it));
        earlier.dedup();
        let room = SENT_MAX.saturating_sub(self.sent.len());
        earlier.drain(..earlier.len().saturating_sub(room));
        if let Some(recalled) = &mut self.recalled {
            recalled.index += earlier.len();
        }
        self.sent.splice(..0, earlier);
    }

    /// Older or newer of what was sent. A recalled text that was changed stays: it is not in the history yet. In the place of one that was
    /// cleared stands nothing, which is newer than all, and behind it what was being written before.
    pub(super) fn recall(&mut self, older: bool) -> Handled {
        let text = self.text();
        let index = match &self.recalled {
            Some(_) if text.is_empty() && older => self.sent.len().checked_sub(1),
            Some(recalled) if text.is_empty() && recalled.stash.is_empty() => return Handled::No,
            Some(_) if text.is_empty() => Some(self.sent.len()),
            Some(recalled) if self.sent.get(recalled.index) != Some(&text) => return Handled::No,
            Some(recalled) if older => recalled.index.checked_sub(1),
            Some(recalled) => Some(recalled.index + 1),
            None if older => self.sent.len().checked_sub(1),
            None => None,
        };
        let Some(index) = index else { return Handled::No };
        let stash = self.recalled.take().map_or(text, |recalled| recalled.stash);
        match self.sent.get(index).cloned() {
            Some(sent) => {
                self.set_text(&sent);
                self.recalled = Some(Recalled { index, stash });
            }
            None => self.set_text(&stash),
        }
        Handled::Changed
    }
}
