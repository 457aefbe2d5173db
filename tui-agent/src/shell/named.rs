//! Which conversation somebody means: by the customer's name, by an id or its beginning, or by `#` and that, which is no name.

use minicom_protocol::{ids::ConversationId, refusal::Refusal, text::CustomerName};
use minicom_tui_kit::Shown;
use serde_json::Value;

use super::rows;
use crate::{
    exit::{self, Failure},
    manage::{
        office::{Office, field, segment},
        strict::nearest,
    },
};

/// Fewer letters of an id mean nobody's without a `#`.
const ID_CHARS_MIN: usize = 4;
/// Conversations that are told where a name means several.
const TOLD_MAX: usize = 20;

/// The conversation that is meant: of one customer the open one, else the last.
///
/// # Errors
/// There is none, or several are meant: then the words list them.
pub(crate) async fn find(office: &Office, word: &str) -> Result<Value, Failure> {
    let word = word.trim();
    let id = word.strip_prefix('#');
    let mut found = match (id, word.parse::<ConversationId>()) {
        (Some(id), _) => fetched(office, "id", id).await?,
        (None, Ok(_)) => fetched(office, "id", word).await?,
        (None, Err(_)) => {
            let name =
                CustomerName::parse(word).map_err(|error| Failure::new(exit::USAGE, Refusal::from(error).message()))?;
            fetched(office, "customer", name.as_str()).await?
        }
    };
    let mut by_id = id.is_some();
    if found.is_empty() && !by_id && begins_an_id(word) {
        by_id = true;
        found = fetched(office, "id", word).await?;
    }
    let mut meant = meant(found, by_id);
    match meant.len() {
        0 => Err(nobody(office, word).await),
        1 => Ok(meant.remove(0)),
        _ => Err(several(word, &meant)),
    }
}

async fn fetched(office: &Office, by: &str, value: &str) -> Result<Vec<Value>, Failure> {
    let path = format!("/sessions?{by}={}&limit=200", segment(value));
    let mut answer = office.get(&path).await?;
    Ok(answer["sessions"]
        .as_array_mut()
        .map(std::mem::take)
        .unwrap_or_default())
}

/// Whether a word that is nobody's name can be the beginning of an id.
fn begins_an_id(word: &str) -> bool {
    (ID_CHARS_MIN..=36).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Those that somebody can mean: all whose id begins so; of each customer the open one, else the last.
fn meant(found: Vec<Value>, by_id: bool) -> Vec<Value> {
    if by_id {
        return found;
    }
    let open = |row: &Value| field(row, "status") != "closed";
    let any_open = found.iter().any(open);
    let mut customers: Vec<String> = Vec::new();
    let mut meant = Vec::new();
    for row in found {
        let whose = field(&row["customer"], "id").to_owned();
        // They come with what began last first.
        if (any_open && !open(&row)) || customers.contains(&whose) {
            continue;
        }
        customers.push(whose);
        meant.push(row);
    }
    meant
}

fn several(word: &str, meant: &[Value]) -> Failure {
    let mut words = format!(
        "{} means {} conversations. Say which by its id:",
        Shown::line(word),
        meant.len()
    );
    for row in meant.iter().take(TOLD_MAX) {
        let line = format!(
            "{}  {} ({})  {}  {}",
            field(row, "session_id"),
            field(row, "customer_id"),
            field(&row["customer"], "realm"),
            field(row, "stage"),
            field(row, "subject")
        );
        words.push_str(&format!("\n  {}", Shown::line(line.trim_end())));
    }
    if meant.len() > TOLD_MAX {
        words.push_str(&format!("\n  ... and {} more", meant.len() - TOLD_MAX));
    }
    Failure::new(exit::SEVERAL, words)
}

async fn nobody(office: &Office, word: &str) -> Failure {
    let shown = Shown::line(word);
    // A hint is worth one more question, and its failure is none of the answer's.
    let others = match word.starts_with('#') {
        true => Value::Null,
        false => office.get("/sessions?limit=200").await.unwrap_or_default(),
    };
    let names = others["sessions"].as_array().map_or(&[][..], Vec::as_slice);
    let near = nearest(word, names.iter().map(|row| field(row, "customer_id")));
    let hint = match near {
        Some(near) => format!("Did you mean {}?", Shown::name(near)),
        None => "Who is there:  minicom-agent list".to_owned(),
    };
    Failure::new(exit::NOTHING, format!("There is no conversation of {shown}. {hint}"))
}

/// What to call a conversation in what is told about it.
pub fn called(session: &Value) -> String {
    format!("{} {}", rows::customer(session), rows::short_id(session))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(id: &str, customer: &str, status: &str) -> Value {
        json!({"session_id": id, "customer": {"id": customer, "realm": "named"}, "customer_id": "al\u{1b}ice", "status": status,
               "stage": status, "subject": null})
    }

    #[test]
    fn of_one_customer_the_open_one_is_meant_else_the_last() {
        let ids = |rows: Vec<Value>| -> Vec<String> {
            meant(rows, false)
                .iter()
                .map(|it| field(it, "session_id").to_owned())
                .collect()
        };
        let closed = |id| row(id, "a", "closed");
        assert_eq!(ids(vec![closed("3"), row("2", "a", "active"), closed("1")]), ["2"]);
        assert_eq!(ids(vec![closed("3"), closed("2")]), ["3"]);
        assert_eq!(ids(vec![closed("3"), row("2", "b", "pending")]), ["2"]);
        assert_eq!(ids(vec![row("3", "a", "active"), row("2", "b", "pending")]), ["3", "2"]);
        assert_eq!(ids(vec![closed("3"), row("2", "b", "closed")]), ["3", "2"]);
        assert!(ids(vec![]).is_empty());
    }

    #[test]
    fn several_are_listed_gated_a_line_each() {
        let rows: Vec<Value> = (0..25).map(|n| row(&n.to_string(), &n.to_string(), "active")).collect();
        let told = several("al\u{1b}ice", &rows);
        assert_eq!(told.code, 3);
        assert!(told.words.starts_with("al␛ice means 25 conversations."), "{told}");
        assert!(told.words.contains("\n  0  al␛ice (named)  active\n"), "{told}");
        assert!(
            told.words.ends_with("\n  ... and 5 more") && !told.words.contains('\u{1b}'),
            "{told}"
        );
    }
}
