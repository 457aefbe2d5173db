//! `minicom-agent article`: the knowledge base, listed, shown, imported from a folder, exported to one.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use minicom_protocol::{
    command::AgentCommand,
    frame::{AgentQuestion, AgentReply},
    library::{Article, ArticleRow},
    refusal::Refusal,
    safe,
    words::Tag,
};
use minicom_tui_kit::Shown;

use super::{
    Access, Told,
    article_file::{self, ArticleFile},
    files,
    import::{self, Item, Verdict},
    session::Session,
    strict,
    table::{self, Table, cell},
};
use crate::exit::{self, Failure};

/// Articles of one answer.
const PAGE: u32 = 100;

/// What can be done with articles.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum ArticleCommand {
    /// Print the articles, drafts too.
    List,
    /// Print an article.
    Show {
        /// Its short name.
        slug: Tag,
    },
    /// Make articles what the Markdown files of a folder say: one a file, found by their slugs.
    ///
    /// All files are checked before the first is sent. The form is told in docs/desk.md.
    Import {
        /// Folders with .md files, or files.
        #[arg(required = true, value_name = "DIR")]
        folders: Vec<PathBuf>,
        /// Print what would be done, and do nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Write all articles into a folder, a Markdown file each.
    Export {
        /// The folder; it is made if it is not there.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Delete an article. Cards that were sent keep its title.
    Delete {
        /// Its short name.
        slug: Tag,
    },
}

pub(super) async fn run(command: ArticleCommand, access: &Access<'_>) -> Result<Told, Failure> {
    let (folders, dry_run) = match command {
        ArticleCommand::Import { folders, dry_run } => (folders, dry_run),
        other => {
            let mut session = access.open().await?;
            let text = with_session(other, &mut session, access).await?;
            session.leave().await;
            return Ok(text.into());
        }
    };
    let paths = files::collect(&folders, &article_file::ENDINGS)?;
    let wanted = match read(&paths) {
        Ok(wanted) => wanted,
        Err(told) => return Ok(told),
    };
    let mut session = access.open().await?;
    let items = compare_all(&mut session, &wanted, false).await?;
    let told = import::send(&mut session, items, dry_run).await;
    session.leave().await;
    told
}

/// Reads articles.
///
/// # Errors
/// All files, with what is wrong with those that are.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<(String, ArticleFile)>, Told> {
    let slug = |it: &ArticleFile| it.article.slug.as_str().to_owned();
    import::read_all(paths, article_file::parse, slug)
}

/// What is to become of each. `prune`: what is not among them is deleted.
///
/// # Errors
/// The server is away.
pub(super) async fn compare_all(
    session: &mut Session,
    wanted: &[(String, ArticleFile)],
    prune: bool,
) -> Result<Vec<Item>, Failure> {
    let mut items = Vec::new();
    for (file, wanted) in wanted {
        let verdict = match article(session, &wanted.article.slug).await? {
            None => Verdict::New(wanted.command(None)),
            Some((known, row)) if wanted.is(&known, &row) => Verdict::Unchanged,
            Some((_, row)) => Verdict::Changed(wanted.command(Some(&row))),
        };
        let (file, name) = (file.clone(), wanted.article.slug.as_str().to_owned());
        items.push(Item { file, name, verdict });
    }
    if prune {
        let named = |row: &ArticleRow| wanted.iter().any(|(_, file)| file.article.slug == row.slug);
        let gone = all(session).await?.into_iter().filter(|row| !named(row));
        items.extend(gone.map(|row| Item {
            file: "(no file)".to_owned(),
            name: row.slug.as_str().to_owned(),
            verdict: Verdict::Gone(AgentCommand::DeleteArticle { slug: row.slug }),
        }));
    }
    Ok(items)
}

async fn with_session(command: ArticleCommand, session: &mut Session, access: &Access<'_>) -> Result<String, Failure> {
    match command {
        ArticleCommand::List => {
            let rows = all(session).await?;
            let mut table = Table::new(&["SLUG", "STATE", "CHANGED", "TITLE", "TAGS"]);
            for row in &rows {
                table.row(vec![
                    row.slug.shown(),
                    Shown::fixed(if row.published { "published" } else { "draft" }),
                    cell(access.stamp(row.updated_at)),
                    row.title.shown(),
                    table::list(row.tags.iter().map(Tag::as_str)),
                ]);
            }
            Ok(table.or("There are no articles. Make some:  minicom-agent article import DIR"))
        }
        ArticleCommand::Show { slug } => match article(session, &slug).await? {
            Some((article, row)) => Ok(show(&article, &row, access)),
            None => {
                let rows = all(session).await?;
                let near = strict::nearest(slug.as_str(), rows.iter().map(|it| it.slug.as_str()));
                let hint = near.map_or_else(String::new, |near| format!(" Did you mean {}?", Shown::line(near)));
                Err(Failure::new(
                    exit::USAGE,
                    format!("There is no article {}.{hint}", slug.shown()),
                ))
            }
        },
        ArticleCommand::Export { folder } => export(session, &folder).await,
        ArticleCommand::Delete { slug } => match session
            .command(AgentCommand::DeleteArticle { slug: slug.clone() })
            .await?
        {
            Ok(_) => Ok(format!("deleted: article {}\n", slug.shown())),
            Err(Refusal::NotFound) => {
                let rows = all(session).await?;
                let near = strict::nearest(slug.as_str(), rows.iter().map(|it| it.slug.as_str()));
                Ok(super::absent("article", slug.shown(), near))
            }
            Err(refusal) => Err(session.refused(&refusal)),
        },
        // It begins before there is a session.
        ArticleCommand::Import { .. } => Ok(String::new()),
    }
}

fn show(article: &Article, row: &ArticleRow, access: &Access<'_>) -> String {
    let by = row
        .updated_by
        .as_ref()
        .map_or_else(String::new, |it| format!(" by {}", it.name.shown()));
    let mut out = format!(
        "{}\n{}, {}, changed {}{by}\n",
        article.title.shown(),
        article.slug.shown(),
        if row.published { "published" } else { "draft" },
        access.stamp(row.updated_at),
    );
    if !row.tags.is_empty() {
        out.push_str(&format!("tags: {}\n", table::list(row.tags.iter().map(Tag::as_str))));
    }
    out.push('\n');
    out.push_str(&safe::text(&article.body));
    out
}

/// An article in full, if there is one.
async fn article(session: &mut Session, slug: &Tag) -> Result<Option<(Article, ArticleRow)>, Failure> {
    match session.ask_if(AgentQuestion::Article { slug: slug.clone() }).await? {
        Ok(AgentReply::Article { article, row }) => Ok(Some((article, row))),
        Err(Refusal::NotFound) => Ok(None),
        Err(refusal) => Err(session.refused(&refusal)),
        Ok(_) => Err(session.not_that()),
    }
}

/// All articles by slug, without their bodies.
async fn all(session: &mut Session) -> Result<Vec<ArticleRow>, Failure> {
    let mut all: Vec<ArticleRow> = Vec::new();
    loop {
        let after = all.last().map(|it| it.slug.clone());
        let AgentReply::Articles { articles } = session.ask(AgentQuestion::AllArticles { after, limit: PAGE }).await?
        else {
            return Err(session.not_that());
        };
        if articles.is_empty() {
            return Ok(all);
        }
        all.extend(articles);
    }
}

/// Writes all articles into a folder, a file each.
///
/// # Errors
/// The server is away, or a file cannot be written.
pub(super) async fn export(session: &mut Session, folder: &Path) -> Result<String, Failure> {
    let rows = all(session).await?;
    files::make_folder(folder)?;
    let mut out = String::new();
    for row in &rows {
        // One that was deleted in between is not there any more.
        if let Some((article, row)) = article(session, &row.slug).await? {
            let path = folder.join(article_file::file_name(&row.slug));
            let written = files::write(&path, &article_file::render(&article, &row))?;
            out.push_str(&format!("{:9}  {}\n", written.word(), files::shown(&path)));
        }
    }
    if rows.is_empty() {
        out.push_str("There are no articles.\n");
    }
    Ok(out)
}
