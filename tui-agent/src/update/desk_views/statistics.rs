//! What was counted: of today, 7, 30 or 90 days, of the agent and the desk, and for admins one by one. The server counts; nothing is
//! reckoned here. While it is open it is asked for again when something happens, but seldom.

use minicom_protocol::figures::{By, Range, Statistics};
use minicom_tui_kit::{Now, Shown, overlay, styled::StyledLine};

use super::Content;
use crate::{
    app::App,
    desk_view::{Counted, View, Wanted},
    figures,
    over::Over,
};

impl App {
    /// Opens what was counted.
    pub(crate) fn statistics(&mut self, now: Now) {
        let shown = Counted {
            range: Range::default(),
            by: None,
            may_split: self.is_admin(),
        };
        self.lay_statistics(shown, now);
    }

    fn lay_statistics(&mut self, shown: Counted, now: Now) {
        let view = View::Statistics {
            shown,
            told: Box::new(Wanted::new()),
            asked_at: now.elapsed,
        };
        let dot = self.theme.signs().dot;
        let title = format!("Statistics {dot} {}", shown.range.words());
        self.lay_reading(view, &title, now);
    }

    pub(super) fn key_in_statistics(&mut self, shown: Counted, key: &str, now: Now) -> bool {
        let mut wanted = shown;
        match key {
            "1" => wanted.range = Range::Today,
            "2" => wanted.range = Range::Week,
            "3" => wanted.range = Range::Month,
            "4" => wanted.range = Range::Quarter,
            "a" | "g" | "t" if !shown.may_split => {
                self.tell(Shown::fixed("Only admins see the figures one by one."), now);
            }
            "a" => wanted.by = other(shown.by, By::Agent),
            "g" => wanted.by = other(shown.by, By::Group),
            "t" => wanted.by = other(shown.by, By::Tag),
            _ => return false,
        }
        if wanted != shown {
            // In the place of the one that is open.
            if let Some(Over::Desk(stack)) = &mut self.over {
                stack.layers.pop();
            }
            self.lay_statistics(wanted, now);
        }
        true
    }

    pub(super) fn statistics_content(&self, shown: Counted, told: &Wanted<Statistics>) -> Content {
        let mut lines = Vec::new();
        if let Some(words) = self.words_of(told) {
            lines.push(StyledLine::of(words, self.theme.dim()));
        }
        let columns = usize::from(overlay::text_columns(self.size.width));
        if let Some(told) = told.value() {
            lines.extend(figures::page(told, &self.theme, columns));
        } else if lines.is_empty() {
            let words = Shown::line(&format!("Figures of {}", shown.range.words()));
            lines.push(StyledLine::of(words, self.theme.dim()));
        }
        Content::Lines(lines)
    }
}

/// The same key takes the rows away.
fn other(shown: Option<By>, by: By) -> Option<By> {
    (shown != Some(by)).then_some(by)
}
