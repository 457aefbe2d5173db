//! `--wait`: the first line that the bot or a person writes after one's own.

use std::{
    io::{self, Write},
    time::Duration,
};

use minicom_client::ClientEvent;
use minicom_protocol::{
    customer_event::{Author, CustomerBody, CustomerEvent},
    event::parts_text,
    frame::Customers,
    gate::Shown,
    ids::Seq,
};
use tokio::{sync::mpsc, time::timeout};

use crate::{exit, fault::Fault, one_shot::lost};

/// Lines of the desk that came while it was not known which of them is an answer.
#[derive(Default)]
pub(crate) struct Heard(Vec<CustomerEvent>);

/// What counts after one's own line.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    Answer(String),
    /// Somebody ended the chat instead.
    Ended,
}

impl Heard {
    /// Takes in what the connection tells.
    pub fn hear(&mut self, event: &ClientEvent<Customers>) {
        match event {
            ClientEvent::Batch { events, .. } => self.0.extend(events.iter().filter(|it| counts(it)).cloned()),
            ClientEvent::Fresh { parts, .. } => {
                let events = parts.iter().flat_map(|part| &part.events);
                self.0.extend(events.filter(|it| counts(it)).cloned());
            }
            _ => {}
        }
    }

    /// The first that counts behind a position.
    fn after(&self, at: Seq) -> Option<Came> {
        let later = self.0.iter().filter(|event| event.seq > at);
        let first = later.min_by_key(|event| event.seq)?;
        Some(match &first.body {
            CustomerBody::Posted(posted) => Came::Answer(parts_text(&posted.parts)),
            _ => Came::Ended,
        })
    }

    /// Waits for the answer behind a position, and prints it.
    ///
    /// # Errors
    /// The time was over, the chat was ended without one, or it cannot be printed. The message is stored in any case.
    pub async fn answer(
        mut self,
        events: &mut mpsc::Receiver<ClientEvent<Customers>>,
        at: Seq,
        most: Duration,
    ) -> Result<u8, Fault> {
        let heard = async {
            loop {
                if let Some(came) = self.after(at) {
                    return Ok(came);
                }
                match events.recv().await {
                    Some(ClientEvent::Ended(why)) => return Err(lost(&why)),
                    Some(event) => self.hear(&event),
                    None => return Err(Fault::new(exit::BUG, "the connection ended without a word")),
                }
            }
        };
        let late = |words: String| Fault::new(exit::LATE, words);
        match timeout(most, heard).await {
            Ok(Ok(Came::Answer(text))) => print(&text),
            Ok(Ok(Came::Ended)) => Err(late(
                "the chat was ended without an answer. Your message is stored.".to_owned(),
            )),
            Ok(Err(fault)) => Err(fault),
            Err(_) => Err(late(format!(
                "no answer in {} s. Your message is stored; who answers later is read in the chat.",
                most.as_secs()
            ))),
        }
    }
}

fn counts(event: &CustomerEvent) -> bool {
    match &event.body {
        CustomerBody::Posted(posted) => matches!(posted.author, Author::Bot | Author::Agent { .. }),
        CustomerBody::Closed(_) => true,
        _ => false,
    }
}

/// Line by line through the gate, all of it.
fn print(text: &str) -> Result<u8, Fault> {
    let mut out = io::stdout().lock();
    let lines = text
        .trim_end()
        .split('\n')
        .map(|line| format!("{}\n", Shown::text(line)));
    let written = lines.collect::<String>();
    match out.write_all(written.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let words = format!("the answer cannot be written: {error}. Your message is stored.");
            Err(Fault::new(exit::IO, words))
        }
        _ => Ok(exit::OK),
    }
}
