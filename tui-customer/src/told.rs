//! What the customer is told of the desk, in words of several lengths, the longest first: the place in the queue, how long it may
//! take, whether somebody is there. Pure; it knows no place on a screen.

use minicom_client::{CustomerReplica, DeskOpen};
use minicom_protocol::{frame::Estimate, gate::Shown, thread_view::CustomerStage};
use minicom_tui_kit::{Zone, text::width};

use crate::wishes::is_with_you;

/// From so many minutes on a wait is told in hours.
const HOURS_FROM_MIN: u32 = 90;

/// The longest of some words that fits, else the shortest.
pub fn fitting(forms: &[Shown], columns: usize) -> Shown {
    let fits = forms.iter().find(|words| width(words.as_str()) <= columns);
    fits.or(forms.last()).cloned().unwrap_or_default()
}

/// Who is with the customer; nothing before the first line.
pub fn who(known: &CustomerReplica, zone: &Zone) -> Vec<Shown> {
    match &known.view().stage {
        None => vec![],
        Some(CustomerStage::Bot) => vec![Shown::fixed("The assistant")],
        Some(CustomerStage::Waiting { .. }) => match known.place() {
            Some(place) => queue(place, known.estimate()),
            None => vec![Shown::fixed("Waiting for a person"), Shown::fixed("Waiting")],
        },
        Some(CustomerStage::Active { name, .. }) => vec![is_with_you(name)],
        Some(CustomerStage::Closed { at, .. }) => {
            let at = zone.clock(at.0);
            let forms = [format!("This chat has ended {at}"), format!("Ended {at}")];
            forms.iter().map(|words| Shown::line(words)).collect()
        }
    }
}

/// The place in the queue, with how long it may take.
pub fn queue(place: u64, estimate: Option<Estimate>) -> Vec<Shown> {
    let in_queue = [
        format!("You are number {place} in the queue"),
        format!("Number {place}"),
    ];
    let Some(estimate) = estimate else {
        return in_queue.iter().map(|words| Shown::line(words)).collect();
    };
    let (long, short) = wait(estimate);
    let [whole, number] = in_queue;
    let forms = [
        format!("{whole}, {long}"),
        format!("{number} in the queue, {short}"),
        format!("{number}, {short}"),
    ];
    forms.iter().map(|words| Shown::line(words)).collect()
}

/// How long it may take, as a range that promises no more than is known: in words, and short.
fn wait(estimate: Estimate) -> (String, String) {
    let (from, to) = (
        estimate.from_min.min(estimate.to_min),
        estimate.to_min.max(estimate.from_min),
    );
    if from >= HOURS_FROM_MIN {
        return range(from / 60, to.div_ceil(60), ("hour", "h"));
    }
    range(from, to, ("minute", "min"))
}

fn range(from: u32, to: u32, (unit, short): (&str, &str)) -> (String, String) {
    let s = |n: u32| if n == 1 { "" } else { "s" };
    match (from, to) {
        (_, 0) => (format!("less than a {unit}"), format!("<1 {short}")),
        (0, to) => (format!("up to {to} {unit}{}", s(to)), format!("up to {to} {short}")),
        (from, to) if from == to => (format!("about {to} {unit}{}", s(to)), format!("{to} {short}")),
        (from, to) => (format!("about {from} to {to} {unit}s"), format!("{from}-{to} {short}")),
    }
}

/// That the desk is closed, or nobody is there, as long as nobody is with the customer. Times are in the customer's zone.
pub fn availability(known: &CustomerReplica, zone: &Zone, now: i64) -> Vec<Shown> {
    let stage = known.view().stage.as_ref();
    if matches!(stage, Some(CustomerStage::Active { .. })) {
        return vec![];
    }
    known.open().map_or(vec![], |open| {
        open_words(open, matches!(stage, Some(CustomerStage::Bot)), zone, now)
    })
}

fn open_words(open: DeskOpen, bot: bool, zone: &Zone, now: i64) -> Vec<Shown> {
    let words = match open {
        DeskOpen {
            open_now: false,
            next_open_at: Some(at),
            ..
        } => {
            let at = zone.moment(at.0, now);
            vec![
                format!("We are closed now, open again {at}."),
                format!("Closed, open again {at}"),
                format!("Closed until {at}"),
            ]
        }
        DeskOpen { open_now: false, .. } => vec!["We are closed now.".to_owned(), "Closed now".to_owned()],
        DeskOpen {
            agents_available: false,
            ..
        } => {
            let more = match bot {
                true => "Nobody is here right now but the assistant.",
                false => "Nobody is here right now. Write all the same: it is kept until somebody is.",
            };
            vec![more.to_owned(), "Nobody is here right now".to_owned()]
        }
        DeskOpen { .. } => vec![],
    };
    words.iter().map(|words| Shown::line(words)).collect()
}

/// How it was is asked, with the keys that answer.
pub const HOW_WAS_IT: [&str; 3] = [
    "How was it? 1 bad .. 5 good, 0 not now, then Enter. Esc hides this.",
    "How was it? 1 bad .. 5 good, 0 not now",
    "1 bad .. 5 good, 0 not now",
];

#[cfg(test)]
mod tests {
    use minicom_protocol::ids::Time;

    use super::*;

    /// Thursday 20 November 2025, 14:00 UTC.
    const NOW: i64 = 1_763_647_200_000_000;
    const HOUR: i64 = 3_600_000_000;

    #[test]
    fn a_wait_is_a_range_of_words() {
        let check = |from_min, to_min, long: &str, short: &str| {
            let found = wait(Estimate { from_min, to_min });
            assert_eq!((found.0.as_str(), found.1.as_str()), (long, short));
        };
        check(3, 8, "about 3 to 8 minutes", "3-8 min");
        check(8, 3, "about 3 to 8 minutes", "3-8 min");
        check(0, 0, "less than a minute", "<1 min");
        check(0, 1, "up to 1 minute", "up to 1 min");
        check(0, 4, "up to 4 minutes", "up to 4 min");
        check(1, 1, "about 1 minute", "1 min");
        check(5, 5, "about 5 minutes", "5 min");
        check(60, 100, "about 60 to 100 minutes", "60-100 min");
        check(90, 200, "about 1 to 4 hours", "1-4 h");
        check(
            u32::MAX,
            u32::MAX,
            "about 71582788 to 71582789 hours",
            "71582788-71582789 h",
        );
    }

    #[test]
    fn the_place_has_forms_for_every_width() {
        let estimate = Some(Estimate { from_min: 3, to_min: 8 });
        let check = |columns, estimate, expected: &str| {
            assert_eq!(fitting(&queue(2, estimate), columns).as_str(), expected, "{columns}");
        };
        check(60, estimate, "You are number 2 in the queue, about 3 to 8 minutes");
        check(40, estimate, "Number 2 in the queue, 3-8 min");
        check(20, estimate, "Number 2, 3-8 min");
        check(5, estimate, "Number 2, 3-8 min");
        check(40, None, "You are number 2 in the queue");
        check(20, None, "Number 2");
        assert_eq!(fitting(&[], 9), Shown::default());
    }

    #[test]
    fn who_is_there_and_when_they_are_back() {
        let check = |open_now, agents_available, next: Option<i64>, bot, expected: &[&str]| {
            let open = DeskOpen {
                open_now,
                agents_available,
                next_open_at: next.map(|hours| Time(NOW + hours * HOUR)),
            };
            let words = open_words(open, bot, &Zone::utc(), NOW);
            let words: Vec<&str> = words.iter().map(Shown::as_str).collect();
            assert_eq!(words, expected);
        };
        let closed = |when: &str| {
            [
                format!("We are closed now, open again {when}."),
                format!("Closed, open again {when}"),
                format!("Closed until {when}"),
            ]
        };
        for (hours, when) in [(2, "16:00"), (19, "tomorrow 09:00"), (91, "Monday 09:00")] {
            let words = closed(when);
            check(false, false, Some(hours), false, &words.each_ref().map(String::as_str));
        }
        check(false, true, None, false, &["We are closed now.", "Closed now"]);
        check(true, true, None, false, &[]);
        check(
            true,
            false,
            None,
            true,
            &[
                "Nobody is here right now but the assistant.",
                "Nobody is here right now",
            ],
        );
        check(
            true,
            false,
            None,
            false,
            &[
                "Nobody is here right now. Write all the same: it is kept until somebody is.",
                "Nobody is here right now",
            ],
        );
        assert_eq!(HOW_WAS_IT.map(|words| words.len() <= 78), [true; 3]);
    }
}
