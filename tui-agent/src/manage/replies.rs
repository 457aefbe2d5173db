//! `minicom-agent reply`: saved replies, listed, imported from files, exported to them, deleted.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use minicom_client::CommandIds;
use minicom_protocol::{
    command::AgentCommand,
    frame::{AgentQuestion, AgentReply},
    ids::ReplyId,
    library::SavedReply,
    staff::Staff,
    words::Tag,
};
use minicom_tui_kit::Shown;

use super::{
    Access, Told, files, front,
    import::{self, Item, Verdict},
    reply_file::{self, Action, ReplyFile},
    session::Session,
    strict,
    table::{self, Table, cell},
};
use crate::exit::{self, Failure};

/// Saved replies of one answer.
const PAGE: u32 = 100;

/// What can be done with saved replies.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum ReplyCommand {
    /// Print your saved replies and everybody's.
    List,
    /// Make saved replies what files say: one a file, found by their codes.
    ///
    /// All files are checked before the first is sent. The form is told in docs/desk.md.
    Import {
        /// Files, or folders with .txt, .md and .toml files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print what would be done, and do nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Write your saved replies and everybody's into a folder, a file each.
    Export {
        /// The folder; it is made if it is not there.
        folder: PathBuf,
    },
    /// Delete a saved reply that is everybody's.
    Delete {
        /// Its code.
        code: Tag,
        /// Delete your own of this code.
        #[arg(long)]
        mine: bool,
    },
}

pub(super) async fn run(command: ReplyCommand, access: &Access<'_>) -> Result<Told, Failure> {
    match command {
        ReplyCommand::Import { files, dry_run } => {
            let paths = files::collect(&files, &reply_file::ENDINGS)?;
            let wanted = match read(&paths) {
                Ok(wanted) => wanted,
                Err(told) => return Ok(told),
            };
            let mut session = access.open().await?;
            let staff = session.desk().staff.clone();
            let items = compare_all(&mut session, &wanted, &staff, false).await?;
            let told = import::send(&mut session, items, dry_run).await;
            session.leave().await;
            told
        }
        ReplyCommand::List => {
            let mut session = access.open().await?;
            let replies = all(&mut session).await?;
            let text = list(&session, &replies);
            session.leave().await;
            Ok(text.into())
        }
        ReplyCommand::Export { folder } => {
            let mut session = access.open().await?;
            let replies = all(&mut session).await?;
            let told = export(&session, &replies, &folder);
            session.leave().await;
            told.map(Told::from)
        }
        ReplyCommand::Delete { code, mine } => {
            let mut session = access.open().await?;
            let text = delete(&mut session, &code, mine).await?;
            session.leave().await;
            Ok(text.into())
        }
    }
}

/// Reads saved replies. One's own may have the code of one that is everybody's.
///
/// # Errors
/// All files, with what is wrong with those that are.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<(String, ReplyFile)>, Told> {
    let key = |it: &ReplyFile| match it.mine {
        true => format!("{} (mine)", it.code.as_str()),
        false => it.code.as_str().to_owned(),
    };
    import::read_all(paths, reply_file::parse, key)
}

/// What is to become of each; groups are those of `staff`. `prune`: what is everybody's and is not among them is deleted.
///
/// # Errors
/// The server is away.
pub(super) async fn compare_all(
    session: &mut Session,
    wanted: &[(String, ReplyFile)],
    staff: &Staff,
    prune: bool,
) -> Result<Vec<Item>, Failure> {
    let known = all(session).await?;
    let mut ids = CommandIds::random();
    let items = wanted
        .iter()
        .map(|(file, reply)| compare(session, staff, &known, file.clone(), reply, &mut ids));
    let mut items: Vec<Item> = items.collect();
    let named = |it: &SavedReply| wanted.iter().any(|(_, file)| !file.mine && file.code == it.code);
    let gone = known.iter().filter(|it| prune && it.owner.is_none() && !named(it));
    items.extend(gone.map(|it| Item {
        file: "(no file)".to_owned(),
        name: it.code.as_str().to_owned(),
        verdict: Verdict::Gone(AgentCommand::DeleteReply { reply: it.id }),
    }));
    Ok(items)
}

/// Writes everybody's saved replies into a folder, a file each.
///
/// # Errors
/// The server is away, or a file cannot be written.
pub(super) async fn dump(session: &mut Session, folder: &Path) -> Result<String, Failure> {
    let mut replies = all(session).await?;
    replies.retain(|it| it.owner.is_none());
    export(session, &replies, folder)
}

/// All saved replies that one may use, by code.
async fn all(session: &mut Session) -> Result<Vec<SavedReply>, Failure> {
    let (mut all, mut after): (Vec<SavedReply>, Option<Tag>) = (Vec::new(), None);
    loop {
        let question = AgentQuestion::Replies {
            query: String::new(),
            after: after.clone(),
            limit: PAGE,
        };
        let AgentReply::Replies { replies, more } = session.ask(question).await? else {
            return Err(session.not_that());
        };
        let next = next_page(&replies);
        for reply in replies {
            if all.iter().all(|it| it.id != reply.id) {
                all.push(reply);
            }
        }
        // A page that brings nothing further is the last one, whatever it says.
        match next {
            Some(next) if more && after.as_ref() != Some(&next) => after = Some(next),
            _ => return Ok(all),
        }
    }
}

/// Behind which code the next page begins: the one before the last, for one's own and everybody's may have the same, and only the
/// first of them may have been on this page.
fn next_page(page: &[SavedReply]) -> Option<Tag> {
    let last = &page.last()?.code;
    let before = page.iter().rev().find(|it| it.code != *last);
    Some(before.map_or(last, |it| &it.code).clone())
}

fn compare(
    session: &Session,
    staff: &Staff,
    known: &[SavedReply],
    file: String,
    wanted: &ReplyFile,
    ids: &mut CommandIds,
) -> Item {
    let me = session.me().agent.id;
    let same = known
        .iter()
        .find(|it| it.code == wanted.code && it.owner.is_some() == wanted.mine);
    let id = same.map_or_else(|| ReplyId(ids.next(session.now().0).0), |it| it.id);
    let verdict = match wanted.at_desk(&file, id, me, staff) {
        Err(mistake) => Verdict::Refused(mistake),
        Ok(reply) => {
            let unchanged = same.is_some_and(|known| {
                (&known.title, &known.actions, front::trimmed(&known.text))
                    == (&reply.title, &reply.actions, &reply.text)
            });
            let is_new = same.is_none();
            let command = AgentCommand::SaveReply { reply };
            match (unchanged, is_new) {
                (true, _) => Verdict::Unchanged,
                (false, true) => Verdict::New(command),
                (false, false) => Verdict::Changed(command),
            }
        }
    };
    let name = wanted.code.as_str().to_owned();
    Item { file, name, verdict }
}

fn list(session: &Session, replies: &[SavedReply]) -> String {
    let staff = &session.desk().staff;
    let mut table = Table::new(&["CODE", "WHOSE", "USED", "TITLE", "ALSO"]);
    for reply in replies {
        let actions: Vec<String> = reply.actions.iter().map(|it| Action::words(it, staff)).collect();
        table.row(vec![
            reply.code.shown(),
            Shown::fixed(if reply.owner.is_some() { "mine" } else { "all" }),
            cell(reply.uses),
            reply.title.shown(),
            table::list(actions.iter().map(String::as_str)),
        ]);
    }
    table.or("There are no saved replies. Make some:  minicom-agent reply import FILE")
}

fn export(session: &Session, replies: &[SavedReply], folder: &Path) -> Result<String, Failure> {
    files::make_folder(folder)?;
    let mut out = String::new();
    for reply in replies {
        // One's own may have the code of one that is everybody's.
        let name = match reply.owner {
            Some(_) => format!("{}.mine", reply.code.as_str()),
            None => reply.code.as_str().to_owned(),
        };
        let path = folder.join(files::file_name(&name, "txt"));
        let written = files::write(&path, &reply_file::render(reply, &session.desk().staff))?;
        out.push_str(&format!("{:9}  {}\n", written.word(), files::shown(&path)));
    }
    if replies.is_empty() {
        out.push_str("There are no saved replies.\n");
    }
    Ok(out)
}

async fn delete(session: &mut Session, code: &Tag, mine: bool) -> Result<String, Failure> {
    let known = all(session).await?;
    let same = |mine: bool| known.iter().find(|it| it.code == *code && it.owner.is_some() == mine);
    if let Some(reply) = same(mine) {
        session.change(AgentCommand::DeleteReply { reply: reply.id }).await?;
        return Ok(format!("deleted: saved reply {}\n", code.shown()));
    }
    if !mine && same(true).is_some() {
        let words = format!("{} is your own: to delete it add --mine.", code.shown());
        return Err(Failure::new(exit::USAGE, words));
    }
    let near = strict::nearest(code.as_str(), known.iter().map(|it| it.code.as_str()));
    Ok(super::absent("saved reply", code.shown(), near))
}
