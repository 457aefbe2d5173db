//! Filter, order and marks by key.

use minicom_protocol::{command::AgentCommand, intake::Priority};

use crate::testing::{ADA, BO, Desk, Seat};

/// carol and the urgent dmitri wait, alice and bob are Ada's, heidi is Bo's.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.ago(400).says("carol", "hello").asks("carol");
    desk.ago(300)
        .with(|intake| intake.priority = Priority::Urgent)
        .says("dmitri", "hello")
        .asks("dmitri");
    desk.ago(290).says("alice", "hello").taken("alice", ADA);
    desk.ago(280).says("bob", "hello").taken("bob", ADA);
    desk.ago(260).says("heidi", "hello").taken("heidi", BO);
    desk
}

fn seat() -> Seat {
    let mut seat = Seat::at(desk(), 80, 24);
    seat.press("<esc>");
    seat.ordered();
    seat
}

#[test]
fn a_filter_is_typed_shown_and_cleared() {
    let mut seat = seat();
    seat.press("f").sees("Which conversations");
    seat.press("owner:me<enter>").sees("FILTER owner:me").sees_no("carol ");
    seat.sees("WAITING 0 of 2").sees("MINE 2");
    seat.press("f").sees("owner:me");
    seat.press("<esc>").sees("FILTER owner:me");
    seat.press("<esc>").sees_no("FILTER").sees("carol");
}

#[test]
fn a_wrong_filter_is_told_and_asked_again() {
    let mut seat = seat();
    seat.press("fpriority:tall<enter>")
        .sees("priority: `tall` is none of urgent, high");
    seat.press("<ctrl-u>owner:nobodyofthisname<enter>")
        .sees("Nobody here is called nobodyofthisname.");
    seat.press("<esc><esc>").sees_no("FILTER");
}

#[test]
fn a_wrong_filter_is_told_to_its_end_at_every_size() {
    for (width, height) in [(80, 24), (50, 12), (40, 12), (120, 40)] {
        let mut seat = Seat::at(desk(), width, height);
        seat.press("<esc>fstage:done<enter>");
        let screen = seat.bench.screen();
        assert!(
            screen.contains("stage: `done` is none of") && screen.contains("closed"),
            "{screen}"
        );
        seat.press("<backspace>").sees_no("is none of").sees("stage:don");
    }
}

#[test]
fn nothing_fits() {
    let mut seat = seat();
    seat.press("fzzz<enter>").sees("Nothing fits.");
    // Why one stands there all the same is said, until it does not.
    seat.sees("The row")
        .sees("under the cursor stays")
        .sees("until you leave it. Esc");
    seat.press("G")
        .sees("Nothing fits. Esc in")
        .sees("the list shows all")
        .sees_no("stays");
}

#[test]
fn the_numbers_of_a_title_and_what_the_held_row_adds_are_never_cut() {
    for (width, height) in [(60, 24), (80, 24), (50, 12), (100, 30), (120, 40), (200, 60)] {
        let mut desk = Desk::new();
        for number in 10..30 {
            let name = format!("carol{number}");
            desk.ago(9_000).says(&name, "human please").asks(&name);
        }
        let mut seat = Seat::at(desk, width, height);
        seat.press("<esc>g").press("fzzz<enter>");
        let title = seat.row_with("WAITING 0 of 20, 1 ");
        assert!(title.contains(", 1 goes") || title.contains(", 1 leaving"), "{title}");
        assert!(!title.contains('›') && !title.contains("olde "), "{title}");
    }
}

#[test]
fn an_order_is_chosen_and_stays_when_the_filter_goes() {
    let mut seat = seat();
    seat.press("o")
        .sees("Order of the list")
        .press("5")
        .sees("ORDER group:priority");
    seat.sees("!! urgent 1").sees("medium 1");
    seat.press("o2").sees("ORDER sort:wait");
    seat.press("fcarol<enter>").sees("FILTER carol sort:wait");
    seat.press("<esc>").sees("ORDER sort:wait");
    seat.press("<esc>").sees("ORDER sort:wait");
    seat.press("o1")
        .sees("ORDER group:priority")
        .press("o5")
        .sees_no("ORDER");
}

#[test]
fn marked_rows_are_what_orders_are_about() {
    let mut seat = seat();
    let [carol, dmitri] = ["carol", "dmitri"].map(|name| seat.desk.conversation(name));
    seat.press("g<space>").sees("1 marked").sees("›*!! dmitri 1");
    seat.press("*").sees("2 marked").press("Gg");
    assert_eq!(seat.bench.app.targets(), [dmitri, carol]);
    seat.press("<enter>");
    assert_eq!(
        seat.bench.app.targets(),
        [seat.bench.app.conversation().unwrap()],
        "while writing: the open one"
    );
    seat.press("<esc>").sees("2 marked").ordered();
    seat.press("p4");
    let priority = Priority::Low;
    let set = |conversation| AgentCommand::SetPriority { conversation, priority };
    assert_eq!(seat.commands(), [set(dmitri), set(carol)]);
    seat.sees("2 marked").press("<esc>").sees_no("marked");
    assert_eq!(seat.bench.app.targets(), [seat.bench.app.conversation().unwrap()]);
}

#[test]
fn marks_go_with_esc_before_the_filter_does() {
    let mut seat = seat();
    seat.press("fhello<enter>*").sees("marked").sees("FILTER hello");
    seat.press("<esc>").sees_no("marked").sees("FILTER hello");
    seat.press("<esc>").sees_no("FILTER");
}

#[test]
fn space_folds_on_a_title_and_marks_all_needs_rows() {
    let mut seat = seat();
    seat.press("G")
        .sees("OTHERS 1 [+]")
        .press("*")
        .sees("The section is folded");
    seat.press("<space>").sees("OTHERS 1 [-]").press("*").sees("1 marked");
}

#[test]
fn keys_among_ten_thousand_cost_what_they_cost_among_ten() {
    let mut desk = Desk::new();
    for number in 0..10_000 {
        let name = format!("c{number}");
        desk.ago(20_000 - number).says(&name, "hello").asks(&name);
    }
    let mut seat = Seat::at(desk, 120, 40);
    seat.press("<esc>");
    let made = seat.bench.app.list.work();
    seat.press("jjjjjkjG").bench.screen();
    seat.press("kkkg<space>j<space>1").bench.screen();
    seat.sees("2 marked");
    assert_eq!(
        seat.bench.app.list.work(),
        made,
        "no row was looked at but those on the screen"
    );
}

#[test]
fn a_title_under_the_cursor_stays_for_as_long_whatever_fits() {
    let mut seat = seat();
    seat.press("G<enter>").sees("›OTHERS 1 [-]").sees("Enter fold");
    seat.press("ftag:nope<enter>")
        .sees("›OTHERS 0 of 1 [-]")
        .sees("Enter fold");
    // So does one whose rows go by folding and unfolding.
    seat.press("<enter>")
        .sees("›OTHERS 1 [+]")
        .press("<enter>")
        .sees("›OTHERS 0 of 1 [-]");
    seat.press("<esc>").sees("›OTHERS 1 [-]").sees_no("FILTER");
    seat.press("fowner:me<enter>").sees("›OTHERS 0 of 1 [-]");
    seat.press("k").sees_no("OTHERS");
}
