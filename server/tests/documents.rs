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
