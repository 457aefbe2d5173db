//! Copies, their proof and their way back, with the real program: `backup`, `verify`, `restore`, `check-config`.

mod program;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Output,
};

use minicom_protocol::{command::CustomerCommand, ids::CommandId, ids::TenantId, text::CustomerName};
use minicom_server::{
    decide::Settings,
    desk::Desk,
    faults::Faults,
    order::{Caller, Order, Who},
    store,
};
use program::{Running, has_status, refusal, run, stdout};
use rusqlite::Connection;
use rustix::process::Signal;

/// Writes lines of a customer into a data folder that no server has.
fn fill(data: &Path, customer: &str, lines: usize) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (folder, conn) = store::open::open(data).unwrap();
    let settings = Settings {
        bot: true,
        bot_deadline_ms: 60_000,
    };
    let (desk, writer) = Desk::start(conn, &folder.database(), settings, Faults::default()).unwrap();
    runtime.block_on(async {
        let tenant = desk.tenant(&TenantId::default_tenant()).unwrap();
        let name = CustomerName::parse(customer).unwrap();
        let found = desk.first_use(tenant, name, [7; 32]).await.unwrap();
        let caller = Caller::new(TenantId::default_tenant(), Who::Customer(found.customer));
        for n in 0..lines {
            let order = Order::Customer(CustomerCommand::Post {
                text: format!("{customer} says {n}"),
                quote: None,
                file: None,
            });
            desk.submit(&caller, CommandId(uuid::Uuid::now_v7()), order)
                .await
                .unwrap();
        }
    });
    drop(desk);
    writer.join().unwrap().unwrap();
}

fn filled() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), "alice", 3);
    dir
}

fn upkeep(words: &[&str], data: &Path) -> Output {
    run(&[words, &["--data", data.to_str().unwrap()]].concat())
}

fn backup(data: &Path, target: &Path) -> Output {
    upkeep(&["backup", target.to_str().unwrap()], data)
}

fn restore(data: &Path, copy: &Path) -> Output {
    upkeep(&["restore", copy.to_str().unwrap()], data)
}

fn verify(file: &Path, data: &Path) -> Output {
    upkeep(&["verify", file.to_str().unwrap()], data)
}

fn lines(database: &Path) -> Vec<String> {
    let conn = Connection::open(database).unwrap();
    let mut statement = conn
        .prepare("SELECT json_extract(body, '$.parts[0].text') FROM events WHERE side = 'customer' ORDER BY rev")
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// The files of a folder that are left in part or put aside.
fn others(folder: &Path, word: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains(word)).collect()
}

#[test]
fn a_copy_is_made_while_the_server_runs_and_comes_back() {
    let (dir, out) = (filled(), tempfile::tempdir().unwrap());
    let copy = out.path().join("copy.db");
    let mut server = Running::start(dir.path(), &[]);
    let told = stdout(&backup(dir.path(), &copy));
    assert!(
        told.contains("verified: 1 tenant, 1 conversation,") && told.contains("sealing.key is not in it"),
        "{told}"
    );
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(others(out.path(), ".part").is_empty());
    assert!(stdout(&verify(&copy, dir.path())).contains("is sound"));
    assert!(stdout(&upkeep(&["verify"], dir.path())).contains("minicom.db is sound"));
    assert!(refusal(&restore(dir.path(), &copy), 75).contains("nother server uses"));
    server.signal(Signal::TERM);
    server.wait();

    fill(dir.path(), "alice", 2);
    assert_eq!(lines(&dir.path().join("minicom.db")).len(), 5);
    let told = stdout(&restore(dir.path(), &copy));
    assert!(
        told.contains("Restored") && told.contains("All sign-ins and machine tokens have ended"),
        "{told}"
    );
    assert_eq!(lines(&dir.path().join("minicom.db")).len(), 3);
    let aside = others(dir.path(), "before-restore");
    assert_eq!(aside.len(), 1, "{aside:?}");
    assert_eq!(lines(&aside[0]).len(), 5, "what was there is put aside whole");
    assert!(others(dir.path(), "part").is_empty());

    let server = Running::start(dir.path(), &[]);
    assert!(has_status(&server.ask("GET", "/readyz", "", ""), 200));
    assert!(stdout(&upkeep(&["verify"], dir.path())).contains("is sound"));
}

#[test]
fn a_copy_comes_to_a_new_host_and_a_log_that_is_left_there_does_not_get_into_it() {
    let (old, new, out) = (filled(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let copy = out.path().join("copy.db");
    stdout(&backup(old.path(), &copy));
    let told = stdout(&restore(new.path(), &copy));
    assert!(told.contains("There is no") && told.contains("sealing.key"), "{told}");
    assert_eq!(lines(&new.path().join("minicom.db")).len(), 3);

    // A server that was killed leaves its log.
    fs::write(new.path().join("minicom.db-wal"), fs::read(&copy).unwrap()).unwrap();
    stdout(&restore(new.path(), &copy));
    assert!(!new.path().join("minicom.db-wal").exists());
    assert_eq!(lines(&new.path().join("minicom.db")).len(), 3);
    assert!(stdout(&upkeep(&["verify"], new.path())).contains("is sound"));
}

#[test]
fn where_no_copy_can_be_made_nothing_is_left() {
    let (dir, out) = (filled(), tempfile::tempdir().unwrap());
    let there = out.path().join("there.db");
    fs::write(&there, "mine").unwrap();
    assert!(refusal(&backup(dir.path(), &there), 73).contains("is there already"));
    assert_eq!(fs::read_to_string(&there).unwrap(), "mine");
    for own in ["minicom.db", "minicom.db-wal", "./minicom.db"] {
        assert!(
            refusal(&backup(dir.path(), &dir.path().join(own)), 2).contains("is the database itself"),
            "{own}"
        );
    }
    let link = out.path().join("link.db");
    std::os::unix::fs::symlink(dir.path().join("minicom.db"), &link).unwrap();
    refusal(&backup(dir.path(), &link), 2);
    refusal(&backup(dir.path(), &out.path().join("no/copy.db")), 73);
    refusal(&backup(&out.path().join("nothing"), &out.path().join("copy.db")), 66);
    assert_eq!(lines(&dir.path().join("minicom.db")).len(), 3);
    assert!(others(out.path(), ".part").is_empty() && others(out.path(), "copy").is_empty());
}

#[test]
fn what_is_no_good_copy_is_refused_and_the_desk_stays_as_it_is() {
    let (dir, out) = (filled(), tempfile::tempdir().unwrap());
    let made = |name: &str, change: &str| {
        let file = out.path().join(name);
        stdout(&backup(dir.path(), &file));
        if !change.is_empty() {
            Connection::open(&file).unwrap().execute_batch(change).unwrap();
        }
        file
    };
    let whole = made("whole.db", "");
    let before = lines(&dir.path().join("minicom.db"));

    let text = out.path().join("text.db");
    fs::write(&text, "this is no database, but it is long enough to be looked at").unwrap();
    let foreign = out.path().join("foreign.db");
    let conn = Connection::open(&foreign).unwrap();
    conn.execute_batch("CREATE TABLE t (x); PRAGMA application_id = 7")
        .unwrap();
    let bare = out.path().join("bare.db");
    fs::write(&bare, "").unwrap();
    let half = out.path().join("half.db");
    let bytes = fs::read(&whole).unwrap();
    fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
    let flipped = made(
        "flipped.db",
        "UPDATE events SET body = replace(body, 'says 1', 'says 7')",
    );
    let newer = made("newer.db", "PRAGMA user_version = 99");

    for (file, code, words) in [
        (&text, 65, "not a database"),
        (&foreign, 65, "another program"),
        (&bare, 65, "no database of Minicom"),
        (&half, 65, "damaged"),
        (&flipped, 65, "conversation "),
        (&newer, 78, "99"),
    ] {
        for output in [restore(dir.path(), file), verify(file, dir.path())] {
            let told = refusal(&output, code);
            assert!(told.contains(words), "{words}: {told}");
        }
    }
    refusal(&restore(dir.path(), &out.path().join("nothing.db")), 66);
    assert_eq!(lines(&dir.path().join("minicom.db")), before);
    assert!(others(dir.path(), "part").is_empty() && others(dir.path(), "before-restore").is_empty());
}

#[test]
fn an_older_copy_is_brought_up_to_date_on_the_way() {
    let (dir, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let old = out.path().join("old.db");
    let conn = Connection::open(&old).unwrap();
    for step in [
        include_str!("../src/store/schema/0001.sql"),
        include_str!("../src/store/schema/0001_rows.sql"),
        "PRAGMA application_id = 0x4d696e69; PRAGMA user_version = 1",
    ] {
        conn.execute_batch(step).unwrap();
    }
    drop(conn);
    assert!(refusal(&verify(&old, dir.path()), 78).contains("older schema 1"));
    let told = stdout(&restore(dir.path(), &old));
    assert!(told.contains("1 tenant, 2 conversations"), "{told}");
    assert!(stdout(&upkeep(&["verify"], dir.path())).contains("is sound"));
    let left: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    assert!(
        left.iter().all(|name| name == "minicom.db" || name == "lock"),
        "{left:?}"
    );
}

#[test]
fn sign_ins_of_a_copy_have_ended_unless_they_are_kept() {
    let (dir, out) = (filled(), tempfile::tempdir().unwrap());
    let conn = Connection::open(dir.path().join("minicom.db")).unwrap();
    conn.execute_batch(
        "INSERT INTO agents (tenant, id, email, name, role, enabled, created_at) VALUES (1, x'01', 'a@b', 'A', 'admin', 1, 0);
         INSERT INTO agent_tokens (tenant, digest, agent, label, local, created_at, expires_at) VALUES (1, x'02', x'01', 'x', 0, 0, 9e15);",
    )
    .unwrap();
    drop(conn);
    let copy = out.path().join("copy.db");
    stdout(&backup(dir.path(), &copy));
    let revoked = |data: &Path| -> bool {
        let conn = Connection::open(data.join("minicom.db")).unwrap();
        conn.query_row("SELECT revoked_at IS NOT NULL FROM agent_tokens", [], |row| row.get(0))
            .unwrap()
    };
    stdout(&upkeep(
        &["restore", copy.to_str().unwrap(), "--keep-tokens"],
        dir.path(),
    ));
    assert!(!revoked(dir.path()));
    stdout(&restore(dir.path(), &copy));
    assert!(revoked(dir.path()));
    let conn = Connection::open(dir.path().join("minicom.db")).unwrap();
    let audit: String = conn
        .query_row("SELECT action FROM audit", [], |row| row.get(0))
        .unwrap();
    assert_eq!(audit, "server.restored");
}

#[test]
fn a_running_server_makes_its_daily_copy() {
    let (dir, out) = (filled(), tempfile::tempdir().unwrap());
    let config = dir.path().join("minicom.toml");
    fs::write(&config, format!("[backup]\nfolder = {:?}\nkeep = 3\n", out.path())).unwrap();
    let mut server = Running::start(dir.path(), &["--config", config.to_str().unwrap()]);
    server.has_said("made the daily copy, verified");
    let made = others(out.path(), "minicom-2");
    assert_eq!(made.len(), 1);
    assert!(stdout(&verify(&made[0], dir.path())).contains("is sound"));
}

#[test]
fn a_configuration_is_checked_without_starting_anything() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let file = dir.path().join("minicom.toml");
    let check = |text: &str| {
        fs::write(&file, text).unwrap();
        upkeep(&["check-config", "--config", file.to_str().unwrap()], &data)
    };
    assert!(stdout(&check("log = \"info\"\n")).contains("is right"));
    let wrong = refusal(&check("log = \"info\"\n[sockets]\ntotall = 5\n"), 78);
    assert!(
        wrong.contains("line 3, column 1") && wrong.contains("sockets.total"),
        "{wrong}"
    );
    fs::write(dir.path().join("rules.toml"), "[[rule]]\nname = 7\n").unwrap();
    refusal(&check("[bot]\nrules = \"rules.toml\"\n"), 78);
    assert!(!data.exists(), "nothing was made");
}
