//! `minicom-agent suggest`, `minicom-agent summary` and `minicom-agent draft`: what could be answered, a conversation in a few lines, and
//! an answer as a language model puts it.

use clap::Args;
use minicom_tui_kit::Shown;
use serde_json::{Value, json};

use super::{Said, named, rows::json_line};
use crate::{
    exit::{self, Failure},
    manage::{
        Access,
        office::{field, segment},
    },
};

/// Of which conversation.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct HelpArguments {
    /// The customer's name, or the beginning of the conversation's id.
    name: String,
    /// As JSON: what the API answers.
    #[arg(long)]
    json: bool,
}

/// Articles and saved replies that fit what the customer wrote last.
pub(super) async fn suggest(wanted: &HelpArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let told = ask(wanted, "suggestions", access).await?;
    if wanted.json {
        return Ok(Said::told(json_line(&told)));
    }
    match fitting(&told) {
        text if text.is_empty() => Err(Failure::new(exit::NOTHING, "No article and no saved reply fits.")),
        text => Ok(Said::told(text)),
    }
}

/// The conversation in a few lines.
pub(super) async fn summary(wanted: &HelpArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let told = ask(wanted, "summary?words=true", access).await?;
    Ok(Said::told(match wanted.json {
        true => json_line(&told),
        false => format!("{}\n", minicom_protocol::safe::text(field(&told, "text"))),
    }))
}

/// The next line as a language model puts it, for whoever reads and sends it.
pub(super) async fn draft(wanted: &HelpArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let office = access.office()?;
    let session = named::find(&office, &wanted.name).await?;
    let id = segment(field(&session, "session_id"));
    let told = office.post(&format!("/sessions/{id}/draft"), json!({})).await?;
    if wanted.json {
        return Ok(Said::told(json_line(&told)));
    }
    match told["content"].as_str() {
        Some(text) => Ok(Said::told(format!("{}\n", minicom_protocol::safe::text(text)))),
        None => Err(Failure::new(
            exit::NOTHING,
            format!("No draft: {}", field(&told, "message")),
        )),
    }
}

async fn ask(wanted: &HelpArguments, what: &str, access: &Access<'_>) -> Result<Value, Failure> {
    let office = access.office()?;
    let session = named::find(&office, &wanted.name).await?;
    let id = segment(field(&session, "session_id"));
    office.get(&format!("/sessions/{id}/{what}")).await
}

/// A row each, the likeliest first: how sure, what it is, its name and title.
fn fitting(told: &Value) -> String {
    let list = |name: &str| told[name].as_array().map_or(&[][..], Vec::as_slice).iter();
    let articles = list("articles").map(|it| (it, "article", "slug"));
    let mut all: Vec<_> = articles
        .chain(list("replies").map(|it| (it, "reply", "code")))
        .collect();
    all.sort_by_key(|(it, ..)| std::cmp::Reverse(it["percent"].as_u64()));
    let rows = all.into_iter().map(|(it, kind, name)| {
        let percent = it["percent"].as_u64().unwrap_or(0);
        let (name, title) = (Shown::line(field(it, name)), Shown::line(field(it, "title")));
        format!("{percent:>3} %  {kind:7}  {name}  {title}\n")
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_likeliest_is_first_and_words_are_gated() {
        let told = json!({
            "articles": [{"slug": "late", "title": "It is \u{1b}[2Jlate", "percent": 40, "example": "x"}],
            "replies": [{"code": "look", "title": "Looking", "percent": 92, "example": "y"}],
        });
        let expected = " 92 %  reply    look  Looking\n 40 %  article  late  It is ␛[2Jlate\n";
        assert_eq!(fitting(&told), expected);
        assert_eq!(fitting(&json!({"articles": [], "replies": []})), "");
    }
}
