//! A whole server in one future: the parts, wired in the order in which they need each other, and ended in the order in
//! which they can. It refuses to know the command line and signals: it is given a configuration, an open listener and a
//! [`Shutdown`].
//!
//! The end: accepting stops, sockets answer what they were asked and say Bye, the queue closes, the writer commits what is
//! left and checkpoints. Nothing that was answered depends on any of it: it is on the disk already.

pub(crate) mod bounds;
mod place;
mod shutdown;
pub(crate) mod writing;

use std::{path::PathBuf, sync::Arc};

use minicom_protocol::ids::TenantId;
use tokio::{net::TcpListener, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

pub use self::shutdown::Shutdown;
use self::writing::Writing;
use crate::{
    accounts::Accounts,
    auth::seal::SealingKey,
    bot, checkpoints,
    config::Config,
    desk::Desk,
    exit::Fatal,
    faults::Faults,
    http, limits, listener, refused, retention,
    run_limits::RunLimits,
    server_file::ServerFile,
    services::{FirstLine, Services},
    session::{self, Registry, Sockets},
    signals::Signals,
    store, telemetry, timers, tls, upkeep,
    uploads::Uploads,
};

/// Runs a server until `shutdown`, or until it cannot go on. The listener is accepting when this is called; its address is
/// in the log and in `<data>/server.json`.
///
/// # Errors
/// What kept it from starting, or ended it: for `main` to show and to exit with.
pub async fn run(config: Config, listener: TcpListener, shutdown: impl Into<Shutdown>) -> Result<(), Fatal> {
    run_with(config, Faults::default(), listener, shutdown).await
}

/// The same, with promises broken on purpose: for tests that must catch it.
///
/// # Errors
/// See [`run`].
pub async fn run_with(
    config: Config,
    faults: Faults,
    listener: TcpListener,
    shutdown: impl Into<Shutdown>,
) -> Result<(), Fatal> {
    let shutdown = shutdown.into();
    let (server, mut writing) = Server::start(&config, faults, listener, &shutdown).await?;
    let ended = tokio::select! {
        () = shutdown.drained() => None,
        ended = writing.ended() => Some(ended),
    };
    if let Some(ended) = ended {
        // Nothing may be acknowledged any more, so there is nothing to wait for.
        server.abandon();
        return ended;
    }
    info!("stopping");
    let data = server.data.clone();
    let stopped = tokio::select! {
        stopped = timeout(limits::SHUTDOWN_DEADLINE, server.stop(writing)) => stopped.ok(),
        () = shutdown.hurried() => None,
    };
    match stopped {
        Some(ended) => {
            info!("stopped");
            ended
        }
        None => {
            // Nobody is to look for a server that is gone.
            let _ = ServerFile::remove(&data);
            warn!("stopped before every connection had ended; what was answered is on the disk");
            Ok(())
        }
    }
}

/// The parts that must be ended.
struct Server {
    data: PathBuf,
    desk: Desk,
    sockets: Sockets,
    /// The listener, which has the router and with it the desk.
    serving: tokio::task::JoinHandle<()>,
    /// Ends what comes from outside.
    stop: CancellationToken,
    /// Ends what works inside.
    rest: CancellationToken,
    workers: TaskTracker,
}

impl Server {
    async fn start(
        config: &Config,
        faults: Faults,
        listener: TcpListener,
        shutdown: &Shutdown,
    ) -> Result<(Server, Writing), Fatal> {
        // Before anything is counted.
        telemetry::handle();
        let address = listener.local_addr().map_err(|error| refused::listener(&error))?;
        bot::choose(&config.bot)?;
        let rules = rules(config)?;
        let provider = bot::provider::Provider::open(&config.bot.provider, config.bot.deadline)?;
        place::check(config)?;
        let (folder, conn) = store::open::open(&config.data).map_err(|refused| refused::opening(&refused))?;
        let data = folder.path.clone();
        place::has_room(&data)?;
        let tls = tls::open(config, &data)?;
        let file = folder.database();
        let (desk, writer) = Desk::start(conn, &file, bounds::settings(config), faults)
            .map_err(|error| refused::writer_failed(&data, &error))?;
        let desk = desk
            .with_context_command(bounds::context_command(config))
            .with_provider(provider.clone());
        let writing = Writing::watch(writer, folder)?;
        let registry = Registry::new();
        let sealing = SealingKey::of(&data).map_err(|error| refused::writing(&data, &error))?;
        let sealing = Arc::new(sealing);
        let rates = bounds::new_customers(config);
        let signed_out = match faults.sign_out_unheard {
            true => Registry::new().signed_out(),
            false => registry.signed_out(),
        };
        let accounts = Accounts::with(desk.clone(), rates, sealing.clone(), signed_out);
        people(&accounts, config).await?;

        let (stop, rest, workers) = (CancellationToken::new(), CancellationToken::new(), TaskTracker::new());
        let limits = bounds::sockets(config, faults);
        let signals = Signals::new(desk.clone(), &limits);
        let (inside, outside) = (rest.clone(), stop.clone());
        let services = Services::new(
            desk.clone(),
            signals.clone(),
            FirstLine {
                rules: rules.clone(),
                programs: config.bot.programs.clone(),
                provider,
            },
            workers.clone(),
            outside,
            inside,
        );
        desk.serve_by(Arc::new(services));
        workers.spawn(accounts.clone().go_on_deleting());
        workers.spawn(timers::run(desk.clone(), rest.clone()));
        workers.spawn(retention::keep(
            desk.clone(),
            crate::limits::RETENTION_EVERY,
            rest.clone(),
        ));
        workers.spawn(checkpoints::run(file, desk.counts().clone(), rest.clone()));
        workers.spawn(telemetry::tidy(rest.clone()));
        if let Some(plan) = bounds::backups(config) {
            workers.spawn(upkeep::schedule::run(data.clone(), plan, stop.clone()));
        }

        let sockets = Sockets::new(
            desk.clone(),
            accounts.clone(),
            registry,
            signals.clone(),
            limits.clone(),
            stop.clone(),
        );
        let vitals = http::vitals::Vitals {
            connections: Some((sockets.registry().clone(), limits.sockets_total)),
            backup: bounds::backups(config),
            bot: config.bot.enabled,
            metrics: config.metrics,
        };
        let uploads = Uploads::new(desk.clone(), &data, bounds::uploads(config));
        uploads.discard_cut().map_err(|error| refused::writing(&data, &error))?;
        workers.spawn(uploads.clone().keep_swept(rest.clone()));
        let webhooks = bounds::webhooks(config, &desk, &sealing)?;
        workers.spawn(webhooks.clone().run(rest.clone()));
        let app = http::App {
            desk: desk.clone(),
            accounts,
            draining: stop.clone(),
            data: data.clone(),
            sealing,
            registry: sockets.registry().clone(),
            uploads,
            webhooks: webhooks.clone(),
            feeds: http::EventFeeds::default(),
            vitals,
            signals,
            rates: sockets.rates().clone(),
        };
        let router = http::router_with(app, session::routes(sockets.clone()), bounds::http(config));
        let shown = tls.as_ref().map(|tls| tls.facts().fingerprint);
        ServerFile::write(&data, address, shown.as_deref()).map_err(|error| refused::writing(&data, &error))?;
        let guard = listener::Guard {
            tls: tls.as_ref().map(tls::Tls::config),
            proxies: listener::Proxies::new(&config.trusted_proxies),
        };
        tell(address, &data, rules.as_deref(), guard.tls.is_some());
        let serving = tokio::spawn(serve(listener, router, limits, guard, stop.clone()));
        if let Some(tls) = tls {
            workers.spawn(tls.keep(shutdown.clone(), stop.clone(), ServerFile::renewed(&data, address)));
        }
        let server = Server {
            data,
            desk,
            sockets,
            serving,
            stop,
            rest,
            workers,
        };
        Ok((server, writing))
    }

    /// Ends everything in order. Returns when the writer has.
    async fn stop(self, mut writing: Writing) -> Result<(), Fatal> {
        self.stop.cancel();
        // Its end drops the router; a panic in it was logged, and must not keep the rest from ending.
        let _ = self.serving.await;
        self.sockets.ended().await;
        drop(self.sockets);
        self.rest.cancel();
        self.workers.close();
        self.workers.wait().await;
        // What ran for the tenants holds the desk.
        self.desk.serve_by_nobody();
        if let Err(error) = ServerFile::remove(&self.data) {
            warn!(%error, "server.json could not be removed");
        }
        // The last hold on the queue: the writer takes what is left and ends.
        drop(self.desk);
        writing.ended().await
    }

    /// Lets everything go at once.
    fn abandon(self) {
        self.stop.cancel();
        self.rest.cancel();
        self.serving.abort();
        let _ = ServerFile::remove(&self.data);
    }
}

async fn serve(
    listener: TcpListener,
    router: axum::Router,
    limits: RunLimits,
    guard: listener::Guard,
    stop: CancellationToken,
) {
    listener::serve_guarded(listener, router, &limits, guard, stop).await;
}

/// The first admin of a new data folder, and the token of this start.
async fn people(accounts: &Accounts, config: &Config) -> Result<(), Fatal> {
    let tenant = TenantId::default_tenant();
    let name = config.admin_name.clone();
    let first = accounts.ensure_first_admin(&tenant, name).await;
    if first.map_err(|refusal| refused::starting(&refusal))? {
        let admin = crate::accounts::FIRST_ADMIN;
        info!("made the first admin, {admin}; `minicom-server agent passwd {admin}` gives it a password");
    }
    let token = accounts.issue_local_token(&tenant, &config.data).await;
    token
        .map(drop)
        .map_err(|failed| refused::local_token(&config.data, &failed))
}

/// The bot's rules; `None` if there is no bot.
fn rules(config: &Config) -> Result<Option<Arc<bot::rules::Rules>>, Fatal> {
    if !config.bot.enabled {
        return Ok(None);
    }
    let rules = match &config.bot.rules {
        Some(file) => bot::rules::Rules::load_file(file)?,
        None => bot::rules::Rules::builtin(),
    };
    bot::language::say(&rules);
    Ok(Some(Arc::new(rules)))
}

/// What is ready, a line each.
fn tell(address: std::net::SocketAddr, data: &std::path::Path, rules: Option<&bot::rules::Rules>, with_tls: bool) {
    let scheme = if with_tls { "https" } else { "http" };
    info!("listening on {scheme}://{address}");
    info!("data folder {}", refused::shown(data));
    info!("schema version {}", store::migrations::VERSION);
    info!("SQLite {}", rusqlite::version());
    match rules {
        Some(rules) => info!("bot on, {} rules", rules.names().count()),
        None => info!("bot off"),
    }
}
