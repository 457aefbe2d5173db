//! A disk that becomes full while the real program runs, and has room again: a small disk of its own, in a namespace of its own.

mod program;

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use program::{Running, has_status, refusal, stdout};
use rustix::process::Signal;
use serde_json::{Value, json};

/// More than the server wants to begin with, and soon full.
const DISK: &str = "mount -t tmpfs -o size=96m,mode=700 tmpfs \"$0\" && exec \"$@\"";

/// A command that becomes the program with a small disk at this place; [`None`] where that is not permitted.
fn with_a_small_disk(place: &Path) -> Option<Command> {
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", DISK]).arg(place);
    let mut probe = Command::new("unshare");
    probe.args(["-rm", "sh", "-c", DISK]).arg(place).arg("true");
    let permitted = probe.stderr(Stdio::null()).status().is_ok_and(|it| it.success());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MINICOM_") {
            command.env_remove(name);
        }
    }
    command.arg(env!("CARGO_BIN_EXE_minicom-server"));
    permitted.then_some(command)
}

fn body(answer: &str) -> Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// Takes all the room that is left.
fn fill(ballast: &Path) {
    let mut file = File::create(ballast).unwrap();
    for size in [1 << 20, 4096, 1] {
        let piece = vec![b'x'; size];
        while file.write_all(&piece).is_ok() {}
    }
}

#[test]
fn what_a_full_disk_has_no_room_for_is_refused_and_all_that_was_answered_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let disk = dir.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let Some(command) = with_a_small_disk(&disk) else {
        return;
    };
    let config = dir.path().join("minicom.toml");
    fs::write(&config, "[rates]\nhttp_writes_per_token_per_min = 1000000\n").unwrap();
    let mut server = Running::by(command, &disk.join("data"), &["--config", config.to_str().unwrap()]);
    // Its disk, as others see it.
    let seen = PathBuf::from(format!("/proc/{}/root", server.pid())).join(disk.strip_prefix("/").unwrap());
    server.data = seen.join("data");
    let token = server.local_token();
    let api = |method, path: &str, body: &Value| {
        server.ask(method, &format!("/api/v1/chat{path}"), &token, &body.to_string())
    };
    let started = body(&api("POST", "/public/start", &json!({"message": "hello"})));
    let notes = format!("/sessions/{}/notes", started["session_id"].as_str().unwrap());
    let note = |n: usize| {
        api(
            "POST",
            &notes,
            &json!({"content": format!("{n} {}", "x".repeat(12_000))}),
        )
    };
    let mut taken = 0;
    for n in 0..5 {
        assert!(has_status(&note(n), 201));
        taken += 1;
    }

    let ballast = seen.join("ballast");
    fill(&ballast);
    // The log may still have room of its own: some may be taken.
    let refused = loop {
        let answer = note(taken);
        if !has_status(&answer, 201) {
            break answer;
        }
        taken += 1;
        assert!(taken < 10_000, "the disk is never full");
    };
    assert!(has_status(&refused, 507), "{refused}");
    let refused = body(&refused);
    assert_eq!(
        (&refused["code"], &refused["retryable"]),
        (&json!("storage_full"), &json!(true))
    );
    let upload = format!(
        "/api/v1/chat/uploads?name=a.txt&session_id={}",
        started["session_id"].as_str().unwrap()
    );
    let uploaded = server.ask("POST", &upload, &token, "\"something to keep\"");
    assert!(
        has_status(&uploaded, 507) && body(&uploaded)["code"] == "storage_full",
        "{uploaded}"
    );
    // What is there can be read, and the server says what is wrong.
    assert!(has_status(&api("GET", "/sessions", &Value::Null), 200));
    assert!(has_status(&server.ask("GET", "/healthz", "", ""), 200));
    let ready = server.ask("GET", "/readyz", &token, "");
    assert!(ready.contains("MiB are free"), "{ready}");

    // With room again it goes on by itself.
    fs::remove_file(&ballast).unwrap();
    for n in 0..5 {
        let answer = note(n);
        assert!(has_status(&answer, 201), "{answer}");
        taken += 1;
    }
    let mut count = 0;
    let mut page = format!("{notes}?limit=100");
    loop {
        let answer = api("GET", &page, &Value::Null);
        let answer = body(&answer);
        count += answer["notes"].as_array().unwrap().len();
        match answer["next_cursor"].as_str() {
            Some(next) => page = format!("{notes}?limit=100&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(count, taken, "each that was answered, and no other");
    // Inside, for SQLite follows what leads into /proc to where it seems to lead.
    let mut inside = Command::new("nsenter");
    inside.args(["-U", "-m", "--preserve-credentials", "-t", &server.pid().to_string()]);
    inside.arg(env!("CARGO_BIN_EXE_minicom-server")).arg("verify");
    inside.arg(disk.join("data/minicom.db"));
    assert!(stdout(&inside.output().unwrap()).contains("1 conversation,"));
    server.signal(Signal::TERM);
    assert_eq!(server.wait().code(), Some(0), "{}", server.log);
}

#[test]
fn a_disk_that_is_as_good_as_full_begins_no_desk() {
    let dir = tempfile::tempdir().unwrap();
    let Some(mut command) = with_a_small_disk(dir.path()) else {
        return;
    };
    // As DISK, and full.
    let place = dir.path().join("data");
    command.args(["--listen", "127.0.0.1:0", "--data"]).arg(&place);
    let full = DISK.replace("&& exec", "&& head -c 60000000 /dev/zero > \"$0/ballast\" && exec");
    let mut arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
    arguments[3] = full.into();
    let output = Command::new("unshare")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let words = refusal(&output, 74);
    assert!(words.contains("MiB"), "{words}");
}
