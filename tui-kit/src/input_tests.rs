//! Terminal events to inputs.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEvent};

use super::*;

fn typed(text: &str) -> Vec<Event> {
    text.chars()
        .map(|c| {
            Event::Key(KeyEvent::new(
                if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) },
                KeyModifiers::NONE,
            ))
        })
        .collect()
}

fn count_keys(inputs: &[Input<()>]) -> usize {
    inputs.iter().filter(|input| matches!(input, Input::Key(_))).count()
}

#[test]
fn a_fast_line_with_enter_is_typing() {
    for bursts in [false, true] {
        let inputs = Translator::new(bursts).translate::<()>(typed("hello\n"), Duration::ZERO);
        assert_eq!(count_keys(&inputs), 6, "{bursts}");
    }
}

#[test]
fn text_behind_a_line_end_is_a_paste_where_pastes_are_not_marked() {
    let inputs = Translator::for_terminal(Some("linux")).translate::<()>(typed("one\ntwo\n"), Duration::ZERO);
    assert_eq!(inputs, [Input::Paste("one\ntwo\n".into())]);
    let inputs = Translator::for_terminal(Some("xterm-256color")).translate::<()>(typed("one\ntwo\n"), Duration::ZERO);
    assert_eq!(count_keys(&inputs), 8);
}

#[test]
fn what_a_terminal_answers_late_is_no_typing() {
    let key = |c, modifiers| Event::Key(KeyEvent::new(KeyCode::Char(c), modifiers));
    let begin = key(']', KeyModifiers::ALT);
    for end in [key('g', KeyModifiers::CONTROL), key('\\', KeyModifiers::ALT)] {
        let mut translator = Translator::new(false);
        let answer = [
            vec![begin.clone()],
            typed("11;rgb:1e1e/1e1e/"),
            typed("1E1E"),
            vec![end],
            typed("hi"),
        ];
        // It may come in two pieces.
        let (first, second) = answer.split_at(2);
        assert_eq!(translator.translate::<()>(first.concat(), Duration::ZERO), []);
        let after = translator.translate::<()>(second.concat(), Duration::from_millis(300));
        assert_eq!(count_keys(&after), 2, "{after:?}");
    }
    // One whose end is lost takes no more than a moment, and no key that is none of text.
    let mut translator = Translator::new(false);
    let half = [vec![begin.clone()], typed("11;rgb")].concat();
    translator.translate::<()>(half.clone(), Duration::ZERO);
    assert_eq!(
        count_keys(&translator.translate(typed("hi"), Duration::from_secs(2))),
        2
    );
    translator.translate::<()>(half, Duration::from_secs(9));
    assert_eq!(
        count_keys(&translator.translate(typed("\nhi"), Duration::from_secs(9))),
        3
    );
    // The key itself is one.
    let pressed = translator.translate(vec![begin], Duration::from_secs(20));
    assert_eq!(count_keys(&pressed), 1);
    assert_eq!(
        count_keys(&translator.translate(typed("1"), Duration::from_secs(20))),
        1
    );
}

#[test]
fn double_clicks() {
    let at = |x| {
        Event::Mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: x,
            row: 1,
            modifiers: KeyModifiers::NONE,
        })
    };
    let mut translator = Translator::new(false);
    let mut click = |x, ms| translator.translate::<()>(vec![at(x)], Duration::from_millis(ms));
    let expected = |x, double| {
        [Input::Click {
            at: Position { x, y: 1 },
            double,
        }]
    };
    assert_eq!(click(3, 0), expected(3, false));
    assert_eq!(click(3, 200), expected(3, true));
    assert_eq!(click(3, 300), expected(3, false), "a third click starts anew");
    assert_eq!(click(4, 400), expected(4, false));
    assert_eq!(click(4, 900), expected(4, false));
}

#[test]
fn of_several_sizes_the_last_counts() {
    let events = vec![
        Event::Resize(80, 24),
        Event::Resize(81, 24),
        Event::FocusLost,
        Event::Resize(90, 30),
    ];
    let inputs = Translator::new(false).translate::<()>(events, Duration::ZERO);
    assert_eq!(
        inputs,
        [Input::Focus(false), Input::Resize(Size { width: 90, height: 30 })]
    );
}

#[test]
fn the_first_of_two_keys_waits_for_the_second() {
    let press = |names: &[&str]| {
        let mut translator = Translator::new(false);
        let keys = names
            .iter()
            .map(|name| Event::Key(crate::testing::key(name).to_event()));
        // One by one: they need not come at once.
        let inputs = keys.flat_map(|event| translator.translate::<()>(vec![event], Duration::ZERO));
        let told = inputs.map(|input| match input {
            Input::Key(key) => key.to_string(),
            Input::FirstOfTwo(true) => "^X".to_owned(),
            Input::FirstOfTwo(false) => "-".to_owned(),
            other => format!("{other:?}"),
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(press(&["ctrl-x", "ctrl-e", "e"]), ["^X", "-", "ctrl-x-ctrl-e", "e"]);
    assert_eq!(press(&["ctrl-x", "ctrl-x", "x"]), ["^X", "-", "ctrl-x-ctrl-x", "x"]);
    assert_eq!(
        press(&["ctrl-x", "esc", "ctrl-e"]),
        ["^X", "-", "ctrl-e"],
        "Esc takes it back"
    );
}

#[test]
fn a_paste_and_a_click_end_the_wait_for_a_second_key() {
    let click = Event::Mouse(MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: 1,
        row: 1,
        modifiers: KeyModifiers::NONE,
    });
    for event in [click, Event::Paste("x".into())] {
        let first = Event::Key(crate::testing::key("ctrl-x").to_event());
        let inputs = Translator::new(false).translate::<()>(vec![first, event], Duration::ZERO);
        assert_eq!(inputs[..2], [Input::FirstOfTwo(true), Input::FirstOfTwo(false)]);
        assert_eq!(inputs.len(), 3);
    }
}
