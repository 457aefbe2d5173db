//! The operator's command with scripts that behave, and with those that do not.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
    time::Duration,
};

use serde_json::json;
use tempfile::TempDir;
use tokio::task::{JoinHandle, spawn_blocking};

use super::*;

/// Longer than any test: what ends before it was not ended by it.
const LONG: Duration = Duration::from_secs(30);

/// A script in a folder of its own, which is its first argument.
fn script(text: &str) -> (TempDir, ContextCommand) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("script");
    std::fs::write(&file, text).expect("a script");
    let args = [&file, folder.path()].map(|path: &Path| path.to_str().expect("a plain path").to_owned());
    let command = ContextCommand::new("/bin/sh", args.to_vec()).with_timeout(LONG);
    (folder, command)
}

async fn lines(text: &str) -> Result<Vec<String>, ContextCommandError> {
    let (_folder, command) = script(text);
    command.lines(&json!({"name": "carol"})).await
}

#[tokio::test]
async fn what_it_prints_is_told_line_by_line() {
    let printed = lines("printf 'Plan: pro\\r\\n\\n  two\\n\\n \\n'")
        .await
        .expect("it runs");
    assert_eq!(printed, ["Plan: pro", "", "  two"]);
    assert_eq!(lines("exit 0").await.expect("it runs"), [""; 0]);
}

#[tokio::test]
async fn it_reads_one_object_and_the_end() {
    assert_eq!(lines("cat").await.expect("it runs"), [r#"{"name":"carol"}"#]);
}

#[tokio::test]
async fn its_environment_has_nothing_of_ours() {
    let command = ContextCommand::new("/usr/bin/env", vec![]).with_timeout(LONG);
    let printed = command.lines(&json!({})).await.expect("it runs");
    assert!(printed.iter().any(|line| line.starts_with("PATH=")));
    for line in printed {
        let name = line.split('=').next().unwrap_or_default();
        assert!(["PATH", "HOME", "LANG"].contains(&name), "{name} is in its environment");
    }
}

#[tokio::test]
async fn it_need_not_read() {
    let (_folder, command) = script("exec 0<&-; echo done");
    // More than a pipe holds.
    let about = json!({"name": "x".repeat(1024 * 1024)});
    assert_eq!(command.lines(&about).await.expect("it runs"), ["done"]);
}

#[tokio::test]
async fn what_a_customer_writes_is_never_run() {
    let (folder, command) = script("read -r about; echo \"$about\"");
    let mark = folder.path().join("mark");
    let words = format!("$(touch {0}) `touch {0}`; touch {0} '\" | touch {0}", mark.display());
    let printed = command.lines(&json!({ "name": words })).await.expect("it runs");
    assert_eq!(printed, [json!({ "name": words }).to_string()]);
    assert!(!mark.exists());
}

#[tokio::test]
async fn its_code_is_told() {
    let failed = lines("echo half; echo why >&2; exit 3").await;
    assert!(
        matches!(failed, Err(ContextCommandError::Failed { code: 3 })),
        "{failed:?}"
    );
    let killed = lines("kill -TERM $$").await;
    assert!(
        matches!(killed, Err(ContextCommandError::Killed { signal: 15 })),
        "{killed:?}"
    );
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let missing = ContextCommand::new("/nowhere/look-up", vec![]);
    let error = missing.lines(&json!({})).await.expect_err("it cannot start");
    assert!(matches!(error, ContextCommandError::Start { .. }), "{error:?}");
    assert!(
        error.to_string().starts_with("/nowhere/look-up cannot be started"),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_endless_is_cut_and_said() {
    let printed = lines("while :; do echo x; done").await.expect("it was enough");
    assert_eq!(printed.len(), CONTEXT_COMMAND_LINES_MAX + 1);
    assert_eq!(
        (printed[0].as_str(), printed.last().map(String::as_str)),
        ("x", Some(MORE))
    );
    // Nor does it help to ignore that nobody listens.
    let deaf = lines("trap '' PIPE; while :; do echo x; done 2>/dev/null").await;
    assert_eq!(deaf.expect("it was enough").len(), CONTEXT_COMMAND_LINES_MAX + 1);
}

#[tokio::test]
async fn much_noise_on_standard_error_holds_nothing_up() {
    let loud = "i=0; while [ $i -lt 2000 ]; do echo 0123456789012345678901234567890123456789012345 >&2; i=$((i+1)); done; echo done";
    assert_eq!(lines(loud).await.expect("it runs"), ["done"]);
}

#[test]
fn lines_have_bounds() {
    let wide = CONTEXT_COMMAND_LINE_CHARS_MAX;
    let fits = "é".repeat(wide);
    assert_eq!(lines_of(fits.as_bytes()), [fits.as_str()]);
    assert_eq!(lines_of(format!("{fits}é").as_bytes()), ["é".repeat(wide - 1) + "…"]);
    let all = "a\n".repeat(CONTEXT_COMMAND_LINES_MAX);
    assert_eq!(lines_of(all.as_bytes()).len(), CONTEXT_COMMAND_LINES_MAX);
    assert_eq!(
        lines_of(format!("{all}b").as_bytes()).last().map(String::as_str),
        Some(MORE)
    );
    // The cut is in the middle of a character.
    let whole = format!("a{}", "é".repeat(CONTEXT_COMMAND_BYTES_MAX / 2));
    let lines = lines_of(whole.as_bytes());
    assert_eq!((lines.len(), lines[1].as_str()), (2, MORE));
    assert_eq!(lines_of(b"a\xffb\n"), ["a\u{fffd}b"]);
}

/// What a script and everything it started still say through a pipe. It ends when none of them lives.
struct Alive(BufReader<File>);

/// A script's beginning: it holds the pipe, and goes on when another process runs that says so and would say that it was left.
const HOLDS: &str = r#"
exec 3>"$1/pipe"
(echo up >&3; : >"$1/up"; sleep 20; echo left >&3) &
until [ -e "$1/up" ]; do :; done
"#;

fn pipe(folder: &TempDir) -> std::path::PathBuf {
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.expect("mkfifo is there").success());
    path
}

impl Alive {
    async fn watch(pipe: std::path::PathBuf) -> Alive {
        let open = move || {
            let mut reader = BufReader::new(File::open(pipe).expect("the pipe"));
            let mut said = String::new();
            reader.read_line(&mut said).expect("it says something");
            assert_eq!(said, "up\n");
            Alive(reader)
        };
        spawn_blocking(open).await.expect("the script runs")
    }

    async fn nobody_is_left(mut self) {
        let read = move || {
            let mut said = String::new();
            self.0.read_to_string(&mut said).expect("the pipe ends");
            said
        };
        assert_eq!(spawn_blocking(read).await.expect("it is read"), "");
    }
}

type Run = JoinHandle<Result<Vec<String>, ContextCommandError>>;

async fn hanging() -> (TempDir, Alive, Run) {
    let (folder, command) = script(&format!("{HOLDS} wait"));
    let pipe = pipe(&folder);
    let run = tokio::spawn(async move { command.lines(&json!({})).await });
    let alive = Alive::watch(pipe).await;
    (folder, alive, run)
}

#[tokio::test]
async fn what_hangs_is_ended_with_all_it_started() {
    let (_folder, alive, run) = hanging().await;
    tokio::time::pause();
    tokio::time::advance(LONG).await;
    let error = run.await.expect("no panic").expect_err("it hangs");
    assert!(
        matches!(error, ContextCommandError::TimedOut { after: LONG }),
        "{error:?}"
    );
    alive.nobody_is_left().await;
}

#[tokio::test]
async fn a_caller_who_goes_away_ends_it() {
    let (_folder, alive, run) = hanging().await;
    run.abort();
    alive.nobody_is_left().await;
    assert!(run.await.expect_err("it was given up").is_cancelled());
}

#[tokio::test]
async fn what_is_left_in_the_background_is_ended() {
    let (folder, command) = script(&format!("{HOLDS} echo done"));
    let pipe = pipe(&folder);
    let about = json!({});
    let (printed, alive) = tokio::join!(command.lines(&about), Alive::watch(pipe));
    assert_eq!(printed.expect("it runs"), ["done"]);
    alive.nobody_is_left().await;
    assert_eq!(command.turns.available_permits(), CONTEXT_COMMANDS_MAX);
}

#[tokio::test(start_paused = true)]
async fn a_full_house_is_told() {
    let command = ContextCommand::new("/nowhere/look-up", vec![]);
    let all = u32::try_from(CONTEXT_COMMANDS_MAX).expect("a small number");
    let taken = command.turns.try_acquire_many(all).expect("all places are free");
    let error = command.lines(&json!({})).await.expect_err("no place");
    assert!(matches!(error, ContextCommandError::Busy), "{error:?}");
    drop(taken);
    let error = command.lines(&json!({})).await.expect_err("it is not there");
    assert!(matches!(error, ContextCommandError::Start { .. }), "{error:?}");
}

#[test]
fn the_configuration_names_the_program_first() {
    assert!(ContextCommand::configured(&[], LONG).is_none());
    let parts = ["x", "a b"].map(str::to_owned);
    let command = ContextCommand::configured(&parts, LONG).expect("a command");
    assert_eq!(command.program, Path::new("x"));
    assert_eq!((command.args, command.timeout), (vec!["a b".to_owned()], LONG));
}
