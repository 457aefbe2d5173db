//! The walk through the index for a query: newest first, as far as a page needs, and not longer than it may take. What no index
//! has (a conversation's tags, its stage, its owner) is looked at on the way.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use minicom_protocol::{
    event::{Event, EventBody, Subject},
    ids::{AgentId, ConversationId, CustomerId, Rev, Time},
    people::Realm,
    search::{
        Found, Hit, What, excerpt,
        query::{FromIs, Only, Query, WhoseIs, is_in},
    },
    stage::StageIs,
    summary::Summary,
    text::CustomerName,
};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use super::{
    FOLLOWER, REV_MAX, agent_word, key, kinds, of_event,
    parts::{self, Part},
    rev_of,
    syntax::{any, of_term},
    thread_word,
};
use crate::store::{Result, TenantKey, conversations, followers, journal, people, profiles, tenants};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What is looked for.
    pub query: Query,
    /// Who asks.
    pub me: AgentId,
    /// Only in the thread of this customer.
    pub customer: Option<CustomerId>,
    /// Only in this conversation.
    pub conversation: Option<ConversationId>,
    /// Not before this time.
    pub since: Option<Time>,
    /// Before this time.
    pub until: Option<Time>,
    /// Only what is before this position.
    pub before: Option<Rev>,
    /// At most so many.
    pub limit: usize,
}

/// Looks for it, and after so long for no further hit; what SQLite interrupts counts as that too. `None` if there is no such
/// conversation.
///
/// # Errors
/// The store's; no query makes one.
pub fn find(conn: &Connection, tenant: TenantKey, asked: &Asked, within: Duration) -> Result<Option<Found>> {
    let until = Instant::now() + within;
    let behind = behind(conn, tenant)?;
    let mut walk = Walk::new(conn, tenant, asked, until);
    let there = match walk.all() {
        Ok(there) => there,
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            (walk.found.incomplete, walk.found.next) = (true, walk.looked_at);
            true
        }
        Err(error) => return Err(error),
    };
    walk.found.behind = behind;
    Ok(there.then_some(walk.found))
}

/// Events that the index does not have.
fn behind(conn: &Connection, tenant: TenantKey) -> Result<u64> {
    let head = tenants::head(conn, tenant)?.cursor.at;
    Ok(head.saturating_sub(followers::position(conn, tenant, FOLLOWER)?.0))
}

struct Walk<'a> {
    conn: &'a Connection,
    tenant: TenantKey,
    asked: &'a Asked,
    until: Instant,
    found: Found,
    looked_at: Option<Rev>,
    rows: HashMap<ConversationId, Option<Place>>,
    owners: Option<Vec<AgentId>>,
}

/// A conversation, and who had it last.
struct Place {
    row: Summary,
    owner: Option<AgentId>,
}

impl<'a> Walk<'a> {
    fn new(conn: &'a Connection, tenant: TenantKey, asked: &'a Asked, until: Instant) -> Walk<'a> {
        Walk {
            conn,
            tenant,
            asked,
            until,
            found: Found {
                unclear: asked.query.troubles(),
                ..Found::default()
            },
            looked_at: None,
            rows: HashMap::new(),
            owners: None,
        }
    }

    /// The walk. `false` if there is no such conversation.
    fn all(&mut self) -> Result<bool> {
        let mut threads: Option<Vec<CustomerId>> = self.asked.customer.map(|it| vec![it]);
        if let Some(conversation) = self.asked.conversation {
            let Some(row) = conversations::load(self.conn, self.tenant, conversation)? else {
                return Ok(false);
            };
            threads = Some(vec![row.customer.id]);
        }
        self.owners = match &self.asked.query.owner {
            Some(WhoseIs::Me) => Some(vec![self.asked.me]),
            Some(WhoseIs::Named(name)) => Some(self.agents(name)?),
            Some(WhoseIs::Nobody) | None => None,
        };
        let Some(expression) = self.expression(threads)? else {
            return Ok(true);
        };
        let (low, high) = self.bounds()?;
        for part in parts::between(self.conn, low, high)? {
            if !self.part(part, &expression, low, high)? {
                break;
            }
            // What comes next is older than all of it.
            self.looked_at = Some(part.first());
        }
        Ok(true)
    }

    /// The walk through a table of the index. `false` if it is the last: the page is full, or the time is over.
    fn part(&mut self, part: Part, expression: &str, low: Rev, high: Rev) -> Result<bool> {
        if self.is_over() {
            return Ok(false);
        }
        // Newest first without sorting: the index is walked backwards, and only as far as it is read.
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT rowid FROM {part} WHERE {part} MATCH ?1 AND rowid > ?2 AND rowid < ?3 ORDER BY rowid DESC"
        ))?;
        let mut rows = statement.query(params![expression, key(self.tenant, low), key(self.tenant, high)])?;
        while let Some(row) = rows.next()? {
            let rev = rev_of(row.get(0)?);
            if self.found.hits.len() == self.asked.limit {
                self.found.next = self.looked_at;
                return Ok(false);
            }
            if self.is_over() {
                return Ok(false);
            }
            if let Some(hit) = self.hit(rev)? {
                self.found.hits.push(hit);
            }
            self.looked_at = Some(rev);
        }
        Ok(true)
    }

    /// Whether the time is over, which the page says then, if it is not full.
    fn is_over(&mut self) -> bool {
        let over = Instant::now() > self.until && self.found.hits.len() < self.asked.limit;
        if over {
            (self.found.incomplete, self.found.next) = (true, self.looked_at);
        }
        over
    }

    /// What is looked for in the index. `None` if nothing can fit.
    fn expression(&mut self, threads: Option<Vec<CustomerId>>) -> Result<Option<String>> {
        let query = &self.asked.query;
        let mut all: Vec<String> = query.all.iter().map(of_term).collect();
        if let Some(threads) = threads {
            all.push(any(threads.into_iter().map(thread_word)));
        }
        if !query.customers.is_empty() {
            let named = query.customers.iter().map(|name| self.customers(name));
            let named: Vec<CustomerId> = named.collect::<Result<Vec<_>>>()?.concat();
            if named.is_empty() {
                self.found
                    .unclear
                    .push(format!("no customer is called {}", query.customers.join(", ")));
                return Ok(None);
            }
            all.push(any(named.into_iter().map(thread_word)));
        }
        if !query.from.is_empty() {
            let words = query
                .from
                .iter()
                .map(|it| self.from(it))
                .collect::<Result<Vec<_>>>()?
                .concat();
            if words.is_empty() {
                self.found.unclear.push("nobody here is called so".to_owned());
                return Ok(None);
            }
            all.push(any(words));
        }
        match query.only {
            Some(Only::Notes) => all.push(any(kinds().filter(|it| it.ends_with('n')))),
            Some(Only::Lines) => all.push(any(kinds().filter(|it| it.ends_with(['a', 'b', 'c'])))),
            None if all.is_empty() => all.push(any(kinds())),
            None => {}
        }
        if self.owners.as_ref().is_some_and(Vec::is_empty) {
            self.found.unclear.push("no agent is called so".to_owned());
            return Ok(None);
        }
        let none: Vec<String> = query.none.iter().map(of_term).collect();
        let all = all.join(" AND ");
        Ok(Some(match none.is_empty() {
            true => all,
            false => format!("({all}) NOT ({})", none.join(" OR ")),
        }))
    }

    /// The words of whoever is meant.
    fn from(&self, it: &FromIs) -> Result<Vec<String>> {
        let kind = |kind: char| kinds().filter(|it| it.ends_with(kind)).collect();
        Ok(match it {
            FromIs::Customer => kind('c'),
            FromIs::Bot => kind('b'),
            FromIs::Agent => kinds().filter(|it| it.ends_with(['a', 'n'])).collect(),
            FromIs::Me => vec![agent_word(self.asked.me)],
            FromIs::Named(name) => {
                let agents = self.agents(name)?;
                if agents.is_empty() {
                    let theirs = self.customers(name)?.into_iter().map(thread_word);
                    let by_them = format!("({}) AND {}", any(theirs.clone()), any(kind('c')));
                    return Ok(if theirs.len() == 0 {
                        vec![]
                    } else {
                        vec![format!("({by_them})")]
                    });
                }
                agents.into_iter().map(agent_word).collect()
            }
        })
    }

    /// Agents of this name, or with this word in it. Who is here no more too: what they wrote is.
    fn agents(&self, name: &str) -> Result<Vec<AgentId>> {
        let all = people::agents(self.conn, self.tenant)?.into_iter().map(|it| it.agent);
        let is_called = |full: &str| {
            let full = full.to_lowercase();
            full == name || full.split_whitespace().any(|word| word == name)
        };
        Ok(all.filter(|it| is_called(it.name.as_str())).map(|it| it.id).collect())
    }

    /// Customers of this name, in any realm, and who else they are.
    fn customers(&self, name: &str) -> Result<Vec<CustomerId>> {
        let mut found = Vec::new();
        for name in [name.to_owned(), name.to_lowercase()] {
            let Ok(name) = CustomerName::parse(name) else { continue };
            for realm in [Realm::Named, Realm::Signed, Realm::Anonymous] {
                if let Some(it) = people::customer_by_name(self.conn, self.tenant, realm, &name)? {
                    found.push(it.customer.id);
                    let same = profiles::same_person(self.conn, self.tenant, it.customer.id)?;
                    found.extend(same.into_iter().map(|it| it.id));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The positions between which events are in time. A clock that was set back moves them by as much; whether a hit is in time is
    /// looked at again.
    fn bounds(&self) -> Result<(Rev, Rev)> {
        let at = |time: Option<Time>| {
            time.map(|time| journal::first_since(self.conn, self.tenant, time))
                .transpose()
        };
        let low = at(self.asked.since)?.map_or(Rev(0), |rev| Rev(rev.0.saturating_sub(1)));
        let high = at(self.asked.until)?.into_iter().chain(self.asked.before).min();
        Ok((low, high.unwrap_or(Rev(REV_MAX))))
    }

    /// What stands at a position, if it fits.
    fn hit(&mut self, rev: Rev) -> Result<Option<Hit>> {
        let asked = self.asked;
        let Some(event) = journal::at(self.conn, self.tenant, rev)? else {
            return Ok(None);
        };
        let in_time =
            asked.since.is_none_or(|since| event.time >= since) && asked.until.is_none_or(|until| event.time < until);
        let (Some(found), Some(what)) = (of_event(&event).filter(|_| in_time), what(&event)) else {
            return Ok(None);
        };
        let Some(conversation) = self.conversation_of(&event)? else {
            return Ok(None);
        };
        let Some(place) = self.place(conversation)? else {
            return Ok(None);
        };
        let (place, stage) = (&place.row, StageIs::of(&place.row.stage));
        let (excerpt, marks) = excerpt(&asked.query, &found.text);
        Ok(Some(Hit {
            at: rev,
            time: event.time,
            conversation,
            customer: place.customer.clone(),
            stage,
            subject: place.intake.subject.clone(),
            what,
            excerpt,
            marks,
        }))
    }

    /// Where an event stands. What is said of a customer stands in the newest conversation.
    fn conversation_of(&self, event: &Event) -> Result<Option<ConversationId>> {
        Ok(match (&event.subject, &event.body) {
            (Subject::Conversation { conversation, .. }, _) => Some(*conversation),
            (Subject::Customer { customer }, _) => {
                conversations::newest(self.conn, self.tenant, *customer)?.map(|row| row.conversation)
            }
            (_, EventBody::TicketChanged(it)) => Some(it.ticket.conversation),
            _ => None,
        })
    }

    /// A conversation, if it fits.
    fn place(&mut self, id: ConversationId) -> Result<Option<&Place>> {
        if !self.rows.contains_key(&id) {
            let place = match conversations::load(self.conn, self.tenant, id)? {
                Some(row) => {
                    let owner = self.last_owner(id)?;
                    Some(Place { row, owner }).filter(|it| self.fits(it))
                }
                None => None,
            };
            self.rows.insert(id, place);
        }
        Ok(self.rows.get(&id).and_then(Option::as_ref))
    }

    fn fits(&self, Place { row, owner }: &Place) -> bool {
        let query = &self.asked.query;
        self.asked.conversation.is_none_or(|it| it == row.conversation)
            && query.tags.iter().all(|tag| row.tags.contains(tag))
            && is_in(&row.stage, &query.stages)
            && match &self.owners {
                Some(owners) => owner.is_some_and(|owner| owners.contains(&owner)),
                None => query.owner != Some(WhoseIs::Nobody) || row.stage.owner().is_none(),
            }
    }

    fn last_owner(&self, id: ConversationId) -> Result<Option<AgentId>> {
        if self.owners.is_none() {
            return Ok(None);
        }
        let found: Option<Option<[u8; 16]>> = self
            .conn
            .prepare_cached("SELECT coalesce(owner, last_owner) FROM conversations WHERE tenant = ?1 AND id = ?2")?
            .query_row(params![self.tenant.0, id.as_bytes()], |row| row.get(0))
            .optional()?;
        Ok(found.flatten().map(AgentId::from_bytes))
    }
}

fn what(event: &Event) -> Option<What> {
    Some(match &event.body {
        EventBody::Posted(it) => What::Line {
            author: it.author.clone(),
        },
        EventBody::Noted(it) => What::Note {
            agent: it.agent.clone(),
        },
        EventBody::Opened(it) if it.intake.subject.is_none() => What::Customer,
        EventBody::Opened(_) | EventBody::SubjectChanged(_) => What::Subject,
        EventBody::CustomerChanged(_) => What::Customer,
        EventBody::Rated(_) => What::Rating,
        EventBody::TagsChanged(_) => What::Tags,
        EventBody::TicketChanged(it) => What::Ticket {
            number: it.ticket.number,
        },
        _ => return None,
    })
}
