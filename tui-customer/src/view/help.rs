//! The rows of the help: the keys and words, and before them why there is no connection.

use minicom_tui_kit::{help::Help, keymap::HelpRow};

use super::{help_area, status};
use crate::{actions::help_rows, model::App};

impl App {
    /// The help as it stands on the screen now.
    pub(crate) fn shown_help(&self) -> Help<'_> {
        Help::new(&self.help_rows(), help_area(self.size), &self.theme)
    }

    /// The rows of the help now.
    fn help_rows(&self) -> Vec<HelpRow> {
        let mut rows = help_rows(&self.keys, |action| self.available(action));
        if let Some(reason) = status::unreached(self) {
            let row = HelpRow {
                keys: String::new(),
                title: "there is no connection",
                reason: Some(reason),
            };
            rows.insert(0, row);
        }
        rows
    }
}
