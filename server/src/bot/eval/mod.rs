//! How good the bot is: question sets and conversations are asked of it, without a server and without a desk.

pub mod figures;
pub mod questions;
pub mod read;
pub mod talks;

use std::{io::Write, path::Path, time::Instant};

use self::{
    figures::Figures,
    questions::{Labelled, Vectors},
    read::{Row, Set},
};
use crate::bot::model;

/// Examples an intent that are tried, where a set has more.
const FEW: [usize; 2] = [5, 10];
/// Seeds by which those are drawn.
const SEEDS: u64 = 3;
/// A set with at most so many examples an intent is tried with all of them only.
const ALL_ONLY: usize = 50;

/// What is tried.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Only so many examples an intent.
    pub few: Option<usize>,
    /// Without the titles that names of labels are.
    pub untitled: bool,
}

/// Tries all sets of a folder, and writes what came of each.
///
/// # Errors
/// A file is not as it should be, or the output cannot be written.
pub fn run(folder: &Path, wanted: Wanted, out: &mut impl Write) -> anyhow::Result<()> {
    let mut vectors = Vectors::of(model::encoder());
    for set in read::sets(folder)? {
        match set {
            Set::Questions { name, train, test } => questions(&name, &train, &test, wanted, &mut vectors, out)?,
            Set::Articles { name, articles, test } => {
                let labelled = Labelled::of_articles(&articles);
                asked(&name, "articles", &labelled, &[None], &test, &mut vectors, out)?;
            }
            Set::Talks { name, articles, talks } => talks::run(&name, &articles, &talks, out)?,
        }
    }
    Ok(())
}

fn questions(
    name: &str,
    train: &[Row],
    test: &[Row],
    wanted: Wanted,
    vectors: &mut Vectors,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let labelled = Labelled::of_rows(train, !wanted.untitled);
    let few = FEW.into_iter().filter(|_| labelled.most() > ALL_ONLY);
    let mut runs: Vec<Option<usize>> = few.map(Some).chain([None]).collect();
    if let Some(few) = wanted.few {
        runs.retain(|run| run.is_none_or(|it| it == few));
        runs.truncate(1);
    }
    for few in runs {
        let examples = few.map_or("all examples".to_owned(), |few| format!("{few} examples"));
        let seeds: Vec<Option<(usize, u64)>> = match few {
            Some(few) => (0..SEEDS).map(|seed| Some((few, seed))).collect(),
            None => vec![None],
        };
        asked(name, &examples, &labelled, &seeds, test, vectors, out)?;
    }
    Ok(())
}

fn asked(
    name: &str,
    examples: &str,
    labelled: &Labelled,
    draws: &[Option<(usize, u64)>],
    test: &[Row],
    vectors: &mut Vectors,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let (mut runs, mut training, mut asking) = (vec![], 0.0_f64, vec![]);
    vectors.make(test.iter().map(|row| row.text.as_str()));
    for draw in draws {
        let drawn = labelled.drawn(*draw);
        vectors.make(drawn.iter().map(|(_, text)| text.as_str()));
        let began = Instant::now();
        let heads = labelled.heads(drawn, vectors);
        training = training.max(began.elapsed().as_secs_f64());
        let rows = test.iter().map(|row| {
            let began = Instant::now();
            let scores = heads.score(&row.text, vectors.get(&row.text));
            asking.push(began.elapsed().as_secs_f64() * 1e3);
            labelled.asked(row, &scores)
        });
        runs.push(Figures::of(&rows.collect::<Vec<_>>()));
    }
    let it = Figures::mean(&runs);
    asking.sort_by(f64::total_cmp);
    let at = |part: usize| asking.get(asking.len() * part / 100).copied().unwrap_or_default();
    writeln!(
        out,
        "{name}, {examples}: accuracy {:.1}, first three {:.1}, auroc {:.1}, overall {:.1}, auto@95 {:.0}\n    \
         as it is set: answered {:.1} of those in scope, {:.1} of the answers right, solved {:.1}, out of scope answered {:.1}, calibration {:.3}\n    \
         trained in {training:.2} s, scored in {:.2} ms (p50), {:.2} ms (p99)",
        it.accuracy * 100.0,
        it.top_three * 100.0,
        it.auroc * 100.0,
        it.overall * 100.0,
        it.auto_95 * 100.0,
        it.answered * 100.0,
        it.right * 100.0,
        it.solved * 100.0,
        it.wrongly * 100.0,
        it.calibration,
        at(50),
        at(99),
    )?;
    Ok(())
}
