//! Who has a conversation, in lines.

use minicom_protocol::{
    command::{AgentCommand, Done, Outcome, TransferTo, Warning},
    event::Target,
    ids::Time,
    people::AgentRef,
    queue::WhyNot,
    refusal::Refusal,
    staff::Intent,
    stage::HandOverReason,
};
use minicom_tui_kit::testing::BENCH_START;

use crate::{
    plain::tests::{Script, carol, mine, waiting},
    testing::{ADA, BO, Desk, agent},
};

fn staffed() -> Desk {
    let mut desk = mine();
    desk.member("Kim Lee", |_| {})
        .member("Mia", |_| {})
        .member("mio", |_| {});
    desk.group("billing", &[BO], &["german"]);
    desk
}

#[test]
fn it_is_given_to_an_agent_a_group_or_the_queue_with_a_note() {
    let mut script = carol(staffed());
    let conversation = script.desk.conversation("carol");
    let to = TransferTo::Agent {
        agent: agent("Kim Lee").id,
    };
    let note = Some("she is -- angry".to_owned());
    assert_eq!(
        script.gives("/transfer kim -- she is -- angry"),
        AgentCommand::Transfer { conversation, to, note }
    );
    for (line, to) in [
        (
            "/transfer #bill",
            TransferTo::Group {
                group: script.desk.state.staff.groups[0].id,
            },
        ),
        (
            "/transfer bill",
            TransferTo::Group {
                group: script.desk.state.staff.groups[0].id,
            },
        ),
        ("/transfer queue", TransferTo::Queue),
        ("/transfer BO", TransferTo::Agent { agent: agent(BO).id }),
    ] {
        let mut script = carol(staffed());
        assert_eq!(
            script.gives(line),
            AgentCommand::Transfer {
                conversation,
                to,
                note: None
            },
            "{line}"
        );
    }
}

#[test]
fn names_that_mean_nobody_or_several_are_asked_about() {
    let mut script = carol(staffed());
    script.tells(
        "/transfer zed",
        &["There is no agent zed. /agents tells them. Nothing was done."],
    );
    script.tells(
        "/transfer #zed",
        &["There is no group zed. /groups tells them. Nothing was done."],
    );
    script.tells(
        "/transfer mi",
        &["Which mi: @1 Mia (offline), @2 mio (offline)? Write @1 for the name. Nothing was done."],
    );
    let command = script.gives("/transfer @2");
    assert!(
        matches!(command, AgentCommand::Transfer { to: TransferTo::Agent { agent: to }, .. } if to == agent("mio").id),
        "{command:?}"
    );
    let mut desk = waiting();
    desk.says("carola", "x").says("cy", "y");
    let mut script = Script::at(desk);
    script.tells(
        "/open caro",
        &["Which caro: #1 carol (WAIT), #2 carola (bot)? Write #1 for the name. Nothing was done."],
    );
    script.lines(&["/open #2"]);
    script.says(&[
        "[carola] 13:59 carola: x",
        "Open: carola, with the bot. /take takes it over.",
    ]);
    script.lines(&["/open CY"]);
    script.says(&["[cy] 13:59 cy: y", "Open: cy, with the bot. /take takes it over."]);
}

#[test]
fn what_was_done_is_told_by_its_event_and_what_should_be_known_too() {
    let mut script = carol(staffed());
    script.lines(&["/transfer #billing"]);
    let order = script.command();
    let group = script.desk.state.staff.groups[0].to_ref();
    script.done(order, |desk| desk.transferred("carol", ADA, Target::Group { group }));
    script.says(&[
        "[carol] 14:00 -- you transferred this to the group billing",
        "carol waits: medium priority, for the group billing, transferred. You may not take it: it waits for the group billing.",
    ]);
    assert_eq!(script.bells, 0, "it is for others");

    let mut desk = staffed();
    desk.by_admin();
    let mut script = carol(desk);
    script.lines(&["/assign bo"]);
    let order = script.command();
    let conversation = script.desk.conversation("carol");
    assert_eq!(
        order.1,
        AgentCommand::Assign {
            conversation,
            agent: agent(BO).id
        }
    );
    let warning = Some(Warning::OverCapacity { active: 6, capacity: 5 });
    script.answer(
        order,
        Outcome::Done(Done {
            warning,
            ..Done::default()
        }),
    );
    script.says(&["It is so already.", "Mind: Bo has 6 of 5 now."]);
}

#[test]
fn what_is_refused_is_told_with_its_reason() {
    let because = WhyNot::Full { active: 5, capacity: 5 };
    let ada: AgentRef = agent(ADA);
    for (refusal, words) in [
        (
            Refusal::MayNotTake { agent: ada, because },
            "Refused: you may not take this: you have 5 of 5.",
        ),
        (Refusal::NotOwner, "Refused: it is not yours; /take takes it over"),
        (Refusal::Forbidden, "Refused: This is not for your role."),
    ] {
        let mut script = carol(waiting());
        script.lines(&["/take"]);
        let order = script.command();
        script.refused(order, refusal);
        script.says(&[words, "No conversation is open now: lines go to nobody."]);
    }
}

/// Nobody takes a colleague's conversation, but an admin gives it to whom it is to have.
#[test]
fn what_a_colleague_has_is_not_taken_and_an_admin_is_told_how_to_get_it() {
    for admin in [false, true] {
        let mut desk = staffed();
        desk.taken("carol", BO);
        if admin {
            desk.by_admin();
        }
        let mut script = Script::at(desk);
        script.lines(&["/take carol"]);
        let take = script.command();
        script.said.clear();
        let (agent, since) = (agent(BO), Time(0));
        script.refused(take, Refusal::TakenBy { agent, since });
        let told = script.said.join("\n");
        assert!(told.starts_with("Refused: taken by Bo since "), "{told}");
        assert!(
            told.ends_with("\nNo conversation is open now: lines go to nobody."),
            "{told}"
        );
        let how = "As an admin you can give it to yourself: /open carol, then /assign ada.";
        assert_eq!(told.to_lowercase().contains(&how.to_lowercase()), admin, "{told}");
    }
}

#[test]
fn it_is_put_aside_and_taken_up_again() {
    let mut script = carol(mine());
    let conversation = script.desk.conversation("carol");
    let until = |minutes: i64| Some(Time(BENCH_START + minutes * 60_000_000));
    for (line, until) in [
        ("/snooze", None),
        ("/snooze 2h", until(120)),
        ("/snooze 14:30", until(30)),
        ("/snooze tomorrow 9:00", until(19 * 60)),
    ] {
        let mut script = carol(mine());
        assert_eq!(
            script.gives(line),
            AgentCommand::Snooze { conversation, until },
            "{line}"
        );
    }
    script.tells(
        "/snooze yesterday",
        &["That is no time to come: say 30m, 2h, 3d, 14:30, tomorrow 10:00 or monday 9:00. Nothing was done."],
    );
    script.lines(&["/snooze 2h"]);
    let order = script.command();
    script.done(order, |desk| desk.snoozed("carol", ADA, until(120)));
    script.says(&["[carol] 14:00 -- you put this aside until 16:00"]);
    script.tells(
        "/list",
        &["#1 later carol, 1 message, last 13:59, 1 unread, until 16:00"],
    );
    assert_eq!(script.gives("/wake"), AgentCommand::Wake { conversation });
}

#[test]
fn an_intent_is_told_and_chosen() {
    let mut script = Script::at(Desk::new());
    script.tells("/intent", &["You are available."]);
    script.tells(
        "/intent asleep",
        &["Say available, busy, away or away-hand-back. Nothing was done."],
    );
    script.lines(&["/intent away-hand-back"]);
    let order = script.command();
    let intent = Intent::AwayHandBack;
    assert_eq!(order.1, AgentCommand::SetIntent { intent });
    script.answer(order, Outcome::Done(Done::default()));
    script.says(&["You are away-hand-back now."]);
}

#[test]
fn who_waits_anew_is_announced_and_rings_at_most_once_in_two_seconds() {
    let mut desk = Desk::new();
    desk.member(BO, |_| {});
    let mut script = Script::at(desk);
    script.hear(|desk| {
        desk.with(|intake| {
            intake.priority = minicom_protocol::intake::Priority::High;
            intake.subject = Some("late parcel".parse().unwrap());
        })
        .says("dora", "hi")
        .asks("dora")
    });
    script.says(&[
        "[dora] 14:00 dora: hi",
        "[dora] 14:00 -- dora asked for a person",
        "dora waits: high priority, about late parcel, asked for a person. /take dora takes it over.",
    ]);
    assert_eq!(script.bells, 1);
    script.hear(|desk| desk.says("eve", "hi").asks("eve"));
    assert_eq!(script.bells, 1);
    script.advance(std::time::Duration::from_secs(2));
    script.hear(|desk| {
        desk.with(|intake| intake.skills = vec!["german".parse().unwrap()])
            .says("fay", "hi")
            .asks("fay")
    });
    assert!(
        script
            .said
            .last()
            .unwrap()
            .ends_with("You may not take it: it needs german."),
        "{:?}",
        script.said
    );
    assert_eq!(script.bells, 1, "nothing that one can do");
    script.said.clear();
    script.hear(|desk| {
        desk.taken("eve", BO).happens(
            "eve",
            minicom_protocol::event::EventBody::Requeued(minicom_protocol::event::Requeued {
                agent: agent(BO),
                reason: HandOverReason::OwnerGone,
            }),
        )
    });
    script.says(&[
        "[eve] 14:00 -- Bo took over",
        "[eve] 14:00 -- Bo is gone: this went back to the queue",
        "eve waits: medium priority, the owner is gone. /take eve takes it over.",
    ]);
    assert_eq!(script.bells, 2);
}

#[test]
fn a_wish_that_is_already_true_is_told_as_that() {
    let mut script = carol(mine());
    for (line, words) in [
        ("/take", "It is yours already."),
        ("/wake", "It was not put aside."),
        ("/priority medium", "It is so already."),
    ] {
        script.lines(&[line]);
        let order = script.command();
        script.answer(order, Outcome::Done(Done::default()));
        script.says(&[words]);
    }
}

#[test]
fn what_was_just_ended_is_not_the_next() {
    let mut desk = mine();
    desk.ago(50).says("carol", "thank you!");
    desk.ago(40).says("dora", "hello").taken("dora", ADA);
    let mut script = carol(desk);
    script.lines(&["/done", "/next"]);
    script.orders_nothing();
    assert!(
        script.said.iter().any(|it| it.contains("Open: dora")),
        "{:?}",
        script.said
    );
    // Of who waits it is said by name.
    let mut desk = mine();
    desk.ago(40).says("dora", "hello").asks("dora");
    let mut script = carol(desk);
    script.lines(&["/done", "/next"]);
    let conversation = script.desk.conversation("dora");
    assert_eq!(script.command().1, AgentCommand::TakeOver { conversation });
    let mut script = carol(mine());
    script.lines(&["/done", "/next"]);
    script.orders_nothing();
    assert!(
        script.said.iter().any(|it| it.contains("Nobody is waiting.")),
        "{:?}",
        script.said
    );
}
