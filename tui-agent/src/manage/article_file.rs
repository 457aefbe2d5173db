//! An article as a Markdown file: front matter where it says more than its name and its first heading.

use std::path::Path;

use minicom_protocol::{
    command::AgentCommand,
    library::{Article, ArticleRow, questions_as_set},
    words::{SubjectLine, Tag, as_set},
};
use serde::Deserialize;
use toml::{Table, Value};

use super::{
    files, front,
    strict::{self, Mistake, Source},
};

/// Endings of files that are articles.
pub const ENDINGS: [&str; 2] = ["md", "markdown"];

/// What a file says of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleFile {
    /// The article.
    pub article: Article,
    /// Its tags; those that it has, if the file says nothing.
    pub tags: Option<Vec<Tag>>,
    /// Whether customers can read it; as it is, if the file says nothing, and a new one is a draft.
    pub published: Option<bool>,
}

#[derive(Deserialize)]
struct Keys {
    slug: Option<Tag>,
    title: Option<SubjectLine>,
    tags: Option<Vec<Tag>>,
    published: Option<bool>,
    questions: Option<Vec<SubjectLine>>,
}

fn known() -> Table {
    let keys = ["slug", "title", "tags", "published", "questions"];
    keys.into_iter()
        .map(|key| (key.to_owned(), Value::Boolean(true)))
        .collect()
}

/// Reads an article.
///
/// # Errors
/// What is wrong with the file.
pub fn parse(file: &str, path: &Path, text: &str) -> Result<ArticleFile, Vec<Mistake>> {
    let wrong = |mistake: Mistake| vec![mistake];
    let parts = front::split(file, text).map_err(wrong)?;
    let source = Source {
        file,
        text: parts.front.unwrap_or_default(),
        lines_before: 1,
    };
    let keys: Keys = source.read(&known())?;
    let slug = match keys.slug {
        Some(slug) => slug,
        None => Tag::parse(files::stem(path)).map_err(|why| {
            wrong(Mistake::of(
                file,
                format!("its name cannot be the slug: {why}; rename it, or say slug = \"...\" in the front matter"),
            ))
        })?,
    };
    let (title, body) = match keys.title {
        Some(title) => (title, parts.body),
        None => heading(file, &parts)?,
    };
    let article = ArticleFile {
        article: Article {
            slug,
            title,
            body: body.to_owned(),
            questions: keys.questions,
        },
        tags: keys.tags.map(as_set),
        published: keys.published,
    };
    let checked = article.command(None).check();
    checked.map_err(|refusal| wrong(Mistake::of(file, refusal.message())))?;
    Ok(article)
}

/// The title from the first heading, which is not said again in the body.
fn heading<'a>(file: &str, parts: &front::Parts<'a>) -> Result<(SubjectLine, &'a str), Vec<Mistake>> {
    let at = (parts.lines_before + 1, 1);
    let first = parts.body.lines().next().unwrap_or_default();
    let Some(words) = first.strip_prefix("# ") else {
        let what = "there is no title: begin with a line \"# Title\", or say title = \"...\" in the front matter";
        return Err(vec![Mistake::at(file, at, what)]);
    };
    let title = SubjectLine::parse(words.trim_end_matches('#'))
        .map_err(|why| vec![Mistake::at(file, at, format!("the heading cannot be the title: {why}"))])?;
    Ok((title, front::trimmed(&parts.body[first.len()..])))
}

impl ArticleFile {
    /// What makes the article so, given what is known of it.
    pub fn command(&self, known: Option<&ArticleRow>) -> AgentCommand {
        AgentCommand::SaveArticle {
            article: self.article.clone(),
            tags: self.tags_at(known),
            published: self.published_at(known),
        }
    }

    /// Whether an article is so already.
    pub fn is(&self, known: &Article, row: &ArticleRow) -> bool {
        known.title == self.article.title
            && front::trimmed(&known.body) == self.article.body
            && self
                .article
                .questions
                .as_ref()
                .is_none_or(|questions| questions_as_set(questions.clone()) == known.questions)
            && row.tags == self.tags_at(Some(row))
            && row.published == self.published_at(Some(row))
    }

    fn tags_at(&self, known: Option<&ArticleRow>) -> Vec<Tag> {
        let tags = self.tags.clone();
        tags.or_else(|| known.map(|it| it.tags.clone())).unwrap_or_default()
    }

    fn published_at(&self, known: Option<&ArticleRow>) -> bool {
        self.published.or(known.map(|it| it.published)).unwrap_or(false)
    }
}

/// The name of an article's file.
pub fn file_name(slug: &Tag) -> String {
    files::file_name(slug.as_str(), "md")
}

/// An article as a file that becomes it again.
pub fn render(article: &Article, row: &ArticleRow) -> String {
    let mut out = String::from("+++\n");
    if article.slug.as_str().starts_with('.') {
        out.push_str(&format!("slug = {}\n", strict::quoted(article.slug.as_str())));
    }
    let tags = Value::Array(
        row.tags
            .iter()
            .map(|it| Value::String(it.as_str().to_owned()))
            .collect(),
    );
    out.push_str(&format!(
        "title = {}\ntags = {}\npublished = {}\n",
        strict::quoted(article.title.as_str()),
        strict::inline(&tags),
        row.published,
    ));
    if let Some(questions) = &article.questions {
        out.push_str("questions = [\n");
        for question in questions {
            out.push_str(&format!("    {},\n", strict::quoted(question.as_str())));
        }
        out.push_str("]\n");
    }
    out.push_str(&format!("+++\n\n{}\n", front::trimmed(&article.body)));
    out
}

#[cfg(test)]
#[path = "article_file_tests.rs"]
mod tests;
