//! The certificate that this configuration names: its names, its days, its key, its chain. It reads the files as a start would, makes
//! none, and refuses to know how a client reaches the server: `--url` looks from there.

use std::{path::Path, time::SystemTime};

use crate::{
    config::Config,
    limits::TLS_LOOK_EVERY,
    server_file::ServerFile,
    store::open,
    tls::{self, Facts},
    upkeep::part::Part,
};

const NAME: &str = "certificate";
const DAY_S: u64 = 24 * 60 * 60;

/// The part.
pub fn look(config: &Config, data: &Path) -> Part {
    // Left over after a crash it says nothing of now.
    let shown = match open::is_locked(data) {
        true => ServerFile::read(data).and_then(|running| running.fingerprint),
        false => None,
    };
    let Some(files) = tls::files(config, data) else {
        return none(config, shown.is_some());
    };
    if config.tls.self_signed && !files.cert.exists() {
        return Part::ok(NAME, "one for trials is made at the first start");
    }
    let now = SystemTime::now();
    let pair = match files.load(now) {
        Ok(pair) => pair,
        Err(fatal) => return Part::fail(NAME, fatal.what, fatal.fix),
    };
    if let Some(warning) = pair.warnings.first() {
        let fix = "Renew it, and put chain and key in the place of the old ones: the server reads them by itself.";
        return Part::warn(NAME, warning.clone(), fix);
    }
    if shown.is_some_and(|shown| shown != pair.facts.fingerprint) {
        let says = format!("{}; the running server still shows another one", told(&pair.facts, now));
        let fix = format!(
            "It takes the new one within {} s, or at once by SIGHUP; its log says why, if it does not.",
            2 * TLS_LOOK_EVERY.as_secs()
        );
        return Part::warn(NAME, says, fix);
    }
    if pair.facts.is_own_issuer() {
        let print = &pair.facts.fingerprint;
        let says = format!(
            "{}; nobody vouches for it: clients know it by --pin {print}",
            told(&pair.facts, now)
        );
        return Part::ok(NAME, says);
    }
    if !pair.last.is_own_issuer() && !tls::is_issuer_known(&pair.last) {
        let says = format!(
            "{}; its chain ends with one that {} issued, whom this computer does not know",
            told(&pair.facts, now),
            pair.last.issuer
        );
        let fix = "Put the whole chain into the file, as the authority gives it. If the authority is your own, clients name it with --ca.";
        return Part::warn(NAME, says, fix);
    }
    Part::ok(NAME, format!("{}; chain and key fit", told(&pair.facts, now)))
}

/// Without a certificate.
fn none(config: &Config, running: bool) -> Part {
    if running {
        return Part::warn(
            NAME,
            "the running server has one, and this configuration names none",
            "Give the doctor the configuration that the server has (--config).",
        );
    }
    let listen = config.listen;
    match listen.ip().to_canonical().is_loopback() {
        true => Part::ok(
            NAME,
            format!("none: plain HTTP at {listen}, for a proxy or this computer"),
        ),
        false => Part::warn(
            NAME,
            format!("none: plain HTTP at {listen}, which everybody on the way can read"),
            "Name one with --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy with TLS.",
        ),
    }
}

fn told(facts: &Facts, now: SystemTime) -> String {
    let days = facts.left(now).unwrap_or_default().as_secs() / DAY_S;
    format!(
        "for {}, issued by {}, good for {days} more days (to {})",
        facts.names,
        facts.issuer,
        facts.last_day()
    )
}
