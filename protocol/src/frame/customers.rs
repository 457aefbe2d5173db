//! What is customers' alone: who they are, what they start from, ask, are told, and hear in passing.

use serde::{Deserialize, Serialize};

use crate::{
    customer_event::CustomerEvent,
    ids::{LineNo, Seq, TenantId, Time},
    library::Article,
    search::FoundArticle,
    settings::{First, PreChatQuestion},
    text::{CustomerName, DisplayName},
    thread_view::ThreadView,
    words::Tag,
};

/// Who a customer is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CustomerMe {
    /// The name.
    pub name: CustomerName,
    /// The tenant whose desk it is.
    pub tenant: TenantId,
    /// The desk's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub desk: String,
    /// A line under the name; empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subtitle: String,
    /// The desk's colour on the web, as `#rrggbb`; empty: the page's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub colour: String,
    /// Who answers first.
    #[serde(default)]
    pub first: First,
    /// What is asked before the first line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<PreChatQuestion>,
    /// For how many seconds one's own last line can be changed.
    #[serde(default)]
    pub edit_window_s: u32,
    /// What is to be agreed to before anything is written, by [`Consent`](crate::command::CustomerCommand::Consent); empty:
    /// nothing, or it is agreed to already.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub consent: String,
    /// Whether the tenant's site vouches for the customer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub verified: bool,
}

impl CustomerMe {
    /// Takes in that the tenant has chosen otherwise.
    pub fn hear(&mut self, look: DeskLook) {
        let DeskLook {
            desk,
            subtitle,
            colour,
            first,
            questions,
            edit_window_s,
            consent,
        } = look;
        (self.desk, self.subtitle, self.colour) = (desk, subtitle, colour);
        (self.first, self.questions, self.edit_window_s) = (first, questions, edit_window_s);
        if let Some(consent) = consent {
            self.consent = consent;
        }
    }
}

/// What a tenant has chosen, as far as its customers see it. The fields are those of [`CustomerMe`].
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct DeskLook {
    /// The desk's name.
    #[serde(default)]
    pub desk: String,
    /// A line under the name; empty: none.
    #[serde(default)]
    pub subtitle: String,
    /// The desk's colour on the web, as `#rrggbb`; empty: the page's own.
    #[serde(default)]
    pub colour: String,
    /// Who answers first.
    #[serde(default)]
    pub first: First,
    /// What is asked before the first line.
    #[serde(default)]
    pub questions: Vec<PreChatQuestion>,
    /// For how many seconds one's own last line can be changed.
    #[serde(default)]
    pub edit_window_s: u32,
    /// What is to be agreed to from now on, empty: nothing; left out: as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<String>,
}

/// A customer's snapshot: the thread, and its last page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CustomerSnapshot {
    /// The thread as folded up to the snapshot's position.
    pub view: ThreadView,
    /// The last events, in order.
    pub events: Vec<CustomerEvent>,
    /// Whether there are older ones to ask for.
    pub more: bool,
}

/// What a customer may ask.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum CustomerQuestion {
    /// A page of the thread before a position.
    Thread {
        /// Only what is before this position; the newest if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Seq>,
        /// At most this many events, 1 to 200.
        limit: u32,
    },
    /// A published article in full.
    Article {
        /// Which.
        slug: Tag,
    },
    /// Published articles that fit a search, best first.
    Articles {
        /// Words to look for in title, tags and body: any text is a search.
        query: String,
        /// At most this many, 1 to 100.
        limit: u32,
    },
    /// A one-time code by which another device becomes this customer's. An older code ends.
    Link {},
    /// The devices whose secrets prove the name.
    Devices {},
    /// A page of all that is kept of the customer.
    Export {
        /// Only what is behind this position; from the beginning if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<u64>,
    },
}

/// What a customer is told.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum CustomerReply {
    /// A page of the thread, in order.
    Thread {
        /// The events, oldest first.
        events: Vec<CustomerEvent>,
        /// Whether there are older ones.
        more: bool,
    },
    /// Published articles.
    Articles {
        /// The best first.
        articles: Vec<FoundArticle>,
    },
    /// An article in full.
    Article {
        /// The article.
        article: Article,
    },
    /// A code for another device.
    Link {
        /// The code, to be typed there. It is good once.
        code: String,
        /// Until when.
        expires_at: Time,
    },
    /// The devices of the customer, oldest first.
    Devices {
        /// Each of them.
        devices: Vec<Device>,
    },
    /// A page of what is kept.
    Export {
        /// One thing each, with its kind in `export`.
        rows: Vec<serde_json::Value>,
        /// Where the next page begins; left out after the last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<u64>,
    },
}

/// A device that proves a customer's name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Device {
    /// By which it is named. It proves nothing.
    pub id: String,
    /// Since when it is the customer's.
    pub created_at: Time,
    /// Whether it is the one that asks.
    #[serde(default)]
    pub this: bool,
}

/// What a customer is told without it being stored. Each is a whole value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum CustomerSignal {
    /// The other side is writing, or has stopped. It ends by itself after 6 seconds.
    #[serde(rename = "chat.typing")]
    Typing {
        /// The agent's name; left out for the bot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<DisplayName>,
        /// Whether somebody is typing.
        on: bool,
        /// The thread's position when it was said: older than the last line of the desk, it is ignored.
        at: Seq,
    },
    /// The bot's answer as far as it is there. It is no line yet: the line comes as an event, and ends it.
    #[serde(rename = "bot.delta")]
    BotDelta {
        /// All of it so far, not only what is new.
        text: String,
        /// The thread's position when it began: older than the last line of the desk, it is ignored.
        at: Seq,
    },
    /// The bot's answer does not grow any more: its line is there, or nothing came of it.
    #[serde(rename = "bot.done")]
    BotDone {
        /// As in `bot.delta`.
        at: Seq,
    },
    /// The place in the queue.
    #[serde(rename = "chat.queue.place")]
    Place {
        /// 1 is next; left out when not in the queue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<u64>,
        /// How much longer it may take, from the last waits; left out while too few are known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        estimate: Option<Estimate>,
    },
    /// The customer's lines are on a person's screen up to here.
    #[serde(rename = "chat.delivered")]
    Delivered {
        /// The newest line of the customer.
        up_to: LineNo,
    },
    /// Whether the desk is open, and whether somebody is there: two facts.
    #[serde(rename = "desk.open")]
    Open {
        /// Whether it is within the desk's hours; `true` for a desk without hours.
        open_now: bool,
        /// Whether an agent is there who takes customers.
        agents_available: bool,
        /// When it opens next, if it is closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_open_at: Option<Time>,
    },
    /// The tenant has chosen otherwise while the connection was open.
    #[serde(rename = "desk.settings")]
    Look(DeskLook),
}

/// A range of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Estimate {
    /// At least about this many minutes.
    pub from_min: u32,
    /// At most about this many minutes.
    pub to_min: u32,
}
