//! The first frame: it must come in time, be Hello, and be of a version that is spoken here.

use std::time::Duration;

use minicom_protocol::{
    codec,
    frame::{Agents, Audience, Hello, ToClient, ToServer, VERSION, VERSION_MIN},
    refusal::Refusal,
};
use serde_json::Value;
use tokio::time::timeout;

use super::{
    encode,
    end::End,
    wire::{Heard, Wire},
};

/// Waits for Hello.
pub async fn wait<A: Audience>(wire: &mut Wire, deadline: Duration) -> Result<Hello, End> {
    let first = async {
        loop {
            if let Heard::Text(text) = wire.next().await? {
                return Ok::<_, End>(text);
            }
        }
    };
    let text = timeout(deadline, first)
        .await
        .unwrap_or_else(|_| Err(End::no_hello()))?;
    let refusal = match read::<A>(&text) {
        Ok(hello) => return Ok(hello),
        Err(refusal) => refusal,
    };
    if !matches!(refusal, Refusal::Version { .. }) {
        let frame = ToClient::<Agents>::Refused {
            refusal: refusal.clone(),
        };
        wire.send(codec::encode(&frame)).await?;
    }
    Err(End::at_the_door(refusal))
}

fn read<A: Audience>(text: &str) -> Result<Hello, Refusal> {
    let version = Refusal::Version {
        min: VERSION_MIN,
        max: VERSION,
    };
    // Before anything else is read: another version's Hello may have other fields.
    if speaks_another_version(text) {
        return Err(version);
    }
    encode::depth(text.as_bytes())?;
    match codec::decode::<A>(text)? {
        ToServer::Hello(hello) => Ok(hello),
        _ => Err(Refusal::HelloFirst),
    }
}

/// Whether it is a Hello whose version is there and is none of ours.
fn speaks_another_version(text: &str) -> bool {
    let Ok(Value::Object(frame)) = serde_json::from_str(text) else {
        return false;
    };
    let ours = |version: &Value| {
        let version = version.as_u64();
        version.is_some_and(|version| (u64::from(VERSION_MIN)..=u64::from(VERSION)).contains(&version))
    };
    frame.get("type").and_then(Value::as_str) == Some("hello")
        && frame.get("version").is_some_and(|version| !ours(version))
}

#[cfg(test)]
mod tests {
    use minicom_protocol::frame::Customers;

    use super::*;

    fn code(text: &str) -> String {
        read::<Customers>(text).unwrap_err().code()
    }

    #[test]
    fn another_version_is_told_whatever_else_is_in_it() {
        for version in [
            "0",
            "2",
            "99",
            "-1",
            "1.5",
            "\"latest\"",
            "null",
            "1e400000",
            "18446744073709551616",
        ] {
            let text = format!(r#"{{"type":"hello","version":{version},"secret":7,"cursor":"x"}}"#);
            let code = code(&text);
            assert!(
                code == "version" || (version == "1e400000" && code == "bad_json"),
                "{version}: {code}"
            );
        }
    }

    #[test]
    fn what_is_no_hello_says_so() {
        assert_eq!(code(r#"{"type":"ping","n":1}"#), "hello_first");
        assert_eq!(code("hello"), "bad_json");
        assert_eq!(code(r#"{"type":"hello"}"#), "bad_field");
        assert_eq!(
            code(r#"{"type":"hello","version":1,"cursor":{"at":-1,"mark":"00"}}"#),
            "bad_field"
        );
        assert_eq!(code(r#"{"type":"auth"}"#), "unknown_type");
        assert!(read::<Customers>(r#"{"type":"hello","version":1,"later":[1]}"#).is_ok());
    }
}
