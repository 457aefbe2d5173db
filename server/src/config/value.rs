//! One value of the configuration: what forms are taken, and the words for those that are not. It refuses to know where
//! the value comes from.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use ipnet::IpNet;
use minicom_protocol::{gate::Shown, ids::TenantId, text::DisplayName};
use tracing_subscriber::EnvFilter;

use super::Secret;
use crate::limits::{Adjustable, TRUSTED_PROXIES_MAX};

/// Characters of a word: the longest is an address.
const WORD_CHARS_MAX: usize = 500;

/// What a setting can be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// An IP address (or `localhost`) and a port.
    Address,
    /// A file or folder; in a configuration file it is meant from that file's folder.
    Path,
    /// What is logged.
    Filter,
    /// Yes or no.
    Switch,
    /// A name that customers see.
    Name,
    /// A whole number within bounds, and its unit.
    Number(Adjustable, &'static str),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A program and its arguments, as a list: no shell ever reads it. An empty list is none.
    Command,
    /// A command for each of some tenants, by their names: a table of lists.
    Commands,
    /// Networks and addresses, as a list. An empty list is none.
    Networks,
    /// A word, such as this one. Empty is none.
    Word(&'static str),
    /// What nobody is shown. Empty is none.
    Secret,
}

/// A value as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Raw<'a> {
    Text(&'a str),
    Whole(i64),
    Bool(bool),
    /// A list of texts.
    Texts(Vec<&'a str>),
    /// Lists of texts by their names.
    Lists(Vec<(&'a str, Vec<&'a str>)>),
    /// Something that no setting takes: what it is, in words.
    Other(&'a str),
}

/// A value that is right for its kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Value {
    Address(SocketAddr),
    Path(PathBuf),
    Text(String),
    Name(DisplayName),
    Switch(bool),
    Number(u32),
    Command(Vec<String>),
    Commands(BTreeMap<String, Vec<String>>),
    Networks(Vec<IpNet>),
    Secret(Secret),
}

/// Why a value is not taken: what is wrong, and the form that is expected, with an example.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wrong {
    pub(super) what: String,
    pub(super) expected: String,
}

impl Kind {
    /// The expected form, with an example.
    pub(super) fn expected(self) -> String {
        match self {
            Kind::Address => "an IP address and a port, for example \"127.0.0.1:8000\"".to_owned(),
            Kind::Path => "a path, for example \"/var/lib/minicom\"".to_owned(),
            Kind::Filter => "a level (off, error, warn, info, debug, trace) or target=level with commas, for example \"info\" or \"warn,minicom_server=debug\"".to_owned(),
            Kind::Switch => "true or false".to_owned(),
            Kind::Name => "a name of 1 to 64 characters, for example \"Ada\"".to_owned(),
            Kind::Number(bound, unit) => format!(
                "a whole number{}{unit} from {} to {}, for example {}",
                if unit.is_empty() { "" } else { " of " },
                bound.least,
                bound.most,
                bound.default
            ),
            Kind::Choice(words) => format!("one of \"{}\"", words.join("\", \"")),
            Kind::Word(example) => format!("a text of up to {WORD_CHARS_MAX} characters without blanks, for example \"{example}\""),
            Kind::Secret => format!("a text of up to {WORD_CHARS_MAX} characters without blanks"),
            Kind::Command => {
                "a list of the program and its arguments, for example [\"/usr/local/bin/look-up\", \"--short\"]".to_owned()
            }
            Kind::Commands => {
                "a table of tenants, each with a list of the program and its arguments, for example acme = [\"python3\", \"/srv/acme/bot.py\"] (as JSON in the environment)".to_owned()
            }
            Kind::Networks => {
                "a list of networks or addresses, for example [\"10.0.0.0/8\", \"127.0.0.1\"] (with commas alone in the environment and after a flag)".to_owned()
            }
        }
    }

    /// Takes a value of a file, where types are told apart.
    pub(super) fn check(self, raw: &Raw) -> Result<Value, Wrong> {
        let found = match (self, raw) {
            (Kind::Switch, Raw::Bool(on)) => return Ok(Value::Switch(*on)),
            (Kind::Number(bound, _), Raw::Whole(number)) => return self.number(bound, *number),
            (Kind::Command, Raw::Texts(parts)) => {
                return self.command(parts.iter().map(|it| (*it).to_owned()).collect());
            }
            (Kind::Commands, Raw::Lists(all)) => {
                let all = all.iter().map(|(tenant, parts)| {
                    let parts = parts.iter().map(|it| (*it).to_owned()).collect();
                    ((*tenant).to_owned(), parts)
                });
                return self.commands(all.collect());
            }
            (Kind::Networks, Raw::Texts(parts)) => return self.networks(parts.iter().copied()),
            (Kind::Switch | Kind::Number(..) | Kind::Command | Kind::Commands | Kind::Networks, Raw::Text(_)) => {
                "a string"
            }
            (_, Raw::Text(text)) => return self.read(text),
            (_, Raw::Whole(_)) => "a number",
            (_, Raw::Bool(_)) => "true or false",
            (_, Raw::Texts(_)) => "a list",
            (_, Raw::Lists(_)) => "a table",
            (_, Raw::Other(what)) => what,
        };
        Err(self.wrong(format!("it is {found}")))
    }

    /// Takes a value of a flag or of the environment, where everything is text.
    pub(super) fn read(self, text: &str) -> Result<Value, Wrong> {
        if text.trim().is_empty() {
            return Err(self.wrong("it is empty"));
        }
        match self {
            Kind::Address => address(text).map(Value::Address).map_err(|what| self.wrong(what)),
            Kind::Path => Ok(Value::Path(PathBuf::from(text))),
            Kind::Filter => filter(text)
                .map(|()| Value::Text(text.to_owned()))
                .map_err(|what| self.wrong(what)),
            Kind::Switch => match text.to_ascii_lowercase().as_str() {
                "true" | "on" | "yes" | "1" => Ok(Value::Switch(true)),
                "false" | "off" | "no" | "0" => Ok(Value::Switch(false)),
                _ => Err(self.wrong("it is neither true nor false")),
            },
            Kind::Name => DisplayName::parse(text)
                .map(Value::Name)
                .map_err(|refused| self.wrong(refused.to_string())),
            Kind::Number(bound, _) => match text.trim().parse() {
                Ok(number) => self.number(bound, number),
                Err(_) => Err(self.wrong("it is not a whole number")),
            },
            Kind::Choice(words) => match words.iter().find(|word| **word == text) {
                Some(word) => Ok(Value::Text((*word).to_owned())),
                None => Err(self.wrong("it is none of the words")),
            },
            Kind::Word(_) => self.word(text).map(|word| Value::Text(word.to_owned())),
            Kind::Secret => self.word(text).map(|word| Value::Secret(Secret::new(word))),
            Kind::Command => match serde_json::from_str(text) {
                Ok(parts) => self.command(parts),
                Err(_) => Err(self.wrong("it is not a list of texts in double quotes")),
            },
            Kind::Commands => match serde_json::from_str(text) {
                Ok(all) => self.commands(all),
                Err(_) => Err(self.wrong("it is not an object of lists of texts")),
            },
            Kind::Networks => self.networks(text.split(',')),
        }
    }

    fn commands(self, all: BTreeMap<String, Vec<String>>) -> Result<Value, Wrong> {
        for (tenant, parts) in &all {
            if TenantId::parse(tenant).is_err() {
                return Err(self.wrong(format!("{:?} is no name of a tenant", Shown::line(tenant).as_str())));
            }
            self.command(parts.clone())?;
        }
        Ok(Value::Commands(all))
    }

    fn word(self, text: &str) -> Result<&str, Wrong> {
        let word = text.trim();
        let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
        match word.chars().all(is_plain) && word.chars().count() <= WORD_CHARS_MAX {
            true => Ok(word),
            false => Err(self.wrong("it has blanks in it, or is too long")),
        }
    }

    fn networks<'a>(self, parts: impl Iterator<Item = &'a str>) -> Result<Value, Wrong> {
        let read = |text: &str| {
            let text = text.trim();
            let network = text.parse::<IpNet>().ok();
            let network = network.or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from));
            let network = network.ok_or_else(|| self.wrong("one of them is neither a network nor an address"))?;
            // 10.1.2.3/8 may mean either: what is trusted is said exactly.
            match network.trunc() == network {
                true => Ok(network),
                false => Err(self.wrong(format!(
                    "{network} has bits behind its prefix: is {} meant?",
                    network.trunc()
                ))),
            }
        };
        let all: Vec<IpNet> = parts.map(read).collect::<Result<_, _>>()?;
        match all.len() <= TRUSTED_PROXIES_MAX {
            true => Ok(Value::Networks(all)),
            false => Err(self.wrong(format!("there are more than {TRUSTED_PROXIES_MAX}"))),
        }
    }

    fn command(self, parts: Vec<String>) -> Result<Value, Wrong> {
        if parts.first().is_some_and(|program| program.trim().is_empty()) {
            return Err(self.wrong("it names no program"));
        }
        if parts.iter().any(|part| part.contains('\0')) {
            return Err(self.wrong("it has a NUL character in it"));
        }
        Ok(Value::Command(parts))
    }

    fn number(self, bound: Adjustable, number: i64) -> Result<Value, Wrong> {
        let value = u64::try_from(number).ok().filter(|number| bound.allows(*number));
        let value = value.and_then(|number| u32::try_from(number).ok());
        value
            .map(Value::Number)
            .ok_or_else(|| self.wrong(format!("{number} is out of range")))
    }

    fn wrong(self, what: impl Into<String>) -> Wrong {
        Wrong {
            what: what.into(),
            expected: self.expected(),
        }
    }
}

/// Reads an address; `localhost` stands for 127.0.0.1.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let Some((host, port)) = text
        .rsplit_once(':')
        .filter(|(host, _)| !host.ends_with(':') || host.ends_with("::]"))
    else {
        return Err("there is no port in it".to_owned());
    };
    if port.parse::<u16>().is_err() || port.starts_with('+') {
        return Err("its port is not a number from 0 to 65535 (0 takes any free one)".to_owned());
    }
    let host = if host == "localhost" { "127.0.0.1" } else { host };
    format!("{host}:{port}")
        .parse()
        .map_err(|_| "its first part is not an IP address".to_owned())
}

/// Whether this says what to log. The library takes any word for a target, so that a misspelt level would log everything
/// of nothing.
pub(super) fn filter(text: &str) -> Result<(), String> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    for part in text.split(',') {
        let (target, level) = part
            .rsplit_once('=')
            .map_or((None, part), |(target, level)| (Some(target), level));
        if !LEVELS.contains(&level.trim().to_ascii_lowercase().as_str()) {
            return Err("there is no such level".to_owned());
        }
        if target.is_some_and(|target| target.trim().is_empty()) {
            return Err("a target is missing before '='".to_owned());
        }
    }
    EnvFilter::try_new(text)
        .map(drop)
        .map_err(|_| "it cannot be read".to_owned())
}
