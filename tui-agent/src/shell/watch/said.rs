//! An event as a line: in words, or in fields of `--format`. Who the customer is, events seldom say; it is asked once for each
//! conversation.

use std::collections::HashMap;

use minicom_tui_kit::{Shown, Zone};
use serde_json::Value;

use crate::{
    manage::office::{Office, field, segment},
    shell::format::Format,
};

/// How events are told.
pub(super) enum Telling {
    Json,
    Format(Format),
    Words,
}

impl Telling {
    /// Whether the customer's name is needed.
    pub fn wants_customer(&self) -> bool {
        match self {
            Telling::Json => false,
            Telling::Format(format) => format.has("customer"),
            Telling::Words => true,
        }
    }
}

/// Names that are remembered; then they are asked for again.
const NAMES_MAX: usize = 10_000;

/// Customers' names by conversation.
pub(super) struct Names<'a> {
    zone: &'a Zone,
    known: HashMap<String, String>,
}

impl<'a> Names<'a> {
    pub fn new(zone: &'a Zone) -> Names<'a> {
        Names {
            zone,
            known: HashMap::new(),
        }
    }

    /// The name of the customer whom an event is about; none where it is about nobody, or nobody says.
    pub async fn customer(&mut self, office: &Office, event: &Value) -> Option<String> {
        let (conversation, named) = whose(event);
        // A change of the profile, for one, is about the customer and no conversation.
        let Some(conversation) = conversation else {
            return named.map(str::to_owned);
        };
        if let Some(name) = self.known.get(conversation) {
            return Some(name.clone());
        }
        let name = match named {
            Some(name) => name.to_owned(),
            None => {
                let session = office.get(&format!("/sessions/{}", segment(conversation))).await.ok()?;
                field(&session, "customer_id").to_owned()
            }
        };
        if self.known.len() >= NAMES_MAX {
            self.known.clear();
        }
        self.known.insert(conversation.to_owned(), name.clone());
        Some(name)
    }

    /// `14:02 alice  Ada: Hello`.
    pub fn words(&self, event: &Value, customer: Option<&str>) -> String {
        let at = event["time"]
            .as_i64()
            .map_or_else(String::new, |at| self.zone.clock(at));
        let whose = customer.map_or_else(String::new, |name| format!(" {}", Shown::name(name)));
        let text = text(event);
        let said = match (sender(event), text.is_empty()) {
            // A note has its text beside the words.
            ("", false) => format!("-- {}: {}", Shown::line(field(event, "fallback")), Shown::line(&text)),
            ("", true) => match event["fallback"].as_str() {
                Some(words) => format!("-- {}", Shown::line(words)),
                None => format!("-- {}", Shown::line(field(event, "kind"))),
            },
            (sender, _) => {
                let who = match field(&event["data"]["agent"], "name") {
                    "" => Shown::line(sender),
                    name => Shown::name(name),
                };
                format!("{who}: {}", Shown::line(&text))
            }
        };
        format!("{at}{whose} {said}\n")
    }
}

/// The conversation of an event and its customer's name, as far as it says.
fn whose(event: &Value) -> (Option<&str>, Option<&str>) {
    (
        event["subject"]["conversation"].as_str(),
        event["data"]["customer"]["name"].as_str(),
    )
}

/// Who wrote it, of a line.
fn sender(event: &Value) -> &str {
    field(&event["data"], "sender")
}

/// What a line or a note says: its texts, and what stands for the rest.
fn text(event: &Value) -> String {
    let data = &event["data"];
    let parts = data["parts"].as_array().map_or(&[][..], Vec::as_slice);
    let said = |part: &Value| {
        let text = part["text"].as_str().or(part["fallback"].as_str());
        text.map(str::to_owned)
    };
    match parts.is_empty() {
        true => field(data, "text").to_owned(),
        false => parts.iter().filter_map(said).collect::<Vec<_>>().join(" "),
    }
}

/// Fields that `--format` knows besides those of an event.
pub(super) fn extra(event: &Value, cursor: &str, customer: Option<&str>, name: &str) -> Option<String> {
    match name {
        "cursor" => Some(cursor.to_owned()),
        "conversation" => Some(field(&event["subject"], "conversation").to_owned()),
        "customer" => Some(customer.unwrap_or_default().to_owned()),
        "sender" => Some(sender(event).to_owned()),
        "agent" => Some(field(&event["data"]["agent"], "name").to_owned()),
        "text" => Some(text(event)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::format::Unknown;
    use serde_json::json;

    #[test]
    fn a_changed_profile_says_whose_though_it_is_of_no_conversation() {
        let event = json!({"rev": 8, "kind": "customer.changed", "subject": {"of": "customer", "customer": "1"},
            "data": {"customer": {"id": "1", "name": "carol", "realm": "named"}, "profile": {}}});
        let (conversation, name) = whose(&event);
        assert_eq!((conversation, name), (None, Some("carol")));
        let zone = Zone::utc();
        assert_eq!(Names::new(&zone).words(&event, name), " carol -- customer.changed\n");
    }

    #[test]
    fn an_event_has_its_fields() {
        let event = json!({"rev": 7, "kind": "chat.message.new", "subject": {"of": "conversation", "conversation": "1"},
            "data": {"sender": "agent", "agent": {"name": "Ada"}, "parts": [{"type": "text", "text": "Hi\u{1b}[2J"},
            {"type": "file", "fallback": "File: a.log"}]}});
        let format =
            Format::parse("{cursor}|{rev}|{conversation}|{customer}|{sender}|{agent}|{text}|{nothing}").unwrap();
        let line = format.fill(&event, Unknown::Empty, |name| {
            extra(&event, "7.aa", Some("alice"), name)
        });
        assert_eq!(line.unwrap(), "7.aa|7|1|alice|agent|Ada|Hi␛[2J File: a.log|\n");
        assert_eq!(text(&json!({"data": {"text": "a note"}})), "a note");
    }
}
