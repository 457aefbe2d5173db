//! The certificate that the server shows now, and its renewal while connections go on: those that are open keep the one that
//! they began with, and new ones get the new one. A bad new pair changes nothing but the log.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};

use rustls::{
    ServerConfig,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::{
    facts::Facts,
    pair::{Pair, PairFiles, Stamp},
};
use crate::{
    exit::{ExitKind, Fatal},
    limits::TLS_LOOK_EVERY,
    run::Shutdown,
};

/// What the server needs for TLS. Clones are the same.
#[derive(Clone)]
pub struct Tls {
    files: PairFiles,
    kept: Arc<Kept>,
    config: Arc<ServerConfig>,
    loaded: Stamp,
}

/// Std lock: it is held for a clone of an `Arc`.
struct Kept(RwLock<Pair>);

impl Kept {
    fn pair(&self) -> Pair {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept(certificate)")
    }
}

impl ResolvesServerCert for Kept {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).certified.clone())
    }
}

impl Tls {
    /// Reads the files and makes ready for handshakes: TLS 1.2 and 1.3, HTTP/1.1.
    ///
    /// # Errors
    /// What is wrong with the files.
    pub fn open(files: PairFiles) -> Result<Tls, Fatal> {
        let loaded = files.stamp();
        let kept = Arc::new(Kept(RwLock::new(files.load(SystemTime::now())?)));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&TLS13, &TLS12]);
        // The provider is built with both versions; it cannot refuse them.
        let config = config.map_err(|error| Fatal::new(ExitKind::Bug, error.to_string(), "Report this mistake."))?;
        let mut config = config.with_no_client_auth().with_cert_resolver(kept.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let tls = Tls {
            files,
            kept,
            config: Arc::new(config),
            loaded,
        };
        tls.tell();
        Ok(tls)
    }

    /// For the handshakes.
    pub fn config(&self) -> Arc<ServerConfig> {
        self.config.clone()
    }

    /// What the certificate says that new connections get.
    pub fn facts(&self) -> Facts {
        self.kept.pair().facts
    }

    fn tell(&self) {
        let Pair { facts, warnings, .. } = self.kept.pair();
        info!(
            "TLS with a certificate for {}, issued by {}, good until {}",
            facts.names,
            facts.issuer,
            facts.last_day()
        );
        info!("its SHA-256 fingerprint is {}", facts.fingerprint);
        for warning in warnings {
            warn!("{warning}");
        }
    }

    /// Looks after the files until `stop`: when somebody asks for it, and when they were replaced. `renewed` is told of each
    /// new certificate.
    pub async fn keep(mut self, asked: Shutdown, stop: CancellationToken, mut renewed: impl FnMut(&Facts)) {
        let mut look = interval(TLS_LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut before = self.loaded;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = asked.reloads() => before = self.reload(&mut renewed),
                _ = look.tick() => {
                    let now = self.files.stamp();
                    // A renewal writes two files: they are read when both have stood still for a while.
                    if now != self.loaded && now == before {
                        self.reload(&mut renewed);
                    }
                    before = now;
                }
            }
        }
    }

    /// Reads the files again. What was read is not read again before it changes, good or bad.
    fn reload(&mut self, renewed: &mut impl FnMut(&Facts)) -> Stamp {
        self.loaded = self.files.stamp();
        match self.files.load(SystemTime::now()) {
            Ok(pair) => {
                let facts = pair.facts.clone();
                *self.kept.0.write().unwrap_or_else(PoisonError::into_inner) = pair;
                info!("the certificate was read again; connections go on");
                self.tell();
                renewed(&facts);
            }
            Err(fatal) => error!(
                "the new certificate is not used, the old one stays: {} {}",
                fatal.what, fatal.fix
            ),
        }
        self.loaded
    }
}
