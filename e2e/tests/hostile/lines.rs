//! The programs' line modes, and the words for a shell: what they print is for a terminal too.

use anyhow::{Result, ensure};
use minicom_e2e::{computer::with_input, pty::Program};

use super::desk::*;

/// Runs it to its end: neither what it prints nor what it complains of brings anything to a terminal.
fn harmless_lines(program: &Program, input: &str, words: &[&str]) -> Result<()> {
    let done = with_input(program, input)?;
    let (out, err) = (
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr),
    );
    for word in words {
        ensure!(
            out.contains(word),
            "{:?} does not say {word:?} but {out} {err}",
            program.args
        );
    }
    for text in [&out, &err] {
        forbids(text, &format!("{:?}", program.args));
        let control = text.chars().find(|c| c.is_control() && *c != '\n');
        ensure!(
            control.is_none(),
            "{control:?} in what {:?} prints: {text}",
            program.args
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_printed_is_harmless() -> Result<()> {
    let desk = Desk::open().await?;
    desk.rated("dora").await?;
    let chat = |args: &[&str]| desk.computer.chat("alice", args);
    harmless_lines(
        &chat(&["--plain"])?,
        "/help\n/read spite\n",
        &["body again", "carded again"],
    )?;
    let agent = |args: &[&str]| desk.computer.agent(desk.admin(), args);
    harmless_lines(&agent(&["list"])?, "", &["alice"])?;
    let script = "/open alice\n/replies\n/reply spite\n/articles spite\n/read spite\n/tickets\n/ticket-show 1\n/mentions\n/customer\n\
                  /why bob\n/queue\n/workload\n/lines\n/list\n/help\n/next\n";
    harmless_lines(
        &agent(&["--plain"])?,
        script,
        &["note again", "handover again", "body again", "comment again", "Reads:"],
    )?;
    for (args, words) in [
        (&["reply", "list"][..], "spite"),
        (&["article", "list"], "spite"),
        (&["ticket", "list"], "alice"),
        (&["ticket", "show", "1"], "comment again"),
        (&["group", "list"], "money"),
        (&["agents"], "Cleo"),
        (&["queue"], "2"),
        (&["workload"], "Ada"),
        (&["why", "bob"], "bob"),
        (&["show", "alice", "--notes"], "note again"),
        (&["show", "alice", "--json"], "session_id"),
        (&["show", "alice", "--format", "{customer} {subject} {tags}"], "alice"),
        (&["list", "--json"], "session_id"),
        (
            &["list", "--format", "{customer} {subject} {last_message.excerpt}"],
            "alice",
        ),
        (&["search", "begins"], "alice"),
        (&["watch", "--since", "0", "--no-follow"], "alice"),
        (&["watch", "--since", "0", "--no-follow", "--json"], "cursor"),
        (
            &[
                "watch",
                "--since",
                "0",
                "--no-follow",
                "--format",
                "{customer} {agent} {text}",
            ],
            "alice",
        ),
        (&["status"], "waiting"),
        (&["desk", "show"], "question"),
    ] {
        harmless_lines(&agent(args)?, "", &[words])?;
    }
    Ok(())
}
