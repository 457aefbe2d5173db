//! A saved reply as a file: front matter and the text, or all of it as TOML.

use std::path::Path;

use minicom_protocol::{
    command::AgentCommand,
    ids::{AgentId, ReplyId},
    intake::Priority,
    library::{ReplyAction, SavedReply},
    staff::Staff,
    template::Template,
    words::{GroupName, SubjectLine, Tag},
};
use serde::Deserialize;
use toml::{Table, Value};

use super::{
    files, front, names,
    strict::{self, Mistake, Source},
};

/// Endings of files that are saved replies.
pub const ENDINGS: [&str; 3] = ["txt", "md", "toml"];

/// What a file says of a saved reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyFile {
    /// What is typed to find it.
    pub code: Tag,
    /// What it is for.
    pub title: SubjectLine,
    /// Whether it is one's own, and not everybody's.
    pub mine: bool,
    /// What is done with it.
    pub actions: Vec<Action>,
    /// Where the actions stand.
    actions_at: Option<(usize, usize)>,
    /// What it says.
    pub text: String,
}

/// An action as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// `tag vip`
    Tag(Tag),
    /// `priority high`
    Priority(Priority),
    /// `transfer billing`
    Transfer(GroupName),
    /// `snooze` or `snooze 60`
    Snooze(Option<u32>),
    /// `close`
    Close,
}

#[derive(Deserialize)]
struct Keys {
    code: Option<Tag>,
    title: Option<SubjectLine>,
    #[serde(default)]
    mine: bool,
    #[serde(default)]
    actions: Vec<Action>,
    text: Option<String>,
}

fn known(with_text: bool) -> Table {
    let mut keys = Table::new();
    for key in ["code", "title", "mine", "actions"] {
        keys.insert(key.to_owned(), Value::Boolean(true));
    }
    if with_text {
        keys.insert("text".to_owned(), Value::Boolean(true));
    }
    keys
}

/// Reads a saved reply.
///
/// # Errors
/// What is wrong with the file.
pub fn parse(file: &str, path: &Path, text: &str) -> Result<ReplyFile, Vec<Mistake>> {
    let whole = path.extension().is_some_and(|end| end == "toml");
    let parts = match whole {
        true => front::Parts {
            front: Some(text),
            body: "",
            lines_before: 0,
        },
        false => front::split(file, text).map_err(|it| vec![it])?,
    };
    let source = Source {
        file,
        text: parts.front.unwrap_or_default(),
        lines_before: usize::from(!whole),
    };
    let keys: Keys = source.read(&known(whole))?;
    let wrong = |mistake: Mistake| vec![mistake];
    let code = match keys.code {
        Some(code) => code,
        None => Tag::parse(files::stem(path)).map_err(|why| {
            wrong(Mistake::of(
                file,
                format!("its name cannot be the code: {why}; say code = \"...\" in the front matter"),
            ))
        })?,
    };
    let title = match keys.title {
        Some(title) => title,
        None => SubjectLine::parse(code.as_str()).map_err(|why| wrong(Mistake::of(file, why.to_string())))?,
    };
    let (body, lines_before) = match (whole, &keys.text) {
        (true, Some(text)) => (front::trimmed(text).to_owned(), None),
        (true, None) => return Err(wrong(Mistake::of(file, "there is no text: say text = \"\"\"...\"\"\""))),
        (false, _) => (parts.body.to_owned(), Some(parts.lines_before)),
    };
    let reply = ReplyFile {
        code,
        title,
        mine: keys.mine,
        actions: keys.actions,
        actions_at: source.place_of("actions"),
        text: body,
    };
    reply.check(file, lines_before, source.place_of("text"))?;
    Ok(reply)
}

impl ReplyFile {
    /// What the server would not take. `lines_before` is known where the text stands as it is, `text_at` where it is a value.
    fn check(
        &self,
        file: &str,
        lines_before: Option<usize>,
        text_at: Option<(usize, usize)>,
    ) -> Result<(), Vec<Mistake>> {
        if let Err(wrong) = Template::parse(&self.text) {
            let at = match lines_before {
                Some(before) => Some((wrong.line + before, wrong.column)),
                None => text_at,
            };
            return Err(vec![Mistake {
                file: file.to_owned(),
                at,
                what: wrong.why.to_string(),
            }]);
        }
        // Which groups there are is known at the desk only; how many actions there may be is known here.
        let actions = vec![ReplyAction::Close; self.actions.len()];
        let anybody = self.to_saved(ReplyId::from_bytes([0; 16]), None, actions);
        let checked = AgentCommand::SaveReply { reply: anybody }.check();
        checked.map_err(|refusal| vec![Mistake::of(file, refusal.message())])
    }

    fn to_saved(&self, id: ReplyId, owner: Option<AgentId>, actions: Vec<ReplyAction>) -> SavedReply {
        SavedReply {
            id,
            code: self.code.clone(),
            title: self.title.clone(),
            text: self.text.clone(),
            owner,
            actions,
            uses: 0,
            questions: None,
        }
    }

    /// The saved reply at a desk with these groups.
    ///
    /// # Errors
    /// It is to go to a group that is not there.
    pub fn at_desk(&self, file: &str, id: ReplyId, me: AgentId, staff: &Staff) -> Result<SavedReply, Mistake> {
        let actions: Result<Vec<ReplyAction>, Mistake> = self
            .actions
            .iter()
            .map(|action| {
                action.at_desk(staff).map_err(|what| Mistake {
                    file: file.to_owned(),
                    at: self.actions_at,
                    what,
                })
            })
            .collect();
        Ok(self.to_saved(id, self.mine.then_some(me), actions?))
    }
}

impl Action {
    pub fn at_desk(&self, staff: &Staff) -> Result<ReplyAction, String> {
        Ok(match self {
            Action::Tag(tag) => ReplyAction::Tag { tag: tag.clone() },
            Action::Priority(priority) => ReplyAction::Priority { priority: *priority },
            Action::Snooze(minutes) => ReplyAction::Snooze { minutes: *minutes },
            Action::Close => ReplyAction::Close,
            Action::Transfer(name) => match names::group(staff, name) {
                Some(group) => ReplyAction::Transfer { group: group.id },
                None => {
                    let near = strict::nearest(name.as_str(), staff.groups.iter().map(|it| it.name.as_str()));
                    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                    return Err(format!("there is no group `{}`{hint}", name.as_str()));
                }
            },
        })
    }

    /// As it is written.
    pub fn words(action: &ReplyAction, staff: &Staff) -> String {
        match action {
            ReplyAction::Tag { tag } => format!("tag {}", tag.as_str()),
            ReplyAction::Priority { priority } => format!("priority {}", priority.word()),
            ReplyAction::Transfer { group } => match staff.group(*group) {
                Some(group) => format!("transfer {}", group.name.as_str()),
                None => format!("transfer {group}"),
            },
            ReplyAction::Snooze { minutes: Some(minutes) } => format!("snooze {minutes}"),
            ReplyAction::Snooze { minutes: None } => "snooze".to_owned(),
            ReplyAction::Close => "close".to_owned(),
        }
    }
}

impl std::str::FromStr for Action {
    type Err = String;

    fn from_str(text: &str) -> Result<Action, String> {
        let mut words = text.split_whitespace();
        let (what, value, more) = (words.next().unwrap_or_default(), words.next(), words.next());
        let action = match (what, value, more) {
            ("tag", Some(tag), None) => Action::Tag(Tag::parse(tag).map_err(|why| why.to_string())?),
            ("priority", Some(it), None) => Action::Priority(it.parse()?),
            ("transfer", Some(it), None) => Action::Transfer(GroupName::parse(it).map_err(|why| why.to_string())?),
            ("snooze", None, _) => Action::Snooze(None),
            ("snooze", Some(minutes), None) => {
                let minutes = minutes.parse().ok().filter(|it| *it > 0);
                Action::Snooze(Some(
                    minutes.ok_or("snooze for how many minutes? Say a number above 0, or nothing")?,
                ))
            }
            ("close", None, _) => Action::Close,
            _ => {
                return Err(format!(
                    "`{}` is no action; write \"tag WORD\", \"priority WORD\", \"transfer GROUP\", \"snooze\", \
                     \"snooze MINUTES\" or \"close\"",
                    minicom_tui_kit::Shown::line(text)
                ));
            }
        };
        Ok(action)
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Action, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A saved reply as a file that becomes it again.
pub fn render(reply: &SavedReply, staff: &Staff) -> String {
    let mut out = format!(
        "+++\ncode = {}\ntitle = {}\n",
        strict::quoted(reply.code.as_str()),
        strict::quoted(reply.title.as_str())
    );
    if reply.owner.is_some() {
        out.push_str("mine = true\n");
    }
    if !reply.actions.is_empty() {
        let actions = reply.actions.iter().map(|it| Value::String(Action::words(it, staff)));
        out.push_str(&format!(
            "actions = {}\n",
            strict::inline(&Value::Array(actions.collect()))
        ));
    }
    out.push_str(&format!("+++\n\n{}\n", front::trimmed(&reply.text)));
    out
}

#[cfg(test)]
#[path = "reply_file_tests.rs"]
mod tests;
