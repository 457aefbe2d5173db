//! The ordinary loop of a connection: what the server says, what the program wants, the heartbeat, and the outbox as
//! fast as the server answers.

use std::time::Duration;

use minicom_protocol::{
    codec,
    command::Outcome,
    frame::{ToClient, ToServer},
    ids::{CommandId, Cursor, Time},
};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::Message;

use super::{
    Input, Link,
    dial::{Loss, from_code, from_end},
    unreadable::{kind_needed, place},
    wire::Wire,
};
use crate::{
    event::{ClientEvent, ConnState, Ended},
    handle::Stop,
    limits::{GOODBYE_MAX, PING_AFTER_MAX, PING_AFTER_MIN, SNAPSHOT_PARTS_MAX},
    outbox::{Verdict, deferring},
    party::Party,
};

/// What is known of one connection.
struct Live<A: Party> {
    wire: Wire,
    stage: Stage<A>,
    ping_after: Duration,
    /// The ping on its way, and when it was sent.
    ping: Option<(u64, Instant)>,
    pings: u64,
    /// When Welcome must be here.
    welcome_by: Instant,
    /// The program wants to end: until then answers are waited for.
    closing: Option<Instant>,
}

/// How far the connection has come.
enum Stage<A: Party> {
    /// Hello was said.
    Greeted,
    /// Welcome was said; snapshot parts are being collected.
    Collecting {
        me: A::Me,
        time: Time,
        cursor: Cursor,
        parts: Vec<A::Snapshot>,
    },
    /// Everything is known that was known when it began.
    Ready,
}

/// Goes on, or ends with a loss.
type Flow = Result<(), Loss>;

impl<A: Party> Link<A> {
    /// Runs one connection to its end, and says goodbye where that helps.
    pub(super) async fn live(&mut self, wire: Wire, welcome_by: Instant) -> Loss {
        let mut live = Live {
            wire,
            stage: Stage::Greeted,
            ping_after: PING_AFTER_MAX,
            ping: None,
            pings: 0,
            welcome_by,
            closing: None,
        };
        let loss = loop {
            if let Err(loss) = self.turn(&mut live).await {
                break loss;
            }
        };
        self.outbox.queue.connection_lost();
        self.momentary.clear();
        self.passing.clear();
        for (n, question) in std::mem::take(&mut self.asked) {
            self.emit(ClientEvent::AskFailed { n, question }).await;
        }
        let goodbye = live.wire.close(GOODBYE_MAX);
        if loss == Loss::Stopped {
            goodbye.await;
        } else {
            // Who waits for the next connection does not wait for the end of this one. It ends by itself in time.
            tokio::spawn(goodbye);
        }
        loss
    }

    async fn turn(&mut self, live: &mut Live<A>) -> Flow {
        self.fill(live);
        let wake_at = self.wake_at(live);
        if let Some(until) = live.closing {
            if self.outbox.queue.is_settled() || !matches!(live.stage, Stage::Ready) {
                return Err(Loss::Stopped);
            }
            tokio::select! {
                message = live.wire.next() => self.on_message(live, message).await?,
                done = self.outbox.job() => self.on_job(done).await,
                () = sleep_until(until) => return Err(Loss::Stopped),
                () = sleep_until(wake_at) => self.on_time(live)?,
            }
            return Ok(());
        }
        let offline_at = self.offline_at();
        tokio::select! {
            message = live.wire.next() => self.on_message(live, message).await?,
            input = self.input() => match input {
                Input::Order(order) => {
                    let wire = matches!(live.stage, Stage::Ready).then_some(&mut live.wire);
                    self.on_order(order, wire).await;
                }
                Input::Job(done) => self.on_job(done).await,
                Input::Stop => self.begin_closing(live).await?,
            },
            () = sleep_until(wake_at) => self.on_time(live)?,
            () = sleep_until(offline_at), if self.lost.is_some() => self.show_offline().await,
        }
        Ok(())
    }

    /// The program wants to end: what it handed over before that is still sent. If it just let go of the handle,
    /// the server is not waited for.
    async fn begin_closing(&mut self, live: &mut Live<A>) -> Flow {
        if *self.stop.borrow() != Stop::Close {
            return Err(Loss::Stopped);
        }
        self.orders.close();
        while let Some(order) = self.orders.recv().await {
            let wire = matches!(live.stage, Stage::Ready).then_some(&mut live.wire);
            self.on_order(order, wire).await;
        }
        live.closing = Some(Instant::now() + self.config.timing.shutdown);
        Ok(())
    }

    /// Puts on the wire what may be sent now.
    fn fill(&mut self, live: &mut Live<A>) {
        if !matches!(live.stage, Stage::Ready) {
            return;
        }
        let now = Instant::now();
        for command in self.momentary.take_due(now) {
            self.outbox.accept_momentary(command);
        }
        for frame in self.passing_due(now) {
            live.wire.send(frame);
        }
        while let Some(entry) = self.outbox.queue.send_next(now) {
            let (id, command) = (entry.id, entry.command.clone());
            live.wire
                .send(codec::encode_to_server(&ToServer::<A>::Command { id, command }));
        }
    }

    /// When there is something to do although nothing comes.
    fn wake_at(&self, live: &Live<A>) -> Instant {
        let silent_at = live.wire.last_heard + self.config.timing.silence;
        if !matches!(live.stage, Stage::Ready) {
            return match live.stage {
                Stage::Greeted => live.welcome_by.min(silent_at),
                _ => silent_at,
            };
        }
        let ping_at = live.wire.last_sent + live.ping_after;
        let due = [
            self.momentary.next_due(),
            self.passing.next_due(),
            self.outbox.queue.held_until(),
        ];
        due.into_iter().flatten().fold(silent_at.min(ping_at), Instant::min)
    }

    fn on_time(&mut self, live: &mut Live<A>) -> Flow {
        let now = Instant::now();
        let silence = self.config.timing.silence;
        if now >= live.wire.last_heard + silence {
            return Err(Loss::lost(format!("nothing was heard for {} s", silence.as_secs())));
        }
        match live.stage {
            Stage::Greeted if now >= live.welcome_by => Err(Loss::lost("the server did not say welcome")),
            Stage::Ready if now >= live.wire.last_sent + live.ping_after => {
                self.ping(live);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn ping(&self, live: &mut Live<A>) {
        live.pings += 1;
        live.ping = Some((live.pings, Instant::now()));
        live.wire.send(codec::encode_to_server(&ToServer::<A>::Ping {
            n: live.pings,
            cursor: self.cursor,
        }));
    }

    async fn on_message(
        &mut self,
        live: &mut Live<A>,
        message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
    ) -> Flow {
        match message {
            Some(Ok(Message::Text(text))) => match codec::decode_from_server::<A>(&text) {
                Ok(frame) => self.on_frame(live, frame).await,
                Err(error) => match kind_needed(&text) {
                    Some(kind) => Err(Loss::Torn {
                        why: format!("a {kind} could not be read ({})", place(&error)),
                    }),
                    None => {
                        tracing::debug!(at = place(&error), "a frame of a later version is ignored");
                        Ok(())
                    }
                },
            },
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_))) => Ok(()),
            end => Err(from_end(end)),
        }
    }

    async fn on_frame(&mut self, live: &mut Live<A>, frame: ToClient<A>) -> Flow {
        match (frame, &mut live.stage) {
            (
                ToClient::Welcome {
                    me,
                    time,
                    resumed,
                    cursor,
                    ping_after_ms,
                    ..
                },
                Stage::Greeted,
            ) => {
                live.ping_after = Duration::from_millis(ping_after_ms).clamp(PING_AFTER_MIN, PING_AFTER_MAX);
                if !resumed {
                    let parts = Vec::new();
                    live.stage = Stage::Collecting {
                        me,
                        time,
                        cursor,
                        parts,
                    };
                    return Ok(());
                }
                if self.cursor != Some(cursor) {
                    return Err(Loss::Torn {
                        why: format!("resumed at {} instead of {:?}", cursor.at, self.cursor.map(|it| it.at)),
                    });
                }
                self.emit(ClientEvent::Resumed { me, time, cursor }).await;
                self.ready(live).await;
                Ok(())
            }
            (ToClient::Snapshot { last, data }, Stage::Collecting { parts, .. }) => {
                parts.push(data);
                if parts.len() > SNAPSHOT_PARTS_MAX {
                    let why = "the snapshot has no end".to_owned();
                    return Err(Loss::Torn { why });
                }
                if last {
                    self.fresh(live).await;
                }
                Ok(())
            }
            (ToClient::Batch { from, to, mark, events }, Stage::Ready) => {
                self.check_batch(from, to, &events)?;
                self.cursor = Some(Cursor { at: to, mark });
                self.emit(ClientEvent::Batch { from, to, mark, events }).await;
                Ok(())
            }
            (ToClient::Answer { id, outcome }, _) => self.on_answer(id, outcome).await,
            (ToClient::Reply { n, reply: told }, _) => {
                if let Some(question) = self.asked.remove(&n) {
                    self.emit(ClientEvent::Reply { n, question, told }).await;
                }
                Ok(())
            }
            (ToClient::Signal { signal }, _) => {
                self.emit(ClientEvent::Signal(signal)).await;
                Ok(())
            }
            (ToClient::Pong { n, .. }, _) => {
                if let Some((_, at)) = live.ping.take_if(|(sent, _)| *sent == n) {
                    self.emit(ClientEvent::Latency(at.elapsed())).await;
                }
                Ok(())
            }
            (ToClient::Refused { refusal }, _) => {
                tracing::warn!(code = refusal.code(), "the server did not understand a frame");
                Ok(())
            }
            (
                ToClient::Bye {
                    code,
                    retryable,
                    retry_after_ms,
                    refusal,
                },
                _,
            ) => Err(from_code(
                code,
                retryable,
                retry_after_ms.map(Duration::from_millis),
                refusal,
            )),
            (ToClient::Welcome { .. } | ToClient::Snapshot { .. } | ToClient::Batch { .. }, _) => Err(Loss::Torn {
                why: "a frame came out of its turn".to_owned(),
            }),
        }
    }

    /// The snapshot is whole.
    async fn fresh(&mut self, live: &mut Live<A>) {
        if let Stage::Collecting {
            me,
            time,
            cursor,
            parts,
        } = std::mem::replace(&mut live.stage, Stage::Ready)
        {
            self.cursor = Some(cursor);
            self.emit(ClientEvent::Fresh {
                me,
                time,
                cursor,
                parts,
            })
            .await;
            self.ready(live).await;
        }
    }

    /// Live: the outbox goes on by itself from here.
    async fn ready(&mut self, live: &mut Live<A>) {
        live.stage = Stage::Ready;
        self.lost = None;
        self.live_since = Some(Instant::now());
        self.show(ConnState::Live).await;
        self.report_stale().await;
        self.say_viewing_again();
        self.ping(live);
    }

    /// A range that does not join, or events that are not in it or out of order, would leave a hole for good.
    fn check_batch(&self, from: u64, to: u64, events: &[A::Event]) -> Flow {
        let at = self.cursor.map(|cursor| cursor.at);
        let mut newest = from;
        let ordered = events.iter().all(|event| {
            let position = A::position(event);
            let joins = position > newest && position <= to;
            newest = position;
            joins
        });
        if at == Some(from) && to >= from && ordered {
            return Ok(());
        }
        Err(Loss::Torn {
            why: format!("a batch from {from} to {to} does not join {at:?}"),
        })
    }

    async fn on_answer(&mut self, id: CommandId, outcome: Outcome) -> Flow {
        let deferred = deferring(&outcome);
        match self.outbox.queue.answered(id, outcome, Instant::now()) {
            Verdict::Final(entry, outcome) => {
                self.outbox.forget(&entry);
                if !entry.momentary {
                    let command = entry.command;
                    self.emit(ClientEvent::Answered { id, command, outcome }).await;
                }
                Ok(())
            }
            // The server takes nothing else on this connection until it has seen this one again, and it never will.
            Verdict::GivenUp(entry, refusal) => {
                tracing::error!(command = %entry.id, "the server broke on a command too often: it is given back");
                self.outbox.forget(&entry);
                if !entry.momentary {
                    let (command, outcome) = (entry.command, Outcome::Refused { refusal });
                    self.emit(ClientEvent::Answered { id, command, outcome }).await;
                }
                Err(Loss::lost("the server broke on a command"))
            }
            Verdict::SignedOut => Err(Loss::Ended(Ended::SignedOut)),
            Verdict::Later => {
                if let Some(refusal) = deferred {
                    self.emit(ClientEvent::Deferred(refusal)).await;
                }
                Ok(())
            }
            Verdict::Unknown => Ok(()),
        }
    }
}
