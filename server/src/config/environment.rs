//! The environment's part of the configuration: `MINICOM_...` variables of the table of settings. Others with that beginning
//! belong to other programs; one that looks like a misspelt setting gets a note.

use std::{collections::BTreeMap, ffi::OsString, path::PathBuf};

use super::{
    setting::Setting,
    settings::{self, SETTINGS},
    value::{Kind, Value},
};
use crate::exit::{ExitKind, Fatal};

/// Names the configuration file.
const CONFIG_FILE: &str = "MINICOM_CONFIG";
const PREFIX: &str = "MINICOM_";
/// Variables of the clients, which may stand in the same environment.
const CLIENTS: [&str; 7] = [
    "MINICOM_SERVER",
    "MINICOM_STATE",
    "MINICOM_NAME",
    "MINICOM_TOKEN",
    "MINICOM_TENANT",
    "MINICOM_CA",
    "MINICOM_PIN",
];

/// Our part of the environment. An empty variable counts as not set.
pub(super) struct Environment(BTreeMap<String, OsString>);

impl Environment {
    pub(super) fn new(all: impl IntoIterator<Item = (OsString, OsString)>) -> Environment {
        let ours = all.into_iter().filter_map(|(name, value)| {
            let name = name.into_string().ok().filter(|name| name.starts_with(PREFIX))?;
            (!value.is_empty()).then_some((name, value))
        });
        Environment(ours.collect())
    }

    pub(super) fn config_file(&self) -> Option<PathBuf> {
        self.0.get(CONFIG_FILE).map(PathBuf::from)
    }

    /// What it sets.
    pub(super) fn assignments(&self) -> Result<Vec<(&'static Setting, Value)>, Fatal> {
        let mut all = Vec::new();
        for setting in SETTINGS {
            let Some(value) = self.0.get(setting.env) else {
                continue;
            };
            let value = match (setting.kind, value.to_str()) {
                // A path may be any bytes that the system takes.
                (Kind::Path, _) => Value::Path(PathBuf::from(value)),
                (_, None) => {
                    let what = format!("The environment variable {} is not UTF-8.", setting.env);
                    return Err(Fatal::new(ExitKind::Usage, what, "Correct it, or unset it."));
                }
                (kind, Some(text)) => kind.read(text).map_err(|wrong| {
                    Fatal::new(
                        ExitKind::Config,
                        format!(
                            "The environment variable {} ({}) cannot be used: {}.",
                            setting.env, setting.about, wrong.what
                        ),
                        format!("Expected: {}. Correct it, or unset it.", wrong.expected),
                    )
                })?,
            };
            all.push((setting, value));
        }
        Ok(all)
    }

    /// Variables that look like a misspelt setting.
    pub(super) fn notes(&self) -> Vec<String> {
        let known = || SETTINGS.iter().map(|setting| setting.env).chain([CONFIG_FILE]);
        let unknown = self
            .0
            .keys()
            .filter(|name| !known().any(|it| it == *name) && !CLIENTS.contains(&name.as_str()));
        let notes = unknown.filter_map(|name| {
            let rest = name.strip_prefix(PREFIX)?.to_lowercase();
            let names: Vec<String> = known()
                .filter_map(|it| it.strip_prefix(PREFIX))
                .map(str::to_lowercase)
                .collect();
            let meant = settings::nearest(&rest, names.iter().map(String::as_str))?.to_uppercase();
            Some(format!(
                "the environment variable {name} is not known; did you mean {PREFIX}{meant}?"
            ))
        });
        notes.collect()
    }
}
