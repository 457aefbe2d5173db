//! `minicom-server token ...`: sign-ins and programs' tokens of an account from the command line.

use std::io::Write;

use minicom_protocol::gate::Shown;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Office, in_office, running::broken, segment, table};
use crate::{
    accounts::TokenRow,
    config::{Config, TokenArguments, TokenCommand},
    exit::Fatal,
};

const TOKENS: &str = "/api/v1/chat/tokens";

/// Does what the command says and writes to `out` what became of it.
///
/// # Errors
/// Why it was not done.
pub async fn run(arguments: TokenArguments, config: &Config, out: &mut impl Write) -> Result<(), Fatal> {
    let TokenArguments { tenant, command, .. } = arguments;
    in_office(config, tenant, out, async |office| act(office, command).await).await
}

#[derive(Deserialize)]
struct Tokens {
    tokens: Vec<TokenRow>,
}

#[derive(Deserialize)]
struct Made {
    token: String,
    #[serde(flatten)]
    row: TokenRow,
}

async fn act(office: &Office, command: TokenCommand) -> Result<String, Fatal> {
    match command {
        TokenCommand::List { agent, json } => {
            let path = format!("{TOKENS}?agent_id={}", segment(&agent));
            let answer = office.call(Method::GET, &path, None).await?;
            if json {
                return Ok(lines(&answer));
            }
            let listed: Tokens = serde_json::from_value(answer).map_err(|error| broken(&error))?;
            Ok(tokens_table(&listed.tokens))
        }
        TokenCommand::Create {
            agent,
            label,
            scope,
            days,
            json,
        } => {
            let body = json!({ "agent_id": agent, "label": label, "scope": scope, "expires_in_days": days });
            let answer = office.call(Method::POST, TOKENS, Some(&body)).await?;
            if json {
                return Ok(lines(&answer));
            }
            let made: Made = serde_json::from_value(answer).map_err(|error| broken(&error))?;
            // The token alone on a line of its own: a script takes the first line.
            Ok(format!(
                "{}\n\nThis is shown once. It may {}, until {}.\nRevoke it:  minicom-server token revoke {}\n",
                Shown::line(&made.token),
                made.row.scope.name(),
                Shown::line(&made.row.expires_at),
                Shown::line(&made.row.id),
            ))
        }
        TokenCommand::Revoke { id } => {
            let path = format!("{TOKENS}/{}", segment(&id));
            office.call(Method::DELETE, &path, None).await?;
            Ok(format!("Revoked {}. Its connections are closed.\n", Shown::line(&id)))
        }
    }
}

fn lines(answer: &Value) -> String {
    format!("{answer:#}\n")
}

fn tokens_table(tokens: &[TokenRow]) -> String {
    // To the minute is enough to tell one from another.
    let minute = |time: &str| time.get(..16).unwrap_or(time).replace('T', " ");
    let rows = tokens.iter().map(|it| {
        [
            it.id.clone(),
            it.kind.name().to_owned(),
            it.scope.name().to_owned(),
            minute(&it.last_used_at),
            minute(&it.expires_at),
            it.last_address.clone().unwrap_or_default(),
            it.label.clone(),
        ]
    });
    table(["ID", "KIND", "SCOPE", "LAST USED", "ENDS", "FROM", "LABEL"], rows)
}
