//! Finding without a connection: in the threads that are kept here, by words alone. What filters mean only the server knows; that is said.

use minicom_protocol::{
    event::{Event, EventBody, Part},
    ids::CustomerId,
    search::{
        Found, Hit, Query, What, excerpt,
        query::{Only, Term},
    },
    stage::StageIs,
};

use crate::app::App;

impl App {
    /// What of the threads that are here fits, newest first: of one customer, or of all.
    pub(super) fn find_in_kept(&self, typed: &str, customer: Option<CustomerId>, limit: usize) -> Found {
        let query = Query::parse(typed);
        let mut unclear = query.troubles();
        let words_only = Query {
            all: query.all.clone(),
            none: query.none.clone(),
            only: query.only,
            unclear: query.unclear.clone(),
            unknown: query.unknown.clone(),
            ..Query::default()
        };
        if words_only != query {
            unclear.push("without a connection filters are left out".to_owned());
        }
        let mut customers: Vec<CustomerId> = match customer {
            Some(customer) => vec![customer],
            None => self.replica.summaries().map(|row| row.customer.id).collect(),
        };
        customers.sort_unstable();
        customers.dedup();
        let threads = customers.into_iter().filter_map(|it| self.replica.thread(it));
        let events = threads.flat_map(|thread| thread.events());
        let mut hits: Vec<Hit> = match words_only.all.is_empty() {
            true => Vec::new(),
            false => events.filter_map(|event| self.kept_hit(&words_only, event)).collect(),
        };
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.at));
        hits.truncate(limit);
        Found {
            hits,
            unclear,
            ..Found::default()
        }
    }

    fn kept_hit(&self, query: &Query, event: &Event) -> Option<Hit> {
        let (text, what) = said(event)?;
        let is_note = matches!(what, What::Note { .. });
        let wanted = match query.only {
            Some(Only::Notes) => is_note,
            Some(Only::Lines) => !is_note,
            None => true,
        };
        let has = |term: &Term| {
            let one = Query {
                all: vec![term.clone()],
                ..Query::default()
            };
            !one.marks(&text).is_empty()
        };
        if !wanted || !query.all.iter().all(has) || query.none.iter().any(has) {
            return None;
        }
        let row = self.replica.summary(event.subject.conversation()?)?;
        let (excerpt, marks) = excerpt(query, &text);
        Some(Hit {
            at: event.rev,
            time: event.time,
            conversation: row.conversation,
            customer: row.customer.clone(),
            stage: StageIs::of(&row.stage),
            subject: row.intake.subject.clone(),
            what,
            excerpt,
            marks,
        })
    }
}

/// What a line or a note says; nothing if that is gone.
fn said(event: &Event) -> Option<(String, What)> {
    match &event.body {
        EventBody::Posted(posted) if posted.state.words().is_none() => {
            let texts: Vec<&str> = posted.parts.iter().map(Part::text).collect();
            let author = posted.author.clone();
            Some((texts.join("\n"), What::Line { author }))
        }
        EventBody::Noted(note) => {
            let agent = note.agent.clone();
            Some((note.text.as_str().to_owned(), What::Note { agent }))
        }
        _ => None,
    }
}
