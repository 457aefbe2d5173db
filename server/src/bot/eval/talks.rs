//! Conversations: each line is given to the bot as it is in a desk with these articles, and what it does is compared with what
//! is expected.

use std::{collections::BTreeMap, io::Write, sync::Arc, time::Instant};

use anyhow::Context;
use minicom_protocol::words::Tag;

use super::read::{ArticleRow, Talk};
use crate::bot::{
    chosen,
    decision::{self, Decision, Does, Knows, Why},
    learner,
    model::Article,
    offer::Offered,
    rules::Rules,
};

/// How the customer is called.
const CUSTOMER: &str = "Alex";

/// Tries conversations and writes how many went as expected, by what they try, and what went wrong.
///
/// # Errors
/// An article's name cannot be one, a conversation names articles that are not there, or the output cannot be written.
pub fn run(
    name: &str,
    articles: &BTreeMap<String, Vec<ArticleRow>>,
    talks: &[Talk],
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut desks = BTreeMap::new();
    for (kb, rows) in articles {
        desks.insert(kb.as_str(), knows(rows)?);
    }
    let mut by_tag: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut wrong, mut took) = (vec![], vec![]);
    for talk in talks {
        let desk = desks.get(talk.kb.as_str());
        let desk = desk.with_context(|| format!("{}: there are no articles kb_{}.jsonl", talk.id, talk.kb))?;
        let went = by_tag.entry(&talk.tag).or_default();
        went.1 += 1;
        match went_wrong(desk, talk, &mut took) {
            None => went.0 += 1,
            Some(what) => wrong.push(format!("{} ({}): {what}", talk.id, talk.tag)),
        }
    }
    let right: usize = by_tag.values().map(|(right, _)| right).sum();
    let all = talks.len().max(1);
    took.sort_by(f64::total_cmp);
    let at = |part: usize| took.get(took.len() * part / 100).copied().unwrap_or_default();
    writeln!(
        out,
        "{name}, conversations: {right} of {} as expected ({:.1}), a decision in {:.1} ms (p50), {:.1} ms (p99)",
        talks.len(),
        right as f64 * 100.0 / all as f64,
        at(50),
        at(99)
    )?;
    for (tag, (right, all)) in &by_tag {
        writeln!(out, "    {tag}: {right} of {all}")?;
    }
    for it in &wrong {
        writeln!(out, "    not as expected: {it}")?;
    }
    Ok(())
}

/// The desk of these articles, with the rules that ship with the program.
pub fn knows(rows: &[ArticleRow]) -> anyhow::Result<Knows> {
    let articles = rows.iter().map(|row| {
        Ok(Article {
            slug: Tag::parse(&*row.id).map_err(|why| anyhow::anyhow!("article '{}': {why}", row.id))?,
            title: row.title.clone(),
            body: row.body.clone(),
            questions: row.questions.clone(),
        })
    });
    let trained = learner::train(articles.collect::<anyhow::Result<_>>()?);
    Ok(Knows {
        languages: chosen::languages().collect(),
        rules: Arc::new(Rules::builtin()),
        model: trained.model.map(Arc::new),
        published: vec![],
    })
}

/// What went wrong first, if anything did.
fn went_wrong(desk: &Knows, talk: &Talk, took: &mut Vec<f64>) -> Option<String> {
    let mut offered: Option<Offered> = None;
    for n in 0..talk.turns.len() {
        let lines: Vec<&str> = talk.turns[..=n].iter().map(|turn| turn.user.as_str()).collect();
        let asked = decision::Talk {
            customer_name: CUSTOMER,
            lines: &lines,
            begins: true,
            offered: offered.as_ref(),
            // What is tried is what the bot does about lines, not what a customer would say to this.
            asked_help: true,
        };
        let began = Instant::now();
        let decision = decision::decide(desk, &asked)?;
        took.push(began.elapsed().as_secs_f64() * 1e3);
        let turn = &talk.turns[n];
        let done = named(&decision);
        if !turn.expect.split('|').any(|expected| expected == done) {
            return Some(format!(
                "line {}: {done}, expected {}; {:?}",
                n + 1,
                turn.expect,
                decision.why
            ));
        }
        if matches!(decision.does, Does::HandOver { .. }) && n + 1 < talk.turns.len() {
            // From here on a person has it. What was expected of the bot it cannot do.
            return None;
        }
        offered = match decision.does {
            Does::Offer { choices: part, .. } => Some(Offered { part, helps: false }),
            _ => None,
        };
    }
    None
}

/// What was done, by the names that conversations use. An offer is no answer: which article it is, the customer must say.
pub fn named(decision: &Decision) -> String {
    match (&decision.does, &decision.why) {
        (Does::Nothing, _) => "silent".to_owned(),
        (Does::Answer { article, .. }, _) => format!("answer:{}", article.as_str()),
        (Does::HandOver { .. }, _) => "handoff".to_owned(),
        (Does::Offer { .. }, _) => "offer".to_owned(),
        (Does::Clarify { .. }, _) => "clarify".to_owned(),
        (Does::Say { .. }, Why::Rule(rule)) => match rule.strip_prefix("de_").unwrap_or(rule) {
            "greeting" | "how_are_you" => "greet",
            "thanks" | "acknowledged" => "thanks",
            "goodbye" => "bye",
            "injection" => "decline",
            "help" | "what_can_you_do" | "are_you_a_bot" | "no_human_needed" => "clarify",
            _ => "says",
        }
        .to_owned(),
        (Does::Say { .. }, _) => "says".to_owned(),
    }
}
