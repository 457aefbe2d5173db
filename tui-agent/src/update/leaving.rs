//! The way out: what Esc does, one thing at a time. The footer names it from here, so that it cannot promise another.

use minicom_tui_kit::Now;

use crate::app::{App, Focus};

/// Where Esc leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WayOut {
    /// A command that a text goes through is stopped.
    Command,
    /// Names that are offered for what is begun.
    Names,
    /// The details over the chat are closed.
    Details,
    /// The change of a line is given up.
    Edit,
    /// A search is over: back to where it began.
    Search,
    /// From older lines to the latest.
    Latest,
    /// From the composer to the list.
    List,
    /// Nothing is to be left but marks and a filter.
    Filter,
}

impl WayOut {
    /// Behind the key.
    pub(crate) fn words(self) -> &'static str {
        match self {
            WayOut::Command => "stops the command",
            WayOut::Names | WayOut::Details => "closes",
            WayOut::Edit => "cancels",
            WayOut::Search => "back",
            WayOut::Latest => "latest",
            WayOut::List => "list",
            WayOut::Filter => "clears",
        }
    }
}

impl App {
    /// Where Esc leads from here.
    pub(crate) fn way_out(&self) -> WayOut {
        let is_at_end = self.chat.as_ref().is_none_or(|chat| chat.transcript.is_at_end());
        // While one writes, a list of names has the key before all else.
        if self.is_composing() && self.writing.popup.is_some() {
            WayOut::Names
        } else if self.is_piping() {
            WayOut::Command
        } else if self.layout().details_over_chat {
            WayOut::Details
        } else if self.is_composing() && self.is_editing_line() {
            WayOut::Edit
        } else if self.is_finding() {
            WayOut::Search
        } else if !is_at_end {
            WayOut::Latest
        } else if self.is_composing() {
            WayOut::List
        } else {
            WayOut::Filter
        }
    }

    /// Out of whatever is passing, one at a time; at last to the list. A notice goes by the way: it comes when it likes, and whoever leaves
    /// the composer would find the next letters in it.
    pub(super) fn escape(&mut self, now: Now) {
        let (way_out, was_told) = (self.way_out(), self.notice.take().is_some());
        if !matches!(
            way_out,
            WayOut::Names | WayOut::Command | WayOut::Details | WayOut::Edit
        ) {
            // One that has led elsewhere is forgotten.
            self.end_finding();
        }
        match way_out {
            WayOut::Names => (self.writing.popup, self.writing.popup_closed) = (None, true),
            WayOut::Command => self.stop_piping(now),
            WayOut::Details => self.details = None,
            WayOut::Edit => self.cancel_edit(),
            WayOut::Search => {}
            WayOut::Latest => {
                if let Some(chat) = &mut self.chat {
                    chat.transcript.to_end();
                }
            }
            WayOut::List => self.focus = Focus::List,
            WayOut::Filter => {
                if !was_told && !self.list.unmark_all() {
                    self.clear_filter();
                }
            }
        }
    }
}
