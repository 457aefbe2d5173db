//! What the operator says of a provider of language models: whose, where, with which key, and how long it may take. It refuses to
//! know how a provider is asked.

use std::{
    fmt,
    fs::File,
    io::Read,
    net::IpAddr,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::Duration,
};

use minicom_protocol::gate::Shown;
use reqwest::Url;

use super::{
    setting::{Setting, setting, setting_ms, setting_path},
    value::{Kind, Value},
};
use crate::{
    exit::{ExitKind, Fatal},
    limits::{
        PROVIDER_FIRST_MS, PROVIDER_GAP_MS, PROVIDER_KEY_FILE_BYTES_MAX, PROVIDER_TOKENS, PROVIDER_TOKENS_PER_MONTH,
        PROVIDER_WHOLE_MS,
    },
};

/// The words of the kinds, the one that is none first.
const KINDS: &[&str] = &["off", "gemini", "openai", "ollama", "anthropic"];

/// Its rows of the table of settings.
pub(super) const PROVIDER: &[Setting] = &[
    Setting {
        key: "bot.provider.kind",
        env: "MINICOM_BOT_PROVIDER_KIND",
        kind: Kind::Choice(KINDS),
        about: "whose dialect the provider of a language model speaks; a tenant must switch it on as well",
        set: |config, value| {
            if let Value::Text(word) = value {
                config.bot.provider.kind = ProviderKind::named(&word);
            }
        },
        show: |config| Value::Text(config.bot.provider.kind.map_or(KINDS[0], ProviderKind::word).to_owned()),
    },
    setting!(
        "bot.provider.url",
        "MINICOM_BOT_PROVIDER_URL",
        Kind::Word("https://models.example.org/v1/"),
        "where it is, as far as the dialect's own paths; without it where that dialect comes from",
        Text,
        bot.provider.url
    ),
    setting!(
        "bot.provider.model",
        "MINICOM_BOT_PROVIDER_MODEL",
        Kind::Word("llama3.2"),
        "which of its models",
        Text,
        bot.provider.model
    ),
    setting!(
        "bot.provider.key",
        "MINICOM_BOT_PROVIDER_KEY",
        Kind::Secret,
        "the key that it knows us by",
        Secret,
        bot.provider.key
    ),
    setting_path!(
        "bot.provider.key_file",
        "MINICOM_BOT_PROVIDER_KEY_FILE",
        "a file with that key, which others may not read",
        bot.provider.key_file
    ),
    setting_ms!(
        "bot.provider.first_ms",
        "MINICOM_BOT_PROVIDER_FIRST_MS",
        PROVIDER_FIRST_MS,
        "from a customer's line to its first words; then the article's own are sent",
        bot.provider.first
    ),
    setting_ms!(
        "bot.provider.gap_ms",
        "MINICOM_BOT_PROVIDER_GAP_MS",
        PROVIDER_GAP_MS,
        "between two pieces of its answer",
        bot.provider.gap
    ),
    setting_ms!(
        "bot.provider.whole_ms",
        "MINICOM_BOT_PROVIDER_WHOLE_MS",
        PROVIDER_WHOLE_MS,
        "from a customer's line to its whole answer; never longer than bot.deadline_ms leaves",
        bot.provider.whole
    ),
    setting!(
        "bot.provider.max_tokens",
        "MINICOM_BOT_PROVIDER_MAX_TOKENS",
        Kind::Number(PROVIDER_TOKENS, "tokens"),
        "of one answer",
        Number,
        bot.provider.max_tokens
    ),
    setting!(
        "bot.provider.tokens_per_month",
        "MINICOM_BOT_PROVIDER_TOKENS_PER_MONTH",
        Kind::Number(PROVIDER_TOKENS_PER_MONTH, "tokens"),
        "of questions and answers that a tenant may use in a month",
        Number,
        bot.provider.tokens_per_month
    ),
];

/// Something that nobody is shown. It has no words of its own: not in a log, not in an error.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Of this text.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text itself, to be sent to whom it belongs and nowhere else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.is_empty() { "none" } else { "not shown" })
    }
}

/// Whose dialect a provider speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProviderKind {
    /// Gemini's.
    Gemini,
    /// That of `chat/completions`, which most servers speak.
    OpenAi,
    /// Ollama's own.
    Ollama,
    /// Anthropic's.
    Anthropic,
}

impl ProviderKind {
    fn named(word: &str) -> Option<ProviderKind> {
        let all = [Self::Gemini, Self::OpenAi, Self::Ollama, Self::Anthropic];
        all.into_iter().find(|kind| kind.word() == word)
    }

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            ProviderKind::Gemini => "gemini",
            ProviderKind::OpenAi => "openai",
            ProviderKind::Ollama => "ollama",
            ProviderKind::Anthropic => "anthropic",
        }
    }
}

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProviderSettings {
    /// Its dialect; `None`: there is no provider.
    pub kind: Option<ProviderKind>,
    /// Where it is; empty: where the dialect comes from.
    pub url: String,
    /// Which of its models.
    pub model: String,
    /// The key, if it was said itself.
    pub key: Secret,
    /// The key's file.
    pub key_file: Option<PathBuf>,
    /// From a line to the first words.
    pub first: Duration,
    /// Between two pieces.
    pub gap: Duration,
    /// From a line to the whole answer.
    pub whole: Duration,
    /// Tokens of one answer.
    pub max_tokens: u32,
    /// Tokens that a tenant may use in a month.
    pub tokens_per_month: u32,
}

impl Default for ProviderSettings {
    fn default() -> Self {
        let number = |bound: crate::limits::Adjustable| u32::try_from(bound.default).unwrap_or(u32::MAX);
        ProviderSettings {
            kind: None,
            url: String::new(),
            model: String::new(),
            key: Secret::default(),
            key_file: None,
            first: Duration::from_millis(PROVIDER_FIRST_MS.default),
            gap: Duration::from_millis(PROVIDER_GAP_MS.default),
            whole: Duration::from_millis(PROVIDER_WHOLE_MS.default),
            max_tokens: number(PROVIDER_TOKENS),
            tokens_per_month: number(PROVIDER_TOKENS_PER_MONTH),
        }
    }
}

impl ProviderSettings {
    /// Whether what is said of it fits together.
    pub(super) fn check(&self, i_know: bool) -> Result<(), Fatal> {
        let Some(kind) = self.kind else { return Ok(()) };
        if self.model.is_empty() {
            return Err(wrong("names no model", "Name one: bot.provider.model = \"...\"."));
        }
        if !self.key.is_empty() && self.key_file.is_some() {
            let fix = "Leave bot.provider.key out: a file is the safer place.";
            return Err(wrong("has a key and a key's file", fix));
        }
        let has_key = !self.key.is_empty() || self.key_file.is_some();
        let own_place = !self.url.is_empty() && kind == ProviderKind::OpenAi;
        if !has_key && !own_place && kind != ProviderKind::Ollama {
            return Err(wrong(
                "has no key",
                "Put it into a file that only the server's user may read, and name that: bot.provider.key_file = \"...\".",
            ));
        }
        match self.url.is_empty() {
            true => Ok(()),
            false => self.place(i_know).map(drop),
        }
    }

    /// Whether this program has providers, if one is named.
    pub(super) fn check_build(&self) -> Result<(), Fatal> {
        match self.kind {
            Some(_) if cfg!(not(feature = "providers")) => Err(Self::not_built()),
            _ => Ok(()),
        }
    }

    /// A provider is named, to a program that was built without any.
    pub(crate) fn not_built() -> Fatal {
        wrong(
            "is named, and this program was built without providers of language models (lite)",
            "Use the program as it is built by default, or say bot.provider.kind = \"off\".",
        )
    }

    /// Where it is, judged. Without TLS everybody on the way reads the key and what customers ask.
    fn place(&self, i_know: bool) -> Result<Url, Fatal> {
        let form = "Write it as https://models.example.org/v1/, without a name, a password or a question mark in it.";
        let url = Url::parse(&self.url).map_err(|_| wrong("has an address that is none", form))?;
        let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        if !matches!(url.scheme(), "http" | "https") || !bare || url.fragment().is_some() || url.host_str().is_none() {
            return Err(wrong("has an address that is not taken", form));
        }
        if url.scheme() == "http" && !i_know && !is_near(&url) {
            return Err(wrong(
                "is to be reached without TLS, and is not an address of this computer or of a private network",
                "Use https; or, if the way there is your own, set i_know = true.",
            ));
        }
        Ok(url)
    }

    /// The key, wherever it was said; empty if there is none.
    ///
    /// # Errors
    /// Its file cannot be read, or others may read it.
    pub fn read_key(&self) -> Result<Secret, Fatal> {
        match &self.key_file {
            None => Ok(self.key.clone()),
            Some(path) => read_key(path),
        }
    }
}

/// On this computer or in a private network, as the address says itself.
fn is_near(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private(),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local(),
        Err(_) => host == "localhost",
    }
}

fn read_key(path: &Path) -> Result<Secret, Fatal> {
    let name = Shown::line(&path.display().to_string()).as_str().to_owned();
    let file = File::open(path);
    let mut file = file.map_err(|error| {
        wrong(
            &format!("has a key's file that cannot be read: {name}: {error}"),
            "Name the right file.",
        )
    })?;
    let mut text = String::new();
    let read = file
        .by_ref()
        .take(PROVIDER_KEY_FILE_BYTES_MAX)
        .read_to_string(&mut text);
    let key = text.trim();
    if read.is_err() || key.is_empty() || key.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(wrong(
            &format!("has a file without a key in it: {name}"),
            "It has one line with the key.",
        ));
    }
    match file.metadata() {
        Ok(found) if found.mode() & 0o007 == 0 => Ok(Secret::new(key)),
        _ => Err(wrong(
            &format!("has a key's file that everybody on this computer can read: {name}"),
            &format!("chmod o= {name}"),
        )),
    }
}

fn wrong(what: &str, fix: &str) -> Fatal {
    Fatal::new(ExitKind::Config, format!("The provider (bot.provider) {what}."), fix)
}

#[cfg(test)]
#[path = "provider_tests.rs"]
mod tests;
