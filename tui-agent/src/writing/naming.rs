//! Names in notes: which are offered while one is typed, and whom a finished note mentions. Who is told is decided when the note is
//! sent, from the text alone: what was offered and deleted again mentions nobody.

use minicom_protocol::{
    command::COMMAND_LIST_MAX,
    frame::DeskState,
    ids::{AgentId, GroupId},
};
use minicom_tui_kit::Shown;

/// Names that are offered at most.
pub const OFFERED_MAX: usize = 6;
/// Characters of a name that are looked at while it is typed.
const TYPED_MAX: usize = 60;

/// Who can be mentioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// An agent.
    Agent(AgentId),
    /// All of a group.
    Group(GroupId),
}

/// Somebody who can be mentioned, by the name as it is shown: what is offered, written and found is one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Who.
    pub who: Named,
    /// The name.
    pub name: Shown,
    lower: String,
}

impl Name {
    fn new(who: Named, name: Shown) -> Name {
        let lower = name.as_str().to_lowercase();
        Name { who, name, lower }
    }
}

/// Names that are offered for the one being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Popup {
    /// The names, the best first; never none.
    pub names: Vec<Name>,
    /// The one that Tab and Enter take.
    pub selected: usize,
    /// Bytes of what was typed, with its sign.
    pub typed: usize,
}

/// All who can be mentioned but oneself: agents, then groups.
pub fn names(desk: &DeskState, me: Option<AgentId>) -> Vec<Name> {
    let agents = desk
        .staff
        .agents
        .iter()
        .filter(|it| it.enabled && Some(it.agent.id) != me);
    let agents = agents.map(|it| Name::new(Named::Agent(it.agent.id), it.agent.name.shown()));
    let groups = desk.staff.groups.iter();
    let groups = groups.map(|it| Name::new(Named::Group(it.id), it.name.shown()));
    agents.chain(groups).collect()
}

/// What is offered for the text before the cursor; `None` where no name is being typed.
pub fn offer(before: &str, names: &[Name]) -> Option<Popup> {
    let typed = being_typed(before)?;
    let lower = typed.to_lowercase();
    let begins = |it: &&Name| it.lower.starts_with(&lower);
    let has_word = |it: &&Name| !begins(it) && it.lower.split_whitespace().any(|word| word.starts_with(&lower));
    let fits: Vec<Name> = names
        .iter()
        .filter(begins)
        .chain(names.iter().filter(has_word))
        .take(OFFERED_MAX)
        .cloned()
        .collect();
    // A name that is whole needs no choosing: Enter sends.
    let is_whole = matches!(&fits[..], [only] if only.lower == lower);
    (!fits.is_empty() && !is_whole).then(|| Popup {
        names: fits,
        selected: 0,
        typed: typed.len() + 1,
    })
}

/// The name that is being typed, without its sign.
fn being_typed(before: &str) -> Option<&str> {
    let at = before.rfind('@').filter(|at| begins_word(&before[..*at]))?;
    let typed = &before[at + 1..];
    let edge = |c: Option<char>| c.is_none_or(char::is_whitespace);
    (!edge(typed.chars().next()) && !edge(typed.chars().next_back()) && typed.chars().count() <= TYPED_MAX)
        .then_some(typed)
}

fn begins_word(before: &str) -> bool {
    !before.chars().next_back().is_some_and(is_of_word)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '@')
}

/// Whom a note mentions: each `@` with the longest name behind it, or with the first word of exactly one agent's name. Whatever else
/// stands behind an `@` is text.
pub fn mentioned(text: &str, names: &[Name]) -> (Vec<AgentId>, Vec<GroupId>) {
    let (mut agents, mut groups) = (Vec::new(), Vec::new());
    let lower = text.to_lowercase();
    for (at, _) in lower.match_indices('@').filter(|(at, _)| begins_word(&lower[..*at])) {
        for who in called(&lower[at + 1..], names) {
            match who {
                Named::Agent(agent) if !agents.contains(&agent) => agents.push(agent),
                Named::Group(group) if !groups.contains(&group) => groups.push(group),
                _ => {}
            }
        }
    }
    agents.truncate(COMMAND_LIST_MAX);
    groups.truncate(COMMAND_LIST_MAX);
    (agents, groups)
}

/// Who is called by the beginning of a text; all of one name, if several have it.
fn called(rest: &str, names: &[Name]) -> Vec<Named> {
    let ends = |rest: &str| {
        // A full stop behind a name ends a sentence.
        let mut chars = rest.trim_start_matches('.').chars();
        !chars.next().is_some_and(is_of_word)
    };
    let whole = |it: &&Name| !it.lower.is_empty() && rest.strip_prefix(it.lower.as_str()).is_some_and(ends);
    if let Some(longest) = names.iter().filter(whole).map(|it| it.lower.len()).max() {
        let of_it = names.iter().filter(whole).filter(|it| it.lower.len() == longest);
        return of_it.map(|it| it.who).collect();
    }
    let word = rest
        .split(|c: char| !is_of_word(c))
        .next()
        .unwrap_or_default()
        .trim_end_matches('.');
    let first = |it: &&Name| {
        matches!(it.who, Named::Agent(_)) && it.lower.split_whitespace().next().is_some_and(|first| first == word)
    };
    match names.iter().filter(first).collect::<Vec<_>>()[..] {
        [only] => vec![only.who],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(n: u8, name: &str) -> Name {
        Name::new(Named::Agent(AgentId::from_bytes([n; 16])), Shown::name(name))
    }

    fn all() -> Vec<Name> {
        vec![
            agent(1, "Bo"),
            agent(2, "Bo Smith"),
            agent(3, "Cy Young"),
            agent(4, "Ann Lee"),
            agent(5, "Ann Moe"),
            Name::new(Named::Group(GroupId::from_bytes([9; 16])), Shown::name("billing")),
        ]
    }

    #[track_caller]
    fn offers(before: &str, expected: &[&str]) {
        let offered = offer(before, &all()).map_or(Vec::new(), |popup| popup.names);
        let offered: Vec<&str> = offered.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(offered, expected, "{before:?}");
    }

    #[test]
    fn names_are_offered_while_one_is_typed() {
        offers("ask @b", &["Bo", "Bo Smith", "billing"]);
        offers("@B", &["Bo", "Bo Smith", "billing"]);
        offers("(@bi", &["billing"]);
        offers("@lee", &["Ann Lee"]);
        offers("@ann l", &["Ann Lee"]);
        for none in [
            "",
            "@",
            "@ ",
            "a@b",
            "b",
            "@x",
            "@bo ",
            "@billing",
            "@cy young",
            "@bo please",
            "me@@b",
        ] {
            offers(none, &[]);
        }
        offers(&format!("@{}", "b".repeat(90)), &[]);
        assert_eq!(offer("ask @bi", &all()).unwrap().typed, 3);
    }

    #[track_caller]
    fn check(text: &str, expected: &[u8], groups: usize) {
        let (agents, found) = mentioned(text, &all());
        let expected: Vec<AgentId> = expected.iter().map(|n| AgentId::from_bytes([*n; 16])).collect();
        assert_eq!((agents, found.len()), (expected, groups), "{text:?}");
    }

    #[test]
    fn a_note_mentions_whom_it_names() {
        check("@Bo please", &[1], 0);
        check("@bo smith, please", &[2], 0);
        check("please, @BO.", &[1], 0);
        check("@cy: look (@ann lee)", &[3, 4], 0);
        check("@ann", &[], 0);
        check("@billing and @Bo and @bo", &[1], 1);
        check("mail bo@bo.example, @bob, @bo-x, @billings, @nobody, @", &[], 0);
        check("Bo", &[], 0);
    }

    #[test]
    fn two_of_one_name_are_both_told() {
        let names = [agent(1, "Kim"), agent(2, "kim")];
        assert_eq!(mentioned("@Kim", &names).0.len(), 2);
    }

    #[test]
    fn strange_names_are_what_is_shown() {
        let names = [agent(1, "\u{1b}[31mred"), agent(2, "\u{202e}\u{200b}")];
        let popup = offer("@␛", &names).unwrap();
        assert_eq!(popup.names[0].name.as_str(), "␛[31mred");
        assert_eq!(mentioned("@␛[31mred!", &names).0.len(), 1);
        check(&"@".repeat(5_000), &[], 0);
    }
}
