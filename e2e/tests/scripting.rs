//! The recipes of `docs/scripting.md`, run as they stand there against a real server with the real programs; and its tables.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use minicom_client::exit;
use minicom_e2e::{
    binaries::{Binary, root},
    computer::{Computer, with_input},
    desk_setup::Setup,
    server::TestServer,
    wait::until_async,
};
use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

fn page() -> String {
    fs::read_to_string(root().join("docs/scripting.md")).expect("docs/scripting.md")
}

/// Recipes by name.
fn recipes() -> BTreeMap<String, String> {
    let page = page();
    let blocks = page.split("```sh recipe ").skip(1);
    let named = blocks.filter_map(|block| {
        let (name, rest) = block.split_once('\n')?;
        let (script, _) = rest.split_once("\n```")?;
        Some((name.to_owned(), script.to_owned()))
    });
    named.collect()
}

/// A desk whose people write scripts.
struct Desk {
    server: TestServer,
    computer: Computer,
    home: TempDir,
    /// Where Ada's sign-in is.
    state: PathBuf,
}

impl Desk {
    async fn start(bot: bool) -> Result<Desk> {
        let server = TestServer::start(Setup::with_agents(&["Ada"]).bot(bot)).await?;
        let computer = Computer::new(server.url())?;
        let program = computer.agent(&server.agents[0], &["list"])?;
        let at = program.args.iter().position(|it| it == "--state").context("a state")?;
        let state = PathBuf::from(&program.args[at + 1]);
        Binary::Chat.path()?;
        let desk = Desk {
            server,
            computer,
            home: tempfile::tempdir()?,
            state,
        };
        let pager = desk.home.path().join("page");
        fs::write(&pager, "#!/bin/sh\necho \"$1\" >> \"$HOME/paged.txt\"\n")?;
        fs::set_permissions(&pager, PermissionsExt::from_mode(0o755))?;
        Ok(desk)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn sh(&self, script: &str) -> Result<Command> {
        let programs = Binary::Agent.path()?;
        let programs = programs.parent().context("a folder")?.display().to_string();
        let mut command = Command::new("sh");
        command
            .arg("-euc")
            .arg(script)
            .env_clear()
            .current_dir(self.home.path());
        command.envs([
            (
                "PATH",
                format!("{}:{programs}:/usr/bin:/bin", self.home.path().display()),
            ),
            ("HOME", self.home.path().display().to_string()),
            ("MINICOM_SERVER", self.server.url().to_string()),
            ("MINICOM_STATE", self.state.display().to_string()),
            ("LANG", "C.UTF-8".to_owned()),
        ]);
        command.stdin(Stdio::null()).process_group(0);
        Ok(command)
    }

    /// Runs a script to its end; what it printed.
    fn run(&self, script: &str) -> Result<String> {
        let output = self.sh(script)?.output()?;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(
            output.status.success(),
            "{script}\nended with {}: {told}",
            output.status
        );
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Starts a script that goes on.
    fn background(&self, script: &str) -> Result<Background> {
        Ok(Background(self.sh(script)?.stdout(Stdio::null()).spawn()?))
    }

    fn says(&self, customer: &str, text: &str) -> Result<()> {
        let said = with_input(&self.computer.chat(customer, &["-m", text])?, "")?;
        ensure!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        Ok(())
    }

    /// Waits until a command prints this.
    async fn until(&self, script: &str, wanted: &str) -> Result<()> {
        let what = format!("{wanted} from {script}");
        let look = async || self.run(script).ok().filter(|told| told.contains(wanted)).map(drop);
        until_async(&what, look).await
    }
}

/// A script that is ended with all that it started.
struct Background(Child);

impl Background {
    fn end(&mut self) {
        if let Some(group) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
            // It may have ended by itself.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.0.wait();
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.end();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_for_who_waits_too_long_comes_once() -> Result<()> {
    let desk = Desk::start(false).await?;
    desk.says("alice", "hello")?;
    let recipe = recipes().remove("page").context("the recipe")?;
    desk.run(&recipe)?;
    assert!(!desk.path("paged.txt").exists(), "nobody waits so long");
    // Nobody wants to wait for five minutes here.
    let recipe = recipe.replace("5m", "0s");
    for _ in 0..2 {
        desk.run(&recipe)?;
    }
    let paged = fs::read_to_string(desk.path("paged.txt"))?;
    assert_eq!(paged.lines().count(), 1, "{paged}");
    assert!(paged.starts_with("alice has been waiting for "), "{paged}");
    let status = desk.run(&recipes()["status"])?;
    assert!(
        status.starts_with("1 waiting, oldest ") && status.ends_with("0 of my 0 unanswered\n"),
        "{status}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_of_shell_answers_once_over_its_own_end() -> Result<()> {
    let desk = Desk::start(false).await?;
    let recipe = recipes().remove("bot").context("the recipe")?;
    assert!(recipe.lines().count() <= 10, "it is not ten lines");
    let mut bot = desk.background(&recipe)?;
    until_async("its cursor", async || desk.path("bot.cursor").exists().then_some(())).await?;
    desk.says("alice", "What are your hours?")?;
    let shown = "minicom-agent show alice";
    desk.until(shown, "Ada: We are open from 9 to 5").await?;
    bot.end();
    desk.says("alice", "And where is my parcel?")?;
    // As if it had been killed before the cursor was written: everything once more.
    fs::write(desk.path("bot.cursor"), "0\n")?;
    let mut bot = desk.background(&recipe)?;
    desk.until(shown, "Ada: Parcels take two days.").await?;
    bot.end();
    let told = desk.run(shown)?;
    assert_eq!(told.matches("Ada: We are open").count(), 1, "{told}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tags_come_by_keyword_and_the_night_exports_each_event_once() -> Result<()> {
    let desk = Desk::start(false).await?;
    let mut tagging = desk.background(&recipes()["tag"])?;
    until_async("its cursor", async || desk.path("tag.cursor").exists().then_some(())).await?;
    desk.says("alice", "I want my money back, or my lawyer writes")?;
    desk.says("bob", "I ask my lawyer")?;
    desk.until("minicom-agent list --tag refund --format '{customer}'", "alice\n")
        .await?;
    desk.until("minicom-agent list --tag legal --format '{customer}'", "bob\n")
        .await?;
    desk.until("minicom-agent show bob --notes", "note by Ada: mentions a lawyer")
        .await?;
    tagging.end();
    let export = &recipes()["export"];
    desk.run(export)?;
    desk.says("alice", "Well?")?;
    for _ in 0..2 {
        desk.run(export)?;
    }
    let all = desk.run("cat export/events-*.jsonl")?;
    let revs: Vec<u64> = all
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).map(|it| it["event"]["rev"].as_u64().unwrap_or(0)))
        .collect::<Result<_, _>>()?;
    let head = desk.server.journal()?.head();
    assert_eq!(revs, (1..=head).collect::<Vec<u64>>());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_careful_answer_is_not_sent_past_a_colleague() -> Result<()> {
    let desk = Desk::start(true).await?;
    let answer =
        desk.run(&recipes()["customer"].replace("minicom-chat alice", "minicom-chat alice --state customers"))?;
    assert!(!answer.trim().is_empty() && answer.lines().count() < 5, "{answer}");
    let recipe = &recipes()["careful"];
    let told = desk.run(recipe)?;
    assert!(told.contains("Sent to alice"), "{told}");
    // Nobody's line is newer than what was seen, and one's own counts as seen.
    let late = recipe.replace("$(minicom-agent show alice --format '{seen}')", "1.0");
    let told = desk.run(&late)?;
    assert!(!told.contains("Sent to"), "{told}");
    let code = desk.sh("minicom-agent send alice --seen 1.0 late")?.status()?.code();
    assert_eq!(code, Some(i32::from(exit::NEWER)));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_come_once_and_go_from_a_shell() -> Result<()> {
    let desk = Desk::start(false).await?;
    let attach = desk.computer.chat("alice", &["--attach", "-", "-m", "it crashed"])?;
    let sent = with_input(&attach, "one\ntwo\n")?;
    ensure!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    let recipe = &recipes()["files"];
    assert_eq!(desk.run(recipe)?.lines().count(), 1);
    assert_eq!(desk.run(recipe)?, "", "it was there");
    let kept: Vec<_> = fs::read_dir(desk.path("files"))?.collect::<Result<_, _>>()?;
    assert_eq!(fs::read_to_string(kept[0].path())?, "one\ntwo\n");

    fs::write(desk.path("fix.patch"), "- x\n+ y\n")?;
    let send = "minicom-agent send alice --attach fix.patch -m 'apply this' --take --key fix-1";
    for _ in 0..2 {
        assert!(desk.run(send)?.contains("Sent to alice"));
    }
    desk.run("yes | head -c 100000 | minicom-agent send alice --attach -")?;
    let told = desk.run("minicom-agent files alice --format '{number} {file_name} {size} {sender}'")?;
    assert_eq!(
        told,
        "1 input.txt 100000 agent\n2 fix.patch 8 agent\n3 input.txt 8 customer\n"
    );
    assert_eq!(desk.run("minicom-agent get alice fix - | cat")?, "- x\n+ y\n");
    for wanted in ["./fix (2).patch\n", "./fix (3).patch\n"] {
        assert_eq!(
            desk.run("minicom-agent get alice 2 .")?,
            wanted,
            "nothing is written over"
        );
    }
    let check = |script: &str, code: u8| -> Result<()> {
        let output = desk.sh(script)?.output()?;
        assert_eq!(output.status.code(), Some(i32::from(code)), "{script}: {output:?}");
        Ok(())
    };
    check("minicom-agent get alice nothing.txt", exit::NOTHING)?;
    check("minicom-agent get alice 3 no/such/folder/x", exit::IO)?;
    check("minicom-agent send alice --attach no.txt", exit::IO)?;
    check("minicom-agent send alice --attach - < /dev/null", exit::USAGE)?;
    check("yes | minicom-agent send alice --attach -", exit::USAGE)?;
    check("minicom-agent send alice --attach - -m - < fix.patch", exit::USAGE)?;
    check("minicom-agent get alice 1 - | head -c 1 > /dev/null", exit::OK)?;
    let output = desk.sh("minicom-agent get alice input.txt out.txt --json")?.output()?;
    let told: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(
        (&told["path"], &told["number"]),
        (&"./out.txt".into(), &1.into()),
        "{told}"
    );
    Ok(())
}

#[test]
fn every_recipe_of_the_page_is_run_here() {
    let names: Vec<String> = recipes().into_keys().collect();
    assert_eq!(
        names,
        ["bot", "careful", "customer", "export", "files", "page", "status", "tag"]
    );
}

#[test]
fn the_table_of_exit_codes_is_that_of_the_programs() {
    let page = page();
    let codes: Vec<u8> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok())
        .collect();
    let known = [
        exit::OK,
        exit::NOTHING,
        exit::USAGE,
        exit::SEVERAL,
        exit::NEWER,
        exit::OTHERWISE,
        exit::DATA,
        exit::UNAVAILABLE,
        exit::BUG,
        exit::IO,
        exit::LATE,
        exit::PERMISSION,
        exit::VERSION,
    ];
    assert_eq!(codes, known);
    assert!(Path::new(root()).join("docs/events.md").exists());
}
