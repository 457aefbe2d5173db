//! `minicom-server bot ...`: what the bot would do, what it has learnt from, and what conversations teach it.

use std::io::Write;

use minicom_protocol::gate::Shown;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Office, in_office, table};
use crate::{
    config::{
        Config,
        cli::bot::{BotArguments, BotCommand, ExamplesCommand, GapsCommand},
    },
    exit::Fatal,
};

const BOT: &str = "/api/v1/chat/bot";
/// Examples of one answer.
const PAGE: usize = 100;

/// Does what the command says and writes to `out` what became of it.
///
/// # Errors
/// Why it was not done.
pub async fn run(arguments: BotArguments, config: &Config, out: &mut impl Write) -> Result<(), Fatal> {
    let BotArguments {
        tenant, json, command, ..
    } = arguments;
    // A data folder at rest is asked in this program.
    crate::bot::choose(&config.bot)?;
    in_office(config, tenant, out, async |office| {
        let answer = ask(office, &command).await?;
        Ok(match json {
            true => format!("{answer:#}\n"),
            false => told(&command, &answer),
        })
    })
    .await
}

async fn ask(office: &Office, command: &BotCommand) -> Result<Value, Fatal> {
    let get = async |path: String| office.call(Method::GET, &format!("{BOT}/{path}"), None).await;
    let post = async |path: String, body: Value| {
        let path = format!("{BOT}/{path}");
        office.call(Method::POST, &path, Some(&body)).await
    };
    let delete = async |path: String| office.call(Method::DELETE, &format!("{BOT}/{path}"), None).await;
    match command {
        // It asks no server.
        BotCommand::Eval { .. } => Ok(Value::Null),
        BotCommand::Why { text } => post("why".to_owned(), json!({"text": text})).await,
        BotCommand::Test { since, limit } => post("test".to_owned(), json!({"days": since, "limit": limit})).await,
        BotCommand::Model => get("model".to_owned()).await,
        BotCommand::Train { back: false } => post("train".to_owned(), json!({})).await,
        BotCommand::Train { back: true } => post("back".to_owned(), json!({})).await,
        BotCommand::Gaps { command } => match command.as_ref().unwrap_or(&GapsCommand::List) {
            GapsCommand::List => get("gaps".to_owned()).await,
            GapsCommand::Draft { id } => get(format!("gaps/{id}/draft")).await,
            GapsCommand::Dismiss { id } => delete(format!("gaps/{id}")).await,
        },
        BotCommand::Examples { command } => match command.as_ref().unwrap_or(&ExamplesCommand::List) {
            ExamplesCommand::List => all_examples(office).await,
            ExamplesCommand::Accept { id, question } => {
                if let Some(question) = question {
                    let (path, body) = (format!("{BOT}/examples/{id}"), json!({"question": question}));
                    office.call(Method::PATCH, &path, Some(&body)).await?;
                }
                post(format!("examples/{id}/accept"), json!({})).await
            }
            ExamplesCommand::Drop { id } => delete(format!("examples/{id}")).await,
        },
    }
}

async fn all_examples(office: &Office) -> Result<Value, Fatal> {
    let (mut all, mut after) = (vec![], 0);
    loop {
        let path = format!("{BOT}/examples?limit={PAGE}&after={after}");
        let page = office.call(Method::GET, &path, None).await?;
        all.extend(rows(&page, "examples").cloned());
        let last = all.last().and_then(|it| it["id"].as_u64());
        match last.filter(|_| page["more"] == true) {
            Some(last) => after = last,
            None => return Ok(json!({"examples": all})),
        }
    }
}

/// The answer in words.
fn told(command: &BotCommand, answer: &Value) -> String {
    match command {
        BotCommand::Eval { .. } => String::new(),
        BotCommand::Why { .. } => why(answer),
        BotCommand::Test { .. } => tested(answer),
        BotCommand::Model | BotCommand::Train { .. } => model(answer),
        BotCommand::Gaps { command } => match command {
            None | Some(GapsCommand::List) => gaps(answer),
            Some(GapsCommand::Draft { .. }) => draft(answer),
            Some(GapsCommand::Dismiss { id }) => format!("Gap {id} is listed no more.\n"),
        },
        BotCommand::Examples { command } => match command {
            None | Some(ExamplesCommand::List) => examples(answer),
            Some(ExamplesCommand::Accept { id, .. }) => format!("Example {id} is learnt from now.\n"),
            Some(ExamplesCommand::Drop { id }) => format!("Example {id} is dropped.\n"),
        },
    }
}

fn why(it: &Value) -> String {
    let mut text = format!("{}: {}.\n", does(it), Shown::line(&cell(it, "why")));
    for (name, key) in [("Language", "language"), ("Reads", "masked")] {
        text.push_str(&format!("{name}: {}\n", Shown::line(&cell(it, key))));
    }
    if let Some(says) = it["says"].as_str() {
        text.push_str("Says:\n");
        for line in says.lines() {
            text.push_str(&format!("    {}\n", Shown::line(line)));
        }
    }
    let found: Vec<&Value> = rows(it, "articles").collect();
    if !found.is_empty() {
        text.push('\n');
        text.push_str(&table(
            ["LIKELY", "ARTICLE", "TITLE", "NEAR", "BY"],
            found.into_iter().map(|it| {
                [
                    format!("{} %", cell(it, "percent")),
                    cell(it, "id"),
                    cell(it, "title"),
                    cell(it, "nearness"),
                    first_words(&cell(it, "example")),
                ]
            }),
        ));
    }
    text
}

fn does(it: &Value) -> String {
    cell(it, "does").replace('_', " ")
}

/// A passage is long, and a row is one line.
fn first_words(text: &str) -> String {
    Shown::line(text).cut(60).as_str().to_owned()
}

fn tested(it: &Value) -> String {
    let done = |it: &Value| match it["article_id"].as_str() {
        Some(article) => format!("{}: {article}", does(it)),
        None => does(it),
    };
    let lines = rows(it, "lines").map(|it| {
        let same = it["then"] == it["now"];
        [
            if same { "" } else { "*" }.to_owned(),
            done(&it["then"]),
            done(&it["now"]),
            first_words(&cell(it, "text")),
        ]
    });
    let mut text = table(["", "THEN", "NOW", "LINE"], lines);
    text.push_str(&format!(
        "\n{} conversations, {} lines. The same: {}. Would answer: {}. Would hand over: {}.\n",
        cell(it, "conversations"),
        cell(it, "total"),
        cell(it, "same"),
        cell(it, "would_answer"),
        cell(it, "would_hand_over"),
    ));
    text
}

fn model(it: &Value) -> String {
    let said = |it: &Value| {
        format!(
            "version {} of {}: {} articles, {} examples, inputs {}, heads {}\n",
            cell(it, "version"),
            cell(it, "made_at"),
            cell(it, "articles"),
            cell(it, "examples"),
            cell(it, "inputs").chars().take(12).collect::<String>(),
            cell(it, "heads").chars().take(12).collect::<String>(),
        )
    };
    if it["model"].is_null() {
        return "The bot has learnt nothing yet: no article is published.\n".to_owned();
    }
    let mut text = format!("In use: {}", said(&it["model"]));
    match (it["back"] == true, it["other"].is_null()) {
        (_, true) => {}
        (false, false) => text.push_str(&format!("Before: {}", said(&it["other"]))),
        (true, false) => text.push_str(&format!(
            "Left, until something else is to be learnt: {}",
            said(&it["other"])
        )),
    }
    text
}

fn gaps(answer: &Value) -> String {
    let rows: Vec<&Value> = rows(answer, "gaps").collect();
    if rows.is_empty() {
        return "There are no gaps: all that was handed over was for a person.\n".to_owned();
    }
    table(
        ["ID", "PEOPLE", "LAST", "QUESTION"],
        rows.into_iter().map(|it| {
            [
                cell(it, "id"),
                cell(it, "people"),
                cell(it, "last_at"),
                cell(it, "question"),
            ]
        }),
    )
}

/// An article's file, as `minicom-agent article import` reads it.
fn draft(it: &Value) -> String {
    let quoted = |text: &str| toml::Value::String(Shown::line(text).as_str().to_owned()).to_string();
    let mut text = format!(
        "+++\ntitle = {}\ntags = []\npublished = false\nquestions = [\n",
        quoted(&cell(it, "title"))
    );
    for question in rows(it, "questions").filter_map(Value::as_str) {
        text.push_str(&format!("    {},\n", quoted(question)));
    }
    text.push_str("]\n+++\n\n");
    for line in cell(it, "content").lines() {
        text.push_str(Shown::line(line).as_str());
        text.push('\n');
    }
    text
}

fn examples(answer: &Value) -> String {
    let rows: Vec<&Value> = rows(answer, "examples").collect();
    if rows.is_empty() {
        return "No example waits.\n".to_owned();
    }
    table(
        ["ID", "QUESTION", "ANSWERED BY"],
        rows.into_iter().map(|it| {
            let by = match it["article_id"].as_str() {
                Some(slug) => format!("article {slug}"),
                None => format!("saved reply {}", cell(it, "title")),
            };
            [cell(it, "id"), cell(it, "question"), by]
        }),
    )
}

fn rows<'a>(answer: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    answer.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn cell(it: &Value, name: &str) -> String {
    match it.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_wrote_is_gated_and_a_draft_can_be_read_again() {
        let bad = "a \"quote\"\u{1b}[2J";
        let answer = json!({"title": bad, "questions": [bad, "x"], "content": "one\n\u{1b}[31mtwo"});
        let text = draft(&answer);
        assert!(!text.contains('\u{1b}'), "{text}");
        let front: toml::Table = text.split("+++").nth(1).unwrap().parse().unwrap();
        assert_eq!(front["questions"].as_array().unwrap().len(), 2);
        let gap = json!({"gaps": [{"id": 7, "people": 12, "last_at": "now", "question": bad}]});
        assert!(gaps(&gap).contains("12") && !gaps(&gap).contains('\u{1b}'));
    }
}
