//! How good answers were, in figures that other studies of such bots report too.

/// A question that was asked, and what came of it.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Whether an article answers it; otherwise it is for a person.
    pub in_scope: bool,
    /// The right article's place among those found, from 0.
    pub place: Option<usize>,
    /// How probable the first was said to be.
    pub probability: f32,
    /// Whether it was the answer.
    pub answered: bool,
    /// Whether articles were offered, and how many.
    pub offered: usize,
}

impl Asked {
    fn first_is_right(&self) -> bool {
        self.in_scope && self.place == Some(0)
    }
}

/// Shares of 1, over one set.
#[derive(Clone, Copy, Default, Debug)]
pub struct Figures {
    /// Of the questions in scope: the first is right.
    pub accuracy: f64,
    /// Of them: the right one is among the first three.
    pub top_three: f64,
    /// How well the confidence parts questions in scope from others: 0.5 is chance.
    pub auroc: f64,
    /// Of all questions: right article or rightly none, at the best threshold.
    pub overall: f64,
    /// The largest share of all questions that can be answered with 95 of 100 answers right.
    pub auto_95: f64,
    /// Of those in scope: answered as the bot is set.
    pub answered: f64,
    /// Of the answers: right.
    pub right: f64,
    /// Of those in scope: answered, or offered with the right one among the choices.
    pub solved: f64,
    /// Of those out of scope: answered all the same.
    pub wrongly: f64,
    /// How far probabilities are from what comes true.
    pub calibration: f64,
}

impl Figures {
    /// Of what was asked.
    pub fn of(asked: &[Asked]) -> Figures {
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        let count = |holds: &dyn Fn(&Asked) -> bool| asked.iter().filter(|it| holds(it)).count();
        let inside = count(&|it| it.in_scope);
        let outside = asked.len() - inside;
        let solved = |it: &Asked| {
            let most = if it.answered { 1 } else { it.offered };
            it.in_scope && it.place.is_some_and(|place| place < most)
        };
        Figures {
            accuracy: share(count(&|it| it.first_is_right()), inside),
            top_three: share(
                count(&|it| it.in_scope && it.place.is_some_and(|place| place < 3)),
                inside,
            ),
            auroc: auroc(asked),
            overall: share(best_overall(asked, outside), asked.len()),
            auto_95: share(auto_95(asked), asked.len()),
            answered: share(count(&|it| it.in_scope && it.answered), inside),
            right: share(
                count(&|it| it.answered && it.first_is_right()),
                count(&|it| it.answered),
            ),
            solved: share(count(&|it| solved(it)), inside),
            wrongly: share(count(&|it| !it.in_scope && it.answered), outside),
            calibration: calibration(asked),
        }
    }

    /// The mean of several runs.
    pub fn mean(runs: &[Figures]) -> Figures {
        let mean = |of: fn(&Figures) -> f64| runs.iter().map(of).sum::<f64>() / runs.len().max(1) as f64;
        Figures {
            accuracy: mean(|it| it.accuracy),
            top_three: mean(|it| it.top_three),
            auroc: mean(|it| it.auroc),
            overall: mean(|it| it.overall),
            auto_95: mean(|it| it.auto_95),
            answered: mean(|it| it.answered),
            right: mean(|it| it.right),
            solved: mean(|it| it.solved),
            wrongly: mean(|it| it.wrongly),
            calibration: mean(|it| it.calibration),
        }
    }
}

/// The surest first.
fn by_probability(asked: &[Asked]) -> Vec<&Asked> {
    let mut sorted: Vec<&Asked> = asked.iter().collect();
    sorted.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    sorted
}

/// How often a question in scope is surer than one that is not; 1 if one kind is missing.
fn auroc(asked: &[Asked]) -> f64 {
    let sorted = by_probability(asked);
    let inside = asked.iter().filter(|it| it.in_scope).count();
    let pairs = inside * (asked.len() - inside);
    if pairs == 0 {
        return 1.0;
    }
    let (mut won, mut inside_so_far, mut at) = (0.0, 0.0, 0);
    while at < sorted.len() {
        let equal = sorted[at..]
            .iter()
            .take_while(|it| it.probability == sorted[at].probability)
            .count();
        let group = &sorted[at..at + equal];
        let inside = group.iter().filter(|it| it.in_scope).count() as f64;
        won += (equal as f64 - inside) * (inside_so_far + inside / 2.0);
        inside_so_far += inside;
        at += equal;
    }
    won / pairs as f64
}

/// The most that are right at any threshold: above it with the first article, below it with none.
fn best_overall(asked: &[Asked], outside: usize) -> usize {
    let (mut right, mut best) = (outside, outside);
    for it in by_probability(asked) {
        match it.in_scope {
            true => right += usize::from(it.first_is_right()),
            false => right -= 1,
        }
        best = best.max(right);
    }
    best
}

/// The most that are answered rightly while 95 of 100 answers are right.
fn auto_95(asked: &[Asked]) -> usize {
    let (mut right, mut best) = (0, 0);
    for (before, it) in by_probability(asked).into_iter().enumerate() {
        right += usize::from(it.first_is_right());
        if right * 100 >= 95 * (before + 1) {
            best = right;
        }
    }
    best
}

/// The mean distance between what was said to be probable and what came true, over ten steps of probability.
fn calibration(asked: &[Asked]) -> f64 {
    let mut steps = [(0.0, 0.0, 0.0); 10];
    for it in asked {
        let step = &mut steps[((it.probability * 10.0) as usize).min(9)];
        step.0 += f64::from(it.probability);
        step.1 += f64::from(u8::from(it.first_is_right()));
        step.2 += 1.0;
    }
    steps.iter().map(|(said, came, _)| (said - came).abs()).sum::<f64>() / asked.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(in_scope: bool, place: Option<usize>, probability: f32, answered: bool, offered: usize) -> Asked {
        Asked {
            in_scope,
            place,
            probability,
            answered,
            offered,
        }
    }

    #[test]
    fn the_figures_are_what_they_say() {
        let figures = Figures::of(&[
            asked(true, Some(0), 0.95, true, 0),
            asked(true, Some(1), 0.6, false, 3),
            asked(true, Some(0), 0.5, false, 1),
            asked(true, None, 0.2, false, 0),
            asked(false, None, 0.92, true, 0),
            asked(false, None, 0.1, false, 0),
        ]);
        assert_eq!((figures.accuracy, figures.top_three, figures.solved), (0.5, 0.75, 0.75));
        assert_eq!((figures.answered, figures.right, figures.wrongly), (0.25, 0.5, 0.5));
        // Of the eight pairs one question in scope beats the sure stranger, and all four beat the other.
        assert_eq!(figures.auroc, 5.0 / 8.0);
        assert_eq!(figures.overall, 3.0 / 6.0);
        assert_eq!(figures.auto_95, 1.0 / 6.0);
    }

    #[test]
    fn of_nothing_they_are_no_nonsense() {
        let figures = Figures::of(&[]);
        assert!(figures.accuracy == 0.0 && figures.overall == 0.0 && figures.calibration == 0.0);
    }
}
