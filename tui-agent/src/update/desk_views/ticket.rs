//! One ticket: what it is, what was said on it, and what can be done with it. It is asked for again whenever something happens to it.

use minicom_protocol::{
    command::{AgentCommand, Assignee},
    ids::TicketNo,
    text::MessageText,
    ticket::{Ticket, TicketComment, TicketStatus},
    words::SubjectLine,
};
use minicom_tui_kit::{
    Now, Picker, Shown,
    picker::{self, numbered},
    prompt::Question,
    styled::StyledLine,
};
use ratatui::style::{Modifier, Style};

use super::{Content, tickets::check_line};
use crate::{
    app::App,
    desk_view::{RowId, Surface, View, Wanted},
    facts, words,
};

type Whole = Wanted<(Ticket, Vec<TicketComment>)>;

fn check_text(text: &str) -> Result<(), Shown> {
    match MessageText::parse(text) {
        Ok(_) => Ok(()),
        Err(refused) => Err(Shown::line(&refused.to_string())),
    }
}

impl App {
    /// What is known of a ticket: all of it, or its row in the list.
    fn known_ticket<'a>(&'a self, number: TicketNo, told: &'a Whole) -> Option<&'a Ticket> {
        let listed = self.replica.tickets().and_then(|book| book.ticket(number));
        let whole = told.value().map(|(ticket, _)| ticket);
        // The row is live, and may be newer than what was asked for.
        [listed, whole].into_iter().flatten().max_by_key(|it| it.updated_at)
    }

    pub(super) fn ticket_content(&self, number: TicketNo, told: &Whole, now: Now) -> Content {
        let mut lines = Vec::new();
        if let Some(ticket) = self.known_ticket(number, told) {
            lines.extend(self.ticket_facts(ticket, now));
        }
        if let Some(words) = self.words_of(told) {
            lines.push(StyledLine::of(words, self.theme.dim()));
        }
        if let Some((ticket, comments)) = told.value() {
            lines.push(StyledLine::new());
            let title = format!("COMMENTS {}", ticket.comments);
            lines.push(StyledLine::of(Shown::line(&title), self.theme.title()));
            let older = (ticket.comments as usize).saturating_sub(comments.len());
            if older > 0 {
                let words = format!("{older} older ones are not shown");
                lines.push(StyledLine::of(Shown::line(&words), self.theme.dim()));
            }
            for comment in comments {
                lines.extend(self.comment_lines(comment, now));
            }
        }
        Content::Lines(lines)
    }

    fn ticket_facts(&self, ticket: &Ticket, now: Now) -> Vec<StyledLine> {
        let day = |at: minicom_protocol::ids::Time| facts::day(at.0, now.wall, &self.zone);
        let chat = match self.replica.summary(ticket.conversation) {
            Some(row) => words::stage(&row.stage, self.me(), &self.zone),
            None => "ended".to_owned(),
        };
        vec![
            StyledLine::of(ticket.title.shown(), Style::new().add_modifier(Modifier::BOLD)),
            StyledLine::new(),
            self.fact("status", ticket.status.word().to_owned()),
            self.fact("done by", self.done_by(ticket).to_string()),
            self.fact("customer", ticket.customer.name.shown().to_string()),
            self.fact("chat", format!("{chat} (o opens it)")),
            self.fact(
                "made",
                format!("{} by {}", day(ticket.opened_at), ticket.opened_by.name.shown()),
            ),
            self.fact("changed", day(ticket.updated_at)),
        ]
    }

    fn comment_lines(&self, comment: &TicketComment, now: Now) -> Vec<StyledLine> {
        let at = facts::day(comment.at.0, now.wall, &self.zone);
        let by = Shown::line(&format!("{}  ", comment.by.name.shown()));
        let head = StyledLine::of(by, self.theme.title()).and(Shown::line(&at), self.theme.dim());
        let text = Shown::text(&comment.text);
        let said = text
            .as_str()
            .lines()
            .map(|line| StyledLine::of(Shown::line(line), Style::new()));
        [StyledLine::new(), head].into_iter().chain(said).collect()
    }

    pub(super) fn key_in_ticket(&mut self, number: TicketNo, told: &Whole, key: &str, now: Now) -> bool {
        let Some(ticket) = self.known_ticket(number, told).cloned() else {
            return false;
        };
        match key {
            "c" => {
                let question = Question::new(Shown::fixed("comment")).check(check_text);
                let title = format!("Ticket {number}");
                self.lay_question(View::Comment(number), &title, question, "Enter adds it", now);
            }
            "t" => {
                let question = Question::new(Shown::fixed("title"))
                    .starting_with(ticket.title.as_str())
                    .check(check_line);
                let title = format!("Ticket {number}");
                self.lay_question(View::TicketTitle(number), &title, question, "Enter changes it", now);
            }
            "s" => {
                let rows = TicketStatus::ALL.map(|status| {
                    let now = if status == ticket.status { "now" } else { "" };
                    picker::Row::new(RowId::Status(status), Shown::fixed(status.word()), Shown::fixed(now))
                });
                let title = format!("Ticket {number} is");
                let mut picker = Picker::new(Shown::line(&title), numbered(rows.to_vec())).by_name();
                picker.select_where(|row| *row == RowId::Status(ticket.status));
                self.lay(View::TicketStatus(number), Surface::Picker(picker), now);
            }
            "a" => self.lay_picker(
                View::TicketAssignee(number),
                &format!("Ticket {number} is done by"),
                vec![],
                now,
            ),
            "o" => self.leave_for(ticket.conversation, None, now),
            "e" => self.export_ticket(number, told, now),
            _ => return false,
        }
        true
    }

    pub(super) fn assignee_content(&self) -> Content {
        let nobody = picker::Row::new(RowId::Nobody, Shown::fixed("nobody"), Shown::default());
        let agents = self.replica.desk().map(|desk| &desk.staff.agents);
        let agents = agents.into_iter().flatten().filter(|it| it.enabled);
        // Most tickets are taken by whoever looks at them.
        let (me, others): (Vec<_>, Vec<_>) = agents.partition(|it| Some(it.agent.id) == self.me());
        let agents = me.into_iter().chain(others).map(|member| {
            let presence = self.replica.presence_of(member.agent.id);
            let detail = presence.map_or("offline", |it| it.state.word());
            picker::Row::new(
                RowId::Agent(member.agent.id),
                self.called_agent(member),
                Shown::fixed(detail),
            )
        });
        Content::Choices(numbered(agents.chain([nobody]).collect()))
    }

    pub(super) fn ticket_commented(&mut self, ticket: TicketNo, text: &str, now: Now) {
        let text = text.to_owned();
        self.send_kept(AgentCommand::CommentTicket { ticket, text }, now);
    }

    pub(super) fn ticket_renamed(&mut self, ticket: TicketNo, title: &str, now: Now) {
        let title = SubjectLine::parse(title).ok();
        self.send_kept(
            AgentCommand::ChangeTicket {
                ticket,
                status: None,
                assignee: None,
                title,
            },
            now,
        );
    }

    pub(super) fn ticket_assigned(&mut self, ticket: TicketNo, row: &RowId, now: Now) {
        let assignee = match row {
            RowId::Agent(agent) => Assignee::Agent { agent: *agent },
            _ => Assignee::Nobody,
        };
        self.send_kept(
            AgentCommand::ChangeTicket {
                ticket,
                status: None,
                assignee: Some(assignee),
                title: None,
            },
            now,
        );
    }

    pub(super) fn ticket_set(&mut self, ticket: TicketNo, status: TicketStatus, now: Now) {
        self.send_kept(
            AgentCommand::ChangeTicket {
                ticket,
                status: Some(status),
                assignee: None,
                title: None,
            },
            now,
        );
    }
}
