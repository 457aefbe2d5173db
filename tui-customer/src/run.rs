//! The whole program: what the command line means, and which of the three ways to chat is taken. Everything that can
//! be wrong is found before the first byte goes to the server.

use std::{
    cell::OnceCell,
    ffi::OsString,
    io::{self, IsTerminal, Read, Write},
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use clap::{CommandFactory, Parser};
use minicom_client::{Config, Secret, ServerUrl, StateDir, credentials, transfers::Seat};
use minicom_protocol::{
    frame::Customers,
    gate::Shown,
    ids::TenantId,
    text::{CustomerName, MESSAGE_BYTES_MAX, MessageText},
};
use minicom_tui_kit::{Keymap, Theme, Zone, config, log, signals, terminal, theme};

use crate::{
    account,
    actions::{self, Action, Context},
    asking,
    beginning::{Beginning, Wishes},
    cli::{Cli, Command, ExportFormat},
    doctor, exit, exporting,
    fault::Fault,
    identity::Identity,
    line_mode, nameless,
    one_shot::{self, Once},
    paperwork, screen, surroundings,
};

/// The program's name and version, for the server's log.
pub(crate) const CLIENT: &str = concat!("minicom-chat ", env!("CARGO_PKG_VERSION"));
/// How long a thread that wrote to the disk waits for more to write. It ends soon after the last key, instead of waking up an
/// idle program later.
const WRITERS_KEPT: Duration = Duration::from_millis(200);

/// What each way to chat begins with.
pub(crate) struct Start {
    pub name: CustomerName,
    pub server: ServerUrl,
    pub tenant: TenantId,
    pub state: StateDir,
    pub theme: Theme,
    /// What the customer's file of settings says.
    pub config: config::Config,
    /// Where it is read again from.
    pub source: config::Source,
    pub keys: Keymap<Action, Context>,
    pub zone: Zone,
    /// Whether what the desk asks is agreed to beforehand.
    pub agrees: bool,
    wishes: Wishes,
    secret: Secret,
    identity: Identity,
    link_code: Option<Secret>,
}

impl Start {
    /// A connection whose unsent messages end with the program.
    pub fn brief(&self) -> Config<Customers> {
        let config = Config::customer(self.server.clone(), self.name.clone(), self.secret.clone(), CLIENT);
        let config = match self.tenant == TenantId::default_tenant() {
            true => config,
            false => config.tenant(self.tenant.clone()),
        };
        let config = match &self.link_code {
            Some(code) => config.link_code(code.clone()),
            None => config,
        };
        match self.identity.source() {
            Some(source) => config.identity(source),
            None => config,
        }
    }

    /// How this program is called for this customer on another device.
    pub fn command(&self) -> String {
        account::command(&self.name, &self.server, &self.tenant)
    }

    /// With what the customer proves to be one, over HTTP: what the site signed, or else the secret.
    pub fn bearer(&self) -> Secret {
        let signed = self.identity.source().and_then(|source| source());
        signed.unwrap_or_else(|| self.secret.clone())
    }

    /// Where files go to and come from.
    pub fn seat(&self) -> Seat {
        let (source, secret) = (self.identity.source(), self.secret.clone());
        let signed = move || source.as_ref().and_then(|source| source());
        Seat {
            server: self.server.clone(),
            tenant: self.tenant.clone(),
            bearer: Arc::new(move || signed().unwrap_or_else(|| secret.clone())),
        }
    }

    /// What a conversation begins with that comes by this channel.
    pub fn beginning(&self, channel: &'static str) -> Beginning {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        let var = |name: &str| std::env::var(name).ok();
        let client = surroundings::client_info(CLIENT, var, &self.zone, now);
        Beginning::new(self.wishes.clone(), channel, client)
    }

    /// A connection whose unsent messages are kept on disk.
    pub fn lasting(&self) -> Config<Customers> {
        self.brief().outbox_on_disk(&self.state, self.name.as_str())
    }
}

/// Which way to chat.
enum Way {
    Screen,
    Lines,
    Once(Once),
    Link,
    Articles(String),
    Export(PathBuf, ExportFormat),
}

/// Runs the program with a command line, the program's own name first. Returns the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let args: Vec<OsString> = doctor::as_flag(args.into_iter().collect());
    if let Some(done) = paperwork::done(&args, Cli::command, &mut io::stdout().lock()) {
        return paperwork::code(done, &mut io::stderr().lock());
    }
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli.meant(),
        Err(error) if nameless::lacks_name(&error) => {
            tell(&nameless::with_a_name(&args));
            return exit::USAGE;
        }
        Err(error) => return told_usage(&error),
    };
    match start(&cli) {
        Ok(code) => code,
        Err(fault) => {
            tell(&fault.words);
            fault.code
        }
    }
}

/// Help and version to stdout. A mistake to stderr, gated: what is quoted of the command line may be a stranger's.
fn told_usage(error: &clap::Error) -> u8 {
    // Nobody is left to tell if that fails.
    let _ = match error.use_stderr() {
        false => error.print(),
        true => writeln!(io::stderr().lock(), "{}", usage_words(error)),
    };
    u8::try_from(error.exit_code()).unwrap_or(exit::USAGE)
}

/// Its words, without colours, a line each.
pub(crate) fn usage_words(error: &clap::Error) -> Shown {
    exit::usage_words(&error.render().to_string())
}

/// To stderr, gated: addresses and names came from outside. Each line of it says whose it is, so that none can pass for another's.
pub(crate) fn tell(words: &str) {
    // If stderr is gone there is nobody to tell.
    let _ = io::stderr().lock().write_all(told(words).as_bytes());
}

fn told(words: &str) -> String {
    let line = |line: &str| format!("minicom-chat: {}\n", Shown::line(line));
    words.trim_end().lines().map(line).collect()
}

fn start(cli: &Cli) -> Result<u8, Fault> {
    if cli.doctor {
        return runtime()?.block_on(doctor::run(cli));
    }
    if let Some(Command::Keys { json }) = &cli.command {
        let (_, keys) = cli.settings()?;
        return print(&if *json {
            actions::as_json(&keys)
        } else {
            actions::as_text(&keys)
        });
    }
    let server = cli.server()?;
    if let Some(slug) = &cli.article {
        let tenant = cli.tenant.clone().unwrap_or_else(TenantId::default_tenant);
        return runtime()?.block_on(asking::article(&server, &tenant, slug));
    }
    if let (None, Some(words)) = (&cli.name, &cli.articles) {
        let tenant = cli.tenant.clone().unwrap_or_else(TenantId::default_tenant);
        return runtime()?.block_on(asking::public_articles(&server, &tenant, words));
    }
    let name = cli.customer()?;
    // Mistakes in it are told before the terminal is taken.
    let (config, keys) = cli.settings()?;
    let wishes = cli.wishes()?;
    let way = way(cli)?;
    let state = StateDir::resolve(cli.state.clone()).map_err(|error| Fault::new(exit::IO, error.to_string()))?;
    log::to_file(cli.log.as_deref()).map_err(|error| Fault::new(exit::IO, error.to_string()))?;
    let tenant = cli.tenant.clone().unwrap_or_else(TenantId::default_tenant);
    let secret = credentials::customer_secret(&state, &server, &tenant, &name)
        .map_err(|error| Fault::new(exit::of_credential(&error), error.to_string()))?;
    let variable = |name: &str| std::env::var(name).ok();
    let runtime = runtime()?;
    // Only a screen has a ground, and signals of its own: before the terminal is asked, in other modes than the shell's.
    let mut signals = None;
    if matches!(way, Way::Screen) {
        let _inside = runtime.enter();
        signals = Some(signals::from_system().map_err(|error| Fault::new(exit::IO, screen::unusable(&error)))?);
    }
    let seen = OnceCell::new();
    let ground = || match way {
        Way::Screen => *seen.get_or_init(|| theme::ask_ground(variable)),
        _ => None,
    };
    let theme = config.look(cli.look()).theme(variable, ground);
    let identity = Identity::of(cli.identity_file.as_deref(), |name| std::env::var(name).ok())?;
    let link_code = cli.link_code.as_deref().map(Secret::new);
    let start = Start {
        agrees: cli.agree,
        identity,
        link_code,
        name,
        server,
        tenant,
        state,
        theme,
        config,
        source: config::Source {
            named: cli.config.clone(),
            look: cli.look(),
            ground: seen.get().copied().flatten(),
        },
        keys,
        zone: Zone::system(),
        wishes,
        secret,
    };
    let ended = runtime.block_on(async {
        match way {
            Way::Screen => screen::run(start, signals.unwrap_or_else(signals::none)).await,
            Way::Lines => line_mode::run(start).await,
            Way::Once(once) => one_shot::run(&start, once).await,
            Way::Link => asking::link(&start).await,
            Way::Articles(words) => asking::articles(&start, &words).await,
            Way::Export(file, format) => exporting::export(&start, &file, format).await,
        }
    });
    // The thread that reads keys or lines may wait for one for ever.
    runtime.shutdown_background();
    ended
}

fn print(text: &str) -> Result<u8, Fault> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Fault::new(exit::IO, format!("the output cannot be written: {error}")))
        }
        _ => Ok(exit::OK),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Fault> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_keep_alive(WRITERS_KEPT)
        .enable_all()
        .build()
        .map_err(|error| Fault::new(exit::BUG, format!("the program's tasks cannot be started: {error}")))
}

fn way(cli: &Cli) -> Result<Way, Fault> {
    if cli.link {
        return Ok(Way::Link);
    }
    if let Some(words) = &cli.articles {
        return Ok(Way::Articles(words.clone()));
    }
    if let Some(file) = &cli.export {
        return Ok(Way::Export(file.clone(), cli.format));
    }
    let file = cli.attach.clone();
    let wait = cli.wait.map(|seconds| Duration::from_secs(seconds.into()));
    let Some(message) = &cli.message else {
        if file.is_some() || cli.diag.diag {
            let text = with_diag(cli, String::new())?;
            return Ok(Way::Once(Once { text, file, wait }));
        }
        if wait.is_some() {
            let words = "--wait waits for the answer to -m or --attach: say what to send. Nothing was sent.";
            return Err(Fault::new(exit::USAGE, words));
        }
        return Ok(if cli.plain || terminal::away() {
            Way::Lines
        } else {
            Way::Screen
        });
    };
    let text = match message.as_str() {
        "-" if file.as_deref().is_some_and(|it| it == "-") => {
            let words = "the standard input is the message or the file, not both. Nothing was sent.";
            return Err(Fault::new(exit::USAGE, words));
        }
        "-" => stdin_text()?,
        text => text.to_owned(),
    };
    let text = parsed(text.trim_end_matches(['\n', '\r']))?;
    let text = with_diag(cli, text.as_str().to_owned())?;
    Ok(Way::Once(Once { text, file, wait }))
}

fn parsed(text: &str) -> Result<MessageText, Fault> {
    MessageText::parse(text).map_err(|refused| {
        let words = minicom_protocol::refusal::Refusal::from(refused).message();
        Fault::new(exit::USAGE, format!("{words} Nothing was sent."))
    })
}

/// What is to be said, with what --diag adds; nothing, where a file goes alone.
fn with_diag(cli: &Cli, text: String) -> Result<Option<MessageText>, Fault> {
    let whole = cli.diag.with(text, CLIENT, |name| std::env::var(name).ok())?;
    match whole.is_empty() {
        true if cli.attach.is_none() => Err(Fault::new(exit::USAGE, "nothing is left to send.")),
        true => Ok(None),
        false => parsed(&whole).map(Some),
    }
}

/// All of the standard input, as far as a message can be long.
fn stdin_text() -> Result<String, Fault> {
    let mut bytes = Vec::new();
    let most = MESSAGE_BYTES_MAX as u64 + 2;
    let read = io::stdin().lock().take(most).read_to_end(&mut bytes);
    read.map_err(|error| Fault::new(exit::IO, format!("the standard input cannot be read: {error}")))?;
    if bytes.len() > MESSAGE_BYTES_MAX + 1 {
        let words = format!(
            "the standard input is longer than {} KiB ({MESSAGE_BYTES_MAX} bytes), the most of a message. Send it as a file: \
             --attach - in place of -m -. Nothing was sent.",
            MESSAGE_BYTES_MAX / 1024
        );
        return Err(Fault::new(exit::USAGE, words));
    }
    String::from_utf8(bytes).map_err(|_| Fault::new(exit::USAGE, "the standard input is not UTF-8. Nothing was sent."))
}

/// Whether a person sits at both ends of the lines.
pub(crate) fn is_person() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}
