//! `minicom-server check-config`: everything that could keep a server from starting and stands in its configuration. The file
//! itself was read, and its mistakes told with line and column, before this is asked.

use crate::{
    bot::{encoder, language, rules::Rules},
    config::Config,
    exit::Fatal,
};

/// Looks at what the configuration names.
///
/// # Errors
/// The first mistake.
pub fn command(config: &Config) -> Result<String, Fatal> {
    let rules = match &config.bot.rules {
        Some(file) => Rules::load_file(file)?.names().count(),
        None => Rules::builtin().names().count(),
    };
    if let Some(folder) = &config.bot.languages {
        language::with(folder)?;
    }
    if let Some(folder) = &config.bot.encoder {
        encoder::load(folder)?;
    }
    let bot = match config.bot.enabled {
        true => format!("the bot has {rules} rules"),
        false => "the bot is off".to_owned(),
    };
    Ok(format!(
        "The configuration is right: {bot}; `--print-config` shows what holds.\n"
    ))
}
