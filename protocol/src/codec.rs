//! From frames to text and back, with refusals that say what was wrong with a frame.

use serde_json::Value;

use crate::{
    frame::{Agents, Audience, Customers, ToClient, ToServer},
    refusal::Refusal,
};

/// A frame as text.
pub fn encode<A: Audience>(frame: &ToClient<A>) -> String {
    to_text(frame)
}

/// A client's frame as text.
pub fn encode_to_server<A: Audience>(frame: &ToServer<A>) -> String {
    to_text(frame)
}

fn to_text(frame: &impl serde::Serialize) -> String {
    // Every frame is made of maps with text keys and finite numbers, which JSON always has a form for.
    serde_json::to_string(frame).expect("a frame always has a JSON form")
}

/// Reads a client's frame. The refusal says whether it is no JSON, of an unknown type, or has a field that does not fit.
pub fn decode<A: Audience>(text: &str) -> Result<ToServer<A>, Refusal> {
    let value: Value = serde_json::from_str(text).map_err(|error| Refusal::BadJson { why: error.to_string() })?;
    let kind = match value.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        Some(_) => {
            return Err(Refusal::BadField {
                why: "`type` is not a text".to_owned(),
            });
        }
        None if value.is_object() => {
            return Err(Refusal::BadField {
                why: "`type` is missing".to_owned(),
            });
        }
        None => {
            return Err(Refusal::BadField {
                why: "a frame is an object with a `type`".to_owned(),
            });
        }
    };
    let unknown = unknown_name::<A>(&kind, &value);
    serde_json::from_value(value).map_err(|error| unknown.unwrap_or(Refusal::BadField { why: error.to_string() }))
}

/// The refusal for a frame, command or question of a name that is not known, or not for this audience.
fn unknown_name<A: Audience>(kind: &str, value: &Value) -> Option<Refusal> {
    let named = |outer: &str, tag: &str| value.get(outer)?.get(tag)?.as_str().map(str::to_owned);
    match kind {
        "hello" | "typing" | "ping" => None,
        "command" => {
            let name = named("command", "do")?;
            let theirs = Agents::COMMANDS.contains(&name.as_str()) || Customers::COMMANDS.contains(&name.as_str());
            match (A::COMMANDS.contains(&name.as_str()), theirs) {
                (true, _) => None,
                (false, true) => Some(Refusal::Forbidden),
                (false, false) => Some(Refusal::UnknownType {
                    what: format!("the command `{name}`"),
                }),
            }
        }
        "ask" => {
            let name = named("question", "ask")?;
            let theirs = Agents::QUESTIONS.contains(&name.as_str()) || Customers::QUESTIONS.contains(&name.as_str());
            match (A::QUESTIONS.contains(&name.as_str()), theirs) {
                (true, _) => None,
                (false, true) => Some(Refusal::Forbidden),
                (false, false) => Some(Refusal::UnknownType {
                    what: format!("the question `{name}`"),
                }),
            }
        }
        other => Some(Refusal::UnknownType {
            what: format!("frames of the type `{other}`"),
        }),
    }
}

/// Reads a server's frame.
pub fn decode_from_server<A: Audience>(text: &str) -> Result<ToClient<A>, serde_json::Error> {
    serde_json::from_str(text)
}
