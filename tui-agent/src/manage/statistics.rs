//! `minicom-agent stats`: what was counted, as a page, as JSON or for a spreadsheet.

use clap::Args;
use minicom_protocol::{
    figures::{By, Range, Statistics},
    json::ascii,
};
use minicom_tui_kit::Shown;

use super::{Access, Told};
use crate::{
    exit::{self, Failure},
    figures,
};

/// Which figures.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct StatsArguments {
    /// Of which days: today, 7d, 30d or 90d.
    #[arg(long, default_value = "7d")]
    range: Range,
    /// One by one: by agent, group, tag, hour, weekday or day. By group and by tag are for admins.
    #[arg(long)]
    by: Option<By>,
    /// As JSON.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// For a spreadsheet: the rows of --by, or one of the whole desk.
    #[arg(long)]
    csv: bool,
}

pub(super) async fn run(wanted: StatsArguments, access: &Access<'_>) -> Result<Told, Failure> {
    let office = access.office()?;
    let by = wanted.by.map_or_else(String::new, |by| format!("&by={}", by.word()));
    let path = format!("/statistics?range={}{by}", wanted.range.word());
    if wanted.csv {
        let mut text = String::new();
        let each = |line: &str| {
            // What cannot be shown is no part of a figure; a cell's own line end was quoted and stays one.
            text.push_str(Shown::line(line).as_str());
            text.push('\n');
            true
        };
        office.lines(&format!("{path}&format=csv"), each).await?;
        return Ok(text.into());
    }
    let told = office.get(&path).await?;
    if wanted.json {
        return Ok(format!("{}\n", ascii(&told.to_string())).into());
    }
    let told: Statistics = serde_json::from_value(told).map_err(|_| {
        Failure::new(
            exit::UNAVAILABLE,
            "The server's figures cannot be read: it may be of another version.",
        )
    })?;
    let page = figures::page(&told, &access.theme(), figures::COLUMNS);
    Ok(page
        .iter()
        .map(|line| format!("{}\n", line.text().trim_end()))
        .collect::<String>()
        .into())
}
