//! What is said on a connection, from Hello to the reason why it ends.

use futures_util::{
    FutureExt, Stream, StreamExt,
    future::BoxFuture,
    stream::{FuturesUnordered, unfold},
};
use minicom_protocol::{
    close::CloseCode,
    codec,
    command::Outcome,
    frame::{Audience, ToClient, ToServer, Told, VERSION},
    ids::CommandId,
    refusal::Refusal,
};
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until};
use tracing::error;

use super::{
    Doorstep, Shared,
    behind::{Answer, Pipeline},
    delivered::Delivered,
    encode,
    end::End,
    guest::{Guest, SignalSource},
    hello,
    log::{self, Story},
    pace::{Pace, Verdict},
    wire::{Heard, Wire},
};
use crate::{
    clock,
    hub::{Batch, Feed},
    limits, store,
};

/// Talks until there is a reason to end. An ended sign-in and the server's stop end it also while a write waits for a
/// client that does not read.
pub async fn talk<G: Guest>(cx: &Shared, wire: &mut Wire, doorstep: &Doorstep, story: &mut Story) -> End {
    let (mut talk, feed) = match begin::<G>(cx, wire, doorstep, story).await {
        Ok(begun) => begun,
        Err(end) => return end,
    };
    let served = cx.desk.while_served(&talk.guest.caller().tenant);
    let (leaves, over) = (talk.guest.leaves(), talk.guest.over(cx));
    let stopped = async {
        cx.stop.cancelled().await;
        sleep(cx.limits.answers_deadline).await;
    };
    tokio::select! {
        end = talk.go_on(feed) => end.err().unwrap_or(End::Lost),
        () = leaves.closed.cancelled() => End::at_the_door(leaves.why()),
        // Whoever comes from here on is answered as at a tenant that is not there; this one knows that it is.
        () = served.cancelled() => End::at_the_door(Refusal::DeskClosed),
        () = over => End::refused(CloseCode::SignIn, Refusal::SignIn),
        () = stopped => End::stopping(cx.limits.restart_retry_spread),
    }
}

/// Hello, sign-in, Welcome, and the snapshot if there is one.
async fn begin<'a, G: Guest>(
    cx: &'a Shared,
    wire: &'a mut Wire,
    doorstep: &Doorstep,
    story: &'a mut Story,
) -> Result<(Talk<'a, G>, Feed), End> {
    let first = hello::wait::<G::Side>(wire, cx.limits.first_frame_deadline);
    let hello = tokio::select! {
        () = cx.stop.cancelled() => return Err(End::stopping(cx.limits.restart_retry_spread)),
        hello = first => hello?,
    };
    let mut guest = G::sign_in(cx, doorstep, &hello).await?;
    let opened = guest.open(cx, hello.cursor).await?;
    let resumed = opened.snapshot.is_none();
    let how = match (resumed, hello.cursor) {
        (true, _) => log::RESUMED,
        (false, Some(_)) => "reset",
        (false, None) => "new",
    };
    story.begin(guest.shown(), &hello.client, how);
    let welcome = ToClient::<G::Side>::Welcome {
        version: VERSION,
        server: concat!("minicom-server ", env!("CARGO_PKG_VERSION")).to_owned(),
        time: clock::now(),
        me: guest.me(),
        resumed,
        cursor: opened.feed.cursor(),
        ping_after_ms: whole_ms(cx.limits.ping_after),
        silence_ms: whole_ms(cx.limits.silence_max),
    };
    wire.send(codec::encode(&welcome)).await?;
    for part in opened.snapshot.into_iter().flatten() {
        wire.send(part).await?;
    }
    let now = Instant::now();
    let talk = Talk {
        cx,
        wire,
        story,
        guest,
        pipeline: Pipeline::default(),
        replies: FuturesUnordered::new(),
        pace: Pace::new(cx.limits.frames_per_s, now),
        delivered: Delivered::new(cx.limits.signal_every),
        bad: 0,
        heard_at: now,
    };
    Ok((talk, opened.feed))
}

fn whole_ms(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

struct Talk<'a, G: Guest> {
    cx: &'a Shared,
    wire: &'a mut Wire,
    story: &'a mut Story,
    guest: G,
    pipeline: Pipeline,
    replies: FuturesUnordered<BoxFuture<'static, String>>,
    pace: Pace,
    delivered: Delivered,
    /// Frames in a row that could not be understood.
    bad: u32,
    heard_at: Instant,
}

/// What happens next on a connection.
enum Next<S> {
    Heard(Result<Heard, End>),
    Answer(CommandId, Answer),
    Reply(Option<String>),
    Batch(Option<store::Result<Batch>>),
    Signal(S),
    Delivered,
    Silence,
    Stop,
}

impl<G: Guest> Talk<'_, G> {
    /// The ordinary loop.
    async fn go_on(&mut self, feed: Feed) -> Result<(), End> {
        let mut batches = std::pin::pin!(batches(feed));
        let mut signals = self.guest.signals(self.cx)?;
        loop {
            // A client that sends faster than its commands are done is slowed down by the socket itself.
            let room = self.pipeline.len() + self.replies.len() < limits::PIPELINE_MAX;
            let silence_at = self.heard_at + self.cx.limits.silence_max;
            let next = tokio::select! {
                () = self.cx.stop.cancelled() => Next::Stop,
                heard = self.wire.next(), if room => Next::Heard(heard),
                (id, answer) = self.pipeline.next(), if !self.pipeline.is_empty() => Next::Answer(id, answer),
                reply = self.replies.next(), if !self.replies.is_empty() => Next::Reply(reply),
                batch = batches.next() => Next::Batch(batch),
                signal = signals.next() => Next::Signal(signal),
                () = self.delivered.due() => Next::Delivered,
                () = sleep_until(silence_at) => Next::Silence,
            };
            match next {
                Next::Heard(heard) => self.hear(heard?).await?,
                Next::Answer(id, answer) => self.answer(id, answer).await?,
                Next::Reply(reply) => self.send_all(reply).await?,
                Next::Batch(batch) => self.batch(batch).await?,
                Next::Signal(signal) => self.send(&ToClient::Signal { signal }).await?,
                Next::Delivered => {
                    for (conversation, up_to) in self.delivered.take(Instant::now()) {
                        self.guest.got(self.cx, conversation, up_to).await;
                    }
                }
                Next::Silence => self.silence(room).await?,
                Next::Stop => return self.stop().await,
            }
        }
    }

    async fn send(&mut self, frame: &ToClient<G::Side>) -> Result<(), End> {
        self.wire.send(codec::encode(frame)).await
    }

    async fn send_all(&mut self, texts: impl IntoIterator<Item = String>) -> Result<(), End> {
        for text in texts {
            self.wire.send(text).await?;
        }
        Ok(())
    }

    async fn hear(&mut self, heard: Heard) -> Result<(), End> {
        self.heard_at = Instant::now();
        let text = match heard {
            Heard::Text(text) => text,
            Heard::Control => {
                let verdict = self.pace.control(self.heard_at);
                return self.obey(verdict).await;
            }
        };
        let frame = match encode::depth(text.as_bytes()).and_then(|()| codec::decode::<G::Side>(&text)) {
            Ok(frame) => frame,
            Err(refusal) => return self.not_understood(&text, refusal).await,
        };
        self.bad = 0;
        match frame {
            ToServer::Command { id, command } => return self.command(id, command).await,
            ToServer::Hello(_) => {
                let refusal = Refusal::HelloAgain;
                self.send(&ToClient::Refused { refusal }).await?;
            }
            ToServer::Ask { n, question } => self.ask(n, question),
            ToServer::Typing { conversation, on } => self.guest.types(self.cx, conversation, on).await,
            ToServer::Delivered { conversation, up_to } => self.delivered.say(conversation, up_to),
            ToServer::Viewing { conversation } => {
                if let Err(refusal) = self.guest.views(conversation) {
                    self.send(&ToClient::Refused { refusal }).await?;
                }
            }
            ToServer::Ping { n, .. } => {
                let time = clock::now();
                self.send(&ToClient::Pong { n, time }).await?;
            }
        }
        self.count().await
    }

    /// Counts a frame that took work and was no command that was taken in.
    async fn count(&mut self) -> Result<(), End> {
        let verdict = self.pace.frame(Instant::now());
        self.obey(verdict).await
    }

    async fn obey(&mut self, verdict: Verdict) -> Result<(), End> {
        match verdict {
            Verdict::Fine => Ok(()),
            Verdict::Tell(retry_after_ms) => {
                let refusal = Refusal::RateLimited { retry_after_ms };
                self.send(&ToClient::Refused { refusal }).await
            }
            Verdict::Close => {
                let refusal = Refusal::RateLimited { retry_after_ms: 1_000 };
                Err(End::refused(CloseCode::Rate, refusal))
            }
        }
    }

    /// A frame that could not be understood. If it is a command with an id or a question with a number, its sender waits for
    /// what becomes of it.
    async fn not_understood(&mut self, text: &str, refusal: Refusal) -> Result<(), End> {
        let frame = match awaited(text) {
            Some(Awaited::Answer(id)) => ToClient::Answer {
                id,
                outcome: Outcome::Refused { refusal },
            },
            Some(Awaited::Reply(n)) => ToClient::Reply {
                n,
                reply: Told::Refusal(refusal),
            },
            None => ToClient::Refused { refusal },
        };
        self.send(&frame).await?;
        self.bad += 1;
        if self.bad > limits::BAD_FRAMES_MAX {
            return Err(End::with(CloseCode::Policy));
        }
        self.count().await
    }

    async fn command(&mut self, id: CommandId, command: <G::Side as Audience>::Command) -> Result<(), End> {
        let (cx, guest) = (self.cx, &self.guest);
        let begun = self.pipeline.submit(
            id,
            G::kept(&command),
            || guest.admits(cx, &command),
            |among| {
                let (desk, caller, order) = (cx.desk.clone(), guest.caller().clone(), G::order(command.clone()));
                Box::pin(async move { desk.submit_among(&caller, id, order, among).await })
            },
        );
        if begun {
            self.story.commands += 1;
            Ok(())
        } else {
            self.count().await
        }
    }

    async fn answer(&mut self, id: CommandId, answer: Answer) -> Result<(), End> {
        let outcome = match answer {
            Ok(done) => Outcome::Done(G::done(done)),
            Err(refusal) => Outcome::Refused { refusal },
        };
        self.send(&ToClient::Answer { id, outcome }).await
    }

    fn ask(&mut self, n: u64, question: <G::Side as Audience>::Question) {
        let asked = self.guest.ask(self.cx, question);
        let told = asked.map(move |told| {
            let reply = match told {
                Ok(reply) => Told::Reply(reply),
                Err(refusal) => Told::Refusal(refusal),
            };
            codec::encode(&ToClient::<G::Side>::Reply { n, reply })
        });
        self.replies.push(told.boxed());
    }

    async fn batch(&mut self, batch: Option<store::Result<Batch>>) -> Result<(), End> {
        match batch {
            Some(Ok(batch)) => {
                self.wire.send(encode::batch(&batch)).await?;
                batch.events.iter().try_for_each(|event| self.guest.sees(event))
            }
            Some(Err(error)) => {
                error!(%error, "the journal could not be read");
                Err(End::refused(CloseCode::Internal, Refusal::Internal))
            }
            None => Err(End::with(CloseCode::Internal)),
        }
    }

    /// Nothing was heard for long. What came while this side was busy counts.
    async fn silence(&mut self, room: bool) -> Result<(), End> {
        if !room {
            self.heard_at = Instant::now();
            return Ok(());
        }
        match self.wire.next().now_or_never() {
            Some(heard) => self.hear(heard?).await,
            None => Err(End::with(CloseCode::Silent)),
        }
    }

    /// The server stops: what was submitted is answered, then Bye. What is not answered in time is answered when the client
    /// sends it again.
    async fn stop(&mut self) -> Result<(), End> {
        while !self.pipeline.is_empty() {
            let (id, answer) = self.pipeline.next().await;
            self.answer(id, answer).await?;
        }
        Err(End::stopping(self.cx.limits.restart_retry_spread))
    }
}

/// The batches of a feed. A stream keeps its place when it is not waited for any more, so that no read is begun twice.
fn batches(feed: Feed) -> impl Stream<Item = store::Result<Batch>> {
    unfold(feed, |mut feed| async {
        let batch = feed.next_batch().await;
        Some((batch, feed))
    })
}

/// What the sender of a frame waits for.
enum Awaited {
    Answer(CommandId),
    Reply(u64),
}

/// By what its sender knows a command or a question that could not be understood otherwise.
fn awaited(text: &str) -> Option<Awaited> {
    let frame: Value = serde_json::from_str(text).ok()?;
    match frame.get("type")?.as_str()? {
        "command" => frame.get("id")?.as_str()?.parse().ok().map(Awaited::Answer),
        "ask" => frame.get("n")?.as_u64().map(Awaited::Reply),
        _ => None,
    }
}
