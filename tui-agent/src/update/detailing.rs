//! The details of the customer: shown or hidden, and scrolled where they are longer than their pane.

use minicom_tui_kit::Now;

use crate::app::App;

impl App {
    /// Shows or hides the details.
    pub(crate) fn toggle_details(&mut self) {
        self.details = Some(self.layout().details.is_none());
        self.details_top = 0;
    }

    /// Scrolls the details by so many rows (up, if negative).
    pub(crate) fn scroll_details(&mut self, by: isize, now: Now) {
        let Some(area) = self.layout().details else { return };
        let (details, room) = self.details_of(area, now);
        let last = details.rows.len().saturating_sub(room);
        self.details_top = self.details_top.min(last).saturating_add_signed(by).min(last);
    }

    /// Rows of a page of the details.
    pub(crate) fn details_page(&self) -> isize {
        let rows = self
            .layout()
            .details
            .map_or(1, |area| area.height.saturating_sub(3).max(1));
        isize::from(rows.cast_signed())
    }
}
