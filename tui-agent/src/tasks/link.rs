//! The connection's task: carries out orders on a [`Handle`] and passes on what it tells. A server on this computer makes a new token
//! at each start; where that is the way in, the newest one is shown.

use minicom_client::{ClientEvent, Config, Handle, StateDir, Trust, credentials, open, transfers::Transfers};
use minicom_protocol::{frame::Agents, ids::Cursor};
use minicom_tui_kit::{Shown, pictures::Pictures};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    app::{Msg, Order},
    sign_in::{SignedIn, Source},
    tasks::{addresses, export, lessons, previews, views},
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
    /// Where the connection goes on, if something of the desk was kept.
    pub cursor: Option<Cursor>,
}

impl Way {
    /// The tasks that move files, with the newest token. What they tell comes as messages.
    pub fn files(&self, messages: mpsc::Sender<Msg>) -> Transfers {
        let (news, mut told) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(it) = told.recv().await {
                if messages.send(Msg::Files(it)).await.is_err() {
                    return;
                }
            }
        });
        Transfers::new(self.signed_in.seat(), news)
    }

    /// A connection with an outbox on disk.
    fn config(&self) -> Config<Agents> {
        let signed_in = &self.signed_in;
        let config = signed_in.config();
        let config = config.recognised_anew(newer_trust(&self.state, signed_in));
        let config = config.resuming_at(self.cursor);
        config.outbox_on_disk(&self.state, &signed_in.identity)
    }
}

/// By what the server is recognised, if its certificate was renewed since the program began: what the server of this computer writes
/// into its data folder, else what a login has written into the profile meanwhile.
fn newer_trust(state: &StateDir, signed_in: &SignedIn) -> impl Fn() -> Option<Trust> + Send + Sync + use<> {
    let (state, profile, source) = (state.clone(), signed_in.profile.clone(), signed_in.source.clone());
    let first = profile.trust(&state);
    move || match &source {
        Source::Local(data) => {
            let here = credentials::local_server(data)?;
            let same = here.is_tls() && here.port() == profile.server.port();
            same.then(|| here.trust().clone())
        }
        Source::Login => Some(profile.trust(&state)).filter(|now| *now != first),
    }
}

/// The connection's task, and the way to order it about.
pub struct Link {
    orders: mpsc::UnboundedSender<Order>,
    task: JoinHandle<()>,
}

impl Link {
    /// Starts it. What the connection tells comes as messages.
    /// `pictures` is how the terminal shows them, if it does.
    pub fn start(way: Way, messages: mpsc::Sender<Msg>, pictures: Option<Pictures>) -> Link {
        let (orders, to_do) = mpsc::unbounded_channel();
        let task = tokio::spawn(run(way, to_do, messages, pictures));
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

async fn run(
    way: Way,
    mut orders: mpsc::UnboundedReceiver<Order>,
    messages: mpsc::Sender<Msg>,
    pictures: Option<Pictures>,
) {
    let (handle, mut events) = open(way.config());
    let mut is_open = true;
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(order @ (Order::LookInto { .. } | Order::ReadFile { .. })) => {
                    // A slow file holds up nothing.
                    let (signed_in, messages, pictures) = (way.signed_in.clone(), messages.clone(), pictures.clone());
                    tokio::spawn(async move { look(&signed_in, order, pictures.as_ref(), &messages).await });
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
async fn look(signed_in: &SignedIn, order: Order, pictures: Option<&Pictures>, messages: &mpsc::Sender<Msg>) {
    let told = match order {
        Order::LookInto { id, kind, size } => {
            let preview = previews::look_into(signed_in, (id, kind, size), pictures).await;
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
        Order::SaveView(_) | Order::DeleteView(_) | Order::RenameView { .. } => {
            let (signed_in, messages) = (signed_in.clone(), messages.clone());
            tokio::spawn(async move {
                let told = views::change(&signed_in, order).await;
                drop(messages.send(Msg::View(told)).await);
            });
        }
        Order::BlockAddresses(wish) => {
            // It takes several calls, and the connection goes on meanwhile.
            let (signed_in, messages) = (signed_in.clone(), messages.clone());
            tokio::spawn(async move {
                let told = addresses::block(&signed_in, &wish).await;
                drop(messages.send(Msg::Addresses(told)).await);
            });
        }
        Order::Lessons(order) => {
            let (signed_in, messages) = (signed_in.clone(), messages.clone());
            tokio::spawn(async move {
                let told = lessons::run(&signed_in, &order).await;
                drop(messages.send(Msg::Lessons(told)).await);
            });
        }
        Order::SignIn
        | Order::KeepChoice(_)
        | Order::Keep(_)
        | Order::ForgetKept
        | Order::SaveDraft(_)
        | Order::LoadDrafts(_)
        | Order::KeepCommands(_)
        | Order::Pipe { .. }
        | Order::StopPipe
        | Order::LookInto { .. }
        | Order::ReadFile { .. }
        | Order::ReadSettings
        | Order::Files(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt, path::Path};

    use minicom_client::{
        Pin, ServerUrl,
        credentials::{LOCAL_AGENT_TOKEN_FILE, Profile, ProfileName, SERVER_FILE},
    };
    use minicom_protocol::{ids::TenantId, rest::LoginAnswer};

    use super::*;
    use crate::sign_in::find;

    fn pin(of: &str) -> Pin {
        Pin::of(of.as_bytes())
    }

    fn profile(pinned: Pin) -> Profile {
        let trust = Trust {
            ca: None,
            pin: Some(pinned),
        };
        let server = ServerUrl::parse("https://127.0.0.1:8123", false).unwrap();
        Profile {
            name: ProfileName::default(),
            server: server.recognised_by(trust).unwrap(),
            tenant: TenantId::default_tenant(),
            state: None,
        }
    }

    fn told(data: &Path, address: &str, pinned: Pin) {
        let words = format!(r#"{{"address":"{address}","pid":1,"fingerprint":"{pinned}"}}"#);
        private(&data.join(SERVER_FILE), &words);
    }

    fn private(file: &Path, words: &str) {
        fs::write(file, words).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    }

    #[test]
    fn a_renewed_certificate_of_this_computers_server_is_read_where_the_server_writes_it() {
        let (state, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let state = StateDir::resolve(Some(state.path().to_owned())).unwrap();
        private(&data.path().join(LOCAL_AGENT_TOKEN_FILE), "mca_x");
        let signed_in = find(&state, &profile(pin("first")), Some(data.path().to_owned())).unwrap();
        let newer = newer_trust(&state, &signed_in);
        assert_eq!(newer(), None, "no server runs");
        told(data.path(), "127.0.0.1:8123", pin("second"));
        assert_eq!(newer().unwrap().pin, Some(pin("second")));
        told(data.path(), "127.0.0.1:9", pin("third"));
        assert_eq!(newer(), None, "that is another server");
    }

    #[test]
    fn what_a_login_says_meanwhile_counts_and_what_it_said_before_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateDir::resolve(Some(folder.path().to_owned())).unwrap();
        let login: LoginAnswer = serde_json::from_value(serde_json::json!({
            "token": "mca_x", "expires_at": "2030-01-01T00:00:00Z",
            "agent": {"id": "1", "name": "Ada", "email": "ada@x.org", "role": "agent"}
        }))
        .unwrap();
        profile(pin("first")).store(&state, &login).unwrap();
        // Begun with a flag that says otherwise: that stays until somebody signs in anew.
        let newer = newer_trust(&state, &find(&state, &profile(pin("flag")), None).unwrap());
        assert_eq!(newer(), None);
        profile(pin("second")).store(&state, &login).unwrap();
        assert_eq!(newer().unwrap().pin, Some(pin("second")));
    }
}
