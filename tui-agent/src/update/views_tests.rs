//! Views by key, and as parts of the list.

use minicom_client::ClientEvent;
use minicom_protocol::{frame::AgentSignal, search::SavedView};
use minicom_tui_kit::{Input, Shown};

use crate::{
    app::{Msg, Order},
    testing::{ADA, BO, Desk, Seat},
};

/// carol waits, alice and bob are Ada's, heidi is Bo's, and so is vera with the tag vip; alice has it too.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.ago(400).says("carol", "hello").asks("carol");
    desk.ago(290).says("alice", "hello").taken("alice", ADA);
    desk.ago(280).says("bob", "hello").taken("bob", ADA);
    desk.ago(260).says("heidi", "hello").taken("heidi", BO);
    desk.ago(250).says("vera", "hello").taken("vera", BO);
    desk.tagged("vera", BO, &["vip"]).tagged("alice", ADA, &["vip"]);
    desk
}

fn seat(views: &[(&str, &str)]) -> Seat {
    let mut seat = Seat::at(desk(), 80, 24);
    seat.press("<esc>");
    known(&mut seat, views);
    seat.ordered();
    seat
}

fn known(seat: &mut Seat, views: &[(&str, &str)]) {
    let view = |(name, filter): &(&str, &str)| SavedView {
        name: (*name).to_owned(),
        filter: (*filter).to_owned(),
    };
    let views = views.iter().map(view).collect();
    seat.client(ClientEvent::Signal(AgentSignal::Views { views }));
}

fn cursor_row(seat: &Seat) -> String {
    let line = seat.bench.app.list.visible().position(|line| line.at_cursor);
    let screen = seat.bench.screen();
    let row = screen
        .lines()
        .nth(line.expect("the cursor is in view") + 2)
        .unwrap_or_default();
    row.chars().take(25).collect()
}

#[test]
fn each_view_is_a_part_of_the_list_with_what_it_shows() {
    let mut seat = seat(&[("vip", "tag:vip"), ("odd", "color:red"), ("late", "wait>1d")]);
    seat.sees("vip 2 [-]")
        .sees("odd not understood")
        .sees("late 0 [-]")
        .sees("OTHERS 2 [+]");
    assert_eq!(
        seat.bench.app.list.rows().count(),
        5,
        "three in sections, two in the view"
    );
    // A row of a view is gone through like any, and opens the same chat.
    seat.press("G");
    assert!(cursor_row(&seat).contains("late"), "{}", cursor_row(&seat));
    seat.press("kk");
    assert!(cursor_row(&seat).contains("vera"), "{}", cursor_row(&seat));
    seat.press("k");
    assert!(cursor_row(&seat).contains("alice"), "{}", cursor_row(&seat));
    let in_view = seat.bench.app.list.part_at_cursor();
    seat.press("k-");
    seat.sees("vip 2 [+]");
    assert_eq!(seat.bench.app.list.rows().count(), 3);
    seat.press("-gg");
    assert_ne!(seat.bench.app.list.part_at_cursor(), in_view);
    // It goes with what happens.
    seat.desk.tagged("vera", BO, &[]);
    seat.hear();
    seat.sees("vip 1 [-]");
}

#[test]
fn a_row_under_the_cursor_stays_in_its_view_until_it_is_left() {
    let mut seat = seat(&[("vip", "tag:vip")]);
    seat.press("G");
    assert!(cursor_row(&seat).contains("vera"), "{}", cursor_row(&seat));
    seat.desk.tagged("vera", BO, &[]);
    seat.hear();
    assert!(cursor_row(&seat).contains("vera"), "{}", cursor_row(&seat));
    seat.press("k");
    seat.sees("vip 1 [-]");
    assert_eq!(seat.bench.app.list.rows().count(), 4);
    // The view goes while the cursor is in it: the chat stays.
    assert!(cursor_row(&seat).contains("alice"), "{}", cursor_row(&seat));
    known(&mut seat, &[]);
    seat.sees_no("vip ");
    assert!(cursor_row(&seat).contains("alice"), "{}", cursor_row(&seat));
}

#[test]
fn a_view_is_shown_alone_and_esc_shows_all_again() {
    let mut seat = seat(&[("vip", "tag:vip sort:newest"), ("odd", "color:red")]);
    seat.press("V").sees("Views").sees("tag:vip sort:newest");
    seat.press("<enter>")
        .sees("VIEW vip: tag:vip")
        .sees("WAITING 0 of 1")
        .sees_no("odd");
    seat.press("<esc>")
        .sees_no("tag:vip")
        .sees("ORDER sort:newest")
        .sees("odd");
    seat.press("V<down><enter>").sees("does not understand the view");
}

#[test]
fn the_filter_is_saved_under_a_name_and_a_view_deleted() {
    let mut seat = seat(&[]);
    seat.press("V").sees("There is no view.");
    seat.press("ftag:vip<enter>V").sees("what the list shows now: tag:vip");
    seat.press("<enter>").sees("Name of the view");
    seat.press("off<enter>").sees("`off` is a word here");
    seat.press("<ctrl-u>VIP<enter>");
    let saved = SavedView {
        name: "vip".to_owned(),
        filter: "tag:vip".to_owned(),
    };
    assert_eq!(seat.ordered(), [Order::SaveView(saved)]);
    seat.input(Input::Message(Msg::View(Ok(Shown::fixed("The view vip is saved.")))));
    seat.sees("The view vip is saved.");
    known(&mut seat, &[("vip", "tag:vip")]);
    seat.sees("VIEW vip: tag:vip");
    seat.press("V")
        .sees("delete")
        .press("<down><down><down><enter>")
        .sees("Delete which view");
    seat.press("<enter>");
    assert_eq!(seat.ordered(), [Order::DeleteView("vip".to_owned())]);
    seat.input(Input::Message(Msg::View(Err(Shown::fixed(
        "The view vip is not deleted: no.",
    )))));
    seat.sees("The view vip is not deleted: no.");
}

#[test]
fn how_the_list_is_arranged_outlives_the_program() {
    let mut seat = seat(&[("vip", "tag:vip"), ("late", "wait>1d")]);
    seat.press("G-").sees("late 0 [+]").sees("vip 2 [-]");
    seat.press("gG").press("o").press("4").sees("ORDER sort:newest");
    let choice = seat.choice.clone();
    assert_eq!(choice.filter, "sort:newest");
    assert_eq!(choice.folded, ["DONE", "OTHERS", "late"]);
    let mut later = Seat::away(80, 24, minicom_tui_kit::Theme::ansi());
    later.bench.app.list.choose(choice);
    later.desk = desk();
    later.connect();
    known(&mut later, &[("vip", "tag:vip"), ("late", "wait>1d")]);
    later.sees("ORDER sort:newest").sees("late 0 [+]").sees("vip 2 [-]");
}

#[test]
fn a_view_gets_another_name_that_none_has() {
    let mut seat = seat(&[("late", "wait>5m"), ("vip", "tag:vip")]);
    seat.press("V")
        .sees("rename")
        .press("<down><down><down><enter>")
        .sees("Rename which view");
    seat.press("<down><enter>").sees("Another name for vip").sees("› vip");
    seat.press("<ctrl-u>late<enter>").sees("There is a view late already.");
    assert_eq!(seat.ordered(), []);
    seat.press("V<down><down><down><enter><down><enter><ctrl-u>gold<enter>");
    let to = SavedView {
        name: "gold".to_owned(),
        filter: "tag:vip".to_owned(),
    };
    let from = "vip".to_owned();
    assert_eq!(seat.ordered(), [Order::RenameView { from, to }]);
}

#[test]
fn under_a_filter_the_cursor_of_a_views_title_goes_to_one_that_is_seen() {
    let mut seat = seat(&[("vip", "tag:vip")]);
    seat.press("Gkkk")
        .sees("›OTHERS 2 [+]")
        .press("<enter>")
        .sees("›OTHERS 2 [-]");
    seat.press("Gkk").sees("›vip 2 [-]");
    seat.press("fvera<enter>")
        .sees_no("vip 2")
        .sees("›OTHERS 1 of 2 [-]")
        .sees("Enter fold");
    // With no title left nothing is offered of one.
    seat.press("<esc>").press("Gkk").sees("›vip 2 [-]");
    seat.press("fowner:me<enter>").sees_no("Enter fold");
    assert_eq!(seat.bench.app.list.cursor(), None);
    seat.press("j").sees("›1 alice");
}
