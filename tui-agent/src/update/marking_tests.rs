//! Tags, urgency and subjects: keys in, commands out, words told.

use minicom_protocol::{
    command::AgentCommand,
    event::{EventBody, PriorityChanged},
    intake::Priority,
    refusal::Refusal,
    words::{SubjectLine, Tag},
};

use crate::testing::{ADA, Desk, Seat, agent};

/// carol waits and has a tag; alice is Ada's, and about something.
fn seat() -> Seat {
    let mut desk = Desk::new();
    desk.ago(250)
        .says("carol", "hello")
        .asks("carol")
        .tagged("carol", ADA, &["vip"]);
    desk.with(|intake| {
        intake.subject = Some(SubjectLine::parse("late parcel").unwrap());
        intake.priority = Priority::High;
    });
    desk.ago(100).says("alice", "hello").taken("alice", ADA);
    desk.ago(90).says("bob", "hello").tagged("bob", ADA, &["refund", "vip"]);
    let mut seat = Seat::at(desk, 80, 24);
    seat.press("<alt-2><esc>");
    seat.ordered();
    seat
}

fn tag(word: &str) -> Tag {
    Tag::parse(word).unwrap()
}

#[track_caller]
fn tags(seat: &mut Seat, name: &str, add: &[&str], remove: &[&str]) {
    let expected = AgentCommand::Tag {
        conversation: seat.desk.conversation(name),
        add: add.iter().map(|word| tag(word)).collect(),
        remove: remove.iter().map(|word| tag(word)).collect(),
    };
    assert_eq!(seat.commands(), [expected]);
}

#[test]
fn known_tags_are_offered_and_put_on_or_taken_off() {
    let mut seat = seat();
    seat.press("#").sees("Tags of alice").sees("[ ] refund").sees("[ ] vip");
    assert!(seat.row_with("[ ] vip").contains("2 chats"));
    seat.press("<down><enter>");
    seat.sees("[x] vip");
    tags(&mut seat, "alice", &["vip"], &[]);
    seat.press("<down><enter>").sees("[ ] vip");
    tags(&mut seat, "alice", &[], &["vip"]);
    seat.press("<esc>").sees_no("Tags of alice");
}

#[test]
fn what_became_of_a_tag_is_told_once_above_a_list_of_one_row() {
    for (width, height) in [(80, 24), (120, 40), (50, 12)] {
        let mut desk = Desk::new();
        desk.ago(100).says("alice", "hello").taken("alice", ADA);
        let mut seat = Seat::at(desk, width, height);
        seat.press("<alt-1><esc>#vip<enter>")
            .done(|desk| desk.tagged("alice", ADA, &["vip"]));
        assert_eq!(
            seat.bench.screen().matches("Tagged vip").count(),
            1,
            "{}",
            seat.bench.screen()
        );
    }
}

#[test]
fn a_new_tag_is_typed() {
    let mut seat = seat();
    seat.press("#Late-Parcel").sees("[ ] late-parcel").sees("new");
    seat.press("<enter>");
    seat.sees("[x] late-parcel").sees("[ ] vip");
    tags(&mut seat, "alice", &["late-parcel"], &[]);
    let forms = "A tag has letters, digits, - _ . only";
    seat.press("two words").sees(forms).press("<enter>").sees(forms);
    assert_eq!(seat.commands(), []);
    // What fits is found all the same, and a tag of before is no mistake of now.
    seat.press("<ctrl-u>vip ").sees("[ ] vip").sees_no(forms);
    seat.press(&format!("<ctrl-u>{}", "a".repeat(33)))
        .sees("A tag has at most 32 characters");
    seat.press("<ctrl-u>#").sees(forms);
}

#[test]
fn the_narrowest_screen_says_whole_why_something_is_no_tag() {
    let mut desk = Desk::new();
    desk.ago(100).says("alice", "hello").taken("alice", ADA);
    let mut seat = Seat::at(desk, 40, 12);
    seat.press("<alt-1><esc>#two words")
        .sees("A tag has letters, digits, - _ . only");
}

#[test]
fn a_tag_is_looked_for_by_its_name_and_one_typed_whole_is_meant() {
    let mut seat = seat();
    assert!(seat.press("#").row_with("[ ] vip").contains("2 chats"));
    seat.press("chat").sees_no("[ ] vip").press("<enter>");
    tags(&mut seat, "alice", &["chat"], &[]);
    seat.press("vi");
    assert!(seat.row_with("[ ] vi ").contains('›'), "and not the longer one");
}

#[test]
fn what_the_desk_says_of_the_tags_is_what_is_shown() {
    let mut seat = seat();
    seat.press("#vip<enter>");
    seat.refused(Refusal::TooMany { limit: 20 }).sees("[ ] vip");
    seat.sees("There are 20 already, which is the most. Delete one");
    seat.happens(|desk| desk.tagged("alice", ADA, &["vip", "new-one"]));
    seat.sees("[x] vip").sees("[x] new-one");
}

#[test]
fn what_is_said_of_a_conversation_may_wait_for_a_connection() {
    let mut seat = seat();
    seat.lose().press("#vip<enter>").sees("[x] vip");
    seat.sees("Tagged vip: kept on this computer, done when");
    tags(&mut seat, "alice", &["vip"], &[]);
    seat.press("<esc>p1");
    let priority = Priority::Urgent;
    let conversation = seat.desk.conversation("alice");
    assert_eq!(seat.commands(), [AgentCommand::SetPriority { conversation, priority }]);
}

#[test]
fn how_urgent_it_is_has_a_digit_each() {
    let mut seat = seat();
    seat.press("p").sees("Priority of alice");
    assert!(seat.row_with("2 high").contains("now"));
    assert!(seat.row_with("2 high").contains('›'), "where it is now");
    seat.press("4").done(|desk| {
        let changed = PriorityChanged {
            agent: agent(ADA),
            priority: Priority::Low,
            respond_by: None,
        };
        desk.happens("alice", EventBody::PriorityChanged(changed))
    });
    seat.sees("Priority set to low.");
    seat.press("plow<enter>");
    assert_eq!(seat.commands().len(), 1, "by its name, too");
    seat.press("pnow").sees("Nothing fits \"now\"");
}

#[test]
fn the_subject_is_changed_where_it_stands() {
    let mut seat = seat();
    let conversation = seat.desk.conversation("alice");
    seat.press("S").sees("late parcel").press("<end>, again<enter>");
    let subject = SubjectLine::parse("late parcel, again").ok();
    assert_eq!(seat.commands(), [AgentCommand::SetSubject { conversation, subject }]);
    seat.press("S<ctrl-u><enter>");
    let subject = None;
    assert_eq!(seat.commands(), [AgentCommand::SetSubject { conversation, subject }]);
    seat.press("S").press(&"x".repeat(190)).press("<enter>");
    seat.sees("200 is the most");
    assert_eq!(seat.commands(), []);
}

#[test]
fn nothing_is_said_of_nothing() {
    let mut seat = Seat::at(Desk::new(), 80, 24);
    seat.press("<esc>");
    for key in ["#", "p", "S", "x", "s", "b", "e"] {
        seat.press(key).sees("No conversation is chosen.");
        assert!(seat.bench.app.over.is_none());
    }
}
