//! What is sent is sent once, in order, whatever happens to the connection, the disk and the program.

use std::{fs, path::Path, time::Duration};

use minicom_protocol::{command::Outcome, frame::Customers, ids::CommandId, refusal::Refusal, text::MESSAGE_BYTES_MAX};

use super::harness::*;
use crate::{
    ClientEvent, Config, ConnState, StateDir, Unsent,
    limits::{BROKEN_MAX, EVENTS_MAX, IN_FLIGHT_MAX, OUTBOX_MAX, STALE_AFTER},
};

/// A customer's configuration with an outbox on disk.
fn on_disk(dialer: crate::Dialer, dir: &Path) -> Config<Customers> {
    config(dialer).outbox_on_disk(&StateDir::at(dir), "alice")
}

/// The folders of running and dead programs.
fn folders(dir: &Path) -> Vec<std::path::PathBuf> {
    let Ok(identities) = fs::read_dir(dir.join("outbox")) else {
        return vec![];
    };
    let programs = identities
        .flatten()
        .flat_map(|it| fs::read_dir(it.path()).expect("a folder").flatten());
    programs.map(|it| it.path()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_unanswered_is_sent_again_first_and_under_its_id() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let early = program.post("before the connection");
    let mut peer = network.fresh(5).await;
    assert_eq!(peer.command().await.0, early);
    let (two, three) = (program.post("two"), program.post("three"));
    assert_eq!((peer.command().await.0, peer.command().await.0), (two, three));
    peer.answer(early, done()).await;
    assert_eq!(program.answered().await.0, early);
    drop(peer);
    while !matches!(program.state().await, ConnState::Reconnecting { .. }) {}
    let four = program.post("four");
    let mut peer = network.resumed(5).await;
    for (id, text) in [(two, "two"), (three, "three"), (four, "four")] {
        assert_eq!(peer.command().await, (id, post(text)));
        peer.answer(id, done()).await;
        assert_eq!(program.answered().await, (id, done()));
    }
    drop(peer);
    let mut peer = network.resumed(5).await;
    let five = program.post("five");
    assert_eq!(peer.command().await.0, five, "answered ones never come again");
}

#[tokio::test(start_paused = true)]
async fn every_line_shows_at_once_and_many_are_on_the_wire() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let ids: Vec<CommandId> = (0..100).map(|n| program.post(&n.to_string())).collect();
    for id in &ids {
        let pending = program.until(|event| match event {
            ClientEvent::Pending { id, adopted, .. } => Some((id, adopted)),
            _ => None,
        });
        assert_eq!(pending.await, (*id, false));
    }
    let mut peer = network.fresh(5).await;
    for id in &ids[..IN_FLIGHT_MAX] {
        assert_eq!(peer.command().await.0, *id);
    }
    peer.answer(ids[0], done()).await;
    assert_eq!(peer.command().await.0, ids[IN_FLIGHT_MAX]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_now_is_no_answer_and_one_for_good_is() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let mut peer = network.fresh(5).await;
    program.live().await;
    let ids = [program.post("one"), program.post("two")];
    assert_eq!([peer.command().await.0, peer.command().await.0], ids);
    let begun = tokio::time::Instant::now();
    peer.refuse(ids[0], Refusal::Busy { retry_after_ms: 700 }).await;
    peer.refuse(ids[1], Refusal::Behind).await;
    assert_eq!([peer.command().await.0, peer.command().await.0], ids);
    assert!(begun.elapsed() >= Duration::from_millis(700));
    peer.refuse(ids[0], Refusal::EmptyMessage).await;
    peer.answer(ids[1], done()).await;
    let refusal = Refusal::EmptyMessage;
    assert_eq!(program.answered().await, (ids[0], Outcome::Refused { refusal }));
    assert_eq!(program.answered().await, (ids[1], done()));
}

#[tokio::test(start_paused = true)]
async fn what_the_server_breaks_on_is_given_back_and_holds_nobody_up() {
    let (dialer, mut network) = network();
    let mut program = Program::open(config(dialer));
    let mut peer = network.fresh(5).await;
    program.live().await;
    let (bad, good) = (program.post("bad"), program.post("good"));
    for _ in 0..BROKEN_MAX {
        assert_eq!([peer.command().await.0, peer.command().await.0], [bad, good]);
        peer.refuse(bad, Refusal::Internal).await;
        peer.refuse(good, Refusal::Behind).await;
    }
    let (id, outcome) = program.answered().await;
    let Outcome::Refused { refusal } = outcome else {
        panic!("refused for good");
    };
    assert_eq!(
        (id, refusal.code(), refusal.retryable()),
        (bad, "internal".to_owned(), false)
    );
    assert!(refusal.message().contains("your text is kept"), "{}", refusal.message());
    // The old connection would refuse everything as "behind" for ever.
    let mut peer = network.resumed(5).await;
    assert_eq!(peer.command().await.0, good);
    peer.answer(good, done()).await;
    assert_eq!(program.answered().await, (good, done()));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_sent_is_refused_here() {
    let (dialer, mut network) = network();
    network.down.store(true, std::sync::atomic::Ordering::SeqCst);
    let mut program = Program::open(config(dialer));
    let send = |text: &str| program.handle.send(post(text));
    assert_eq!(send(" "), Err(Unsent::Refused(Refusal::EmptyMessage)));
    assert!(send(&"x".repeat(MESSAGE_BYTES_MAX)).is_ok());
    assert!(matches!(
        send(&"x".repeat(MESSAGE_BYTES_MAX + 1)),
        Err(Unsent::Refused(Refusal::TooLong { .. }))
    ));
    // Each of these takes six bytes in JSON: the frame would be larger than the server takes.
    let bells = format!("x{}", "\u{7}".repeat(MESSAGE_BYTES_MAX - 1));
    assert!(matches!(send(&bells), Err(Unsent::Refused(Refusal::TooLarge { .. }))));
    for _ in 1..OUTBOX_MAX {
        assert!(send("x").is_ok());
    }
    assert_eq!(send("one too many"), Err(Unsent::Full));
    // One that leaves makes room for one.
    network.down.store(false, std::sync::atomic::Ordering::SeqCst);
    let mut peer = network.fresh(1).await;
    let (id, _) = peer.command().await;
    peer.answer(id, done()).await;
    assert_eq!(program.answered().await.0, id);
    assert!(program.handle.send(post("x")).is_ok());
    assert_eq!(program.handle.send(post("x")), Err(Unsent::Full));
}

/// Waits until the program's commands are on disk: it sends them only then.
async fn kept(network: &mut Network, count: usize) -> Vec<CommandId> {
    let mut peer = network.fresh(5).await;
    let mut ids = vec![];
    for _ in 0..count {
        ids.push(peer.command().await.0);
    }
    ids
}

#[tokio::test(start_paused = true)]
async fn the_next_program_adopts_what_a_crash_left_behind() {
    let dir = tempfile::tempdir().expect("a folder");
    let (dialer, mut network) = network();
    let mut first = Program::open(on_disk(dialer.clone(), dir.path()));
    let ids: Vec<CommandId> = (0..5).map(|n| first.post(&n.to_string())).collect();
    assert_eq!(kept(&mut network, 5).await, ids);
    first.handle.abort();
    while first.events.recv().await.is_some() {}

    let mut second = Program::open(on_disk(dialer, dir.path()));
    let own = second.post("own");
    let mut pending = vec![];
    while pending.len() < 6 {
        if let ClientEvent::Pending { id, adopted, command } = second.event().await {
            pending.push((id, adopted, command));
        }
    }
    let mut want: Vec<_> = (0..5).map(|n: usize| (ids[n], true, post(&n.to_string()))).collect();
    want.push((own, false, post("own")));
    assert_eq!(pending, want);
    let mut peer = network.fresh(5).await;
    for id in ids.iter().chain([&own]) {
        assert_eq!(peer.command().await.0, *id);
        peer.answer(*id, done()).await;
        assert_eq!(second.answered().await.0, *id);
    }
    tokio::join!(second.handle.shutdown(), peer.ends());
    assert_eq!(
        folders(dir.path()),
        [""; 0].map(std::path::PathBuf::from),
        "a clean end leaves nothing"
    );
}

#[tokio::test(start_paused = true)]
async fn letting_go_of_the_handle_writes_down_what_was_accepted() {
    let dir = tempfile::tempdir().expect("a folder");
    let (dialer, network) = network();
    network.down.store(true, std::sync::atomic::Ordering::SeqCst);
    let mut first = Program::open(on_disk(dialer.clone(), dir.path()));
    let id = first.post("kept");
    drop(first.handle);
    while first.events.recv().await.is_some() {}
    let mut second = Program::open(on_disk(dialer, dir.path()));
    let adopted = second.until(|event| match event {
        ClientEvent::Pending { id, adopted: true, .. } => Some(id),
        _ => None,
    });
    assert_eq!(adopted.await, id);
}

#[tokio::test(start_paused = true)]
async fn an_end_in_good_order_waits_for_what_is_under_way() {
    let dir = tempfile::tempdir().expect("a folder");
    let (dialer, mut network) = network();
    let mut program = Program::open(on_disk(dialer, dir.path()));
    let mut peer = network.fresh(5).await;
    program.live().await;
    let id = program.post("the last word");
    let server = async {
        let (sent, _) = peer.command().await;
        peer.answer(sent, done()).await;
        (sent, peer.ends().await)
    };
    // The program does not read events any more; that must not hold anything up.
    let ((), served) = tokio::join!(program.handle.shutdown(), server);
    assert_eq!(served, (id, true));
    assert_eq!(folders(dir.path()).len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_does_not_hold_up_the_end() {
    let dir = tempfile::tempdir().expect("a folder");
    let (dialer, mut network) = network();
    let mut program = Program::open(on_disk(dialer, dir.path()));
    let _peer = network.fresh(5).await;
    program.live().await;
    program.post("unheard");
    let begun = tokio::time::Instant::now();
    program.handle.shutdown().await;
    assert!(begun.elapsed() <= Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(folders(dir.path()).len(), 1, "it is kept for the next program");
}

#[tokio::test(start_paused = true)]
async fn what_is_older_than_a_day_asks_first() {
    let dir = tempfile::tempdir().expect("a folder");
    let wall = Wall::new();
    let clock = |wall: &Wall| {
        let wall = wall.clone();
        move || wall.now()
    };
    let (dialer, mut network) = network();
    let first = Program::open(on_disk(dialer.clone(), dir.path()).wall_clock(clock(&wall)));
    let ids = [first.post("one"), first.post("two"), first.post("three")];
    kept(&mut network, 3).await;
    let Program { handle, mut events } = first;
    handle.abort();
    while events.recv().await.is_some() {}

    wall.pass(STALE_AFTER + Duration::from_secs(5));
    let mut second = Program::open(on_disk(dialer, dir.path()).wall_clock(clock(&wall)));
    for want in ids {
        let stale = second.until(|event| match event {
            ClientEvent::Stale { id, age, .. } => Some((id, age)),
            _ => None,
        });
        let (id, age) = stale.await;
        assert_eq!(id, want);
        assert!(age > STALE_AFTER, "{age:?}");
    }
    let mut peer = network.fresh(5).await;
    let own = second.post("own");
    assert_eq!(peer.command().await.0, own, "the old ones wait for a word");
    second.handle.discard(ids[0]).expect("taken");
    second.handle.resend(ids[1]).expect("taken");
    assert_eq!(peer.command().await.0, ids[1]);
    for id in [own, ids[1]] {
        peer.answer(id, done()).await;
        assert_eq!(second.answered().await.0, id);
    }
    second.handle.discard(ids[2]).expect("taken");
    tokio::join!(second.handle.shutdown(), peer.ends());
    assert_eq!(folders(dir.path()).len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_cannot_be_written_is_said_and_the_line_is_sent() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("outbox"), "in the way").expect("written");
    let (dialer, mut network) = network();
    let mut program = Program::open(on_disk(dialer, dir.path()));
    let ids = [program.post("one"), program.post("two")];
    let trouble = program.until(|event| match event {
        ClientEvent::OutboxTrouble(words) => Some(words),
        _ => None,
    });
    assert!(trouble.await.contains("sent from memory"));
    let mut peer = network.fresh(5).await;
    assert_eq!([peer.command().await.0, peer.command().await.0], ids);
}

#[tokio::test(start_paused = true)]
async fn a_damaged_file_is_said_and_set_aside() {
    let dir = tempfile::tempdir().expect("a folder");
    let (dialer, mut network) = network();
    let first = Program::open(on_disk(dialer.clone(), dir.path()));
    let ids = [first.post("one"), first.post("two")];
    kept(&mut network, 2).await;
    let Program { handle, mut events } = first;
    handle.abort();
    while events.recv().await.is_some() {}
    let mut files: Vec<_> = fs::read_dir(&folders(dir.path())[0])
        .expect("a folder")
        .flatten()
        .map(|it| it.path())
        .collect();
    files.sort();
    fs::write(&files[0], "not JSON").expect("written");

    let mut second = Program::open(on_disk(dialer, dir.path()));
    let trouble = second.until(|event| match event {
        ClientEvent::OutboxTrouble(words) => Some(words),
        _ => None,
    });
    assert!(trouble.await.contains(".bad"));
    let mut peer = network.fresh(5).await;
    assert_eq!(peer.command().await.0, ids[1]);
}

#[tokio::test(start_paused = true)]
async fn a_sign_out_keeps_what_was_not_sent() {
    let dir = tempfile::tempdir().expect("a folder");
    let (dialer, mut network) = network();
    let mut first = Program::open(on_disk(dialer.clone(), dir.path()));
    let mut peer = network.fresh(5).await;
    let id = first.post("kept");
    assert_eq!(peer.command().await.0, id);
    peer.refuse(id, Refusal::SignIn).await;
    while first.state().await != ConnState::SignedOut {}
    while first.events.recv().await.is_some() {}
    let _second = Program::open(on_disk(dialer, dir.path()));
    assert_eq!(kept(&mut network, 1).await, [id]);
}

#[tokio::test(start_paused = true)]
async fn a_program_that_does_not_read_slows_the_server_and_can_still_end() {
    let (dialer, mut network) = network();
    let program = Program::open(config(dialer));
    let mut peer = network.fresh(0).await;
    let mut at = 0;
    // Paused time passes only when everybody waits: the server for room, and the connection for the program.
    while tokio::time::timeout(Duration::from_secs(1), peer.batch(at, at + 1))
        .await
        .is_ok()
    {
        at += 1;
        assert!(at < 10 * EVENTS_MAX as u64, "nothing bounds what waits for the program");
    }
    assert!(at > EVENTS_MAX as u64 - 10);
    program.handle.shutdown().await;
}
