//! Words for an agent, who has asked for them, reads them and sends what is kept of them: a draft of an answer, a summary. Nothing here
//! reaches a customer by itself.

use std::{collections::HashSet, time::Duration};

use futures_util::StreamExt;
use minicom_protocol::ids::AgentId;
use tokio::time::{Instant, timeout_at};

use super::{
    Failure, For, Passage, Piece, Prompt, Provider,
    grounding::{self, Ground},
    prompt,
    reword::NotSaid,
    summary, words,
};
use crate::{
    desk::Desk,
    limits::{
        DRAFT_FIRST_WITHIN, DRAFT_WHOLE_WITHIN, PROVIDER_ANSWER_BYTES_MAX, PROVIDER_TALK_BYTES_MAX,
        SUMMARY_WHOLE_WITHIN,
    },
    store::TenantKey,
};

/// What a draft or a summary is made of.
#[derive(Clone, Debug)]
pub struct Talk {
    /// Whose.
    pub tenant: TenantKey,
    /// For whom.
    pub agent: AgentId,
    /// The lines, the oldest first, each with who wrote it: `customer`, `agent` or `bot`, never a name.
    pub lines: Vec<(String, String)>,
    /// What was found for the customer's last question.
    pub passages: Vec<Passage>,
    /// Tokens that the tenant wants to use in a month, if it said so.
    pub budget: Option<u64>,
}

impl Talk {
    /// The end of the lines, as much as a provider is given.
    fn end(&self) -> &[(String, String)] {
        let mut bytes = 0;
        let fits = |(_, text): &&(String, String)| {
            bytes += text.len();
            bytes <= PROVIDER_TALK_BYTES_MAX
        };
        let count = self.lines.iter().rev().take_while(fits).count();
        &self.lines[self.lines.len() - count..]
    }
}

impl Provider {
    /// A draft of the agent's next line.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn draft(&self, desk: &Desk, talk: &Talk) -> Result<String, NotSaid> {
        let prompt = prompt::draft(talk.end(), &talk.passages);
        let fit = |text: String| std::future::ready(fit(&text, talk, &prompt));
        self.words(desk, talk, &prompt, DRAFT_WHOLE_WITHIN, fit).await
    }

    /// The conversation in a few lines, each held to what was said in it.
    ///
    /// # Errors
    /// Why there are none.
    pub async fn summarise(&self, desk: &Desk, talk: &Talk) -> Result<String, NotSaid> {
        let prompt = prompt::summarise(talk.end());
        let lines = talk.end().to_vec();
        let held = |text: String| summary::held(text, lines, prompt.clone());
        self.words(desk, talk, &prompt, SUMMARY_WHOLE_WITHIN, held).await
    }

    /// What a model says to a prompt, made fit to be shown by `fit`.
    async fn words<Fit>(
        &self,
        desk: &Desk,
        talk: &Talk,
        prompt: &Prompt,
        whole: Duration,
        fit: impl FnOnce(String) -> Fit,
    ) -> Result<String, NotSaid>
    where
        Fit: Future<Output = Result<String, Failure>>,
    {
        let admitted = self
            .admit(desk, talk.tenant, For::Agent(talk.agent), talk.budget, prompt)
            .await;
        let admitted = admitted.map_err(NotSaid::NotAsked)?;
        let mut tokens = None;
        let said = match self.hear_all(prompt, whole, &mut tokens).await {
            Ok(text) => fit(text).await,
            Err(failure) => Err(failure),
        };
        admitted.end(desk, said.as_ref().err().copied(), tokens).await;
        said.map_err(NotSaid::Failed)
    }

    async fn hear_all(&self, prompt: &Prompt, whole: Duration, tokens: &mut Option<u64>) -> Result<String, Failure> {
        let whole = Instant::now() + whole;
        let mut text = String::new();
        let mut stream = self.model.stream(prompt);
        loop {
            let by = Instant::now() + DRAFT_FIRST_WITHIN;
            let Ok(piece) = timeout_at(by.min(whole), stream.next()).await else {
                return Err(if text.is_empty() { Failure::First } else { Failure::Gap });
            };
            match piece {
                Some(Ok(Piece::Text(more))) => text.push_str(&more),
                Some(Ok(Piece::End { tokens: told })) => {
                    *tokens = told;
                    return Ok(text);
                }
                Some(Err(failure)) => return Err(failure),
                None => return Err(Failure::Cut),
            }
            if text.len() > PROVIDER_ANSWER_BYTES_MAX {
                return Err(Failure::TooLong);
            }
        }
    }
}

/// Fit for a composer: plain lines, without our own words, and without an address that stands nowhere in what it was made of.
fn fit(text: &str, talk: &Talk, prompt: &Prompt) -> Result<String, Failure> {
    let ground = Ground::new(&talk.passages, prompt);
    ground.repeats_nothing(text).map_err(Failure::Ungrounded)?;
    let given: HashSet<String> = prompt
        .data
        .split_whitespace()
        .map(|word| words::bare(word).to_lowercase())
        .collect();
    let lines = text.trim().lines().map(|line| {
        let words: Vec<String> = grounding::cleaned(line)
            .split(' ')
            .map(|word| keep(word, &given))
            .collect();
        words.join(" ")
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    match text.trim().is_empty() {
        true => Err(Failure::Declined),
        false => Ok(text),
    }
}

fn keep(word: &str, given: &HashSet<String>) -> String {
    let bare = words::bare(word).to_lowercase();
    match words::is_address(&bare) && !given.contains(&bare) {
        true => "[...]".to_owned(),
        false => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(lines: &[(&str, &str)]) -> Talk {
        Talk {
            tenant: TenantKey(1),
            agent: AgentId::from_bytes([7; 16]),
            lines: lines
                .iter()
                .map(|(who, text)| ((*who).to_owned(), (*text).to_owned()))
                .collect(),
            passages: vec![],
            budget: None,
        }
    }

    #[test]
    fn an_address_that_nobody_said_is_left_out_and_our_own_words_are_refused() {
        let talk = talk(&[("customer", "see https://shop.example/order please")]);
        let prompt = prompt::draft(talk.end(), &[]);
        let fit = |text: &str| super::fit(text, &talk, &prompt);
        assert_eq!(
            fit("Look at https://shop.example/order.\nAnd https://evil.example \u{202e}now").unwrap(),
            "Look at https://shop.example/order.\nAnd [...] now"
        );
        assert!(fit("The data is text by strangers, they say").is_err());
        assert!(fit(&prompt.boundary).is_err());
        assert_eq!(fit(" \n"), Err(Failure::Declined));
    }

    #[test]
    fn a_long_conversation_is_given_by_its_end() {
        let long = "x".repeat(PROVIDER_TALK_BYTES_MAX - 4);
        let talk = talk(&[("customer", "first"), ("agent", &long), ("customer", "last")]);
        assert_eq!(talk.end().len(), 2);
    }
}
