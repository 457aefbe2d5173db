//! Labels.

use std::time::SystemTime;

use super::*;
use crate::testing::{ADA, BO, agent};

fn state(state: ConnState, columns: u16) -> String {
    state_as_of(state, None, columns)
}

fn state_as_of(state: ConnState, as_of: Option<&str>, columns: u16) -> String {
    state_by_key(state, as_of, columns, "F5")
}

fn state_by_key(state: ConnState, as_of: Option<&str>, columns: u16, key: &str) -> String {
    let now = Instant::now();
    connection(
        &state,
        as_of,
        Some(Duration::from_micros(7_300)),
        now,
        &Zone::utc(),
        columns,
        ("·", key),
    )
    .0
}

fn reconnecting(ms: u64) -> ConnState {
    ConnState::Reconnecting {
        retry_at: Instant::now() + Duration::from_millis(ms),
        attempt: 1,
        why: String::new(),
    }
}

fn offline() -> ConnState {
    ConnState::Offline {
        since: SystemTime::UNIX_EPOCH + Duration::from_secs(14 * 3_600 + 4 * 60),
        retry_at: Instant::now() + Duration::from_millis(6_500),
        why: String::new(),
    }
}

#[test]
fn the_connection_by_width() {
    assert_eq!(state(ConnState::Connecting, 80), "connecting");
    assert_eq!(state(ConnState::Live, 80), "live 8ms");
    assert_eq!(state(ConnState::Live, 120), "live 8 ms");
    assert_eq!(state(ConnState::Live, 69), "live");
    assert_eq!(state(reconnecting(2_900), 80), "reconnecting 3s · F5 now");
    assert_eq!(state(reconnecting(2_900), 50), "reconnecting 3s");
    assert_eq!(state(reconnecting(0), 50), "reconnecting", "an attempt is under way");
    assert_eq!(state(offline(), 120), "offline since 14:04 · next try in 7s · F5 now");
    assert_eq!(state(offline(), 80), "offline since 14:04 · F5 now");
    assert_eq!(state(offline(), 50), "offline since 14:04");
    assert_eq!(
        state_by_key(reconnecting(2_900), None, 80, "^G"),
        "reconnecting 3s · ^G now"
    );
    assert_eq!(
        state_by_key(offline(), None, 80, ""),
        "offline since 14:04",
        "no key, no hint"
    );
    let kept = |state, columns| state_as_of(state, Some("14:02"), columns);
    assert_eq!(kept(ConnState::Connecting, 80), "connecting · as of 14:02");
    assert_eq!(kept(reconnecting(2_900), 80), "offline · as of 14:02 · F5 now");
    assert_eq!(kept(offline(), 50), "offline · as of 14:02");
    let draining = ConnState::Draining {
        retry_at: Instant::now(),
    };
    assert_eq!(state(draining, 50), "server restarts, back soon");
}

#[test]
fn a_countdown_says_when_it_changes() {
    let now = Instant::now();
    let then = now + Duration::from_millis(2_500);
    assert_eq!(seconds_left(then, now), Some(3));
    let changes = seconds_left_changes_in(then, now).unwrap();
    assert_eq!(seconds_left(then, now + changes - Duration::from_millis(2)), Some(3));
    assert_eq!(seconds_left(then, now + changes), Some(2));
    let whole = now + Duration::from_secs(2);
    assert_eq!(
        seconds_left(whole, now + seconds_left_changes_in(whole, now).unwrap()),
        Some(1)
    );
    assert_eq!(
        (seconds_left(now, now), seconds_left_changes_in(now, now)),
        (None, None)
    );
}

#[test]
fn badges_are_words() {
    let me = Some(agent(ADA).id);
    let since = Time(0);
    let badge = |stage: Stage| Badge::of(&stage, me).word().to_owned();
    assert_eq!(badge(Stage::Bot), "bot");
    assert_eq!(
        badge(Stage::Active {
            agent: agent(ADA),
            since
        }),
        "you"
    );
    assert_eq!(
        badge(Stage::Active {
            agent: agent("Bo Smith"),
            since
        }),
        "Bo"
    );
    let by = Closer::Customer;
    assert_eq!(badge(Stage::Closed { at: since, by }), "done");
}

#[test]
fn where_a_conversation_stands_in_words() {
    let me = Some(agent(ADA).id);
    let at = Time((14 * 3_600 + 2 * 60) * 1_000_000);
    let words = |it: Stage| stage(&it, me, &Zone::utc());
    assert_eq!(words(Stage::Bot), "with the bot");
    assert_eq!(
        words(Stage::Active {
            agent: agent(ADA),
            since: at
        }),
        "yours since 14:02"
    );
    assert_eq!(
        words(Stage::Active {
            agent: agent(BO),
            since: at
        }),
        "with Bo since 14:02"
    );
    let closed = |by| words(Stage::Closed { at, by });
    assert_eq!(closed(Closer::Customer), "ended 14:02 by the customer");
    assert_eq!(closed(Closer::Agent { agent: agent(ADA) }), "ended 14:02 by you");
    assert_eq!(closed(Closer::System), "ended 14:02");
}
