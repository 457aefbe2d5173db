//! The agent's screen: every view, with the worst in it.

use std::time::Duration;

use anyhow::{Context, Result};
use minicom_e2e::pty::Pty;

use super::desk::*;

const ALT_ENTER: &str = "\x1b\r";
const CTRL_U: &str = "\x15";

/// Keys in the list, with the cursor on alice's row, and words of what they open. In the order of the screen's own table.
const VIEWS: &[(&str, &str)] = &[
    ("x", "Transfer alice to"),
    ("A", "Assign alice to"),
    ("s", "Put alice aside"),
    ("P", "a digit chooses"),
    ("Q", "Answer which line"),
    ("B", "Blank out which line"),
    ("#", "Tags of alice"),
    ("p", "Priority of alice"),
    ("S", "What alice is about"),
    ("f", "Which conversations"),
    ("o", "letters search"),
    ("a", "Articles · 1"),
    ("w", "Why alice waits"),
    ("L", "Workload"),
    ("L\r", "Chats of Ada"),
    ("O", "The queue"),
    ("T", "Tickets"),
    ("T\r", "comment again"),
    ("@", "Mentions"),
    (":", "Menu"),
    (":alice", "Menu"),
    (":replies: make\r", "Saved replies"),
    (":articles: make\r", "Articles"),
    (":articles: make\r\r", "body again"),
    (":groups and\r", "GROUP"),
    (":groups and\r\r", "Members of"),
    (":agents, their\r", "AGENT"),
    (":the desk has chosen\r", "first ="),
    (":attributes\r", "Customer alice"),
    (":join two\r", "is the same person as"),
    (":earlier chat\r", "Earlier"),
    ("?", "Keys"),
];

/// From wherever it is, to the list, with the cursor on alice's row.
fn to_alice(pty: &mut Pty) -> Result<()> {
    for _ in 0..6 {
        if pty.screen().contains("Enter open  ") {
            break;
        }
        pty.press("\x1b")?;
        pty.settle(Duration::from_millis(60));
    }
    pty.sees("Enter open  ")?;
    pty.press("g3")?;
    pty.until("the cursor on alice", |pty| {
        pty.screen().lines().any(|row| row.starts_with("›3! alice"))
    })?;
    pty.sees("── Reply to alice")
}

/// The line between list and chat is straight: no text has moved what stands beside it.
#[track_caller]
fn straight(pty: &Pty) {
    let (columns, rows) = pty.size();
    let line = (0..columns)
        .find(|column| pty.cell(1, *column) == "┬")
        .expect("a list beside a chat");
    for row in 2..rows - 1 {
        assert_eq!(pty.cell(row, line), "│", "row {row}:\n{}", pty.screen());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_view_of_the_agents_screen_shows_it_harmlessly() -> Result<()> {
    let desk = Desk::open().await?;
    desk.rated("dora").await?;
    let mut pty = desk.computer.agent_screen(desk.admin(), 130, 40)?;
    pty.sees("live")?;
    pty.sees("DONE 1")?;
    for (keys, words) in VIEWS {
        to_alice(&mut pty)?;
        straight(&pty);
        let (first, rest) = keys.split_at(1);
        pty.press(first)?;
        for key in rest.split_inclusive('\r') {
            pty.settle(Duration::from_millis(60));
            pty.press(key)?;
        }
        opens(&mut pty, "", words).with_context(|| format!("after {keys:?}"))?;
    }
    // Rows of all sections, each with what is open beside it.
    to_alice(&mut pty)?;
    for key in ["g", "j", "G", " ", "j", "k"] {
        pty.press(key)?;
        opens(&mut pty, "", "live")?;
        straight(&pty);
    }
    pty.press("\x1b[5~\x1b[5~\x1b[5~")?; // Three pages up.
    opens(&mut pty, "", "live")?;
    straight(&pty);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_together_from_it_is_sent_and_read_as_words() -> Result<()> {
    let desk = Desk::open().await?;
    let mut pty = desk.computer.agent_screen(desk.admin(), 100, 40)?;
    pty.sees("live")?;
    to_alice(&mut pty)?;
    pty.press("i")?;
    pty.sees("Type a reply")?;
    // A pile of marks goes into the composer, and out of it again.
    opens(&mut pty, "/", "Saved replies · 2")?;
    opens(&mut pty, "1", "pile")?;
    pty.press(CTRL_U)?;
    pty.press("\x1b[3~")?;
    pty.settle(Duration::from_millis(60));
    pty.press("\x03")?; // Ctrl-C clears what is written.
    opens(&mut pty, "", "Type a reply")?;

    opens(&mut pty, "/", "Saved replies · 2")?;
    opens(&mut pty, "2", "what:")?;
    opens(&mut pty, "\r", "reads:")?;
    pty.press("\r")?;
    desk.alice.sees("Cleo: saved").await?;
    let filled = desk.alice.look(|seen| seen.shown().pop().unwrap_or_default());
    assert!(
        filled.contains("{{agent_name}}") && !filled.contains("{{customer_name}}"),
        "filled once: {filled:?}"
    );
    assert!(
        !filled.contains('\x1b'),
        "what was in the composer is what was on the screen: {filled:?}"
    );

    opens(&mut pty, "\x1bq", "Answer which line")?;
    opens(&mut pty, "2", "quoting")?;
    pty.press("that one")?;
    pty.press("\r")?;
    desk.alice.sees("Cleo: that one").await?;
    pty.press("\x1b")?;
    pty.sees("Enter open  ")?;
    opens(&mut pty, "a", "Articles · 1")?;
    opens(&mut pty, ALT_ENTER, "body again")?;
    to_alice(&mut pty)?;
    opens(&mut pty, "m", "NOTE")?;
    pty.press("just a note\r")?;
    opens(&mut pty, "", "just a note")?;
    to_alice(&mut pty)?;
    pty.press("i")?;
    pty.press("all is well\r")?;
    desk.alice.sees("Cleo: all is well").await?;
    opens(&mut pty, "", "all is well")?;
    straight(&pty);
    Ok(())
}
