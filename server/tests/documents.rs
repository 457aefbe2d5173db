//! What the documents say of numbers and of faults is there in the program, word for word.

mod program;

use std::fs;

use minicom_server::telemetry::METRICS;
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
