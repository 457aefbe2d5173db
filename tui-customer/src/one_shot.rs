//! `-m`: one message, stored by the server, or a clear word that it was not. Nothing of it is kept here, so that a
//! script that tries again sends it once.

use std::{
    io::{self, IsTerminal, Write},
    path::PathBuf,
    time::{Duration, Instant},
};

use minicom_client::{ClientEvent, ConnState, CustomerReplica, Ended, open};
use minicom_protocol::{
    command::{CustomerCommand, Outcome},
    frame::Customers,
    gate::Shown,
    ids::{CommandId, Seq},
    text::MessageText,
};
use tokio::{sync::mpsc, time::timeout};

use crate::{
    attach,
    awaiting::Heard,
    beginning::Beginning,
    exit,
    fault::{Fault, nothing_sent},
    run::{Start, tell},
};

/// For the connection, and then for the answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// What is sent.
pub(crate) struct Once {
    /// The words, if there are any.
    pub text: Option<MessageText>,
    /// The file that goes with them, or alone; `-` for the standard input.
    pub file: Option<PathBuf>,
    /// How long to wait for what somebody answers, if at all.
    pub wait: Option<Duration>,
}

/// Sends, and waits until it is on the server's disk. A file goes first: nothing is sent unless it has come whole.
///
/// # Errors
/// It was not stored, or nobody knows.
pub(crate) async fn run(start: &Start, once: Once) -> Result<u8, Fault> {
    let Once { text, file, wait } = once;
    let text = text.as_ref().map_or("", MessageText::as_str);
    let (handle, mut events) = open(start.brief());
    let mut beginning = start.beginning("plain");
    let send = |command| {
        let sent = handle.send(command);
        sent.map_err(|unsent| Fault::new(exit::USAGE, unsent.to_string()))
    };
    let sending = async {
        let mut heard = Heard::default();
        let late = |_| Fault::new(exit::UNAVAILABLE, "no answer in time. Nothing was sent.");
        let known = timeout(ANSWER_WITHIN, known(&mut events)).await.map_err(late)??;
        let mut commands = beginning.meet(&known).commands;
        let consent = known.me().map(|me| me.consent.clone()).unwrap_or_default();
        if !consent.is_empty() {
            if !start.agrees && !agrees_now(&consent)? {
                return Err(asks(&consent));
            }
            // A file is taken only from who has agreed.
            let agreed = send(CustomerCommand::Consent { text: consent })?;
            answer(&mut events, Some(agreed), &mut heard).await?;
        }
        let file = match &file {
            Some(path) => Some(attach::upload(start, path).await?),
            None => None,
        };
        if Beginning::is_due(&known) {
            commands.push(beginning.start(vec![]));
        }
        commands.push(CustomerCommand::Post {
            text: text.to_owned(),
            quote: None,
            file,
        });
        let mut last = None;
        for command in commands {
            last = Some(send(command)?);
        }
        // There is the line at least.
        match (answer(&mut events, last, &mut heard).await, wait) {
            (Ok(at), Some(most)) => heard.answer(&mut events, at, most).await,
            (stored, _) => stored.map(|_| exit::OK),
        }
    };
    let result = sending.await;
    handle.shutdown().await;
    result
}

/// Asks who sits at the terminal to agree to what the desk says; where nobody does, nobody agrees.
fn agrees_now(consent: &str) -> Result<bool, Fault> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(false);
    }
    let mut out = io::stderr().lock();
    let asked = writeln!(out, "{}", Shown::text(consent))
        .and_then(|()| write!(out, "Do you agree? y sends, anything else does not: "))
        .and_then(|()| out.flush());
    let mut said = String::new();
    let read = asked.and_then(|()| io::stdin().read_line(&mut said));
    read.map_err(|error| Fault::new(exit::IO, format!("the terminal cannot be used: {error}")))?;
    match said.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(true),
        _ => Err(Fault::new(exit::USAGE, "you did not agree. Nothing was sent.")),
    }
}

/// Waits until it is known how the thread stands: a line means another thing where no conversation is open.
pub(crate) async fn known(events: &mut mpsc::Receiver<ClientEvent<Customers>>) -> Result<CustomerReplica, Fault> {
    let mut replica = CustomerReplica::new();
    while let Some(event) = events.recv().await {
        match &event {
            ClientEvent::State(state) => {
                if let Some(why) = away(state) {
                    let words = format!("{}.", why.trim_end_matches('.'));
                    return Err(Fault::new(exit::UNAVAILABLE, nothing_sent(&words)));
                }
            }
            ClientEvent::Ended(why) => return Err(ended(why)),
            _ => {}
        }
        // Nothing is asked for: the end of the thread is all that is needed.
        let _ = replica.apply(event, Instant::now());
        if replica.thread().is_loaded() {
            return Ok(replica);
        }
    }
    Err(without_a_word())
}

/// Waits until it is stored, and says where.
async fn answer(
    events: &mut mpsc::Receiver<ClientEvent<Customers>>,
    id: Option<CommandId>,
    heard: &mut Heard,
) -> Result<Seq, Fault> {
    let until_answer = async {
        while let Some(event) = events.recv().await {
            // The bot may be quicker than the answer.
            heard.hear(&event);
            match event {
                ClientEvent::Answered {
                    id: answered, outcome, ..
                } if Some(answered) == id => {
                    return match outcome {
                        Outcome::Done(done) => Ok(done.seq.unwrap_or_default()),
                        Outcome::Refused { refusal } => {
                            Err(Fault::new(exit::of_refusal(&refusal), nothing_sent(&refusal.message())))
                        }
                    };
                }
                ClientEvent::Answered {
                    outcome: Outcome::Refused { refusal },
                    ..
                } => tell(&format!(
                    "what the chat begins with was not taken: {}",
                    refusal.message()
                )),
                ClientEvent::Ended(why) => return Err(ended(&why)),
                _ => {}
            }
        }
        Err(without_a_word())
    };
    match timeout(ANSWER_WITHIN, until_answer).await {
        Ok(result) => result,
        Err(_) => Err(Fault::new(
            exit::UNAVAILABLE,
            "the connection was lost before the answer. It is not known whether the message was stored.",
        )),
    }
}

/// The connection ended for good.
pub(crate) fn lost(why: &Ended) -> Fault {
    Fault::new(exit::of_end(why), why.words())
}

fn ended(why: &Ended) -> Fault {
    Fault::new(exit::of_end(why), nothing_sent(&why.words()))
}

fn asks(consent: &str) -> Fault {
    let words =
        format!("this desk asks you to agree before you write: {consent} -- Say so with --agree. Nothing was sent.");
    Fault::new(exit::USAGE, words)
}

fn without_a_word() -> Fault {
    Fault::new(exit::BUG, "the connection ended without a word")
}

/// Why there is no connection, if the first attempt has failed.
fn away(state: &ConnState) -> Option<String> {
    match state {
        ConnState::Reconnecting { why, .. } | ConnState::Offline { why, .. } | ConnState::Untrusted { why, .. } => {
            Some(why.clone())
        }
        ConnState::Draining { .. } => Some("the server restarts".to_owned()),
        _ => None,
    }
}
