//! `minicom-agent search`: what was said, by the same words and filters as everywhere.

use std::io::Write;

use clap::Args;
use minicom_tui_kit::Shown;
use serde_json::Value;

use super::{
    Said,
    format::{Format, Unknown},
    named,
    rows::{json_line, short_id},
};
use crate::{
    exit::{self, Failure},
    manage::{
        Access,
        office::{field, minute, segment, shown, table},
    },
};

/// What to look for.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct SearchArguments {
    /// Words, "phrases", begin*, -not, and filters as from:customer tag:vip stage:closed after:7d.
    #[arg(required = true)]
    words: Vec<String>,
    /// Only in this conversation: the customer's name, or the beginning of its id.
    #[arg(long = "in", value_name = "NAME")]
    within: Option<String>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// As JSON, an object a line.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// A line of your own for each, as '{session_id} {excerpt}'.
    #[arg(long, value_name = "LINE")]
    format: Option<String>,
}

pub(super) async fn run(wanted: &SearchArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let format = wanted.format.as_deref().map(Format::parse).transpose()?;
    let office = access.office()?;
    let mut path = format!("/search?q={}", segment(&wanted.words.join(" ")));
    if let Some(name) = &wanted.within {
        let session = named::find(&office, name).await?;
        path.push_str(&format!("&conversation={}", segment(field(&session, "session_id"))));
    }
    let first = office
        .get(&format!("{path}&limit={}", wanted.limit.clamp(1, 100)))
        .await?;
    for words in first["unclear"].as_array().map_or(&[][..], Vec::as_slice) {
        // Where nobody reads it there is nobody to tell.
        let _ = writeln!(
            std::io::stderr().lock(),
            "minicom-agent: {}",
            Shown::line(words.as_str().unwrap_or_default())
        );
    }
    let mut hits = first["hits"].as_array().cloned().unwrap_or_default();
    let next = first["next_cursor"].as_str();
    if let Some(next) = next.filter(|_| hits.len() < wanted.limit) {
        let more = format!("{path}&cursor={}", segment(next));
        hits.extend(office.pages(&more, "hits", wanted.limit - hits.len()).await?);
    }
    let text = match format {
        _ if wanted.json => hits.iter().map(json_line).collect(),
        Some(format) => {
            let line = |hit| format.fill(hit, Unknown::Refused(EXTRA), |name| extra(hit, name));
            hits.iter().map(line).collect::<Result<String, Failure>>()?
        }
        None if hits.is_empty() => return Err(Failure::new(exit::NOTHING, "Nothing was found.")),
        None => told(&hits),
    };
    Ok(Said {
        any: !hits.is_empty(),
        ..Said::told(text)
    })
}

/// The field of a hit that `--format` knows besides the API's.
const EXTRA: &[&str] = &["customer"];

fn extra(hit: &Value, name: &str) -> Option<String> {
    (name == "customer").then(|| field(&hit["customer"], "name").to_owned())
}

fn told(hits: &[Value]) -> String {
    let cells = |hit: &Value| {
        let who = match (field(hit, "kind"), field(hit, "sender")) {
            ("line", "agent") | ("note", _) => Shown::name(field(&hit["agent"], "name")),
            ("line", sender) => Shown::line(sender),
            _ => Shown::fixed("-"),
        };
        vec![
            minute(hit, "timestamp"),
            Shown::name(field(&hit["customer"], "name")),
            shown(hit, "kind"),
            who,
            Shown::line(&short_id(hit)),
            shown(hit, "excerpt"),
        ]
    };
    table(
        &["AT", "CUSTOMER", "IN", "BY", "ID", "TEXT"],
        hits,
        cells,
        "Nothing was found.",
    )
}
