//! The log: lines on standard error, coloured only where a person looks. It refuses to know what is logged; tokens, secrets and
//! messages are kept out where they are.

use std::{
    env,
    io::{self, IsTerminal},
    panic,
};

use tracing::error;
use tracing_subscriber::EnvFilter;

use crate::exit::{ExitKind, Fatal};

/// How a line of the log is written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// An object of JSON a line, for machinery.
    Json,
}

/// Starts logging what `filter` lets through.
///
/// # Errors
/// The filter cannot be read.
pub fn start(filter: &str, format: LogFormat) -> Result<(), Fatal> {
    let filter = EnvFilter::try_new(filter).map_err(|_| {
        Fatal::new(
            ExitKind::Config,
            "The log filter cannot be read.",
            "Give a level (error, warn, info, debug, trace), or target=level with commas.",
        )
    })?;
    // The library of the providers' dialects logs what they answer, as it came. What went wrong there is told by our own words.
    let quiet = "genai=off".parse();
    let filter = quiet.map_or(filter.clone(), |quiet| filter.add_directive(quiet));
    let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let lines = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_target(false)
        // A reader of the log that is gone must not end the server: the complaint about it would go the same way, and panic.
        .log_internal_errors(false)
        .with_env_filter(filter);
    match format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal() && !no_color).init(),
        // What was begun (a request, a connection) stands in each of its lines, as the field `span`.
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).init(),
    }
    panic::set_hook(Box::new(tell_panic));
    Ok(())
}

/// A panic as a line of the log. Its words are left out unless they are fixed in the program: Rust's own quote the text that
/// it was about, and that may be somebody's message.
fn tell_panic(info: &panic::PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let words = info
        .payload()
        .downcast_ref::<&'static str>()
        .copied()
        .unwrap_or("(not shown)");
    metrics::counter!(crate::telemetry::PANICS).increment(1);
    error!(place, "a part of the program broke down: {words}");
}
