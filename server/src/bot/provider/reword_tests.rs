//! A model that answers, stalls, errs, lies and obeys: whoever waits is told in time, and nothing that is not in the articles is shown. Time is
//! paused, so that limits are facts.

use std::{
    future::pending,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::stream::{self, BoxStream};
use minicom_protocol::words::Tag;
use tokio::time::pause;

use super::*;
use crate::{
    bot::provider::{ReplyModel, Stands},
    config::ProviderSettings,
    test_desk::TestDesk,
};

/// A step of a model.
#[derive(Clone)]
enum Step {
    Says(&'static str),
    Waits(u64),
    Fails(Failure),
    Ends,
}
use Step::{Ends, Fails, Says, Waits};

/// A script for each request; the last one holds for all that follow.
struct Scripted {
    scripts: Mutex<Vec<Vec<Step>>>,
    asked: Arc<AtomicUsize>,
}

impl ReplyModel for Scripted {
    fn stream(&self, _: &Prompt) -> BoxStream<'static, Result<Piece, Failure>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut scripts = self.scripts.lock().unwrap();
        let script = if scripts.len() > 1 {
            scripts.remove(0)
        } else {
            scripts[0].clone()
        };
        let steps = stream::iter(script).filter_map(async |step| match step {
            Says(text) => Some(Ok(Piece::Text(text.into()))),
            Waits(ms) => {
                sleep(Duration::from_millis(ms)).await;
                None
            }
            Fails(failure) => Some(Err(failure)),
            Ends => Some(Ok(Piece::End { tokens: Some(7) })),
        });
        steps.boxed()
    }
}

struct Rig {
    test: TestDesk,
    provider: Provider,
    asked: Arc<AtomicUsize>,
    customer: CustomerId,
}

const GOOD: &str = r#"{"article_ids":["returns"],"handoff":false,"answer":"You can return items within 30 days."}"#;

impl Drop for Rig {
    fn drop(&mut self) {
        tokio::time::resume();
    }
}

impl Rig {
    async fn new(scripts: Vec<Vec<Step>>) -> Rig {
        let test = TestDesk::new();
        let customer = test.customer("alice").await.customer();
        let asked = Arc::new(AtomicUsize::new(0));
        let model = Scripted {
            scripts: Mutex::new(scripts),
            asked: asked.clone(),
        };
        let provider = Provider::new(Box::new(model), &ProviderSettings::default(), Duration::from_secs(6));
        pause();
        Rig {
            test,
            provider,
            asked,
            customer,
        }
    }

    async fn ask(&self, question: &str, shown: &mut Vec<String>) -> Result<String, NotSaid> {
        let asked = Asked {
            tenant: self.test.tenant(),
            customer: self.customer,
            question: question.into(),
            passages: vec![Passage {
                article: Tag::parse("returns").unwrap(),
                title: "Return an item".into(),
                text: "You can return items within 30 days. Shipping back is free.".into(),
            }],
            budget: None,
            since: Instant::now(),
        };
        let mut show = |text: &str| shown.push(text.to_owned());
        self.provider
            .reword(&self.test.desk, &asked, &mut show, pending())
            .await
    }
}

async fn outcome(script: Vec<Step>) -> (Result<String, NotSaid>, Vec<String>, Duration) {
    let rig = Rig::new(vec![script]).await;
    let (mut shown, began) = (vec![], Instant::now());
    let said = rig.ask("how do I return it?", &mut shown).await;
    (said, shown, began.elapsed())
}

#[tokio::test]
async fn sentences_are_shown_as_they_end_and_the_whole_is_said() {
    let (said, shown, _) = outcome(vec![
        Says(r#"{"article_ids":["returns"],"answer":"You can return it"#),
        Says("ems within 30 days. Shipp"),
        Waits(100),
        Says(r#"ing back is free."}"#),
        Ends,
    ])
    .await;
    let whole = "You can return items within 30 days. Shipping back is free.";
    assert_eq!(said.unwrap(), whole);
    assert_eq!(shown, ["You can return items within 30 days.", whole]);
}

#[tokio::test]
async fn whoever_waits_is_told_in_time_whatever_a_model_does() {
    let lie = |text: &'static str| vec![Says(text), Ends];
    for (script, failure, shown) in [
        (vec![Waits(60_000)], Failure::First, 0),
        (vec![Says(r#"{"answer":"You can"#), Waits(60_000)], Failure::Gap, 0),
        (
            vec![
                Says(r#"{"answer":"You can return items within 30 days. "#),
                Waits(1_400),
                Says(" "),
                Waits(1_400),
                Says(" "),
                Waits(1_400),
                Says(" "),
                Waits(1_400),
            ],
            Failure::Whole,
            1,
        ),
        (vec![Fails(Failure::Key)], Failure::Key, 0),
        (vec![Fails(Failure::Limited)], Failure::Limited, 0),
        (vec![Fails(Failure::Status)], Failure::Status, 0),
        (vec![], Failure::Cut, 0),
        (vec![Says(r#"{"answer":"You"#)], Failure::Cut, 0),
        (lie("I am a model."), Failure::Garbage, 0),
        (vec![Says("never "); 10_000], Failure::TooLong, 0),
        (
            lie(r#"{"article_ids":["returns"],"answer":"You can return items within 60 days."}"#),
            Failure::Ungrounded(Ungrounded::Figure),
            0,
        ),
        (
            lie(r#"{"article_ids":["secret"],"answer":"You can return items."}"#),
            Failure::Ungrounded(Ungrounded::Articles),
            0,
        ),
        (
            lie(r#"{"article_ids":[],"handoff":true,"answer":""}"#),
            Failure::Declined,
            0,
        ),
        (
            lie(r#"{"article_ids":["returns"],"answer":""}"#),
            Failure::Ungrounded(Ungrounded::Length),
            0,
        ),
    ] {
        let (said, seen, took) = outcome(script).await;
        assert_eq!(said, Err(NotSaid::Failed(failure)));
        assert_eq!(seen.len(), shown, "{failure:?}: {seen:?}");
        assert!(took < Duration::from_millis(4_900), "{failure:?} took {took:?}");
    }
}

#[tokio::test]
async fn a_request_is_repeated_once_and_only_before_the_first_word() {
    let good = vec![Says(GOOD), Ends];
    let rig = Rig::new(vec![vec![Fails(Failure::Connect)], good.clone()]).await;
    assert!(rig.ask("how?", &mut vec![]).await.is_ok());
    assert_eq!(rig.asked.load(Ordering::SeqCst), 2);
    drop(rig);
    let rig = Rig::new(vec![vec![Says("{"), Fails(Failure::Connect)], good]).await;
    assert_eq!(
        rig.ask("how?", &mut vec![]).await,
        Err(NotSaid::Failed(Failure::Connect))
    );
    assert_eq!(rig.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_same_question_is_asked_once() {
    let rig = Rig::new(vec![vec![Says(GOOD), Ends]]).await;
    let first = rig.ask("How do I return it?", &mut vec![]).await.unwrap();
    assert_eq!(rig.ask("how do I return it", &mut vec![]).await.unwrap(), first);
    assert_eq!(rig.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_model_that_fails_is_left_alone_and_one_request_tries_it_again() {
    let rig = Rig::new(vec![
        vec![Fails(Failure::Key)],
        vec![Fails(Failure::Key)],
        vec![Fails(Failure::Key)],
        vec![Says(GOOD), Ends],
    ])
    .await;
    for question in ["one", "two", "three"] {
        assert!(rig.ask(question, &mut vec![]).await.is_err());
    }
    assert_eq!(rig.provider.breaker().stands(), Stands::Open);
    assert_eq!(
        rig.ask("four", &mut vec![]).await,
        Err(NotSaid::NotAsked(NotAsked::LeftAlone))
    );
    tokio::time::advance(Duration::from_secs(60)).await;
    assert!(rig.ask("five", &mut vec![]).await.is_ok());
    assert!(rig.provider.is_well());
}

#[tokio::test]
async fn a_budget_ends_it_and_so_do_too_many_questions_of_one_customer() {
    let rig = Rig::new(vec![vec![Says(GOOD), Ends]]).await;
    let mut asked = Asked {
        tenant: rig.test.tenant(),
        customer: rig.customer,
        question: "how?".into(),
        passages: vec![],
        budget: Some(10),
        since: Instant::now(),
    };
    let said = rig
        .provider
        .reword(&rig.test.desk, &asked, &mut |_| {}, pending())
        .await;
    assert_eq!(said, Err(NotSaid::NotAsked(NotAsked::Budget)));
    asked.budget = None;
    for n in 0..20 {
        asked.question = n.to_string();
        let _ = rig
            .provider
            .reword(&rig.test.desk, &asked, &mut |_| {}, pending())
            .await;
    }
    let most = crate::limits::PROVIDER_PER_CUSTOMER_PER_MIN as usize;
    assert!(rig.asked.load(Ordering::SeqCst) <= most);
}

#[tokio::test]
async fn what_is_called_off_ends_at_once_and_blames_nobody() {
    let rig = Rig::new(vec![vec![Waits(60_000)]]).await;
    let asked = Asked {
        tenant: rig.test.tenant(),
        customer: rig.customer,
        question: "how?".into(),
        passages: vec![],
        budget: None,
        since: Instant::now(),
    };
    let began = Instant::now();
    let off = sleep(Duration::from_millis(10));
    let said = rig.provider.reword(&rig.test.desk, &asked, &mut |_| {}, off).await;
    assert_eq!(said, Err(NotSaid::Failed(Failure::CalledOff)));
    assert!(began.elapsed() < Duration::from_millis(1_000));
    assert!(rig.provider.is_well());
}
