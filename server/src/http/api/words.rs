//! Words that several resources have, as the description tells them, and bodies that several routes take.

use minicom_protocol::{
    ids::AgentId,
    intake::ClientInfo,
    people::{AgentRef, CustomerRef, Realm},
};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::ToSchema;

use crate::{accounts::SignedIn, http::error::ApiError};

/// How urgent a conversation is.
#[derive(ToSchema)]
#[schema(as = Priority, rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes the protocol's own type")]
pub enum PriorityWord {
    Low,
    Medium,
    High,
    Urgent,
}

/// How a customer's name was come by: chosen by the customer, signed by the tenant's site, or given by the server.
#[derive(ToSchema)]
#[schema(as = Realm, rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes the protocol's own type")]
pub enum RealmWord {
    Named,
    Signed,
    Anonymous,
}

/// No field is needed. A body may be left out.
#[derive(Deserialize, ToSchema)]
pub struct Nothing {}

/// An agent.
#[derive(Clone, Serialize, ToSchema)]
pub struct Person {
    /// The account's id.
    #[schema(value_type = Uuid)]
    pub id: AgentId,
    /// The name that customers see.
    #[schema(example = "Bo")]
    pub name: String,
}

impl From<&AgentRef> for Person {
    fn from(it: &AgentRef) -> Person {
        Person {
            id: it.id,
            name: it.name.to_string(),
        }
    }
}

/// A customer.
#[derive(Clone, Serialize, ToSchema)]
pub struct CustomerName {
    /// The internal id; it authorises nothing.
    #[schema(value_type = Uuid)]
    pub id: minicom_protocol::ids::CustomerId,
    /// The name, unique in its realm.
    #[schema(example = "alice")]
    pub name: String,
    /// How the name was come by.
    #[schema(value_type = RealmWord)]
    pub realm: Realm,
}

impl From<&CustomerRef> for CustomerName {
    fn from(it: &CustomerRef) -> CustomerName {
        CustomerName {
            id: it.id,
            name: it.name.to_string(),
            realm: it.realm,
        }
    }
}

/// An offset that some place on earth has.
fn utc_offset<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<i16>, D::Error> {
    const MOST: i16 = 14 * 60;
    let offset = Option::<i16>::deserialize(reader)?;
    match offset.is_some_and(|it| !(-MOST..=MOST).contains(&it)) {
        true => Err(D::Error::custom(format!("it is from -{MOST} to {MOST} minutes"))),
        false => Ok(offset),
    }
}

/// What a customer's program says of itself and its surroundings. Strangers' words, each cut to 200 characters. Other names
/// are passed over.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Metadata {
    /// The program and its version, or the browser.
    #[serde(alias = "browser", alias = "user_agent", skip_serializing_if = "Option::is_none")]
    #[schema(example = "Firefox 140")]
    pub client: Option<String>,
    /// The page that it was opened on.
    #[serde(alias = "page_url", alias = "url", skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://shop.example/cart")]
    pub page: Option<String>,
    /// The computer's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The operating system, or the device.
    #[serde(alias = "device", alias = "platform", skip_serializing_if = "Option::is_none")]
    #[schema(example = "Linux")]
    pub os: Option<String>,
    /// Language and country.
    #[serde(alias = "language", skip_serializing_if = "Option::is_none")]
    #[schema(example = "de_DE")]
    pub locale: Option<String>,
    /// Minutes east of UTC.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "utc_offset")]
    #[schema(minimum = -840, maximum = 840)]
    pub utc_offset_min: Option<i16>,
}

impl From<Metadata> for ClientInfo {
    fn from(it: Metadata) -> ClientInfo {
        ClientInfo {
            client: it.client,
            page: it.page,
            host: it.host,
            os: it.os,
            locale: it.locale,
            utc_offset_min: it.utc_offset_min,
        }
    }
}

impl From<&ClientInfo> for Metadata {
    fn from(it: &ClientInfo) -> Metadata {
        let it = it.clone();
        Metadata {
            client: it.client,
            page: it.page,
            host: it.host,
            os: it.os,
            locale: it.locale,
            utc_offset_min: it.utc_offset_min,
        }
    }
}

/// An agent's id, or `me`.
pub fn agent_named(text: &str, me: &SignedIn) -> Result<AgentId, ApiError> {
    match text {
        "me" => Ok(me.agent.id),
        other => other
            .parse()
            .map_err(|_| ApiError::bad_field("an agent is named by the account's id, or by `me`")),
    }
}

/// One text that has two names: the sources differ.
pub fn either(message: Option<String>, content: Option<String>) -> Result<Option<String>, ApiError> {
    match (message, content) {
        (Some(message), Some(content)) if message != content => Err(ApiError::bad_field(
            "`message` and `content` are two names for one text: send one of them",
        )),
        (message, content) => Ok(message.or(content)),
    }
}
