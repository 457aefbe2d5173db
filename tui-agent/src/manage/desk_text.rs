//! The desk's settings as TOML with a comment on each: what `desk show` prints, and what `desk check` knows.

use minicom_protocol::{
    hours::{Date, Day, Holiday, Hours, Interval, Week},
    intake::Priority,
    settings::{AttributeDef, AttributeKind, DeskSettings, PreChatQuestion},
};
use toml::{Table, Value};

use super::strict;
use crate::exit::{self, Failure};

/// A key, what it means, and how it is written where nothing is set.
struct Field {
    key: &'static str,
    means: &'static str,
    unset: &'static str,
}

const fn field(key: &'static str, means: &'static str) -> Field {
    Field { key, means, unset: "" }
}

/// Keys of the outermost table, in the order in which they are shown.
const FIELDS: &[Field] = &[
    field("name", "The desk's name, as customers read it."),
    field("subtitle", "A line under the name. Empty: none."),
    field(
        "colour",
        "The colour of the desk's page and window on the web, as \"#2b6cb0\". Empty: the page's own.",
    ),
    field(
        "first",
        "Who answers first: \"bot\", or \"queue\" (people: every conversation begins in the queue).",
    ),
    field(
        "routing",
        "Whether waiting conversations are given to agents without their asking: \"off\", or \"least_busy\".",
    ),
    Field {
        key: "capacity",
        means: "How many conversations an agent has at once, where the agent has no own limit. Left out: no limit.",
        unset: "capacity = 5",
    },
    field(
        "ageing_min",
        "After how many minutes in the queue a conversation counts as one class more urgent. 0: never.",
    ),
    field(
        "idle_away_min",
        "After how many minutes without a key an agent counts as away. 0: never.",
    ),
    field(
        "owner_grace_s",
        "For how many seconds an owner may be gone before conversations whose customers wait return to the queue.",
    ),
    field(
        "owner_silent_min",
        "After how many minutes an owner who does not answer loses the conversation to the queue. 0: never.",
    ),
    field(
        "wait_limit_min",
        "After how many minutes in the queue the customer is told that it takes longer, and asked for an address. 0: never.",
    ),
    field(
        "customer_silent_h",
        "After how many hours of the customer's silence a conversation is closed. 0: never.",
    ),
    field(
        "silence_warning_min",
        "How many minutes before that the customer is warned.",
    ),
    field(
        "edit_window_s",
        "For how many seconds one's own last line can be changed or taken back.",
    ),
    field(
        "ask_rating",
        "Who is asked how it was, after the end: \"never\", \"after_person\" (who spoke with a person) or \"always\".",
    ),
    field(
        "consent",
        "What a customer agrees to before the first line. Empty: nothing is asked.",
    ),
    field(
        "signed_identity",
        "What a signature of your own site is worth: \"off\", \"mark\" (shown as verified) or \"enforce\" (nobody comes in without).",
    ),
    Field {
        key: "origins",
        means: "Web pages of these origins may call the HTTP API and open customers' sockets.",
        unset: "origins = [\"https://shop.example\"]",
    },
    field("require_totp", "Whether every agent signs in with a second factor."),
    field(
        "keep_closed_days",
        "After how many days closed conversations and their files are erased. 0: never.",
    ),
    field(
        "first_response_warn_percent",
        "After what share of the time below, in percent, a first answer counts as late soon.",
    ),
    Field {
        key: "questions",
        means: "Asked before the first line, three at most. Each can be skipped.",
        unset: "questions = [{ key = \"order\", text = \"What is your order number?\" }]",
    },
    Field {
        key: "attributes",
        means: "What is kept of customers besides name and address: kind is \"text\", \"number\", \"yes_no\" or \"date\".",
        unset: "attributes = [{ key = \"plan\", kind = \"text\" }]",
    },
    Field {
        key: "first_response_min",
        means: "Within how many minutes of opening time a person answers first, by priority. Left out: no target.",
        unset: "[first_response_min]\nurgent = 5\nhigh = 15",
    },
    Field {
        key: "hours",
        means: "When people are there. Left out: nothing is promised and nothing is said.",
        unset: "[hours]\nzone = \"Europe/Berlin\"\nweek.mon = [\"09:00-12:30\", \"13:30-17:00\"]\nweek.fri = [\"09:00-12:30\"]\n\
                holidays = [{ date = \"2026-12-24\", open = [], name = \"Christmas Eve\" }]",
    },
];

/// The settings as a table, without the bot, which has a file of its own.
pub fn table(settings: &DeskSettings) -> Result<Table, Failure> {
    let mut table = Table::try_from(settings)
        .map_err(|error| Failure::new(exit::BUG, format!("The settings cannot be written as TOML: {error}")))?;
    table.remove("bot");
    Ok(table)
}

/// Settings in which everything is said, so that all keys are known.
pub fn example() -> Table {
    let day = || {
        Interval::new(0, 60)
            .and_then(|it| Day::new(vec![it]))
            .unwrap_or_default()
    };
    let holiday = |date| Holiday {
        date,
        open: day(),
        name: "A day".to_owned(),
    };
    let settings = DeskSettings {
        questions: vec![PreChatQuestion {
            key: "order".to_owned(),
            text: "Which order?".to_owned(),
        }],
        capacity: Some(1),
        hours: Some(Hours {
            zone: "UTC".to_owned(),
            week: Week {
                days: std::array::from_fn(|_| day()),
            },
            holidays: Date::new(2026, 12, 24).map(holiday).into_iter().collect(),
        }),
        first_response_min: Priority::ALL.into_iter().map(|it| (it, 1)).collect(),
        attributes: vec![AttributeDef {
            key: "plan".to_owned(),
            kind: AttributeKind::Text,
        }],
        ..DeskSettings::default()
    };
    table(&settings).unwrap_or_default()
}

/// The settings as a file that says all of them. It is safe to show: what the gate would change is written by its number.
///
/// # Errors
/// A mistake of ours.
pub fn render(settings: &DeskSettings) -> Result<String, Failure> {
    let table = table(settings)?;
    let mut out = String::from(
        "# The settings of this desk. Change what you need, then:  minicom-agent desk apply FILE\n\
         # What the file leaves out gets its default.\n",
    );
    for field in FIELDS {
        out.push_str(&format!("\n# {}\n", field.means));
        match table.get(field.key).filter(|value| !is_empty(value)) {
            Some(Value::Table(inner)) => {
                out.push_str(&format!("[{}]\n", field.key));
                section(inner, &mut out);
            }
            Some(value) => pair(field.key, value, &mut out),
            None => field
                .unset
                .lines()
                .for_each(|line| out.push_str(&format!("# {line}\n"))),
        }
    }
    Ok(out)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Table(table) => table.is_empty(),
        _ => false,
    }
}

/// A section: tables in it are written by dotted keys, days in the order of the week.
fn section(table: &Table, out: &mut String) {
    for (key, value) in table {
        match value {
            Value::Table(inner) => {
                let day = |name: &str| Week::NAMES.iter().position(|it| *it == name);
                let mut inner: Vec<_> = inner.iter().collect();
                inner.sort_by_key(|(name, _)| day(name));
                for (name, value) in inner {
                    out.push_str(&format!("{key}.{name} = {}\n", strict::inline(value)));
                }
            }
            value => pair(key, value, out),
        }
    }
}

/// A key and its value; of a list of tables each on a line of its own.
fn pair(key: &str, value: &Value, out: &mut String) {
    match value {
        Value::Array(items) if items.iter().any(Value::is_table) => {
            out.push_str(&format!("{key} = [\n"));
            items
                .iter()
                .for_each(|item| out.push_str(&format!("    {},\n", strict::inline(item))));
            out.push_str("]\n");
        }
        value => out.push_str(&format!("{key} = {}\n", strict::inline(value))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_its_comment() {
        let mut told: Vec<&str> = FIELDS.iter().map(|field| field.key).collect();
        told.sort_unstable();
        let known = example();
        assert_eq!(told, known.keys().map(String::as_str).collect::<Vec<_>>());
        // What is shown where nothing is set is right, too.
        let unset: Vec<String> = FIELDS.iter().map(|field| format!("{}\n", field.unset)).collect();
        let settings: DeskSettings = toml::from_str(&unset.concat()).unwrap();
        settings.check().unwrap();
        assert!(settings.hours.is_some() && settings.capacity == Some(5));
    }
}
