//! `minicom-agent ticket`: tickets, listed, shown, exported with their transcript, commented, assigned, solved.

use std::path::PathBuf;

use clap::Subcommand;
use minicom_protocol::{
    command::{AgentCommand, Assignee},
    event::{Event, EventBody},
    frame::{AgentQuestion, AgentReply},
    ids::{AgentId, Rev, TicketNo, Time},
    refusal::Refusal,
    ticket::{Ticket, TicketComment, TicketStatus},
};
use minicom_tui_kit::Shown;

use super::{
    Access, Told, files, names,
    session::Session,
    table::{Table, cell},
    ticket_text,
};
use crate::exit::{self, Failure};

/// Tickets of one answer.
const PAGE: u32 = 100;
/// Events of one answer.
const THREAD_PAGE: u32 = 200;
/// Tickets that are listed.
const LISTED_MAX: usize = 1_000;

/// What can be done with tickets.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum TicketCommand {
    /// Print tickets, the last changed first.
    List {
        /// Only those that are open, pending or solved.
        #[arg(long)]
        status: Option<TicketStatus>,
        /// Only those of this agent, by name or e-mail address.
        #[arg(long, value_name = "NAME")]
        assignee: Option<String>,
    },
    /// Print a ticket and its comments.
    Show {
        /// Its number.
        number: u64,
    },
    /// Print a ticket as Markdown, with its comments and the transcript of its conversation.
    Export {
        /// Its number.
        number: u64,
        /// Write it into this file.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// With the notes that only agents see.
        #[arg(long)]
        notes: bool,
    },
    /// Say something on a ticket. Only agents see it.
    Comment {
        /// Its number.
        number: u64,
        /// What to say.
        text: String,
    },
    /// Say who does a ticket.
    Assign {
        /// Its number.
        number: u64,
        /// The agent's name or e-mail address, or nobody.
        name: String,
    },
    /// Say where a ticket stands.
    Status {
        /// Its number.
        number: u64,
        /// open, pending or solved.
        status: TicketStatus,
    },
}

pub(super) async fn run(command: TicketCommand, access: &Access<'_>) -> Result<Told, Failure> {
    let mut session = access.open().await?;
    let text = with_session(command, &mut session, access).await?;
    session.leave().await;
    Ok(text.into())
}

async fn with_session(command: TicketCommand, session: &mut Session, access: &Access<'_>) -> Result<String, Failure> {
    match command {
        TicketCommand::List { status, assignee } => {
            let assignee = match assignee {
                Some(name) => Some(names::agent(session, &name).await?.agent.id),
                None => None,
            };
            list(session, status, assignee, access).await
        }
        TicketCommand::Show { number } => {
            let (ticket, comments) = load(session, TicketNo(number)).await?;
            Ok(ticket_text::header(&ticket, &comments, &access.zone))
        }
        TicketCommand::Export { number, out, notes } => {
            let (ticket, comments) = load(session, TicketNo(number)).await?;
            let events = conversation(session, &ticket).await?;
            let mut text = ticket_text::header(&ticket, &comments, &access.zone);
            text.push_str(&ticket_text::transcript(&ticket, &events, notes, &access.zone));
            match out {
                None => Ok(text),
                Some(path) => {
                    let written = files::write(&path, &text)?;
                    Ok(format!("{}: {}\n", written.word(), files::shown(&path)))
                }
            }
        }
        TicketCommand::Comment { number, text } => comment(session, TicketNo(number), text).await,
        TicketCommand::Assign { number, name } => {
            let assignee = match name.as_str() {
                "nobody" => Assignee::Nobody,
                name => Assignee::Agent {
                    agent: names::agent(session, name).await?.agent.id,
                },
            };
            change(session, TicketNo(number), None, Some(assignee)).await
        }
        TicketCommand::Status { number, status } => change(session, TicketNo(number), Some(status), None).await,
    }
}

/// A ticket with its comments.
async fn load(session: &mut Session, number: TicketNo) -> Result<(Ticket, Vec<TicketComment>), Failure> {
    match session.ask_if(AgentQuestion::Ticket { number }).await? {
        Ok(AgentReply::Ticket { ticket, comments }) => Ok((ticket, comments)),
        Err(Refusal::NotFound) => Err(no_ticket(number)),
        Err(refusal) => Err(session.refused(&refusal)),
        Ok(_) => Err(session.not_that()),
    }
}

fn no_ticket(number: TicketNo) -> Failure {
    Failure::new(
        exit::USAGE,
        format!("There is no ticket {number}. See:  minicom-agent ticket list"),
    )
}

async fn list(
    session: &mut Session,
    status: Option<TicketStatus>,
    assignee: Option<AgentId>,
    access: &Access<'_>,
) -> Result<String, Failure> {
    let heads = [
        "NUMBER",
        "STATUS",
        "ASSIGNED TO",
        "CUSTOMER",
        "CHANGED",
        "COMMENTS",
        "TITLE",
    ];
    let (mut table, mut rows) = (Table::new(&heads), 0);
    let mut before: Option<Time> = None;
    let is_cut = loop {
        let question = AgentQuestion::Tickets {
            status,
            assignee,
            before,
            limit: PAGE,
        };
        let AgentReply::Tickets { tickets, more } = session.ask(question).await? else {
            return Err(session.not_that());
        };
        for ticket in &tickets {
            table.row(vec![
                cell(ticket.number),
                Shown::fixed(ticket.status.word()),
                ticket.assignee.as_ref().map_or(Shown::fixed("-"), |it| it.name.shown()),
                ticket.customer.name.shown(),
                cell(access.stamp(ticket.updated_at)),
                cell(ticket.comments),
                ticket.title.shown(),
            ]);
        }
        rows += tickets.len();
        match tickets.last() {
            Some(_) if more && rows >= LISTED_MAX => break true,
            Some(last) if more => before = Some(last.updated_at),
            _ => break false,
        }
    };
    let mut text = table.or("There are no such tickets.");
    if is_cut {
        text.push_str("Older tickets are not shown: ask for fewer with --status or --assignee.\n");
    }
    Ok(text)
}

/// All events of the conversation that a ticket was made of, oldest first: its customer's thread, page by page from the newest.
async fn conversation(session: &mut Session, ticket: &Ticket) -> Result<Vec<Event>, Failure> {
    let (mut pages, mut before): (Vec<Vec<Event>>, Option<Rev>) = (Vec::new(), None);
    loop {
        let question = AgentQuestion::Thread {
            customer: ticket.customer.id,
            before,
            limit: THREAD_PAGE,
        };
        let AgentReply::Thread { events, more, .. } = session.ask(question).await? else {
            return Err(session.not_that());
        };
        let first = events.first().map(|it| it.rev);
        let here = |it: &Event| it.subject.conversation() == Some(ticket.conversation);
        let begins = events
            .iter()
            .any(|it| here(it) && matches!(it.body, EventBody::Opened(_)));
        pages.push(events.into_iter().filter(here).collect());
        match first {
            Some(first) if more && !begins && before != Some(first) => before = Some(first),
            _ => break,
        }
    }
    Ok(pages.into_iter().rev().flatten().collect())
}

async fn comment(session: &mut Session, number: TicketNo, text: String) -> Result<String, Failure> {
    let (_, comments) = load(session, number).await?;
    // Who runs a script again does not want to have said it twice.
    let me = session.me().agent.id;
    if comments.last().is_some_and(|it| it.by.id == me && it.text == text) {
        return Ok(format!("unchanged: your last comment on ticket {number} says this\n"));
    }
    session
        .change(AgentCommand::CommentTicket { ticket: number, text })
        .await?;
    Ok(format!("commented: ticket {number}\n"))
}

async fn change(
    session: &mut Session,
    number: TicketNo,
    status: Option<TicketStatus>,
    assignee: Option<Assignee>,
) -> Result<String, Failure> {
    let command = AgentCommand::ChangeTicket {
        ticket: number,
        status,
        assignee,
        title: None,
    };
    match session.command(command).await? {
        Ok(done) if done.rev.is_some() => Ok(format!("changed: ticket {number}\n")),
        Ok(_) => Ok(format!("unchanged: ticket {number}\n")),
        // An agent who may not sign in any more is not found, either.
        Err(Refusal::NotFound) => {
            load(session, number).await?;
            let words = "This agent may not sign in any more: choose another one.";
            Err(Failure::new(exit::USAGE, words))
        }
        Err(refusal) => Err(session.refused(&refusal)),
    }
}
