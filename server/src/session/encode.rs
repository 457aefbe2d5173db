//! Frames that are put together from parts that are JSON already: batches from events that were encoded once for all
//! readers, and snapshots and replies cut to the bytes that one frame may have.

use minicom_protocol::{
    frame::{AgentSnapshot, CustomerSnapshot},
    refusal::Refusal,
};
use serde::Serialize;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::{hub::Batch, limits};

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("what is sent always has a JSON form")
}

/// A batch's frame.
pub fn batch(batch: &Batch) -> Utf8Bytes {
    let mut text = format!(
        r#"{{"type":"batch","from":{},"to":{},"mark":"{}","events":["#,
        batch.from, batch.to, batch.mark
    )
    .into_bytes();
    text.reserve(batch.events.iter().map(|event| event.json.len() + 1).sum::<usize>() + 2);
    for (n, event) in batch.events.iter().enumerate() {
        if n > 0 {
            text.push(b',');
        }
        text.extend_from_slice(&event.json);
    }
    text.extend_from_slice(b"]}");
    Utf8Bytes::try_from(text).expect("JSON that was made from text is text")
}

/// An agents' snapshot as frames, in list order. The first has the desk itself too.
pub fn agent_snapshot(snapshot: &AgentSnapshot) -> Vec<String> {
    let rows = snapshot.conversations.iter().map(json).collect();
    let more = snapshot.more_closed;
    let desk = snapshot.desk.as_ref().map(|desk| format!(r#","desk":{}"#, json(desk)));
    let rest = format!(r#","more_closed":{more}"#);
    parts(rows, r#""conversations""#, &rest, &desk.unwrap_or_default())
}

/// A customer's snapshot as frames. Each has the whole view; the events go on from part to part.
pub fn customer_snapshot(snapshot: &CustomerSnapshot) -> Vec<String> {
    let events = snapshot.events.iter().map(json).collect();
    let rest = format!(r#","more":{},"view":{}"#, snapshot.more, json(&snapshot.view));
    parts(events, r#""events""#, &rest, "")
}

/// Frames of at most [`limits::SNAPSHOT_PART_BYTES_MAX`], but for what is larger than that by itself: an item, or what stands
/// in the first frame alone.
fn parts(items: Vec<String>, list: &str, rest: &str, first: &str) -> Vec<String> {
    let frame = |last: bool, items: &str, first: &str| {
        format!(r#"{{"type":"snapshot","last":{last},"data":{{{list}:[{items}]{rest}{first}}}}}"#)
    };
    let room = |first: &str| limits::SNAPSHOT_PART_BYTES_MAX.saturating_sub(frame(false, "", first).len());
    let mut first = first;
    let mut frames = Vec::new();
    let mut part = String::new();
    for item in items {
        if !part.is_empty() && part.len() + 1 + item.len() > room(first) {
            frames.push(frame(false, &part, std::mem::take(&mut first)));
            part.clear();
        }
        if !part.is_empty() {
            part.push(',');
        }
        part.push_str(&item);
    }
    frames.push(frame(true, &part, first));
    frames
}

/// Which end of a page goes first when it is too large.
pub enum Cut {
    /// The oldest events of a thread, which stand first.
    First,
    /// The oldest rows of a list, which stand last.
    Last,
}

/// Cuts a page to what one reply may have. Whether something was cut, so that there is more to ask for.
pub fn fit<T: Serialize>(page: &mut Vec<T>, cut: Cut) -> bool {
    fit_in(limits::REPLY_BYTES_MAX - REPLY_FRAME_BYTES, page, cut)
}

/// The same for a page that may have so many bytes of the reply. One item is always kept.
pub fn fit_in<T: Serialize>(room: usize, page: &mut Vec<T>, cut: Cut) -> bool {
    let sizes: Vec<usize> = page.iter().map(|item| json(item).len() + 1).collect();
    let fits = |sizes: &mut dyn Iterator<Item = &usize>| {
        let mut bytes = 0;
        let kept = sizes.take_while(|size| {
            bytes += **size;
            bytes <= room
        });
        kept.count().max(1)
    };
    let keep = match cut {
        Cut::First => fits(&mut sizes.iter().rev()),
        Cut::Last => fits(&mut sizes.iter()),
    };
    if keep >= page.len() {
        return false;
    }
    match cut {
        Cut::First => drop(page.drain(..page.len() - keep)),
        Cut::Last => page.truncate(keep),
    }
    true
}

/// Lets a reply pass that cannot be cut, if it is not larger than one may be.
pub fn whole<T: Serialize>(reply: T) -> Result<T, Refusal> {
    let limit = limits::REPLY_BYTES_MAX - REPLY_FRAME_BYTES;
    if json(&reply).len() > limit {
        return Err(Refusal::TooLarge { limit: limit as u64 });
    }
    Ok(reply)
}

/// What a reply has around its page.
const REPLY_FRAME_BYTES: usize = 2 * 1024;

/// Refuses a client's frame or body that is nested deeper than any shape of ours, before a parser goes down into it.
pub fn depth(json: &[u8]) -> Result<(), Refusal> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in json {
        match (quoted, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => quoted = !quoted,
            (false, b'[' | b'{') => depth += 1,
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limits::JSON_DEPTH_MAX {
            return Err(Refusal::BadJson {
                why: format!("nested deeper than {}", limits::JSON_DEPTH_MAX),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;
