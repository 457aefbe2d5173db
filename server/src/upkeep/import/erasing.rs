//! What was erased on the desk that lines come from, erased on the one that takes them: its journal, its files, what can be found.
//! A thread is folded again once for all of its conversations that were erased together.

use minicom_protocol::{
    event::EventBody,
    ids::{ConversationId, CustomerId},
    people::CustomerRef,
};
use rusqlite::Connection;
use serde_json::json;

use super::{Line, Taken};
use crate::{
    execute::Scope,
    store::{self, TenantKey, audit::By, conversations, erasure, files::FileRow, people},
};

/// See the module.
pub struct Erasing<'a> {
    by: &'a By,
    /// Conversations of a customer whose texts are to go.
    begun: Option<(CustomerId, Vec<ConversationId>)>,
    /// Customers who were erased.
    customers: Vec<CustomerId>,
    any: bool,
}

/// Whether a customer was erased where this was written.
pub fn is_nobody(customer: &CustomerRef) -> bool {
    erasure::nobody(customer).is_ok_and(|nobody| nobody == *customer)
}

/// Whether a file belongs to somebody, or to a conversation, that is erased here.
pub fn is_of_nobody(conn: &Connection, tenant: TenantKey, file: &FileRow) -> store::Result<bool> {
    let conversation = match file.conversation {
        Some(id) => conversations::is_erased(conn, tenant, id)?,
        None => false,
    };
    Ok(conversation || erasure::is_erased(conn, tenant, file.customer)?)
}

impl<'a> Erasing<'a> {
    /// By the one who takes the lines in.
    pub fn by(by: &'a By) -> Self {
        Erasing {
            by,
            begun: None,
            customers: vec![],
            any: false,
        }
    }

    /// Before a line is written: what comes after an erasure is not part of it.
    pub fn before(&mut self, scope: &Scope<'_>, line: &Line) -> store::Result<()> {
        let goes_on = match (line, &self.begun) {
            (Line::Event(event), Some((customer, _))) => {
                matches!(event.body, EventBody::Erased(_)) && event.subject.customer() == Some(*customer)
            }
            _ => false,
        };
        if goes_on { Ok(()) } else { self.end(scope) }
    }

    /// A conversation was erased.
    pub fn conversation(
        &mut self,
        scope: &Scope<'_>,
        customer: CustomerId,
        conversation: ConversationId,
    ) -> store::Result<()> {
        match &mut self.begun {
            Some((id, all)) if *id == customer => all.push(conversation),
            _ => {
                self.end(scope)?;
                self.begun = Some((customer, vec![conversation]));
            }
        }
        Ok(())
    }

    /// A customer was. Whether the customer was not erased here yet.
    pub fn customer(&mut self, scope: &Scope<'_>, id: CustomerId) -> store::Result<bool> {
        self.end(scope)?;
        let (conn, tenant) = (scope.conn, scope.tenant);
        let Some(known) = people::customer_by_id(conn, tenant, id)? else {
            return Ok(false);
        };
        if erasure::is_erased(conn, tenant, id)? {
            return Ok(false);
        }
        let count = conversations::ids_of(conn, tenant, id)?.len();
        erasure::customer(conn, tenant, &erasure::nobody(&known)?, scope.now)?;
        let detail = json!({"conversations": count, "imported": true});
        scope.audit(self.by, "customer.erased", id.to_string(), detail)?;
        self.customers.push(id);
        self.any = true;
        Ok(true)
    }

    /// Tells what was erased, when all lines are written.
    pub fn done(mut self, scope: &Scope<'_>, taken: &mut Taken) -> store::Result<()> {
        self.end(scope)?;
        taken.erased = self.customers;
        taken.erases = self.any;
        Ok(())
    }

    fn end(&mut self, scope: &Scope<'_>) -> store::Result<()> {
        let Some((id, all)) = self.begun.take() else {
            return Ok(());
        };
        let Some(customer) = people::customer_by_id(scope.conn, scope.tenant, id)? else {
            return Ok(());
        };
        erasure::conversations(scope.conn, scope.tenant, &customer, &all, scope.now)?;
        self.any = true;
        // With the customer they stand in the log as one.
        if !is_nobody(&customer) {
            for conversation in all {
                let detail = json!({"imported": true});
                scope.audit(self.by, "conversation.erased", conversation.to_string(), detail)?;
            }
        }
        Ok(())
    }
}
