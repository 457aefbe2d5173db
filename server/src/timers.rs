//! Everything that time causes. Timers are rows, written in the transaction of their cause; this task sleeps until
//! the earliest is due and submits it. After a restart what is past due fires first, in order.

use std::time::Duration;

use minicom_protocol::ids::{CommandId, Time};
use sha2::{Digest, Sha256};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{
    clock,
    desk::Desk,
    order::{Fire, Order},
    store::{
        TenantKey,
        timers::{self, Timer},
    },
};

/// Timers that are submitted at a time.
const AT_A_TIME: i64 = 64;
/// After a refusal that may pass, the timers are looked at again.
const AGAIN: Duration = Duration::from_secs(1);
/// While a timer is set the clock is looked at this often: one that was set back must not delay it by as much.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Runs until `stop`.
pub async fn run(desk: Desk, stop: CancellationToken) {
    loop {
        let wait = match fire_due(&desk).await {
            Some(earliest) => Duration::from_micros(earliest.since(clock::now()).cast_unsigned()).min(LOOK_EVERY),
            None => Duration::MAX,
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = desk.timers_set().notified() => {}
            () = sleep_at_most(wait) => {}
        }
    }
}

async fn sleep_at_most(wait: Duration) {
    match wait {
        Duration::MAX => std::future::pending().await,
        wait => sleep(wait).await,
    }
}

/// Fires what is due. Says when the next one is.
async fn fire_due(desk: &Desk) -> Option<Time> {
    // A tenant of which one was refused waits with all its timers, in their order; nobody else's wait for it.
    let mut put_off: Vec<TenantKey> = vec![];
    loop {
        let but = put_off.clone();
        let found = desk
            .read(move |conn| {
                let due = timers::due(conn, clock::now(), AT_A_TIME, &but)?;
                Ok((due, timers::earliest(conn)?))
            })
            .await;
        let Ok((due, earliest)) = found else {
            return Some(again());
        };
        if due.is_empty() {
            return if put_off.is_empty() { earliest } else { Some(again()) };
        }
        for timer in due {
            if !put_off.contains(&timer.tenant) && !fired(desk, timer).await {
                put_off.push(timer.tenant);
            }
        }
    }
}

/// Fires one. `false` if it has to be tried again.
async fn fired(desk: &Desk, timer: Timer) -> bool {
    let Some((tenant, _)) = desk.tenants().find(|(_, key)| *key == timer.tenant) else {
        // Disabled since it was read. It fires when the tenant is served again.
        return false;
    };
    let id = command_id(timer.tenant, &timer.fire, timer.due);
    let fired = desk.submit(&desk.server(&tenant), id, Order::Fire(timer.fire)).await;
    if let Err(refusal) = &fired {
        warn!(code = refusal.code(), "a timer was refused");
    }
    fired.is_ok()
}

fn again() -> Time {
    clock::now().plus_ms(AGAIN.as_millis() as i64)
}

/// The id of a firing: the same after a crash, so that it counts once. Its first 48 bits are a time, as in UUIDv7, and
/// one that the repeat has too.
fn command_id(tenant: TenantKey, fire: &Fire, due: Time) -> CommandId {
    derived_id(
        due,
        &[
            b"fire",
            timers::kind_name(fire.kind).as_bytes(),
            &tenant.0.to_be_bytes(),
            fire.conversation.as_bytes(),
            &fire.set_by.0.to_be_bytes(),
        ],
    )
}

/// A command id made of what the command is about: 48 bits of time in milliseconds, then a hash.
pub(crate) fn derived_id(time: Time, parts: &[&[u8]]) -> CommandId {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[..6].copy_from_slice(&(time.0 / 1_000).to_be_bytes()[2..]);
    CommandId::from_bytes(bytes)
}

#[cfg(test)]
#[path = "timers_tests.rs"]
mod tests;
