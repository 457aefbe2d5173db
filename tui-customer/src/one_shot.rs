//! `-m`: one message, stored by the server, or a clear word that it was not. Nothing of it is kept here, so that a
//! script that tries again sends it once.

use std::time::Duration;

use minicom_client::{ClientEvent, ConnState, open};
use minicom_protocol::{
    command::{CustomerCommand, Outcome},
    frame::Customers,
    ids::CommandId,
    text::MessageText,
};
use tokio::{sync::mpsc, time::timeout};

use crate::{exit, fault::Fault, run::Start};

/// From the start to the answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Sends, and waits until it is on the server's disk.
///
/// # Errors
/// It was not stored, or nobody knows.
pub(crate) async fn run(start: &Start, text: MessageText) -> Result<u8, Fault> {
    let (handle, mut events) = open(start.brief());
    let post = CustomerCommand::Post {
        text: text.as_str().to_owned(),
    };
    let result = match handle.send(post) {
        Ok(id) => answer(&mut events, id).await,
        Err(unsent) => Err(Fault::new(exit::USAGE, unsent.to_string())),
    };
    handle.shutdown().await;
    result
}

async fn answer(events: &mut mpsc::Receiver<ClientEvent<Customers>>, id: CommandId) -> Result<u8, Fault> {
    let mut was_live = false;
    let until_answer = async {
        while let Some(event) = events.recv().await {
            match event {
                ClientEvent::State(ConnState::Live) => was_live = true,
                ClientEvent::State(state) if !was_live => {
                    if let Some(why) = away(&state) {
                        return Err(Fault::new(exit::UNAVAILABLE, format!("{why}. Nothing was sent.")));
                    }
                }
                ClientEvent::Answered {
                    id: answered, outcome, ..
                } if answered == id => {
                    return match outcome {
                        Outcome::Done(_) => Ok(exit::OK),
                        Outcome::Refused { refusal } => Err(Fault::new(
                            exit::of_refusal(&refusal),
                            format!("{} Nothing was sent.", refusal.message()),
                        )),
                    };
                }
                ClientEvent::Ended(why) => {
                    return Err(Fault::new(
                        exit::of_end(&why),
                        format!("{} Nothing was sent.", why.words()),
                    ));
                }
                _ => {}
            }
        }
        Err(Fault::new(exit::BUG, "the connection ended without a word"))
    };
    match timeout(ANSWER_WITHIN, until_answer).await {
        Ok(result) => result,
        Err(_) if was_live => Err(Fault::new(
            exit::UNAVAILABLE,
            "the connection was lost before the answer. It is not known whether the message was stored.",
        )),
        Err(_) => Err(Fault::new(exit::UNAVAILABLE, "no answer in time. Nothing was sent.")),
    }
}

/// Why there is no connection, if the first attempt has failed.
fn away(state: &ConnState) -> Option<String> {
    match state {
        ConnState::Reconnecting { why, .. } | ConnState::Offline { why, .. } => Some(why.clone()),
        ConnState::Draining { .. } => Some("the server restarts".to_owned()),
        _ => None,
    }
}
