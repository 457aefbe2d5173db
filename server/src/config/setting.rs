//! What a setting is, and how a row of the table of settings is written: its place in the configuration is named once, for
//! both directions. It refuses to know which settings there are.

use super::{
    Config,
    value::{Kind, Value},
};

/// One setting.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    /// Its key in the file, with its table.
    pub(super) key: &'static str,
    /// Its environment variable.
    pub(super) env: &'static str,
    /// What it can be.
    pub(super) kind: Kind,
    /// What it is for, in a line.
    pub(super) about: &'static str,
    /// Puts a value of its kind in.
    pub(super) set: fn(&mut Config, Value),
    /// The value that holds. An optional one that is not set is an empty path or list.
    pub(super) show: fn(&Config) -> Value,
}

/// A setting that is a span of time in milliseconds.
macro_rules! setting_ms {
    ($key:literal, $env:literal, $bound:expr, $about:literal, $($field:ident).+) => {
        Setting {
            key: $key,
            env: $env,
            kind: Kind::Number($bound, "milliseconds"),
            about: $about,
            set: |config, value| {
                if let Value::Number(number) = value {
                    config.$($field).+ = Duration::from_millis(u64::from(number));
                }
            },
            show: |config| Value::Number(u32::try_from(config.$($field).+.as_millis()).unwrap_or(u32::MAX)),
        }
    };
}

/// A setting that is a file which need not be named.
macro_rules! setting_path {
    ($key:literal, $env:literal, $about:literal, $($field:ident).+) => {
        Setting {
            key: $key,
            env: $env,
            kind: Kind::Path,
            about: $about,
            set: |config, value| {
                if let Value::Path(path) = value {
                    config.$($field).+ = Some(path);
                }
            },
            show: |config| Value::Path(config.$($field).+.clone().unwrap_or_default()),
        }
    };
}

/// Writes a setting whose value is of one variant: the place in the configuration is named once, for both directions.
macro_rules! setting {
    ($key:literal, $env:literal, $kind:expr, $about:literal, $variant:ident, $($field:ident).+) => {
        Setting {
            key: $key,
            env: $env,
            kind: $kind,
            about: $about,
            set: |config, value| {
                if let Value::$variant(value) = value {
                    config.$($field).+ = value;
                }
            },
            show: |config| Value::$variant(config.$($field).+.clone()),
        }
    };
}

pub(super) use {setting, setting_ms, setting_path};
