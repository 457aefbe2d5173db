//! The palette, what is selected with the mouse, and what a key by habit says.

mod rig;

use minicom_protocol::{command::CustomerCommand, customer_event::Author};
use minicom_tui_customer::{
    Msg, Order,
    actions::{keymap, with_own},
};
use minicom_tui_kit::{
    Effect, Input, Theme,
    config::{Config, Habits, Mistake, Reread},
    notify::Notifier,
};
use ratatui::layout::Position;
use rig::{Desk, Rig, agent};

fn rig(width: u16, height: u16) -> Rig {
    let mut desk = Desk::default();
    desk.opened(-9);
    desk.says(-9, Author::Customer, "hi");
    desk.says(-8, agent(), "see https://example.org/a now");
    let mut rig = Rig::live(desk, width, height);
    rig.bench.effects();
    rig
}

fn effects(rig: &mut Rig) -> Vec<Effect<Order>> {
    rig.bench.effects()
}

fn copied(rig: &mut Rig) -> Option<String> {
    effects(rig).into_iter().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text),
        _ => None,
    })
}

fn mouse(rig: &mut Rig) -> Vec<bool> {
    let mouse = effects(rig).into_iter().filter_map(|effect| match effect {
        Effect::Mouse(on) => Some(on),
        _ => None,
    });
    mouse.collect()
}

/// Clicks where these words begin, or so many columns behind it.
fn click(rig: &mut Rig, words: &str, behind: u16) {
    let screen = rig.bench.screen();
    let found = screen
        .lines()
        .enumerate()
        .find_map(|(y, row)| Some((y, row.find(words).map(|at| &row[..at])?)));
    let (y, before) = found.unwrap_or_else(|| panic!("{words} is not on the screen:\n{screen}"));
    let at = Position {
        x: u16::try_from(before.chars().count()).unwrap() + behind,
        y: u16::try_from(y).unwrap(),
    };
    rig.bench.input(Input::Click { at, double: false });
}

#[test]
fn every_action_and_word_is_found_by_name_with_its_keys() {
    for (key, size) in [("<ctrl-k>", (80, 24)), ("<f10>", (40, 12))] {
        let mut rig = rig(size.0, size.1);
        rig.bench.press(key).press("human").sees("/human · ask for a person");
        rig.bench.press("<ctrl-u>files").sees("Alt+O");
        rig.bench.press("<ctrl-u>reconnect<enter>").sees("connected");
        rig.bench.press(key).sees_no("Menu");
        rig.bench.press(key).press("<esc>").sees_no("Menu");
    }
}

#[test]
fn a_word_is_said_and_what_is_being_written_stays() {
    let mut rig = rig(80, 24);
    rig.bench.press("half a line<ctrl-k>human<enter>");
    let asked = rig
        .sent()
        .into_iter()
        .any(|(_, command)| matches!(command, CustomerCommand::RequestHuman { .. }));
    assert!(asked);
    rig.bench.sees("half a line");
    // One with a text behind it would take its place.
    rig.bench
        .press("<ctrl-k>subject<enter>")
        .sees("something else is being written");
    rig.bench
        .press("<esc><ctrl-u><ctrl-k>subject<enter>late<enter>")
        .sees("/subject late");
    let told = rig.sent();
    assert!(format!("{told:?}").contains("late"), "{told:?}");
}

#[test]
fn find_begins_the_word() {
    let mut rig = rig(80, 24);
    rig.bench.press("<ctrl-f>").sees("▏/find");
    rig.bench
        .press("<ctrl-u>text<f3>")
        .sees("Something else is being written");
    rig.bench.sees("text");
}

#[test]
fn a_click_copies_an_address_and_a_key_the_newest_line() {
    let mut rig = rig(80, 24);
    click(&mut rig, "https://", 9);
    assert_eq!(copied(&mut rig).as_deref(), Some("https://example.org/a"));
    click(&mut rig, "see ", 1);
    assert_eq!(copied(&mut rig), None);
    rig.bench.press("not sent<alt-c>").sees("not sent");
    assert_eq!(copied(&mut rig).as_deref(), Some("see https://example.org/a now"));
}

#[test]
fn a_click_on_a_hint_does_what_it_tells() {
    let mut rig = rig(80, 24);
    click(&mut rig, "F1 help", 4);
    rig.bench.sees("Keys: Esc closes");
}

#[test]
fn the_bare_view_has_nothing_but_the_chat() {
    for closes in ["<esc>", "<alt-l>", "q"] {
        let mut rig = rig(80, 24);
        rig.bench
            .press("half<alt-l>")
            .sees("Ada: see https://example.org/a now");
        rig.bench.sees_no("Message").sees_no("─").sees_no("half");
        assert_eq!(mouse(&mut rig), [false]);
        rig.bench.press("<pgup>").press(closes).sees("half");
        assert_eq!(mouse(&mut rig), [true]);
    }
    let mut rig = rig(80, 24);
    rig.bench.press("<alt-m>").sees("The mouse is the terminal's");
    rig.bench.press("<alt-l><esc>");
    assert_eq!(mouse(&mut rig), [false, false, false]);
}

#[test]
fn the_bare_view_shows_the_lines_that_were_on_the_screen() {
    let mut desk = Desk::default();
    desk.opened(-99);
    for n in 1..=60 {
        desk.says(n - 80, agent(), &format!("line {n}."));
    }
    let mut rig = Rig::live(desk, 80, 24);
    let top = |rig: &Rig| {
        let screen = rig.bench.screen();
        let at = screen.find("line ").unwrap();
        screen[at..].split('.').next().unwrap().to_owned()
    };
    rig.bench.press("<pgup><pgup>");
    let read = top(&rig);
    rig.bench.press("<alt-l>").sees_no("─");
    assert_eq!(top(&rig), read);
    rig.bench.press("<esc><pgdn><pgdn><pgdn><alt-l>").sees("line 60.");
}

#[test]
fn what_does_nothing_says_so() {
    let mut rig = rig(80, 24);
    rig.bench
        .press("<ctrl-g>")
        .sees("^G does nothing here. F1 shows the keys, ^K finds all by name.");
    rig.bench.press("<left><right><down>x").sees_no("does nothing");
}

#[test]
fn settings_that_were_read_again_hold_at_once_and_mistakes_change_nothing() {
    let mut rig = rig(100, 24);
    rig.bench.press("<ctrl-k>reload set<enter>");
    let ordered = effects(&mut rig);
    assert!(ordered.contains(&Effect::Program(Order::ReadSettings)), "{ordered:?}");
    let wrong = Mistake {
        file: "/home/alice/chat.toml".to_owned(),
        at: Some((1, 1)),
        what: "there is no setting \"mous\"; did you mean \"mouse\"?".to_owned(),
    };
    rig.bench.tell(Msg::Settings(Err(vec![wrong])));
    rig.bench
        .sees("chat.toml:1:1: there is no setting \"mous\"; did you mean \"mouse\"?");
    assert_eq!(effects(&mut rig), []);
    let config = Config::parse("chat.toml", "[keys.chat]\n\"ctrl-g\" = \"help\"\n", &["chat"]).unwrap();
    let own = Reread {
        file: "/home/alice/chat.toml".to_owned(),
        keymap: with_own(keymap(), &config).unwrap(),
        theme: Theme::mono(),
        mouse: false,
        notifier: Notifier::bell(),
        habits: Habits::default(),
    };
    rig.bench.tell(Msg::Settings(Ok(Box::new(own))));
    rig.bench.sees("Read again: chat.toml.").sees("^G help");
    assert_eq!(
        effects(&mut rig),
        [Effect::Notifier(Notifier::bell()), Effect::Mouse(false)]
    );
}

#[test]
fn the_footer_says_which_key_the_first_of_two_waits_for() {
    let mut rig = rig(160, 24);
    rig.bench.input(Input::FirstOfTwo(true));
    rig.bench
        .sees(" ^X  ^X discard what was not sent")
        .sees("^E write this in your own editor");
    rig.bench.input(Input::FirstOfTwo(false));
    rig.bench.sees("F1 help").sees_no("^E write");
    // Where there is no room for all words, all keys are there, and a sign where something is cut.
    rig.bench.resize(80, 24).input(Input::FirstOfTwo(true));
    rig.bench
        .sees(" ^X  ^X discard what ›  ^E write this in›  ^R read my file ›  Esc takes it back\n");
    rig.bench.resize(40, 12).sees(" ^X  ^X  ^E  ^R  Esc takes it back\n");
    rig.bench.resize(30, 8).sees(" ^X  ^X  ^E  ^R  Esc back\n");
}

#[test]
fn keys_of_the_line_editor_are_there_where_no_action_has_them() {
    let mut rig = rig(80, 24);
    for (pressed, seen) in [
        ("one two<alt-t>", "two one"),
        ("<ctrl-t>", "two oen"),
        ("<ctrl-_>", "two one"),
        ("<alt-b><alt-u>", "two ONE"),
        ("<alt-l>", "other keys go back"),
    ] {
        rig.bench.press(pressed).sees(seen);
    }
}
