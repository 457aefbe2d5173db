//! What the desk has chosen, to be read as the file that it is, and changed in the agent's own editor.

use minicom_tui_kit::{Now, Shown, styled::StyledLine};
use ratatui::style::Style;

use super::Content;
use crate::{
    app::App,
    desk_view::{View, Work, WorkOn},
    manage::desk_text,
};

impl App {
    /// Opens the desk's settings.
    pub(crate) fn desk_settings(&mut self, now: Now) {
        self.lay_reading(View::Settings, "The desk's settings", now);
    }

    fn settings_text(&self) -> Option<String> {
        let text = desk_text::render(&self.replica.desk()?.settings).ok()?;
        // What is said there of files and commands is not so here.
        let begins = text.find("\n\n").map_or(0, |at| at + 2);
        Some(text[begins..].to_owned())
    }

    pub(super) fn settings_content(&self) -> Content {
        let text = self.settings_text().unwrap_or_default();
        let lines = text.lines().map(|line| {
            let style = if line.starts_with('#') {
                self.theme.dim()
            } else {
                Style::new()
            };
            StyledLine::of(Shown::line(line), style)
        });
        Content::Lines(lines.collect())
    }

    pub(super) fn key_in_settings(&mut self, key: &str, _: Now) -> bool {
        if key != "e" {
            return false;
        }
        if self.must_be_admin()
            && let Some(text) = self.settings_text()
        {
            self.begin_work(Work {
                on: WorkOn::Settings,
                text,
            });
        }
        true
    }
}
