//! What the customer's site signed, as the program was given it: a file that the site renews, the standard input, or a variable.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use minicom_client::Secret;

use crate::{exit, fault::Fault};

/// The variable that can hold it.
const VARIABLE: &str = "MINICOM_IDENTITY";
/// Bytes of it that are read; the server takes fewer.
const BYTES_MAX: u64 = 16 * 1024;

/// See the module.
pub(crate) enum Identity {
    None,
    Said(Secret),
    File(PathBuf),
}

impl Identity {
    /// What the command line and the environment say; the command line wins.
    ///
    /// # Errors
    /// There is nothing to be read where it is said to be.
    pub fn of(file: Option<&Path>, var: impl Fn(&str) -> Option<String>) -> Result<Identity, Fault> {
        let Some(file) = file else {
            let said = var(VARIABLE).filter(|text| !text.trim().is_empty());
            return Ok(said.map_or(Identity::None, |text| Identity::Said(Secret::new(text.trim()))));
        };
        if file == Path::new("-") {
            let mut text = String::new();
            let read = io::stdin().lock().take(BYTES_MAX).read_to_string(&mut text);
            read.map_err(|error| Fault::new(exit::IO, format!("the standard input cannot be read: {error}")))?;
            return Ok(Identity::Said(Secret::new(text.trim())));
        }
        match read(file) {
            Ok(_) => Ok(Identity::File(file.to_owned())),
            Err(error) => Err(Fault::new(
                exit::IO,
                format!(
                    "{} cannot be read: {error}. Get it from your site again.",
                    file.display()
                ),
            )),
        }
    }

    /// Says it before each connection; [`None`] if there is none.
    pub fn source(&self) -> Option<impl Fn() -> Option<Secret> + Send + Sync + 'static> {
        let said = match self {
            Identity::None => return None,
            Identity::Said(said) => Ok(said.clone()),
            Identity::File(file) => Err(file.clone()),
        };
        // A file that is gone says nothing, and the server then says what is wanted.
        Some(move || {
            Some(
                said.clone()
                    .unwrap_or_else(|file| Secret::new(read(&file).unwrap_or_default())),
            )
        })
    }
}

fn read(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(file)?.take(BYTES_MAX).read_to_string(&mut text)?;
    Ok(text.trim().to_owned())
}
