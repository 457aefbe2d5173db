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

/// What a link says to lead to this heading.
fn anchor(line: &str) -> String {
    let words = line.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn links_between_documents_lead_somewhere() {
    let pages = fs::read_dir(root().join("docs")).expect("there is a folder of documents");
    let pages = pages.map(|entry| {
        entry
            .expect("it can be read")
            .file_name()
            .to_string_lossy()
            .into_owned()
    });
    let pages = pages
        .filter(|name| name.ends_with(".md"))
        .map(|name| format!("docs/{name}"));
    let own = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(str::to_owned);
    for name in pages.chain(own) {
        let name = name.as_str();
        let text = read(name);
        let folder = root()
            .join(name)
            .parent()
            .expect("a document is in a folder")
            .to_owned();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") {
                continue;
            }
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = match path {
                "" => root().join(name),
                path => folder.join(path),
            };
            assert!(file.exists(), "{name}: {target} is not there");
            if !heading.is_empty() {
                let page = fs::read_to_string(&file).expect("it is a page");
                assert!(
                    page.lines().any(|line| anchor(line) == heading),
                    "{name}: {target} has no such heading"
                );
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
