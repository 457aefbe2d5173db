//! A whole desk out and in again, with the real program.

mod program;

use std::{
    fs,
    path::Path,
    process::Output,
    time::{Duration, Instant},
};

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    ids::{AgentId, CommandId, ConversationId, FileId, TenantId, Time},
    people::{AgentRef, CustomerRef, Role},
    text::{CustomerName, DisplayName},
};
use minicom_server::{
    decide::Settings,
    desk::{Desk, Whom},
    faults::Faults,
    order::{Caller, Order, Who},
    store,
    uploads::{Said, UploadBounds, Uploader, Uploads},
};
use program::{Running, has_status, refusal, run, stdout};
use rusqlite::Connection;
use serde_json::{Value, json};
use sha2::Digest as _;

/// The secret of alice, whose digest the desk has.
const DIGEST: [u8; 32] = [7; 32];

/// Somebody at work on a desk without a server.
struct AtWork {
    desk: Desk,
    key: store::TenantKey,
    admin: Caller,
    data: std::path::PathBuf,
}

impl AtWork {
    /// Works on the desk of a data folder, then leaves it.
    fn on(data: &Path, work: impl AsyncFnOnce(&AtWork)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (folder, conn) = store::open::open(data).unwrap();
        let admin: [u8; 16] = conn
            .query_row("SELECT id FROM agents ORDER BY enabled DESC", [], |row| row.get(0))
            .unwrap();
        let settings = Settings {
            bot: true,
            bot_deadline_ms: 60_000,
        };
        let (desk, writer) = Desk::start(conn, &folder.database(), settings, Faults::default()).unwrap();
        let tenant = TenantId::default_tenant();
        let agent = AgentRef {
            id: AgentId::from_bytes(admin),
            name: DisplayName::parse("Ada").unwrap(),
        };
        let role = Role::Admin;
        let admin = Caller::new(tenant.clone(), Who::Agent { agent, role });
        let key = desk.tenant(&tenant).unwrap();
        let data = data.to_owned();
        let at_work = AtWork { desk, key, admin, data };
        runtime.block_on(work(&at_work));
        drop(at_work);
        writer.join().unwrap().unwrap();
    }

    async fn customer(&self, name: &str) -> CustomerRef {
        let name = CustomerName::parse(name).unwrap();
        self.desk.first_use(self.key, name, DIGEST).await.unwrap().customer
    }

    async fn posts(&self, customer: &CustomerRef, text: &str, file: Option<FileId>) -> ConversationId {
        let caller = Caller::new(TenantId::default_tenant(), Who::Customer(customer.clone()));
        let (text, quote) = (text.to_owned(), None);
        let order = Order::Customer(CustomerCommand::Post { text, quote, file });
        self.desk.submit(&caller, fresh(), order).await.unwrap();
        let newest = self.desk.newest(self.key, customer.id).await.unwrap();
        newest.unwrap().conversation
    }

    async fn says(&self, name: &str, text: &str) -> ConversationId {
        self.posts(&self.customer(name).await, text, None).await
    }

    /// A file in a line of the customer's.
    async fn sends(&self, name: &str, file: &str, bytes: &[u8]) -> ConversationId {
        let customer = self.customer(name).await;
        let uploads = Uploads::new(self.desk.clone(), &self.data, UploadBounds::default());
        let (tenant, agent) = (self.key, None);
        let by = Uploader {
            tenant,
            customer: customer.id,
            agent,
        };
        let mut incoming = uploads.begin(&by, None).await.unwrap();
        incoming.write(bytes).await.unwrap();
        let said = Said {
            name: file.to_owned(),
            mime: "text/plain".to_owned(),
        };
        let row = uploads.finish(incoming, by, said, None).await.unwrap();
        self.posts(&customer, "", Some(row.id)).await
    }

    async fn does(&self, command: Value) {
        let command: AgentCommand =
            serde_json::from_value(command.clone()).unwrap_or_else(|e| panic!("{e}: {command}"));
        let order = Order::Agent(command);
        self.desk.submit(&self.admin, fresh(), order).await.unwrap();
    }
}

fn fresh() -> CommandId {
    CommandId(uuid::Uuid::now_v7())
}

/// A desk with conversations, of which one is answered, noted, changed and closed; a ticket, settings and a library.
fn fill(data: &Path) {
    drop(Running::start(data, &[]));
    AtWork::on(data, async |it| {
        let alice = it.says("alice", "where is my parcel").await;
        it.does(json!({ "do": "take_over", "conversation": alice })).await;
        it.does(json!({ "do": "post", "conversation": alice, "text": "on its way", "anyway": true }))
            .await;
        it.does(json!({ "do": "note", "conversation": alice, "text": "she is patient" }))
            .await;
        it.does(json!({ "do": "convert_to_ticket", "conversation": alice }))
            .await;
        it.does(json!({ "do": "close", "conversation": alice, "seen": 1 }))
            .await;
        it.says("alice", "thank you").await;
        // Twice the same bytes, under two names.
        for name in ["build.log", "again.log"] {
            it.sends("alice", name, &file_bytes()).await;
        }
        for n in 0..700 {
            it.says("bob", &format!("line {n} of many")).await;
        }
    });
}

/// A file of more than one piece.
fn file_bytes() -> Vec<u8> {
    (0..150_000_u32).map(|n| (n % 127) as u8).collect()
}

fn on(words: &[&str], data: &Path) -> Output {
    run(&[words, &["--data", data.to_str().unwrap()]].concat())
}

fn export(data: &Path, more: &[&str]) -> Vec<Value> {
    let text = stdout(&on(&[&["export"], more].concat(), data));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["type"] == kind).collect()
}

/// What must be the same on both desks, without what each numbers by itself.
fn substance(lines: &[Value]) -> Vec<String> {
    let kept = lines.iter().filter(|line| {
        let accounts = ["agent.changed", "agent.mentions_read"];
        let kind = line["event"]["kind"].as_str().unwrap_or_default();
        let own = ["desk", "end", "agent"];
        !own.contains(&line["type"].as_str().unwrap()) && !accounts.contains(&kind)
    });
    let mut all: Vec<String> = kept
        .map(|line| {
            let mut line = line.clone();
            strip(&mut line);
            line.to_string()
        })
        .collect();
    all.sort();
    all
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for name in [
                "rev",
                "stage_rev",
                "cursor",
                "id",
                "agent",
                "by",
                "assignee",
                "updated_by",
            ] {
                fields.remove(name);
            }
            fields.values_mut().for_each(strip);
        }
        Value::Array(all) => all.iter_mut().for_each(strip),
        _ => {}
    }
}

#[test]
fn a_file_that_came_otherwise_or_not_whole_is_not_taken() {
    let (from, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fill(from.path());
    let lines = export(from.path(), &["--tenant", "default"]);
    let change = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut lines = lines.clone();
        change(&mut lines);
        let file = out.path().join("desk.jsonl");
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(&file, text).unwrap();
        let to = tempfile::tempdir().unwrap();
        drop(Running::start(to.path(), &[]));
        let done = on(&["import", file.to_str().unwrap()], to.path());
        (to, done)
    };
    let first = lines.iter().position(|line| line["type"] == "bytes").unwrap();
    let (_to, done) = change(&|lines| lines[first]["bytes"] = json!("AAAA"));
    assert!(refusal(&done, 65).contains("bytes of a file"), "{done:?}");
    let (_to, done) = change(&|lines| drop(lines.remove(first + 1)));
    assert!(refusal(&done, 65).contains("are missing"), "{done:?}");
    // Bytes that the old desk had lost: all else comes.
    let (to, done) = change(&|lines| lines.retain(|line| line["type"] != "bytes"));
    stdout(&done);
    assert!(of(&export(to.path(), &[]), "file").is_empty());
}

#[test]
fn a_desk_goes_out_and_comes_in_whole_and_twice_is_once() {
    let (from, to, out) = (
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    );
    fill(from.path());
    let file = out.path().join("desk.jsonl");
    stdout(&on(
        &["export", file.to_str().unwrap(), "--tenant", "default"],
        from.path(),
    ));
    let lines: Vec<Value> = fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for (kind, count) in [
        ("desk", 1),
        ("settings", 1),
        ("agent", 1),
        ("customer", 2),
        ("conversation", 3),
        ("ticket", 1),
        // In pieces of 64 KiB, once for each file.
        ("bytes", 6),
        ("file", 2),
        ("end", 1),
    ] {
        assert_eq!(of(&lines, kind).len(), count, "{kind}");
    }
    assert!(of(&lines, "event").len() > 700);
    assert!(refusal(&on(&["export", file.to_str().unwrap()], from.path()), 73).contains("is there already"));

    drop(Running::start(to.path(), &[]));
    let import = || on(&["import", file.to_str().unwrap()], to.path());
    let told = stdout(&import());
    // The bytes that two files have in common.
    assert!(told.contains(" 3 there already"), "{told}");
    let came = export(to.path(), &[]);
    assert_eq!(substance(&came), substance(&lines));
    assert!(stdout(&on(&["verify"], to.path())).contains("is sound"));

    // The same again, now while a server runs.
    let server = Running::start(to.path(), &[]);
    let told = stdout(&import());
    assert!(told.contains(": 0 lines taken"), "{told}");
    // The server has done meanwhile what time had set; whole it is all the same.
    assert!(stdout(&on(&["verify"], to.path())).contains("is sound"));
    let token = server.local_token();
    let answer = server.ask("GET", "/api/v1/chat/export", &token, "");
    assert!(
        has_status(&answer, 200) && answer.contains("\"type\":\"end\""),
        "by HTTP too"
    );
    assert!(has_status(&server.ask("GET", "/api/v1/chat/export", "x", ""), 401));
    assert!(has_status(
        &server.ask("GET", "/api/v1/chat/export?since=7.0000000000000000", &token, ""),
        410
    ));
    for file in of(&lines, "file") {
        let path = format!("/api/v1/chat/uploads/{}", file["id"].as_str().unwrap());
        let answer = server.ask("GET", &path, &token, "");
        assert!(
            has_status(&answer, 200) && answer.contains(file["name"].as_str().unwrap()),
            "{file}"
        );
    }
    let kept = minicom_server::uploads::Place::new(to.path());
    let digest = sha2::Sha256::digest(file_bytes()).into();
    let tenant = store::TenantKey(1);
    assert!(kept.open_whole(tenant, &digest, 150_000).is_ok());
    let text = server.ask("GET", "/api/conversation/alice", &token, "");
    assert!(
        text.contains("where is my parcel") && text.contains("on its way"),
        "{text}"
    );
}

#[test]
fn what_comes_after_a_cursor_is_taken_by_who_has_what_came_before() {
    let (from, to, out) = (
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    );
    fill(from.path());
    drop(Running::start(to.path(), &[]));
    let all = export(from.path(), &[]);
    let middle = of(&all, "event")[300]["cursor"].as_str().unwrap().to_owned();
    let later = export(from.path(), &["--since", &middle]);
    assert_eq!(of(&later, "event").len(), of(&all, "event").len() - 301);
    assert_eq!(
        of(&later, "customer").len(),
        1,
        "those in whose threads nothing happened stay out"
    );

    let write = |name: &str, lines: &[Value]| {
        let file = out.path().join(name);
        fs::write(&file, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
        file
    };
    let import = |file: &Path| on(&["import", file.to_str().unwrap()], to.path());
    let rest = write("rest", &later);
    assert!(refusal(&import(&rest), 65).contains("Lines are missing"));
    // An export that was cut.
    let cut = all.iter().position(|line| line["cursor"] == middle.as_str()).unwrap();
    let begun = import(&write("cut", &all[..=cut]));
    assert!(String::from_utf8_lossy(&begun.stderr).contains("no line `end`"));
    stdout(&begun);
    stdout(&import(&rest));
    assert_eq!(substance(&export(to.path(), &[])), substance(&all));

    assert!(refusal(&on(&["export", "--since", "7.0000000000000000"], from.path()), 65).contains("does not hold"));
    assert!(refusal(&on(&["export", "--since", "seven"], from.path()), 2).contains("no cursor"));
    assert!(refusal(&on(&["export", "--tenant", "other"], from.path()), 65).contains("no tenant other"));
}

#[test]
fn what_is_no_desk_is_refused_with_its_line_and_changes_nothing() {
    let (to, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(Running::start(to.path(), &[]));
    let desk = r#"{"type":"desk","format":1,"tenant":"x","desk":"07","since":null,"cursor":"0.07","at":0}"#;
    for (lines, words) in [
        ("", "it is empty"),
        ("{\n", "line 1"),
        ("{\"type\":\"customer\"}\n", "line 1: a desk begins"),
        (&*format!("{desk}\n{{\"type\":\"customer\"}}\n"), "Line 1 of these"),
        (
            &*format!("{desk}\n{{\"type\":\"thing\"}}\n"),
            "no lines of the type 'thing'",
        ),
        (
            &*format!("{desk}\n{}\n", desk.replace("\"07\"", "\"08\"")),
            "another desk begins",
        ),
        (
            &*desk.replace("\"format\":1", "\"format\":9"),
            "the format 9 is not known",
        ),
    ] {
        let file = out.path().join("lines");
        fs::write(&file, lines).unwrap();
        let told = refusal(&on(&["import", file.to_str().unwrap()], to.path()), 65);
        assert!(told.contains(words), "{words}: {told}");
    }
    fill(to.path());
    let file = out.path().join("other");
    fs::write(&file, format!("{desk}\n")).unwrap();
    assert!(refusal(&on(&["import", file.to_str().unwrap()], to.path()), 65).contains("Import into a new tenant"));
    refusal(&on(&["import", "/no/such/file"], to.path()), 66);
}

#[test]
fn nothing_in_it_signs_anybody_in() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let conn = Connection::open(dir.path().join("minicom.db")).unwrap();
    conn.execute_batch(
        "UPDATE agents SET password_hash = '$argon2id$canary-of-a-hash', totp = CAST('canary-of-a-code' AS BLOB)",
    )
    .unwrap();
    drop(conn);
    let text = stdout(&on(&["export"], dir.path()));
    assert!(!text.contains("canary") && !text.contains("argon2"), "{text}");
}

/// A desk with more agents than fit a request, and with customers as they can be: on further devices, agreed, kept out, vouched for.
#[test]
fn many_agents_and_all_kinds_of_customers_go_over_and_come_back_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    for data in [&from, &to] {
        drop(Running::start(data, &[]));
    }
    let conn = Connection::open(from.join("minicom.db")).unwrap();
    conn.execute_batch(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1500)
         INSERT INTO agents (tenant, id, email, name, role, skills, enabled, created_at)
         SELECT 1, unhex(printf('%032x', n)), 'agent' || n || '@desk.test', 'Agent number ' || n, 'agent', '[\"german\"]', 1, n FROM n;
         INSERT INTO customers (tenant, id, realm, name, secret_digest, created_at, profile, consented_at, consented_to, blocked_at, blocked_until)
         VALUES (1, unhex(printf('%032x', 1)), 'named', 'alice', zeroblob(32), 1, '{}', 5, unhex(printf('%064x', 9)), NULL, NULL),
                (1, unhex(printf('%032x', 2)), 'signed', 'u-7', x'', 2, '{}', NULL, NULL, 6, 7),
                (1, unhex(printf('%032x', 3)), 'anonymous', 'guest-1', x'', 3, '{}', NULL, NULL, 8, NULL);
         INSERT INTO customer_devices VALUES (1, unhex(printf('%032x', 1)), unhex(printf('%064x', 1)), 4);
         INSERT INTO customer_devices VALUES (1, unhex(printf('%032x', 1)), unhex(printf('%064x', 2)), 5);",
    )
    .unwrap();
    drop(conn);
    let file = folder.path().join("desk.jsonl");
    let file = file.to_str().unwrap();
    stdout(&on(&["export", file], &from));
    let said = stdout(&on(&["import", file, "--tenant", "default"], &to));
    assert!(said.contains("3 lines taken"), "{said}");
    let (before, after) = (export(&from, &[]), export(&to, &[]));
    assert_eq!(of(&before, "customer"), of(&after, "customer"));
    let addresses = |lines: &[Value]| -> Vec<String> {
        let agents = of(lines, "agent").into_iter();
        agents
            .map(|line| line["email"].to_string())
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect()
    };
    assert_eq!(addresses(&after).len(), 1_501);
    assert_eq!(addresses(&before), addresses(&after));
    // Once more changes nothing.
    let said = stdout(&on(&["import", file, "--tenant", "default"], &to));
    assert!(said.contains("0 lines taken"), "{said}");
}

/// All events that a file tells, by their cursors.
fn events_in(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let cursors = of(&lines, "event").into_iter();
    cursors
        .map(|line| line["cursor"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn an_export_goes_on_wherever_it_was_cut_and_with_what_came_since() {
    let (from, to, out) = (
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    );
    fill(from.path());
    let file = out.path().join("desk.jsonl");
    let name = file.to_str().unwrap();
    stdout(&on(&["export", name, "--tenant", "default"], from.path()));
    let (whole, all) = (fs::read(&file).unwrap(), events_in(&file));
    for part in [0, 1, 20, 50, 97] {
        // In the middle of a line as well as behind one; the head alone is a cut too.
        let head = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let cut = head.max(whole.len() * part / 100);
        fs::write(&file, &whole[..cut]).unwrap();
        stdout(&on(&["export", "--continue", name, "--progress"], from.path()));
        assert_eq!(events_in(&file), all, "cut behind {part} %");
    }
    // Whole already: what came since, which is nothing.
    stdout(&on(&["export", "--continue", name], from.path()));
    assert_eq!(events_in(&file), all);
    drop(Running::start(to.path(), &[]));
    let told = stdout(&on(&["import", name], to.path()));
    assert!(!told.contains(": 0 lines taken"), "{told}");
    assert_eq!(substance(&export(to.path(), &[])), substance(&export(from.path(), &[])));

    fs::write(&file, "{\"type\":\"event\"}\n").unwrap();
    let words = refusal(&on(&["export", "--continue", name], from.path()), 65);
    assert!(words.contains("is no export"), "{words}");
}

/// Every byte that a data folder has, in which a text could still be.
fn bytes_in(folder: &Path) -> Vec<u8> {
    let mut all = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(bytes_in(&path)),
            false => all.extend(fs::read(&path).unwrap()),
        }
    }
    all
}

#[test]
fn what_was_erased_between_two_exports_is_erased_where_both_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to, file) = (
        folder.path().join("from"),
        folder.path().join("to"),
        folder.path().join("desk.jsonl"),
    );
    let name = file.to_str().unwrap();
    drop(Running::start(&from, &[]));
    let mut lines = vec![];
    AtWork::on(&from, async |it| {
        // One who goes altogether, with a file and an open conversation.
        let alice = it.says("alice", "alices-canary of words").await;
        it.does(json!({ "do": "convert_to_ticket", "conversation": alice }))
            .await;
        it.sends("alice", "alices-canary.txt", b"alices-canary in a file").await;
        // One of whom only what is old goes.
        let old = it.says("carol", "carols-canary of words").await;
        it.sends("carol", "carols-canary.txt", b"carols-canary in a file").await;
        it.does(json!({ "do": "close", "conversation": old, "seen": 9 })).await;
        // One whose line is blanked out, and who stays.
        it.says("dave", "dave stays").await;
        lines.push(it.sends("dave", "daves-canary.txt", b"daves-canary in a file").await);
        // One who never said anything.
        it.customer("erin").await;
    });
    stdout(&on(&["export", name, "--tenant", "default"], &from));
    drop(Running::start(&to, &[]));
    stdout(&on(&["import", name], &to));
    let words = ["alices-canary", "carols-canary", "daves-canary", "dave stays"];
    let found = |folder: &Path, word: &str| {
        let bytes = bytes_in(folder);
        bytes.windows(word.len()).any(|at| at == word.as_bytes())
    };
    for word in words {
        assert!(found(&to, word), "{word} came over");
    }

    AtWork::on(&from, async |it| {
        let AgentRef { id, name } = match &it.admin.who {
            Who::Agent { agent, .. } => agent.clone(),
            _ => unreachable!(),
        };
        for gone in ["alice", "erin"] {
            let whom = Whom::Named(CustomerName::parse(gone).unwrap());
            let agent = AgentRef { id, name: name.clone() };
            let erased = it.desk.erase_customer(it.key, whom, agent, &it.admin, None);
            erased.await.unwrap();
        }
        assert_eq!(it.desk.erase_ended(it.key, Time(i64::MAX)).await.unwrap(), 1);
        it.does(json!({ "do": "blank_line", "conversation": lines[0], "line": { "side": "customer", "line": 2 } }))
            .await;
        // The names are free again, and others take them.
        it.says("alice", "another alice").await;
        it.says("erin", "another erin").await;
    });
    stdout(&on(&["export", "--continue", name], &from));
    stdout(&on(&["import", name], &to));
    assert!(
        substance(&export(&to, &[])) == substance(&export(&from, &[])),
        "both desks are the same"
    );
    assert!(stdout(&on(&["verify"], &to)).contains("is sound"));
    // Once more changes nothing.
    let told = stdout(&on(&["import", name], &to));
    assert!(told.contains(": 0 lines taken"), "{told}");

    let server = Running::start(&to, &[]);
    let token = server.local_token();
    let log = server.ask("GET", "/api/v1/chat/audit?limit=100", &token, "");
    assert_eq!(log.matches("customer.erased").count(), 2, "{log}");
    assert_eq!(log.matches("conversation.erased").count(), 1, "{log}");
    let hits = server.ask("GET", "/api/v1/chat/search?q=canary", &token, "");
    assert!(has_status(&hits, 200) && !hits.contains("s-canary"), "{hits}");
    // The log of the database is emptied and the files are swept behind the answer.
    let late = std::time::Instant::now() + std::time::Duration::from_secs(30);
    for word in &words[..3] {
        while found(&to, word) {
            assert!(std::time::Instant::now() < late, "{word} is still there");
            std::thread::yield_now();
        }
    }
    assert!(found(&to, "dave stays") && found(&to, "another alice") && found(&to, "another erin"));
    drop(server);

    // A desk that lives has customers of its own.
    for data in [&to, &from] {
        AtWork::on(data, async |it| {
            it.says("frank", "of one desk only").await;
        });
    }
    stdout(&on(&["export", "--continue", name], &from));
    let told = refusal(&on(&["import", name], &to), 65);
    assert!(told.contains("has the name frank"), "{told}");
}

/// What was counted of a data folder by the time that nothing is left to count. Without `until` and what is true of this moment only.
fn figures(data: &Path) -> Value {
    let server = Running::start(data, &["--bot", "off"]);
    let token = server.local_token();
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let answer = server.ask("GET", "/api/v1/chat/statistics?range=90d", &token, "");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let mut told: Value = serde_json::from_str(body).unwrap();
        if told["behind"] == 0 {
            let counted = told.as_object_mut().unwrap();
            counted.retain(|name, _| ["totals", "hours", "weekdays", "days"].contains(&name.as_str()));
            return told;
        }
        assert!(Instant::now() < deadline, "{told}");
    }
}

#[test]
fn the_figures_of_a_desk_are_the_same_after_an_import_and_after_a_restore() {
    let [from, imported, restored, out] = [(); 4].map(|()| tempfile::tempdir().unwrap());
    drop(Running::start(from.path(), &[]));
    AtWork::on(from.path(), async |it| {
        for (name, closed) in [("alice", true), ("bob", true), ("carol", false)] {
            let conversation = it.says(name, "where is my parcel").await;
            it.does(json!({ "do": "take_over", "conversation": conversation }))
                .await;
            it.does(json!({ "do": "post", "conversation": conversation, "text": "on its way", "anyway": true }))
                .await;
            if closed {
                it.does(json!({ "do": "close", "conversation": conversation, "seen": 1 }))
                    .await;
            }
        }
    });
    let counted = figures(from.path());
    assert_eq!(counted["totals"]["closed"], 2, "{counted}");

    let file = out.path().join("desk.jsonl");
    stdout(&on(&["export", file.to_str().unwrap()], from.path()));
    drop(Running::start(imported.path(), &[]));
    stdout(&on(&["import", file.to_str().unwrap()], imported.path()));
    assert_eq!(figures(imported.path()), counted, "after the import");

    let copy = out.path().join("copy");
    stdout(&on(&["backup", copy.to_str().unwrap()], from.path()));
    stdout(&on(&["restore", copy.to_str().unwrap()], restored.path()));
    assert_eq!(figures(restored.path()), counted, "after the restore");
}
