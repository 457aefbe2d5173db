//! What the documents say of numbers and of faults is there in the program, word for word.

mod api;
mod program;

use std::{collections::BTreeSet, fs};

use axum::response::IntoResponse;
use minicom_protocol::refusal::Refusal;
use minicom_server::{http::ApiError, telemetry::METRICS};
use program::{Running, program};

fn document(name: &str) -> String {
    let path = format!("{}/../docs/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_number_has_its_alarm() {
    let text = document("operations.md");
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("| `minicom_"))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let named: Vec<String> = rows.iter().map(|row| row[0].trim_matches('`').to_owned()).collect();
    let there: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(named, there);
    for row in rows {
        assert!(row.len() == 4 && row.iter().all(|cell| cell.len() > 3), "{row:?}");
    }
}

/// The blocks of a page that are marked so, in their order.
fn blocks(text: &str) -> Vec<(String, String)> {
    let (mut found, mut open) = (vec![], None::<(String, String)>);
    for line in text.lines().map(str::trim_start) {
        match (&mut open, line.strip_prefix("```sh ")) {
            (None, Some(kind)) => open = Some((kind.to_owned(), String::new())),
            (Some(_), _) if line == "```" => found.extend(open.take()),
            (Some((_, block)), _) => {
                block.push_str(line);
                block.push('\n');
            }
            _ => {}
        }
    }
    found
}

#[test]
fn from_nothing_to_a_running_desk_as_it_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let bin = dir.path().join("bin");
    fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_minicom-server"), bin.join("minicom-server")).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let place = dir.path().join("srv").display().to_string();
    // A port that is free now; nobody else takes one of this range meanwhile.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let text = document("operations.md")
        .replace("/srv/minicom", &place)
        .replace("127.0.0.1:8000", &format!("127.0.0.1:{port}"));
    let blocks = blocks(&text);
    assert_eq!(blocks.iter().filter(|(kind, _)| kind == "serve").count(), 1);
    assert!(blocks.len() >= 7, "{}", blocks.len());
    let mut server = None;
    for (kind, block) in &blocks {
        let mut shell = std::process::Command::new("bash");
        let script = match kind.as_str() {
            "serve" => format!("exec {block}"),
            _ => block.clone(),
        };
        shell
            .args(["-euo", "pipefail", "-c", &script])
            .env("PATH", &path)
            .current_dir(dir.path());
        if kind == "serve" {
            server = Some(Running::command(shell, dir.path()));
            continue;
        }
        let output = shell.output().unwrap();
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(output.status.success(), "{block}\n{said}");
    }
    let mut server = server.unwrap();
    server.has_said("made the daily copy");
}

/// One entry of the troubles: what is asked, and the line that shows the cause.
struct Trouble {
    heading: String,
    ask: String,
    line: String,
}

fn troubles() -> Vec<Trouble> {
    let text = document("troubleshooting.md");
    let entries = text.split("\n## ").skip(1);
    let told = |entry: &str, word: &str| {
        let line = entry.lines().find_map(|line| line.strip_prefix(word));
        line.map(|line| line.trim().trim_matches('`').to_owned())
            .unwrap_or_else(|| panic!("no {word} in: {entry}"))
    };
    entries
        .map(|entry| Trouble {
            heading: entry.lines().next().unwrap().to_owned(),
            ask: told(entry, "Ask: "),
            line: told(entry, "Line: "),
        })
        .collect()
}

#[test]
fn each_trouble_has_a_command_that_prints_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(dir.path(), &[]);
    let troubles = troubles();
    assert!(troubles.len() >= 6);
    for Trouble { heading, ask, line } in troubles {
        let mut words = ask.split_whitespace();
        assert_eq!(words.next(), Some("minicom-server"), "{heading}");
        let arguments: Vec<String> = words
            .map(|word| word.replace("127.0.0.1:8000", &server.address))
            .collect();
        let output = program()
            .args(&arguments)
            .arg("--data")
            .arg(dir.path())
            .output()
            .unwrap();
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{heading}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let said = String::from_utf8(output.stdout).unwrap();
        let found = said.lines().any(|it| {
            let part = it.get(6..).unwrap_or_default();
            part.starts_with(&format!("{line} ")) || it.starts_with(&line)
        });
        assert!(found, "{heading}: `{ask}` has no line {line:?}:\n{said}");
    }
}

/// What the pages use of `jq`: `-r .name`, of a file or of standard input. So the tests need none.
const JQ: &str = r#"#!/usr/bin/env python3
import json, sys
assert sys.argv[1] == "-r" and sys.argv[2].startswith(".")
source = open(sys.argv[3]) if len(sys.argv) > 3 else sys.stdin
print(json.load(source)[sys.argv[2][1:]])
"#;

#[test]
fn the_walk_through_the_reference_as_it_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let server = Running::start(&data, &[]);
    let jq = dir.path().join("jq");
    fs::write(&jq, JQ).unwrap();
    fs::set_permissions(&jq, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let text = document("api.md")
        .replace("127.0.0.1:8000", &server.address)
        .replace("~/.local/share/minicom", &data.display().to_string());
    let blocks = blocks(&text);
    assert_eq!(blocks.len(), 1, "the walk");
    let output = std::process::Command::new("bash")
        .args(["-euo", "pipefail", "-c", &blocks[0].1])
        .env(
            "PATH",
            format!("{}:{}", dir.path().display(), std::env::var("PATH").unwrap()),
        )
        .current_dir(dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        said.contains("Hello Alice, I am looking.") && said.contains(r#""status":"closed""#),
        "{said}"
    );
}

/// `METHOD /path` of each row of the reference, with `{}` for what is named there; the prefix that most share is left out.
fn routes_of_the_reference() -> BTreeSet<String> {
    let text = document("api.md");
    let mut found = BTreeSet::new();
    for line in text.lines() {
        let cell = match line.strip_prefix("| ") {
            Some(row) => row.split(" | ").next().unwrap_or_default(),
            None => line,
        };
        let mut methods = vec![];
        for quoted in cell.split('`').skip(1).step_by(2) {
            let (method, path) = quoted.split_once(' ').unwrap_or((quoted, ""));
            if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method) {
                continue;
            }
            methods.push(method);
            if path.starts_with('/') {
                let path = path.split('?').next().unwrap_or_default();
                found.extend(methods.drain(..).map(|method| format!("{method} {}", nameless(path))));
            }
        }
    }
    found
}

/// A path without the prefix and without the names between braces.
fn nameless(path: &str) -> String {
    let path = path.strip_prefix("/api/v1/chat").unwrap_or(path);
    let segments = path
        .split('/')
        .map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

#[test]
fn the_reference_has_a_row_for_each_route_and_for_no_other() {
    let told = routes_of_the_reference();
    let there: BTreeSet<String> = api::operations()
        .iter()
        .map(|it| format!("{} {}", it.method, nameless(&it.path)))
        .collect();
    let missing: Vec<_> = there.difference(&told).collect();
    assert!(missing.is_empty(), "docs/api.md has no row for {missing:?}");
    let served = ["GET /api/v1/openapi.json", "GET /api/v1/docs"].map(str::to_owned);
    let gone: Vec<_> = told.difference(&there).filter(|it| !served.contains(it)).collect();
    assert!(gone.is_empty(), "docs/api.md has rows for what is not there: {gone:?}");
}

#[test]
fn the_reference_names_each_field_that_a_body_may_have() {
    let text = document("api.md");
    let quoted: BTreeSet<&str> = text.split('`').skip(1).step_by(2).collect();
    let mut missing = BTreeSet::new();
    for operation in api::operations() {
        for example in operation.examples() {
            let fields = example
                .as_object()
                .into_iter()
                .flat_map(|fields| fields.keys().cloned());
            missing.extend(fields.filter(|field| !quoted.contains(field.as_str())));
        }
    }
    // The settings have a page of their own.
    let desk = document("desk.md");
    missing.retain(|field| !desk.contains(field.as_str()));
    assert!(missing.is_empty(), "docs/api.md does not name {missing:?}");
}

#[test]
fn the_reference_has_each_refusal_beside_its_status() {
    let page = document("api.md");
    let spec = include_str!("../../protocol/src/spec.md");
    let refusals = spec.split("```refusals\n").nth(1).unwrap().split("```").next().unwrap();
    let mut seen = 0;
    for line in refusals.lines() {
        let refusal: Refusal = serde_json::from_str(line).unwrap();
        // Sockets alone say these.
        if matches!(
            refusal.code().as_str(),
            "hello_first"
                | "hello_again"
                | "version"
                | "unknown_type"
                | "moon_phase"
                | "erased"
                | "revoked"
                | "desk_closed"
        ) {
            continue;
        }
        seen += 1;
        let code = refusal.code();
        let status = ApiError::from(refusal).into_response().status().as_u16();
        let row = page.lines().find(|row| row.starts_with(&format!("| {status} |")));
        let row = row.unwrap_or_else(|| panic!("docs/api.md has no row for {status}"));
        assert!(row.contains(&format!("`{code}`")), "{status}: {code}");
    }
    assert!(seen > 30, "{seen}");
}

/// Every action that the audit log can have stands in the operator's table.
#[test]
fn the_actions_of_the_audit_log_are_listed() {
    let page = document("operations.md");
    let mut found = std::collections::BTreeSet::new();
    for (path, text) in sources() {
        let calls = text
            .split("audit(")
            .skip(1)
            .map(|it| it.chars().take(160).collect::<String>());
        let whole = path.ends_with("execute/audited.rs").then(|| text.clone());
        for part in calls.chain(whole) {
            found.extend(
                part.split('"')
                    .skip(1)
                    .step_by(2)
                    .filter(|it| is_action(it))
                    .map(str::to_owned),
            );
        }
    }
    assert!(found.len() > 20, "{found:?}");
    for action in found {
        assert!(
            page.contains(&format!("`{action}`")),
            "{action} is not in docs/operations.md"
        );
    }
}

/// The server's sources but for tests.
fn sources() -> Vec<(String, String)> {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let mut all = vec![];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".rs") && !name.contains("test") {
                all.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    all
}

fn is_action(word: &str) -> bool {
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
    word.split_once('.')
        .is_some_and(|(noun, did)| letters(noun) && letters(did) && did != "rs")
}
