//! The one table of settings: file, environment, `--print-config` and the help for mistakes all read it, so that none
//! can know a setting that another does not.

use std::time::Duration;

use super::{
    MetricsFor,
    provider::PROVIDER,
    setting::{Setting, setting, setting_ms, setting_path},
    value::{Kind, Value},
};
use crate::{
    limits::{
        BACKUPS_KEPT, BOT_DEADLINE_MS, CONTEXT_COMMAND_TIMEOUT_MS, CUSTOMER_BURST, CUSTOMER_REFILL_PER_S,
        HTTP_PER_ADDRESS_PER_MIN, HTTP_PER_LOOPBACK_ADDRESS_PER_MIN, HTTP_READS_PER_TOKEN_PER_MIN,
        HTTP_WRITES_PER_TOKEN_PER_MIN, NEW_CUSTOMERS_PER_ADDRESS_PER_MIN, NEW_CUSTOMERS_PER_LOOPBACK_ADDRESS_PER_MIN,
        SOCKETS_PER_ADDRESS, SOCKETS_PER_CUSTOMER, SOCKETS_PER_LOOPBACK_ADDRESS, SOCKETS_TOTAL, UPLOAD_BYTES,
        UPLOADS_PER_CUSTOMER_PER_HOUR, WEBHOOK_RETRY_FIRST_MS,
    },
    logging::LogFormat,
};

/// All settings, in the order in which they are printed: those without a table first, and a table in one piece.
pub(super) static SETTINGS: &[Setting] = &joined::<{ SERVER.len() + PROVIDER.len() }>(SERVER, PROVIDER);

const fn joined<const ALL: usize>(first: &[Setting], then: &[Setting]) -> [Setting; ALL] {
    let mut all = [first[0]; ALL];
    let mut at = 0;
    while at < ALL {
        all[at] = if at < first.len() {
            first[at]
        } else {
            then[at - first.len()]
        };
        at += 1;
    }
    all
}

const SERVER: &[Setting] = &[
    setting!(
        "listen",
        "MINICOM_LISTEN",
        Kind::Address,
        "address of HTTP and WebSocket",
        Address,
        listen
    ),
    setting!("data", "MINICOM_DATA", Kind::Path, "folder of the database", Path, data),
    setting!("log", "MINICOM_LOG", Kind::Filter, "what is logged", Text, log),
    Setting {
        key: "log_format",
        env: "MINICOM_LOG_FORMAT",
        kind: Kind::Choice(&["text", "json"]),
        about: "how a line of the log is written",
        set: |config, value| {
            if let Value::Text(word) = value {
                config.log_format = if word == "json" {
                    LogFormat::Json
                } else {
                    LogFormat::Text
                };
            }
        },
        show: |config| {
            let word = match config.log_format {
                LogFormat::Text => "text",
                LogFormat::Json => "json",
            };
            Value::Text(word.to_owned())
        },
    },
    Setting {
        key: "metrics",
        env: "MINICOM_METRICS",
        kind: Kind::Choice(&["this-computer", "tokens", "nobody"]),
        about: "who may read /metrics; whoever has an admin's token, but for \"nobody\"",
        set: |config, value| {
            if let Value::Text(word) = value {
                config.metrics = match word.as_str() {
                    "tokens" => MetricsFor::Tokens,
                    "nobody" => MetricsFor::Nobody,
                    _ => MetricsFor::ThisComputer,
                };
            }
        },
        show: |config| {
            let word = match config.metrics {
                MetricsFor::ThisComputer => "this-computer",
                MetricsFor::Tokens => "tokens",
                MetricsFor::Nobody => "nobody",
            };
            Value::Text(word.to_owned())
        },
    },
    setting!(
        "insecure_http",
        "MINICOM_INSECURE_HTTP",
        Kind::Switch,
        "let others than this computer connect without TLS",
        Switch,
        insecure_http
    ),
    setting!(
        "trusted_proxies",
        "MINICOM_TRUSTED_PROXIES",
        Kind::Networks,
        "networks of proxies that are believed when they say for whom a request is",
        Networks,
        trusted_proxies
    ),
    setting!(
        "i_know",
        "MINICOM_I_KNOW",
        Kind::Switch,
        "accept a dangerous setting, such as to trust everybody as a proxy",
        Switch,
        i_know
    ),
    setting!(
        "admin_name",
        "MINICOM_ADMIN_NAME",
        Kind::Name,
        "display name of the first admin of a new data folder",
        Name,
        admin_name
    ),
    setting!(
        "context_command",
        "MINICOM_CONTEXT_COMMAND",
        Kind::Command,
        "program and arguments that tell agents more of a customer; reads JSON, prints lines",
        Command,
        context_command
    ),
    setting_ms!(
        "context_command_timeout_ms",
        "MINICOM_CONTEXT_COMMAND_TIMEOUT_MS",
        CONTEXT_COMMAND_TIMEOUT_MS,
        "how long it may take",
        context_command_timeout
    ),
    setting_path!(
        "tls.cert",
        "MINICOM_TLS_CERT",
        "certificate chain in PEM, the server's own first; with it only https and wss are served",
        tls.cert
    ),
    setting_path!(
        "tls.key",
        "MINICOM_TLS_KEY",
        "its key in PEM, which others may not read",
        tls.key
    ),
    setting!(
        "tls.self_signed",
        "MINICOM_TLS_SELF_SIGNED",
        Kind::Switch,
        "for trials: a certificate that the server makes for itself",
        Switch,
        tls.self_signed
    ),
    setting!(
        "tls.allow_expired",
        "MINICOM_TLS_ALLOW_EXPIRED",
        Kind::Switch,
        "serve with a certificate that is not good by its dates; clients will refuse it",
        Switch,
        tls.allow_expired
    ),
    setting!(
        "bot.enabled",
        "MINICOM_BOT",
        Kind::Switch,
        "whether the bot answers first",
        Switch,
        bot.enabled
    ),
    setting_path!(
        "bot.rules",
        "MINICOM_BOT_RULES",
        "file of rules that come before those that ship with the program",
        bot.rules
    ),
    setting_path!(
        "bot.languages",
        "MINICOM_BOT_LANGUAGES",
        "folder of languages that the bot writes beside English and German, a file each (fr.toml)",
        bot.languages
    ),
    setting_path!(
        "bot.encoder",
        "MINICOM_BOT_ENCODER",
        "folder of an encoder in the place of the program's own, such as one of many languages",
        bot.encoder
    ),
    setting_ms!(
        "bot.deadline_ms",
        "MINICOM_BOT_DEADLINE_MS",
        BOT_DEADLINE_MS,
        "from a customer's line to the bot's turn; then a person is asked for",
        bot.deadline
    ),
    setting!(
        "bot.program",
        "MINICOM_BOT_PROGRAM",
        Kind::Command,
        "program and arguments that answer in the bot's place; reads and writes JSON lines",
        Command,
        bot.programs.all
    ),
    setting!(
        "bot.programs",
        "MINICOM_BOT_PROGRAMS",
        Kind::Commands,
        "the same for single tenants, by their names; an empty list is none",
        Commands,
        bot.programs.of
    ),
    setting_path!(
        "backup.folder",
        "MINICOM_BACKUP_FOLDER",
        "folder of the copies that the server makes, one a day; best on another disk",
        backup.folder
    ),
    setting!(
        "backup.keep",
        "MINICOM_BACKUP_KEEP",
        Kind::Number(BACKUPS_KEPT, "copies"),
        "copies that stay",
        Number,
        backup.keep
    ),
    setting!(
        "rates.customer_burst",
        "MINICOM_RATES_CUSTOMER_BURST",
        Kind::Number(CUSTOMER_BURST, "lines"),
        "lines that a customer may send at once",
        Number,
        rates.customer_burst
    ),
    setting!(
        "rates.customer_refill_per_s",
        "MINICOM_RATES_CUSTOMER_REFILL_PER_S",
        Kind::Number(CUSTOMER_REFILL_PER_S, "lines"),
        "lines a second that a customer gets back",
        Number,
        rates.customer_refill_per_s
    ),
    setting!(
        "rates.new_customers_per_address_per_min",
        "MINICOM_RATES_NEW_CUSTOMERS_PER_ADDRESS_PER_MIN",
        Kind::Number(NEW_CUSTOMERS_PER_ADDRESS_PER_MIN, "customers"),
        "new customers from one address in a minute",
        Number,
        rates.new_customers_per_address_per_min
    ),
    setting!(
        "rates.new_customers_per_loopback_address_per_min",
        "MINICOM_RATES_NEW_CUSTOMERS_PER_LOOPBACK_ADDRESS_PER_MIN",
        Kind::Number(NEW_CUSTOMERS_PER_LOOPBACK_ADDRESS_PER_MIN, "customers"),
        "the same from this computer",
        Number,
        rates.new_customers_per_loopback_address_per_min
    ),
    setting!(
        "rates.http_reads_per_token_per_min",
        "MINICOM_RATES_HTTP_READS_PER_TOKEN_PER_MIN",
        Kind::Number(HTTP_READS_PER_TOKEN_PER_MIN, "requests"),
        "reads over HTTP in a minute with one token",
        Number,
        rates.http_reads_per_token_per_min
    ),
    setting!(
        "rates.http_writes_per_token_per_min",
        "MINICOM_RATES_HTTP_WRITES_PER_TOKEN_PER_MIN",
        Kind::Number(HTTP_WRITES_PER_TOKEN_PER_MIN, "requests"),
        "writes over HTTP in a minute with one token",
        Number,
        rates.http_writes_per_token_per_min
    ),
    setting!(
        "rates.http_per_address_per_min",
        "MINICOM_RATES_HTTP_PER_ADDRESS_PER_MIN",
        Kind::Number(HTTP_PER_ADDRESS_PER_MIN, "requests"),
        "requests of HTTP in a minute from one address",
        Number,
        rates.http_per_address_per_min
    ),
    setting!(
        "rates.http_per_loopback_address_per_min",
        "MINICOM_RATES_HTTP_PER_LOOPBACK_ADDRESS_PER_MIN",
        Kind::Number(HTTP_PER_LOOPBACK_ADDRESS_PER_MIN, "requests"),
        "the same from this computer",
        Number,
        rates.http_per_loopback_address_per_min
    ),
    setting!(
        "rates.uploads_per_customer_per_hour",
        "MINICOM_RATES_UPLOADS_PER_CUSTOMER_PER_HOUR",
        Kind::Number(UPLOADS_PER_CUSTOMER_PER_HOUR, "files"),
        "files of one customer in an hour",
        Number,
        rates.uploads_per_customer_per_hour
    ),
    setting!(
        "files.bytes",
        "MINICOM_FILES_BYTES",
        Kind::Number(UPLOAD_BYTES, "bytes"),
        "bytes of one file that people send each other",
        Number,
        file_bytes
    ),
    setting!(
        "sockets.total",
        "MINICOM_SOCKETS_TOTAL",
        Kind::Number(SOCKETS_TOTAL, "connections"),
        "connections in all",
        Number,
        sockets.total
    ),
    setting!(
        "sockets.per_address",
        "MINICOM_SOCKETS_PER_ADDRESS",
        Kind::Number(SOCKETS_PER_ADDRESS, "connections"),
        "connections from one address",
        Number,
        sockets.per_address
    ),
    setting!(
        "sockets.per_loopback_address",
        "MINICOM_SOCKETS_PER_LOOPBACK_ADDRESS",
        Kind::Number(SOCKETS_PER_LOOPBACK_ADDRESS, "connections"),
        "connections from this computer",
        Number,
        sockets.per_loopback_address
    ),
    setting!(
        "sockets.per_customer",
        "MINICOM_SOCKETS_PER_CUSTOMER",
        Kind::Number(SOCKETS_PER_CUSTOMER, "connections"),
        "connections of one customer",
        Number,
        sockets.per_customer
    ),
    setting!(
        "webhooks.allow_private",
        "MINICOM_WEBHOOKS_ALLOW_PRIVATE",
        Kind::Switch,
        "let webhooks be on this computer and in private networks, for trials",
        Switch,
        webhooks.allow_private
    ),
    setting!(
        "webhooks.any_port",
        "MINICOM_WEBHOOKS_ANY_PORT",
        Kind::Switch,
        "let webhooks listen on other ports than 80 and 443",
        Switch,
        webhooks.any_port
    ),
    setting_ms!(
        "webhooks.retry_first_ms",
        "MINICOM_WEBHOOKS_RETRY_FIRST_MS",
        WEBHOOK_RETRY_FIRST_MS,
        "the longest wait before a webhook is tried again; it doubles with each try, up to two hours",
        webhooks.retry_first
    ),
];

/// The setting of a key of the file.
pub(super) fn by_key(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// The names of the tables of the file.
pub(super) fn tables() -> impl Iterator<Item = &'static str> {
    let all = SETTINGS
        .iter()
        .filter_map(|setting| setting.key.rsplit_once('.').map(|(table, _)| table));
    let mut last = "";
    all.filter(move |table| std::mem::replace(&mut last, table) != *table)
}

/// The name that is most like a misspelt one, if any is like it at all.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the letters may be wrong: with more, a guess is noise.
    let far = (name.chars().count() / 3).max(2);
    let near = names.map(|known| (strsim::osa_distance(&name.to_lowercase(), known), known));
    near.filter(|(distance, _)| *distance <= far)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}
