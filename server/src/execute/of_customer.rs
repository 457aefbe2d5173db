//! What customers decide about their own accounts, written in the transaction of the command.

use minicom_protocol::ids::CommandId;
use serde_json::json;

use super::{Scope, erase};
use crate::{
    accounts::device_id,
    decide::OfCustomer,
    order::{Caller, Who},
    store::{
        self, admission,
        audit::{Actor, By},
        devices,
    },
};

/// Writes it.
pub fn write(scope: &mut Scope<'_>, caller: &Caller, id: CommandId, what: &OfCustomer) -> store::Result<()> {
    let Who::Customer(customer) = &caller.who else {
        return Ok(());
    };
    let by = caller.by.clone().unwrap_or_else(|| By {
        actor: Actor::Customer {
            id: customer.id.to_string(),
        },
        address: None,
    });
    match what {
        OfCustomer::Consents(text) => admission::consent(scope.conn, scope.tenant, customer.id, text, scope.now),
        OfCustomer::RevokesDevice(digest) => {
            devices::revoke(scope.conn, scope.tenant, customer.id, digest)?;
            let detail = json!({"device": device_id(digest)});
            scope.audit(&by, "customer.device_revoked", customer.id.to_string(), detail)
        }
        OfCustomer::Forgets => erase::customer(scope, customer.id, None, &by, Some(id)).map(drop),
    }
}
