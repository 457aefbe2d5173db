//! The desk's settings: read as a file, changed in the editor, refused with line and column.

use minicom_protocol::{command::AgentCommand, settings::DeskSettings};
use minicom_tui_kit::{Input, editor::Edited};

use super::{menu, seat};
use crate::testing::Seat;

fn at_settings() -> Seat {
    let mut seat = seat();
    menu(&mut seat, "desk settings");
    seat.sees("name = \"Support\"");
    seat.ordered();
    seat
}

fn write(seat: &mut Seat, change: impl Fn(&str) -> String) -> String {
    let edit = seat.edits.pop().expect("a text for the editor");
    let text = change(edit.text());
    seat.input(Input::Edited(Edited::Changed(text)));
    edit.text().to_owned()
}

#[test]
fn what_is_shown_is_what_is_edited_and_applied() {
    let mut seat = at_settings();
    seat.press("e");
    write(&mut seat, |text| text.replace("ageing_min = 10", "ageing_min = 5"));
    let settings = DeskSettings {
        ageing_min: 5,
        ..DeskSettings::default()
    };
    let settings = Box::new(settings);
    assert_eq!(seat.commands(), [AgentCommand::Configure { settings }]);
}

#[test]
fn mistakes_are_told_and_the_text_is_kept() {
    for (from, to, words) in [
        (
            "ageing_min = 10",
            "ageing_mim = 10",
            "there is no `ageing_mim`; did you mean `ageing_min`?",
        ),
        ("ageing_min = 10", "ageing_min = \"x\"", "line "),
        ("name = \"Support\"", "name = \"\"", "name is empty"),
        ("name = \"Support\"", "name = ", "this is not TOML"),
    ] {
        let mut seat = at_settings();
        seat.press("e");
        write(&mut seat, |text| text.replace(from, to));
        seat.sees(words).sees("line ");
        assert_eq!(seat.commands(), [], "{to}");
        seat.press("1");
        let again = write(&mut seat, |text| text.replace(to, from));
        assert!(again.contains(to), "{again}");
    }
}
