//! The question sets of a folder, in the formats that `docs/bot.md` tells: JSON lines, a folder a set.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use serde::{Deserialize, de::DeserializeOwned};

/// The label of a question that no article answers.
pub const OUT_OF_SCOPE: &str = "oos";

/// A question, and for which article it is.
#[derive(Deserialize, Clone, Debug)]
pub struct Row {
    /// What was asked.
    pub text: String,
    /// The article's or intent's name; [`OUT_OF_SCOPE`]: none.
    pub label: String,
}

/// An article.
#[derive(Deserialize, Clone, Debug)]
pub struct ArticleRow {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it says.
    pub body: String,
    /// Questions that it answers.
    #[serde(default)]
    pub questions: Vec<String>,
}

/// A conversation, and what the bot is expected to do in it.
#[derive(Deserialize, Clone, Debug)]
pub struct Talk {
    /// Its name.
    pub id: String,
    /// What it tries.
    pub tag: String,
    /// The name of the articles it is with: `kb_NAME.jsonl`.
    pub kb: String,
    /// The customer's lines.
    pub turns: Vec<TalkTurn>,
}

/// A line, and what may come of it.
#[derive(Deserialize, Clone, Debug)]
pub struct TalkTurn {
    /// What the customer writes.
    pub user: String,
    /// `answer:ARTICLE`, `handoff`, `greet`, `thanks`, `bye`, `clarify`, `decline`, `silent`, several with `|` between.
    pub expect: String,
}

/// What a folder asks for.
#[derive(Debug)]
pub enum Set {
    /// Intents with example questions, and questions to try.
    Questions {
        /// The folder, and the file of the questions.
        name: String,
        /// The examples.
        train: Vec<Row>,
        /// The questions.
        test: Vec<Row>,
    },
    /// Articles without examples, and questions to try.
    Articles {
        /// The folder.
        name: String,
        /// The articles.
        articles: Vec<ArticleRow>,
        /// The questions.
        test: Vec<Row>,
    },
    /// Conversations.
    Talks {
        /// The folder.
        name: String,
        /// The articles, by the name of their file.
        articles: BTreeMap<String, Vec<ArticleRow>>,
        /// The conversations.
        talks: Vec<Talk>,
    },
}

/// All sets of a folder and its folders, by name.
///
/// # Errors
/// A file cannot be read or a line is not as it should be (told with its number), or there is no set at all.
pub fn sets(folder: &Path) -> anyhow::Result<Vec<Set>> {
    let mut found = Vec::new();
    walk(folder, folder, &mut found)?;
    if found.is_empty() {
        bail!(
            "there is no question set in {}: a set is a folder with train.jsonl and test.jsonl or val.jsonl, with articles.jsonl and questions.jsonl, \
             or with kb_NAME.jsonl and conversations.jsonl",
            folder.display()
        );
    }
    Ok(found)
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<Set>) -> anyhow::Result<()> {
    let shown = folder.strip_prefix(root).unwrap_or(folder).display().to_string();
    let name = if shown.is_empty() { ".".to_owned() } else { shown };
    let has = |file: &str| folder.join(file).is_file();
    for test in ["val", "test"] {
        let file = format!("{test}.jsonl");
        if has("train.jsonl") && has(&file) {
            found.push(Set::Questions {
                name: format!("{name}/{test}"),
                train: rows(&folder.join("train.jsonl"))?,
                test: rows(&folder.join(file))?,
            });
        }
    }
    if has("articles.jsonl") && has("questions.jsonl") {
        found.push(Set::Articles {
            name: name.clone(),
            articles: rows(&folder.join("articles.jsonl"))?,
            test: rows(&folder.join("questions.jsonl"))?,
        });
    }
    let mut entries = fs::read_dir(folder)
        .and_then(|all| {
            all.map(|entry| Ok(entry?.path()))
                .collect::<std::io::Result<Vec<PathBuf>>>()
        })
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    entries.sort();
    if has("conversations.jsonl") {
        let mut articles = BTreeMap::new();
        for path in &entries {
            let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if let Some(kb) = file.strip_prefix("kb_").and_then(|name| name.strip_suffix(".jsonl")) {
                articles.insert(kb.to_owned(), rows(path)?);
            }
        }
        found.push(Set::Talks {
            name,
            articles,
            talks: rows(&folder.join("conversations.jsonl"))?,
        });
    }
    for path in entries.iter().filter(|path| path.is_dir()) {
        walk(root, path, found)?;
    }
    Ok(())
}

fn rows<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(n, line)| {
            serde_json::from_str(line)
                .with_context(|| format!("{}, line {}: not as it should be", path.display(), n + 1))
        })
        .collect()
}
