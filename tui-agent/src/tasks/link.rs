//! The connection's task: carries out orders on a [`Handle`] and passes on what it tells. A server on this computer makes a new token
//! at each start; where that is the way in, the newest one is shown.

use minicom_client::{ClientEvent, Config, Handle, StateDir, credentials, open};
use minicom_protocol::frame::Agents;
use minicom_tui_kit::Shown;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    app::{Msg, Order},
    sign_in::{SignedIn, Source},
    tasks::{addresses, export, previews},
};

/// The program's name and version, for the server's log.
pub const CLIENT: &str = concat!("minicom-agent ", env!("CARGO_PKG_VERSION"));
/// Messages that the program has not taken yet; above it the connection waits.
pub const MESSAGES_MAX: usize = 1_024;

/// The way to the server.
#[derive(Debug, Clone)]
pub struct Way {
    /// Where the outbox is.
    pub state: StateDir,
    /// As whom, and at which server.
    pub signed_in: SignedIn,
}

impl Way {
    /// A connection with an outbox on disk.
    fn config(&self) -> Config<Agents> {
        let signed_in = &self.signed_in;
        let config = signed_in.config();
        let config = match &signed_in.source {
            // A new password gives this computer a new token in place of the one that ended.
            Source::Login => {
                let (state, profile) = (self.state.clone(), signed_in.profile.clone());
                config.renewed_by(move || profile.token(&state).ok().flatten().map(|it| it.token))
            }
            Source::Local(data) => {
                let data = data.clone();
                config.renewed_by(move || credentials::local_agent_token(&data).ok().flatten())
            }
        };
        config.outbox_on_disk(&self.state, &signed_in.identity)
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
    let (handle, mut events) = open(way.config());
    let mut is_open = true;
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(order @ (Order::LookInto { .. } | Order::ReadFile { .. })) => {
                    // A slow file holds up nothing.
                    let (signed_in, messages) = (way.signed_in.clone(), messages.clone());
                    tokio::spawn(async move { look(&signed_in, order, &messages).await });
                }
                Some(order) => carry_out(&handle, &way.signed_in, order, &messages).await,
                None => break,
            },
            event = events.recv(), if is_open => match event {
                // The program is at its end if nobody takes it.
                Some(event) => drop(messages.send(Msg::Client(Box::new(event))).await),
                None => is_open = false,
            },
        }
    }
    drop(events);
    // What was accepted is on disk when this returns, and the next program adopts it.
    handle.shutdown().await;
}

/// Files, looked into or read.
async fn look(signed_in: &SignedIn, order: Order, messages: &mpsc::Sender<Msg>) {
    let told = match order {
        Order::LookInto { id, kind, size } => {
            let preview = previews::look_into(signed_in, id, kind, size).await;
            Msg::LookedInto { id, preview }
        }
        Order::ReadFile { id, title } => {
            let text = previews::read(signed_in, id).await;
            Msg::FileRead { title, text }
        }
        _ => return,
    };
    // Nobody listens when the program is at its end.
    let _ = messages.send(told).await;
}

async fn carry_out(handle: &Handle<Agents>, signed_in: &SignedIn, order: Order, messages: &mpsc::Sender<Msg>) {
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
        Order::Viewing(conversation) => handle.viewing(conversation),
        Order::Delivered { conversation, up_to } => handle.delivered(Some(conversation), up_to),
        // With no connection any more there is nothing to send or to drop; the files stay.
        Order::Resend(id) => drop(handle.resend(id)),
        Order::Discard(id) => drop(handle.discard(id)),
        Order::ReconnectNow => handle.reconnect_now(),
        Order::WriteFile { name, text } => {
            let written = tokio::task::spawn_blocking(move || export::write(&name, &text)).await;
            let lost = || Err(Shown::fixed("The file was not written."));
            drop(messages.send(Msg::Written(written.unwrap_or_else(|_| lost()))).await);
        }
        Order::BlockAddresses(wish) => {
            // It takes several calls, and the connection goes on meanwhile.
            let (signed_in, messages) = (signed_in.clone(), messages.clone());
            tokio::spawn(async move {
                let told = addresses::block(&signed_in, &wish).await;
                drop(messages.send(Msg::Addresses(told)).await);
            });
        }
        Order::SignIn
        | Order::SaveDraft(_)
        | Order::LoadDrafts(_)
        | Order::KeepCommands(_)
        | Order::Pipe { .. }
        | Order::StopPipe
        | Order::LookInto { .. }
        | Order::ReadFile { .. } => {}
    }
}
