//! `minicom-server`: from the command line to a server that runs, or to two lines of why it does not.

use std::{
    env,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use clap_complete::Shell;
use minicom_protocol::text::DisplayName;
use minicom_server::{
    Shutdown, bot,
    config::{Action, Cli, Config, Loaded, Source, cli::bot::BotCommand},
    exit::{ExitKind, Fatal},
    logging::{self, LogFormat},
    manage, refused, upkeep,
};
use tokio::{
    net::TcpListener,
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};
use tracing::warn;

fn main() -> ExitCode {
    let cli = Cli::read(env::args_os()).unwrap_or_else(|error| error.exit());
    match act(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fatal) => {
            // If nobody reads it, the number still says it.
            let _ = writeln!(io::stderr().lock(), "{fatal}");
            fatal.kind.into()
        }
    }
}

/// From the same description as `--help`.
fn completions(shell: Shell) -> Result<(), Fatal> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::description(), "minicom-server", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// A page for the program, and one for each of its commands.
fn manual(folder: &Path) -> Result<(), Fatal> {
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Cli::description(), folder));
    written.map_err(|error| {
        let what = format!(
            "The manual pages cannot be written to {}: {error}.",
            refused::shown(folder)
        );
        Fatal::new(ExitKind::CannotCreate, what, "Name a folder that can be written.")
    })
}

fn act(cli: Cli) -> Result<(), Fatal> {
    let mut loaded = Loaded::read(&cli.flags, env::vars_os())?;
    if loaded.source("admin_name") == Source::Default
        && let Some(name) = own_name()
    {
        loaded.config.admin_name = name;
    }
    match cli.action {
        Action::Upkeep(command) => {
            logging::start("warn", LogFormat::Text)?;
            upkeep::run(&command, &loaded.config, &mut io::stdout().lock())
        }
        Action::Transfer(command) => {
            logging::start("warn", LogFormat::Text)?;
            let runtime = runtime()?;
            let mut out = io::stdout().lock();
            runtime.block_on(manage::transfer::run(command, &loaded.config, &mut out))
        }
        Action::Doctor(command) => {
            logging::start("off", LogFormat::Text)?;
            let runtime = runtime()?;
            let mut out = io::stdout().lock();
            runtime.block_on(upkeep::doctor::run(&command, &loaded.config, &mut out))
        }
        Action::Webhook(arguments) => {
            logging::start("warn", LogFormat::Text)?;
            let runtime = runtime()?;
            let mut out = io::stdout().lock();
            runtime.block_on(manage::webhook::run(arguments, &loaded.config, &mut out))
        }
        Action::Customer(asked) => {
            logging::start("warn", LogFormat::Text)?;
            let runtime = runtime()?;
            let mut out = io::stdout().lock();
            runtime.block_on(manage::customer::run(asked, &loaded.config, &mut out))
        }
        Action::Key(asked) => {
            logging::start("warn", LogFormat::Text)?;
            let runtime = runtime()?;
            let mut out = io::stdout().lock();
            runtime.block_on(manage::customer::run_key(asked, &loaded.config, &mut out))
        }
        Action::Bot(asked) => match &asked.command {
            BotCommand::Eval {
                folder,
                few,
                untitled,
                encoder,
            } => {
                logging::start("warn", LogFormat::Text)?;
                let wanted = bot::eval::Wanted {
                    few: *few,
                    untitled: *untitled,
                };
                bot::command::run(folder, wanted, encoder.as_deref(), &mut io::stdout().lock())
            }
            _ => managed(async |out| manage::bot::run(asked, &loaded.config, out).await),
        },
        Action::Completions(shell) => completions(shell),
        Action::Man(folder) => manual(&folder),
        Action::PrintConfig => print(&loaded.to_toml()),
        Action::Serve => serve(loaded, cli.flags.new),
        Action::Agent(command, tenant) => {
            managed(async |out| manage::agent::run(command, tenant, &loaded.config, out).await)
        }
        Action::Token(arguments) => managed(async |out| manage::token::run(arguments, &loaded.config, out).await),
        Action::Tenant(command) => managed(async |out| manage::tenant::run(command, &loaded.config, out).await),
        Action::Audit(wanted) => managed(async |out| manage::audit::run(wanted, &loaded.config, out).await),
    }
}

/// Does what is done by asking the server's own API.
fn managed(work: impl AsyncFnOnce(&mut io::StdoutLock<'_>) -> Result<(), Fatal>) -> Result<(), Fatal> {
    logging::start("warn", LogFormat::Text)?;
    runtime()?.block_on(work(&mut io::stdout().lock()))
}

/// The name of whoever starts the server, as a name: the first admin is that person.
fn own_name() -> Option<DisplayName> {
    let user = env::var("USER").or_else(|_| env::var("LOGNAME")).ok()?;
    let mut letters = user.chars();
    let first = letters.next()?;
    DisplayName::parse(first.to_uppercase().chain(letters).collect::<String>()).ok()
}

fn print(text: &str) -> Result<(), Fatal> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Fatal::new(
            ExitKind::Io,
            format!("Standard output cannot be written: {error}."),
            "Look at where the output goes.",
        )),
        _ => Ok(()),
    }
}

fn runtime() -> Result<Runtime, Fatal> {
    Runtime::new().map_err(|error| refused::runtime(&error))
}

fn serve(loaded: Loaded, new: bool) -> Result<(), Fatal> {
    let Loaded { config, notes, .. } = loaded;
    logging::start(&config.log, config.log_format)?;
    for note in notes {
        warn!("{note}");
    }
    if new && let Some(aside) = upkeep::anew::begin(&config.data)? {
        warn!("what was left of the desk before is in {}", refused::shown(&aside));
    }
    let runtime = runtime()?;
    let ended = runtime.block_on(serve_until_told(config));
    // What still blocks (a password that is hashed for nobody) is not waited for.
    runtime.shutdown_background();
    ended
}

async fn serve_until_told(config: Config) -> Result<(), Fatal> {
    let shutdown = Shutdown::new();
    listen_to_signals(shutdown.clone()).map_err(|error| refused::runtime(&error))?;
    let address = config.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| refused::binding(address, &error))?;
    minicom_server::run(config, listener, shutdown).await
}

/// SIGTERM and SIGINT end the server in order, and at once if they come again. SIGHUP, which a closed terminal sends too, has
/// the certificate read again and ends nothing.
fn listen_to_signals(shutdown: Shutdown) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => shutdown.ask(),
                _ = interrupt.recv() => shutdown.ask(),
                _ = hang_up.recv() => shutdown.reload(),
            }
        }
    });
    Ok(())
}
