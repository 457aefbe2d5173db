//! What the bot would do about a text, and why, in words for the desk's people.

use minicom_protocol::refusal::Refusal;

use super::{
    chosen::Chosen,
    decision::{self, Decision, Does, Knows, Talk, Why},
    language, learner, masked,
    model::Model,
    policy,
};
use crate::{desk::Desk, store::TenantKey};

/// What the bot would do, and why.
#[derive(Clone, PartialEq, Debug)]
pub struct Explained {
    /// The text as it would leave the desk: without what could harm.
    pub masked: String,
    /// The language that it is taken for.
    pub language: &'static str,
    /// What and why.
    pub decision: Decision,
    /// The titles of the likeliest articles, as the decision has them.
    pub titles: Vec<String>,
}

/// What is known at this desk, by its rules and its articles as they stand now.
///
/// # Errors
/// What kept the store from answering.
pub async fn knows(desk: &Desk, tenant: TenantKey) -> Result<Knows, Refusal> {
    let mut knows = Chosen::new(desk.minds().rules()).now(desk, tenant).await;
    knows.model = match desk.minds().of(tenant) {
        Some(learner) => learner.newest().await.articles,
        // Nobody serves it: a data folder at rest.
        None => learner::once(desk, tenant).await?.articles,
    };
    Ok(knows)
}

/// What the bot would do about a text that begins a conversation. `None` for no text at all.
pub fn explain(knows: &Knows, text: &str) -> Option<Explained> {
    let talk = Talk {
        customer_name: "",
        lines: &[text],
        begins: true,
        offered: None,
        asked_help: false,
    };
    let decision = decision::decide(knows, &talk)?;
    let title = |model: &Model, slug: &str| {
        let found = model.articles().iter().find(|it| it.slug.as_str() == slug);
        found.map_or_else(String::new, |it| it.title.clone())
    };
    let found = decision.found.iter();
    Some(Explained {
        masked: masked::masked(masked::read(text)),
        language: language::guess(knows.rules.default_language(), [text].into_iter()),
        titles: found
            .map(|it| {
                knows
                    .model
                    .as_ref()
                    .map_or_else(String::new, |model| title(model, it.article.as_str()))
            })
            .collect(),
        decision,
    })
}

/// What it does, in one word: `answer`, `offer`, `clarify`, `say`, `hand_over` or `nothing`.
pub fn word(does: &Does) -> &'static str {
    match does {
        Does::Nothing => "nothing",
        Does::Say { .. } => "say",
        Does::Answer { .. } => "answer",
        Does::Offer { .. } => "offer",
        Does::Clarify { .. } => "clarify",
        Does::HandOver { .. } => "hand_over",
    }
}

/// What it says.
pub fn text(does: &Does) -> Option<String> {
    match does {
        Does::Nothing => None,
        Does::Offer { text, choices }
        | Does::Answer {
            text,
            asks: Some(choices),
            ..
        } => Some(format!("{text}\n{}", choices.fallback)),
        Does::Say { text, .. } | Does::Answer { text, .. } | Does::Clarify { text } | Does::HandOver { text, .. } => {
            Some(text.clone())
        }
    }
}

/// Why, in words.
pub fn because(why: &Why) -> String {
    let percent = |p: &f32| format!("{:.0} %", p * 100.0);
    match why {
        Why::Blank => "there is nothing to read".to_owned(),
        Why::Rule(name) => format!("the rule {name} says so"),
        Why::Chosen => "the customer chose it".to_owned(),
        Why::Helped => "the customer says that the answer helped".to_owned(),
        Why::DidNotHelp => "the customer says that the answer did not help".to_owned(),
        Why::NoneOfThese => "the customer wants none of what was offered".to_owned(),
        Why::Repeated => "the same was asked before, and answered".to_owned(),
        Why::Sure(p) => format!("this article is meant with {}", percent(p)),
        Why::Unsure(p) if *p >= policy::ANSWER_FROM => {
            format!("two articles are as likely: the first is meant with {}", percent(p))
        }
        Why::Unsure(p) => format!("no article is sure enough: the likeliest is meant with {}", percent(p)),
        Why::Unknown(p) => format!("no article is near: the likeliest is meant with {}", percent(p)),
        Why::Noise => "there is not a word in it".to_owned(),
    }
}

/// The rule that says so.
pub fn rule(why: &Why) -> Option<&str> {
    match why {
        Why::Rule(name) => Some(name),
        _ => None,
    }
}
