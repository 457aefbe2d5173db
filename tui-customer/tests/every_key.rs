//! Every key of a customer's table: what its action does is seen. A new action without a case here does not compile.

mod rig;

use minicom_client::ClientEvent;
use minicom_protocol::{
    command::{CustomerCommand, Outcome},
    refusal::Refusal,
};
use minicom_tui_customer::{
    Order,
    actions::{Action, CHAT, TABLE, keymap},
};
use minicom_tui_kit::{Effect, Key};
use rig::{Desk, Rig, agent};

/// What is seen of an action.
enum Seen {
    Words(&'static str),
    NoWords(&'static str),
    Did(fn(&Effect<Order>) -> bool),
    /// From the first line that can be read, to that.
    Top(fn(u32, u32) -> bool),
}

use Seen::{Did, NoWords, Top, Words};

/// What is pressed before, with sixty lines in the thread, and what is seen after the key.
fn case(action: Action) -> (&'static str, Seen) {
    use Action as A;
    match action {
        A::Send => (
            "hello",
            Did(|it| {
                matches!(
                    it,
                    Effect::Program(Order::Send {
                        command: CustomerCommand::Post { .. },
                        ..
                    })
                )
            }),
        ),
        A::Older => ("", Top(|before, after| after + 1 < before)),
        A::Newer => ("<pgup><pgup>", Top(|before, after| after > before + 1)),
        A::RowUp => ("", Top(|before, after| after < before)),
        A::RowDown => ("<pgup><pgup>", Top(|before, after| after == before + 1)),
        A::Latest | A::Escape => ("<pgup><pgup>", Words("line 59")),
        // With a line that was refused, below.
        A::Retry => ("", Did(|it| matches!(it, Effect::Program(Order::Send { .. })))),
        A::Discard => ("", NoWords("refused line")),
        A::Editor => ("", Did(|it| matches!(it, Effect::Edit(_)))),
        A::Attach => ("", Words("Send a file with your message")),
        A::Files => ("", Words("Files of this chat")),
        A::AsFile => ("", Words("no large paste")),
        A::Find => ("", Words("▏/find")),
        A::Copy => ("", Did(|it| matches!(it, Effect::Copy(text) if text == "line 59"))),
        A::Bare => ("", NoWords("Message")),
        A::Mouse => ("", Words("The mouse is the terminal's")),
        A::ReloadSettings => ("", Did(|it| matches!(it, Effect::Program(Order::ReadSettings)))),
        A::Menu => ("", Words("Menu")),
        A::Reconnect => ("", Words("There is a connection.")),
        A::Complete => ("/hum", Words("▏/human")),
        A::Clear => ("", Words("^C again to quit")),
        A::Redraw => ("", Did(|it| matches!(it, Effect::Redraw))),
        A::Suspend => ("", Did(|it| matches!(it, Effect::Suspend))),
        A::Help => ("", Words("Keys: Esc closes")),
    }
}

fn rig() -> Rig {
    let mut desk = Desk::default();
    desk.opened(-9);
    for n in 0..60 {
        desk.says(-9, agent(), &format!("line {n}"));
    }
    let mut rig = Rig::live(desk, 80, 24);
    rig.bench.sees("line 59");
    rig.bench.effects();
    rig
}

fn refuse_a_line(rig: &mut Rig) {
    rig.bench.press("refused line<enter>");
    let (id, command) = rig.sent().remove(0);
    let refusal = Refusal::Conflict;
    let outcome = Outcome::Refused { refusal };
    rig.tell(ClientEvent::Answered { id, command, outcome });
    rig.bench.sees("not sent: ").sees("refused line");
}

/// The number of the first `line 7` that can be read.
fn top_line(screen: &str) -> u32 {
    let number = |row: &str| {
        let (_, behind) = row.split_once("line ")?;
        let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let first = screen.lines().find_map(number);
    first.unwrap_or_else(|| panic!("no line is on the screen:\n{screen}"))
}

/// What went wrong, if something did.
fn try_key(action: Action, key: Key) -> Option<String> {
    let mut rig = rig();
    if matches!(action, Action::Retry | Action::Discard) {
        refuse_a_line(&mut rig);
    }
    let (before, seen) = case(action);
    rig.bench.press(before).effects();
    let screen = rig.bench.screen();
    rig.bench.press_key(key);
    let after = rig.bench.screen();
    let well = match seen {
        Words(words) => after.contains(words) && !screen.contains(words),
        NoWords(words) => !after.contains(words) && screen.contains(words),
        Did(is) => rig.bench.effects().iter().any(is),
        Top(moves) => moves(top_line(&screen), top_line(&after)),
    };
    (!well).then(|| format!("{action:?} by {key}\n{after}"))
}

#[test]
fn every_key_does_what_its_action_is() {
    let keys = keymap();
    let (mut tried, mut wrong) = (0, Vec::new());
    for row in TABLE {
        for key in keys.keys(CHAT, row.action) {
            wrong.extend(try_key(row.action, key));
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried >= TABLE.len(), "{tried} keys");
}
