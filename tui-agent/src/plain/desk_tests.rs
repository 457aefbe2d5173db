//! The desk, its agents and groups in lines.

use minicom_protocol::{
    command::AgentCommand,
    frame::{AgentQuestion, AgentReply},
    intake::Priority,
    queue::{ByPriority, QueueStats, WhyNot},
    refusal::Refusal,
    staff::{Intent, Presence, PresenceState, Workload},
};

use crate::{
    plain::tests::{Script, carol, waiting},
    testing::{
        ADA, BO, Desk, agent,
        whys::{chance, why, why_taken},
    },
};

#[test]
fn the_queue_is_told_in_numbers() {
    let mut script = Script::at(Desk::new());
    script.tells("/queue", &["Nobody is waiting."]);
    let stats = QueueStats {
        waiting: 3,
        urgent: 1,
        medium: 2,
        longest_wait_ms: 250_000,
        average_wait_ms: 120_000,
        ..QueueStats::default()
    };
    script.replies(AgentQuestion::Queue {}, AgentReply::Queue { stats });
    script.tells(
        "/queue",
        &["3 waiting: 1 urgent, 2 medium; longest 4:10, on average 2:00."],
    );
    let effective = ByPriority {
        urgent: 1,
        high: 2,
        ..ByPriority::default()
    };
    let stats = QueueStats { effective, ..stats };
    let mut script = Script::at(Desk::new());
    script.replies(AgentQuestion::Queue {}, AgentReply::Queue { stats });
    script.tells(
        "/queue",
        &["3 waiting: 1 urgent, 2 medium, counting as 1 urgent, 2 high by their waits; longest 4:10, on average 2:00."],
    );
}

#[test]
fn who_has_how_much_to_do_is_told_with_whom() {
    let mut script = Script::at(waiting());
    let presence = Presence {
        agent: agent(BO),
        state: PresenceState::Away,
        intent: Intent::Available,
        last_activity_at: None,
        gone_since: None,
        viewing: None,
    };
    let it = Workload {
        presence,
        active: 2,
        snoozed: 1,
        capacity: Some(5),
        utilisation: Some(40),
        free: Some(3),
        conversations: vec![script.desk.conversation("carol")],
    };
    let agents = vec![it];
    script.replies(
        AgentQuestion::Workload {
            agent: Some(agent(BO).id),
        },
        AgentReply::Workload { agents },
    );
    script.tells(
        "/workload bo",
        &["Bo: away, 2 of 5, 40 %, 3 free, 1 put aside; 1 chat: carol"],
    );
    script.tells(
        "/workload zed",
        &["There is no agent zed. /agents tells them. Nothing was done."],
    );
}

#[test]
fn why_somebody_waits_is_told_for_each_agent() {
    let mut desk = Desk::new();
    desk.with(|intake| intake.skills = vec!["german".parse().unwrap()])
        .says("carol", "x")
        .asks("carol");
    let mut script = carol(desk);
    let conversation = script.desk.conversation("carol");
    let missing = vec!["german".parse().unwrap()];
    let agents = vec![
        chance(ADA, Some(WhyNot::Skills { missing }), Some(WhyNot::NotThere)),
        chance(BO, None, Some(WhyNot::NotAvailable { intent: Intent::Busy })),
    ];
    let (question, told) = why(conversation, Some(2), Priority::High, agents);
    script.replies(question, told);
    script.tells(
        "/why",
        &[
            "carol: number 2 in the queue, medium, high by its wait, needs german; is given to agents by itself.",
            "Ada may not take it: needs german",
            "Bo may take it; would not be given it: is busy",
        ],
    );
}

/// `/take` of it is refused, whoever asks.
#[test]
fn what_a_colleague_has_nobody_may_take() {
    let mut desk = Desk::new();
    desk.says("carol", "x").asks("carol").taken("carol", BO);
    let mut script = carol(desk);
    let conversation = script.desk.conversation("carol");
    let (question, told) = why_taken(conversation);
    script.replies(question, told);
    script.tells(
        "/why",
        &[
            "carol: does not wait, medium; goes on by a transfer, or an admin assigns it.",
            "Ada may not take it: Bo has it",
            "Bo has it",
        ],
    );
}

#[test]
fn what_the_server_would_not_tell_is_told() {
    let mut script = carol(waiting());
    script.tells("/why", &["Refused: There is nothing of that name or id here."]);
}

#[test]
fn agents_are_told_on_request_and_only_then() {
    let mut desk = waiting();
    desk.by_admin().member(BO, |bo| {
        bo.skills = vec!["german".parse().unwrap()];
        bo.capacity = Some(3);
    });
    let mut script = Script::at(desk);
    script.client(Desk::presence(&[
        (ADA, PresenceState::Available),
        (BO, PresenceState::Busy),
    ]));
    script.says(&[]);
    script.tells(
        "/agents",
        &["Ada (you): available, admin", "Bo: busy, skills german, at most 3"],
    );
}

#[test]
fn an_agents_skills_and_capacity_are_changed() {
    let mut desk = Desk::new();
    desk.member(BO, |bo| bo.skills = vec!["german".parse().unwrap()]);
    let mut script = Script::at(desk);
    let (agent, skills) = (agent(BO).id, vec!["french".parse().unwrap()]);
    script.lines(&["/agent bo +French -german capacity=5"]);
    let order = script.command();
    assert_eq!(
        order.1,
        AgentCommand::SetAgent {
            agent,
            skills,
            capacity: Some(5)
        }
    );
    script.refused(order, Refusal::Forbidden);
    script.says(&["Refused: This is not for your role."]);
    script.tells(
        "/agent bo",
        &["Write /agent NAME [+skill] [-skill] [capacity=N|none]. Nothing was done."],
    );
    script.tells(
        "/agent bo capacity=many",
        &["The capacity is a number, or none. Nothing was done."],
    );
    script.tells(
        "/agent bo +a!",
        &["A skill cannot contain '!' (U+0021); use letters, digits, hyphen, underscore and dot. Nothing was done."],
    );
}

#[test]
fn groups_are_told_made_changed_and_deleted() {
    let mut desk = Desk::new();
    desk.group("billing", &[BO], &["german"]);
    let mut script = Script::at(desk.clone());
    script.tells("/groups", &["#billing: Bo; skills german"]);
    script.tells("/group #billing", &["#billing: Bo; skills german"]);
    script.tells(
        "/group zed +bo",
        &["There is no group zed. /groups tells them. Nothing was done."],
    );
    script.tells(
        "/group billing bo",
        &["Bo is none of +name, -name, +skill:S, -skill:S. Nothing was done."],
    );
    script.tells(
        "/group billing delete",
        &["This cannot be undone: /group billing delete yes does it."],
    );
    let known = desk.state.staff.groups[0].clone();
    let command = script.gives("/group billing +me -bo +skill:money -skill:german");
    let AgentCommand::SaveGroup { group } = command else {
        panic!("{command:?}")
    };
    assert_eq!((group.id, &group.members[..]), (known.id, &[agent(ADA).id][..]));
    assert_eq!(group.skills, ["money".parse().unwrap()]);
    let mut script = Script::at(desk.clone());
    let command = script.gives("/group Sales new +bo");
    let AgentCommand::SaveGroup { group } = command else {
        panic!("{command:?}")
    };
    assert!(group.id != known.id && group.name.as_str() == "sales" && group.members == [agent(BO).id]);
    let mut script = Script::at(desk);
    assert_eq!(
        script.gives("/group billing delete yes"),
        AgentCommand::DeleteGroup { group: known.id }
    );
    let mut script = Script::at(Desk::new());
    script.tells("/groups", &["There are no groups. /group NAME new makes one."]);
}

#[test]
fn settings_are_told_by_their_names() {
    let mut script = Script::at(Desk::new());
    script.lines(&["/settings"]);
    assert!(script.said.contains(&"ageing_min = 10".to_owned()), "{:?}", script.said);
    assert!(
        script.said.contains(&"name = \"Support\"".to_owned()),
        "{:?}",
        script.said
    );
}
