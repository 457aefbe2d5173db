//! Which articles and saved replies fit what a customer wrote, for agents: pure but for the encoder. Nothing is decided by it and nothing
//! is sent: a person reads it.

use std::{cmp::Ordering, sync::LazyLock};

use minicom_encoder::heads::Ranked;
use minicom_protocol::{
    ids::AgentId,
    suggestions::{SuggestedArticle, SuggestedReply},
    words::SubjectLine,
};

use super::{learner::Mind, masked, model::Model, rules::Rules};

/// Of each kind, so many.
const SHOWN_MAX: usize = 3;
/// So probable something must be to be shown: below it, it is a guess that takes an agent's time.
const SHOWN_FROM: f32 = 0.10;
/// So probable something must be that lines before it need not be looked at.
const LIKELY_FROM: u8 = 35;
/// Characters of what is nearest that are told.
const EXAMPLE_CHARS: usize = 200;

/// Small talk is left out of lines by the rules that ship: what a desk chooses besides is no small talk.
static RULES: LazyLock<Rules> = LazyLock::new(Rules::builtin);

/// See the module. Each stretch is lines that the customer wrote one after another, the newest stretch first: an older one is looked at only
/// if nothing likely fits the newer ones, which may be a "thanks" or a request for a person.
pub fn suggest(mind: &Mind, agent: AgentId, stretches: &[Vec<String>]) -> (Vec<SuggestedArticle>, Vec<SuggestedReply>) {
    let mut unlikely = None;
    for lines in stretches {
        let texts: Vec<String> = lines
            .iter()
            .map(|line| RULES.without_asides(masked::read(line)))
            .filter(|text| text.chars().any(char::is_alphanumeric))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let found = (articles(mind, &texts), replies(mind, agent, &texts));
        let percents = found
            .0
            .iter()
            .map(|it| it.percent)
            .chain(found.1.iter().map(|it| it.percent));
        match percents.max() {
            Some(LIKELY_FROM..) => return found,
            Some(_) => unlikely = unlikely.or(Some(found)),
            None => {}
        }
    }
    unlikely.unwrap_or_default()
}

fn articles(mind: &Mind, texts: &[&str]) -> Vec<SuggestedArticle> {
    let Some(model) = &mind.articles else { return vec![] };
    let best = best(model, texts, |_| true);
    let told = best.iter().filter_map(|it| {
        let article = &model.articles()[it.label];
        Some(SuggestedArticle {
            slug: article.slug.clone(),
            title: SubjectLine::parse(&*article.title).ok()?,
            percent: percent(it),
            example: example(model, it),
        })
    });
    told.collect()
}

fn replies(mind: &Mind, agent: AgentId, texts: &[&str]) -> Vec<SuggestedReply> {
    let Some(replies) = &mind.replies else { return vec![] };
    let usable = |label: usize| replies.all()[label].owner.is_none_or(|owner| owner == agent);
    let best = best(replies.model(), texts, usable);
    let told = best.iter().map(|it| {
        let reply = &replies.all()[it.label];
        SuggestedReply {
            id: reply.id,
            code: reply.code.clone(),
            title: reply.title.clone(),
            percent: percent(it),
            example: example(replies.model(), it),
        }
    });
    told.collect()
}

/// The likeliest labels for any of the texts, each once, by the text that it fits best.
fn best(model: &Model, texts: &[&str], usable: impl Fn(usize) -> bool) -> Vec<Ranked> {
    let found = model.find(texts);
    let mut best: Vec<Ranked> = Vec::new();
    for it in found.iter().flat_map(|found| &found.scores.ranked) {
        if it.probability < SHOWN_FROM || !usable(it.label) {
            continue;
        }
        match best.iter_mut().find(|other| other.label == it.label) {
            Some(other) if likelier(it, other) == Ordering::Less => *other = *it,
            Some(_) => {}
            None => best.push(*it),
        }
    }
    best.sort_by(likelier);
    best.truncate(SHOWN_MAX);
    best
}

/// The likelier one comes first.
fn likelier(a: &Ranked, b: &Ranked) -> Ordering {
    let by = b.probability.total_cmp(&a.probability);
    by.then(b.score.total_cmp(&a.score)).then(a.label.cmp(&b.label))
}

fn percent(it: &Ranked) -> u8 {
    // Rounded, and between the bounds whatever it was.
    (it.probability.clamp(0.0, 1.0) * 100.0).round() as u8
}

fn example(model: &Model, it: &Ranked) -> String {
    model.example(it.nearest).chars().take(EXAMPLE_CHARS).collect()
}

#[cfg(test)]
#[path = "suggest_tests.rs"]
mod tests;
