//! `minicom-server agent ...` and its like: a server managed from the command line. While a server has the data folder it is
//! asked by HTTP; else the folder is opened here and asked by the same API in this process. So there is one way to everything
//! that is managed, and its rules are the same.

pub mod agent;
pub mod audit;
pub mod bot;
mod confirm;
pub mod customer;
mod here;
mod password;
mod resume;
mod running;
pub mod tenant;
pub mod token;
pub mod transfer;
pub mod webhook;

use std::io::Write;

use minicom_protocol::{gate::Shown, ids::TenantId};
use reqwest::Method;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use self::here::Here;
pub(crate) use self::running::{Running, upgrade};
use crate::{
    config::Config,
    exit::{ExitKind, Fatal},
    refused,
    store::open::{self, DATABASE, OpenRefused},
};

/// A data folder that is managed: by the server that has it, or here. Close it also after a refusal: the writer ends, and the
/// folder is free when that returns.
pub struct Office {
    desk: Desk,
    tenant: TenantId,
}

enum Desk {
    Running(Running),
    Here(Here),
}

impl Office {
    /// Opens a data folder, to manage this tenant of it.
    ///
    /// # Errors
    /// There is none, or it cannot be opened, or its server does not answer.
    pub fn open(config: &Config, tenant: TenantId) -> Result<Office, Fatal> {
        let data = &config.data;
        if !data.join(DATABASE).exists() {
            return Err(Fatal::new(
                ExitKind::NoInput,
                format!("There is no data folder of a server at {}.", refused::shown(data)),
                "Name the right one with --data, or start the server once: it makes the folder and the first admin.",
            ));
        }
        let desk = match open::open(data) {
            Ok((folder, conn)) => Desk::Here(Here::start(config, folder, conn)?),
            Err(OpenRefused::Locked { .. }) => Desk::Running(Running::find(data)?),
            Err(refused) => return Err(refused::opening(&refused)),
        };
        Ok(Office { desk, tenant })
    }

    /// Asks the API. `path` begins with `/`, its parts are encoded; see [`segment`].
    ///
    /// # Errors
    /// What the API refuses, or why it was not asked.
    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Fatal> {
        let answer = match &self.desk {
            Desk::Running(server) => server.call(method, path, &self.tenant, body).await,
            Desk::Here(here) => here.call(method, path, &self.tenant, body).await,
        };
        match answer {
            // Whoever can read the data folder may do all; but not where there is nobody.
            Err(fatal) if fatal.kind == ExitKind::Permission && self.tenant != TenantId::default_tenant() => {
                Err(Fatal::new(
                    ExitKind::NoInput,
                    format!(
                        "There is no tenant {} that is served here, or none of its admins may sign in.",
                        self.tenant
                    ),
                    "`minicom-server tenant list` shows all tenants and whether they are enabled.",
                ))
            }
            answer => answer,
        }
    }

    /// The same with a body and an answer of known shape.
    ///
    /// # Errors
    /// See [`Office::call`].
    pub async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, Fatal> {
        let body = body.map(serde_json::to_value).transpose();
        let body = body.map_err(|error| running::broken(&error))?;
        let answer = self.call(method, path, body.as_ref()).await?;
        serde_json::from_value(answer).map_err(|error| running::broken(&error))
    }

    /// Lets the data folder go.
    ///
    /// # Errors
    /// What was answered is on the disk, but the writer did not end well.
    pub async fn close(self) -> Result<(), Fatal> {
        match self.desk {
            Desk::Running(_) => Ok(()),
            Desk::Here(here) => here.close().await,
        }
    }
}

/// Opens the office, does what is to be done there, closes it, and writes what was told.
///
/// # Errors
/// Why it was not done.
pub async fn in_office(
    config: &Config,
    tenant: TenantId,
    out: &mut impl Write,
    work: impl AsyncFnOnce(&Office) -> Result<String, Fatal>,
) -> Result<(), Fatal> {
    let office = Office::open(config, tenant)?;
    let done = work(&office).await;
    let closed = office.close().await;
    let text = done?;
    closed?;
    print(out, &text)
}

/// Writes what was told. Who reads no further (`| head`) has seen enough.
///
/// # Errors
/// Standard output cannot be written.
pub fn print(out: &mut impl Write, text: &str) -> Result<(), Fatal> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Fatal::new(
            ExitKind::Io,
            format!("It is done, but standard output cannot be written: {error}."),
            "Look at where the output goes.",
        )),
        Ok(()) => Ok(()),
    }
}

/// A part of a path, encoded: nothing in it is taken for a part of the address.
pub fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// Rows as a table for a terminal and for `grep`: columns are aligned, everything is gated.
pub fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut all = vec![head.map(str::to_owned)];
    all.extend(
        rows.into_iter()
            .map(|row| row.map(|cell| Shown::line(&cell).as_str().to_owned())),
    );
    let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for row in &all {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(&format!("{cell:width$}  "));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A name and a value a line, the values aligned; everything is gated.
pub fn pairs(rows: impl IntoIterator<Item = [String; 2]>) -> String {
    let text = table(["", ""], rows);
    // Without a head there is nothing above.
    text.trim_start_matches('\n').to_owned()
}

/// As JSON for people and programs.
pub fn pretty(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    format!("{text}\n")
}

/// What the program ends with for a refusal of this code, whoever refused.
fn kind_of(code: &str) -> ExitKind {
    match code {
        "sign_in" | "forbidden" => ExitKind::Permission,
        "busy" | "rate_limited" | "stopping" | "storage" | "behind" | "timeout" => ExitKind::TryLater,
        "storage_full" | "local_token" => ExitKind::Io,
        "internal" => ExitKind::Bug,
        _ => ExitKind::BadData,
    }
}

/// A refusal as an error with a way out.
fn refusal(code: &str, message: &str) -> Fatal {
    let fix = match code {
        "not_found" => "The same command with `list` shows all that there are.",
        "exists" => "`minicom-server agent passwd` sets its password, `enable` lets it sign in again.",
        "weak_password" => "Take several words that do not belong together.",
        "last_admin" => "`minicom-server agent add --role admin` makes another one.",
        "tenant_enabled" => "`minicom-server tenant disable` first.",
        "no_factor" => {
            "Nothing was changed: the password alone signs in, or sets up a factor where the desk asks for one."
        }
        "not_confirmed" => "Give its name once more with --confirm.",
        "quota_exceeded" => "`minicom-server tenant change --quota` sets how much it may have.",
        "url_not_allowed" => {
            "Give an address of the internet; for trials the setting webhooks.allow_private opens this computer."
        }
        "bad_email" => "Give an address such as bo@example.org.",
        _ => match kind_of(code) {
            ExitKind::TryLater => "Try again in a moment.",
            ExitKind::Permission => "Run this as the user who runs the server.",
            _ => "The server's log may say more.",
        },
    };
    let mut message = Shown::line(message).cut(200).as_str().to_owned();
    if !message.ends_with('.') {
        message.push('.');
    }
    // A sentence begins large, but not with somebody's address.
    let begins_with_address = message.split(' ').next().is_some_and(|word| word.contains('@'));
    if let Some(first) = message.chars().next().filter(|_| !begins_with_address) {
        message.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    Fatal::new(kind_of(code), message, fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_two_lines_and_a_number() {
        let fatal = refusal("exists", "there is an account with the address a@b already");
        assert_eq!(fatal.code(), 65);
        assert_eq!(fatal.what, "There is an account with the address a@b already.");
        assert!(refusal("last_admin", "a@b is the last").what.starts_with("a@b"));
        assert_eq!(refusal("sign_in", "x").code(), 77);
        assert_eq!(refusal("busy", "x").code(), 75);
    }
}
