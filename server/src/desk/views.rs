//! Views: names that an agent gave to filters of the list. They are the agent's own and no event: nobody else sees them.

use minicom_protocol::{command::Sender, ids::AgentId, refusal::Refusal, search::SavedView};

use super::{Desk, Once};
use crate::{
    limits::{VIEW_FILTER_CHARS_MAX, VIEWS_MAX},
    store::{TenantKey, views},
};

impl Desk {
    /// An agent's views, in their order.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn views(&self, tenant: TenantKey, agent: AgentId) -> Result<Vec<SavedView>, Refusal> {
        self.read(move |conn| views::of_agent(conn, tenant, agent)).await
    }

    /// Saves a view, in the place of one of the same name. The name is one of a tag.
    ///
    /// # Errors
    /// `bad_field` for a filter that is too long, and for one view too many; what kept it from being written.
    pub async fn save_view(
        &self,
        tenant: TenantKey,
        agent: AgentId,
        once: Option<Once>,
        view: SavedView,
    ) -> Result<SavedView, Refusal> {
        let filter = view.filter.trim();
        if filter.is_empty() || filter.chars().count() > VIEW_FILTER_CHARS_MAX || filter.contains(char::is_control) {
            let why = format!("`filter` is one line of 1 to {VIEW_FILTER_CHARS_MAX} characters");
            return Err(Refusal::BadField { why });
        }
        let view = SavedView {
            filter: filter.to_owned(),
            ..view
        };
        let saved = self.write_once(tenant, Sender::Agent(agent), once, move |scope| {
            let there = views::of_agent(scope.conn, tenant, agent)?;
            if there.len() >= VIEWS_MAX && there.iter().all(|it| it.name != view.name) {
                let why = format!("there are {VIEWS_MAX} views already; delete one first");
                return Ok(Err(Refusal::BadField { why }));
            }
            views::save(scope.conn, tenant, agent, &view)?;
            Ok(Ok(view))
        });
        saved.await?
    }

    /// Deletes a view.
    ///
    /// # Errors
    /// `not_found` if the agent has none of this name.
    pub async fn delete_view(
        &self,
        tenant: TenantKey,
        agent: AgentId,
        once: Option<Once>,
        name: String,
    ) -> Result<(), Refusal> {
        let removed = self.write_once(tenant, Sender::Agent(agent), once, move |scope| {
            Ok(match views::remove(scope.conn, tenant, agent, &name)? {
                true => Ok(()),
                false => Err(Refusal::NotFound),
            })
        });
        removed.await?
    }
}
