//! The list, and going through it, in lines.

use minicom_client::{ClientEvent, ConnState};
use minicom_protocol::{command::AgentCommand, intake::Priority, stage::Closer};

use crate::{
    app::Order,
    plain::tests::{Script, carol, mine, waiting},
    testing::{ADA, BO, Desk},
};

fn busy() -> Desk {
    let mut desk = Desk::new();
    desk.ago(90).says("bob", "hello");
    desk.with(|intake| {
        intake.priority = Priority::High;
        intake.skills = vec!["german".parse().unwrap()];
        intake.subject = Some("late parcel".parse().unwrap());
    });
    desk.says("carol", "my parcel?")
        .asks("carol")
        .tagged("carol", BO, &["vip"]);
    desk.ago(30).says("dora", "and mine?").asks("dora");
    desk.says("eve", "x")
        .taken("eve", ADA)
        .says("fay", "y")
        .taken("fay", BO);
    desk.says("gus", "z").closed("gus", Closer::Customer);
    desk
}

#[test]
fn the_list_tells_what_there_is_to_choose_by() {
    let mut script = Script::at(busy());
    script.tells("/list", &[
        "#1 WAIT carol, 1 message, last 13:58, 1 unread, waiting 1:30, high, needs german, about late parcel, tagged vip",
        "#2 WAIT dora, 1 message, last 13:59, 1 unread, waiting 0:30",
        "#3 you eve, 1 message, last 13:59, 1 unread, waiting 0:30",
        "#4 bot bob, 1 message, last 13:58, 1 unread",
        "#5 Bo fay, 1 message, last 13:59, 1 unread, waiting 0:30",
    ]);
    script.tells("/list tag:vip", &[
        "#1 WAIT carol, 1 message, last 13:58, 1 unread, waiting 1:30, high, needs german, about late parcel, tagged vip",
    ]);
    script.lines(&["/open #1"]);
    assert!(
        script.said.last().unwrap().starts_with("Open: carol"),
        "{:?}",
        script.said
    );
    script.tells("/list stage:closed", &["#1 done gus, 1 message, last 13:59, 1 unread"]);
    script.tells("/list owner:zed", &["No conversation fits: nobody here is called zed."]);
    script.tells("/list tag:x", &["No conversation fits tag:x."]);
    script.tells("/list color:red", &[
        "`color` is no filter: use priority, skill, tag, stage, owner, wait, sort or group; put \" around it to look for the words. Nothing was done.",
    ]);
    script.lines(&["/list stage:waiting group:priority"]);
    assert_eq!(script.said[0], "-- high");
    assert_eq!(script.said[2], "-- medium");
}

#[test]
fn a_filter_and_an_order_stay_until_they_are_others() {
    let mut script = Script::at(busy());
    script.tells("/filter", &["/list shows every open conversation."]);
    script.tells("/filter stage:bot,waiting", &["/list shows stage:bot,waiting"]);
    script.tells("/sort newest", &["/list is in the order of newest."]);
    script.tells("/filter", &["/list shows stage:bot,waiting sort:newest"]);
    script.lines(&["/list"]);
    let names: Vec<&str> = script
        .said
        .iter()
        .map(|row| row.split([' ', ',']).nth(2).unwrap())
        .collect();
    assert_eq!(names, ["dora", "carol", "bob"]);
    script.tells("/filter off", &["/list shows every open conversation."]);
    script.tells(
        "/sort size",
        &["Write /sort queue|wait|priority|newest. Nothing was done."],
    );
}

#[test]
fn a_long_list_is_cut() {
    let mut desk = Desk::new();
    for n in 0..250 {
        desk.says(&format!("c{n}"), "x");
    }
    let mut script = Script::at(desk);
    script.lines(&["/list"]);
    assert_eq!(script.said.len(), 201);
    assert_eq!(script.said[200], "... and 50 more: /list FILTER tells fewer.");
}

#[test]
fn mine_are_gone_through_one_after_the_other() {
    let mut desk = Desk::new();
    desk.ago(90)
        .says("carol", "x")
        .taken("carol", ADA)
        .replies("carol", ADA, "y");
    desk.ago(60).says("dora", "x").taken("dora", ADA);
    let mut script = Script::at(desk);
    let opened = |script: &mut Script, line: &str| {
        script.lines(&[line]);
        std::mem::take(&mut script.said).pop().unwrap()
    };
    // The one whose customer waits stands first.
    assert_eq!(
        opened(&mut script, "/unread"),
        "Open: dora, yours since 13:59. Lines go to the customer."
    );
    assert_eq!(
        opened(&mut script, "/previous"),
        "Open: carol, yours since 13:58. Lines go to the customer."
    );
    assert_eq!(
        opened(&mut script, "/previous"),
        "Open: dora, yours since 13:59. Lines go to the customer."
    );
    let mut script = Script::at(waiting());
    script.tells("/previous", &["None is yours. /next takes one."]);
    script.tells("/unread", &["Nothing of yours is unread."]);
}

#[test]
fn what_is_marked_as_unread_is_not_marked_as_read() {
    let mut script = carol(mine());
    script.tells("/mark-unread", &["carol is shown as unread until it is opened again."]);
    let reads = |script: &Script| {
        let marks = script.orders.iter();
        marks
            .filter(|order| matches!(order, Order::SendMomentary(AgentCommand::MarkSeen { .. })))
            .count()
    };
    script.orders.clear();
    script.hear(|desk| desk.says("carol", "hello?"));
    assert_eq!(reads(&script), 0);
    script.lines(&["/open carol"]);
    script.hear(|desk| desk.says("carol", "hello??"));
    assert!(reads(&script) > 0);
}

#[test]
fn older_lines_are_told_in_pages() {
    let mut desk = mine();
    for n in 0..120 {
        desk.replies("carol", ADA, &format!("line {n}"));
    }
    let mut script = Script::at(desk);
    script.lines(&["/open carol"]);
    assert_eq!(
        (script.said.len(), script.said[0].as_str()),
        (51, "[carol] 13:59 you: line 70")
    );
    script.said.clear();
    script.lines(&["/older"]);
    assert_eq!(
        (script.said.len(), script.said[0].as_str()),
        (50, "[carol] 13:59 you: line 20")
    );
    script.said.clear();
    script.lines(&["/older"]);
    assert_eq!(script.said[0], "[carol] 13:59 carol: my parcel?");
    assert_eq!(script.said.len(), 23);
    script.tells("/older", &["There is nothing older."]);
}

#[test]
fn older_lines_that_were_asked_for_without_a_connection_come_when_it_is_back() {
    let mut desk = mine();
    for n in 0..120 {
        desk.replies("carol", ADA, &format!("line {n}"));
    }
    let mut script = Script::at(desk);
    script.lines(&["/open carol"]);
    script.lose();
    script.said.clear();
    script.tells("/older", &["/older needs a connection. Nothing was done."]);
    script.client(ClientEvent::State(ConnState::Live));
    script.said.clear();
    script.lines(&["/older"]);
    assert_eq!(
        (script.said.len(), script.said[0].as_str()),
        (50, "[carol] 13:59 you: line 20")
    );
}

#[test]
fn what_is_older_than_all_that_is_held_is_said_to_be_elsewhere() {
    let mut desk = mine();
    for n in 0..5_060 {
        desk.replies("carol", ADA, &format!("line {n}"));
    }
    let mut script = Script::at(desk);
    script.lines(&["/open carol"]);
    let all = "What is older is not held here: minicom-agent transcript prints the whole chat.";
    for _ in 0..200 {
        script.said.clear();
        script.lines(&["/older"]);
        if script.said == [all] {
            return;
        }
        assert_eq!(script.said.len(), 50, "{:?}", script.said);
    }
    panic!("{:?}", script.said);
}

#[test]
fn the_thread_of_who_comes_back_is_one() {
    let mut script = carol(mine());
    script.hear(|desk| desk.closed("carol", Closer::Customer).says("carol", "me again"));
    script.lines(&["/lines"]);
    assert!(
        script.said.contains(&"1. 14:00 carol: me again".to_owned()),
        "{:?}",
        script.said
    );
    assert!(
        script.said.contains(&"2. 13:59 carol: my parcel?".to_owned()),
        "{:?}",
        script.said
    );
}
