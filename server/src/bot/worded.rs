//! An answer that a provider puts into words, from its question to its turn: shown as it grows, and the article's own words whenever
//! anything is wrong.

use std::time::Duration;

use minicom_protocol::ids::{CustomerId, Time};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::{
    decision::{Decision, Does, Why},
    extract,
    model::Model,
    provider::{
        Failure, Passage, Provider,
        reword::{Asked, NotSaid},
    },
};
use crate::{clock, desk::Desk, signals::Saying, store::TenantKey};

/// What a provider may put into words: the article's own words in a turn, and what they stand on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wording {
    /// The customer's question.
    pub question: String,
    /// The articles' passages.
    pub passages: Vec<Passage>,
    /// What the turn says of the article as it is.
    pub extract: String,
}

impl Wording {
    /// Of a decision, if it answers with an article. `lines` are the customer's, the newest last.
    pub fn of(decision: &Decision, model: Option<&Model>, lines: &[&str]) -> Option<Wording> {
        let Does::Answer { article, extract, .. } = &decision.does else {
            return None;
        };
        let article = model?.articles().iter().find(|it| it.slug == *article)?;
        let mut passages = Passage::beginning(article);
        let nearest = decision.found.first().filter(|it| it.article == article.slug);
        let nearest = nearest.filter(|it| article.body.contains(&it.example) && !it.example.is_empty());
        if let (Some(nearest), true) = (nearest, decision.why != Why::Chosen)
            && !passages.iter().any(|it| it.text == nearest.example)
        {
            passages.truncate(crate::limits::PROVIDER_PASSAGES_MAX - 1);
            passages.insert(
                0,
                Passage {
                    article: article.slug.clone(),
                    title: article.title.clone(),
                    text: nearest.example.clone(),
                },
            );
        }
        for passage in &mut passages {
            passage.text = extract::plain(&passage.text);
        }
        // Of an offer the choice was told; the question was before it.
        let back = usize::from(decision.why == Why::Chosen);
        let question = lines.len().checked_sub(1 + back).and_then(|n| lines.get(n))?;
        Some(Wording {
            question: (*question).to_owned(),
            passages,
            extract: extract.clone(),
        })
    }
}

/// What ends a turn early.
#[derive(Clone, Default, Debug)]
pub struct Ends {
    /// Say what can be said now.
    pub now: CancellationToken,
    /// Say nothing any more: the conversation is not the bot's.
    pub for_nothing: CancellationToken,
}

impl Ends {
    /// Ends when either is told.
    pub async fn told(&self) {
        tokio::select! {
            () = self.now.cancelled() => {}
            () = self.for_nothing.cancelled() => {}
        }
    }
}

/// Who waits for it.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// Whose.
    pub tenant: TenantKey,
    /// The customer.
    pub customer: CustomerId,
    /// When the customer wrote.
    pub since: Time,
    /// Tokens that the tenant wants to use in a month, if it said so.
    pub budget: Option<u64>,
}

/// What is said, as a turn would say it in `text`: with the provider's words in the place of the article's own, or as it is. It is shown while
/// it grows, until `called_off` ends.
pub async fn word(
    desk: &Desk,
    provider: &Provider,
    waits: Waits,
    wording: Wording,
    text: &str,
    saying: Option<&Saying>,
    called_off: impl Future<Output = ()>,
) -> String {
    let waited = u64::try_from(clock::now().since(waits.since)).unwrap_or_default();
    let now = Instant::now();
    let asked = Asked {
        tenant: waits.tenant,
        customer: waits.customer,
        question: wording.question,
        passages: wording.passages,
        budget: waits.budget,
        since: now.checked_sub(Duration::from_micros(waited)).unwrap_or(now),
    };
    // What comes before the article's words is shown with them, and what comes after with the line.
    let before = text.split_once(&wording.extract).map_or("", |(before, _)| before);
    let mut show = |so_far: &str| {
        if let Some(saying) = saying {
            saying.so_far(&format!("{before}{so_far}"));
        }
    };
    match provider.reword(desk, &asked, &mut show, called_off).await {
        Ok(said) => return text.replacen(&wording.extract, &said, 1),
        Err(NotSaid::NotAsked(why)) => {
            debug!(
                why = why.label(),
                "the provider was not asked; the article's own words are sent"
            );
        }
        Err(NotSaid::Failed(Failure::Ungrounded(how))) => {
            debug!(
                ?how,
                "the provider's words do not stand in the article; its own are sent"
            );
        }
        Err(NotSaid::Failed(failure)) if failure.is_the_providers() => {
            warn!(
                kind = failure.label(),
                "the provider failed; the article's own words are sent"
            );
        }
        Err(NotSaid::Failed(failure)) => debug!(kind = failure.label(), "the article's own words are sent"),
    }
    text.to_owned()
}
