//! What the documents say is checked against what is there.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace is above this crate")
        .to_owned()
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What stands between backticks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

#[test]
fn the_map_answers_ten_questions_with_paths_that_exist() {
    let text = read("ARCHITECTURE.md");
    let questions: Vec<&str> = text.lines().filter(|line| line.starts_with("- Where ")).collect();
    assert!(questions.len() >= 10, "{} questions", questions.len());
    for question in questions {
        let paths: Vec<&str> = quoted(question).collect();
        assert!(question.contains('?') && !paths.is_empty(), "no answer: {question}");
        for path in paths {
            assert!(root().join(path).exists(), "{path} is not there: {question}");
        }
    }
}

#[test]
fn the_readme_tells_the_story_that_the_demo_plays() {
    let readme = read("README.md");
    let told: Vec<&str> = readme
        .lines()
        .skip_while(|line| *line != "```story")
        .skip(1)
        .take_while(|line| *line != "```")
        .collect();
    let output = Command::new("bash")
        .arg(root().join("demo.sh"))
        .arg("--story")
        .output()
        .expect("bash runs");
    let played = String::from_utf8(output.stdout).expect("the story is text");
    assert!(told.len() >= 10, "README.md has no story");
    assert_eq!(told, played.lines().collect::<Vec<_>>());
}

#[test]
fn the_commands_of_the_readme_are_those_of_the_check() {
    let (readme, check) = (read("README.md"), read(".ci/run"));
    for command in ["cargo test --workspace --locked", "./demo.sh"] {
        assert!(readme.contains(command), "README.md does not have: {command}");
        assert!(check.contains(command), ".ci/run does not have: {command}");
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "docs/protocol.md",
        "docs/desk.md",
        "docs/api.md",
        "docs/http.md",
        "docs/operations.md",
        "docs/security.md",
        "docs/troubleshooting.md",
        "docs/export.md",
    ] {
        let text = read(name);
        let folder = root()
            .join(name)
            .parent()
            .expect("a document is in a folder")
            .to_owned();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = target.split('#').next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") {
                assert!(folder.join(target).exists(), "{name}: {target} is not there");
            }
        }
    }
}

#[test]
fn the_commands_of_the_operations_are_understood() {
    let programs = [
        ("minicom-bars", env!("CARGO_BIN_EXE_minicom-bars")),
        ("minicom-load", env!("CARGO_BIN_EXE_minicom-load")),
    ];
    let text = read("docs/operations.md");
    for (name, path) in programs {
        let told = text
            .lines()
            .filter_map(|line| line.split_once(&format!("--bin {name} -- ")));
        let told: Vec<&str> = told
            .map(|(_, arguments)| arguments.split('#').next().unwrap_or_default())
            .collect();
        assert!(!told.is_empty(), "no command for {name}");
        for arguments in told {
            let mut program = Command::new(path);
            // What is not understood is told before the help is.
            program.args(arguments.split_whitespace()).arg("--help");
            let ended = program.output().expect("the program runs");
            assert!(ended.status.success(), "{name} {arguments}");
        }
    }
}
