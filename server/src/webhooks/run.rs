//! The one task that sends what is due: so many requests at once, so many to each receiver, each tried again later and later.

use std::{collections::HashMap, time::Duration};

use minicom_protocol::{
    event::Event,
    ids::{Rev, TenantId, Time},
};
use rand::{RngExt, seq::SliceRandom};
use rusqlite::Connection;
use serde::Serialize;
use serde_json::{json, value::RawValue};
use tokio::{
    task::{Id, JoinSet},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use tracing::warn;
use uuid::Uuid;

use super::{Answered, Webhooks};
use crate::{
    clock,
    hub::Encoded,
    limits,
    store::{
        self, TenantKey,
        audit::{Actor, By},
        journal,
        webhooks::{self, Delivery, Tried, Webhook},
    },
};

/// While something is due later the clock is looked at this often: one that was set back must not delay it by as much.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// After so many events what is settled long ago is forgotten.
const FORGET_EVERY: u64 = 256;

/// What is under way: which event to which webhook.
type Place = (TenantKey, Uuid, Rev);
type UnderWay = HashMap<Id, Place>;

/// An event that is due.
struct Due {
    tenant: TenantKey,
    name: TenantId,
    hook: Webhook,
    delivery: Delivery,
    event: Event,
}

/// What a look at the rows has found.
struct Found {
    due: Vec<Due>,
    /// When more is due.
    later: Option<Time>,
    /// Whether there is any webhook at all.
    any: bool,
}

/// What a receiver gets.
#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    timestamp: String,
    tenant: &'a str,
    cursor: String,
    data: &'a RawValue,
}

impl Webhooks {
    /// Sends until `stop`. What was under way then is sent again after the next start.
    pub async fn run(self, stop: CancellationToken) {
        let mut sends = JoinSet::new();
        let mut under_way = UnderWay::new();
        loop {
            let (any, wait) = self.begin(&mut sends, &mut under_way).await;
            tokio::select! {
                () = stop.cancelled() => return,
                Some(ended) = sends.join_next_with_id() => {
                    // A panic went to the panic hook; its event is due still.
                    let id = ended.map_or_else(|failed| failed.id(), |(id, ())| id);
                    under_way.remove(&id);
                }
                () = self.shared.changed.notified() => {}
                () = self.shared.desk.counts().tenants_changed.notified() => {}
                () = self.shared.desk.counts().appended.notified(), if any => {}
                () = sleep(wait) => {}
            }
        }
    }

    /// Begins what is due and has a place. Whether there is anybody to tell, and how long nothing more is due.
    async fn begin(&self, sends: &mut JoinSet<()>, under_way: &mut UnderWay) -> (bool, Duration) {
        let busy: Vec<Place> = under_way.values().copied().collect();
        let found = self.shared.desk.read(move |conn| look(conn, clock::now(), &busy)).await;
        let Ok(found) = found else {
            return (true, limits::LOOK_AGAIN_AFTER);
        };
        for due in found.due {
            let place = (due.tenant, due.hook.id, due.delivery.rev);
            let task = sends.spawn(self.clone().send(due));
            under_way.insert(task.id(), place);
        }
        let wait = found.later.map_or(Duration::from_secs(3_600), |at| {
            Duration::from_micros(at.since(clock::now()).cast_unsigned()).clamp(Duration::from_millis(1), LOOK_EVERY)
        });
        (found.any, wait)
    }

    async fn send(self, due: Due) {
        let answered = match self.secrets(due.tenant, &due.hook) {
            Ok(secrets) => {
                let id = format!("evt_{}_{}", due.event.rev, due.event.mark);
                let poster = &self.shared.poster;
                poster
                    .post(&due.hook.url, &secrets, &id, body(&due.name, &due.event))
                    .await
            }
            Err(_) => Answered {
                status: None,
                error: Some("secret"),
            },
        };
        let (tenant, id, rev) = (due.tenant, due.hook.id, due.delivery.rev);
        let (attempts, first_at) = (due.delivery.attempts, due.delivery.first_at);
        let span = span_ms(self.shared.retry_first_ms, attempts);
        // Not written, it would be sent again at once.
        loop {
            let random = rand::rng().random_range(0.0..1.0);
            let settled = self.shared.desk.write(tenant, move |scope| {
                let tried = verdict(answered, span, first_at, scope.now, random);
                let failing = webhooks::settle(scope.conn, tenant, id, rev, scope.now, &tried)?;
                let why = match (answered.status, failing) {
                    (Some(410), _) => Some("gone"),
                    (_, Some(since)) if scope.now.since(since) > limits::WEBHOOK_FAILING_FOR_MS * 1_000 => {
                        Some("failing")
                    }
                    _ => None,
                };
                if let Some(why) = why
                    && webhooks::disable(scope.conn, tenant, id, why)?
                {
                    let by = By {
                        actor: Actor::Server,
                        address: None,
                    };
                    scope.audit(&by, "webhook.disabled", id.to_string(), json!({"reason": why}))?;
                    warn!(webhook = %id, reason = why, "a webhook is told no more");
                }
                if rev.0.is_multiple_of(FORGET_EVERY) {
                    webhooks::forget(scope.conn, tenant, id, limits::WEBHOOK_DELIVERIES_KEPT)?;
                }
                Ok(())
            });
            match settled.await {
                Err(refusal) if refusal.retryable() => sleep(limits::LOOK_AGAIN_AFTER).await,
                // Refused for good, its tenant is being deleted: its place is for the others.
                Ok(()) | Err(_) => return,
            }
        }
    }
}

/// What is due now and is not under way, as much as there are places.
fn look(conn: &Connection, now: Time, busy: &[Place]) -> store::Result<Found> {
    let mut hooks = webhooks::enabled(conn)?;
    let any = !hooks.is_empty();
    // Who comes first where there are too few places is left to chance.
    hooks.shuffle(&mut rand::rng());
    let mut left = limits::WEBHOOK_POSTS_MAX.saturating_sub(busy.len());
    let (mut found, mut later): (Vec<Due>, Option<Time>) = (vec![], None);
    for (tenant, name, hook) in hooks {
        let mine = busy.iter().filter(|it| (it.0, it.1) == (tenant, hook.id)).count();
        let most = match hook.failing_since {
            Some(_) => 1,
            None => limits::WEBHOOK_POSTS_EACH_MAX,
        };
        let free = most.saturating_sub(mine).min(left);
        // Without a place it is looked at again when one comes free.
        if free == 0 {
            continue;
        }
        let (due, next) = webhooks::due(conn, tenant, hook.id, now, free + mine)?;
        later = later.into_iter().chain(next).min();
        let fresh = due.into_iter().filter(|it| !busy.contains(&(tenant, hook.id, it.rev)));
        for delivery in fresh.take(free) {
            let before = Rev(delivery.rev.0.saturating_sub(1));
            if let Some(event) = journal::after(conn, tenant, before, 1)?.pop() {
                left -= 1;
                let (name, hook) = (name.clone(), hook.clone());
                found.push(Due {
                    tenant,
                    name,
                    hook,
                    delivery,
                    event,
                });
            }
        }
    }
    Ok(Found { due: found, later, any })
}

fn body(tenant: &TenantId, event: &Event) -> Vec<u8> {
    let encoded = Encoded::for_programs(event);
    let text = String::from_utf8_lossy(&encoded.json).into_owned();
    let data = RawValue::from_string(text).expect("an encoded event is JSON");
    // An agent's own saved reply is to others one that is gone: the kind is that of what is told.
    let kind = kind_of(&data).unwrap_or_else(|| event.body.kind().to_owned());
    let body = Body {
        r#type: &kind,
        timestamp: clock::rfc3339(event.time),
        tenant: tenant.as_str(),
        cursor: format!("{}.{}", event.rev, event.mark),
        data: &data,
    };
    serde_json::to_vec(&body).expect("texts and JSON are JSON")
}

fn kind_of(data: &RawValue) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Head {
        kind: String,
    }
    serde_json::from_str::<Head>(data.get()).ok().map(|head| head.kind)
}

/// The longest wait after so many tries before this one, in milliseconds: it doubles.
fn span_ms(first_ms: i64, attempts: u32) -> i64 {
    first_ms
        .saturating_mul(1_i64 << attempts.min(30))
        .min(limits::WEBHOOK_RETRY_MOST_MS)
}

/// What becomes of a try: full jitter over a span in milliseconds, for a day. `random` is from 0 to 1.
fn verdict(answered: Answered, span: i64, first_at: Time, now: Time, random: f64) -> Tried {
    let next = now.plus_ms((span as f64 * random) as i64 + 1);
    let in_time = next.since(first_at) <= limits::WEBHOOK_RETRY_FOR_MS * 1_000;
    let again = answered.error.is_some() && answered.status != Some(410) && in_time;
    Tried {
        status: answered.status,
        error: answered.error,
        next: again.then_some(next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(status: Option<u16>) -> Answered {
        Answered {
            status,
            error: Some("status"),
        }
    }

    #[test]
    fn tries_come_later_and_later_for_a_day() {
        let span = |attempts| span_ms(limits::WEBHOOK_RETRY_FIRST_MS.default.cast_signed(), attempts);
        let (mut now, mut attempts) = (Time(0), 0);
        while let Some(next) = verdict(failed(Some(500)), span(attempts), Time(0), now, 1.0).next {
            let waited = next.since(now) / 1_000;
            assert!(waited <= limits::WEBHOOK_RETRY_MOST_MS + 1, "{waited}");
            (now, attempts) = (next, attempts + 1);
        }
        assert!((15..40).contains(&attempts), "{attempts}");
        assert!(now.0 / 1_000 > limits::WEBHOOK_RETRY_FOR_MS - 2 * limits::WEBHOOK_RETRY_MOST_MS);
        // Full jitter: anything down to at once.
        assert_eq!(
            verdict(failed(None), span(9), Time(0), Time(0), 0.0).next,
            Some(Time(1_000))
        );
    }

    #[test]
    fn a_good_answer_and_one_that_says_gone_end_it() {
        let good = Answered {
            status: Some(204),
            error: None,
        };
        let tried = verdict(good, 3, Time(0), Time(0), 0.5);
        assert_eq!((tried.error, tried.next), (None, None));
        assert_eq!(verdict(failed(Some(410)), 0, Time(0), Time(0), 0.5).next, None);
    }
}
