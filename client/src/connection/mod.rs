//! The connection as its own task: dial, live, wait, again. This file owns the task's life and what it does while
//! there is no connection; `live` owns the ordinary loop, `dial` the way there.

mod dial;
mod live;
mod orders;
mod unreadable;
mod wire;

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicU64},
    time::SystemTime,
};

use minicom_protocol::{
    codec,
    frame::ToServer,
    ids::{ConversationId, Cursor},
};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    time::{Instant, sleep_until, timeout},
};

pub(crate) use self::{
    dial::{Loss, from_code, from_end, from_http},
    wire::Wire,
};

use self::dial::dial;
use crate::{
    backoff::Backoff,
    config::Config,
    event::{ClientEvent, ConnState, Ended},
    handle::{Handle, Order, Passing, Stop},
    limits::{EVENTS_MAX, GOODBYE_MAX, MOMENTARY_EVERY, ORDERS_MAX, OUTBOX_MAX, RETRY_UNTRUSTED},
    momentary::Momentary,
    outbox::{JobDone, Outbox},
    party::Party,
};

/// Opens a connection that finds its way back by itself, as a task of the running tokio runtime. The receiver is to be
/// read: above [`EVENTS_MAX`] waiting events the connection stops reading from the server.
pub fn open<A: Party>(config: Config<A>) -> (Handle<A>, mpsc::Receiver<ClientEvent<A>>) {
    let (orders, orders_out) = mpsc::channel(ORDERS_MAX);
    let (events_in, events) = mpsc::channel(EVENTS_MAX);
    let (stop, stopped) = watch::channel(Stop::Run);
    let shutdown_max = config.timing.shutdown;
    let link = Link::new(config, orders_out, events_in, stopped);
    let handle = Handle {
        orders,
        room: Arc::new(Semaphore::new(OUTBOX_MAX)),
        stop,
        task: tokio::spawn(link.run()),
        shutdown_max,
        asked: AtomicU64::new(0),
    };
    (handle, events)
}

/// The connection's task.
pub(crate) struct Link<A: Party> {
    config: Config<A>,
    orders: mpsc::Receiver<Order<A>>,
    events: mpsc::Sender<ClientEvent<A>>,
    stop: watch::Receiver<Stop>,
    outbox: Outbox<A>,
    momentary: Momentary<A::Command>,
    /// Signals that wait for their turn.
    passing: Momentary<Passing>,
    /// What is on the screen, and when that was last said.
    viewing: Option<(Option<ConversationId>, Instant)>,
    cursor: Option<Cursor>,
    /// Questions on the wire.
    asked: BTreeMap<u64, A::Question>,
    state: ConnState,
    /// Since when the connection is live.
    live_since: Option<Instant>,
    /// Since when there is no connection; `None` while there is one.
    lost: Option<(Instant, SystemTime)>,
}

/// What can come while there is no connection.
enum Input<A: Party> {
    Stop,
    Order(Order<A>),
    Job(Option<JobDone>),
}

impl<A: Party> Link<A> {
    fn new(
        config: Config<A>,
        orders: mpsc::Receiver<Order<A>>,
        events: mpsc::Sender<ClientEvent<A>>,
        stop: watch::Receiver<Stop>,
    ) -> Self {
        let outbox = Outbox::new(config.wall.clone());
        let lost = Some((Instant::now(), outbox.now()));
        Self {
            cursor: config.cursor,
            config,
            orders,
            events,
            stop,
            outbox,
            momentary: Momentary::new(MOMENTARY_EVERY),
            passing: Momentary::new(MOMENTARY_EVERY),
            viewing: None,
            asked: BTreeMap::new(),
            state: ConnState::Connecting,
            live_since: None,
            lost,
        }
    }

    async fn run(mut self) {
        self.emit(ClientEvent::State(ConnState::Connecting)).await;
        self.begin_outbox().await;
        let mut backoff = Backoff::new(self.config.timing.backoff_first, self.config.timing.backoff_cap);
        loop {
            let loss = match self.connect().await {
                Ok((wire, welcome_by)) => {
                    let loss = self.live(wire, welcome_by).await;
                    // From Welcome on: a server that takes connections and then says nothing is none.
                    let since = self.live_since.take();
                    if since.is_some_and(|since| since.elapsed() >= self.config.timing.stable) {
                        backoff.reset();
                    }
                    loss
                }
                Err(loss) => loss,
            };
            match loss {
                Loss::Stopped => break,
                Loss::Ended(Ended::SignedOut) if self.config.renew().await => {
                    let why = "the sign-in was renewed".to_owned();
                    self.wait(&mut backoff, why, None, false).await;
                }
                Loss::Ended(ended) => {
                    let ended = ended.by(self.config.claim());
                    self.over(ended).await;
                    break;
                }
                Loss::Torn { why } => {
                    tracing::error!(%why, "the server's account does not join ours: starting afresh");
                    self.cursor = None;
                    self.wait(&mut backoff, why, None, false).await;
                }
                Loss::Untrusted { why } => {
                    tracing::warn!(%why, "no connection to somebody who is not recognised");
                    self.wait_for_trust(&mut backoff, why).await;
                }
                Loss::Lost {
                    why,
                    retry_after,
                    draining,
                } => {
                    tracing::info!(%why, "no connection");
                    self.wait(&mut backoff, why, retry_after, draining).await;
                }
            }
            if self.is_stopped() {
                break;
            }
        }
        self.end().await;
    }

    async fn begin_outbox(&mut self) {
        let Some(base) = self.config.outbox.clone() else { return };
        for trouble in self.outbox.begin(base).await {
            self.emit(ClientEvent::OutboxTrouble(trouble)).await;
        }
        let adopted: Vec<_> = self.outbox.queue.iter().map(|it| (it.id, it.command.clone())).collect();
        for (id, command) in adopted {
            self.emit(ClientEvent::Pending {
                id,
                command,
                adopted: true,
            })
            .await;
        }
        self.report_stale().await;
    }

    /// One attempt: a wire on which Hello was said, and when Welcome must be here.
    async fn connect(&mut self) -> Result<(Wire, Instant), Loss> {
        self.config.renew().await;
        self.config.renew_trust().await;
        let config = &self.config;
        let hello = codec::encode_to_server(&ToServer::<A>::Hello(config.hello(self.cursor)));
        let way = dial(config.dialer.clone(), config.server.clone(), config.path.clone(), hello);
        let most = config.timing.dial;
        let welcome_by = Instant::now() + most;
        let mut attempt = Box::pin(timeout(most, way));
        loop {
            let offline_at = self.offline_at();
            tokio::select! {
                result = &mut attempt => return match result {
                    Ok(wire) => wire.map(|wire| (wire, welcome_by)),
                    Err(_) => Err(Loss::lost(format!(
                        "{} did not answer within {} s",
                        self.config.server,
                        most.as_secs()
                    ))),
                },
                input = self.input() => if self.on_input(input).await { return Err(Loss::Stopped) },
                () = sleep_until(offline_at) => self.show_offline().await,
            }
        }
    }

    /// Waits until the next attempt is due, or somebody wants it now.
    async fn wait(
        &mut self,
        backoff: &mut Backoff,
        why: String,
        retry_after: Option<std::time::Duration>,
        draining: bool,
    ) {
        if self.lost.is_none() {
            self.lost = Some((Instant::now(), self.outbox.now()));
        }
        let random = self.config.random.clone();
        let retry_at = Instant::now() + backoff.next(|bound| random(bound), retry_after);
        let offline = matches!(self.state, ConnState::Offline { .. }) || Instant::now() >= self.offline_at();
        let draining = draining || matches!(self.state, ConnState::Draining { .. });
        let state = match (offline, draining) {
            (true, _) => self.offline(retry_at, why),
            (false, true) => ConnState::Draining {
                retry_at: retry_at.into_std(),
            },
            (false, false) => ConnState::Reconnecting {
                retry_at: retry_at.into_std(),
                attempt: backoff.attempt(),
                why,
            },
        };
        self.show(state).await;
        self.wait_until(retry_at).await;
    }

    /// The same after a server was not recognised, which no haste mends.
    async fn wait_for_trust(&mut self, backoff: &mut Backoff, why: String) {
        if self.lost.is_none() {
            self.lost = Some((Instant::now(), self.outbox.now()));
        }
        let random = self.config.random.clone();
        let retry_at = Instant::now() + backoff.next(|bound| random(bound), Some(RETRY_UNTRUSTED));
        let state = ConnState::Untrusted {
            retry_at: retry_at.into_std(),
            why,
        };
        self.show(state).await;
        self.wait_until(retry_at).await;
    }

    async fn wait_until(&mut self, retry_at: Instant) {
        loop {
            let offline_at = self.offline_at();
            tokio::select! {
                () = sleep_until(retry_at) => return,
                () = sleep_until(offline_at) => self.show_offline().await,
                input = self.input() => {
                    let now = matches!(input, Input::Order(Order::ReconnectNow));
                    if self.on_input(input).await || now {
                        return;
                    }
                }
            }
        }
    }

    /// When the state becomes "offline": far away if it is already.
    fn offline_at(&self) -> Instant {
        match (&self.state, self.lost) {
            (ConnState::Offline { .. } | ConnState::Untrusted { .. }, _) | (_, None) => {
                Instant::now() + self.config.timing.offline
            }
            (_, Some((at, _))) => at + self.config.timing.offline,
        }
    }

    async fn show_offline(&mut self) {
        let (retry_at, why) = match &self.state {
            ConnState::Reconnecting { retry_at, why, .. } => (*retry_at, why.clone()),
            ConnState::Draining { retry_at } => (*retry_at, "the server restarts".to_owned()),
            ConnState::Connecting => (Instant::now().into_std(), "the server does not answer".to_owned()),
            _ => return,
        };
        let state = self.offline(Instant::from_std(retry_at), why);
        self.show(state).await;
    }

    fn offline(&self, retry_at: Instant, why: String) -> ConnState {
        ConnState::Offline {
            since: self.lost.map_or_else(|| self.outbox.now(), |(_, since)| since),
            retry_at: retry_at.into_std(),
            why,
        }
    }

    async fn show(&mut self, state: ConnState) {
        self.state = state.clone();
        self.emit(ClientEvent::State(state)).await;
    }

    async fn over(&mut self, ended: Ended) {
        tracing::warn!(why = %ended.words(), "the connection has ended for good");
        self.show(ended.clone().into()).await;
        self.emit(ClientEvent::Ended(ended)).await;
    }

    /// Writes down what was accepted and lets go of the files.
    async fn end(mut self) {
        // What was told is all that is told: "ended" is the last event. But the events end only when all is written down and
        // let go of, for a program may take that for the end.
        let _told = std::mem::replace(&mut self.events, mpsc::channel(1).0);
        // No order is taken from here on; those that were are written down.
        self.orders.close();
        while let Some(order) = self.orders.recv().await {
            self.on_order(order, None).await;
        }
        let outbox = &mut self.outbox;
        let kept = async {
            while !outbox.is_kept() {
                let done = outbox.job().await;
                let _ = outbox.job_done(done);
            }
        };
        if timeout(GOODBYE_MAX, kept).await.is_err() {
            tracing::error!("the disk is too slow: unsent messages may not be on it");
        }
        self.outbox.end().await;
    }

    fn is_stopped(&self) -> bool {
        // The sender is gone if the handle was dropped.
        *self.stop.borrow() == Stop::Close || self.stop.has_changed().is_err()
    }

    /// Tells the program. Waits while it has too much to read, but not when it has said that it stops reading.
    async fn emit(&mut self, event: ClientEvent<A>) {
        let Err(mpsc::error::TrySendError::Full(event)) = self.events.try_send(event) else {
            return; // Taken, or nobody listens.
        };
        tokio::select! {
            _ = self.events.send(event) => {}
            _ = self.stop.wait_for(|stop| *stop == Stop::Close) => {}
        }
    }

    /// The next thing that comes from this side. Can be dropped and called again.
    async fn input(&mut self) -> Input<A> {
        tokio::select! {
            _ = self.stop.wait_for(|stop| *stop == Stop::Close) => Input::Stop,
            order = self.orders.recv() => order.map_or(Input::Stop, Input::Order),
            done = self.outbox.job() => Input::Job(done),
        }
    }

    /// Without a connection. Returns whether to stop.
    async fn on_input(&mut self, input: Input<A>) -> bool {
        match input {
            Input::Stop => return true,
            Input::Order(order) => self.on_order(order, None).await,
            Input::Job(done) => self.on_job(done).await,
        }
        false
    }
}

#[cfg(test)]
mod tests;
