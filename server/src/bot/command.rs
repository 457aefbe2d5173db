//! `minicom-server bot`: tries the bot from a shell.

use std::io::{self, Write};

use super::{encoder, eval};
use crate::{
    config::cli::bot::{BotArguments, BotCommand},
    exit::{ExitKind, Fatal},
};

/// Does what is asked.
///
/// # Errors
/// What is given cannot be used, or the output cannot be written. A reader who goes early is no error.
pub fn run(asked: &BotArguments, out: &mut impl Write) -> Result<(), Fatal> {
    let BotCommand::Eval {
        folder,
        few,
        untitled,
        encoder,
    } = &asked.command;
    encoder::choose(encoder.as_deref())?;
    let wanted = eval::Wanted {
        few: *few,
        untitled: *untitled,
    };
    eval::run(folder, wanted, out).or_else(|error| match error.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(io::ErrorKind::BrokenPipe) => Ok(()),
        _ => Err(Fatal::new(
            ExitKind::NoInput,
            format!("The sets cannot be tried: {error:#}."),
            "Name a folder of question sets; minicom-server bot eval --help shows their formats.",
        )),
    })
}
