//! What is known of a customer besides the conversation: from the store, and from the operator's own command. A customer
//! whom an agent has joined with another is one person here: counts and lists are of all names together.

use minicom_protocol::{
    context::{AccountStatus, CustomerContext},
    ids::{CustomerId, TenantId},
    people::Realm,
    refusal::Refusal,
};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::Desk;
use crate::{
    clock::{self, rfc3339},
    limits,
    store::{self, TenantKey, conversations, journal, people, profiles, tickets},
};

impl Desk {
    /// What is known of a customer, all of one moment. Lists are bounded by `limits.rs`.
    ///
    /// # Errors
    /// `not_found` for an unknown customer and for one of another tenant.
    pub async fn customer_context(&self, tenant: TenantKey, customer: CustomerId) -> Result<CustomerContext, Refusal> {
        self.read(move |conn| context(conn, tenant, customer))
            .await?
            .ok_or(Refusal::NotFound)
    }

    /// What the operator's own command says of a customer: lines as raw as it gave them, and what went wrong if anything
    /// did. Nothing of both without a command. It may take as long as the command may.
    ///
    /// # Errors
    /// `not_found` for an unknown customer and for one of another tenant.
    pub async fn extra(
        &self,
        tenant: &TenantId,
        customer: CustomerId,
    ) -> Result<(Vec<String>, Option<String>), Refusal> {
        let known = self.customer_context(self.tenant(tenant)?, customer).await?;
        let Some(command) = &self.context_command else {
            return Ok((vec![], None));
        };
        Ok(match command.lines(&about(tenant, &known)).await {
            Ok(lines) => (lines, None),
            Err(trouble) => (vec![], Some(trouble.to_string())),
        })
    }
}

/// What the operator's command is told on its standard input.
fn about(tenant: &TenantId, known: &CustomerContext) -> Value {
    json!({
        "tenant": tenant,
        "id": known.customer.id,
        "name": known.customer.name,
        "realm": known.customer.realm,
        "verified": known.verified,
        "first_seen": rfc3339(known.first_seen),
        "profile": known.profile,
        "also": known.also.iter().map(|it| &it.name).collect::<Vec<_>>(),
        "counts": {
            "conversations": known.conversations,
            "open_conversations": known.open_conversations,
            "tickets": known.tickets,
            "open_tickets": known.open_tickets,
        },
    })
}

fn context(conn: &Connection, tenant: TenantKey, id: CustomerId) -> store::Result<Option<CustomerContext>> {
    let Some(customer) = people::customer_by_id(conn, tenant, id)? else {
        return Ok(None);
    };
    let mut also = profiles::same_person(conn, tenant, id)?;
    also.truncate(limits::CONTEXT_ALSO_MAX);
    let names: Vec<CustomerId> = std::iter::once(id).chain(also.iter().map(|it| it.id)).collect();
    let mut first_seen = None;
    for name in &names {
        let seen = profiles::first_seen(conn, tenant, *name)?;
        first_seen = [first_seen, seen].into_iter().flatten().min();
    }
    let (conversations, open_conversations) = conversations::counts(conn, tenant, &names)?;
    let profile = profiles::load(conn, tenant, id)?;
    let (tickets, open_tickets) = tickets::counts(conn, tenant, &names)?;
    Ok(Some(CustomerContext {
        verified: customer.realm == Realm::Signed,
        // Whoever is a customer was made at some time; the row has it.
        first_seen: first_seen.unwrap_or_default(),
        status: match profile.blocked.as_ref().is_some_and(|it| it.holds(clock::now())) {
            true => AccountStatus::Blocked,
            false => AccountStatus::Active,
        },
        profile,
        also,
        conversations,
        open_conversations,
        newest: conversations::of_customers(conn, tenant, &names, limits::CONTEXT_CONVERSATIONS_MAX)?,
        tickets,
        open_tickets,
        newest_tickets: tickets::of_customers(conn, tenant, &names, limits::CONTEXT_TICKETS_MAX)?,
        notes: journal::notes_of(conn, tenant, &names, limits::CONTEXT_NOTES_MAX)?,
        customer,
    }))
}
