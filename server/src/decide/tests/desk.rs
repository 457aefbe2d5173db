//! What capacity, skills, hours and the tenant's choices do to the table.

use minicom_protocol::{
    command::{AgentCommand, ReplyUse, SeenLines, Warning},
    event::{EventBody, Part},
    hours::Hours,
    ids::ReplyId,
    intake::Priority,
    library::{ReplyAction, SavedReply},
    line::LineState,
    queue::WhyNot,
    settings::First,
    staff::Intent,
    stage::{HandOverReason, Stage},
    words::{Skill, SubjectLine, Tag},
};
use uuid::Uuid;

use super::{super::*, in_stage, model::*, told};
use crate::order::{Order, TimerKind};

fn does(model: &mut Model, steps: &[&str]) {
    for step in steps {
        model.does(step).unwrap_or_else(|refusal| panic!("{step}: {refusal:?}"));
    }
}

fn timers(decision: &Decision) -> Vec<(TimerKind, Time)> {
    let set = decision.timers.iter().filter_map(|change| match change {
        TimerChange::Set { kind, due } => Some((*kind, *due)),
        _ => None,
    });
    set.collect()
}

#[test]
fn nobody_takes_more_than_the_agent_can_have() {
    for take in ["a.take", "a.post+take"] {
        let mut model = in_stage("waiting");
        model.desk.capacity = Some(3);
        model.busy.insert(id_of(1), 2);
        assert!(model.clone().does(take).is_ok(), "one more fits");
        model.busy.insert(id_of(1), 3);
        let Err(Refusal::MayNotTake { because, .. }) = model.clone().does(take) else {
            panic!("{take} at the limit")
        };
        assert_eq!(because, WhyNot::Full { active: 3, capacity: 3 });
        // The own limit goes before the tenant's.
        model.member(1).capacity = Some(4);
        assert!(model.does(take).is_ok());
    }
}

#[test]
fn an_admin_may_exceed_it_and_is_warned() {
    let mut model = in_stage("waiting");
    model.desk.capacity = Some(1);
    model.busy.insert(id_of(2), 1);
    let decision = model.clone().does("root.assign b").unwrap();
    let warned = Warning::OverCapacity { active: 2, capacity: 1 };
    assert_eq!(decision.warning, Some(warned));
    assert_eq!(told(Ok(decision)), "taken");
    model.busy.clear();
    assert_eq!(model.does("root.assign b").unwrap().warning, None);
}

#[test]
fn who_lacks_the_skill_may_not_take_it() {
    let mut model = in_stage("waiting");
    let german = Skill::parse("german").unwrap();
    model.conversations[0].intake.skills = vec![german.clone()];
    let Err(Refusal::MayNotTake { because, .. }) = model.clone().does("a.take") else {
        panic!("without the skill")
    };
    assert_eq!(
        because,
        WhyNot::Skills {
            missing: vec![german.clone()]
        }
    );
    model.member(1).skills = vec![german];
    assert_eq!(told(model.does("a.take")), "taken");
}

#[test]
fn what_waits_for_a_group_is_for_its_members() {
    let mut model = in_stage("mine");
    does(&mut model, &["a.to group"]);
    assert!(matches!(
        model.clone().does("a.take"),
        Err(Refusal::MayNotTake {
            because: WhyNot::Group { .. },
            ..
        })
    ));
    assert_eq!(told(model.does("b.take")), "taken");
    assert_eq!(model.newest().unwrap().group, None);
}

#[test]
fn a_transfer_keeps_the_time_in_the_queue_and_brings_its_note() {
    let mut model = in_stage("waiting");
    let queued = model.newest().unwrap().queued_at;
    does(&mut model, &["a.take"]);
    assert_eq!(told(model.does("a.to queue noting")), "noted+transferred");
    let row = model.newest().unwrap();
    assert_eq!(row.queued_at, queued);
    assert!(
        matches!(&row.stage, Stage::Waiting { since, reason: HandOverReason::Transferred } if Some(*since) == queued)
    );
    // A full colleague is refused, an away one too; an admin may.
    for unfit in [Intent::Away, Intent::AwayHandBack] {
        let mut model = in_stage("mine");
        model.member(2).intent = unfit;
        assert_eq!(told(model.does("a.to b")), "may_not_take");
        assert_eq!(model.does("root.assign b").unwrap().events.len(), 1);
    }
    let mut model = in_stage("mine");
    model.desk.capacity = Some(1);
    model.busy.insert(id_of(2), 1);
    assert_eq!(told(model.does("a.to b")), "may_not_take");
}

#[test]
fn a_snooze_ends_by_time_by_the_customer_or_by_its_owner() {
    let mut model = in_stage("mine");
    let decision = model.does("a.snooze 1h").unwrap();
    let until = timers(&decision);
    assert_eq!(until.len(), 1);
    assert_eq!(until[0].0, TimerKind::Snooze);
    assert_eq!(told(model.clone().does("fire snooze")), "nothing", "too early");
    let mut late = model.clone();
    late.now = late.now.plus_ms(3_700_000);
    assert_eq!(told(late.clone().does("fire snooze")), "woken");
    late.member(1).intent = Intent::Away;
    assert_eq!(told(late.does("fire snooze")), "requeued");
    assert_eq!(told(model.clone().does("c.post")), "posted+woken");
    assert_eq!(told(model.clone().does("a.wake")), "woken");
    model.member(1).intent = Intent::AwayHandBack;
    assert_eq!(told(model.does("c.post")), "posted+requeued");
}

#[test]
fn an_owner_who_hands_back_when_away_loses_whoever_writes() {
    let mut model = in_stage("mine");
    does(&mut model, &["a.post"]);
    model.member(1).intent = Intent::Away;
    assert_eq!(told(model.clone().does("c.post")), "posted");
    model.member(1).intent = Intent::AwayHandBack;
    assert_eq!(told(model.does("c.post")), "posted+requeued");
}

#[test]
fn of_an_owner_who_is_gone_only_those_return_whose_customers_wait() {
    let mut model = in_stage("mine");
    assert_eq!(told(model.clone().does("gone a")), "requeued");
    does(&mut model, &["a.post"]);
    assert_eq!(told(model.does("gone a")), "nothing");
}

#[test]
fn a_person_who_was_asked_for_is_owed_until_one_has_spoken() {
    // The bot's last words are no answer, and taking it over is none.
    let mut model = in_stage("bot");
    does(&mut model, &["bot.hand", "a.take"]);
    assert_eq!(model.newest().unwrap().unanswered_since, None);
    assert_eq!(told(model.clone().does("gone a")), "requeued");
    does(&mut model, &["a.post"]);
    assert_eq!(told(model.clone().does("gone a")), "nothing");
    // Transferred on without a word to the customer, it is owed again.
    does(&mut model, &["a.to queue", "a.take"]);
    assert_eq!(told(model.does("gone a")), "requeued");
}

#[test]
fn an_owner_who_does_not_answer_loses_it_if_the_tenant_says_so() {
    let mut model = Model::new();
    model.desk.owner_silent_min = 5;
    does(&mut model, &["c.post"]);
    let taken = model.does("a.take").unwrap();
    assert_eq!(timers(&taken), [(TimerKind::OwnerSilent, model.now.plus_ms(300_000))]);
    assert_eq!(told(model.clone().does("fire silent")), "nothing", "too early");
    let mut late = model.clone();
    late.now = late.now.plus_ms(301_000);
    assert_eq!(told(late.clone().does("fire silent")), "requeued");
    does(&mut late, &["a.post"]);
    assert_eq!(told(late.does("fire silent")), "nothing", "answered in time");
}

#[test]
fn what_was_put_aside_or_changed_hands_is_still_somebodys_turn() {
    let sets = |model: &Model, step: &str| {
        let mut model = model.clone();
        let decision = model.does(step).unwrap();
        let set = timers(&decision).into_iter();
        set.map(|(kind, due)| (kind, due.since(model.now) / 60_000_000))
            .collect::<Vec<_>>()
    };
    let mut model = in_stage("mine");
    (model.desk.owner_silent_min, model.desk.customer_silent_h) = (5, 2);
    // The customer waits: whoever takes it up again has to answer.
    does(&mut model, &["a.snooze 1h"]);
    assert_eq!(sets(&model, "a.wake"), [(TimerKind::OwnerSilent, 5)]);
    let mut late = model.clone();
    late.now = late.now.plus_ms(3_700_000);
    assert_eq!(sets(&late, "fire snooze"), [(TimerKind::OwnerSilent, 5)]);
    // Answered: the customer's silence counts from here on.
    does(&mut model, &["a.wake", "a.post"]);
    for step in ["a.to b", "root.assign b", "a.back"] {
        assert_eq!(sets(&model, step), [(TimerKind::SilenceWarning, 60)], "{step}");
    }
    does(&mut model, &["a.snooze 1h"]);
    assert_eq!(sets(&model, "a.wake"), [(TimerKind::SilenceWarning, 60)]);
}

#[test]
fn a_wait_beyond_the_limit_is_told_once() {
    let mut model = Model::new();
    model.desk.wait_limit_min = 2;
    does(&mut model, &["c.post"]);
    let waits = model.does("c.human").unwrap();
    assert_eq!(timers(&waits), [(TimerKind::WaitLimit, model.now.plus_ms(120_000))]);
    assert_eq!(told(model.does("fire wait")), "nothing", "too early");
    model.now = model.now.plus_ms(121_000);
    assert_eq!(told(model.does("fire wait")), "posted");
    assert!(model.said().unwrap().contains("/email"));
    assert_eq!(told(model.does("fire wait")), "nothing");
}

#[test]
fn a_customer_who_stays_silent_is_warned_and_then_the_chat_ends() {
    let mut model = in_stage("mine");
    model.desk.customer_silent_h = 2;
    let posted = model.does("a.post").unwrap();
    let warn_at = model.now.plus_ms(60 * 60_000);
    assert_eq!(timers(&posted), [(TimerKind::SilenceWarning, warn_at)]);
    assert_eq!(told(model.clone().does("fire warning")), "posted");
    let warned = model.does("fire warning").unwrap();
    assert_eq!(
        timers(&warned),
        [(TimerKind::SilenceClose, model.now.plus_ms(60 * 60_000))]
    );
    assert_eq!(told(model.clone().does("fire close")), "closed");
    does(&mut model, &["c.post"]);
    assert_eq!(told(model.does("fire close")), "nothing", "the customer is back");
}

#[test]
fn people_first_begins_in_the_queue() {
    let mut model = Model::new();
    model.desk.first = First::Queue;
    assert_eq!(told(model.clone().does("c.post")), "opened+posted+human");
    assert_eq!(told(model.does("c.start")), "opened+human");
    assert_eq!(told(model.does("c.post")), "posted");
    assert_eq!(model.newest().unwrap().intake.priority, Priority::High);
}

#[test]
fn outside_the_hours_it_is_said_once_when_somebody_is_there() {
    let hours: Hours = serde_json::from_str(r#"{"zone":"Europe/Berlin","week":{"mon":["09:00-17:00"]}}"#).unwrap();
    let mut model = Model::new();
    // Sunday, 2026-11-22, noon.
    model.now = Time(1_795_345_200_000_000);
    model.calendar = Some(Calendar::new(&hours).unwrap());
    model.desk.first_response_min.insert(Priority::Medium, 30);
    does(&mut model, &["c.post"]);
    assert_eq!(told(model.does("c.human")), "human+posted");
    assert!(
        model.said().unwrap().contains("tomorrow 09:00 (Europe/Berlin)"),
        "{:?}",
        model.said()
    );
    // The target runs in business time.
    let row = model.newest().unwrap();
    assert_eq!(
        row.respond_by.unwrap().due,
        Time(1_795_345_200_000_000 + (21 * 60 + 30) * 60_000_000)
    );
    does(&mut model, &["a.take"]);
    assert_eq!(told(model.does("a.to queue")), "transferred", "said once");
}

#[test]
fn another_priority_counts_from_when_it_came_into_the_queue() {
    let mut model = Model::new();
    model.desk.first_response_min.insert(Priority::Medium, 60);
    model.desk.first_response_min.insert(Priority::Urgent, 5);
    does(&mut model, &["c.post", "c.human"]);
    let queued = model.newest().unwrap().queued_at.unwrap();
    does(&mut model, &["a.note", "a.urgent"]);
    let deadline = model.newest().unwrap().respond_by.unwrap();
    assert_eq!(deadline.due, queued.plus_ms(300_000));
    assert_eq!(deadline.warn, queued.plus_ms(225_000));
}

#[test]
fn the_customer_is_asked_once_how_it_was_and_it_opens_nothing() {
    let mut model = in_stage("mine");
    does(&mut model, &["a.close"]);
    assert!(model.view.ask_rating);
    assert_eq!(told(model.does("c.rate")), "rated");
    assert_eq!(told(model.does("c.rate")), "nothing");
    assert!(!model.newest().unwrap().stage.is_open());
    // Nobody took part: nobody is asked.
    let mut model = in_stage("closed");
    assert!(!model.view.ask_rating);
    assert_eq!(told(model.does("c.rate")), "nothing");
}

#[test]
fn ones_own_last_line_can_be_changed_for_a_minute() {
    let mut model = in_stage("mine");
    does(&mut model, &["a.post", "a.edit"]);
    assert_eq!(told(model.clone().does("b.edit")), "too_late", "a colleague's");
    let mut later = model.clone();
    later.now = later.now.plus_ms(60_000);
    assert_eq!(told(later.does("a.undo")), "too_late");
    does(&mut model, &["a.undo"]);
    assert_eq!(told(model.does("a.edit")), "too_late", "taken back");
    does(&mut model, &["c.edit", "a.blank"]);
    assert_eq!(state_of_last(&model), LineState::Blanked);
    assert_eq!(told(model.does("a.blank")), "nothing");
}

#[test]
fn a_second_ticket_is_the_first_one() {
    let mut model = in_stage("mine");
    let first = model.does("a.ticket").unwrap();
    assert_eq!(first.ticket, Some(TicketNo(7)));
    let again = model.does("b.ticket").unwrap();
    assert_eq!((again.ticket, again.events.len()), (Some(TicketNo(7)), 0));
}

#[test]
fn a_tickets_title_has_no_words_that_could_not_be_blanked_out() {
    let mut model = in_stage("mine");
    let EventBody::TicketChanged(it) = &model.does("a.ticket").unwrap().events[1] else {
        panic!("no ticket")
    };
    assert_eq!(it.ticket.title.as_str(), "Conversation 1 with carol");
}

fn with_reply(actions: Vec<ReplyAction>) -> (Model, impl Fn(&Model, &str) -> Order) {
    let id = ReplyId(Uuid::from_u128(70));
    let mut model = in_stage("mine");
    model.more.reply = Some(SavedReply {
        id,
        code: Tag::parse("hi").unwrap(),
        title: SubjectLine::parse("Hello").unwrap(),
        text: "Hi {{customer_name}}".into(),
        owner: None,
        actions,
        uses: 0,
        questions: None,
    });
    let post = move |model: &Model, text: &str| {
        Order::Agent(AgentCommand::Post {
            conversation: model.newest().unwrap().conversation,
            text: text.to_owned(),
            seen: SeenLines {
                customer: model.view.customer_lines,
                desk: model.view.desk_lines,
            },
            take_over: false,
            anyway: false,
            quote: None,
            reply: Some(ReplyUse {
                id,
                answers: [("order".to_owned(), "{{agent_name}}".to_owned())].into(),
            }),
            article: None,
            file: None,
        })
    };
    (model, post)
}

#[test]
fn a_saved_replys_holes_are_filled_once_when_it_is_sent() {
    let (mut model, post) = with_reply(vec![]);
    model.profile.name = Some(SubjectLine::parse("{{agent_name}} {{?order}}").unwrap());
    let order = post(&model, "Hi {{customer_name}}, about {{?order}}: {{agent_name}}");
    let decision = model.clone().run(&agent(1), &order).unwrap();
    let EventBody::Posted(posted) = &decision.events[0] else {
        panic!("{decision:?}")
    };
    assert_eq!(posted.text(), "Hi {{agent_name}} {{?order}}, about {{agent_name}}: Ada");
    assert!(matches!(decision.writes[..], [Write::ReplyUsed(_)]));
    let order = post(&model, "Your address is {{customer_email}}");
    assert_eq!(told(model.run(&agent(1), &order)), "unresolved");
}

#[test]
fn a_saved_replys_actions_are_done_with_it() {
    let tag = Tag::parse("greeted").unwrap();
    let urgent = Priority::Urgent;
    let (mut model, post) = with_reply(vec![
        ReplyAction::Close,
        ReplyAction::Tag { tag },
        ReplyAction::Priority { priority: urgent },
    ]);
    let order = post(&model, "Hi {{customer_name}}");
    assert_eq!(told(model.run(&agent(1), &order)), "posted+tags+priority+closed");
}

#[test]
fn a_reply_that_puts_aside_what_is_put_aside_sets_another_time() {
    let (mut model, post) = with_reply(vec![ReplyAction::Snooze { minutes: Some(5) }]);
    does(&mut model, &["a.snooze 1h"]);
    let order = post(&model, "Hi {{customer_name}}");
    assert_eq!(told(model.run(&agent(1), &order)), "posted+woken+snoozed");
    let until = model.now.plus_ms(300_000);
    assert!(matches!(model.newest().unwrap().stage, Stage::Snoozed { until: Some(it), .. } if it == until));
}

#[test]
fn a_saved_reply_has_only_actions_that_can_be_done() {
    let save = |actions: Vec<ReplyAction>| {
        let (model, _) = with_reply(vec![]);
        let known = model.more.reply.clone().unwrap();
        let reply = SavedReply { actions, ..known };
        let (who, order) = (agent(1), Order::Agent(AgentCommand::SaveReply { reply }));
        let decided = decide(&model.facts(&who, &order), &who, &order);
        decided.err().map(|it| it.code())
    };
    let snooze = |minutes| ReplyAction::Snooze { minutes };
    let low = ReplyAction::Priority {
        priority: Priority::Low,
    };
    assert_eq!(save(vec![low.clone(), snooze(None)]), None);
    assert_eq!(save(vec![low, snooze(Some(5))]), None);
    assert_eq!(save(vec![snooze(Some(0))]).as_deref(), Some("bad_field"));
    assert_eq!(
        save(vec![ReplyAction::Close, snooze(None)]).as_deref(),
        Some("bad_field"),
        "which?"
    );
}

#[test]
fn what_the_settings_have_no_more_can_be_taken_from_a_customer() {
    let mut model = in_stage("mine");
    model.profile.attributes.insert("plan".to_owned(), "gold".to_owned());
    model.more.customers = Some((model.customer.clone(), model.customer.clone(), true));
    let describe = |value: &str| {
        Order::Agent(AgentCommand::DescribeCustomer {
            customer: model.customer.id,
            introduction: Default::default(),
            attributes: [("plan".to_owned(), value.to_owned())].into(),
        })
    };
    assert_eq!(told(model.clone().run(&agent(1), &describe("silver"))), "bad_field");
    assert_eq!(told(model.clone().run(&agent(1), &describe(""))), "customer");
}

#[test]
fn a_card_is_made_of_published_articles_only() {
    let (mut model, _) = with_reply(vec![]);
    let slug = Tag::parse("refunds").unwrap();
    let row = ArticleRow {
        slug: slug.clone(),
        title: SubjectLine::parse("Refunds").unwrap(),
        tags: vec![],
        published: false,
        updated_at: Time(1),
        updated_by: None,
        excerpt: String::new(),
    };
    let article = Article {
        slug: slug.clone(),
        title: row.title.clone(),
        body: "# Refunds\nTake a week.".into(),
        questions: None,
    };
    model.more.article = Some((article.clone(), row.clone()));
    let (who, mut order) = order(&model, "a.post");
    if let Order::Agent(AgentCommand::Post { article, .. }) = &mut order {
        *article = Some(slug);
    }
    assert_eq!(told(model.clone().run(&who, &order)), "not_found", "a draft");
    model.more.article = Some((article, ArticleRow { published: true, ..row }));
    let decision = model.run(&who, &order).unwrap();
    let EventBody::Posted(posted) = &decision.events[0] else {
        panic!()
    };
    assert!(matches!(&posted.parts[..], [Part::Text(_), Part::Card(card)] if card.title.as_str() == "Refunds"));
}

#[test]
fn routing_gives_nothing_back_to_whom_it_came_from() {
    let mut model = in_stage("mine");
    (model.desk.routing, model.desk.owner_silent_min) = (minicom_protocol::settings::Routing::LeastBusy, 5);
    let back = |model: &Model| told(model.clone().does("route a"));
    let mut given_back = model.clone();
    does(&mut given_back, &["a.to queue"]);
    assert_eq!(back(&given_back), "nothing");
    assert_eq!(told(given_back.clone().does("a.take")), "taken", "by hand one may");
    does(&mut given_back, &["b.take", "b.to queue"]);
    assert_eq!(back(&given_back), "taken", "it came from a colleague since");
    let mut silent = model.clone();
    silent.now = silent.now.plus_ms(301_000);
    does(&mut silent, &["fire silent"]);
    assert_eq!(back(&silent), "nothing");
    // Who was only gone, and is back, has it again.
    does(&mut model, &["gone a"]);
    assert_eq!(back(&model), "taken");
}

#[test]
fn routing_gives_only_what_still_waits_to_those_who_may_have_it() {
    use minicom_protocol::settings::Routing;
    let mut model = in_stage("waiting");
    assert_eq!(told(model.clone().does("route a")), "nothing", "it is off");
    model.desk.routing = Routing::LeastBusy;
    assert_eq!(told(model.clone().does("route a")), "taken");
    let mut taken = model.clone();
    does(&mut taken, &["b.take"]);
    assert_eq!(told(taken.does("route a")), "nothing", "a person was faster");
    model.member(1).intent = Intent::Busy;
    assert_eq!(told(model.does("route a")), "nothing");
}
