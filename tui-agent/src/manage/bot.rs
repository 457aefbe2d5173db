//! `minicom-agent bot`: what the bot would do, the examples that wait for a person, and what people ask that nothing of the desk answers.

use std::path::Path;

use clap::Subcommand;
use minicom_protocol::{
    ids::Time,
    json::ascii,
    library::{Article, ArticleRow},
    words::{SubjectLine, Tag},
};
use minicom_tui_kit::{
    Shown,
    editor::{self, Edit, Edited},
};
use serde_json::{Value, json};

use super::{
    Access, Told, article_file,
    office::{Office, field, minute, number, segment, shown, table},
};
use crate::exit::{self, Failure};

/// Examples of one answer.
const PAGE: usize = 100;
/// Bytes of a title that are tried for a short name.
const SLUG_CHARS: usize = 32;

/// What can be asked of the bot, and done about what it learns.
#[derive(Debug, Subcommand, PartialEq, Eq)]
pub enum BotCommand {
    /// What the bot would do about a text that begins a conversation, and why.
    Why {
        /// What a customer writes.
        text: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Questions that conversations propose to learn from, until somebody accepts or drops them.
    Examples {
        /// As JSON, an object a line.
        #[arg(long)]
        json: bool,
    },
    /// Make an example a question of the article or the saved reply that answered it.
    Accept {
        /// Its number, as `bot examples` prints it.
        id: u64,
        /// In other words.
        #[arg(long)]
        question: Option<String>,
    },
    /// Drop an example: nothing near to it is proposed again.
    Drop {
        /// Its number.
        id: u64,
    },
    /// What people ask that nothing of the desk answers, what most of them asked first.
    Gaps {
        /// As JSON, an object a line.
        #[arg(long)]
        json: bool,
    },
    /// Write the article that fills a gap: the draft opens in the editor that VISUAL or EDITOR names, and is saved as it is left.
    Fill {
        /// The gap's number, as `bot gaps` prints it.
        id: u64,
        /// The article's short name; made of the question if left out.
        #[arg(long)]
        slug: Option<Tag>,
    },
    /// List a gap no more, also if it is asked again.
    Dismiss {
        /// Its number.
        id: u64,
    },
}

pub(super) async fn run(command: BotCommand, access: &Access<'_>) -> Result<Told, Failure> {
    let office = access.office()?;
    let text = match command {
        BotCommand::Why { text, json } => {
            let told = office.post("/bot/why", json!({"text": text})).await?;
            match json {
                true => format!("{}\n", ascii(&told.to_string())),
                false => why(&told),
            }
        }
        BotCommand::Examples { json } => {
            let rows = all_examples(&office).await?;
            match json {
                true => lines(&rows),
                false => examples(&rows),
            }
        }
        BotCommand::Accept { id, question } => {
            if let Some(question) = question {
                let path = format!("/bot/examples/{id}");
                office.patch(&path, json!({"question": question})).await?;
            }
            office.post(&format!("/bot/examples/{id}/accept"), json!({})).await?;
            format!("accepted: example {id} is learnt from now\n")
        }
        BotCommand::Drop { id } => {
            office.delete(&format!("/bot/examples/{id}")).await?;
            format!("dropped: example {id}\n")
        }
        BotCommand::Gaps { json } => {
            let told = office.get("/bot/gaps").await?;
            let rows = told["gaps"].as_array().cloned().unwrap_or_default();
            match json {
                true => lines(&rows),
                false => gaps(&rows),
            }
        }
        BotCommand::Fill { id, slug } => fill(&office, id, slug).await?,
        BotCommand::Dismiss { id } => {
            office.delete(&format!("/bot/gaps/{id}")).await?;
            format!("dismissed: gap {id} is listed no more\n")
        }
    };
    Ok(Told::from(text))
}

fn lines(rows: &[Value]) -> String {
    rows.iter()
        .map(|row| format!("{}\n", ascii(&row.to_string())))
        .collect()
}

async fn all_examples(office: &Office) -> Result<Vec<Value>, Failure> {
    let mut all: Vec<Value> = vec![];
    loop {
        let after = all.last().and_then(|it| it["id"].as_u64()).unwrap_or(0);
        let page = office.get(&format!("/bot/examples?limit={PAGE}&after={after}")).await?;
        let rows = page["examples"].as_array().cloned().unwrap_or_default();
        let ends = rows.is_empty() || page["more"] != true;
        all.extend(rows);
        if ends {
            return Ok(all);
        }
    }
}

fn examples(rows: &[Value]) -> String {
    let cells = |it: &Value| {
        let by = match field(it, "article_id") {
            "" => format!("reply {}", field(it, "title")),
            slug => format!("article {slug}"),
        };
        let conversation: String = field(it, "conversation_id").chars().take(8).collect();
        vec![
            number(it, "id"),
            shown(it, "question"),
            Shown::line(&by),
            Shown::line(&conversation),
        ]
    };
    let none = "No example waits: they come from conversations that end after an article or a saved reply was sent.";
    table(&["ID", "QUESTION", "ANSWERED BY", "CHAT"], rows, cells, none)
}

fn gaps(rows: &[Value]) -> String {
    let cells = |it: &Value| {
        vec![
            number(it, "id"),
            number(it, "people"),
            minute(it, "last_at"),
            shown(it, "question"),
        ]
    };
    let none = "There are no gaps: all that was handed over was for a person.";
    table(&["ID", "PEOPLE", "LAST", "QUESTION"], rows, cells, none)
}

fn why(told: &Value) -> String {
    let mut out = format!("{}: {}\n", field(told, "does").replace('_', " "), shown(told, "why"));
    if let Some(says) = told["says"].as_str() {
        for line in says.lines() {
            out.push_str(&format!("    {}\n", Shown::line(line)));
        }
    }
    out.push_str(&format!(
        "read as ({}): {}\n",
        shown(told, "language"),
        shown(told, "masked")
    ));
    let rows = told["articles"].as_array().cloned().unwrap_or_default();
    let cells = |it: &Value| {
        vec![
            Shown::line(&format!("{} %", it["percent"])),
            shown(it, "id"),
            shown(it, "title"),
            Shown::line(field(it, "example")).cut(60),
        ]
    };
    out.push_str(&table(
        &["LIKELY", "ARTICLE", "TITLE", "BY"],
        &rows,
        cells,
        "No article is near.",
    ));
    out
}

async fn fill(office: &Office, id: u64, slug: Option<Tag>) -> Result<String, Failure> {
    let draft = office.get(&format!("/bot/gaps/{id}/draft")).await?;
    let wrong = |words: String| Failure::new(exit::USAGE, words);
    let slug = match slug.or_else(|| slug_of(field(&draft, "title"))) {
        Some(slug) => slug,
        None => {
            return Err(wrong(
                "the question makes no short name: give one with --slug".to_owned(),
            ));
        }
    };
    let text = file(&draft, slug.clone()).ok_or_else(|| wrong("the draft cannot be read".to_owned()))?;
    let text = match editor::run(Edit::new("article.md", text)).await {
        Edited::Changed(text) => text,
        Edited::Unchanged => return Ok("unchanged: nothing was saved\n".to_owned()),
        Edited::Failed(words) => return Err(wrong(words.to_string())),
    };
    let name = article_file::file_name(&slug);
    let read = article_file::parse(&name, Path::new(&name), &text).map_err(|mistakes| {
        let first = mistakes.first().map_or_else(String::new, ToString::to_string);
        wrong(format!(
            "{first}. What you wrote:\n{}",
            minicom_protocol::safe::text(&text)
        ))
    })?;
    let article = &read.article;
    let questions: Vec<&str> = article.questions.iter().flatten().map(SubjectLine::as_str).collect();
    let body = json!({
        "id": article.slug.as_str(),
        "title": article.title.as_str(),
        "content": article.body,
        "tags": read.tags.iter().flatten().map(Tag::as_str).collect::<Vec<_>>(),
        "published": read.published.unwrap_or(false),
        "questions": questions,
    });
    let made = office.post("/articles", body).await?;
    let state = if made["published"] == true {
        "published"
    } else {
        "a draft"
    };
    let slug = segment(field(&made, "id"));
    Ok(format!("saved: article {slug}, {state}\n"))
}

/// The draft as an article's file.
pub(crate) fn file(draft: &Value, slug: Tag) -> Option<String> {
    let questions = draft["questions"].as_array()?.iter().filter_map(Value::as_str);
    let title = SubjectLine::parse(field(draft, "title")).ok()?;
    let article = Article {
        slug: slug.clone(),
        title: title.clone(),
        body: field(draft, "content").to_owned(),
        questions: Some(questions.filter_map(|it| SubjectLine::parse(it).ok()).collect()),
    };
    let row = ArticleRow {
        slug,
        title,
        tags: vec![],
        published: false,
        updated_at: Time(0),
        updated_by: None,
        excerpt: String::new(),
    };
    Some(article_file::render(&article, &row))
}

/// A short name of a question's words.
pub(crate) fn slug_of(title: &str) -> Option<Tag> {
    let words = title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut slug = String::new();
    for word in words {
        let longer = slug.chars().count() + 1 + word.chars().count();
        if longer > SLUG_CHARS {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word.to_lowercase());
    }
    Tag::parse(slug).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_a_file_that_can_be_read_again_whatever_people_asked() {
        let draft = json!({
            "title": "Where do I find \"my\" invoice?",
            "questions": ["where do I find \"my\" invoice?", "invoice\u{202e} please"],
            "content": "On your account's page.\n\n+++\n",
        });
        let slug = slug_of(field(&draft, "title")).unwrap();
        assert_eq!(slug.as_str(), "where-do-i-find-my-invoice");
        let text = file(&draft, slug.clone()).unwrap();
        let name = article_file::file_name(&slug);
        let read = article_file::parse(&name, Path::new(&name), &text).unwrap();
        assert_eq!(read.article.title.as_str(), "Where do I find \"my\" invoice?");
        assert_eq!(read.published, Some(false));
        assert!(read.article.questions.is_some_and(|all| !all.is_empty()));
        assert_eq!(slug_of("???"), None);
    }

    #[test]
    fn what_strangers_asked_is_gated() {
        let bad = "invoice\u{1b}[2J";
        let gap = json!({"id": 7, "people": 12, "last_at": "2026-11-21T14:00:59Z", "question": bad});
        let example = json!({"id": 7, "question": bad, "article_id": "refunds", "conversation_id": "0193"});
        for text in [gaps(&[gap]), examples(&[example])] {
            assert!(!text.contains('\u{1b}') && text.contains("invoice"), "{text}");
        }
        let told =
            json!({"does": "hand_over", "why": bad, "says": bad, "masked": bad, "language": "en", "articles": []});
        assert!(why(&told).starts_with("hand over: invoice") && !why(&told).contains('\u{1b}'));
    }
}
