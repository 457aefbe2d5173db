//! All that a desk is told by files, as one folder: `desk.toml`, `bot.toml`, `groups.toml`, `replies/` and `articles/`, each of which may be
//! left out. Everything is read and compared before the first command is sent, so that a mistake anywhere leaves the running desk
//! as it was.

use std::path::{Path, PathBuf};

use minicom_client::CommandIds;
use minicom_protocol::{
    command::AgentCommand,
    ids::GroupId,
    settings::{BotSettings, DeskSettings},
    staff::{Group, Staff},
    words::as_set,
};

use super::{
    Told,
    article_file::ArticleFile,
    articles, bot_file, desk, desk_text, files,
    group_file::{self, GroupEntry},
    import::{self, Item, Verdict},
    names, replies,
    reply_file::ReplyFile,
    session::Session,
    strict::Mistake,
};
use crate::exit::Failure;

/// What a folder says. What it leaves out stays as it is at the desk.
#[derive(Debug, Default)]
pub struct Folder {
    settings: Option<(String, DeskSettings)>,
    bot: Option<(String, BotSettings)>,
    groups: Option<Groups>,
    replies: Option<Vec<(String, ReplyFile)>>,
    articles: Option<Vec<(String, ArticleFile)>>,
}

#[derive(Debug)]
struct Groups {
    file: String,
    text: String,
    entries: Vec<GroupEntry>,
}

/// The names of its parts.
const SETTINGS: &str = "desk.toml";
const BOT: &str = "bot.toml";
const GROUPS: &str = "groups.toml";
const REPLIES: &str = "replies";
const ARTICLES: &str = "articles";

/// What a folder has and no desk: a name with a mistake in it would be left out without a word. Hidden files and notes to the reader
/// are nobody's business here.
fn strangers(folder: &Path) -> Vec<Mistake> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|it| it.file_name().to_string_lossy().into_owned())
        .collect();
    names.retain(|name| {
        let known = [SETTINGS, BOT, GROUPS, REPLIES, ARTICLES].contains(&name.as_str());
        !known && !name.starts_with('.') && !name.to_uppercase().starts_with("README")
    });
    names.sort();
    let what = format!("a desk has no such part: it has {SETTINGS}, {BOT}, {GROUPS}, {REPLIES}/ and {ARTICLES}/");
    let mistake = |name: &String| Mistake::of(&files::shown(&folder.join(name)).to_string(), what.clone());
    names.iter().map(mistake).collect()
}

impl Folder {
    /// A folder with settings alone.
    pub fn of_settings(file: String, settings: DeskSettings) -> Folder {
        Folder {
            settings: Some((file, settings)),
            ..Folder::default()
        }
    }

    /// Reads a folder.
    ///
    /// # Errors
    /// All mistakes of all its files.
    pub fn read(folder: &Path) -> Result<Folder, Told> {
        let mut mistakes = strangers(folder);
        let mut read = Folder::default();
        if let Some((file, text)) = text_of(&folder.join(SETTINGS), &mut mistakes) {
            match desk::parse(&file, &text) {
                Ok(settings) => read.settings = Some((file, settings)),
                Err(mut wrong) => mistakes.append(&mut wrong),
            }
        }
        if let Some((file, text)) = text_of(&folder.join(BOT), &mut mistakes) {
            match bot_file::parse(&file, &text) {
                Ok(bot) => read.bot = Some((file, bot)),
                Err(mut wrong) => mistakes.append(&mut wrong),
            }
        }
        if let Some((file, text)) = text_of(&folder.join(GROUPS), &mut mistakes) {
            match group_file::parse(&file, &text) {
                Ok(entries) => read.groups = Some(Groups { file, text, entries }),
                Err(mut wrong) => mistakes.append(&mut wrong),
            }
        }
        let within = |name: &str, endings: &[&str]| -> Option<Result<Vec<PathBuf>, Failure>> {
            let path = folder.join(name);
            path.is_dir().then(|| files::within(&path, endings))
        };
        if let Some(paths) = within(REPLIES, &super::reply_file::ENDINGS) {
            match paths.map_err(told).and_then(|paths| replies::read(&paths)) {
                Ok(all) => read.replies = Some(all),
                Err(wrong) => return Err(wrong),
            }
        }
        if let Some(paths) = within(ARTICLES, &super::article_file::ENDINGS) {
            match paths.map_err(told).and_then(|paths| articles::read(&paths)) {
                Ok(all) => read.articles = Some(all),
                Err(wrong) => return Err(wrong),
            }
        }
        if !mistakes.is_empty() {
            return Err(import::refused(&mistakes));
        }
        let nothing = read.settings.is_none() && read.bot.is_none() && read.groups.is_none();
        if nothing && read.replies.is_none() && read.articles.is_none() {
            let what = format!("there is none of {SETTINGS}, {BOT}, {GROUPS}, {REPLIES}/ and {ARTICLES}/ in it");
            return Err(import::refused(&[Mistake::of(&files::shown(folder).to_string(), what)]));
        }
        Ok(read)
    }

    /// What is to be done so that the desk is as the folder says, in the order in which it is done: replies name groups.
    /// `prune`: what a part of the folder does not name is deleted.
    ///
    /// # Errors
    /// The server is away.
    pub async fn compare(&self, session: &mut Session, prune: bool) -> Result<(Vec<Item>, Vec<String>), Failure> {
        let mut items = Vec::new();
        let mut staff = session.desk().staff.clone();
        if let Some(groups) = &self.groups {
            groups.compare(session, prune, &mut staff, &mut items).await?;
        }
        let changes = self.compare_settings(&session.desk().settings, &mut items)?;
        if let Some(wanted) = &self.replies {
            items.append(&mut replies::compare_all(session, wanted, &staff, prune).await?);
        }
        if let Some(wanted) = &self.articles {
            items.append(&mut articles::compare_all(session, wanted, prune).await?);
        }
        Ok((items, changes))
    }

    /// The bot is one of the settings and has a file of its own: each file leaves alone what the other one says.
    fn compare_settings(&self, known: &DeskSettings, items: &mut Vec<Item>) -> Result<Vec<String>, Failure> {
        let mut push = |file: &str, name: &str, changed: bool, settings: &DeskSettings| {
            let settings = Box::new(settings.clone());
            items.push(Item {
                file: file.to_owned(),
                name: name.to_owned(),
                verdict: match changed {
                    true => Verdict::Changed(AgentCommand::Configure { settings }),
                    false => Verdict::Unchanged,
                },
            });
        };
        let mut changes = Vec::new();
        let mut so_far = known.clone();
        if let Some((file, wanted)) = &self.settings {
            changes = desk::changes(known, wanted)?;
            so_far = DeskSettings {
                bot: known.bot.clone(),
                ..wanted.clone()
            };
            push(file, "settings", !changes.is_empty(), &so_far);
        }
        if let Some((file, wanted)) = &self.bot {
            so_far.bot = wanted.clone();
            push(file, "bot", known.bot != *wanted, &so_far);
        }
        Ok(changes)
    }
}

impl Groups {
    async fn compare(
        &self,
        session: &Session,
        prune: bool,
        staff: &mut Staff,
        items: &mut Vec<Item>,
    ) -> Result<(), Failure> {
        let mut ids = CommandIds::random();
        for entry in &self.entries {
            let known = names::group(&session.desk().staff, &entry.name).cloned();
            let name = format!("group {}", entry.name.as_str());
            let verdict = match self.wanted(session, entry, known.as_ref(), &mut ids).await? {
                Err(mistake) => Verdict::Refused(mistake),
                Ok(group) => {
                    staff.groups.retain(|it| it.id != group.id);
                    staff.groups.push(group.clone());
                    match known {
                        Some(known) if known == group => Verdict::Unchanged,
                        Some(_) => Verdict::Changed(AgentCommand::SaveGroup { group }),
                        None => Verdict::New(AgentCommand::SaveGroup { group }),
                    }
                }
            };
            let file = self.file.clone();
            items.push(Item { file, name, verdict });
        }
        let gone = session.desk().staff.groups.iter().filter(|known| {
            let named = self.entries.iter().any(|it| it.name == known.name);
            prune && !named
        });
        for group in gone {
            staff.groups.retain(|it| it.id != group.id);
            items.push(Item {
                file: self.file.clone(),
                name: format!("group {}", group.name.as_str()),
                verdict: Verdict::Gone(AgentCommand::DeleteGroup { group: group.id }),
            });
        }
        Ok(())
    }

    async fn wanted(
        &self,
        session: &Session,
        entry: &GroupEntry,
        known: Option<&Group>,
        ids: &mut CommandIds,
    ) -> Result<Result<Group, Mistake>, Failure> {
        let mut members = Vec::new();
        for member in &entry.members {
            match names::agent(session, member).await {
                Ok(found) => members.push(found.agent.id),
                Err(failure) if failure.code == crate::exit::USAGE => {
                    let mistake = group_file::unknown_member(&self.file, &self.text, member, &failure.words);
                    return Ok(Err(mistake));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(Ok(Group {
            id: known.map_or_else(|| GroupId(ids.next(session.now().0).0), |it| it.id),
            name: entry.name.clone(),
            members: as_set(members),
            skills: as_set(entry.skills.clone()),
        }))
    }
}

/// Writes all that a desk is told by files into a folder.
///
/// # Errors
/// The server is away, or a file cannot be written.
pub async fn dump(session: &mut Session, folder: &Path) -> Result<String, Failure> {
    files::make_folder(folder)?;
    let mut out = String::new();
    let parts = [
        (SETTINGS, desk_text::render(&session.desk().settings)?),
        (BOT, bot_file::render(&session.desk().settings.bot)),
        (GROUPS, group_file::render(&session.desk().staff)),
    ];
    for (name, text) in parts {
        let path = folder.join(name);
        let written = files::write(&path, &text)?;
        out.push_str(&format!("{:9}  {}\n", written.word(), files::shown(&path)));
    }
    out.push_str(&replies::dump(session, &folder.join(REPLIES)).await?);
    out.push_str(&articles::export(session, &folder.join(ARTICLES)).await?);
    Ok(out)
}

/// A file, if it is there; what is wrong with it goes to the mistakes.
fn text_of(path: &Path, mistakes: &mut Vec<Mistake>) -> Option<(String, String)> {
    if !path.exists() {
        return None;
    }
    match files::read(path) {
        Ok(text) => Some((path.display().to_string(), text)),
        Err(mistake) => {
            mistakes.push(mistake);
            None
        }
    }
}

fn told(failure: Failure) -> Told {
    Told {
        text: String::new(),
        failure: Some(failure),
    }
}
