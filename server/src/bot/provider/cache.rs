//! Answers that were found good, for the same question on the same articles: by the question's plain text and a digest of what the model was
//! given, so that an edited article is asked about anew. In memory only, and bounded; what was used longest ago goes first.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::prompt::Passage;
use crate::{limits::PROVIDER_ANSWERS_KEPT, store::TenantKey};

/// A question on some passages, in a tenant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Key(TenantKey, [u8; 32]);

impl Key {
    /// Of a question, without what only looks different, and what goes with it.
    pub fn of(tenant: TenantKey, question: &str, passages: &[Passage]) -> Key {
        let plain: String = question.nfkc().collect::<String>().to_lowercase();
        let words: Vec<&str> = plain
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let mut digest = Sha256::new();
        let mut add = |text: &str| {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text);
        };
        add(&words.join(" "));
        for passage in passages {
            add(passage.article.as_str());
            add(&passage.text);
        }
        Key(tenant, digest.finalize().into())
    }
}

/// See the module.
#[derive(Default, Debug)]
pub struct Cache {
    answers: HashMap<Key, (u64, String)>,
    clock: u64,
}

impl Cache {
    /// The answer to this, if it is known.
    pub fn get(&mut self, key: Key) -> Option<String> {
        self.clock += 1;
        let (used, answer) = self.answers.get_mut(&key)?;
        *used = self.clock;
        Some(answer.clone())
    }

    /// Keeps an answer.
    pub fn keep(&mut self, key: Key, answer: String) {
        self.clock += 1;
        if self.answers.len() >= PROVIDER_ANSWERS_KEPT && !self.answers.contains_key(&key) {
            // A tenth at once, so that a full one is not searched for every answer.
            let mut used: Vec<u64> = self.answers.values().map(|(used, _)| *used).collect();
            used.sort_unstable();
            let from = used.get(used.len() / 10).copied().unwrap_or(u64::MAX);
            self.answers.retain(|_, (used, _)| *used > from);
        }
        self.answers.insert(key, (self.clock, answer));
    }

    /// Forgets a tenant's.
    pub fn forget(&mut self, tenant: TenantKey) {
        self.answers.retain(|key, _| key.0 != tenant);
    }
}

#[cfg(test)]
mod tests {
    use minicom_protocol::words::Tag;

    use super::*;

    fn passage(text: &str) -> Passage {
        Passage {
            article: Tag::parse("returns").unwrap(),
            title: "Returns".into(),
            text: text.into(),
        }
    }

    #[test]
    fn the_same_question_on_the_same_articles_is_answered_and_no_other() {
        let mut cache = Cache::default();
        let of = |tenant, question: &str, text: &str| Key::of(TenantKey(tenant), question, &[passage(text)]);
        cache.keep(of(1, "How do I return it?", "30 days."), "Within 30 days.".into());
        assert!(cache.get(of(1, "how do I  RETURN it", "30 days.")).is_some());
        for other in [
            of(1, "How do I return it?", "14 days."),
            of(1, "How do I return them?", "30 days."),
            of(2, "How do I return it?", "30 days."),
        ] {
            assert_eq!(cache.get(other), None);
        }
        cache.forget(TenantKey(1));
        assert_eq!(cache.get(of(1, "How do I return it?", "30 days.")), None);
    }

    #[test]
    fn it_is_bounded_and_keeps_what_is_used() {
        let mut cache = Cache::default();
        let of = |n: usize| Key::of(TenantKey(1), &n.to_string(), &[]);
        for n in 0..PROVIDER_ANSWERS_KEPT * 2 {
            cache.keep(of(n), n.to_string());
            assert!(cache.get(of(0)).is_some());
            assert!(cache.answers.len() <= PROVIDER_ANSWERS_KEPT);
        }
    }
}
