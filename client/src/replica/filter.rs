//! Sorting, grouping and filtering a list of conversations: a value that is typed on one line and printed back, and a pure
//! function that makes a view of rows with it. It knows no screen and no replica.

mod parse;

use std::{cmp::Reverse, fmt};

use minicom_protocol::{
    gate::Shown,
    ids::AgentId,
    intake::Priority,
    queue::Queue,
    staff::Staff,
    summary::Summary,
    words::{Skill, Tag},
};

use super::sections::Section;

pub use self::parse::FilterError;
pub use minicom_protocol::stage::StageIs;

/// What of a list is shown, and in which order. It is typed on one line ([`std::str::FromStr`]), as
/// `priority:urgent tag:vip owner:bo wait>5m`, and printed back in one way.
///
/// | Written | Shown is |
/// | --- | --- |
/// | `priority:urgent,high` | what has one of these priorities (with ageing) |
/// | `skill:german` `tag:vip` | what needs this skill, has this tag; several: all of them |
/// | `stage:waiting,snoozed` | what is in one of these stages: `bot`, `waiting`, `active`, `snoozed`, `closed` |
/// | `owner:me` `owner:nobody` `owner:ada` | what is one's own, nobody's, Ada's, or waits for the group of that name |
/// | `wait>5m` `wait<1h` | where the customer has waited longer, or shorter: `s`, `m`, `h`, `d` |
/// | `sort:wait` | ordered by `queue` (as it is), `wait`, `priority` or `newest` |
/// | `group:priority` | under a title for each priority |
/// | other words, `"several words"` | where the customer's name, the subject or the last line has them |
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ListFilter {
    /// In which order.
    pub sort: ListSort,
    /// Whether each priority has a title of its own.
    pub group_by_priority: bool,
    /// Any of these; all if empty.
    pub priorities: Vec<Priority>,
    /// All of these.
    pub skills: Vec<Skill>,
    /// All of these.
    pub tags: Vec<Tag>,
    /// Any of these; all if empty.
    pub stages: Vec<StageIs>,
    /// Whose.
    pub owner: Option<OwnerIs>,
    /// How long the customer has waited: all of these.
    pub waits: Vec<WaitIs>,
    /// Words that must be there, all of them, in lower case.
    pub words: Vec<String>,
}

/// The order of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ListSort {
    /// As the section has it; what waits in the order of the queue.
    #[default]
    Queue,
    /// Who has waited longest first; who does not wait last.
    Wait,
    /// The most urgent first, with ageing.
    Priority,
    /// The newest line first.
    Newest,
}

/// Whose a conversation is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OwnerIs {
    /// One's own.
    Me,
    /// It has no owner.
    Nobody,
    /// An agent's of this name (or with this word in it), or it waits for the group of this name. In lower case.
    Named(String),
}

/// How long a customer has waited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitIs {
    /// Longer than so many seconds.
    Longer(u64),
    /// Shorter than so many seconds.
    Shorter(u64),
}

/// Rows under one title.
#[derive(Clone, PartialEq, Debug)]
pub struct ListGroup<'a> {
    /// The priority that counts for them now; `None` if the list is not grouped.
    pub priority: Option<Priority>,
    /// In their order; never empty.
    pub rows: Vec<&'a Summary>,
}

impl ListSort {
    /// All, as they are offered.
    pub const ALL: [ListSort; 4] = [ListSort::Queue, ListSort::Wait, ListSort::Priority, ListSort::Newest];

    /// The word, as it is typed and shown.
    pub fn word(self) -> &'static str {
        match self {
            ListSort::Queue => "queue",
            ListSort::Wait => "wait",
            ListSort::Priority => "priority",
            ListSort::Newest => "newest",
        }
    }
}

impl OwnerIs {
    fn is(&self, row: &Summary, me: Option<AgentId>) -> bool {
        match self {
            OwnerIs::Me => me.is_some_and(|me| row.stage.is_owned_by(me)),
            OwnerIs::Nobody => row.stage.is_open() && row.stage.owner().is_none(),
            OwnerIs::Named(name) => match row.stage.owner() {
                Some(owner) => is_called(owner.name.as_str(), name),
                None => row.group.as_ref().is_some_and(|group| group.name.as_str() == name),
            },
        }
    }
}

/// Whether a name is this one, or has it as a word.
fn is_called(full: &str, name: &str) -> bool {
    let full = full.to_lowercase();
    full == name || full.split_whitespace().any(|word| word == name)
}

impl WaitIs {
    fn is(self, waited_s: Option<u64>) -> bool {
        waited_s.is_some_and(|waited| match self {
            WaitIs::Longer(than) => waited > than,
            WaitIs::Shorter(than) => waited < than,
        })
    }
}

impl ListFilter {
    /// Whether it leaves a list as it is.
    pub fn is_plain(&self) -> bool {
        *self == ListFilter::default()
    }

    /// Whether it shows a row. `queue` has the server's time; `me` is whose list it is.
    pub fn shows(&self, row: &Summary, queue: &Queue<'_>, me: Option<AgentId>) -> bool {
        let any_priority = self.priorities.is_empty() || self.priorities.contains(&queue.effective_priority(row));
        let any_stage = self.stages.is_empty() || self.stages.contains(&StageIs::of(&row.stage));
        any_priority
            && any_stage
            && self.skills.iter().all(|skill| row.intake.skills.contains(skill))
            && self.tags.iter().all(|tag| row.tags.contains(tag))
            && self.owner.as_ref().is_none_or(|owner| owner.is(row, me))
            && self.waits.iter().all(|wait| wait.is(waited_s(row, queue)))
            && self.has_words(row)
    }

    /// Whether rows of a section are looked at without being asked for by name: closed ones are only where the stage says so.
    pub fn looks_into(&self, section: Section) -> bool {
        section != Section::Done || self.stages.contains(&StageIs::Closed)
    }

    fn has_words(&self, row: &Summary) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let subject = row.intake.subject.as_ref().map_or("", |it| it.as_str());
        let line = row.last_line.as_ref().map_or("", |it| it.excerpt.as_str());
        let text = format!("{}\n{subject}\n{line}", row.customer.name.as_str()).to_lowercase();
        self.words.iter().all(|word| text.contains(word))
    }

    /// A name that it asks for and that nobody here has: it would show nothing, and the user should know why.
    pub fn stranger(&self, staff: &Staff) -> Option<Shown> {
        let Some(OwnerIs::Named(name)) = &self.owner else {
            return None;
        };
        let known = staff.agents.iter().any(|it| is_called(it.agent.name.as_str(), name))
            || staff.groups.iter().any(|it| it.name.as_str() == name);
        (!known).then(|| Shown::line(name))
    }
}

fn waited_s(row: &Summary, queue: &Queue<'_>) -> Option<u64> {
    let since = row.waiting_since()?;
    u64::try_from(queue.now.since(since) / 1_000_000).ok()
}

/// A view of the rows of a section, which come in its order. `queue` has the server's time; `me` is whose list it is. Groups
/// come the most urgent first; without grouping there is one, or none if no row is shown.
pub fn view_of<'a>(
    rows: impl IntoIterator<Item = &'a Summary>,
    filter: &ListFilter,
    queue: &Queue<'_>,
    me: Option<AgentId>,
) -> Vec<ListGroup<'a>> {
    let mut rows: Vec<&Summary> = rows.into_iter().filter(|row| filter.shows(row, queue, me)).collect();
    // Sorting is stable: of equals the section's order stays.
    match filter.sort {
        ListSort::Queue => {}
        ListSort::Wait => {
            rows.sort_by_key(|row| row.waiting_since().map_or((true, None), |since| (false, Some(since))))
        }
        ListSort::Priority => rows.sort_by_key(|row| Reverse(queue.effective_priority(row))),
        ListSort::Newest => rows.sort_by_key(|row| Reverse((row.last_at, row.rev))),
    }
    let groups: Vec<ListGroup<'a>> = if filter.group_by_priority {
        let of = |priority| {
            rows.iter()
                .copied()
                .filter(move |row| queue.effective_priority(row) == priority)
        };
        let group = |priority| ListGroup {
            priority: Some(priority),
            rows: of(priority).collect(),
        };
        Priority::ALL.into_iter().map(group).collect()
    } else {
        vec![ListGroup { priority: None, rows }]
    };
    groups.into_iter().filter(|group| !group.rows.is_empty()).collect()
}

impl fmt::Display for ListFilter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut terms: Vec<String> = Vec::new();
        let list = |words: Vec<&str>| words.join(",");
        if !self.priorities.is_empty() {
            terms.push(format!(
                "priority:{}",
                list(self.priorities.iter().map(|it| it.word()).collect())
            ));
        }
        terms.extend(self.skills.iter().map(|it| format!("skill:{}", it.as_str())));
        terms.extend(self.tags.iter().map(|it| format!("tag:{}", it.as_str())));
        if !self.stages.is_empty() {
            terms.push(format!(
                "stage:{}",
                list(self.stages.iter().map(|it| it.word()).collect())
            ));
        }
        terms.extend(self.owner.as_ref().map(|owner| match owner {
            OwnerIs::Me => "owner:me".to_owned(),
            OwnerIs::Nobody => "owner:nobody".to_owned(),
            OwnerIs::Named(name) => format!("owner:{}", parse::quoted(name, false)),
        }));
        terms.extend(self.waits.iter().map(|wait| match wait {
            WaitIs::Longer(s) => format!("wait>{}", parse::duration(*s)),
            WaitIs::Shorter(s) => format!("wait<{}", parse::duration(*s)),
        }));
        terms.extend(self.words.iter().map(|word| parse::quoted(word, true)));
        if self.sort != ListSort::Queue {
            terms.push(format!("sort:{}", self.sort.word()));
        }
        if self.group_by_priority {
            terms.push("group:priority".to_owned());
        }
        out.write_str(&terms.join(" "))
    }
}
