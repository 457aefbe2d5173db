//! From frames to text and back, with refusals that say what was wrong with a frame.

use serde_json::Value;

use crate::{
    frame::{Agents, Audience, Customers, ToClient, ToServer},
    gate::Shown,
    refusal::Refusal,
};

/// Columns of a stranger's text in a refusal: enough to find the mistake, and no echo of a whole frame.
const QUOTED_COLUMNS_MAX: usize = 160;

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
    let value: Value = serde_json::from_str(text).map_err(|error| Refusal::BadJson { why: quoted(&error) })?;
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
    serde_json::from_value(value).map_err(|error| unknown.unwrap_or(Refusal::BadField { why: quoted(&error) }))
}

/// What the parser says, which may quote all of what was sent.
fn quoted(error: &serde_json::Error) -> String {
    cut(&error.to_string())
}

fn cut(text: &str) -> String {
    Shown::line(text).cut(QUOTED_COLUMNS_MAX).as_str().to_owned()
}

/// The refusal for a frame, command or question of a name that is not known, or not for this audience.
fn unknown_name<A: Audience>(kind: &str, value: &Value) -> Option<Refusal> {
    let named = |outer: &str, tag: &str| value.get(outer)?.get(tag)?.as_str().map(str::to_owned);
    match kind {
        "hello" | "typing" | "delivered" | "viewing" | "ping" => None,
        "command" => {
            let name = named("command", "do")?;
            let theirs = Agents::COMMANDS.contains(&name.as_str()) || Customers::COMMANDS.contains(&name.as_str());
            match (A::COMMANDS.contains(&name.as_str()), theirs) {
                (true, _) => None,
                (false, true) => Some(Refusal::Forbidden),
                (false, false) => Some(Refusal::UnknownType {
                    what: format!("the command `{}`", cut(&name)),
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
                    what: format!("the question `{}`", cut(&name)),
                }),
            }
        }
        other => Some(Refusal::UnknownType {
            what: format!("frames of the type `{}`", cut(other)),
        }),
    }
}

/// Reads a server's frame.
pub fn decode_from_server<A: Audience>(text: &str) -> Result<ToClient<A>, serde_json::Error> {
    serde_json::from_str(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_no_echo_of_the_frame() {
        let long = "\u{7f}".repeat(60_000);
        let id = "0190a000-0000-7000-8000-000000000000";
        for text in [
            format!(r#"{{"type":"{long}"}}"#),
            format!(r#"{{"type":"ping","n":"{long}"}}"#),
            format!(r#"{{"type":"command","id":"{id}","command":{{"do":"{long}"}}}}"#),
            format!(r#"{{"type":"ask","n":1,"question":{{"ask":"{long}"}}}}"#),
            format!(r#"{{"type":"command","id":"{long}","command":{{"do":"close"}}}}"#),
        ] {
            let refused = [decode::<Agents>(&text).map(drop), decode::<Customers>(&text).map(drop)];
            for refused in refused {
                let said = refused.unwrap_err().to_wire().to_string();
                assert!(said.len() < 4_000, "{} bytes for {:.40}", said.len(), text);
            }
        }
    }
}
