//! The rules of the house, read from the sources themselves, so that no document about them can rot: who may import
//! whom, what may reach a terminal and how, how long a file may be, and what must not be left in it.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What each crate must never import, by the names that its sources would use.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "protocol/src",
        &[
            "tokio",
            "rusqlite",
            "axum",
            "hyper",
            "reqwest",
            "ratatui",
            "crossterm",
            "rand",
            "jiff",
            "std::fs",
            "std::net",
            "SystemTime",
            "Instant",
        ],
    ),
    (
        "encoder/src",
        &[
            "minicom_protocol",
            "minicom_server",
            "tokio",
            "rusqlite",
            "axum",
            "reqwest",
            "rand",
            "std::net",
            "SystemTime",
            "Instant",
        ],
    ),
    (
        "server/src",
        &["minicom_client", "minicom_tui_kit", "ratatui", "crossterm"],
    ),
    (
        "client/src",
        &["minicom_server", "minicom_tui_kit", "ratatui", "crossterm", "rusqlite"],
    ),
    (
        "tui-kit/src",
        &["minicom_server", "tokio_tungstenite", "reqwest", "rusqlite"],
    ),
    (
        "tui-agent/src",
        &["minicom_server", "tokio_tungstenite", "rusqlite", "crossterm"],
    ),
    (
        "tui-customer/src",
        &["minicom_server", "tokio_tungstenite", "rusqlite", "crossterm"],
    ),
];

/// Ways to a terminal that pass no gate, and the only files that may use them.
const TERMINAL: &[(&str, &[&str])] = &[
    ("SetTitle", &["tui-kit/src/screen.rs", "tui-kit/src/terminal.rs"]),
    (".set_symbol(", &["tui-kit/src/links.rs", "tui-kit/src/theme.rs"]),
    (".set_char(", &[]),
    ("println!(", &[]),
    ("eprintln!(", &[]),
    ("eprint!(", &[]),
];

/// Lines that a file of the product may have. A longer one is asking for a second noun.
const LINES_MAX: usize = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace is above this crate")
        .to_owned()
}

struct Source {
    /// Path from the workspace's root.
    path: String,
    text: String,
}

impl Source {
    /// Whether the file is there for tests, benches or examples only.
    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let folders = ["/tests/", "/benches/", "/examples/"];
        name == "tests.rs"
            || name == "testing.rs"
            || name.starts_with("test_")
            || name.ends_with("_tests.rs")
            || folders.iter().any(|folder| self.path.contains(folder))
    }

    /// Its lines without comments, numbered from 1.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(n, line)| (n + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && name != "target" && name != ".git" {
            collect(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

fn files(keep: impl Fn(&str) -> bool) -> Vec<Source> {
    let (root, mut paths) = (root(), Vec::new());
    collect(&root, &mut paths);
    let sources = paths.into_iter().filter_map(|path| {
        let name = path.strip_prefix(&root).ok()?.to_str()?.to_owned();
        if !keep(&name) {
            return None;
        }
        Some(Source {
            text: fs::read_to_string(&path).ok()?,
            path: name,
        })
    });
    let mut sources: Vec<Source> = sources.collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!sources.is_empty(), "nothing was read");
    sources
}

fn rust() -> Vec<Source> {
    files(|path| path.ends_with(".rs"))
}

fn complain(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// Whether a line uses a name: as a whole word, not as a part of another.
fn uses(line: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

#[test]
fn nobody_imports_what_is_not_for_them() {
    let mut complaints = Vec::new();
    for source in rust().iter().filter(|source| !source.is_test()) {
        let rules = FORBIDDEN
            .iter()
            .filter(|(folder, _)| source.path.starts_with(&format!("{folder}/")));
        for (_, names) in rules {
            for (n, line) in source.code() {
                for name in names.iter().filter(|name| uses(line, name)) {
                    complaints.push(format!("{}:{n}: {name} is not for this crate", source.path));
                }
            }
        }
    }
    complain(complaints);
}

#[test]
fn nothing_reaches_a_terminal_around_the_gate() {
    let mut complaints = Vec::new();
    for source in rust()
        .iter()
        .filter(|source| !source.is_test() && !source.path.starts_with("e2e/"))
    {
        for (way, allowed) in TERMINAL {
            if allowed.contains(&source.path.as_str()) {
                continue;
            }
            for (n, _) in source.code().filter(|(_, line)| line.contains(way)) {
                complaints.push(format!("{}:{n}: {way} passes no gate", source.path));
            }
        }
    }
    complain(complaints);
}

#[test]
fn no_file_has_become_two_things() {
    let mut complaints = Vec::new();
    for source in rust().iter().filter(|source| !source.is_test()) {
        let lines = source.text.lines().count();
        let excused = source
            .text
            .lines()
            .take(12)
            .any(|line| line.contains("Over 400 lines because"));
        if lines > LINES_MAX && !excused {
            complaints.push(format!(
                "{}: {lines} lines: which second noun is in there?",
                source.path
            ));
        }
    }
    complain(complaints);
}

#[test]
fn nothing_is_left_open_and_no_test_sleeps() {
    // Put together here, so that this file does not find itself.
    let left_open = ["todo", "unimplemented"].map(|word| format!("{word}!("));
    let sleeps = ["thread", "time"].map(|module| format!("{module}::sleep("));
    let mut complaints = Vec::new();
    for source in rust() {
        for (n, line) in source.code() {
            if left_open.iter().any(|word| line.contains(word.as_str())) {
                complaints.push(format!("{}:{n}: left open", source.path));
            }
            if source.is_test() && sleeps.iter().any(|sleep| line.contains(sleep.as_str())) {
                complaints.push(format!(
                    "{}:{n}: a test that sleeps; wait on a fact instead",
                    source.path
                ));
            }
        }
    }
    complain(complaints);
}

#[test]
fn no_registry_is_named_outside_lock_files() {
    let hosts = ["crates", "npmjs", "pypi", "debian"].map(|name| (name, ["io", "org", "com"]));
    let mut complaints = Vec::new();
    let kept = [".rs", ".toml", ".md", ".sh", ".sql", ".json", "run"];
    for source in files(|path| kept.iter().any(|end| path.ends_with(end))) {
        for (name, ends) in &hosts {
            for end in ends {
                let host = format!("{name}.{end}");
                if source.text.contains(&host) {
                    complaints.push(format!("{}: names {host}", source.path));
                }
            }
        }
    }
    complain(complaints);
}

/// The document that tells which test holds which promise.
const PROMISES: &str = "docs/terminal-promises.md";

impl Source {
    /// Whether there is a test of this name in it.
    fn has_test(&self, name: &str) -> bool {
        let lines: Vec<&str> = self.text.lines().map(str::trim_start).collect();
        let begins = [format!("fn {name}("), format!("async fn {name}(")];
        let is_test = |at: usize| {
            let above = lines[..at].iter().rev();
            let mut attributes = above.take_while(|line| line.starts_with("#[") || line.starts_with("///"));
            attributes.any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
        };
        (0..lines.len()).any(|at| begins.iter().any(|begin| lines[at].starts_with(begin)) && is_test(at))
    }

    /// Whether it is the module of this path below a member's folder, or one below it.
    fn is_in(&self, folder: &str, modules: &[&str]) -> bool {
        let path = self.path.trim_end_matches(".rs");
        path.strip_prefix(folder).is_some_and(|below| {
            let parts: Vec<&str> = below.split('/').collect();
            let named = |module: &&str| *module == "tests" || parts.contains(module);
            below.starts_with('/') && modules.iter().all(named)
        })
    }
}

/// A document that says more than the tests do would be believed.
#[test]
fn every_promise_is_held_by_tests_that_there_are() {
    let sources = rust();
    let document = files(|path| path == PROMISES).remove(0);
    let mut complaints = Vec::new();
    let mut rows = 0;
    for (n, line) in document.text.lines().enumerate().map(|(n, line)| (n + 1, line)) {
        let Some(row) = line.strip_prefix("| ").filter(|row| !row.starts_with("Promise |")) else {
            continue;
        };
        if row.starts_with("---") {
            continue;
        }
        rows += 1;
        let held = row.split(" | ").nth(1).unwrap_or_default();
        let named: Vec<&str> = held.split('`').skip(1).step_by(2).collect();
        if named.is_empty() {
            complaints.push(format!("{PROMISES}:{n}: nothing holds it"));
        }
        for test in named {
            let Some((folder, path)) = test.split_once(": ") else {
                complaints.push(format!("{PROMISES}:{n}: {test} is no `folder: module::test`"));
                continue;
            };
            let mut modules: Vec<&str> = path.split("::").collect();
            let name = modules.pop().unwrap_or_default();
            let there = |source: &&Source| source.is_in(folder, &modules) && source.has_test(name);
            if !sources.iter().any(|source| there(&source)) {
                complaints.push(format!("{PROMISES}:{n}: there is no test {test}"));
            }
        }
    }
    assert!(rows > 0, "{PROMISES} promises nothing");
    complain(complaints);
}
