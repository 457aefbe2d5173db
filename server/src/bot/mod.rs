//! The first-line bot: what it would say. It decides nothing about a conversation; its turn is a command like any other.
//! A file a step: what is read of a line (`masked`, `mended`, `language`), what rules say (`rules`), what articles say (`knowledge`, `encoder`, `model`, kept new
//! by `learner`, had from `minds`), what it dares (`policy`), what it does and why (`decision`, `does`), in which words (`extract`, `offer`, and
//! those of a `provider`).

mod basis;
mod chosen;
pub mod command;
pub mod decision;
mod does;
pub mod drafting;
pub mod encoder;
pub mod eval;
mod extract;
pub mod knowledge;
pub mod language;
pub mod learner;
pub mod learning;
mod masked;
mod mended;
pub mod minds;
pub mod model;
pub(crate) mod offer;
pub mod policy;
pub mod program;
pub mod provider;
mod reading;
pub mod replay;
pub mod replies;
pub mod rules;
pub mod runner;
pub mod suggest;
mod turns;
pub mod why;
mod worded;

pub use self::masked::masked;
use crate::exit::Fatal;

/// Takes the encoder and the languages that the configuration names, for the whole program and before anybody has used them.
///
/// # Errors
/// One of their files cannot be read, or is none.
pub fn choose(config: &crate::config::Bot) -> Result<(), Fatal> {
    encoder::choose(config.encoder.as_deref())?;
    match &config.languages {
        Some(folder) => Ok(language::choose(folder)?),
        None => Ok(()),
    }
}

/// What the desk itself says to who wrote these lines; `otherwise` is the desk's own language.
pub(crate) fn words_of_desk(otherwise: &str, lines: &[String]) -> std::sync::Arc<crate::decide::DeskWords> {
    language::words(language::guess(otherwise, lines.iter().map(String::as_str)))
}

/// The language that most of a customer's lines are in, as a code; `None` without a line.
pub(crate) fn language_of<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut lines = lines.peekable();
    lines.peek()?;
    Some(language::guess(language::ENGLISH, lines).to_owned())
}
