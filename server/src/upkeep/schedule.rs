//! The copies that a running server makes by itself, one a day, in a folder of the operator's choice; the oldest of its own go.
//! A copy that fails is told in the log and in the numbers, and tried again; it never ends the server.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use minicom_protocol::ids::Time;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use super::backup;
use crate::{clock, files, limits, refused, telemetry};

/// Where the copies of one server go, and how many stay.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// The folder; it must be there.
    pub folder: PathBuf,
    /// The newest copies that stay.
    pub keep: usize,
}

/// Beginning and end of a copy's name; between them stands when it was made, as `20261121T031500Z`.
const NAME: (&str, &str) = ("minicom-", ".db");

/// Runs until `stop`.
pub async fn run(data: PathBuf, plan: Plan, stop: CancellationToken) {
    loop {
        let wait = wait(newest(&plan.folder), clock::now());
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        let (from, to) = (data.clone(), plan.clone());
        // Copying blocks; a server that stops meanwhile does not wait for it, and leaves at most a part that the next copy removes.
        let made = tokio::task::spawn_blocking(move || make(&from, &to)).await;
        let retry = match made {
            Ok(Ok(())) => {
                metrics::counter!(telemetry::BACKUPS, "outcome" => "ok").increment(1);
                continue;
            }
            Ok(Err(fatal)) => {
                metrics::counter!(telemetry::BACKUPS, "outcome" => "failed").increment(1);
                error!(why = %fatal.what, fix = %fatal.fix, "the daily copy was not made; it is tried again in an hour");
                limits::BACKUP_RETRY
            }
            Err(_) => limits::BACKUP_RETRY,
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(retry) => {}
        }
    }
}

/// Makes one copy, and removes those that are too many.
fn make(data: &Path, plan: &Plan) -> Result<(), crate::exit::Fatal> {
    sweep(&plan.folder);
    let target = plan.folder.join(name(clock::now()));
    let made = backup::make(data, &target)?;
    info!(file = %refused::shown(&target), bytes = made.bytes, events = made.verified.events, "made the daily copy, verified");
    for old in surplus(copies(&plan.folder), plan.keep) {
        let old = plan.folder.join(&old);
        if let Err(error) = fs::remove_file(&old).and_then(|()| super::files::remove(&old)) {
            error!(%error, "an old copy could not be removed");
        }
    }
    Ok(())
}

/// Removes what a copy in part left when its server was killed: its own parts, and files whose copy never got its name or is
/// removed already. What was erased must not live on in them.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let copy = name.strip_suffix(super::files::BESIDE);
        if let Some(copy) = copy.filter(|copy| made_at(copy).is_some() && !folder.join(copy).exists()) {
            let _ = super::files::remove(&folder.join(copy));
        }
        if name.starts_with(&format!(".{}", NAME.0)) && name.ends_with(".part") {
            let _ = files::remove_if_there(&entry.path());
            let _ = super::files::remove(&entry.path());
        }
    }
}

fn name(now: Time) -> String {
    let stamp: String = clock::rfc3339(now)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(15)
        .collect();
    format!("{}{stamp}Z{}", NAME.0, NAME.1)
}

/// The names of this server's copies, oldest first. Other files of the folder are nobody's business here.
fn copies(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| made_at(name).is_some()).collect();
    names.sort();
    names
}

/// When a copy was made, by its name.
fn made_at(name: &str) -> Option<Time> {
    let stamp = name.strip_prefix(NAME.0)?.strip_suffix(NAME.1)?;
    let at = jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ", stamp).ok()?;
    let at = at.to_datetime().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Time(at.timestamp().as_microsecond()))
}

/// When the newest copy in a folder was made; `None` if there is none.
pub fn newest(folder: &Path) -> Option<Time> {
    copies(folder).last().and_then(|name| made_at(name))
}

/// How long until the next copy is due. A clock that was set back does not put it off for longer than a day.
fn wait(newest: Option<Time>, now: Time) -> Duration {
    let Some(newest) = newest else { return Duration::ZERO };
    let age = Duration::from_micros(u64::try_from(now.0 - newest.0).unwrap_or(0));
    limits::BACKUP_EVERY.saturating_sub(age)
}

fn surplus(mut oldest_first: Vec<String>, keep: usize) -> Vec<String> {
    oldest_first.truncate(oldest_first.len().saturating_sub(keep.max(1)));
    oldest_first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_when_and_other_files_are_no_copies() {
        let now = Time(1_795_000_000_123_456);
        let name = name(now);
        assert_eq!(made_at(&name).unwrap().0 / 1_000_000, now.0 / 1_000_000, "{name}");
        for other in [
            "minicom.db",
            "minicom-mine.db",
            "minicom-20261121T031500Z.db.gz",
            "notes",
        ] {
            assert_eq!(made_at(other), None, "{other}");
        }
    }

    #[test]
    fn a_copy_is_due_a_day_after_the_newest_and_at_once_without_one() {
        let day = limits::BACKUP_EVERY;
        let at = |hours: i64| Time(hours * 3_600_000_000);
        assert_eq!(wait(None, at(5)), Duration::ZERO);
        assert_eq!(wait(Some(at(0)), at(1)), day - Duration::from_secs(3_600));
        assert_eq!(wait(Some(at(0)), at(30)), Duration::ZERO);
        assert_eq!(wait(Some(at(50)), at(1)), day);
    }

    #[test]
    fn the_newest_stay_and_never_none() {
        let names = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
        assert_eq!(surplus(names(5), 3), ["0", "1"]);
        assert!(surplus(names(2), 3).is_empty());
        assert_eq!(surplus(names(2), 0), ["0"]);
    }

    #[tokio::test]
    async fn a_server_makes_one_at_once_and_keeps_as_many_as_it_is_told() {
        let desk = crate::test_desk::TestDesk::new();
        let copies_to = tempfile::tempdir().unwrap();
        let plan = Plan {
            folder: copies_to.path().to_owned(),
            keep: 2,
        };
        fs::write(copies_to.path().join("minicom-20200101T000000Z.db"), "old").unwrap();
        fs::write(copies_to.path().join("minicom-20200102T000000Z.db"), "old").unwrap();
        fs::write(copies_to.path().join("mine.txt"), "mine").unwrap();
        let (lost, mine) = ("minicom-20200103T000000Z.db.files", "mine.db.files");
        for folder in [lost, mine, "minicom-20200102T000000Z.db.files"] {
            fs::create_dir(copies_to.path().join(folder)).unwrap();
        }
        make(&desk.folder.path, &plan).unwrap();
        let left = copies(copies_to.path());
        assert_eq!(left.len(), 2);
        assert_eq!(left[0], "minicom-20200102T000000Z.db");
        assert!(copies_to.path().join("mine.txt").exists() && copies_to.path().join(mine).exists());
        assert!(!copies_to.path().join(lost).exists(), "its copy never got its name");
        assert!(copies_to.path().join(format!("{}.files", left[0])).exists());
        assert!(newest(copies_to.path()).unwrap().0 > Time(1_700_000_000_000_000).0);
    }
}
