//! What runs for each tenant while it is served: its signals, its bot, the grace of owners who are gone, routing. The one place
//! that begins and ends it, at the server's start and while it runs.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{FutureExt, future::BoxFuture};
use minicom_protocol::ids::TenantId;
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use crate::{
    bot::{
        program::{Program, Programs},
        provider::Provider,
        rules::Rules,
        runner,
    },
    desk::{Desk, Made, Serve},
    door::FrontDoor,
    grace, indexing, limits, nobody, routing,
    signals::Signals,
    store::TenantKey,
};

/// What answers first.
pub struct FirstLine {
    /// The bot's; `None`: there is no bot.
    pub rules: Option<Arc<Rules>>,
    /// What answers in its place, and for whom.
    pub programs: Programs,
    /// Who puts answers into words.
    pub provider: Option<Arc<Provider>>,
}

/// See the module.
pub struct Services {
    desk: Desk,
    signals: Signals,
    first: FirstLine,
    /// All that runs, whosever it is.
    workers: TaskTracker,
    /// Ends what comes from outside, see [`Services::new`].
    stop: CancellationToken,
    /// Ends what works inside.
    rest: CancellationToken,
    running: Mutex<HashMap<TenantKey, Running>>,
}

/// What runs for one tenant.
struct Running {
    tasks: TaskTracker,
    stop: CancellationToken,
    rest: CancellationToken,
}

impl Services {
    /// For nobody yet. Grace and routing end by `stop`, when the sockets are told to: agents who leave because the server
    /// stops are not gone. The rest ends by `rest`. `workers` is told of all that runs.
    pub fn new(
        desk: Desk,
        signals: Signals,
        first: FirstLine,
        workers: TaskTracker,
        stop: CancellationToken,
        rest: CancellationToken,
    ) -> Services {
        if let Some(rules) = &first.rules {
            desk.minds().speak_by(rules.clone());
        }
        Services {
            desk,
            signals,
            first,
            workers,
            stop,
            rest,
            running: Mutex::default(),
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<TenantKey, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn(&self, running: &Running, work: impl Future<Output = ()> + Send + 'static) {
        self.workers.spawn(running.tasks.track_future(work));
    }
}

impl Serve for Services {
    fn begin(&self, tenant: &TenantId, key: TenantKey) {
        let mut all = self.running();
        if all.contains_key(&key) {
            return;
        }
        let running = Running {
            tasks: TaskTracker::new(),
            stop: self.stop.child_token(),
            rest: self.rest.child_token(),
        };
        for work in self.signals.begin(key, &running.rest) {
            self.spawn(&running, work);
        }
        for made in [Made::Index, Made::Figures] {
            let (desk, rest) = (self.desk.clone(), running.rest.clone());
            self.spawn(&running, indexing::keep(desk, key, made, rest));
        }
        // Agents are helped by it also where no bot answers.
        let learning = self.desk.minds().begin(&self.desk, key, running.rest.clone());
        self.spawn(&running, learning);
        let rules = self.desk.minds().rules();
        let lessons = crate::bot::learning::run(self.desk.clone(), key, rules, running.rest.clone());
        self.spawn(&running, lessons);
        if let Some(rules) = &self.first.rules {
            let mut bot = runner::Bot::new(&self.desk, &self.signals, tenant, key, rules.clone());
            if let Some(command) = self.first.programs.of(tenant) {
                let (program, kept) = Program::begin(command, tenant, running.rest.clone());
                self.spawn(&running, kept);
                bot = bot.with_program(program);
            }
            if let Some(provider) = &self.first.provider {
                bot = bot.with_provider(provider.clone());
            }
            self.spawn(&running, bot.run(running.rest.clone()));
        }
        if let Some(floor) = self.signals.floor(key) {
            let (desk, stop) = (&self.desk, &running.stop);
            let door = || FrontDoor {
                desk: desk.clone(),
                caller: desk.server(tenant),
            };
            let work = nobody::keep(desk.clone(), key, floor.clone(), door(), stop.clone());
            self.spawn(&running, work);
            self.spawn(&running, grace::keep(key, floor.clone(), door(), stop.clone()));
            self.spawn(&running, routing::keep(desk.clone(), key, floor, door(), stop.clone()));
        }
        all.insert(key, running);
    }

    fn end(&self, key: TenantKey) -> BoxFuture<'_, ()> {
        let running = self.running().remove(&key);
        async move {
            let Some(running) = running else { return };
            running.stop.cancel();
            running.rest.cancel();
            running.tasks.close();
            if timeout(limits::SERVICES_END_WITHIN, running.tasks.wait())
                .await
                .is_err()
            {
                warn!(tenant = key.0, "what ran for a tenant is slow to end");
            }
            self.signals.forget(key);
            self.desk.minds().forget(key);
            info!(tenant = key.0, "nothing runs for this tenant any more");
        }
        .boxed()
    }
}
