//! The customer's screen, and the door: what is no name there is none.

use anyhow::Result;
use minicom_protocol::text::{CustomerName, DisplayName};

use super::desk::*;

#[tokio::test(flavor = "multi_thread")]
async fn every_view_of_the_customers_screen_shows_it_harmlessly() -> Result<()> {
    let desk = Desk::open().await?;
    let mut pty = desk.computer.chat_screen("alice", 80, 24)?;
    opens(&mut pty, "", "This is now ticket 1")?;
    opens(&mut pty, "\x1b[5~", "answered again")?;
    opens(&mut pty, "\x1b[5~", "pile")?;
    opens(&mut pty, "/read spite\r", "code again")?;
    opens(&mut pty, "\x1b", "Enter sends")?;
    opens(&mut pty, "/quote\r", "Answer a line")?;
    opens(&mut pty, "2", "Answer to Ada: edited")?;
    pty.press("that one\r")?;
    opens(&mut pty, "", "that one")?;
    opens(&mut pty, "/help\r", "Keys")?;
    opens(&mut pty, "\x1b", "Enter sends")?;
    desk.ends().await?;
    opens(&mut pty, "", "This chat has ended")?;
    opens(&mut pty, "2", "Enter says 2 of 5")?;
    opens(&mut pty, "\r", "You say 2 of 5")?;
    opens(&mut pty, "so so\r", "You rated this chat 2 of 5")?;
    // At the smallest size, and back.
    pty.resize(40, 12)?;
    opens(&mut pty, "", "You rated")?;
    pty.resize(80, 24)?;
    // A key in the very moment of a resize is read with the next key only: the terminal library reads one or the other.
    opens(&mut pty, "", "Alt+Enter new line")?;
    opens(&mut pty, "all is well\r", "First · 1 of 2")?;
    opens(&mut pty, "\x1b", "✓ stored")?;
    desk.alice.sees("alice: all is well").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_new_is_asked_harmlessly() -> Result<()> {
    let desk = Desk::open().await?;
    let mut pty = desk.computer.chat_screen("erin", 60, 20)?;
    opens(&mut pty, "", "Say hello")?;
    opens(&mut pty, "hello\r", "First · 1 of 2")?;
    opens(&mut pty, "48213\r", "First · 2 of 2")?;
    opens(&mut pty, "\r", "Number 3")?;
    Ok(())
}

#[test]
fn what_is_made_to_deceive_is_no_name() {
    for bad in [
        "a\u{202e}b",
        "a\x1b[31mb",
        "a\u{200b}b",
        "раypal-а",
        "\u{301}",
        "{{x}}",
        "",
    ] {
        assert!(CustomerName::parse(bad).is_err(), "{bad:?}");
    }
    let pile = format!("e{}", "\u{301}".repeat(10_000));
    assert!(CustomerName::parse(&pile).is_err(), "ten thousand marks");
    for bad in ["Ada\u{202e}", "Ada\x1b]0;x\x07", pile.as_str(), " ", "\u{2066}"] {
        assert!(DisplayName::parse(bad).is_err(), "{bad:?}");
    }
}
