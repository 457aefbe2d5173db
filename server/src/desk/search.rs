//! Searching through the front door: what was typed, in times of the desk's own zone, within the time that a search may take.

use minicom_protocol::{
    hours::Hours,
    ids::{AgentId, ConversationId, CustomerId, Rev, Time},
    refusal::Refusal,
    search::{Found, Query, query::Moment},
};

use super::Desk;
use crate::{
    clock,
    hours::Calendar,
    limits,
    store::{
        TenantKey,
        search::{self, Asked},
        settings,
    },
};

/// Where it is searched, and which page of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SearchIn {
    /// Only in this customer's thread.
    pub customer: Option<CustomerId>,
    /// Only in this conversation.
    pub conversation: Option<ConversationId>,
    /// Only what is before this position.
    pub before: Option<Rev>,
    /// At most so many: 1 to [`limits::PAGE_OF_LONG_MAX`].
    pub limit: usize,
}

impl Desk {
    /// Looks for what an agent typed, in all that agents can see, newest first. Any text is a search. It ends in time; a page that
    /// is not full by then says so.
    ///
    /// # Errors
    /// `not_found` for an unknown conversation and for one of another tenant; what kept the store from answering.
    pub async fn search(
        &self,
        tenant: TenantKey,
        me: AgentId,
        typed: String,
        place: SearchIn,
    ) -> Result<Found, Refusal> {
        let found = self.read_within(Some(limits::SEARCH_STOP), move |conn| {
            let mut query = Query::parse(&typed);
            let hours = settings::load(conn, tenant)?.hours;
            let (now, times) = (clock::now(), Times::new(hours.as_ref()));
            let time = |moment: &Option<Moment>| moment.and_then(|it| times.at(it, now));
            let (since, until) = (time(&query.after), time(&query.before));
            query.unclear.truncate(limits::SEARCH_UNCLEAR_MAX);
            let asked = Asked {
                query,
                me,
                customer: place.customer,
                conversation: place.conversation,
                since,
                until,
                before: place.before,
                limit: place.limit,
            };
            search::find(conn, tenant, &asked, limits::SEARCH_WALK)
        });
        found.await?.ok_or(Refusal::NotFound)
    }
}

/// Days of the desk's own zone.
struct Times(Calendar);

impl Times {
    fn new(hours: Option<&Hours>) -> Times {
        // The zone was checked when it was chosen; another release may know other zones.
        Times(Calendar::or_utc(hours))
    }

    fn at(&self, moment: Moment, now: Time) -> Option<Time> {
        match moment {
            Moment::Ago(ms) => Some(now.plus_ms(-ms)),
            Moment::Day(date) => self.0.day_begins(date),
            Moment::DaysBack(days) => self.0.days_back(now, days),
        }
    }
}
