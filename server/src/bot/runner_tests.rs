//! The bot at work over a real desk: it answers, asks for a person, survives restarts, and is silent once a person has it.

use minicom_protocol::{
    command::AgentCommand,
    context::Profile,
    event::Part,
    frame::{AgentSignal, Typist},
    ids::{AgentId, CustomerId},
    library::Article,
    people::Realm,
    settings::DeskSettings,
    stage::Stage,
    text::CustomerName,
    words::{SubjectLine, Tag},
};
use tokio::{sync::watch, task::JoinHandle, time::timeout};

use super::*;
use crate::{
    bot::{
        rules::{Ask, TurnKind},
        turns::BROKEN,
    },
    order::Caller,
    run_limits::RunLimits,
    store::journal,
    test_desk::{TestDesk, command_id},
    timers,
};

struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

fn start(test: &TestDesk) -> Running {
    start_with(test, Signals::new(test.desk.clone(), &RunLimits::default()))
}

fn start_with(test: &TestDesk, signals: Signals) -> Running {
    start_bot(test, &signals, None)
}

/// With a program, if one is named.
fn start_bot(test: &TestDesk, signals: &Signals, script: Option<&str>) -> Running {
    let stop = CancellationToken::new();
    tokio::spawn(test.desk.minds().begin(&test.desk, test.tenant(), stop.clone()));
    let (tenant, rules) = (TenantId::default_tenant(), Arc::new(Rules::builtin()));
    let mut bot = Bot::new(&test.desk, signals, &tenant, test.tenant(), rules);
    if let Some(script) = script {
        let command = ["sh", "-c", script].map(str::to_owned);
        let (program, work) = Program::begin(&command, &tenant, stop.clone());
        tokio::spawn(work);
        bot = bot.with_program(program);
    }
    let task = tokio::spawn(bot.run(stop.clone()));
    Running { stop, task }
}

impl Running {
    async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

async fn journal_of(test: &TestDesk) -> Vec<Event> {
    let tenant = test.tenant();
    test.desk
        .read(move |conn| journal::after(conn, tenant, Rev(0), 10_000))
        .await
        .unwrap()
}

/// Waits until the journal is as wanted.
async fn wait_for(test: &TestDesk, wanted: impl Fn(&[Event]) -> bool) -> Vec<Event> {
    let mut head: watch::Receiver<u64> = test.desk.hub().watch(test.tenant());
    loop {
        let events = journal_of(test).await;
        if wanted(&events) {
            return events;
        }
        let at = events.last().map_or(0, |event| event.rev.0);
        head.wait_for(|head| *head > at).await.unwrap();
    }
}

fn bot_lines(events: &[Event]) -> Vec<String> {
    let lines = events.iter().filter_map(|event| match &event.body {
        EventBody::Posted(posted) if posted.author == Author::Bot => Some(posted.text()),
        _ => None,
    });
    lines.collect()
}

async fn stage(test: &TestDesk, caller: &Caller) -> Stage {
    test.desk
        .newest(test.tenant(), caller.customer())
        .await
        .unwrap()
        .unwrap()
        .stage
}

#[tokio::test]
async fn it_greets_once_and_asks_for_a_person_when_asked_to() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    let bot = start(&test);
    test.post(&alice, 1, "Hello, I need help").await;
    let events = wait_for(&test, |events| bot_lines(events).len() == 1).await;
    assert!(bot_lines(&events)[0].contains("alice"), "{:?}", bot_lines(&events));
    test.post(&alice, 2, "human please").await;
    wait_for(&test, |events| {
        matches!(events.last().map(|it| &it.body), Some(EventBody::HumanRequested(_)))
    })
    .await;
    let reason = HandOverReason::CustomerAsked;
    assert!(matches!(stage(&test, &alice).await, Stage::Waiting { reason: found, .. } if found == reason));
    bot.stop().await;
}

#[tokio::test]
async fn it_hands_over_when_it_does_not_understand_twice_in_a_row_also_across_a_restart() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    let bot = start(&test);
    test.post(&alice, 1, "frobnicate the quux").await;
    wait_for(&test, |events| bot_lines(events).len() == 1).await;
    bot.stop().await;
    let test = test.restart();
    let bot = start(&test);
    test.post(&alice, 2, "zorble the wibbly snork").await;
    wait_for(&test, |events| bot_lines(events).len() == 2).await;
    let reason = HandOverReason::NotUnderstood;
    assert!(matches!(stage(&test, &alice).await, Stage::Waiting { reason: found, .. } if found == reason));
    bot.stop().await;
}

#[tokio::test]
async fn a_restart_repeats_nothing() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    let bot = start(&test);
    test.post(&alice, 1, "hello").await;
    wait_for(&test, |events| bot_lines(events).len() == 1).await;
    bot.stop().await;
    // As after a crash before the position was stored: the bot reads everything again.
    let tenant = test.tenant();
    let forget = |scope: &mut crate::execute::Scope<'_>| scope.conn.execute("DELETE FROM followers", []).map(drop);
    test.desk.write(tenant, forget).await.unwrap();
    let test = test.restart();
    let bot = start(&test);
    test.post(&alice, 2, "thank you").await;
    let events = wait_for(&test, |events| bot_lines(events).len() >= 2).await;
    assert_eq!(bot_lines(&events).len(), 2);
    bot.stop().await;
}

#[tokio::test]
async fn it_is_silent_while_a_person_has_it_and_speaks_after_a_hand_back() {
    let test = TestDesk::new();
    let (alice, bob, ada) = (
        test.customer("alice").await,
        test.customer("bob").await,
        test.agent("ada").await,
    );
    let conversation = test.post(&alice, 1, "hello").await.conversation.unwrap();
    test.ask(&ada, 1, AgentCommand::TakeOver { conversation })
        .await
        .unwrap();
    let bot = start(&test);
    test.post(&alice, 2, "are you there?").await;
    test.post(&bob, 1, "hello").await;
    // The bot reads in order: once it has answered bob, it has passed over alice.
    let events = wait_for(&test, |events| !bot_lines(events).is_empty()).await;
    assert_eq!(bot_lines(&events).len(), 1);
    test.ask(&ada, 2, AgentCommand::HandBack { conversation })
        .await
        .unwrap();
    test.post(&alice, 3, "thanks").await;
    wait_for(&test, |events| bot_lines(events).len() == 2).await;
    bot.stop().await;
}

#[tokio::test]
async fn when_the_bot_is_late_the_desk_asks_for_a_person() {
    let test = TestDesk::with_deadline(1);
    let alice = test.customer("alice").await;
    let stop = CancellationToken::new();
    let timers = tokio::spawn(timers::run(test.desk.clone(), stop.clone()));
    test.post(&alice, 1, "hello").await;
    let events = wait_for(&test, |events| events.len() == 4).await;
    assert!(matches!(&events[2].body, EventBody::Posted(posted) if posted.author == Author::System));
    assert!(matches!(
        stage(&test, &alice).await,
        Stage::Waiting {
            reason: HandOverReason::BotLate,
            ..
        }
    ));
    stop.cancel();
    timers.await.unwrap();
    // The bot comes after all: its turn is nothing.
    let turn = BotTurn {
        conversation: events[1].subject.conversation().unwrap(),
        trigger: events[1].rev,
        turn: Turn::Reply { text: "late".into() },
    };
    let caller = test.desk.bot(&TenantId::default_tenant());
    let done = test
        .desk
        .submit(&caller, command_id(9), Order::BotTurn(turn))
        .await
        .unwrap();
    assert_eq!(done.rev, None);
}

#[tokio::test]
async fn a_timer_past_due_fires_after_a_restart() {
    let test = TestDesk::with_deadline(1);
    let alice = test.customer("alice").await;
    test.post(&alice, 1, "hello").await;
    let test = test.restart();
    let stop = CancellationToken::new();
    let timers = tokio::spawn(timers::run(test.desk.clone(), stop.clone()));
    wait_for(&test, |events| {
        matches!(events.last().map(|it| &it.body), Some(EventBody::HumanRequested(_)))
    })
    .await;
    stop.cancel();
    timers.await.unwrap();
}

#[tokio::test]
async fn whoever_was_long_with_a_person_is_not_greeted_again() {
    let test = TestDesk::new();
    let (alice, anna) = (test.customer("alice").await, test.agent("Anna").await);
    let conversation = test.post(&alice, 1, "what are your prices").await.conversation.unwrap();
    test.ask(&anna, 2, AgentCommand::TakeOver { conversation })
        .await
        .unwrap();
    for n in 0..50 {
        let post = AgentCommand::Post {
            conversation,
            text: "one moment".to_owned(),
            seen: Default::default(),
            take_over: false,
            anyway: true,
            quote: None,
            reply: None,
            article: None,
            file: None,
        };
        test.ask(&anna, 10 + n, post).await.unwrap();
    }
    test.ask(&anna, 3, AgentCommand::HandBack { conversation })
        .await
        .unwrap();
    test.post(&alice, 4, "what are your prices").await;
    let running = start(&test);
    let events = wait_for(&test, |events| !bot_lines(events).is_empty()).await;
    running.stop().await;
    let rules = Rules::builtin();
    let ask = Ask {
        text: "what are your prices",
        customer_name: "alice",
        misses_before: 0,
        first_line: false,
        published: &[],
    };
    let TurnKind::Reply(plain) = rules.answer(&ask).kind else {
        panic!("prices are answered");
    };
    assert_eq!(bot_lines(&events), [plain]);
}

#[tokio::test]
async fn the_typing_of_the_bot_ends_also_when_it_says_nothing_of_use() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    let signals = Signals::new(test.desk.clone(), &RunLimits::default());
    let mut reads = signals.for_agent(test.tenant(), AgentId(uuid::Uuid::nil())).unwrap();
    let bot = start_with(&test, signals);
    // It answers the first, and gives the second to a person.
    for (n, text) in [(1, "hello"), (2, "human please")] {
        let posted = test.post(&alice, n, text).await;
        let ended = async {
            loop {
                let told = reads.next().await;
                let AgentSignal::Typing { who, on, at, .. } = told else {
                    continue;
                };
                assert_eq!((who, at), (Typist::Bot, posted.rev.unwrap()));
                if !on {
                    return;
                }
            }
        };
        timeout(Duration::from_secs(20), ended).await.expect("it ends");
    }
    bot.stop().await;
}

#[test]
fn a_customer_is_called_as_the_site_says_then_as_the_customer_does_and_never_by_a_made_up_name() {
    let customer = |realm| CustomerRef {
        id: CustomerId(uuid::Uuid::nil()),
        name: CustomerName::parse("guest-7xk2m9qd").unwrap(),
        realm,
    };
    let mut profile = Profile::default();
    assert_eq!(reading::called(&customer(Realm::Anonymous), &profile), "");
    assert_eq!(reading::called(&customer(Realm::Named), &profile), "guest-7xk2m9qd");
    profile.name = Some(SubjectLine::parse("Al").unwrap());
    assert_eq!(reading::called(&customer(Realm::Anonymous), &profile), "Al");
    profile.vouched.name = Some(SubjectLine::parse("Alice Ramos").unwrap());
    assert_eq!(reading::called(&customer(Realm::Signed), &profile), "Alice Ramos");
}

#[tokio::test]
async fn what_the_tenant_chooses_holds_from_the_next_line_on() {
    let test = TestDesk::new();
    let (alice, boss) = (test.customer("alice").await, test.admin("boss").await);
    let bot = start(&test);
    test.post(&alice, 1, "umtausch").await;
    wait_for(&test, |events| bot_lines(events).len() == 1).await;

    let mut settings = Box::new(DeskSettings::default());
    let rule = r#"{"name": "returns", "words": ["umtausch"], "answer": "So geht es:", "article": "exchange"}"#;
    settings.bot.rules = vec![serde_json::from_str(rule).unwrap()];
    let slug = Tag::parse("exchange").unwrap();
    let article = Article {
        slug: slug.clone(),
        title: SubjectLine::parse("Umtausch").unwrap(),
        body: "Bring it back.".to_owned(),
        questions: None,
    };
    let article = |published| AgentCommand::SaveArticle {
        article: article.clone(),
        tags: vec![],
        published,
    };
    test.ask(&boss, 1, AgentCommand::Configure { settings }).await.unwrap();
    test.ask(&boss, 2, article(true)).await.unwrap();
    test.post(&alice, 2, "Umtausch!").await;
    let events = wait_for(&test, |events| bot_lines(events).len() == 2).await;
    let posted = |events: &[Event]| match events.last().map(|event| event.body.clone()) {
        Some(EventBody::Posted(posted)) => posted.parts,
        other => panic!("{other:?}"),
    };
    let parts = posted(&events);
    assert_eq!(parts[0].text(), "So geht es:");
    assert!(
        matches!(&parts[1], Part::Card(card) if card.slug == slug && card.excerpt == "Bring it back."),
        "{parts:?}"
    );

    // A draft is not for customers: the rule is passed over.
    test.ask(&boss, 3, article(false)).await.unwrap();
    test.post(&alice, 3, "hello").await;
    wait_for(&test, |events| bot_lines(events).len() == 3).await;
    test.post(&alice, 4, "umtausch").await;
    let events = wait_for(&test, |events| bot_lines(events).len() == 4).await;
    assert!(bot_lines(&events)[3].starts_with("Sorry"), "{:?}", bot_lines(&events));
    bot.stop().await;
}

#[tokio::test]
async fn an_article_that_is_taken_back_meanwhile_is_left_out_of_the_turn() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    let posted = test.post(&alice, 1, "umtausch").await;
    let conversation = test
        .desk
        .newest(test.tenant(), alice.customer())
        .await
        .unwrap()
        .unwrap()
        .conversation;
    let turn = BotTurn {
        conversation,
        trigger: posted.rev.unwrap(),
        turn: Turn::Article {
            asks: None,
            text: "So geht es:".to_owned(),
            slug: Tag::parse("gone").unwrap(),
        },
    };
    let caller = test.desk.bot(&TenantId::default_tenant());
    test.desk
        .submit(&caller, command_id(9), Order::BotTurn(turn))
        .await
        .unwrap();
    assert_eq!(bot_lines(&journal_of(&test).await), ["So geht es:"]);
}

#[tokio::test]
async fn an_article_answers_as_soon_as_it_is_published_and_no_longer_than_that() {
    let test = TestDesk::new();
    let (alice, boss) = (test.customer("alice").await, test.admin("boss").await);
    let bot = start(&test);
    let slug = Tag::parse("kayaks").unwrap();
    let article = |published| AgentCommand::SaveArticle {
        article: Article {
            slug: slug.clone(),
            title: SubjectLine::parse("How much does it cost to rent a kayak?").unwrap(),
            body: "A kayak is 12 euros an hour.".to_owned(),
            questions: None,
        },
        tags: vec![],
        published,
    };
    test.ask(&boss, 1, article(true)).await.unwrap();
    test.post(&alice, 1, "how much does it cost to rent a kayak").await;
    let events = wait_for(&test, |events| bot_lines(events).len() == 1).await;
    assert!(
        bot_lines(&events)[0].contains("12 euros an hour"),
        "{:?}",
        bot_lines(&events)
    );
    let posted = events.iter().rev().find_map(|event| match &event.body {
        EventBody::Posted(posted) if posted.author == Author::Bot => Some(posted.parts.clone()),
        _ => None,
    });
    let parts = posted.unwrap();
    assert!(
        matches!(&parts[1..], [Part::Card(card), Part::Choices(asks)]
            if card.slug == slug && asks.choices[0].slug.as_ref() == Some(&slug)),
        "{parts:?}"
    );
    // How sure it was is nothing that the customer is told.
    let told = test.desk.customer_thread(test.tenant(), alice.customer(), None, 100);
    let told = serde_json::to_string(&told.await.unwrap().0).unwrap();
    assert!(!told.contains('%') && !told.contains("percent"), "{told}");

    test.ask(&boss, 2, article(false)).await.unwrap();
    let bob = test.customer("bob").await;
    test.post(&bob, 1, "kayak rental, is that something that you have")
        .await;
    let events = wait_for(&test, |events| bot_lines(events).len() == 2).await;
    assert!(!bot_lines(&events)[1].contains("12 euros"), "{:?}", bot_lines(&events));
    bot.stop().await;
    // What was learnt is kept, so that the next start need not work it out.
    let tenant = test.tenant();
    let kept = move |conn: &rusqlite::Connection| {
        crate::store::bot::vectors(conn, tenant, crate::bot::model::encoder_version())
    };
    let kept = test.desk.read(kept).await.unwrap();
    assert_eq!(kept.is_empty(), !cfg!(feature = "encoder"));
}

const ECHO: &str = r#"while read -r line; do id=$(printf %s "$line" | sed 's/^{"id":\([0-9]*\).*/\1/')
    case $line in *crash*) exit 1;; *) echo "{\"id\":$id,\"reply\":\"from the program\"}";; esac; done"#;

fn with_program(test: &TestDesk, script: &str) -> Running {
    start_bot(
        test,
        &Signals::new(test.desk.clone(), &RunLimits::default()),
        Some(script),
    )
}

#[tokio::test]
async fn a_program_answers_but_for_who_asks_for_a_person() {
    let test = TestDesk::new();
    let (alice, bob) = (test.customer("alice").await, test.customer("bob").await);
    let bot = with_program(&test, ECHO);
    test.post(&alice, 1, "hello").await;
    let events = wait_for(&test, |events| bot_lines(events).len() == 1).await;
    assert_eq!(bot_lines(&events), ["from the program"]);
    test.post(&alice, 2, "human please").await;
    wait_for(&test, |events| {
        matches!(events.last().map(|it| &it.body), Some(EventBody::HumanRequested(_)))
    })
    .await;
    let reason = HandOverReason::CustomerAsked;
    assert!(matches!(stage(&test, &alice).await, Stage::Waiting { reason: found, .. } if found == reason));
    // What breaks is a person's, and whoever takes it is told why.
    test.post(&bob, 3, "crash").await;
    let events = wait_for(&test, |events| bot_lines(events).len() == 3).await;
    assert_eq!(bot_lines(&events)[2], BROKEN);
    let Some(EventBody::HumanRequested(wanted)) = events.last().map(|it| &it.body) else {
        panic!("{events:?}")
    };
    assert_eq!(wanted.reason, HandOverReason::BotFailed);
    let note = wanted.note.as_ref().unwrap();
    assert!(
        note.why.as_ref().unwrap().contains("ended") && note.question.is_some(),
        "{note:?}"
    );
    bot.stop().await;
}

#[tokio::test]
async fn a_tenant_can_do_without_the_program() {
    let test = TestDesk::new();
    let (alice, boss) = (test.customer("alice").await, test.admin("boss").await);
    let mut settings = DeskSettings::default();
    settings.bot.program = false;
    let settings = Box::new(settings);
    test.ask(&boss, 1, AgentCommand::Configure { settings }).await.unwrap();
    let bot = with_program(&test, ECHO);
    test.post(&alice, 2, "hello").await;
    let events = wait_for(&test, |events| bot_lines(events).len() == 1).await;
    assert!(bot_lines(&events)[0].contains("alice"), "{:?}", bot_lines(&events));
    bot.stop().await;
}

#[tokio::test]
async fn a_slow_turn_of_one_customer_keeps_nobody_else_waiting() {
    let test = TestDesk::new();
    let (alice, bob) = (test.customer("alice").await, test.customer("bob").await);
    // The first question lies until the second has come.
    let script = r#"read -r a; read -r b; for line in "$b" "$a"; do
        echo "{\"id\":$(printf %s "$line" | sed 's/^{"id":\([0-9]*\).*/\1/'),\"reply\":\"at last\"}"; done; read -r c"#;
    let bot = with_program(&test, script);
    test.post(&alice, 1, "one").await;
    test.post(&bob, 2, "two").await;
    wait_for(&test, |events| bot_lines(events).len() == 2).await;
    bot.stop().await;
}
