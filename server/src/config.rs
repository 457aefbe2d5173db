//! The configuration of one server: a TOML file, then the environment, then flags; the later ones win. Everything is checked
//! here, once, and what leaves is typed. It opens nothing but the configuration file.

use std::{collections::BTreeMap, ffi::OsString, net::SocketAddr, path::PathBuf, time::Duration};

use ipnet::IpNet;
use minicom_protocol::text::DisplayName;

use crate::{
    bot::program::Programs,
    exit::{ExitKind, Fatal},
    limits::{
        BACKUPS_KEPT, BOT_DEADLINE_MS, CONTEXT_COMMAND_TIMEOUT_MS, CUSTOMER_BURST, CUSTOMER_REFILL_PER_S,
        HTTP_PER_ADDRESS_PER_MIN, HTTP_PER_LOOPBACK_ADDRESS_PER_MIN, HTTP_READS_PER_TOKEN_PER_MIN,
        HTTP_WRITES_PER_TOKEN_PER_MIN, NEW_CUSTOMERS_PER_ADDRESS_PER_MIN, NEW_CUSTOMERS_PER_LOOPBACK_ADDRESS_PER_MIN,
        SOCKETS_PER_ADDRESS, SOCKETS_PER_CUSTOMER, SOCKETS_PER_LOOPBACK_ADDRESS, SOCKETS_TOTAL, UPLOAD_BYTES,
        UPLOADS_PER_CUSTOMER_PER_HOUR, WEBHOOK_RETRY_FIRST_MS,
    },
    logging::LogFormat,
};

pub mod cli;
mod environment;
mod file;
mod parts;
mod print;
mod provider;
mod setting;
mod settings;
mod value;

pub use cli::{
    Action, AgentCommand, Cli, Flags,
    audit::AuditArguments,
    customer::{CustomerArguments, CustomerCommand, KeyArguments, KeyCommand},
    tenant::{Quota, TenantCommand},
    token::{TokenArguments, TokenCommand},
    webhook::{WebhookArguments, WebhookCommand},
};
pub use parts::{Backup, Bot, MetricsFor, Rates, Sockets, TlsSettings, Webhooks};
pub use provider::{ProviderKind, ProviderSettings, Secret};
use setting::Setting;
pub(crate) use settings::nearest;

/// Where the server listens if nobody says otherwise.
pub const LISTEN_DEFAULT: &str = "127.0.0.1:8000";
/// What is logged if nobody says otherwise.
pub const LOG_DEFAULT: &str = "info";
/// What customers call the first admin if nobody says otherwise.
pub const ADMIN_NAME_DEFAULT: &str = "Admin";

/// What one server is told. Every value is within its bounds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Config {
    /// The address of HTTP and WebSocket. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// The folder of the database and everything else that must last.
    pub data: PathBuf,
    /// What is logged: a level, or several `target=level` with commas.
    pub log: String,
    /// How the log is written.
    pub log_format: LogFormat,
    /// Who may read the numbers for a monitoring system.
    pub metrics: MetricsFor,
    /// Whether others than this computer may connect without TLS.
    pub insecure_http: bool,
    /// TLS, if connections are to have it.
    pub tls: TlsSettings,
    /// Networks of proxies that are believed when they say for whom a request is.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether dangerous settings are accepted.
    pub i_know: bool,
    /// The display name of the first admin, who is made on a new data folder.
    pub admin_name: DisplayName,
    /// The operator's own command that tells agents more of a customer: the program and its arguments; empty for none.
    pub context_command: Vec<String>,
    /// How long that command may take.
    pub context_command_timeout: Duration,
    /// The first-line bot.
    pub bot: Bot,
    /// Copies that the server makes by itself.
    pub backup: Backup,
    /// How much may come.
    pub rates: Rates,
    /// How many may be connected.
    pub sockets: Sockets,
    /// The bytes of one file that people send each other.
    pub file_bytes: u32,
    /// Where other programs that are told may be.
    pub webhooks: Webhooks,
}

impl Config {
    /// What holds if nobody says anything, with this data folder.
    pub fn with_data(data: PathBuf) -> Config {
        let default = |bound: crate::limits::Adjustable| u32::try_from(bound.default).unwrap_or(u32::MAX);
        Config {
            listen: LISTEN_DEFAULT.parse().expect("the default address is an address"),
            data,
            log: LOG_DEFAULT.to_owned(),
            log_format: LogFormat::Text,
            metrics: MetricsFor::ThisComputer,
            insecure_http: false,
            tls: TlsSettings::default(),
            trusted_proxies: Vec::new(),
            i_know: false,
            admin_name: DisplayName::parse(ADMIN_NAME_DEFAULT).expect("the default name is a name"),
            context_command: vec![],
            context_command_timeout: Duration::from_millis(CONTEXT_COMMAND_TIMEOUT_MS.default),
            bot: Bot {
                enabled: true,
                rules: None,
                languages: None,
                encoder: None,
                deadline: Duration::from_millis(BOT_DEADLINE_MS.default),
                programs: Programs::default(),
                provider: ProviderSettings::default(),
            },
            backup: Backup {
                folder: None,
                keep: default(BACKUPS_KEPT),
            },
            rates: Rates {
                customer_burst: default(CUSTOMER_BURST),
                customer_refill_per_s: default(CUSTOMER_REFILL_PER_S),
                new_customers_per_address_per_min: default(NEW_CUSTOMERS_PER_ADDRESS_PER_MIN),
                new_customers_per_loopback_address_per_min: default(NEW_CUSTOMERS_PER_LOOPBACK_ADDRESS_PER_MIN),
                http_reads_per_token_per_min: default(HTTP_READS_PER_TOKEN_PER_MIN),
                http_writes_per_token_per_min: default(HTTP_WRITES_PER_TOKEN_PER_MIN),
                http_per_address_per_min: default(HTTP_PER_ADDRESS_PER_MIN),
                http_per_loopback_address_per_min: default(HTTP_PER_LOOPBACK_ADDRESS_PER_MIN),
                uploads_per_customer_per_hour: default(UPLOADS_PER_CUSTOMER_PER_HOUR),
            },
            file_bytes: default(UPLOAD_BYTES),
            webhooks: Webhooks {
                allow_private: false,
                any_port: false,
                retry_first: Duration::from_millis(WEBHOOK_RETRY_FIRST_MS.default),
            },
            sockets: Sockets {
                total: default(SOCKETS_TOTAL),
                per_address: default(SOCKETS_PER_ADDRESS),
                per_loopback_address: default(SOCKETS_PER_LOOPBACK_ADDRESS),
                per_customer: default(SOCKETS_PER_CUSTOMER),
            },
        }
    }
}

/// Who said what a setting is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// Nobody.
    Default,
    /// The configuration file.
    File,
    /// An environment variable.
    Environment,
    /// A flag.
    Flag,
}

/// A configuration, and how it came about.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What holds.
    pub config: Config,
    /// What the operator should know and is no mistake: a line each for the log. Values are not in them.
    pub notes: Vec<String>,
    sources: BTreeMap<&'static str, Source>,
}

impl Loaded {
    /// Reads the file that the flags or `MINICOM_CONFIG` name, then the environment, then the flags.
    ///
    /// # Errors
    /// The first mistake, with its place and how to mend it.
    pub fn read(flags: &Flags, environment: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Loaded, Fatal> {
        let environment = environment::Environment::new(environment);
        let mut loaded = Loaded {
            config: Config::with_data(PathBuf::new()),
            notes: Vec::new(),
            sources: BTreeMap::new(),
        };
        let path = flags.config.clone().or_else(|| environment.config_file());
        if let Some(path) = &path {
            let assignments = file::read(path)?;
            if assignments.is_empty() {
                loaded.notes.push(format!(
                    "the configuration file {} sets nothing; defaults hold",
                    path.display()
                ));
            }
            for (setting, value) in assignments {
                loaded.set(setting, value, Source::File);
            }
        }
        for (setting, value) in environment.assignments()? {
            if loaded.source(setting.key) == Source::File && (setting.show)(&loaded.config) != value {
                loaded.notes.push(format!(
                    "{} overrides '{}' of the configuration file",
                    setting.env, setting.key
                ));
            }
            loaded.set(setting, value, Source::Environment);
        }
        loaded.notes.extend(environment.notes());
        for (key, value) in flags.assignments() {
            let setting = settings::by_key(key).expect("every flag sets a setting of the table");
            loaded.set(setting, value, Source::Flag);
        }
        if loaded.source("data") == Source::Default {
            loaded.config.data = default_data_folder()?;
        }
        loaded.check()?;
        Ok(loaded)
    }

    /// Who said what this setting is.
    pub fn source(&self, key: &str) -> Source {
        self.sources.get(key).copied().unwrap_or(Source::Default)
    }

    /// The configuration as TOML, with who said each value. It can be read again as a configuration file. Of a secret it is only
    /// said that there is one.
    pub fn to_toml(&self) -> String {
        print::to_toml(self)
    }

    fn set(&mut self, setting: &'static Setting, value: value::Value, source: Source) {
        (setting.set)(&mut self.config, value);
        self.sources.insert(setting.key, source);
    }

    /// What several settings must be together.
    fn check(&self) -> Result<(), Fatal> {
        self.check_guard()?;
        self.config.bot.provider.check(self.config.i_know)?;
        self.config.bot.provider.check_build()?;
        let listen = self.config.listen;
        if listen.ip().to_canonical().is_loopback() || self.config.insecure_http || self.config.tls.is_on() {
            return Ok(());
        }
        let kind = match self.source("listen") {
            Source::Flag => ExitKind::Usage,
            _ => ExitKind::Config,
        };
        Err(Fatal::new(
            kind,
            format!(
                "Listening on {listen} is refused: without TLS, passwords and messages would travel readable by others."
            ),
            "Name a certificate with --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy with TLS; or, on a network \
             that you trust, add --insecure-http.",
        ))
    }

    /// TLS and proxies.
    fn check_guard(&self) -> Result<(), Fatal> {
        let tls = &self.config.tls;
        let contradiction = match (&tls.cert, &tls.key) {
            (Some(_), None) => Some((
                "tls.cert is set and tls.key is not",
                "Name the key too: --tls-key FILE.",
            )),
            (None, Some(_)) => Some((
                "tls.key is set and tls.cert is not",
                "Name the certificate too: --tls-cert FILE.",
            )),
            (Some(_), Some(_)) if tls.self_signed => Some((
                "tls.cert and tls.self_signed are both set",
                "Leave --tls-self-signed out: it is for trials without a certificate.",
            )),
            _ => None,
        };
        if let Some((what, fix)) = contradiction {
            return Err(Fatal::new(
                ExitKind::Config,
                format!("The settings contradict: {what}."),
                fix,
            ));
        }
        let everybody = self.config.trusted_proxies.iter().find(|it| it.prefix_len() == 0);
        match everybody {
            Some(network) if !self.config.i_know => Err(Fatal::new(
                ExitKind::Config,
                format!("trusted_proxies has {network}: everybody could say to be anybody."),
                "Name the networks of your proxies only. If nobody but them can reach this port at all, add --i-know.",
            )),
            _ => Ok(()),
        }
    }
}

/// The platform's folder for data that lasts.
fn default_data_folder() -> Result<PathBuf, Fatal> {
    match directories::ProjectDirs::from("", "", "minicom") {
        Some(folders) => Ok(folders.data_dir().to_owned()),
        None => Err(Fatal::new(
            ExitKind::Usage,
            "There is no home folder, so no place for data is known.",
            "Name one with --data FOLDER or MINICOM_DATA.",
        )),
    }
}

#[cfg(test)]
mod tests;
