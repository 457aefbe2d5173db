//! The effective configuration as a file that says the same.

use super::{Loaded, Source, settings::SETTINGS, value::Value};

/// Every setting, with what it is for and who said it.
pub(super) fn to_toml(loaded: &Loaded) -> String {
    let mut text = String::new();
    let mut last_table = "";
    for setting in SETTINGS {
        let (table, name) = setting.key.rsplit_once('.').unwrap_or(("", setting.key));
        if table != last_table {
            text.push_str(&format!("\n[{table}]\n"));
            last_table = table;
        }
        let source = match loaded.source(setting.key) {
            Source::Default => "default",
            Source::File => "from the file",
            Source::Environment => setting.env,
            Source::Flag => "from a flag",
        };
        text.push_str(&format!("# {} ({source})\n", setting.about));
        let value = match (setting.show)(&loaded.config) {
            Value::Address(address) => quoted(&address.to_string()),
            Value::Path(path) if path.as_os_str().is_empty() => {
                text.push_str(&format!("# {name} = \"...\"\n"));
                continue;
            }
            Value::Command(parts) if parts.is_empty() => {
                text.push_str(&format!("# {name} = [\"...\"]\n"));
                continue;
            }
            Value::Text(words) if words.is_empty() => {
                text.push_str(&format!("# {name} = \"...\"\n"));
                continue;
            }
            Value::Secret(secret) => {
                let there = if secret.is_empty() {
                    ""
                } else {
                    "  # it is set, and not shown"
                };
                text.push_str(&format!("# {name} = \"...\"{there}\n"));
                continue;
            }
            Value::Commands(all) if all.is_empty() => {
                text.push_str(&format!("# {name} = {{ tenant = [\"...\"] }}\n"));
                continue;
            }
            Value::Commands(all) => {
                let list = |parts: Vec<String>| parts.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(", ");
                let all = all
                    .into_iter()
                    .map(|(tenant, parts)| format!("{tenant} = [{}]", list(parts)));
                format!("{{ {} }}", all.collect::<Vec<_>>().join(", "))
            }
            Value::Networks(all) if all.is_empty() => {
                text.push_str(&format!("# {name} = [\"...\"]\n"));
                continue;
            }
            Value::Networks(all) => {
                let all: Vec<String> = all.iter().map(|network| quoted(&network.to_string())).collect();
                format!("[{}]", all.join(", "))
            }
            Value::Command(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| quoted(part)).collect();
                format!("[{}]", parts.join(", "))
            }
            Value::Path(path) => quoted(&path.to_string_lossy()),
            Value::Text(words) => quoted(&words),
            Value::Name(person) => quoted(person.as_str()),
            Value::Switch(on) => on.to_string(),
            Value::Number(number) => number.to_string(),
        };
        text.push_str(&format!("{name} = {value}\n"));
    }
    text
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
