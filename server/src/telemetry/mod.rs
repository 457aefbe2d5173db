//! The numbers of a running server, for a monitoring system: what there is stands in one table. Labels are few and bounded: a
//! role, a reason, an outcome, never a name, an id or an address. It refuses to know who reads them.

pub mod gauges;
pub mod reads;

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;

use crate::{bot::provider, limits};

/// What a number is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Only grows, from the start of the program.
    Counter,
    /// Stands as it was when it was asked for.
    Gauge,
    /// How often it was how much.
    Histogram,
}

/// A number.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What it tells, in a line.
    pub help: &'static str,
}

macro_rules! metrics_table {
    ($($constant:ident = $kind:ident $name:literal, $help:literal;)*) => {
        $(#[doc = $help] pub const $constant: &str = $name;)*

        /// Every number that there is.
        pub const METRICS: &[Metric] = &[$(Metric { name: $name, kind: Kind::$kind, help: $help },)*];
    };
}

metrics_table! {
    BUILD = Gauge "minicom_build_info", "1, with the release as a label";
    COMMIT_SECONDS = Histogram "minicom_commit_seconds", "how long a commit took, with all that was written in it";
    COMMIT_JOBS = Histogram "minicom_commit_jobs", "pieces of work in one commit";
    WRITER_QUEUE = Gauge "minicom_writer_queue", "pieces of work that wait for the writer";
    WAL_BYTES = Gauge "minicom_wal_bytes", "bytes of the write-ahead log's file";
    READER_SECONDS = Gauge "minicom_oldest_reader_seconds", "how long the oldest read that still runs has run";
    DISK_FREE = Gauge "minicom_disk_free_bytes", "bytes that may still be written where the data folder is";
    SOCKETS = Gauge "minicom_sockets", "open connections that are signed in, by role";
    OPENED = Counter "minicom_opened_total", "connections that were welcomed, by role and by how: new, resumed, or reset (a cursor that the journal does not hold, or too far behind)";
    DISCONNECTED = Counter "minicom_disconnected_total", "connections that ended, by role and reason";
    SLOW = Counter "minicom_slow_closes_total", "connections closed because a write took too long";
    SILENT = Counter "minicom_heartbeats_missed_total", "connections closed because nothing was heard of the client";
    DUPLICATES = Counter "minicom_duplicates_total", "commands that had been done before and were answered from what is stored";
    LOGINS = Counter "minicom_logins_total", "tries to sign in, by outcome: ok, wrong, limited, refused, failed";
    REQUESTS = Counter "minicom_http_requests_total", "HTTP requests, by class of the answer's status";
    REQUEST_SECONDS = Histogram "minicom_http_request_seconds", "how long an HTTP request took";
    BOT_SECONDS = Histogram "minicom_bot_seconds", "from a customer's line to the bot's turn on the disk";
    BOT_FAILURES = Counter "minicom_bot_failures_total", "turns of the bot that broke, were refused or came too late";
    PROVIDER_REQUESTS = Counter "minicom_provider_requests_total", "requests to the provider of a language model";
    PROVIDER_FAILURES = Counter "minicom_provider_failures_total", "of those, by kind: what came of those that gave no words to send";
    PROVIDER_NOT_ASKED = Counter "minicom_provider_not_asked_total", "times that it was not asked, by reason: budget, rate, breaker, storage";
    PROVIDER_CACHED = Counter "minicom_provider_cached_total", "times that its words were known already";
    PROVIDER_FIRST_SECONDS = Histogram "minicom_provider_first_seconds", "from a customer's line to the provider's first word";
    WEBHOOK_BACKLOG_SECONDS = Gauge "minicom_webhook_backlog_seconds", "age of the oldest delivery that is still due";
    WEBHOOK_BACKLOG = Gauge "minicom_webhook_backlog", "deliveries that are still due";
    BACKUP_AGE = Gauge "minicom_backup_age_seconds", "age of the newest daily copy; -1 if there is none";
    BACKUPS = Counter "minicom_backups_total", "daily copies, by outcome: ok, failed";
    PANICS = Counter "minicom_panics_total", "parts of the program that broke down";
}

/// Bounds of the histograms of time, in seconds: from a quick commit to what nobody waits for.
const SECONDS: &[f64] = &[
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];
/// Bounds of the histogram of pieces of work.
const JOBS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// What renders the numbers. They are the program's: made once, by whoever asks first.
pub fn handle() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let built = PrometheusBuilder::new()
            .set_buckets(SECONDS)
            .and_then(|it| it.set_buckets_for_metric(Matcher::Full(COMMIT_JOBS.to_owned()), JOBS));
        let recorder = built.unwrap_or_default().build_recorder();
        let handle = recorder.handle();
        // Another recorder of this process was faster: then these stay empty, and nothing breaks.
        let _ = metrics::set_global_recorder(recorder);
        describe();
        handle
    })
}

/// Names every number, and begins every counter without labels at 0: a rate needs a first value.
fn describe() {
    for metric in METRICS {
        match metric.kind {
            Kind::Counter => metrics::describe_counter!(metric.name, metric.help),
            Kind::Gauge => metrics::describe_gauge!(metric.name, metric.help),
            Kind::Histogram => metrics::describe_histogram!(metric.name, metric.help),
        }
    }
    for name in [
        SLOW,
        SILENT,
        DUPLICATES,
        BOT_FAILURES,
        PROVIDER_REQUESTS,
        PROVIDER_CACHED,
        PANICS,
    ] {
        metrics::counter!(name).increment(0);
    }
    for outcome in ["ok", "wrong", "limited", "refused", "failed"] {
        metrics::counter!(LOGINS, "outcome" => outcome).increment(0);
    }
    for kind in provider::Failure::LABELS {
        metrics::counter!(PROVIDER_FAILURES, "kind" => kind).increment(0);
    }
    for reason in provider::NotAsked::LABELS {
        metrics::counter!(PROVIDER_NOT_ASKED, "reason" => reason).increment(0);
    }
    metrics::gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// Keeps the numbers small while nobody asks for them. Runs until `stop`.
pub async fn tidy(stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(limits::NUMBERS_TIDY_EVERY) => handle().run_upkeep(),
        }
    }
}

/// The outcome of a try to sign in, by the status of its answer.
pub fn login_outcome(status: u16) -> &'static str {
    match status {
        200..300 => "ok",
        401 => "wrong",
        429 => "limited",
        500.. => "failed",
        _ => "refused",
    }
}

/// The class of a status.
pub fn status_class(status: u16) -> &'static str {
    match status {
        0..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}
