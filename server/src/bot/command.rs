//! `minicom-server bot eval`: tries the bot from a shell.

use std::{
    io::{self, Write},
    path::Path,
};

use super::{encoder, eval};
use crate::exit::{ExitKind, Fatal};

/// Tries the sets of a folder.
///
/// # Errors
/// What is given cannot be used, or the output cannot be written. A reader who goes early is no error.
pub fn run(folder: &Path, wanted: eval::Wanted, encoder: Option<&Path>, out: &mut impl Write) -> Result<(), Fatal> {
    encoder::choose(encoder)?;
    eval::run(folder, wanted, out).or_else(|error| match error.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(io::ErrorKind::BrokenPipe) => Ok(()),
        _ => Err(Fatal::new(
            ExitKind::NoInput,
            format!("The sets cannot be tried: {error:#}."),
            "Name a folder of question sets; minicom-server bot eval --help shows their formats.",
        )),
    })
}
