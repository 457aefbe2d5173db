//! Every conversation of a desk, in pages, with what was counted of it.

use minicom_protocol::{
    figures::Range,
    ids::{AgentId, ConversationId, Time},
    people::AgentRef,
    refusal::Refusal,
    summary::Summary,
    words::GroupName,
};
use rusqlite::Connection;

use super::Desk;
use crate::{
    clock,
    figures::Tally,
    hours::Calendar,
    limits::REPORT_PAGE_ROWS,
    store::{self, TenantKey, conversations, figures, settings, staff},
};

/// Which conversations are told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReportFor {
    /// Only those that this agent owns, or owned last.
    pub only: Option<AgentId>,
    /// Only those that began since then.
    pub since: Option<Time>,
}

/// A conversation, and what was counted of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Reported {
    /// The conversation.
    pub row: Summary,
    /// Who owns it, or owned it last, by the present name.
    pub owner: Option<AgentRef>,
    /// The group that it was last given to, by the present name.
    pub group: Option<GroupName>,
    /// What was counted of it.
    pub facts: Tally,
}

/// A page, and where the next one begins.
#[derive(Clone, PartialEq, Debug)]
pub struct ReportPage {
    /// In the order of their ids.
    pub rows: Vec<Reported>,
    /// The last id that was looked at; `None` at the end.
    pub next: Option<ConversationId>,
}

impl Desk {
    /// When the days of a range begin at this desk; `None` for no range.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn range_begins(&self, tenant: TenantKey, range: Option<Range>) -> Result<Option<Time>, Refusal> {
        let Some(range) = range else { return Ok(None) };
        self.read(move |conn| {
            let calendar = Calendar::or_utc(settings::load(conn, tenant)?.hours.as_ref());
            Ok(calendar.days_back(clock::now(), range.days_back()))
        })
        .await
    }

    /// A page of the conversations. One that is changed meanwhile is told as it is when its page is read; none is told twice.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn report(
        &self,
        tenant: TenantKey,
        asked: ReportFor,
        after: Option<ConversationId>,
    ) -> Result<ReportPage, Refusal> {
        self.read(move |conn| page(conn, tenant, asked, after)).await
    }
}

fn page(
    conn: &Connection,
    tenant: TenantKey,
    asked: ReportFor,
    after: Option<ConversationId>,
) -> store::Result<ReportPage> {
    let found = conversations::by_id(conn, tenant, after, REPORT_PAGE_ROWS)?;
    let next = found
        .last()
        .filter(|_| found.len() == REPORT_PAGE_ROWS)
        .map(|it| it.0.conversation);
    let staff = staff::load(conn, tenant)?;
    let mut rows = vec![];
    for (row, owner) in found {
        let fits =
            asked.only.is_none_or(|only| owner == Some(only)) && asked.since.is_none_or(|since| row.opened_at >= since);
        if !fits {
            continue;
        }
        let (facts, group) = figures::facts_of(conn, tenant, row.conversation)?;
        let owner = owner.and_then(|owner| staff.agent(owner)).map(|it| it.agent.clone());
        let group = group.and_then(|group| staff.groups.iter().find(|it| it.id == group));
        rows.push(Reported {
            owner,
            group: group.map(|it| it.name.clone()),
            facts,
            row,
        });
    }
    Ok(ReportPage { rows, next })
}
