//! Groups as a file: `groups.toml`, one table each.

use minicom_protocol::{
    staff::{Group, Staff},
    words::{GroupName, Skill},
};
use serde::Deserialize;
use toml::Table;

use super::{
    names,
    strict::{self, Mistake, Source},
};

/// What a file says of a group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GroupEntry {
    /// Its name.
    pub name: GroupName,
    /// Who is in it, by name, id or e-mail address.
    #[serde(default)]
    pub members: Vec<String>,
    /// What its members are good at.
    #[serde(default)]
    pub skills: Vec<Skill>,
}

#[derive(Deserialize)]
struct GroupsFile {
    #[serde(default)]
    group: Vec<GroupEntry>,
}

/// Groups as they are written.
///
/// # Errors
/// All mistakes that can be seen without a desk.
pub fn parse(file: &str, text: &str) -> Result<Vec<GroupEntry>, Vec<Mistake>> {
    let source = source(file, text);
    let known: Table =
        toml::from_str("[[group]]\nname = \"a\"\nmembers = []\nskills = []\n").unwrap_or_else(|_| Table::new());
    let groups = source.read::<GroupsFile>(&known)?.group;
    let twice = |at: usize| groups[..at].iter().any(|it| it.name == groups[at].name);
    let mistakes: Vec<Mistake> = (0..groups.len())
        .filter(|at| twice(*at))
        .map(|at| {
            let name = groups[at].name.as_str();
            let what = format!("there are two groups {name}: make them one");
            // The second one is the mistake.
            place(source, name, 1).map_or_else(|| Mistake::of(file, &what), |at| Mistake::at(file, at, &what))
        })
        .collect();
    if mistakes.is_empty() { Ok(groups) } else { Err(mistakes) }
}

/// A mistake about a member whom the desk does not know.
pub fn unknown_member(file: &str, text: &str, member: &str, what: &str) -> Mistake {
    match place(source(file, text), member, 0) {
        Some(at) => Mistake::at(file, at, what),
        None => Mistake::of(file, what),
    }
}

fn source<'a>(file: &'a str, text: &'a str) -> Source<'a> {
    Source {
        file,
        text,
        lines_before: 0,
    }
}

/// Where a word stands in quotes for the n-th time, from 0.
fn place(source: Source<'_>, word: &str, n: usize) -> Option<(usize, usize)> {
    let quoted = strict::quoted(word);
    let (at, _) = source.text.match_indices(&quoted).nth(n)?;
    Some(source.place(at))
}

/// All groups of a desk, as a file. Members are named as the desk names them; of two agents of one name, by their ids.
pub fn render(staff: &Staff) -> String {
    let mut out = String::from("# The groups of this desk: who is in each, and what they are good at.\n");
    let mut groups: Vec<&Group> = staff.groups.iter().collect();
    groups.sort_by(|a, b| a.name.cmp(&b.name));
    for group in groups {
        let mut members: Vec<String> = group
            .members
            .iter()
            .map(|id| {
                let name = names::name_of(staff, *id);
                let alike = staff.agents.iter().filter(|it| it.agent.name.as_str() == name).count();
                if alike == 1 { name } else { id.to_string() }
            })
            .collect();
        members.sort();
        let list = |words: Vec<String>| {
            let words: Vec<String> = words.iter().map(|it| strict::quoted(it)).collect();
            format!("[{}]", words.join(", "))
        };
        let skills = group.skills.iter().map(|it| it.as_str().to_owned()).collect();
        out.push_str(&format!(
            "\n[[group]]\nname = {}\nmembers = {}\nskills = {}\n",
            strict::quoted(group.name.as_str()),
            list(members),
            list(skills)
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> String {
        let mistakes = parse("groups.toml", text).unwrap_err();
        mistakes.iter().map(|it| format!("{it}\n")).collect()
    }

    #[test]
    fn groups_are_read_and_mistakes_have_their_place() {
        let text = "[[group]]\nname = \"billing\"\nmembers = [\"Ada\"]\n\n[[group]]\nname = \"returns\"\nskills = [\"german\"]\n";
        let groups = parse("groups.toml", text).unwrap();
        assert_eq!(groups[0].members, ["Ada"]);
        assert_eq!(groups[1].skills[0].as_str(), "german");
        assert_eq!(parse("groups.toml", "").unwrap(), []);

        for (text, expected) in [
            ("[[group]]\nnaem = \"x\"\n", "groups.toml:2:1: there is no `group.naem`"),
            ("[[group]]\nmembers = []\n", "groups.toml:1:"),
            (
                "[[group]]\nname = \"a\"\n[[group]]\nname = \"a\"\n",
                "groups.toml:4:8: there are two groups a",
            ),
        ] {
            let found = mistakes(text);
            assert!(found.starts_with(expected), "{text:?} gives {found}");
        }
        let unknown = unknown_member("groups.toml", text, "Ada", "there is no agent Ada");
        assert_eq!(unknown.at, Some((3, 12)));
    }
}
