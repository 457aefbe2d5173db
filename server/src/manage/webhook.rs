//! `minicom-server webhook ...`: other programs that are told what happens.

use std::io::Write;

use minicom_protocol::gate::Shown;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{Office, confirm, in_office, segment, table};
use crate::{
    config::{Config, WebhookArguments, WebhookCommand},
    exit::{ExitKind, Fatal},
};

const WEBHOOKS: &str = "/api/v1/chat/webhooks";

/// Does what the command says and writes to `out` what became of it.
///
/// # Errors
/// Why it was not done.
pub async fn run(arguments: WebhookArguments, config: &Config, out: &mut impl Write) -> Result<(), Fatal> {
    let WebhookArguments {
        tenant, json, command, ..
    } = arguments;
    if let WebhookCommand::Delete { id, confirm } = &command {
        confirm::named_twice(
            id,
            confirm.as_deref(),
            &format!("the webhook {id} with all that it was told"),
        )?;
    }
    let mut failed = None;
    in_office(config, tenant, out, async |office| {
        let answer = ask(office, &command).await?;
        failed = not_taken(&command, &answer);
        Ok(match (json, &failed) {
            (true, _) => format!("{answer:#}\n"),
            (false, Some(_)) => String::new(),
            (false, None) => told(&command, &answer),
        })
    })
    .await?;
    failed.map_or(Ok(()), Err)
}

/// That a receiver did not take a test, and what it answered.
fn not_taken(command: &WebhookCommand, answer: &Value) -> Option<Fatal> {
    let WebhookCommand::Test { .. } = command else {
        return None;
    };
    if answer["delivered"] == true {
        return None;
    }
    let (status, error) = (text(answer, "status"), text(answer, "error"));
    let what = match (status.as_str(), error.as_str()) {
        ("", "") => "it did not answer".to_owned(),
        ("", why) => format!("it could not be asked, or did not answer in time ({why})"),
        (status, "redirect") => format!("it answered {status}, a redirect, which is not followed"),
        (status, _) => format!("it answered {status}"),
    };
    let what = Shown::line(&format!("The receiver did not take the test: {what}.")).to_string();
    let fix = "Any 2xx takes it. `minicom-server webhook show` has its address; docs/events.md tells what it is sent and where it may be.";
    Some(Fatal::new(ExitKind::Unwell, what, fix))
}

fn of(id: &str) -> String {
    format!("{WEBHOOKS}/{}", segment(id))
}

async fn ask(office: &Office, command: &WebhookCommand) -> Result<Value, Fatal> {
    let get = async |path: String| office.call(Method::GET, &path, None).await;
    let post = async |path: String, body: Value| office.call(Method::POST, &path, Some(&body)).await;
    match command {
        WebhookCommand::List => get(WEBHOOKS.to_owned()).await,
        WebhookCommand::Show { id } => get(of(id)).await,
        WebhookCommand::Create { url, kinds, disabled } => {
            let new = json!({"url": url, "kinds": kinds, "enabled": !disabled});
            post(WEBHOOKS.to_owned(), new).await
        }
        WebhookCommand::Change {
            id,
            url,
            kinds,
            all_kinds,
            enable,
            disable,
        } => {
            let mut change = Map::new();
            if let Some(url) = url {
                change.insert("url".to_owned(), url.as_str().into());
            }
            if !kinds.is_empty() || *all_kinds {
                change.insert("kinds".to_owned(), json!(kinds));
            }
            if *enable || *disable {
                change.insert("enabled".to_owned(), (*enable).into());
            }
            office.call(Method::PATCH, &of(id), Some(&Value::Object(change))).await
        }
        WebhookCommand::Delete { id, .. } => office.call(Method::DELETE, &of(id), None).await,
        WebhookCommand::Deliveries { id, limit, before } => {
            let before = before.map_or_else(String::new, |rev| format!("&before={rev}"));
            get(format!("{}/deliveries?limit={limit}{before}", of(id))).await
        }
        WebhookCommand::Replay { id, rev } => post(format!("{}/deliveries/{rev}/replay", of(id)), json!({})).await,
        WebhookCommand::Rotate { id } => post(format!("{}/rotate", of(id)), json!({})).await,
        WebhookCommand::Test { id } => post(format!("{}/test", of(id)), json!({})).await,
    }
}

/// The answer in words.
fn told(command: &WebhookCommand, answer: &Value) -> String {
    match command {
        WebhookCommand::List => {
            let rows = rows(answer, "webhooks");
            table(
                ["ID", "ADDRESS", "KINDS", "STATE"],
                rows.map(|it| [text(it, "id"), text(it, "url"), kinds(it), state(it)]),
            )
        }
        WebhookCommand::Show { .. } => shown(answer),
        WebhookCommand::Create { .. } => format!("Made.\n{}{}", shown(answer), secret(answer)),
        WebhookCommand::Rotate { .. } => format!(
            "Rotated. Until {} requests are signed by the old secret too.\n{}",
            Shown::line(&text(answer, "old_secret_until")),
            secret(answer)
        ),
        WebhookCommand::Change { .. } => format!("Changed.\n{}", shown(answer)),
        WebhookCommand::Delete { id, .. } => format!("Deleted {}.\n", Shown::line(id)),
        WebhookCommand::Deliveries { .. } => {
            let rows = rows(answer, "deliveries");
            table(
                ["EVENT", "STATE", "TRIES", "LAST TRY", "NEXT TRY", "ANSWER"],
                rows.map(|it| {
                    let answered = [text(it, "status"), text(it, "error")];
                    let answered: Vec<_> = answered.into_iter().filter(|part| !part.is_empty()).collect();
                    [
                        text(it, "rev"),
                        text(it, "state"),
                        text(it, "attempts"),
                        text(it, "last_at"),
                        text(it, "next_at"),
                        answered.join(" "),
                    ]
                }),
            )
        }
        WebhookCommand::Replay { rev, .. } => format!("Event {rev} is told again.\n"),
        WebhookCommand::Test { .. } if answer["delivered"] == true => {
            format!("The receiver answered {}: it took the test.\n", text(answer, "status"))
        }
        // What was not taken is an error, told as such.
        WebhookCommand::Test { .. } => String::new(),
    }
}

fn secret(answer: &Value) -> String {
    match answer.get("secret").and_then(Value::as_str) {
        Some(secret) => format!("Secret: {secret}\nKeep it where the receiver finds it; it is not shown again.\n"),
        None => String::new(),
    }
}

fn shown(it: &Value) -> String {
    let lines = [
        ("Id", text(it, "id")),
        ("Address", text(it, "url")),
        ("Kinds", kinds(it)),
        ("State", state(it)),
        ("Made", text(it, "created_at")),
    ];
    let lines = lines.map(|(name, value)| format!("{:9}{}\n", format!("{name}:"), Shown::line(&value)));
    lines.concat()
}

fn rows<'a>(answer: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    answer.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text(it: &Value, name: &str) -> String {
    match it.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn kinds(it: &Value) -> String {
    let kinds: Vec<&str> = rows(it, "kinds").filter_map(Value::as_str).collect();
    match kinds.is_empty() {
        true => "all".to_owned(),
        false => kinds.join(", "),
    }
}

fn state(it: &Value) -> String {
    match (
        it["enabled"].as_bool(),
        text(it, "disabled_for"),
        text(it, "failing_since"),
    ) {
        (Some(true), _, since) if !since.is_empty() => format!("failing since {since}"),
        (Some(true), ..) => "enabled".to_owned(),
        (_, why, _) if !why.is_empty() => format!("disabled: {why}"),
        _ => "disabled".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_answered_is_gated() {
        let hook =
            json!({"id": "7", "url": "https://x/\u{1b}[2J", "kinds": [], "enabled": false, "disabled_for": "gone"});
        let list = told(&WebhookCommand::List, &json!({"webhooks": [hook]}));
        assert!(list.contains("disabled: gone") && list.contains("all"), "{list}");
        assert!(!list.contains('\u{1b}'), "{list}");
    }
}
