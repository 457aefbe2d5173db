//! The same in sentences, for those who listen.

use minicom_protocol::figures::{Figures, Statistics, Times};
use minicom_tui_kit::{Shown, time};

/// What was counted, a sentence each. Gated.
pub fn sentences(told: &Statistics) -> Vec<String> {
    let now = told.now;
    let took = |ms: i64| time::waiting(ms.saturating_mul(1_000));
    let longest = match now.waiting {
        0 => String::new(),
        _ => format!(", the longest for {}", took(now.longest_wait_ms)),
    };
    let mut all = vec![
        format!(
            "Now: {} waiting{longest}, {} with agents, {} put aside, {} with the bot.",
            now.waiting, now.active, now.snoozed, now.bot
        ),
        format!("The desk, {}: {}.", told.range.words(), figures(&told.totals)),
        format!("You, {}: {}.", told.range.words(), figures(&told.mine)),
    ];
    if let Some(percent) = told.totals.bot_percent() {
        all.push(format!("The bot resolved {percent} % of those that ended."));
    }
    let reasons = told.totals.handed_over.reasons.iter();
    let reasons: Vec<String> = reasons
        .map(|it| format!("{} {}", it.count, it.reason.words()))
        .collect();
    if !reasons.is_empty() {
        all.push(format!("A person was wanted: {}.", reasons.join(", ")));
    }
    for row in &told.rows {
        all.push(format!("{}: {}.", Shown::name(&row.name), figures(&row.figures)));
    }
    if told.behind > 0 {
        all.push(format!("{}.", super::not_counted(told.behind)));
    }
    all
}

fn figures(it: &Figures) -> String {
    let mut facts = vec![
        format!("{} began", it.opened),
        format!("{} ended", it.closed),
        format!("{} taken", it.taken),
    ];
    // By agent nothing begins: whose is it?
    if it.opened == 0 {
        facts.remove(0);
    }
    let times = [("first response", it.first_response), ("resolution", it.resolution)];
    facts.extend(times.into_iter().filter_map(|(name, it)| in_words(name, it)));
    facts.extend(it.ratings.average.map(|average| format!("{average:.1} of 5 stars")));
    facts.extend(it.sla_percent().map(|percent| format!("{percent} % answered in time")));
    facts.join(", ")
}

fn in_words(name: &str, it: Times) -> Option<String> {
    let told = |ms: i64| time::waiting(ms.saturating_mul(1_000));
    Some(format!(
        "{name} half below {}, nine of ten below {}",
        told(it.median_ms?),
        told(it.p90_ms?)
    ))
}
