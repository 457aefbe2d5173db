//! `minicom-agent status`: how it stands, on one line and by one call, for a status bar, a prompt or a script.

use clap::Args;
use serde_json::{Value, json};

use super::{
    Said,
    format::{Format, Unknown},
    rows::{json_line, long},
};
use crate::{exit::Failure, manage::Access};

/// How it is said.
#[derive(Debug, Args, PartialEq, Eq)]
#[command(after_help = "\
Fields: {waiting} {urgent} {high} {medium} {low} in the queue; {oldest} who waits longest, as 4m, and {oldest_s} in seconds;
{average} and {average_s}; {mine} conversations of yours, {unanswered} of them where the customer waits for you.
Without --format: '3 waiting, oldest 4m, 1 yours'.
In tmux:  set -g status-right '#(minicom-agent status 2>&1)'")]
pub struct StatusArguments {
    /// A line of your own, as '{waiting} waiting'.
    #[arg(long, value_name = "LINE", conflicts_with = "json")]
    format: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(wanted: &StatusArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let format = wanted.format.as_deref().map(Format::parse).transpose()?;
    let stats = access.office()?.get("/queue/stats?sessions=false").await?;
    let fields = fields(&stats);
    let text = match format {
        _ if wanted.json => json_line(&fields),
        Some(format) => format.fill(&fields, Unknown::Refused(&[]), |_| None)?,
        None => line(&fields),
    };
    Ok(Said::told(text))
}

/// What can be said.
fn fields(stats: &Value) -> Value {
    let number = |name: &str| stats[name].as_i64().unwrap_or(0);
    let waiting = number("total");
    let time = |name: &str| match waiting {
        0 => "-".to_owned(),
        _ => long(number(name).saturating_mul(1_000)),
    };
    json!({
        "waiting": waiting,
        "urgent": number("urgent"),
        "high": number("high"),
        "medium": number("medium"),
        "low": number("low"),
        "oldest": time("longest_wait_ms"),
        "oldest_s": number("longest_wait_ms") / 1_000,
        "average": time("average_wait_ms"),
        "average_s": number("average_wait_ms") / 1_000,
        "mine": number("mine"),
        "unanswered": number("mine_unanswered"),
    })
}

fn line(fields: &Value) -> String {
    let (waiting, mine) = (&fields["waiting"], &fields["mine"]);
    match fields["oldest"].as_str().filter(|_| waiting != 0) {
        Some(oldest) => format!("{waiting} waiting, oldest {oldest}, {mine} yours\n"),
        None => format!("0 waiting, {mine} yours\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_on_one_line() {
        let stats = json!({"total": 3, "urgent": 1, "longest_wait_ms": 251_000, "average_wait_ms": 61_000, "mine": 1});
        let fields = fields(&stats);
        assert_eq!(line(&fields), "3 waiting, oldest 4m, 1 yours\n");
        let filled = |format: &str| {
            let format = Format::parse(format).unwrap();
            format
                .fill(&fields, Unknown::Refused(&[]), |_| None)
                .map_err(|it| it.code)
        };
        let expected = "!1 4m 251 1m 0\n".to_owned();
        assert_eq!(
            filled("!{urgent} {oldest} {oldest_s} {average} {unanswered}"),
            Ok(expected)
        );
        assert_eq!(filled("{nobody}"), Err(2));
        let nobody = super::fields(&json!({"total": 0, "mine": 2}));
        assert_eq!(line(&nobody), "0 waiting, 2 yours\n");
        assert_eq!(nobody["oldest"], "-");
    }
}
