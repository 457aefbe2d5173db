use super::*;
use proptest::prelude::*;
use std::os::unix::fs::PermissionsExt;

fn record(n: u8) -> Record {
    Record {
        id: CommandId::from_bytes([n; 16]),
        made: SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_000 + u64::from(n)),
        command: serde_json::json!({"do": "post", "text": n.to_string()}),
    }
}

fn write(store: &mut Store, n: u8) -> PathBuf {
    let mut written = store.write(&[record(n)]);
    written.pop().expect("one result").expect("written")
}

fn found(base: &Path) -> (Store, Vec<Record>, Vec<String>) {
    let (store, found) = Store::open(base.to_owned());
    let records = found.records.into_iter().map(|(_, record)| record).collect();
    (store, records, found.troubles)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("metadata").permissions().mode() & 0o777
}

fn folders(base: &Path) -> usize {
    fs::read_dir(base).map_or(0, Iterator::count)
}

#[test]
fn what_a_crash_leaves_is_adopted_in_order_and_only_for_the_user_to_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let base = dir.path().join("deep/outbox");
    let (mut first, ..) = found(&base);
    assert_eq!(folders(&base), 0, "a program that sends nothing leaves nothing");
    let written = first.write(&[record(3), record(1), record(2)]);
    let paths: Vec<PathBuf> = written.into_iter().map(|it| it.expect("written")).collect();
    let folder = paths[0].parent().expect("a folder");
    assert_eq!((mode(&paths[0]), mode(folder), mode(&base)), (0o600, 0o700, 0o700));
    first.remove(&paths[1..2]).expect("removed");
    drop(first);

    let (second, records, troubles) = found(&base);
    assert_eq!((records, troubles), (vec![record(3), record(2)], vec![]));
    drop(second);
    let (third, records, _) = found(&base);
    assert_eq!(records, [record(3), record(2)], "a second crash loses nothing either");
    third.close();
    assert_eq!(found(&base).1.len(), 2, "what is not answered stays at a clean end");
}

#[test]
fn a_folder_in_use_is_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut first, ..) = found(dir.path());
    write(&mut first, 1);
    let (mut second, records, troubles) = found(dir.path());
    assert_eq!((records, troubles), (vec![], vec![]));
    write(&mut second, 2);
    drop((first, second));
    assert_eq!(
        found(dir.path()).1,
        [record(1), record(2)],
        "folders in the order in which they were made"
    );
}

#[test]
fn a_clean_end_leaves_nothing_behind() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut first, ..) = found(dir.path());
    write(&mut first, 1);
    drop(first);
    let (mut second, found) = Store::open(dir.path().to_owned());
    let own = write(&mut second, 2);
    second.remove(&[own, found.records[0].0.clone()]).expect("removed");
    second
        .remove(&[found.records[0].0.clone()])
        .expect("gone already is no failure");
    second.close();
    assert_eq!(folders(dir.path()), 0);
}

#[test]
fn a_damaged_file_is_set_aside_and_the_others_are_sent() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut store, ..) = found(dir.path());
    let paths: Vec<PathBuf> = (1..=4).map(|n| write(&mut store, n)).collect();
    fs::write(&paths[0], "{\"version\":1,").expect("written");
    fs::set_permissions(&paths[1], fs::Permissions::from_mode(0o644)).expect("changed");
    fs::write(
        &paths[2],
        "{\"version\":99,\"id\":\"00000000-0000-0000-0000-000000000000\",\"made_ms\":1,\"command\":1}",
    )
    .expect("written");
    drop(store);
    let (store, records, troubles) = found(dir.path());
    assert_eq!(records, [record(4)]);
    assert_eq!(troubles.len(), 3, "{troubles:?}");
    assert!(troubles[0].contains("damaged") && troubles[1].contains("0644") && troubles[2].contains("version 99"));
    for path in &paths[..3] {
        let bad = PathBuf::from(format!("{}.bad", path.display()));
        assert!(bad.exists() && !path.exists(), "{}", bad.display());
    }
    drop(store);
    assert_eq!(found(dir.path()).2, [""; 0], "told once");
}

#[test]
fn a_disk_that_cannot_be_written_is_said_for_each() {
    let dir = tempfile::tempdir().expect("a folder");
    let base = dir.path().join("file");
    fs::write(&base, "in the way").expect("written");
    let (mut store, ..) = found(&base);
    let results = store.write(&[record(1), record(2)]);
    assert!(results.len() == 2 && results.iter().all(Result::is_err));
    fs::remove_file(&base).expect("removed");
    write(&mut store, 3);
}

#[test]
fn a_lock_on_a_folder_that_was_taken_away_locks_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("folder");
    fs::create_dir(&path).expect("made");
    let held = Folder::hold(&path).expect("held").expect("free");
    assert!(Folder::hold(&path).expect("tried").is_none(), "in use");
    held.remove_if_empty();
    assert_eq!(Folder::hold(&path).expect_err("gone").kind(), io::ErrorKind::NotFound);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Whatever is written, answered and crashed: what is left is there, in order.
    #[test]
    fn order_outlives_crashes(acts in proptest::collection::vec(0_u8..10, 1..40)) {
        let dir = tempfile::tempdir().expect("a folder");
        let (mut store, _) = Store::open(dir.path().to_owned());
        let mut left: Vec<(PathBuf, Record)> = Vec::new();
        for (n, act) in (0_u8..).zip(acts) {
            match act {
                0..=5 => left.push((write(&mut store, n), record(n))),
                6..=7 if !left.is_empty() => {
                    let (path, _) = left.remove(usize::from(n) % left.len());
                    store.remove(&[path]).expect("removed");
                }
                _ => {
                    drop(store);
                    let (again, found) = Store::open(dir.path().to_owned());
                    prop_assert_eq!(&found.records, &left);
                    store = again;
                }
            }
        }
        store.close();
        prop_assert_eq!(Store::open(dir.path().to_owned()).1.records, left);
    }
}
