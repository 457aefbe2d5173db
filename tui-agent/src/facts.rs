//! Small facts about a conversation in a word or a sign: how urgent, how late, since when, who is there. For rows of the list, the
//! head of a chat and the details. Colour adds to them and never stands for them. It refuses to know where they stand.

use minicom_protocol::{
    event::Lateness,
    frame::Typist,
    ids::{ConversationId, Time},
    intake::Priority,
    stage::Stage,
    summary::Summary,
};
use minicom_tui_kit::{Now, Shown, Zone, time};

use crate::app::App;

/// A priority as a sign; the one that nobody chose has none.
pub fn sign(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => "!!",
        Priority::High => "!",
        Priority::Medium => "",
        Priority::Low => "v",
    }
}

/// How late the first answer is, or how soon it will be: `late 2:10`, `due 0:40`. `None` while there is time, and where the answer
/// was given or nobody has asked for one.
pub fn lateness(summary: &Summary, now: Time) -> Option<(Lateness, String)> {
    let due = unanswered(summary)?.due;
    match summary.lateness(now)? {
        Lateness::Late => Some((Lateness::Late, format!("late {}", time::waiting(now.since(due))))),
        Lateness::LateSoon => Some((Lateness::LateSoon, format!("due {}", time::waiting(due.since(now))))),
        Lateness::InTime => None,
    }
}

/// When [`lateness`] says something else, in microseconds from now.
pub fn lateness_changes_in(summary: &Summary, now: Time) -> Option<i64> {
    let deadline = unanswered(summary)?;
    let micros = |duration: std::time::Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    Some(match summary.lateness(now)? {
        Lateness::InTime => deadline.warn.since(now).max(1),
        // What is left goes down: it says something else just below a whole second, minute or day.
        Lateness::LateSoon => {
            let left = deadline.due.since(now);
            let step = match left {
                ..3_600_000_000 => 1_000_000,
                3_600_000_000..86_400_000_000 => 60_000_000,
                _ => 3_600_000_000,
            };
            (left % step + 1).min(left.max(1))
        }
        Lateness::Late => micros(time::waiting_changes_in(now.since(deadline.due))),
    })
}

fn unanswered(summary: &Summary) -> Option<minicom_protocol::event::Deadline> {
    let open = summary.stage.is_open() && !matches!(summary.stage, Stage::Snoozed { .. });
    summary
        .respond_by
        .filter(|_| open && summary.first_response_at.is_none())
}

/// A moment to come in five columns: `15:30`, `Mon`, `4Dec`.
pub fn until(at: i64, now: i64, zone: &Zone) -> String {
    let words = zone.day(at, now);
    let mut words = words.split_whitespace();
    let weekday: String = words.next().unwrap_or_default().chars().take(3).collect();
    match zone.day_number(at) - zone.day_number(now) {
        ..=0 => zone.clock(at),
        1..=6 => weekday,
        _ => {
            let day = words.next().unwrap_or_default();
            let month: String = words.next().unwrap_or_default().chars().take(3).collect();
            format!("{day}{month}")
        }
    }
}

/// A day, short: `12 Sep`, with its year if that is another one: `12 Sep 2024`. `today` and the clock for the day itself.
pub fn day(at: i64, now: i64, zone: &Zone) -> String {
    if zone.same_day(at, now) {
        return format!("today {}", zone.clock(at));
    }
    let words = zone.day(at, now);
    let mut words = words.split_whitespace().skip(1);
    let day = words.next().unwrap_or_default();
    let month: String = words.next().unwrap_or_default().chars().take(3).collect();
    match words.next() {
        Some(year) => format!("{day} {month} {year}"),
        None => format!("{day} {month}"),
    }
}

/// How long it took, roughly: `20s`, `6m`, `2h`, `3d`.
pub fn took(ms: i64) -> String {
    let seconds = ms.max(0) / 1_000;
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// What a row of the list says besides name, badge and time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// In words, where there is room.
    pub words: Shown,
    /// In one column.
    pub sign: &'static str,
    /// Whether it wants a look.
    pub calls: bool,
}

/// What else is to be told of a row, the most important first.
pub fn flags(app: &App, summary: &Summary, now: Now) -> Vec<Flag> {
    let conversation = summary.conversation;
    let mut flags = Vec::new();
    let mut flag = |words: String, sign, calls| {
        let words = Shown::line(&words);
        flags.push(Flag { words, sign, calls });
    };
    if app.is_mentioned(conversation) {
        flag("@you".to_owned(), "@", true);
    }
    if app.replica.gone_since(conversation).is_some() {
        flag("gone".to_owned(), "x", true);
    }
    // The one that is open has a row of its own for who types.
    if app.conversation() != Some(conversation) {
        for typist in app.replica.typing(conversation, app.instant(now)) {
            match typist {
                Typist::Customer => flag("typing".to_owned(), "~", false),
                Typist::Agent { agent } => flag(format!("{} types", first_name(&agent.name.shown())), "~", false),
                // It types wherever it answers.
                Typist::Bot => {}
            }
        }
    }
    let eye = app.eye();
    for agent in app.replica.viewers(conversation).take(VIEWERS_MAX) {
        flag(format!("{} looks", first_name(&agent.name.shown())), eye, false);
    }
    flags
}

/// Viewers that are named in a row.
const VIEWERS_MAX: usize = 2;

/// The first word of a name, short enough for a row.
fn first_name(name: &Shown) -> Shown {
    Shown::line(name.as_str().split_whitespace().next().unwrap_or_default()).cut(10)
}

/// Why a person is wanted, and what is wanted of the person: `asked for a person`, `needs german`, `for billing`.
pub fn wants(summary: &Summary) -> Vec<String> {
    let mut facts = Vec::new();
    if let Stage::Waiting { reason, .. } = &summary.stage {
        facts.push(reason.words().to_owned());
    }
    facts.extend(needs(summary));
    facts
}

/// What is wanted of whoever takes it.
pub fn needs(summary: &Summary) -> Vec<String> {
    let mut facts = Vec::new();
    if summary.stage.is_open() && !summary.intake.skills.is_empty() {
        let skills: Vec<String> = summary.intake.skills.iter().map(|it| it.shown().to_string()).collect();
        facts.push(format!("needs {}", skills.join(", ")));
    }
    if let Some(group) = summary.group.as_ref().filter(|_| summary.stage.is_waiting()) {
        facts.push(format!("for {}", group.name.shown()));
    }
    facts
}

impl App {
    /// The sign for somebody who looks.
    pub(crate) fn eye(&self) -> &'static str {
        if self.theme.ascii { "o" } else { "◉" }
    }

    /// The priority that the list shows: in the queue with ageing, for that is its order.
    pub(crate) fn priority_shown(&self, summary: &Summary, now: Now) -> Priority {
        match summary.stage.is_waiting() {
            true => self.replica.queue(self.server_time(now)).effective_priority(summary),
            false => summary.intake.priority,
        }
    }

    /// Whether a note in it mentions the one who sits here and has not been read.
    pub(crate) fn is_mentioned(&self, conversation: ConversationId) -> bool {
        let mentions = self.replica.mentions();
        let read = mentions.read_up_to();
        mentions.unread() > 0
            && mentions
                .newest_first()
                .take_while(|it| it.note.rev > read)
                .any(|it| it.note.conversation == conversation)
    }

    /// Whether it waits, and the one who sits here may not take it.
    pub(crate) fn is_beyond_me(&self, summary: &Summary) -> bool {
        summary.stage.is_waiting() && !self.is_admin() && self.replica.may_take(summary.conversation).is_err()
    }

    /// How many conversations the one who sits here can have; `None` if there is no limit.
    pub(crate) fn capacity(&self) -> Option<u32> {
        self.replica.queue(Time(0)).capacity(self.replica.member()?)
    }

    /// Why the one who sits here may not take what waits, for whoever looks at it: `may not take: needs german`.
    pub(crate) fn why_not_taken(&self, summary: &Summary) -> Option<Shown> {
        let waits = summary.stage.is_waiting();
        let because = self.replica.may_take(summary.conversation).err().filter(|_| waits)?;
        let may = if self.is_admin() {
            "only as an admin"
        } else {
            "may not take"
        };
        Some(Shown::line(&format!("{may}: {}", crate::words::why_not_you(&because))))
    }
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
