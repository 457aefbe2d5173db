//! The program with a file of settings: the table that holds, and mistakes that stop the start before anything else is asked.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn agent(folder: &Path, arguments: &[&str]) -> Output {
    agent_in(folder, &[], arguments)
}

fn agent_in(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_minicom-agent"))
        .args(arguments)
        .env_clear()
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder)
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat()).into_owned()
}

#[test]
fn the_table_that_is_printed_is_the_one_that_holds() {
    let folder = tempfile::tempdir().unwrap();
    let usual = agent(folder.path(), &["keys"]);
    assert!(
        usual.status.success() && said(&usual).contains("^N F2"),
        "{}",
        said(&usual)
    );
    let file = folder.path().join("mine.toml");
    fs::write(
        &file,
        "[keys.everywhere]\n\"ctrl-g\" = \"next-for-me\"\n\"ctrl-n\" = \"none\"\n",
    )
    .unwrap();
    let own = agent(folder.path(), &["keys", "--config", file.to_str().unwrap()]);
    assert!(said(&own).contains("^G F2"), "{}", said(&own));
    let json = agent(folder.path(), &["keys", "--json", "--config", file.to_str().unwrap()]);
    assert!(said(&json).contains(r#"{"action":"next-for-me","#), "{}", said(&json));
    assert!(
        said(&json).contains(r#""everywhere":["ctrl-g","f2"]"#),
        "{}",
        said(&json)
    );
    // The usual place.
    fs::create_dir(folder.path().join("minicom")).unwrap();
    fs::rename(&file, folder.path().join("minicom/agent.toml")).unwrap();
    let own = agent(folder.path(), &["keys"]);
    assert!(said(&own).contains("^G F2"), "{}", said(&own));
}

/// It takes the chords for itself.
#[test]
fn inside_zellij_function_keys_are_told_first() {
    let folder = tempfile::tempdir().unwrap();
    let told = |variables: &[(&str, &str)]| said(&agent_in(folder.path(), variables, &["keys"]));
    assert!(told(&[]).contains("  ^N F2 "), "{}", told(&[]));
    let zellij = told(&[("ZELLIJ", "0")]);
    for keys in ["  F2 ^N ", "  F12 ^T ", "  F1 Alt+? "] {
        assert!(zellij.contains(keys), "{zellij}");
    }
}

#[test]
fn mistakes_stop_the_start_with_file_line_and_the_nearest_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    fs::write(&file, "mouse = true\n[keys.list]\nZ = \"quitt\"\nctrl-p = \"done\"\n").unwrap();
    let state = folder.path().join("state");
    let arguments = ["--config", file.to_str().unwrap(), "--state", state.to_str().unwrap()];
    for arguments in [arguments.as_slice(), &[&["keys"], &arguments[..2]].concat()] {
        let stopped = agent(folder.path(), arguments);
        assert_eq!(stopped.status.code(), Some(2), "{}", said(&stopped));
        let words = format!(
            "{}:3:5: there is no action \"quitt\"; did you mean \"quit\"?",
            file.display()
        );
        assert!(said(&stopped).contains(&words), "{}", said(&stopped));
    }
    let missing = agent(folder.path(), &["keys", "--config", "no-such.toml"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        said(&missing).contains("no-such.toml: the settings cannot be read"),
        "{}",
        said(&missing)
    );
}
