//! `minicom-agent take`, `transfer`, `tag` and `close`: what changes whose a conversation is and where it stands. Each prints the
//! conversation as it is then.

use clap::{ArgGroup, Args};
use minicom_tui_kit::Shown;
use serde_json::{Value, json};

use super::{
    Said,
    named::{self, called},
    rows::json_line,
    seen::Seen,
};
use crate::{
    exit::{self, Failure},
    manage::{
        Access,
        office::{Office, field, segment},
        strict::nearest,
    },
};

/// What every command has that changes something.
#[derive(Debug, Args, PartialEq, Eq)]
pub(super) struct Doing {
    /// Do it once however often it is asked for under this key: 1 to 255 letters of your choice, new ones for each thing to do.
    #[arg(long)]
    pub key: Option<String>,
    /// Print the answer as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What to take.
#[derive(Debug, Args, PartialEq, Eq)]
#[command(group = ArgGroup::new("which").required(true).args(["name", "next"]))]
pub struct TakeArguments {
    /// The customer's name, or the beginning of the conversation's id.
    name: Option<String>,
    /// What needs you most: one of yours whose customer spoke last, else the first of the queue.
    #[arg(long)]
    next: bool,
    #[command(flatten)]
    doing: Doing,
}

/// To whom.
#[derive(Debug, Args, PartialEq, Eq)]
#[command(group = ArgGroup::new("whom").required(true).args(["to", "group", "queue"]))]
pub struct TransferArguments {
    /// The customer's name, or the beginning of the conversation's id.
    name: String,
    /// To this agent: a name, an id, or an e-mail address.
    #[arg(long, value_name = "AGENT")]
    to: Option<String>,
    /// To this group.
    #[arg(long)]
    group: Option<String>,
    /// Back to the queue, into the place that it had.
    #[arg(long)]
    queue: bool,
    /// What the next one should know.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

/// Which tags.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct TagArguments {
    /// The customer's name, or the beginning of the conversation's id.
    name: String,
    /// The tags: letters, digits and dashes.
    #[arg(required_unless_present = "remove")]
    tags: Vec<String>,
    /// Take this one off; repeat it for more.
    #[arg(long, value_name = "TAG")]
    remove: Vec<String>,
    #[command(flatten)]
    doing: Doing,
}

/// What to end.
#[derive(Debug, Args, PartialEq, Eq)]
pub struct CloseArguments {
    /// The customer's name, or the beginning of the conversation's id.
    name: String,
    /// What you have read, as `show --format '{seen}'` prints it: nothing is ended if the customer has written since.
    #[arg(long, value_name = "N.N")]
    seen: Option<Seen>,
    #[command(flatten)]
    doing: Doing,
}

/// Does something to a conversation, and tells it.
pub(super) async fn done(
    office: &Office,
    path: &str,
    body: Value,
    doing: &Doing,
    words: impl FnOnce(&Value) -> String,
) -> Result<Said, Failure> {
    let answer = match &doing.key {
        Some(key) => office.post_once(path, &body, key).await?,
        None => office.post(path, body).await?,
    };
    let mut text = match doing.json {
        true => json_line(&answer),
        false => format!("{}\n", words(&answer)),
    };
    if let (false, Some(warning)) = (doing.json, answer["warning"].as_str()) {
        text.push_str(&format!("{}\n", Shown::line(warning)));
    }
    Ok(Said::done(text))
}

pub(super) fn path(session: &Value, act: &str) -> String {
    format!("/sessions/{}/{act}", segment(field(session, "session_id")))
}

pub(super) async fn take(wanted: TakeArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let office = access.office()?;
    let path = match &wanted.name {
        Some(name) => path(&named::find(&office, name).await?, "accept"),
        None => "/queue/next".to_owned(),
    };
    let words = |it: &Value| format!("{} is yours.", called(it));
    done(&office, &path, json!({}), &wanted.doing, words).await
}

pub(super) async fn transfer(wanted: TransferArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let office = access.office()?;
    let session = named::find(&office, &wanted.name).await?;
    let mut body = match (&wanted.to, &wanted.group) {
        (Some(agent), _) => json!({"agent_id": one(&office, "agent", agent).await?}),
        (None, Some(group)) => json!({"group_id": one(&office, "group", group).await?}),
        (None, None) => json!({"queue": true}),
    };
    if let Some(note) = wanted.note {
        body["note"] = Value::String(note);
    }
    let to = match (wanted.to, wanted.group) {
        (Some(to), _) | (None, Some(to)) => format!("went to {}", Shown::line(&to)),
        (None, None) => "is back in the queue".to_owned(),
    };
    let words = |it: &Value| format!("{} {to}.", called(it));
    done(&office, &path(&session, "transfer"), body, &wanted.doing, words).await
}

pub(super) async fn tag(wanted: TagArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let office = access.office()?;
    let session = named::find(&office, &wanted.name).await?;
    let body = json!({"add": wanted.tags, "remove": wanted.remove});
    let words = |it: &Value| {
        let tags = it["tags"].as_array().map_or(&[][..], Vec::as_slice);
        let tags: Vec<&str> = tags.iter().filter_map(Value::as_str).collect();
        match tags.is_empty() {
            true => format!("{} has no tags.", called(it)),
            false => format!("{} has the tags {}.", called(it), Shown::line(&tags.join(", "))),
        }
    };
    done(&office, &path(&session, "tags"), body, &wanted.doing, words).await
}

pub(super) async fn close(wanted: CloseArguments, access: &Access<'_>) -> Result<Said, Failure> {
    let office = access.office()?;
    let session = named::find(&office, &wanted.name).await?;
    let body = match wanted.seen {
        Some(seen) => json!({"seen": seen.customer}),
        None => json!({}),
    };
    let words = |it: &Value| format!("{} has ended.", called(it));
    done(&office, &path(&session, "close"), body, &wanted.doing, words).await
}

/// The id of an agent or a group that somebody names.
async fn one(office: &Office, what: &str, word: &str) -> Result<String, Failure> {
    let answer = office.get(&format!("/{what}s")).await?;
    let all = answer[format!("{what}s")].as_array().map_or(&[][..], Vec::as_slice);
    let word = word.trim();
    let names = |it: &Value| ["id", "name", "email"].map(|name| field(it, name).to_owned());
    let exactly = |it: &&Value| names(it).iter().any(|name| name == word);
    let nearly = |it: &&Value| names(it).iter().any(|name| name.to_lowercase() == word.to_lowercase());
    let mut found: Vec<&Value> = all.iter().filter(exactly).collect();
    if found.is_empty() {
        found = all.iter().filter(nearly).collect();
    }
    let shown = Shown::line(word);
    match found[..] {
        [one] => Ok(field(one, "id").to_owned()),
        [] => {
            let near = nearest(word, all.iter().map(|it| field(it, "name")));
            let hint = near.map_or_else(String::new, |near| format!(" Did you mean {}?", Shown::line(near)));
            let words = format!("There is no {what} {shown}.{hint}");
            Err(Failure::new(exit::USAGE, words))
        }
        _ => {
            let ids: Vec<&str> = found.iter().map(|it| field(it, "id")).collect();
            let words = format!(
                "{} {what}s are called {shown}. Say which, by its id: {}",
                ids.len(),
                ids.join(", ")
            );
            Err(Failure::new(exit::SEVERAL, words))
        }
    }
}
