//! What conversations teach, over a real desk: gaps, examples, and that nothing of an erased customer stays.

use minicom_protocol::{
    command::{AgentCommand, ReplyUse},
    ids::{CommandId, Rev, TenantId, Time},
    library::{Article, SavedReply},
    words::{SubjectLine, Tag},
};
use uuid::Uuid;

use super::*;
use crate::{
    bot::{basis, learner, model},
    order::{BotTurn, Caller, Order, Turn},
    store::{bot_models, journal},
    test_desk::TestDesk,
};

struct Seat {
    test: TestDesk,
    lessons: Lessons,
    boss: Caller,
    read: Rev,
    ids: u64,
}

fn line(text: &str) -> SubjectLine {
    SubjectLine::parse(text).unwrap()
}

fn tag(text: &str) -> Tag {
    Tag::parse(text).unwrap()
}

impl Seat {
    async fn new() -> Seat {
        let test = TestDesk::new();
        let boss = test.admin("boss").await;
        let lessons = Lessons {
            desk: test.desk.clone(),
            tenant: test.tenant(),
            rules: Arc::new(Rules::builtin()),
        };
        Seat {
            test,
            lessons,
            boss,
            read: Rev(0),
            ids: 0,
        }
    }

    fn id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    async fn says(&mut self, who: &Caller, text: &str) -> Rev {
        let id = self.id();
        self.test.post(who, id, text).await.rev.unwrap()
    }

    async fn conversation(&self, of: &Caller) -> ConversationId {
        let newest = self.test.desk.newest(self.test.tenant(), of.customer()).await.unwrap();
        newest.unwrap().conversation
    }

    /// The bot answers a line.
    async fn bot(&mut self, of: &Caller, trigger: Rev, turn: Turn) {
        let conversation = self.conversation(of).await;
        let turn = BotTurn {
            conversation,
            trigger,
            turn,
        };
        let (caller, id) = (self.test.desk.bot(&TenantId::default_tenant()), self.id());
        let id = CommandId(Uuid::from_u128(id.into()));
        self.test.desk.submit(&caller, id, Order::BotTurn(turn)).await.unwrap();
    }

    /// A customer asks twice, and is handed over.
    async fn is_lost(&mut self, who: &Caller, text: &str) {
        let trigger = self.says(who, text).await;
        let again = Turn::Reply {
            text: "In other words?".to_owned(),
        };
        self.bot(who, trigger, again).await;
        let trigger = self.says(who, "hm, that is what I want to know").await;
        self.bot(who, trigger, handed_over(HandOverReason::NotUnderstood)).await;
    }

    async fn boss(&mut self, command: AgentCommand) {
        let id = self.id();
        self.test.ask(&self.boss.clone(), id, command).await.unwrap();
    }

    /// The boss answers, perhaps with an article or a saved reply, and ends the conversation.
    async fn resolves(&mut self, of: &Caller, article: Option<&str>, reply: Option<ReplyId>) {
        let conversation = self.conversation(of).await;
        let post = AgentCommand::Post {
            conversation,
            text: "Here you are, write to me@shop.example".to_owned(),
            seen: Default::default(),
            take_over: true,
            anyway: true,
            quote: None,
            reply: reply.map(|id| ReplyUse {
                id,
                answers: Default::default(),
            }),
            article: article.map(tag),
            file: None,
        };
        self.boss(post).await;
        self.closes(of).await;
    }

    async fn closes(&mut self, of: &Caller) {
        let newest = self
            .test
            .desk
            .newest(self.test.tenant(), of.customer())
            .await
            .unwrap()
            .unwrap();
        let close = AgentCommand::Close {
            conversation: newest.conversation,
            seen: newest.customer_lines,
        };
        self.boss(close).await;
    }

    async fn article(&mut self, slug: &str, title: &str, body: &str, questions: &[&str]) {
        let article = Article {
            slug: tag(slug),
            title: line(title),
            body: body.to_owned(),
            questions: Some(questions.iter().map(|it| line(it)).collect()),
        };
        self.boss(AgentCommand::SaveArticle {
            article,
            tags: vec![],
            published: true,
        })
        .await;
    }

    /// Reads what came into the journal, twice: a repeat changes nothing.
    async fn learns(&mut self) {
        let (tenant, after) = (self.test.tenant(), self.read);
        let events = self
            .test
            .desk
            .read(move |conn| journal::after(conn, tenant, after, 1_000));
        let events = events.await.unwrap();
        for event in events.iter().chain(&events) {
            self.lessons.event(event).await;
        }
        self.read = events.last().map_or(self.read, |event| event.rev);
    }

    async fn gaps(&self) -> Vec<gaps::Gap> {
        let tenant = self.test.tenant();
        let all = self
            .test
            .desk
            .read(move |conn| gap_rows::all(conn, tenant))
            .await
            .unwrap();
        gaps::gaps(&all)
    }

    async fn pending(&self) -> Vec<Example> {
        let tenant = self.test.tenant();
        let read = self
            .test
            .desk
            .read(move |conn| examples::pending(conn, tenant, Rev(0), 100));
        read.await.unwrap()
    }
}

fn handed_over(reason: HandOverReason) -> Turn {
    Turn::HandOver {
        text: "A person comes.".to_owned(),
        reason,
        note: Box::default(),
    }
}

#[tokio::test]
async fn what_was_handed_over_without_an_answer_is_a_gap_and_counts_people() {
    // What is near in meaning is told by an encoder.
    if cfg!(not(feature = "encoder")) {
        return;
    }
    let mut seat = Seat::new().await;
    let (alice, bob, carol) = (
        seat.test.customer("alice").await,
        seat.test.customer("bob").await,
        seat.test.customer("carol").await,
    );
    seat.is_lost(&alice, "where can I find my invoice? I am at jane@x.org")
        .await;
    seat.is_lost(&bob, "where can i find my invoice").await;
    // Who asks for a person tells nothing of what is missing.
    let trigger = seat.says(&carol, "a person please").await;
    seat.bot(&carol, trigger, handed_over(HandOverReason::CustomerAsked))
        .await;
    seat.learns().await;
    let gaps = seat.gaps().await;
    assert_eq!(
        (gaps.len(), gaps[0].people, gaps[0].conversations),
        (1, 2, 2),
        "{gaps:?}"
    );
    assert!(gaps[0].questions.iter().all(|it| !it.contains("jane@")), "{gaps:?}");

    // The same customer again is no further one, and another question is another gap.
    let conversation = seat.conversation(&alice).await;
    seat.boss(AgentCommand::TakeOver { conversation }).await;
    seat.closes(&alice).await;
    seat.is_lost(&alice, "where can I find my invoice?").await;
    let erin = seat.test.customer("erin").await;
    seat.is_lost(&erin, "do you rent out kayaks in winter").await;
    seat.learns().await;
    let gaps = seat.gaps().await;
    let counted: Vec<(usize, usize)> = gaps.iter().map(|it| (it.people, it.conversations)).collect();
    assert_eq!(counted, [(2, 3), (1, 1)], "{gaps:?}");

    // Dismissed, it stays so.
    let (tenant, first) = (seat.test.tenant(), gaps[0].id);
    let dismiss = seat
        .test
        .desk
        .write(tenant, move |scope| gap_rows::dismiss(scope.conn, tenant, first));
    assert!(dismiss.await.unwrap());
    let dora = seat.test.customer("dora").await;
    seat.is_lost(&dora, "where can I find my invoice?").await;
    seat.learns().await;
    assert_eq!(seat.gaps().await.len(), 1);
}

#[tokio::test]
async fn a_choice_of_none_is_a_gap_of_the_question_before() {
    let mut seat = Seat::new().await;
    let alice = seat.test.customer("alice").await;
    seat.article("returns", "Return an item", "Send it back.", &[]).await;
    let trigger = seat.says(&alice, "can my parcel go to a neighbour").await;
    let choices = offer_of("returns", "Return an item");
    seat.bot(
        &alice,
        trigger,
        Turn::Offer {
            text: "Is it one of these?".to_owned(),
            choices,
        },
    )
    .await;
    let trigger = seat.says(&alice, "0").await;
    seat.bot(&alice, trigger, handed_over(HandOverReason::CustomerAsked))
        .await;
    seat.learns().await;
    let gaps = seat.gaps().await;
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].questions, ["can my parcel go to a neighbour"]);
}

fn offer_of(slug: &str, title: &str) -> minicom_protocol::event::ChoicesPart {
    crate::bot::offer::part(vec![(tag(slug), line(title))], "A person", "Type its number.")
}

#[tokio::test]
async fn what_an_agent_answered_with_waits_for_a_person_once() {
    let mut seat = Seat::new().await;
    let (alice, bob) = (seat.test.customer("alice").await, seat.test.customer("bob").await);
    seat.article(
        "refunds",
        "Refunds",
        "Within five days.",
        &["how long does a refund take"],
    )
    .await;
    seat.says(&alice, "hello").await;
    seat.says(
        &alice,
        "when is the money of my order 4111 1111 1111 1111 back on my account",
    )
    .await;
    seat.resolves(&alice, Some("refunds"), None).await;
    // What is known by nearly the same words already is not proposed.
    seat.says(&bob, "how long does a refund take?").await;
    seat.resolves(&bob, Some("refunds"), None).await;
    seat.learns().await;
    let pending = seat.pending().await;
    assert_eq!(pending.len(), 1, "{pending:?}");
    assert_eq!(pending[0].answer, Answer::Article(tag("refunds")));
    assert_eq!(
        pending[0].question,
        "when is the money of my order [card] back on my account"
    );

    // A dropped one is not proposed again, and neither is what is near to it.
    let (tenant, id) = (seat.test.tenant(), pending[0].id);
    let dropped = seat
        .test
        .desk
        .write(tenant, move |scope| examples::drop_one(scope.conn, tenant, id));
    assert!(dropped.await.unwrap());
    seat.says(&alice, "when is the money of my order back on my account?")
        .await;
    seat.resolves(&alice, Some("refunds"), None).await;
    seat.learns().await;
    assert_eq!(seat.pending().await, []);
}

#[tokio::test]
async fn a_saved_reply_teaches_if_it_is_everybodys() {
    let mut seat = Seat::new().await;
    let alice = seat.test.customer("alice").await;
    let me = match &seat.boss.who {
        crate::order::Who::Agent { agent, .. } => agent.id,
        other => panic!("{other:?}"),
    };
    let reply = |n: u128, code: &str, owner| SavedReply {
        id: ReplyId(Uuid::from_u128(n)),
        code: tag(code),
        title: line("A parcel that is late"),
        text: "I am looking for it.".to_owned(),
        owner,
        actions: vec![],
        uses: 0,
        questions: None,
    };
    let (shared, own) = (reply(1, "late", None), reply(2, "mine", Some(me)));
    let (shared_id, own_id) = (shared.id, own.id);
    seat.boss(AgentCommand::SaveReply { reply: shared }).await;
    seat.boss(AgentCommand::SaveReply { reply: own }).await;
    for (asked, used) in [
        ("my bicycle has not come and it is friday", own_id),
        ("why did nobody ring at my door today", shared_id),
    ] {
        seat.says(&alice, asked).await;
        seat.resolves(&alice, None, Some(used)).await;
    }
    // Nothing was used here.
    seat.says(&alice, "do you have a shop in Bremen").await;
    seat.resolves(&alice, None, None).await;
    seat.learns().await;
    let pending = seat.pending().await;
    assert_eq!(pending.len(), 1, "{pending:?}");
    assert_eq!(pending[0].answer, Answer::Reply(shared_id));
    assert_eq!(pending[0].question, "why did nobody ring at my door today");
}

#[tokio::test]
async fn nothing_of_an_erased_customer_stays_and_nothing_comes_later() {
    let mut seat = Seat::new().await;
    let (alice, bob) = (seat.test.customer("alice").await, seat.test.customer("bob").await);
    seat.article("refunds", "Refunds", "Within five days.", &[]).await;
    seat.says(&alice, "which forms do I need for customs").await;
    seat.resolves(&alice, Some("refunds"), None).await;
    seat.is_lost(&alice, "where can I find my invoice").await;
    seat.is_lost(&bob, "where can I find my invoice").await;
    seat.learns().await;
    assert_eq!((seat.pending().await.len(), seat.gaps().await[0].people), (1, 2));
    let tenant = seat.test.tenant();
    let read = seat
        .test
        .desk
        .read(move |conn| journal::after(conn, tenant, Rev(0), 1_000));
    let before = read.await.unwrap();
    let id = alice.customer();
    let erased = seat.test.desk.write(tenant, move |scope| {
        let customer = crate::store::people::customer_by_id(scope.conn, tenant, id)?.unwrap();
        let nobody = crate::store::erasure::nobody(&customer)?;
        crate::store::erasure::customer(scope.conn, tenant, &nobody, Time(1))
    });
    erased.await.unwrap();
    let left = async |seat: &Seat| (seat.pending().await.len(), seat.gaps().await[0].people);
    assert_eq!(left(&seat).await, (0, 1));
    // Also if it is read again from what was in memory before.
    for event in &before {
        seat.lessons.event(event).await;
    }
    assert_eq!(left(&seat).await, (0, 1));
}

#[tokio::test]
async fn a_gap_is_filled_by_an_article_and_one_goes_back_and_on() {
    let mut seat = Seat::new().await;
    let alice = seat.test.customer("alice").await;
    seat.article("returns", "Return an item", "Send it back within 30 days.", &[])
        .await;
    let (desk, tenant) = (seat.test.desk.clone(), seat.test.tenant());
    learner::once(&desk, tenant).await.unwrap();
    seat.is_lost(&alice, "do you rent out kayaks in winter").await;
    seat.learns().await;
    assert_eq!(seat.gaps().await.len(), 1);
    let question = "do you rent out kayaks in winter";
    seat.article(
        "kayaks",
        "Rent a kayak",
        "Kayaks are rented out from May on.",
        &[question],
    )
    .await;
    let mind = learner::once(&desk, tenant).await.unwrap();
    assert_eq!(mind.articles.unwrap().articles().len(), 2);
    assert_eq!(seat.gaps().await, [], "it is answered now");

    let models = async || desk.read(move |conn| bot_models::all(conn, tenant)).await.unwrap();
    let made = models().await;
    assert_eq!(
        made.iter().map(|it| (it.version, it.articles)).collect::<Vec<_>>(),
        [(2, 2), (1, 1)]
    );
    desk.write(tenant, move |scope| bot_models::go_back(scope.conn, tenant))
        .await
        .unwrap();
    let known = async || {
        learner::once(&desk, tenant)
            .await
            .unwrap()
            .articles
            .unwrap()
            .articles()
            .len()
    };
    assert_eq!((known().await, known().await), (1, 1), "also after a start");
    assert_eq!(models().await.len(), 2);
    // Until there is something else to be learnt.
    seat.article("kayaks", "Rent a kayak or a canoe", "From May on.", &[])
        .await;
    assert_eq!(known().await, 2);
    assert_eq!(models().await[0].version, 3);
}

#[test]
fn the_same_inputs_give_the_same_model() {
    let article = |slug: &str, title: &str, body: &str| model::Article {
        slug: tag(slug),
        title: title.to_owned(),
        body: body.to_owned(),
        questions: vec![format!("what about {title}")],
    };
    let all = [
        article("returns", "Return an item", "Send it back within 30 days."),
        article("kayaks", "Rent a kayak", "Kayaks are rented out from May on."),
    ];
    let digest = |articles: &[model::Article]| learner::train(articles.to_vec()).model.unwrap().digest();
    assert_eq!(digest(&all), digest(&all));
    assert_eq!(basis::inputs(&all), basis::inputs(&all));
    let mut other = all.clone();
    other[1].questions.push("can I paddle".to_owned());
    assert_ne!(digest(&all), digest(&other));
    assert_ne!(basis::inputs(&all).0, basis::inputs(&other).0);
}

/// The bot answers with refunds and asks whether that helped.
fn answered_and_asked() -> Turn {
    Turn::Article {
        text: "Within five days.".to_owned(),
        slug: tag("refunds"),
        asks: crate::bot::offer::helps(
            tag("refunds"),
            "Yes",
            "No, a person please",
            "Did this help?".to_owned(),
        ),
    }
}

#[tokio::test]
async fn a_question_whose_answer_helped_waits_for_a_person() {
    let mut seat = Seat::new().await;
    seat.article(
        "refunds",
        "Refunds",
        "Within five days.",
        &["how long does a refund take"],
    )
    .await;
    let (alice, bob, carol) = (
        seat.test.customer("alice").await,
        seat.test.customer("bob").await,
        seat.test.customer("carol").await,
    );
    let question = "when is the money of my order 4111 1111 1111 1111 back on my account";
    let trigger = seat.says(&alice, question).await;
    seat.bot(&alice, trigger, answered_and_asked()).await;
    seat.says(&alice, "Yes!").await;
    // Who says no, something else, or yes to nothing teaches nothing.
    let trigger = seat.says(&bob, "why is my parcel in another country").await;
    seat.bot(&bob, trigger, answered_and_asked()).await;
    seat.says(&bob, "0").await;
    seat.says(&carol, "may I pay in my own currency").await;
    seat.says(&carol, "yes").await;
    seat.learns().await;
    let pending = seat.pending().await;
    assert_eq!(pending.len(), 1, "{pending:?}");
    assert_eq!(pending[0].answer, Answer::Article(tag("refunds")));
    assert_eq!(
        pending[0].question,
        "when is the money of my order [card] back on my account"
    );
}
