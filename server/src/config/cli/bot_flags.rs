//! The flags about the bot.

use std::path::PathBuf;

use clap::Args;

use super::{Value, on_off};

/// See the module.
#[derive(Args, Clone, PartialEq, Eq, Default, Debug)]
pub struct BotFlags {
    /// Whether the bot answers first [default: on]
    #[arg(long, value_name = "on|off", value_parser = on_off())]
    pub bot: Option<bool>,
    /// A file of rules for the bot, which come before those that ship with the program
    #[arg(long, value_name = "FILE")]
    pub bot_rules: Option<PathBuf>,
    /// A folder with an encoder in the place of the program's own, such as one of many languages: weights.bin and vocab.txt
    #[arg(long, value_name = "FOLDER")]
    pub bot_encoder: Option<PathBuf>,
}

impl BotFlags {
    /// These, and where they say nothing, those.
    pub(super) fn over(self, other: BotFlags) -> BotFlags {
        BotFlags {
            bot: self.bot.or(other.bot),
            bot_rules: self.bot_rules.or(other.bot_rules),
            bot_encoder: self.bot_encoder.or(other.bot_encoder),
        }
    }

    /// The settings that they set.
    pub(super) fn assignments(&self) -> Vec<(&'static str, Value)> {
        let all = [
            ("bot.enabled", self.bot.map(Value::Switch)),
            ("bot.rules", self.bot_rules.clone().map(Value::Path)),
            ("bot.encoder", self.bot_encoder.clone().map(Value::Path)),
        ];
        all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }
}
