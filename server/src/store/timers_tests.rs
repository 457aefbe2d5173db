use super::*;
use crate::store::fixture::Store;

#[test]
fn every_kind_of_timer_is_read_as_it_was_set_and_cleared_alone() {
    let kinds = [
        TimerKind::BotDeadline,
        TimerKind::Snooze,
        TimerKind::WaitLimit,
        TimerKind::OwnerSilent,
        TimerKind::SilenceWarning,
        TimerKind::SilenceClose,
    ];
    let mut store = Store::new();
    let conversation = ConversationId(store.id());
    for (n, kind) in kinds.into_iter().enumerate() {
        let fire = Fire {
            kind,
            conversation,
            set_by: Rev(1),
        };
        let timer = Timer {
            tenant: store.tenant,
            fire,
            due: Time(n as i64),
        };
        set(&store.conn, &timer).unwrap();
    }
    let set_ones = |store: &Store| {
        let found = due(&store.conn, Time(100), 100, &[]).unwrap();
        found.iter().map(|timer| timer.fire.kind).collect::<Vec<_>>()
    };
    assert_eq!(set_ones(&store), kinds);
    clear(&store.conn, store.tenant, TimerKind::WaitLimit, conversation, None).unwrap();
    assert_eq!(set_ones(&store).len(), 5);
    assert!(!set_ones(&store).contains(&TimerKind::WaitLimit));
    assert!(due(&store.conn, Time(100), 100, &[store.tenant]).unwrap().is_empty());
}
