//! The bare view and the mouse.

use minicom_protocol::refusal::Refusal;
use minicom_tui_kit::{
    Input, Theme,
    config::{Config, Habits, Mistake, Reread},
    notify::Notifier,
};
use ratatui::layout::Position;

use crate::{
    app::{Msg, Order},
    keys,
    testing::{ADA, Desk, Seat},
};

fn seat() -> Seat {
    let mut desk = Desk::new();
    desk.ago(90)
        .says("carol", "see https://example.org/a now")
        .taken("carol", ADA);
    let mut seat = Seat::at(desk, 100, 24);
    seat.press("<ctrl-n>");
    seat
}

/// What became of the mouse since this was last asked.
fn mouse(seat: &mut Seat) -> Vec<bool> {
    std::mem::take(&mut seat.mouse)
}

#[test]
fn the_bare_view_has_nothing_but_the_chat_and_leaves_the_mouse_to_the_terminal() {
    for (opens, closes) in [
        ("<esc>z", "z"),
        ("<alt-l>", "<alt-l>"),
        ("<alt-l>", "<esc>"),
        ("<alt-l>", "q"),
    ] {
        let mut seat = seat();
        seat.press(opens).sees("carol: see https://example.org/a now");
        seat.sees("other keys go back")
            .sees_no("MINE")
            .sees_no("─")
            .sees_no("F1");
        assert_eq!(mouse(&mut seat), [false], "{opens}");
        seat.press("<pgup>").sees("carol: see");
        seat.press(closes).sees("MINE");
        assert_eq!(mouse(&mut seat), [true], "{closes}");
        assert_eq!(seat.quit, None);
    }
}

#[test]
fn the_bare_view_shows_the_lines_that_were_on_the_screen() {
    let mut desk = Desk::new();
    for n in 1..=60 {
        desk.ago(90).says("carol", &format!("line {n}."));
    }
    desk.taken("carol", ADA);
    let mut seat = Seat::at(desk, 100, 24);
    let top = |seat: &Seat| {
        let screen = seat.bench.screen();
        let at = screen.find("line ").unwrap();
        screen[at..].split('.').next().unwrap().to_owned()
    };
    seat.press("<ctrl-n><esc><pgup><pgup>");
    let read = top(&seat);
    seat.press("z").sees_no("MINE");
    assert_eq!(top(&seat), read);
    seat.press("z").sees("MINE");
    assert_eq!(top(&seat), read, "it is left as it was");
    seat.press("<pgdn><pgdn><pgdn>z").sees("line 60.");
}

#[test]
fn a_mouse_that_was_off_stays_off() {
    let mut seat = seat();
    seat.press("<esc>M").sees("The mouse is the terminal's");
    assert_eq!(mouse(&mut seat), [false]);
    seat.press("zz");
    assert_eq!(mouse(&mut seat), [false, false]);
    seat.press("M").sees("come here again");
    assert_eq!(mouse(&mut seat), [true]);
}

#[test]
fn without_a_chat_there_is_nothing_to_show() {
    let mut seat = Seat::at(Desk::new(), 80, 24);
    seat.press("<esc>z").sees("No conversation is open.");
    assert!(mouse(&mut seat).is_empty());
}

#[test]
fn a_click_on_an_address_copies_it() {
    let mut seat = seat();
    let screen = seat.bench.screen();
    let (y, line) = screen
        .lines()
        .enumerate()
        .find(|(_, line)| line.contains("https://"))
        .unwrap();
    let before = line.split("https").next().unwrap().chars().count();
    let at = Position {
        x: u16::try_from(before + 3).unwrap(),
        y: u16::try_from(y).unwrap(),
    };
    seat.bench.input(Input::Click { at, double: false });
    seat.pump();
    assert_eq!(seat.copied.as_deref(), Some("https://example.org/a"));
    seat.copied = None;
    seat.press("<alt-c>a");
    assert_eq!(seat.copied.as_deref(), Some("https://example.org/a"));
}

#[test]
fn what_does_nothing_says_so_and_where_the_keys_are() {
    for (keys, told) in [
        ("<esc>Z", "Z does nothing here. ?"),
        ("<ctrl-g>", "^G does nothing here."),
        ("<alt-j>", "Alt+J does nothing here."),
        ("<esc><left>", "Left does nothing here."),
        ("<insert>", "Ins does nothing here."),
        ("half<shift-tab>", "Shift+Tab does nothing here."),
    ] {
        seat().press(keys).sees(told);
    }
    // Keys of a text that have nothing to do there are no mistakes.
    seat()
        .press("<left><right><down><ctrl-a><ctrl-e><alt-f><ctrl-y>")
        .sees_no("does nothing");
}

#[test]
fn settings_that_were_read_again_hold_at_once_and_mistakes_change_nothing() {
    let mut seat = seat();
    mouse(&mut seat);
    seat.ordered();
    seat.press("<ctrl-k>reload set<enter>");
    assert_eq!(seat.ordered(), [Order::ReadSettings]);
    let file = "/home/ada/agent.toml".to_owned();
    let wrong = Mistake {
        file: file.clone(),
        at: Some((3, 6)),
        what: "there is no action \"helpp\"; did you mean \"help\"?".to_owned(),
    };
    seat.input(Input::Message(Msg::Settings(Err(vec![wrong]))));
    seat.sees("agent.toml:3:6:").sees("\"helpp\"").sees("mean \"help\"?");
    seat.press("<ctrl-g>").sees("^G does nothing here");
    assert!(mouse(&mut seat).is_empty() && seat.notifier.is_none());

    let text = "[keys.everywhere]\n\"ctrl-g\" = \"help\"\nf1 = \"none\"\n";
    let config = Config::parse("agent.toml", text, &["everywhere"]).unwrap();
    let own = Reread {
        file,
        keymap: keys::with_own(keys::keymap(false).unwrap(), &config).unwrap(),
        theme: Theme::mono(),
        mouse: false,
        notifier: Notifier::bell(),
        habits: Habits {
            next_after_done: true,
            ..Habits::default()
        },
    };
    seat.input(Input::Message(Msg::Settings(Ok(Box::new(own)))));
    seat.sees("Read again: agent.toml.").sees("^G help").sees_no("F1");
    assert_eq!(mouse(&mut seat), [false]);
    assert_eq!(seat.notifier, Some(Notifier::bell()));
    assert!(seat.bench.app.habits.next_after_done);
    seat.press("<ctrl-g>").sees("Esc closes");
}

#[test]
fn the_footer_says_which_key_the_first_of_two_waits_for() {
    let mut seat = seat();
    for (focus, help) in [("", "F1 help"), ("<esc>", "? help")] {
        seat.press(focus).input(Input::FirstOfTwo(true));
        seat.sees(" ^X  ^E write this in your own editor  ^R read my file of settings again  Esc takes it back");
        seat.sees_no(help).input(Input::FirstOfTwo(false));
        seat.sees(help).sees_no(" ^X  ");
    }
    // A list over the chat has none.
    seat.press("<ctrl-k>").input(Input::FirstOfTwo(true));
    seat.sees(" ^X  Esc takes it back").sees_no("^E write");
}

#[test]
fn keys_of_the_line_editor_are_there_where_no_action_has_them() {
    let mut seat = seat();
    seat.press("one two<alt-l>").sees("other keys go back").press("<esc>");
    let config = Config::parse("agent.toml", "[keys.everywhere]\nalt-t = \"none\"\n", &["everywhere"]).unwrap();
    seat.bench.app.keymap = keys::with_own(keys::keymap(false).unwrap(), &config).unwrap();
    seat.press("<alt-t>").sees("two one");
}

/// Whoever has bound keys anew is told those, also in words that stand outside footer and help.
#[test]
fn ones_own_keys_are_told_wherever_a_key_is_told() {
    let own = "[keys.everywhere]\nf5 = \"none\"\nshift-f5 = \"reconnect\"\nf8 = \"none\"\nshift-f8 = \"details\"\nf9 = \"none\"\n\
               shift-f9 = \"done\"\n[keys.compose]\nctrl-d = \"none\"\n[keys.list]\nn = \"none\"\nJ = \"next-for-me\"\nj = \"none\"\n\
               Y = \"down\"\nk = \"none\"\nI = \"up\"\nr = \"none\"\nC = \"retry\"\nd = \"none\"\nH = \"discard\"\nx = \"none\"\nZ = \"transfer\"\n";
    let config = Config::parse("agent.toml", own, &["everywhere", "compose", "list"]).unwrap();
    let keymap = keys::with_own(keys::keymap(false).unwrap(), &config).unwrap();
    let seat = |width| {
        let mut desk = Desk::new();
        desk.ago(100)
            .says("carol", "hello")
            .says("carol", "hello?")
            .taken("carol", ADA);
        let mut seat = Seat::away(width, 40, Theme::ansi());
        seat.bench.app.keymap = keymap.clone();
        seat.desk = desk;
        seat.connect();
        seat
    };
    seat(80).lose().sees("Shift+F5 now");
    seat(120).sees("Shift+F8 hides");
    seat(80).press("<shift-f9>").sees("Shift+F9 undoes");
    seat(80).press("<esc>A").sees("Transfer (Z)");
    seat(120)
        .press("<esc>/hello")
        .press("<enter>")
        .sees("Alt+N N other hits");
    let mut refused = seat(120);
    refused.ordered();
    refused.press("first<enter>second").refused(Refusal::NotOwner);
    refused.sees("C retry  H discard");
    for (waits, told) in [
        (true, "Press J to take the next customer"),
        (false, "Choose a conversation: Y, I or its number"),
    ] {
        let mut seat = seat(80);
        seat.desk = Desk::new();
        seat.desk.says("zoe", "hi");
        if waits {
            seat.desk.asks("zoe");
        }
        seat.connect().press("<esc>").sees(told);
    }
}
