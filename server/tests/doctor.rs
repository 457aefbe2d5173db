//! `minicom-server doctor` with the real program: each part by its name, and the words that a fault has.

mod program;

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Output};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use program::{Running, program, run, stdout};
use serde_json::Value;

fn doctor(data: &Path, more: &[&str]) -> Output {
    run(&[&["doctor", "--data", data.to_str().unwrap()], more].concat())
}

/// The parts as JSON; the program may have ended with 0 or 1.
fn parts(output: &Output) -> Vec<Value> {
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["parts"].as_array().unwrap().clone()
}

#[track_caller]
fn state(parts: &[Value], name: &str, state: &str, words: &str) {
    let part = parts.iter().find(|part| part["part"] == name);
    let part = part.unwrap_or_else(|| panic!("{name} is not in {parts:?}"));
    assert_eq!(part["state"], state, "{part}");
    assert!(
        part["says"].as_str().unwrap().contains(words),
        "{words:?} is not in {part}"
    );
    assert_eq!(
        part["fix"].is_string(),
        state != "ok",
        "what is wrong has a way out: {part}"
    );
}

#[test]
fn a_running_server_is_asked_for_its_parts() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let server = Running::start(&data, &[]);
    let output = doctor(&data, &["--json"]);
    let told = parts(&output);
    assert_eq!(output.status.code(), Some(0), "{told:?}");
    for (name, words) in [
        ("data folder", "data"),
        ("files", "only their owner"),
        ("sealing key", "is there"),
        ("server", server.address.as_str()),
        ("serving", "answered"),
        ("database", "commits"),
        ("sockets", "0 of agents"),
        ("bot", "on, 0 turns"),
        ("disk", "MiB are free"),
        ("upgrade", "sockets are opened"),
        ("schema", ""),
        ("clock", "newest event"),
        ("bot rules", "ship with the program"),
        ("bot encoder", ""),
        ("proxies", "none"),
    ] {
        state(&told, name, "ok", words);
    }
    state(&told, "last backup", "warn", "no copies by itself");
    state(
        &told,
        "sign-in",
        "warn",
        "nobody can sign in as an admin with a password in default",
    );

    let lines = stdout(&doctor(&data, &[]));
    assert!(
        lines.contains("ok    upgrade") && lines.contains("`minicom-server agent passwd"),
        "{lines}"
    );
    let quiet = stdout(&doctor(&data, &["--quiet"]));
    assert!(
        !quiet.contains("ok  ") && quiet.contains("warn  last backup"),
        "{quiet}"
    );
}

#[test]
fn each_of_several_tenants_is_told_with_what_it_needs() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    drop(Running::start(&data, &[]));
    let folder = data.to_str().unwrap();
    let add = |more: &[&str]| {
        let made = run(&[&["tenant", "create", "--data", folder], more].concat());
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    };
    add(&["acme", "--admin-email", "ada@acme.example"]);
    let sign_in = |wanted: [&str; 2]| {
        let told = parts(&doctor(&data, &["--json"]));
        let part = told.iter().find(|part| part["part"] == "sign-in").unwrap();
        assert_eq!([&part["says"], &part["fix"]], wanted);
    };
    sign_in([
        "tenants: default, acme; nobody can sign in as an admin with a password in default, acme",
        "Give an admin of each a password: `minicom-server agent passwd admin@localhost`, \
         `minicom-server agent --tenant acme passwd ada@acme.example`.",
    ]);
    let disabled = run(&["tenant", "disable", "--data", folder, "acme"]);
    assert!(
        disabled.status.success(),
        "{}",
        String::from_utf8_lossy(&disabled.stderr)
    );
    sign_in([
        "tenants: default, acme; nobody can sign in as an admin with a password in default",
        "Give an admin of each a password: `minicom-server agent passwd admin@localhost`.",
    ]);
}

#[test]
fn a_folder_at_rest_is_looked_at_and_not_changed() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let output = doctor(&data, &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    state(&parts(&output), "data folder", "fail", "is not there");
    assert!(!data.exists());

    drop(Running::start(&data, &[]));
    let told = parts(&doctor(&data, &["--json", "--quiet"]));
    state(&told, "server", "warn", "left without a word");

    fs::set_permissions(data.join("minicom.db"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(data.join("sealing.key"), "short").unwrap();
    let told = parts(&doctor(&data, &["--json"]));
    state(&told, "data folder", "warn", "0755");
    state(&told, "files", "fail", "minicom.db");
    state(&told, "sealing key", "fail", "5 bytes");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let config = dir.path().join("minicom.toml");
    let wrong = format!(
        "listen = \"{}\"\n[bot]\nrules = \"rules.toml\"\nencoder = \"nothing\"\n[backup]\nfolder = \"nowhere\"\n[sockets]\ntotal = 50000\n",
        taken.local_addr().unwrap()
    );
    fs::write(&config, wrong).unwrap();
    fs::write(dir.path().join("rules.toml"), "rule = 7").unwrap();
    let told = parts(&doctor(&data, &["--json", "--config", config.to_str().unwrap()]));
    state(&told, "listen address", "fail", "Another program listens");
    state(&told, "bot rules", "fail", "rules.toml");
    state(&told, "bot encoder", "fail", "weights.bin");
    state(&told, "last backup", "fail", "is not there");

    let database = data.join("minicom.db");
    // Moves the log into the file, so that the file alone is the database.
    let conn = rusqlite::Connection::open(&database).unwrap();
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    drop(conn);
    let bytes = fs::read(&database).unwrap();
    fs::write(
        &database,
        "no database, but long enough to be taken for one by its length alone",
    )
    .unwrap();
    state(&parts(&doctor(&data, &["--json"])), "schema", "fail", "not a database");
    fs::write(&database, &bytes[..bytes.len() / 2]).unwrap();
    state(&parts(&doctor(&data, &["--json"])), "schema", "fail", "damaged");
}

#[test]
fn from_outside_the_first_line_that_fails_names_what_is_in_the_way() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(dir.path(), &[]);
    let look = |url: &str| {
        parts(&run(&[
            "doctor",
            "--json",
            "--url",
            url,
            "--data",
            dir.path().to_str().unwrap(),
        ]))
    };
    for scheme in ["http", "ws"] {
        let told = look(&format!("{scheme}://{}", server.address));
        state(&told, "server", "ok", "Minicom answers");
        state(&told, "upgrade", "ok", "opened");
    }
    state(&look(&server.address), "address", "fail", "no scheme");
    state(&look("ftp://desk"), "address", "fail", "ftp");
    state(&look("https://no-such-name.invalid"), "name", "fail", "is not known");
    state(
        &look(&format!("https://{}", server.address)),
        "connection",
        "fail",
        "no TLS is spoken",
    );
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    state(&look(&format!("http://{free}")), "connection", "fail", "nobody listens");

    // Something else, a proxy that does not reach the server, one that drops the upgrade, and a redirect.
    for (health, other, part, words) in [
        ("200 OK\r\ncontent-length: 2\r\n\r\nhi", "", "server", "something else"),
        (
            "400 Bad Request\r\ncontent-length: 37\r\n\r\nThis port speaks TLS: write https://..",
            "",
            "connection",
            "TLS is spoken there",
        ),
        (
            "502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
            "",
            "server",
            "a proxy answers 502",
        ),
        (
            "301 Moved\r\nlocation: https://desk.test/\r\ncontent-length: 0\r\n\r\n",
            "",
            "server",
            "https://desk.test/",
        ),
        (
            "200 OK\r\ncontent-length: 3\r\n\r\nok\n",
            "400 Bad Request\r\ncontent-length: 0\r\n\r\n",
            "upgrade",
            "dropped on the way",
        ),
        (
            "200 OK\r\ncontent-length: 3\r\n\r\nok\n",
            "403 Forbidden\r\ncontent-length: 0\r\n\r\n",
            "upgrade",
            "403",
        ),
    ] {
        let between = between(health, other);
        state(&look(&format!("http://{between}")), part, "fail", words);
    }
}

#[test]
fn a_certificate_from_outside_is_known_as_clients_know_it() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(dir.path(), &["--tls-self-signed"]);
    let url = format!("https://{}", server.address);
    let text = fs::read_to_string(dir.path().join("server.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let pin = file["fingerprint"].as_str().unwrap();
    let certificate = dir.path().join("tls-self-signed.crt");
    let other = pin.replace(['A', '1'], "B");
    let look = |more: &[&str]| parts(&run(&[&["doctor", "--json", "--url", &url], more].concat()));
    state(&look(&[]), "connection", "fail", "does not know who issued it");
    state(&look(&["--pin", pin]), "upgrade", "ok", "opened");
    state(
        &look(&["--pin", &pin.replace(':', "").to_lowercase()]),
        "upgrade",
        "ok",
        "opened",
    );
    state(&look(&["--pin", &other]), "connection", "fail", "another fingerprint");
    state(&look(&["--pin", "AB"]), "connection", "fail", "no fingerprint");
    state(
        &look(&["--ca", dir.path().join("none").to_str().unwrap()]),
        "connection",
        "fail",
        "none",
    );
    state(
        &look(&["--ca", dir.path().join("server.json").to_str().unwrap()]),
        "connection",
        "fail",
        "no certificate",
    );
    // It vouches for itself, and for these names.
    let told = look(&["--ca", certificate.to_str().unwrap()]);
    assert!(told.iter().any(|part| part["part"] == "connection"), "{told:?}");
}

/// An authority, and what it issued for a name until so many days from now: chain of the authority, certificate, key.
fn issued(days: i64) -> [String; 3] {
    let day = |days: i64| {
        let seconds = std::time::Duration::from_secs(days.unsigned_abs() * 24 * 60 * 60);
        let now = std::time::SystemTime::now();
        if days < 0 { now - seconds } else { now + seconds }
    };
    let ca_key = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::new(vec![]).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.distinguished_name.push(DnType::CommonName, "Test CA");
    let root = ca.self_signed(&ca_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let mut own = CertificateParams::new(vec!["desk.test".to_owned()]).unwrap();
    (own.not_before, own.not_after) = (day(-30).into(), day(days).into());
    let own = own.signed_by(&key, &Issuer::new(ca, ca_key)).unwrap().pem();
    [root, own, key.serialize_pem()]
}

#[test]
fn the_servers_own_certificate_is_looked_at_and_each_fault_has_its_words() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let data = at("data");
    drop(Running::start(&data, &[]));
    let config = at("minicom.toml");
    fs::write(&config, "[tls]\ncert = \"chain.pem\"\nkey = \"key.pem\"\n").unwrap();
    let private = |name: &str, text: &str| {
        fs::write(at(name), text).unwrap();
        fs::set_permissions(at(name), fs::Permissions::from_mode(0o600)).unwrap();
    };
    let look = |more: &[&str]| {
        let mut command = program();
        command.args(["doctor", "--json", "--data"]).arg(&data).args(more);
        // What this computer knows is what the test says.
        command
            .env("SSL_CERT_FILE", at("known.pem"))
            .env("SSL_CERT_DIR", at("none"));
        parts(&command.output().unwrap())
    };
    let with = ["--config", config.to_str().unwrap()];
    let check = |fault: &str, words: &str| state(&look(&with), "certificate", fault, words);

    state(&look(&[]), "certificate", "ok", "none: plain HTTP at 127.0.0.1:8000");
    check("fail", "does not exist");
    let [root, own, key] = issued(90);
    private("known.pem", &root);
    private("chain.pem", &own);
    private("key.pem", &key);
    check("ok", "for desk.test, issued by CN=Test CA, good for 89 more days");
    let [other_root, _, other_key] = issued(90);
    private("known.pem", &issued_by_another());
    check("warn", "its chain ends with one that CN=Test CA issued");
    private("chain.pem", &format!("{own}{root}"));
    check("ok", "chain and key fit");
    private("chain.pem", &format!("{root}{own}"));
    check("fail", "out of order");
    private("chain.pem", &own);
    private("key.pem", &other_key);
    check("fail", "does not belong to the certificate");
    private("key.pem", &key);
    fs::set_permissions(at("key.pem"), fs::Permissions::from_mode(0o644)).unwrap();
    check("fail", "can be read by everybody");
    private("key.pem", &key);
    // Root may read everything.
    if !rustix::process::geteuid().is_root() {
        fs::set_permissions(at("chain.pem"), fs::Permissions::from_mode(0o000)).unwrap();
        check("fail", "may not be read");
    }
    private("chain.pem", &other_root);
    check("fail", "does not belong");
    for (days, fault, words) in [(-1, "fail", "expired on"), (5, "warn", "expires on")] {
        let [_, own, key] = issued(days);
        private("chain.pem", &own);
        private("key.pem", &key);
        check(fault, words);
    }

    // One for trials; and a server that shows another one than its files have.
    fs::write(&config, "[tls]\nself_signed = true\n").unwrap();
    check("ok", "is made at the first start");
    let running = Running::start(&data, &["--tls-self-signed"]);
    check("ok", "nobody vouches for it: clients know it by --pin");
    state(&look(&[]), "certificate", "warn", "this configuration names none");
    let shown = fs::read_to_string(data.join("server.json")).unwrap();
    let mut shown: Value = serde_json::from_str(&shown).unwrap();
    shown["fingerprint"] = "AB:CD".into();
    private("data/server.json", &shown.to_string());
    check("warn", "still shows another one");
    drop(running);
}

/// An authority that has issued nothing here.
fn issued_by_another() -> String {
    let mut ca = CertificateParams::new(vec![]).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.distinguished_name.push(DnType::CommonName, "Another CA");
    ca.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
}

#[test]
fn a_computer_without_authorities_serves_and_is_managed() {
    let dir = tempfile::tempdir().unwrap();
    let none = dir.path().join("none");
    let bare = |more: &[&str]| {
        let mut command = program();
        command.args(more).args(["--data", dir.path().to_str().unwrap()]);
        command.env("SSL_CERT_FILE", &none).env("SSL_CERT_DIR", &none);
        command
    };
    let server = Running::command(bare(&["serve", "--listen", "127.0.0.1:0"]), dir.path());
    let listed = bare(&["agent", "list"]).output().unwrap();
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let url = format!("http://{}", server.address);
    let told = bare(&["doctor", "--json", "--url", &url]).output().unwrap();
    state(&parts(&told), "upgrade", "ok", "opened");
}

/// Something that answers the two questions with this.
fn between(health: &'static str, other: &'static str) -> std::net::SocketAddr {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = [0; 2048];
            let read = stream.read(&mut head).unwrap_or(0);
            let answer = if head[..read].starts_with(b"GET /healthz ") {
                health
            } else {
                other
            };
            let _ = stream.write_all(
                format!("HTTP/1.1 {answer}")
                    .replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n")
                    .as_bytes(),
            );
        }
    });
    address
}
