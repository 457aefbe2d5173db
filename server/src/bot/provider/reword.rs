//! An answer in a model's words to who waits for it: sentence by sentence, each held to the articles before anybody sees it. Whatever goes
//! wrong, the caller has the article's own words and sends those.

use std::sync::Arc;

use futures_util::StreamExt;
use minicom_protocol::ids::CustomerId;
use tokio::{
    task::spawn_blocking,
    time::{Instant, sleep, timeout_at},
};

use super::{
    Failure, For, NotAsked, Passage, Piece, Prompt, Provider, Ungrounded,
    answer::Reader,
    cache::Key,
    grounding::{self, Ground, Meanings},
    prompt, sentences,
};
use crate::{desk::Desk, limits::PROVIDER_ANSWER_BYTES_MAX, store::TenantKey, telemetry};

/// Between a request that did not get through and its one repeat.
const AGAIN_AFTER: std::time::Duration = std::time::Duration::from_millis(100);

/// A question that the articles answer.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whose.
    pub tenant: TenantKey,
    /// By whom.
    pub customer: CustomerId,
    /// The customer's words.
    pub question: String,
    /// What was found.
    pub passages: Vec<Passage>,
    /// Tokens that the tenant wants to use in a month, if it said so.
    pub budget: Option<u64>,
    /// Since when the customer waits.
    pub since: Instant,
}

/// Why there are no words of a model's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotSaid {
    /// It was not asked.
    NotAsked(NotAsked),
    /// It was, and failed.
    Failed(Failure),
}

impl Provider {
    /// The answer. `show` is given what may be seen so far, each time there is more. Ends at once when `called_off` does.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn reword(
        &self,
        desk: &Desk,
        asked: &Asked,
        show: &mut (dyn FnMut(&str) + Send),
        called_off: impl Future<Output = ()>,
    ) -> Result<String, NotSaid> {
        let key = Key::of(asked.tenant, &asked.question, &asked.passages);
        if let Some(known) = self.cache().get(key) {
            metrics::counter!(telemetry::PROVIDER_CACHED).increment(1);
            return Ok(known);
        }
        let prompt = prompt::reword(&asked.question, &asked.passages);
        let whom = For::Customer(asked.customer);
        let admitted = self.admit(desk, asked.tenant, whom, asked.budget, &prompt).await;
        let admitted = admitted.map_err(NotSaid::NotAsked)?;
        let mut saying = Saying::new(self, asked, &prompt);
        let said = tokio::select! {
            biased;
            () = called_off => Err(Failure::CalledOff),
            said = saying.run(show) => said,
        };
        let tokens = saying.tokens;
        admitted.end(desk, said.as_ref().err().copied(), tokens).await;
        if let Ok(said) = &said {
            self.cache().keep(key, said.clone());
        }
        said.map_err(NotSaid::Failed)
    }
}

/// One answer that comes.
struct Saying<'a> {
    provider: &'a Provider,
    prompt: &'a Prompt,
    ground: Arc<(Ground, Meanings)>,
    since: Instant,
    reader: Reader,
    /// Bytes of the answer that were looked at.
    seen: usize,
    /// What may be shown.
    said: String,
    tokens: Option<u64>,
}

impl<'a> Saying<'a> {
    fn new(provider: &'a Provider, asked: &Asked, prompt: &'a Prompt) -> Saying<'a> {
        let ground = Ground::new(&asked.passages, prompt);
        Saying {
            provider,
            prompt,
            ground: Arc::new((ground, Meanings::of(&asked.passages))),
            since: asked.since,
            reader: Reader::default(),
            seen: 0,
            said: String::new(),
            tokens: None,
        }
    }

    async fn run(&mut self, show: &mut (dyn FnMut(&str) + Send)) -> Result<String, Failure> {
        match self.listen(show).await {
            // Not a word has come, so nobody sees that it is asked twice.
            Err(failure) if failure.may_pass() && self.reader.bytes() == 0 => {
                sleep(AGAIN_AFTER).await;
                self.listen(show).await
            }
            said => said,
        }
    }

    async fn listen(&mut self, show: &mut (dyn FnMut(&str) + Send)) -> Result<String, Failure> {
        let within = self.provider.within;
        let (first, whole) = (self.since + within.first, self.since + within.whole);
        let mut stream = self.provider.model.stream(self.prompt);
        loop {
            let by = if self.said.is_empty() { first } else { whole };
            let by = if self.reader.bytes() > 0 {
                by.min(Instant::now() + within.gap)
            } else {
                by
            };
            let Ok(piece) = timeout_at(by, stream.next()).await else {
                return Err(match Instant::now() {
                    now if now >= whole => Failure::Whole,
                    now if self.said.is_empty() && now >= first => Failure::First,
                    _ => Failure::Gap,
                });
            };
            match piece {
                Some(Ok(Piece::Text(text))) => {
                    self.note_first(&text);
                    self.reader.take(&text);
                    if self.reader.bytes() > PROVIDER_ANSWER_BYTES_MAX {
                        return Err(Failure::TooLong);
                    }
                    self.hear(false, show).await?;
                }
                Some(Ok(Piece::End { tokens })) => {
                    self.tokens = tokens;
                    return self.finish(show, Failure::Garbage).await;
                }
                Some(Err(failure)) => return Err(failure),
                None => return self.finish(show, Failure::Cut).await,
            }
        }
    }

    fn note_first(&self, text: &str) {
        if self.reader.bytes() == 0 && !text.is_empty() {
            metrics::histogram!(telemetry::PROVIDER_FIRST_SECONDS).record(self.since.elapsed());
        }
    }

    /// Looks at the sentences that have ended; at the end, at what is left.
    async fn hear(&mut self, at_end: bool, show: &mut (dyn FnMut(&str) + Send)) -> Result<(), Failure> {
        loop {
            let rest = &self.reader.answer()[self.seen..];
            let end = match sentences::ended(rest) {
                Some(end) => end,
                None if at_end && !rest.is_empty() => rest.len(),
                None => return Ok(()),
            };
            let sentence = grounding::cleaned(&rest[..end]);
            self.seen += end;
            if sentence.is_empty() {
                continue;
            }
            let so_far = match self.said.is_empty() {
                true => sentence.clone(),
                false => format!("{} {sentence}", self.said),
            };
            self.check(sentence, so_far.clone()).await?;
            self.said = so_far;
            show(&self.said);
        }
    }

    /// Reading meaning takes milliseconds of a processor: not on a thread that others' frames wait for.
    async fn check(&self, sentence: String, so_far: String) -> Result<(), Failure> {
        let ground = self.ground.clone();
        let checked = spawn_blocking(move || {
            let (ground, meanings) = &*ground;
            ground.sentence(&sentence, &so_far, &|text| meanings.nearness(text))
        });
        match checked.await {
            Ok(checked) => checked.map_err(Failure::Ungrounded),
            Err(_) => Err(Failure::Garbage),
        }
    }

    async fn finish(&mut self, show: &mut (dyn FnMut(&str) + Send), broken: Failure) -> Result<String, Failure> {
        let whole = self.reader.finish().ok_or(broken)?;
        if whole.handoff {
            return Err(Failure::Declined);
        }
        self.ground
            .0
            .articles(&whole.article_ids)
            .map_err(Failure::Ungrounded)?;
        self.hear(true, show).await?;
        match self.said.is_empty() {
            true => Err(Failure::Ungrounded(Ungrounded::Length)),
            false => Ok(self.said.clone()),
        }
    }
}

impl Passage {
    /// The passages of an article's body, for a question that led there by no passage of it.
    pub fn beginning(article: &crate::bot::model::Article) -> Vec<Passage> {
        let passages = crate::bot::knowledge::passages(&article.body);
        let all = passages.into_iter().map(|text| Passage {
            article: article.slug.clone(),
            title: article.title.clone(),
            text,
        });
        all.take(crate::limits::PROVIDER_PASSAGES_MAX).collect()
    }
}

#[cfg(test)]
#[path = "reword_tests.rs"]
mod tests;
