//! Who takes part: as much of a person as others may know.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AgentId, CustomerId},
    text::{CustomerName, DisplayName},
};

/// An agent as colleagues see one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct AgentRef {
    /// The account.
    pub id: AgentId,
    /// The name that customers see too.
    pub name: DisplayName,
}

/// What an agent may do. An admin can do all that an agent can.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers customers.
    Agent,
    /// Also manages people and settings.
    Admin,
}

/// How a customer's name was come by. Realms never merge by themselves.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Realm {
    /// Chosen by the customer, proven by the secret of first use.
    Named,
    /// Signed by the tenant's own site.
    Signed,
    /// Given by the server to somebody who gave none.
    Anonymous,
}

/// A customer as agents see one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct CustomerRef {
    /// The internal id; it authorises nothing.
    pub id: CustomerId,
    /// The name, unique within (tenant, realm).
    pub name: CustomerName,
    /// Where the name comes from.
    pub realm: Realm,
}
