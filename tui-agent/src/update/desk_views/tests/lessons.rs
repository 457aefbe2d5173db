//! What the bot could learn: accepted, dropped, dismissed, and a draft in the editor.

use minicom_protocol::command::AgentCommand;
use minicom_tui_kit::{Input, Shown, editor::Edited};

use super::{menu, seat, tag};
use crate::{
    app::{Msg, Order},
    lessons::{Example, Gap, Lessons, LessonsOrder, LessonsTold},
    testing::Seat,
};

fn told(seat: &mut Seat, told: LessonsTold) {
    seat.input(Input::Message(Msg::Lessons(told)));
}

fn orders(seat: &mut Seat) -> Vec<LessonsOrder> {
    let orders = seat.ordered().into_iter().filter_map(|order| match order {
        Order::Lessons(order) => Some(order),
        _ => None,
    });
    orders.collect()
}

fn open() -> Seat {
    let mut seat = seat();
    menu(&mut seat, "lessons");
    seat.sees("asking ...");
    assert_eq!(orders(&mut seat), [LessonsOrder::List]);
    let conversation = seat.desk.conversation("alice");
    let lessons = Lessons {
        examples: vec![Example {
            id: 8,
            question: "where is\u{1b}[2J my parcel?".to_owned(),
            article: Some(tag("parcels")),
            title: "Parcels".to_owned(),
            conversation,
        }],
        gaps: vec![Gap {
            id: 7,
            question: "where do I find my invoice?".to_owned(),
            people: 12,
        }],
    };
    told(&mut seat, LessonsTold::List(lessons));
    seat
}

#[test]
fn an_example_is_accepted_or_dropped_and_a_gap_dismissed() {
    let mut seat = open();
    seat.sees("12 people");
    seat.sees("where do I find my invoice?");
    seat.sees("my parcel?");
    // The gap is under the cursor: there is nothing to accept.
    seat.press("a");
    assert_eq!(orders(&mut seat), []);
    seat.press("ja");
    assert_eq!(orders(&mut seat), [LessonsOrder::Accept(8)]);
    seat.sees("my parcel?");
    told(&mut seat, LessonsTold::Done(LessonsOrder::Accept(8)));
    seat.sees_no("my parcel?");
    seat.press("kd");
    assert_eq!(orders(&mut seat), [LessonsOrder::Dismiss(7)]);
    told(&mut seat, LessonsTold::Failed(Shown::fixed("It was not dismissed: no")));
    seat.sees("12 people");
    seat.sees("It was not dismissed");
}

#[test]
fn a_draft_goes_to_the_editor_and_is_saved_as_an_article() {
    let mut seat = open();
    seat.press("e");
    assert_eq!(orders(&mut seat), [LessonsOrder::Draft(7)]);
    let text = "+++\ntitle = \"Where do I find my invoice?\"\ntags = []\npublished = false\nquestions = [\n    \"invoice\",\n]\n+++\n\nHere.\n";
    let (slug, draft) = (tag("invoice"), text.to_owned());
    told(&mut seat, LessonsTold::Draft { slug, text: draft });
    let edits = std::mem::take(&mut seat.edits);
    assert_eq!(edits.iter().map(|it| it.text()).collect::<Vec<_>>(), [text]);
    seat.input(Input::Edited(Edited::Changed(
        text.replace("Here.", "In your account."),
    )));
    let commands = seat.commands();
    let [AgentCommand::SaveArticle { article, published, .. }] = &commands[..] else {
        panic!("{commands:?}")
    };
    assert_eq!(
        (article.slug.as_str(), article.body.as_str(), *published),
        ("invoice", "In your account.", false)
    );
    assert_eq!(article.questions.as_ref().map(Vec::len), Some(1));
}

#[test]
fn at_80x24() {
    insta::assert_snapshot!(open().bench.screen());
}

#[test]
fn who_has_left_is_not_given_an_editor() {
    let mut seat = open();
    seat.press("e<esc>");
    let (slug, text) = (tag("invoice"), "x".to_owned());
    told(&mut seat, LessonsTold::Draft { slug, text });
    assert!(seat.edits.is_empty());
}
