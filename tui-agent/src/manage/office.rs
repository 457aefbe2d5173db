//! What is managed over the HTTP API with one's own sign-in: the same that `minicom-server` manages on its own computer. The nouns
//! and their words are the same there and here; who may do what is the server's to say.

use minicom_client::{
    Secret, ServerUrl,
    credentials::Profile,
    rest::{LoginError, Method, account::Seat},
};
use minicom_protocol::{ids::TenantId, json, refusal::Refusal};
use minicom_tui_kit::Shown;
use serde_json::Value;

use super::{
    Access,
    table::{Table, cell},
};
use crate::{
    exit::{self, Failure},
    sign_in::{SignedIn, call_failure},
};

pub(crate) use minicom_client::rest::api::segment;

/// Somebody who is signed in, at the API.
pub(crate) struct Office {
    signed_in: SignedIn,
}

impl Access<'_> {
    /// Where things are managed over HTTP.
    pub(crate) fn office(&self) -> Result<Office, Failure> {
        Ok(Office {
            signed_in: self.find()?,
        })
    }
}

impl Office {
    fn seat(&self) -> Seat<'_> {
        self.signed_in.api()
    }

    /// The account.
    pub fn profile(&self) -> &Profile {
        &self.signed_in.profile
    }

    /// Server, tenant and token, for a connection of its own.
    pub fn whole(&self) -> (ServerUrl, TenantId, Secret) {
        let Profile { server, tenant, .. } = self.profile().clone();
        (server, tenant, self.token())
    }

    /// The token that is good now.
    pub fn token(&self) -> Secret {
        self.signed_in.token()
    }

    /// Calls the API; the path's parts are encoded.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Failure> {
        let changes = method != Method::GET;
        let told = self.seat().api(method, path, body).await;
        told.map_err(|error| {
            let lost = changes && !matches!(error, LoginError::Refused(_));
            let mut failure = call_failure(self.profile(), error);
            if lost {
                failure
                    .words
                    .push_str(" Whether it was done is not known: look before you do it again.");
            }
            failure
        })
    }

    /// Does something under a key: repeated with it, it is done once.
    pub async fn post_once(&self, path: &str, body: &Value, key: &str) -> Result<Value, Failure> {
        let fits = (1..=KEY_BYTES_MAX).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        if !fits {
            let words = format!("--key has 1 to {KEY_BYTES_MAX} letters, digits and signs of ASCII");
            return Err(Failure::new(exit::USAGE, words));
        }
        let told = self.seat().api_once(path, body, key).await;
        told.map_err(|error| {
            if let LoginError::Refused(Refusal::Conflict) = error {
                let words = "this key was used before for something else. Nothing was done: take a new one";
                return Failure::new(exit::USAGE, words);
            }
            let lost = !matches!(error, LoginError::Refused(_));
            let mut failure = call_failure(self.profile(), error);
            if lost {
                failure
                    .words
                    .push_str(" Whether it was done is not known: ask again with the same key, and it is done once.");
            }
            failure
        })
    }

    pub async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Value, Failure> {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Result<Value, Failure> {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Result<Value, Failure> {
        self.call(Method::DELETE, path, None).await
    }

    /// All rows of a list that comes in pages, at most so many. `path` has a question mark in it.
    pub async fn rows(&self, path: &str, name: &str, most: usize) -> Result<Vec<Value>, Failure> {
        self.rows_from(path, name, most, String::new()).await
    }

    async fn rows_from(&self, path: &str, name: &str, most: usize, mut cursor: String) -> Result<Vec<Value>, Failure> {
        let mut rows: Vec<Value> = Vec::new();
        while rows.len() < most {
            let limit = (most - rows.len()).min(PAGE);
            let mut page = self.get(&format!("{path}&limit={limit}{cursor}")).await?;
            if let Some(more) = page[name].as_array_mut() {
                rows.append(more);
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={}", segment(next)),
                None => break,
            }
        }
        Ok(rows)
    }

    /// The same from a page on that `path` names.
    pub async fn pages(&self, path: &str, name: &str, most: usize) -> Result<Vec<Value>, Failure> {
        let (base, first) = path.split_once("&cursor=").unwrap_or((path, ""));
        self.rows_from(base, name, most, format!("&cursor={first}")).await
    }

    /// Fetches lines of any number, and gives each away.
    pub async fn lines(&self, path: &str, mut each: impl FnMut(&str) -> bool) -> Result<(), Failure> {
        let mut rest: Vec<u8> = Vec::new();
        let seat = self.seat();
        let fetched = seat.fetch(path, |piece| {
            rest.extend_from_slice(piece);
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).collect();
                if !each(String::from_utf8_lossy(&line).trim_end()) {
                    return false;
                }
            }
            true
        });
        fetched.await.map_err(|error| call_failure(self.profile(), error))
    }
}

/// Rows of a page.
const PAGE: usize = 100;
/// Letters of a key.
const KEY_BYTES_MAX: usize = 255;

/// A text of an answer; nothing where there is none.
pub(crate) fn field<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_default()
}

/// The same, gated.
pub(crate) fn shown(of: &Value, name: &str) -> Shown {
    Shown::line(field(of, name))
}

/// A moment of an answer, to the minute.
pub(crate) fn minute(of: &Value, name: &str) -> Shown {
    let text: String = field(of, name).chars().take(16).collect();
    Shown::line(&text.replace('T', " "))
}

/// For programs, and for what has too many fields for a table.
pub(crate) fn pretty(value: &Value) -> String {
    json::pretty(value)
}

/// Names and values, a pair a line.
pub(crate) fn pairs(rows: &[(&str, String)]) -> String {
    let columns = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line = |(name, value): &(&str, String)| format!("{name:columns$}  {}", Shown::line(value));
    rows.iter().map(|row| format!("{}\n", line(row).trim_end())).collect()
}

/// A table of answers: of each the named fields, gated.
pub(crate) fn table(heads: &[&str], rows: &[Value], cells: impl Fn(&Value) -> Vec<Shown>, none: &str) -> String {
    let mut table = Table::new(heads);
    for row in rows {
        table.row(cells(row));
    }
    table.or(none)
}

/// A number of an answer; a line where there is none.
pub(crate) fn number(of: &Value, name: &str) -> Shown {
    of[name].as_u64().map_or(Shown::fixed("-"), cell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn answers_are_gated_on_their_way_to_the_terminal() {
        let row = json!({"name": "Bo\u{1b}[2J", "at": "2026-11-21T14:00:59Z", "n": 3});
        let drawn = table(
            &["NAME", "AT", "N"],
            std::slice::from_ref(&row),
            |it| vec![shown(it, "name"), minute(it, "at"), number(it, "n")],
            "none",
        );
        assert_eq!(drawn, "NAME    AT                N\nBo␛[2J  2026-11-21 14:00  3\n");
        assert_eq!(
            pairs(&[("name", "Bo\u{1b}".to_owned()), ("skills", String::new())]),
            "name    Bo␛\nskills\n"
        );
        assert_eq!(table(&["A"], &[], |_| vec![], "none"), "none\n");
    }
}
