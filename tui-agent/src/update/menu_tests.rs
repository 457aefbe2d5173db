//! The menu: all actions, why not, and conversations by name.

use minicom_protocol::command::AgentCommand;

use crate::{
    keys::{self, TABLE},
    testing::{ADA, BO, Desk, Seat},
};

fn seat() -> Seat {
    let mut desk = Desk::new();
    desk.ago(250).says("carol", "hello").asks("carol");
    desk.ago(100).says("alice", "hello").taken("alice", ADA);
    desk.ago(90).says("heidi", "hello").taken("heidi", BO);
    let mut seat = Seat::at(desk, 120, 70);
    seat.ordered();
    seat
}

#[test]
fn every_action_is_there_with_its_keys() {
    let mut seat = seat();
    seat.press("<ctrl-k>");
    for row in TABLE.iter().filter(|row| keys::in_menu(row.action)) {
        seat.press("<ctrl-u>").press(&row.name.replace('-', " "));
        seat.sees(&row.name.replace('-', " "));
    }
    seat.press("<ctrl-u>hand back").sees("F4 Alt+G b");
}

#[test]
fn it_opens_by_each_of_its_keys_and_closes_by_them() {
    for (key, from) in [("<ctrl-k>", ""), ("<f10>", ""), (":", "<esc>"), ("<ctrl-k>", "<esc>")] {
        let mut seat = seat();
        seat.press(from).press(key).sees("Menu");
        seat.press("<ctrl-k>");
        assert!(seat.bench.app.over.is_none(), "{key}");
        seat.press(key).press("<esc>");
        assert!(seat.bench.app.over.is_none(), "{key}");
    }
}

#[test]
fn what_cannot_be_done_says_why_and_is_not_done() {
    let mut seat = seat();
    seat.press("<ctrl-k>hand b").sees("hand back");
    seat.press("<enter>");
    let carol = seat.desk.conversation("carol");
    assert_eq!(seat.commands(), [AgentCommand::HandBack { conversation: carol }]);
    let check = |typed: &str, reason: &str| {
        let mut seat = self::seat();
        seat.press("<alt-3>").press("<ctrl-k>").press(typed).press("<enter>");
        seat.sees(reason);
        assert!(seat.bench.app.over.is_some(), "{typed}");
        assert_eq!(seat.commands(), [], "{typed}");
    };
    check("assign", "for admins");
    check("undo", "nothing to undo");
    check("reconnect", "connected");
    let mut seat = self::seat();
    seat.lose().press("<ctrl-k>transfer<enter>").sees("needs a connection");
}

#[test]
fn an_action_is_done_where_one_was() {
    let mut seat = seat();
    seat.press("<alt-2><ctrl-k>transfer<enter>").sees("Transfer alice to");
    seat.press("<esc>text").sees("text");
    seat.press("<ctrl-k>help<enter>").sees("Keys: Esc closes");
}

#[test]
fn customers_are_found_by_name_also_whose_chats_have_ended() {
    let mut seat = seat();
    seat.press("<ctrl-k>customer heid")
        .sees("details, last chat")
        .press("<enter>");
    assert_eq!(seat.bench.app.conversation(), Some(seat.desk.conversation("heidi")));
    seat.sees("CUSTOMER");
    assert_eq!(seat.commands(), []);
}

#[test]
fn a_customer_who_is_called_otherwise_is_found_by_both_names_however_they_are_written() {
    for (typed, row) in [
        ("Boss", "Hugo Boss · chat"),
        ("CUSTOMER hugo boss", "Hugo Boss · customer"),
        ("CAROL", "Hugo Boss · chat"),
    ] {
        let mut desk = Desk::new();
        desk.says("carol", "hello").taken("carol", ADA);
        desk.is_called("carol", "Hugo Boss");
        let mut seat = Seat::at(desk, 120, 40);
        seat.press("<alt-1><ctrl-k>").press(typed).sees(row);
        seat.press("<enter>");
        assert_eq!(seat.bench.app.conversation(), Some(seat.desk.conversation("carol")));
    }
}

#[test]
fn who_is_not_in_the_list_is_looked_for_everywhere() {
    let mut seat = seat();
    seat.press("<ctrl-k>zelda")
        .sees("Nothing fits")
        .sees("Tab finds it everywhere");
    seat.press("<tab>").sees("Find everywhere").sees("zelda");
    seat.press("<esc>").sees_no("Find everywhere");
}

#[test]
fn what_people_type_by_habit_finds_what_they_mean() {
    for (typed, found) in [
        ("quit", "quit"),
        ("help", "help"),
        ("take", "take over"),
        ("snz", "snooze"),
        ("note", "note"),
    ] {
        let mut seat = seat();
        seat.press("<ctrl-k>").press(typed);
        let Some(crate::over::Over::Picker(pick)) = &seat.bench.app.over else {
            panic!("{typed}");
        };
        assert_eq!(
            pick.picker.selected().map(|row| row.label.as_str()),
            Some(found),
            "{typed}"
        );
    }
}

#[test]
fn conversations_are_found_by_name() {
    let mut seat = seat();
    seat.press("<ctrl-k>heid").sees("chat with Bo since").press("<enter>");
    assert_eq!(seat.bench.app.conversation(), Some(seat.desk.conversation("heidi")));
    assert_eq!(seat.commands(), []);
}
