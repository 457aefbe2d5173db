//! The connection's task: carries out orders on a [`Handle`] and passes on what it tells. It signs in again by itself where the
//! server's own file has a new token: a server on this computer makes one at each start.

use minicom_client::{ClientEvent, Config, ConnState, Ended, Handle, Secret, ServerUrl, StateDir, credentials, open};
use minicom_protocol::frame::Agents;
use minicom_tui_kit::Shown;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    app::{Msg, Order},
    sign_in::{SignedIn, Source},
};

/// The program's name and version, for the server's log.
pub const CLIENT: &str = concat!("minicom-agent ", env!("CARGO_PKG_VERSION"));
/// Messages that the program has not taken yet; above it the connection waits.
pub const MESSAGES_MAX: usize = 1_024;

/// The way to the server.
#[derive(Debug, Clone)]
pub struct Way {
    /// Which server.
    pub server: ServerUrl,
    /// Where the outbox is.
    pub state: StateDir,
    /// As whom.
    pub signed_in: SignedIn,
}

impl Way {
    /// A connection with an outbox on disk.
    fn config(&self, token: Secret) -> Config<Agents> {
        Config::agent(self.server.clone(), token, CLIENT).outbox_on_disk(&self.state, &self.signed_in.identity)
    }

    /// The token as it is now, if it is another one than that which was refused.
    fn new_token(&self, refused: &Secret) -> Option<Secret> {
        let Source::Local(data) = &self.signed_in.source else {
            return None;
        };
        let token = credentials::local_agent_token(data).ok().flatten();
        token.filter(|token| token != refused)
    }
}

/// The connection's task, and the way to order it about.
pub struct Link {
    orders: mpsc::UnboundedSender<Order>,
    task: JoinHandle<()>,
}

impl Link {
    /// Starts it. What the connection tells comes as messages.
    pub fn start(way: Way, messages: mpsc::Sender<Msg>) -> Link {
        let (orders, to_do) = mpsc::unbounded_channel();
        let task = tokio::spawn(run(way, to_do, messages));
        Link { orders, task }
    }

    /// An order that never waits. Orders about drafts are none of its business.
    pub fn order(&self, order: Order) {
        // The task ends only after this end was dropped.
        let _ = self.orders.send(order);
    }

    /// Carries out what was ordered, and ends the connection in good order (a few seconds at most).
    pub async fn finish(self) {
        drop(self.orders);
        // A panic there has been told already.
        let _ = self.task.await;
    }
}

async fn run(way: Way, mut orders: mpsc::UnboundedReceiver<Order>, messages: mpsc::Sender<Msg>) {
    let mut token = way.signed_in.token.clone();
    loop {
        let (handle, mut events) = open(way.config(token.clone()));
        let mut next_token = None;
        let mut is_open = true;
        let again = loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => carry_out(&handle, order, &messages).await,
                    None => break false,
                },
                event = events.recv(), if is_open => match event {
                    Some(ClientEvent::State(ConnState::SignedOut)) if refreshed(&way, &token, &mut next_token).await => {}
                    Some(ClientEvent::Ended(Ended::SignedOut)) if next_token.is_some() => break true,
                    // The program is at its end if nobody takes it.
                    Some(event) => drop(messages.send(Msg::Client(Box::new(event))).await),
                    None => is_open = false,
                },
            }
        };
        drop(events);
        // What was accepted is on disk when this returns, and the next connection adopts it.
        handle.shutdown().await;
        match next_token {
            Some(next) if again => token = next,
            _ => return,
        }
    }
}

async fn refreshed(way: &Way, refused: &Secret, next: &mut Option<Secret>) -> bool {
    let (way, refused) = (way.clone(), refused.clone());
    *next = tokio::task::spawn_blocking(move || way.new_token(&refused))
        .await
        .ok()
        .flatten();
    next.is_some()
}

async fn carry_out(handle: &Handle<Agents>, order: Order, messages: &mpsc::Sender<Msg>) {
    match order {
        Order::Send { id, command } => {
            if let Err(unsent) = handle.send_as(id, command) {
                let why = Shown::line(&unsent.to_string());
                drop(messages.send(Msg::Unsent { id, why }).await);
            }
        }
        // What is only worth sending now may be lost.
        Order::SendMomentary(command) => drop(handle.send_momentary(command)),
        Order::Ask(question) => {
            if handle.ask(question.clone()).is_err() {
                let failed = ClientEvent::AskFailed { n: 0, question };
                drop(messages.send(Msg::Client(Box::new(failed))).await);
            }
        }
        Order::Typing { conversation, on } => handle.typing(Some(conversation), on),
        // With no connection any more there is nothing to send or to drop; the files stay.
        Order::Resend(id) => drop(handle.resend(id)),
        Order::Discard(id) => drop(handle.discard(id)),
        Order::ReconnectNow => handle.reconnect_now(),
        Order::SaveDraft { .. } | Order::LoadDrafts(_) => {}
    }
}
