//! What was before: earlier conversations and tickets, those that are open told apart; notes; what the operator's own command says.

use minicom_protocol::{
    context::{CustomerContext, NoteRow},
    stage::{Closer, Stage},
    summary::Summary,
    ticket::{Ticket, TicketStatus},
};
use minicom_tui_kit::Shown;
use ratatui::style::Style;

use super::Rows;
use crate::{facts, words};

/// Earlier chats, and tickets, that are told at most.
const ROWS_MAX: usize = 6;
/// Notes that are told at most.
const NOTES_MAX: usize = 4;
/// Lines of the operator's own command that are told at most.
const EXTRA_MAX: usize = 20;

impl Rows<'_> {
    pub(super) fn history(&mut self, summary: &Summary) {
        let app = self.app;
        match app.replica.context(summary.customer.id) {
            Some(context) => {
                self.notes(&context.notes);
                self.earlier(summary, context);
                self.tickets(context);
            }
            None if summary.number > 1 => {
                self.title(&format!("EARLIER CHATS {}", summary.number - 1));
                self.words("PgUp in the chat shows them", app.theme.dim());
            }
            None => {}
        }
        self.extra(summary);
    }

    fn earlier(&mut self, open: &Summary, context: &CustomerContext) {
        let earlier = context.conversations.saturating_sub(1);
        if earlier == 0 {
            return;
        }
        let also_open = context
            .open_conversations
            .saturating_sub(u64::from(open.stage.is_open()));
        self.title(&format!("EARLIER CHATS {earlier}{}", of_them_open(also_open)));
        let rows = context
            .newest
            .iter()
            .filter(|row| row.conversation != open.conversation);
        for row in rows.take(ROWS_MAX) {
            self.earlier_chat(row);
        }
        if earlier > ROWS_MAX as u64 {
            self.words(&format!("and {} more", earlier - ROWS_MAX as u64), self.app.theme.dim());
        }
    }

    fn earlier_chat(&mut self, row: &Summary) {
        let (app, zone) = (self.app, &self.app.zone);
        let (stands, style) = match &row.stage {
            Stage::Closed { at, by } => {
                let by = match by {
                    Closer::Customer => "customer".to_owned(),
                    Closer::Agent { agent } if Some(agent.id) == app.me() => "you".to_owned(),
                    Closer::Agent { agent } => agent.name.shown().cut(12).to_string(),
                    Closer::System => "desk".to_owned(),
                };
                let took = facts::took(at.since(row.opened_at) / 1_000);
                (format!("{by} {took}"), Style::new())
            }
            stage => (
                format!("OPEN {}", words::stage(stage, app.me(), zone)),
                app.theme.warning(),
            ),
        };
        let mut told = vec![facts::day(row.opened_at.0, self.now.wall, zone), stands];
        told.extend(row.intake.subject.as_ref().map(|it| it.shown().to_string()));
        told.extend(row.rating.map(|score| format!("{score}/5")));
        self.words(&told.join("  "), style);
    }

    fn tickets(&mut self, context: &CustomerContext) {
        if context.tickets == 0 {
            return;
        }
        let open = of_them_open(context.open_tickets);
        self.title(&format!("TICKETS {}{open}", context.tickets));
        for ticket in context.newest_tickets.iter().take(ROWS_MAX) {
            let Ticket {
                number, title, status, ..
            } = ticket;
            let style = match status {
                TicketStatus::Solved => Style::new(),
                TicketStatus::Open | TicketStatus::Pending => self.app.theme.warning(),
            };
            self.words(&format!("#{number} {}  {}", status.word(), title.shown()), style);
        }
    }

    fn notes(&mut self, notes: &[NoteRow]) {
        if notes.is_empty() {
            return;
        }
        self.title(&format!("NOTES {}", notes.len()));
        for note in notes.iter().take(NOTES_MAX) {
            let by = note.by.name.shown().cut(16);
            let day = facts::day(note.at.0, self.now.wall, &self.app.zone);
            self.words(&format!("{by} {day}: {}", Shown::line(&note.text)), Style::new());
        }
    }

    fn extra(&mut self, summary: &Summary) {
        let Some(extra) = self.app.replica.extra(summary.customer.id) else {
            return;
        };
        if extra.lines.is_empty() && extra.trouble.is_none() {
            return;
        }
        self.title("MORE");
        for line in extra.lines.iter().take(EXTRA_MAX) {
            self.words(line, Style::new());
        }
        if let Some(trouble) = &extra.trouble {
            self.words(trouble, self.app.theme.warning());
        }
    }
}

fn of_them_open(open: u64) -> String {
    match open {
        0 => String::new(),
        open => format!(" ({open} open)"),
    }
}
