//! Gaps: questions of near meaning that nothing of the desk answers, how many people asked them, and when an article has filled one.

use std::collections::{BTreeMap, BTreeSet};

use minicom_protocol::ids::{Rev, Time};

use super::near::Meaning;
use crate::{
    bot::{
        model::Model,
        policy::{self, Dares},
    },
    store::gaps::Unanswered,
};

/// So near in meaning, two questions are the same gap.
const SAME_FROM: f32 = 0.8;
/// Questions of a gap that are shown, and tried on a new model.
const SHOWN_MAX: usize = 10;

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gap {
    /// The first question's event.
    pub id: Rev,
    /// Customers who asked.
    pub people: usize,
    /// Conversations in which it was asked.
    pub conversations: usize,
    /// Some of the questions, each once; the first is the one that is nearest to the others.
    pub questions: Vec<String>,
    /// When it was asked last.
    pub last_at: Time,
}

/// The gap that a question belongs to, and whether it is dismissed; `None`: it is a new one.
pub fn nearest(question: &str, known: &[Unanswered]) -> Option<(Rev, bool)> {
    let texts: Vec<&str> = [question]
        .into_iter()
        .chain(known.iter().map(|it| it.question.as_str()))
        .collect();
    let meanings = Meaning::of(&texts);
    let (asked, meanings) = meanings.split_first()?;
    let near = known
        .iter()
        .zip(meanings)
        .map(|(it, meaning)| (meaning.nearness(asked), it));
    let best = near
        .filter(|(near, _)| *near >= SAME_FROM)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, it)| (it.gap, it.dismissed))
}

/// The gaps, those that most people asked about first, then the newest.
pub fn gaps(all: &[Unanswered]) -> Vec<Gap> {
    let mut by_gap: BTreeMap<Rev, Vec<&Unanswered>> = BTreeMap::new();
    for it in all.iter().filter(|it| !it.dismissed) {
        by_gap.entry(it.gap).or_default().push(it);
    }
    let mut gaps: Vec<Gap> = by_gap.into_iter().map(|(id, all)| gap(id, &all)).collect();
    gaps.sort_by(|a, b| {
        b.people
            .cmp(&a.people)
            .then(b.last_at.cmp(&a.last_at))
            .then(a.id.cmp(&b.id))
    });
    gaps
}

fn gap(id: Rev, all: &[&Unanswered]) -> Gap {
    let mut seen = BTreeSet::new();
    let mut questions: Vec<String> = all
        .iter()
        .filter(|it| seen.insert(it.question.to_lowercase()))
        .map(|it| it.question.clone())
        .take(SHOWN_MAX)
        .collect();
    if questions.len() > 2 {
        let texts: Vec<&str> = questions.iter().map(String::as_str).collect();
        let meanings = Meaning::of(&texts);
        let sum = |one: &Meaning| meanings.iter().map(|other| one.nearness(other)).sum::<f32>();
        let best = (0..meanings.len()).max_by(|a, b| sum(&meanings[*a]).total_cmp(&sum(&meanings[*b])).then(b.cmp(a)));
        questions.swap(0, best.unwrap_or_default());
    }
    Gap {
        id,
        people: all.iter().map(|it| it.customer).collect::<BTreeSet<_>>().len(),
        conversations: all.iter().map(|it| it.conversation).collect::<BTreeSet<_>>().len(),
        questions,
        last_at: all.iter().map(|it| it.asked_at).max().unwrap_or(Time(0)),
    }
}

/// The gaps that a model answers now: most of the questions of each. Dismissed ones too.
pub fn filled(model: &Model, all: &[Unanswered]) -> Vec<Rev> {
    let mut by_gap: BTreeMap<Rev, Vec<&str>> = BTreeMap::new();
    for it in all {
        let questions = by_gap.entry(it.gap).or_default();
        if questions.len() < SHOWN_MAX {
            questions.push(&it.question);
        }
    }
    let is_filled = |questions: &[&str]| {
        let found = model.find(questions);
        let answered = found
            .iter()
            .filter(|it| matches!(policy::dares(&it.scores), Dares::Answer(_)));
        answered.count() * 2 > questions.len()
    };
    let filled = by_gap.into_iter().filter(|(_, questions)| is_filled(questions));
    filled.map(|(gap, _)| gap).collect()
}
