//! One WebSocket from Hello to Bye: who may open one, what is said on it, and why it ends. It refuses to know SQL, passwords
//! and what a command does; the desk, the accounts and the signals do.
//!
//! One task serves one connection, agents' and customers' alike (`guest.rs` is where they differ). What is sent waits in
//! no queue of ours: a slow client is a cursor that lags, and a write that takes too long ends the connection.

mod agents;
mod behind;
mod customers;
mod delivered;
mod encode;
mod end;
mod fragments;
mod guest;
mod hello;
mod log;
mod origin;
mod pace;
mod questions;
mod rates;
mod registry;
mod talk;
mod typing;
mod upgrade;
mod wire;

use std::{
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Extension, Router,
    extract::{ConnectInfo, Path, State},
    http::HeaderMap,
    response::Response,
    routing::get,
};
use futures_util::FutureExt;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;

use crate::{accounts::Accounts, desk::Desk, listener::Place, run_limits::RunLimits, signals::Signals};
use agents::AgentGuest;
use customers::CustomerGuest;
pub(crate) use encode::depth;
use end::End;
use guest::Guest;
use log::Story;
use minicom_protocol::{close::CloseCode, refusal::Refusal};
use origin::Asking;
pub use rates::Rates;
pub use registry::{AgentSeat, Registry};
pub(crate) use registry::{CustomerSeat, Leaves};
use upgrade::{Socket, Upgrade};
use wire::Wire;

/// All that the sockets work with, and all sockets that are open. Cheap to clone; the state of the routes.
#[derive(Clone)]
pub struct Sockets {
    shared: Arc<Shared>,
}

struct Shared {
    desk: Desk,
    accounts: Accounts,
    registry: Registry,
    signals: Signals,
    limits: RunLimits,
    rates: Arc<Rates>,
    stop: CancellationToken,
    open: TaskTracker,
    numbers: AtomicU64,
}

impl Sockets {
    /// Sockets over this desk, until `stop`. Whoever made the signals starts what keeps them. `registry` is the one that the
    /// accounts tell of ended sign-ins, see [`Registry::signed_out`].
    pub fn new(
        desk: Desk,
        accounts: Accounts,
        registry: Registry,
        signals: Signals,
        limits: RunLimits,
        stop: CancellationToken,
    ) -> Sockets {
        let rates = Arc::new(Rates::new(&limits));
        desk.doors().held_by(registry.clone());
        Sockets {
            shared: Arc::new(Shared {
                desk,
                accounts,
                registry,
                signals,
                limits,
                rates,
                stop,
                open: TaskTracker::new(),
                numbers: AtomicU64::new(1),
            }),
        }
    }

    /// The connections that are open.
    pub fn registry(&self) -> &Registry {
        &self.shared.registry
    }

    /// How fast customers may write, whichever way they do.
    pub fn rates(&self) -> &Arc<Rates> {
        &self.shared.rates
    }

    /// Sockets that are open, signed in or not.
    pub fn open(&self) -> usize {
        self.shared.open.len()
    }

    /// Waits until every socket has ended. After `stop` each one answers what was submitted, says Bye and closes, within
    /// `answers_deadline` and `close_linger`.
    pub async fn ended(&self) {
        self.shared.open.close();
        self.shared.open.wait().await;
    }
}

/// The routes of the sockets.
pub fn routes(sockets: Sockets) -> Router {
    Router::new()
        .route("/ws", get(agents_handler))
        .route("/ws/chat/{customer_id}", get(customers_handler))
        .route("/ws/public/{session_id}", get(public_handler))
        .with_state(sockets)
}

/// `GET /ws`: agents.
pub async fn agents_handler(
    State(sockets): State<Sockets>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    place: Option<Extension<Place>>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    let doorstep = Doorstep::new(peer, Door::Desk, place);
    open::<AgentGuest>(sockets, doorstep, &headers, upgrade).await
}

/// `GET /ws/chat/{customer_id}`: the customer of this name. What cannot be a name is refused after Hello, in words that
/// every client shows.
pub async fn customers_handler(
    State(sockets): State<Sockets>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(customer_id): Path<String>,
    place: Option<Extension<Place>>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    let doorstep = Doorstep::new(peer, Door::Name(customer_id), place);
    open::<CustomerGuest>(sockets, doorstep, &headers, upgrade).await
}

/// `GET /ws/public/{session_id}`: the customer of this conversation, who was given its key by `public/start`. What cannot be a
/// conversation's id is answered as an unknown one.
pub async fn public_handler(
    State(sockets): State<Sockets>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(session_id): Path<String>,
    place: Option<Extension<Place>>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    let doorstep = Doorstep::new(peer, Door::Session(session_id), place);
    open::<CustomerGuest>(sockets, doorstep, &headers, upgrade).await
}

/// Which door it is.
enum Door {
    /// The agents'.
    Desk,
    /// A customer's, by the name in the path.
    Name(String),
    /// A customer's, by a conversation in the path.
    Session(String),
}

/// Who stands at the door, before anything was said.
struct Doorstep {
    peer: SocketAddr,
    door: Door,
    /// The other site whose page asks, which some tenant has on its list.
    origin: Option<String>,
    /// Kept until the socket ends.
    place: Option<Place>,
}

impl Doorstep {
    fn new(peer: SocketAddr, door: Door, place: Option<Extension<Place>>) -> Doorstep {
        Doorstep {
            peer,
            door,
            origin: None,
            place: place.map(|Extension(place)| place),
        }
    }
}

async fn open<G: Guest>(sockets: Sockets, mut doorstep: Doorstep, headers: &HeaderMap, upgrade: Upgrade) -> Response {
    match origin::asking(headers) {
        Asking::Own => {}
        Asking::Page(origin) if !matches!(doorstep.door, Door::Desk) => {
            match sockets.shared.desk.welcomes(None, origin.clone()).await {
                Ok(true) => doorstep.origin = Some(origin),
                Ok(false) | Err(_) => return origin::refusal(),
            }
        }
        Asking::Page(_) | Asking::Nonsense => return origin::refusal(),
    }
    if sockets.shared.stop.is_cancelled() {
        return origin::stopping();
    }
    // Counted from here on, so that a stop waits also for one that is being upgraded.
    let counted = sockets.shared.open.token();
    upgrade.then(move |socket| async move {
        // Whatever is logged on the way has the connection's number.
        let number = sockets.shared.numbers.fetch_add(1, Ordering::Relaxed);
        let span = tracing::error_span!("connection", number);
        serve::<G>(&sockets, socket, doorstep, number).instrument(span).await;
        drop(sockets);
        drop(counted);
    })
}

async fn serve<G: Guest>(sockets: &Sockets, socket: Socket, doorstep: Doorstep, number: u64) {
    let cx = &sockets.shared;
    let mut wire = Wire::new(socket, &cx.limits);
    let mut story = Story::new(number, G::ROLE, doorstep.peer);
    let end = guarded(talk::talk::<G>(cx, &mut wire, &doorstep, &mut story)).await;
    wire.finish(&end).await;
    story.end(&end, &wire);
    drop(doorstep.place);
}

/// A panic ends its own connection and nothing else. Its message went to the panic hook.
async fn guarded(talk: impl Future<Output = End>) -> End {
    AssertUnwindSafe(talk)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| End::refused(CloseCode::Internal, Refusal::Internal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_its_own_connection_with_internal() {
        let end = guarded(async { std::panic::panic_any("on purpose") }).await;
        let End::Ours(bye) = end else {
            panic!("a panic closes the connection");
        };
        assert_eq!((bye.code, bye.refusal), (CloseCode::Internal, Some(Refusal::Internal)));
    }
}
