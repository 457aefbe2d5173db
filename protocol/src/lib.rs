//! What the parties of Minicom say to each other: ids, texts, stages, events and their folds, commands,
//! answers and refusals, frames. This crate knows no clock, no randomness, no files, no network and no screen.
//!
//! This page is the specification of the wire format, version 1. `docs/protocol.md` tells the same to those
//! who write a client in another language. Every frame below is decoded and encoded again by a test.
//!
//! # The connection
//!
//! A connection is a WebSocket (RFC 6455): agents on `/ws`, customers on `/ws/chat/{customer_id}`, where
//! `customer_id` is the customer's name. Every message is text, one JSON object, a *frame*, with its `type`.
//! A client's frame has at most 64 KiB. The first frame is `hello`, within ten seconds; the server answers
//! `welcome`, or `bye` and closes. Fields that a side does not know are ignored.
//!
//! # What agents send
//!
//! ```frames agents to-server
//! {"type":"hello","version":1,"client":"minicom-agent 0.1.0","token":"mca_dG9rZW4"}
//! {"type":"hello","version":1,"client":"minicom-agent 0.1.0","tenant":"default","cursor":{"at":812,"mark":"00c0ffee00c0ffee"},"token":"mca_dG9rZW4"}
//! {"type":"command","id":"01930000-0000-7000-8000-000000000001","command":{"do":"post","conversation":"0192f000-0000-7000-8000-00000000000c","text":"Hi Carol, Ada here.","seen":{"customer":3,"desk":2},"take_over":true,"anyway":false}}
//! {"type":"command","id":"01930000-0000-7000-8000-000000000002","command":{"do":"take_over","conversation":"0192f000-0000-7000-8000-00000000000c"}}
//! {"type":"command","id":"01930000-0000-7000-8000-000000000003","command":{"do":"take_next"}}
//! {"type":"command","id":"01930000-0000-7000-8000-000000000004","command":{"do":"hand_back","conversation":"0192f000-0000-7000-8000-00000000000c"}}
//! {"type":"command","id":"01930000-0000-7000-8000-000000000005","command":{"do":"close","conversation":"0192f000-0000-7000-8000-00000000000c","seen":4}}
//! {"type":"command","id":"01930000-0000-7000-8000-000000000006","command":{"do":"mark_seen","conversation":"0192f000-0000-7000-8000-00000000000c","up_to":4}}
//! {"type":"ask","n":1,"question":{"ask":"thread","customer":"0192f000-0000-7000-8000-00000000000a","limit":50}}
//! {"type":"ask","n":2,"question":{"ask":"thread","customer":"0192f000-0000-7000-8000-00000000000a","before":640,"limit":50}}
//! {"type":"ask","n":3,"question":{"ask":"summary","conversation":"0192f000-0000-7000-8000-00000000000c"}}
//! {"type":"ask","n":4,"question":{"ask":"closed","before":512,"limit":50}}
//! {"type":"typing","conversation":"0192f000-0000-7000-8000-00000000000c","on":true}
//! {"type":"ping","n":7,"cursor":{"at":812,"mark":"00c0ffee00c0ffee"}}
//! ```
//!
//! # What customers send
//!
//! ```frames customers to-server
//! {"type":"hello","version":1,"client":"minicom-chat 0.1.0","secret":"6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f0a6d1f"}
//! {"type":"command","id":"01930000-0000-7000-8000-000000000011","command":{"do":"post","text":"Hello, I need help"}}
//! {"type":"command","id":"01930000-0000-7000-8000-000000000012","command":{"do":"request_human"}}
//! {"type":"command","id":"01930000-0000-7000-8000-000000000013","command":{"do":"close"}}
//! {"type":"command","id":"01930000-0000-7000-8000-000000000014","command":{"do":"mark_seen","up_to":2}}
//! {"type":"ask","n":1,"question":{"ask":"thread","before":120,"limit":50}}
//! {"type":"typing","on":true}
//! {"type":"ping","n":1}
//! ```
//!
//! # What agents get
//!
//! ```frames agents to-client
//! {"type":"welcome","version":1,"server":"minicom-server 0.1.0","time":1795231200000000,"me":{"agent":{"id":"0192f000-0000-7000-8000-00000000000d","name":"Ada"},"role":"admin","tenant":"default"},"resumed":false,"cursor":{"at":812,"mark":"00c0ffee00c0ffee"},"ping_after_ms":20000,"silence_ms":35000}
//! {"type":"snapshot","last":true,"data":{"conversations":[{"conversation":"0192f000-0000-7000-8000-00000000000c","customer":{"id":"0192f000-0000-7000-8000-00000000000a","name":"carol","realm":"named"},"number":1,"stage":"waiting","since":1795231100000000,"reason":"customer_asked","opened_at":1795231000000000,"rev":810,"stage_rev":810,"last_at":1795231100000000,"message_count":5,"customer_lines":3,"desk_lines":2,"customer_mark":2,"desk_mark":0,"last_line":{"sender":"customer","excerpt":"human please"},"unanswered_since":1795231100000000}],"more_closed":false}}
//! {"type":"batch","from":812,"to":814,"mark":"0123456789abcdef","events":[{"rev":813,"seq":7,"mark":"fedcba9876543210","time":1795231200000000,"subject":{"of":"conversation","customer":"0192f000-0000-7000-8000-00000000000a","conversation":"0192f000-0000-7000-8000-00000000000c"},"command":"01930000-0000-7000-8000-000000000001","kind":"chat.session.assigned","touches":"line","fallback":"Ada took over","data":{"agent":{"id":"0192f000-0000-7000-8000-00000000000d","name":"Ada"}}},{"rev":814,"seq":8,"mark":"0123456789abcdef","time":1795231200000000,"subject":{"of":"conversation","customer":"0192f000-0000-7000-8000-00000000000a","conversation":"0192f000-0000-7000-8000-00000000000c"},"command":"01930000-0000-7000-8000-000000000001","kind":"chat.message.new","touches":"line","data":{"sender":"agent","agent":{"id":"0192f000-0000-7000-8000-00000000000d","name":"Ada"},"line":3,"parts":[{"type":"text","text":"Hi Carol, Ada here."}]}}]}
//! {"type":"answer","id":"01930000-0000-7000-8000-000000000001","outcome":"done","rev":814,"seq":8,"conversation":"0192f000-0000-7000-8000-00000000000c","repeat":false}
//! {"type":"answer","id":"01930000-0000-7000-8000-000000000002","outcome":"refused","refusal":{"code":"taken_by","message":"Bo has this conversation. Nothing was sent; your text is kept.","retryable":false,"agent":{"id":"0192f000-0000-7000-8000-00000000000e","name":"Bo"},"since":1795231200000000}}
//! {"type":"reply","n":1,"reply":{"told":"thread","customer":"0192f000-0000-7000-8000-00000000000a","events":[],"more":false}}
//! {"type":"reply","n":3,"refusal":{"code":"not_found","message":"There is nothing by that id here.","retryable":false}}
//! {"type":"signal","signal":{"kind":"chat.typing","conversation":"0192f000-0000-7000-8000-00000000000c","who":{"sender":"customer"},"on":true,"at":814}}
//! {"type":"signal","signal":{"kind":"agent.presence","agents":[{"id":"0192f000-0000-7000-8000-00000000000d","name":"Ada"}]}}
//! {"type":"pong","n":7,"time":1795231220000000}
//! {"type":"refused","refusal":{"code":"bad_json","message":"This is not JSON: expected value at line 1 column 1.","retryable":false,"why":"expected value at line 1 column 1"}}
//! {"type":"bye","code":1012,"retryable":true,"retry_after_ms":800,"refusal":{"code":"stopping","message":"The server is restarting. It is tried again.","retryable":true,"retry_after_ms":800}}
//! ```
//!
//! # What customers get
//!
//! ```frames customers to-client
//! {"type":"welcome","version":1,"server":"minicom-server 0.1.0","time":1795231200000000,"me":{"name":"carol","tenant":"default"},"resumed":true,"cursor":{"at":6,"mark":"00c0ffee00c0ffee"},"ping_after_ms":20000,"silence_ms":35000}
//! {"type":"snapshot","last":true,"data":{"view":{"seq":1,"conversation":"0192f000-0000-7000-8000-00000000000c","stage":{"stage":"bot"},"customer_lines":0,"desk_lines":0,"customer_mark":0,"desk_mark":0},"events":[{"seq":1,"mark":"00c0ffee00c0ffee","time":1795231000000000,"conversation":"0192f000-0000-7000-8000-00000000000c","kind":"chat.session.started","touches":"summary","data":{"number":1}}],"more":false}}
//! {"type":"batch","from":6,"to":8,"mark":"0123456789abcdef","events":[{"seq":7,"mark":"fedcba9876543210","time":1795231200000000,"conversation":"0192f000-0000-7000-8000-00000000000c","kind":"chat.agent.joined","touches":"line","fallback":"Ada joined","data":{"name":"Ada"}},{"seq":8,"mark":"0123456789abcdef","time":1795231200000000,"conversation":"0192f000-0000-7000-8000-00000000000c","kind":"chat.message.new","touches":"line","data":{"sender":"agent","name":"Ada","line":3,"parts":[{"type":"text","text":"Hi Carol, Ada here."}]}}]}
//! {"type":"answer","id":"01930000-0000-7000-8000-000000000011","outcome":"done","seq":2,"conversation":"0192f000-0000-7000-8000-00000000000c","repeat":true}
//! {"type":"reply","n":1,"reply":{"told":"thread","events":[],"more":false}}
//! {"type":"signal","signal":{"kind":"chat.typing","name":"Ada","on":true,"at":8}}
//! {"type":"signal","signal":{"kind":"chat.queue.place","place":2}}
//! {"type":"pong","n":1,"time":1795231220000000}
//! {"type":"bye","code":4001,"retryable":false,"refusal":{"code":"wrong_secret","message":"This name is in use by somebody else here, or its secret is not on this computer. Choose another name.","retryable":false}}
//! ```
//!
//! # Rules
//!
//! - **Commands.** The client makes the id, keeps id and content until the answer comes, and sends them again
//!   after a reconnect. The same id with the same content gets the same answer for ever (`repeat` is true);
//!   with other content it is refused as `conflict`. A refusal with `retryable` is not an answer: the same
//!   command is sent again after `retry_after_ms`, and every command sent after it on the same connection is refused
//!   as `behind` until then, so that order holds.
//! - **Batches** carry the range `(from, to]`. `from` is the client's position; where it is not, the client
//!   reconnects without a cursor. The new cursor is `to` with `mark`.
//! - **Resume.** A cursor in `hello` goes on from there, also after a restart of the server. If the server's history
//!   has another mark at that position, or more than 5,000 events are missing, `resumed` is false and a
//!   snapshot follows: the client forgets what it knew, but not what it has yet to send.
//! - **Unknown kinds** of events say what they touch: the `summary` is asked for again, for a `line` the
//!   `fallback` is shown, `nothing` is ignored. An unknown part of a line shows its `fallback`.
//! - **Heartbeat.** The client pings when it sent nothing for `ping_after_ms`. The server closes after `silence_ms` without
//!   a frame; the client reconnects when it got nothing for 40 seconds.
//! - **Close codes** are in [`close`], refusals in [`refusal`]: clients look at `code`, `retryable` and `retry_after_ms`, never at texts.

pub mod close;
pub mod codec;
pub mod command;
pub mod context;
pub mod customer_event;
pub mod event;
pub mod frame;
pub mod gate;
pub mod hours;
pub mod ids;
pub mod intake;
mod kinds;
pub mod library;
pub mod line;
pub mod people;
pub mod queue;
pub mod refusal;
pub mod rest;
pub mod settings;
pub mod staff;
pub mod stage;
pub mod summary;
pub mod template;
pub mod text;
pub mod thread_view;
pub mod ticket;
pub mod words;

pub use kinds::{TYPING, Touches, UnknownBody};

#[cfg(test)]
mod spec_tests;
