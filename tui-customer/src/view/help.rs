//! The rows of the help: the keys and words, and before them why there is no connection.

use minicom_tui_kit::keymap::HelpRow;

use super::status;
use crate::{actions::help_rows, model::App};

impl App {
    /// The rows of the help now.
    pub(crate) fn help_rows(&self) -> Vec<HelpRow> {
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
