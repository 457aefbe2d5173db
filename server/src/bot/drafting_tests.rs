//! A draft and a summary over a real desk, by a model that answers, errs and lies.

use std::sync::{Arc, Mutex};

use futures_util::stream::{self, BoxStream, StreamExt};
use minicom_protocol::{command::AgentCommand, ids::ConversationId, settings::DeskSettings};

use super::*;
use crate::{
    bot::provider::{Failure, Piece, Prompt, ReplyModel},
    config::ProviderSettings,
    order::Caller,
    test_desk::TestDesk,
};

/// Says one thing, or fails; remembers what it was told.
struct Says {
    text: Option<&'static str>,
    told: Arc<Mutex<Vec<String>>>,
}

impl ReplyModel for Says {
    fn stream(&self, prompt: &Prompt) -> BoxStream<'static, Result<Piece, Failure>> {
        self.told.lock().unwrap().push(prompt.data.clone());
        let pieces = match self.text {
            Some(text) => vec![Ok(Piece::Text(text.to_owned())), Ok(Piece::End { tokens: Some(9) })],
            None => vec![Err(Failure::Connect)],
        };
        stream::iter(pieces).boxed()
    }
}

struct Rig {
    test: TestDesk,
    desk: Desk,
    boss: Caller,
    conversation: ConversationId,
    told: Arc<Mutex<Vec<String>>>,
}

impl Rig {
    /// Where alice has asked, and a model says this.
    async fn new(text: Option<&'static str>, on: bool) -> Rig {
        let test = TestDesk::new();
        let (alice, boss) = (test.customer("alice").await, test.admin("boss").await);
        let told = Arc::default();
        let model = Says {
            text,
            told: Arc::clone(&told),
        };
        let provider = Provider::new(
            Box::new(model),
            &ProviderSettings::default(),
            std::time::Duration::from_secs(6),
        );
        let desk = test.desk.clone().with_provider(Some(Arc::new(provider)));
        let mut settings = Box::new(DeskSettings::default());
        settings.bot.provider = on;
        test.ask(&boss, 1, AgentCommand::Configure { settings }).await.unwrap();
        for (id, line) in [
            (2, "My parcel 4711 has not come."),
            (3, "Write to ada@example.org please."),
        ] {
            test.post(&alice, id, line).await;
        }
        let newest = desk.newest(test.tenant(), alice.customer()).await.unwrap();
        Rig {
            conversation: newest.unwrap().conversation,
            test,
            desk,
            boss,
            told,
        }
    }

    fn agent(&self) -> AgentId {
        match &self.boss.who {
            crate::order::Who::Agent { agent, .. } => agent.id,
            _ => panic!("an agent"),
        }
    }

    async fn drafted(&self) -> Draft {
        let tenant = self.test.tenant();
        draft(&self.desk, tenant, self.agent(), self.conversation)
            .await
            .unwrap()
    }

    async fn words(&self) -> Option<String> {
        let tenant = self.test.tenant();
        let recap = self
            .desk
            .recap_in_words(tenant, self.agent(), self.conversation)
            .await
            .unwrap();
        assert_eq!(
            recap.first.unwrap().text,
            "My parcel 4711 has not come.",
            "the events' own words stay"
        );
        recap.words
    }
}

#[tokio::test]
async fn a_draft_is_told_and_what_could_harm_leaves_nothing() {
    let rig = Rig::new(Some("I am looking for your parcel 4711."), true).await;
    let drafted = rig.drafted().await;
    assert_eq!(drafted.text.as_deref(), Some("I am looking for your parcel 4711."));
    assert_eq!(drafted.no, None);
    let told = rig.told.lock().unwrap().join("\n");
    assert!(told.contains("parcel 4711") && told.contains("[e-mail]"), "{told}");
    assert!(!told.contains("ada@") && !told.contains("alice"), "{told}");
}

#[tokio::test]
async fn why_there_is_no_draft_is_told_and_three_failures_leave_it_alone() {
    let rig = Rig::new(Some("x"), false).await;
    assert_eq!(rig.drafted().await.no, Some(NoDraft::Off));
    assert!(rig.told.lock().unwrap().is_empty(), "nothing has left the house");
    let without = draft(&rig.test.desk, rig.test.tenant(), rig.agent(), rig.conversation).await;
    assert_eq!(without.unwrap().no, Some(NoDraft::NoProvider));

    let rig = Rig::new(None, true).await;
    for _ in 0..3 {
        assert_eq!(rig.drafted().await.no, Some(NoDraft::Failed));
    }
    assert_eq!(rig.drafted().await.no, Some(NoDraft::Resting));
    let unknown = ConversationId(uuid::Uuid::from_u128(7));
    let refused = draft(&rig.desk, rig.test.tenant(), rig.agent(), unknown).await;
    assert_eq!(refused, Err(Refusal::NotFound));
}

#[tokio::test]
async fn a_summary_has_the_models_words_where_they_stand_in_the_conversation() {
    let rig = Rig::new(
        Some("The customer's parcel 4711 has not come.\nThe agent promised 50 EUR."),
        true,
    )
    .await;
    let words = rig.words().await;
    // One of two lines is invented: none is shown.
    assert_eq!(words, None);
    let rig = Rig::new(Some("- The customer's parcel 4711 has not come."), true).await;
    assert_eq!(
        rig.words().await.as_deref(),
        Some("The customer's parcel 4711 has not come.")
    );
    for (text, on) in [
        (None, true),
        (Some("The parcel 4711 has not come."), false),
        (Some(" "), true),
    ] {
        assert_eq!(Rig::new(text, on).await.words().await, None);
    }
}
