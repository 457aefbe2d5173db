//! Which encoder the program reads with: the one in it, or another from a folder. One for the whole process, chosen at its start and
//! read by everybody: an encoder is the largest thing in memory, and vectors of two cannot be compared.

use std::{
    fs,
    io::{self, ErrorKind, Read},
    path::Path,
    sync::OnceLock,
};

use minicom_encoder::{
    Encoder, WeightsError,
    heads::{self, Example},
};

use minicom_protocol::gate::Shown;

use crate::{
    exit::{ExitKind, Fatal},
    limits::{ENCODER_BYTES_MAX, ENCODER_PREFIX_BYTES_MAX},
    refused,
};

/// What a folder holds.
const WEIGHTS: &str = "weights.bin";
const VOCABULARY: &str = "vocab.txt";
/// What must be known of the encoder beside that. Without the file there is nothing.
const ABOUT: &str = "encoder.toml";

/// The file [`ABOUT`].
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    /// What it was trained to find before each text, such as "query: ".
    #[serde(default)]
    prefix: String,
}

/// `None` in a program without one that was given none.
static ENCODER: OnceLock<Option<Encoder>> = OnceLock::new();
/// The background by an encoder that is not the one in the program: some hundred sentences, which take a second.
static BACKGROUND: OnceLock<Vec<Example>> = OnceLock::new();

/// The encoder of this process; `None` if the program was built without one and given none. The first to ask decides that it is
/// the one in the program, if none was chosen.
pub fn encoder() -> Option<&'static Encoder> {
    ENCODER.get_or_init(bundled).as_ref()
}

/// Tells vectors of this process's encoder from those of another; 0 without one.
pub fn encoder_version() -> u32 {
    encoder().map_or(0, Encoder::version)
}

fn bundled() -> Option<Encoder> {
    #[cfg(feature = "encoder")]
    return Some(Encoder::bundled());
    #[cfg(not(feature = "encoder"))]
    None
}

/// From now on this process reads with the encoder of a folder; without one, with that of the program. Asked before anything is learnt.
///
/// # Errors
/// There is none in the folder, it is damaged, or this process has begun to read with another.
pub fn choose(folder: Option<&Path>) -> Result<(), Fatal> {
    let Some(folder) = folder else { return Ok(()) };
    let chosen = load(folder)?;
    let version = chosen.version();
    let _ = ENCODER.set(Some(chosen));
    match encoder_version() == version {
        true => Ok(()),
        false => Err(Fatal::new(
            ExitKind::Unavailable,
            format!(
                "The encoder in {} is not used: this process reads with another one already.",
                refused::shown(folder)
            ),
            "Serve desks with different encoders by programs of their own.",
        )),
    }
}

/// Reads the encoder of a folder. What is read stays in memory until the process ends.
///
/// # Errors
/// A file is not there, cannot be read, or is not what it should be.
pub fn load(folder: &Path) -> Result<Encoder, Fatal> {
    let weights = read(folder, WEIGHTS)?;
    let pieces =
        String::from_utf8(read(folder, VOCABULARY)?).map_err(|_| unusable(folder, "vocab.txt is not UTF-8 text"))?;
    // Not copied: of many languages it is more than 100 MB.
    let weights: &'static [u8] = weights.leak();
    let encoder =
        Encoder::new(&pieces, weights.into()).map_err(|error: WeightsError| unusable(folder, error.to_string()))?;
    let prefix = prefix(folder)?;
    Ok(match prefix.is_empty() {
        true => encoder,
        false => encoder.with_prefix(&prefix),
    })
}

/// What is to stand before each text.
fn prefix(folder: &Path) -> Result<String, Fatal> {
    if !folder.join(ABOUT).exists() {
        return Ok(String::new());
    }
    let text =
        String::from_utf8(read(folder, ABOUT)?).map_err(|_| unusable(folder, "encoder.toml is not UTF-8 text"))?;
    let about: About = toml::from_str(&text).map_err(|error| {
        let what = Shown::line(error.message());
        unusable(
            folder,
            format!("encoder.toml has nothing but prefix = \"...\": {}", what.as_str()),
        )
    })?;
    let fits = about.prefix.len() <= ENCODER_PREFIX_BYTES_MAX && !about.prefix.chars().any(char::is_control);
    match fits {
        true => Ok(about.prefix),
        false => Err(unusable(
            folder,
            format!("the prefix in encoder.toml is longer than {ENCODER_PREFIX_BYTES_MAX} bytes, or no text"),
        )),
    }
}

/// Sentences about anything else, with vectors of this process's encoder if it has one.
pub fn background() -> Vec<Example> {
    match encoder() {
        None => heads::background_texts(),
        #[cfg(feature = "encoder")]
        Some(encoder) if encoder.is_bundled() => heads::background(),
        Some(encoder) => BACKGROUND.get_or_init(|| read_with(encoder)).clone(),
    }
}

fn read_with(encoder: &Encoder) -> Vec<Example> {
    let mut sentences = heads::background_texts();
    let texts: Vec<&str> = sentences.iter().map(|it| it.text.as_str()).collect();
    let vectors = encoder.encode(&texts);
    for (sentence, vector) in sentences.iter_mut().zip(vectors) {
        sentence.vector = Some(vector);
    }
    sentences
}

fn read(folder: &Path, name: &str) -> Result<Vec<u8>, Fatal> {
    let path = folder.join(name);
    let failed = |error: io::Error| cannot_read(&path, &error);
    let mut bytes = Vec::new();
    let file = fs::File::open(&path).map_err(failed)?;
    // Not more than there is: the bound is far above it.
    let expected = file.metadata().map_err(failed)?.len().min(ENCODER_BYTES_MAX);
    bytes.reserve_exact(usize::try_from(expected).unwrap_or_default());
    file.take(ENCODER_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    match bytes.len() as u64 > ENCODER_BYTES_MAX {
        true => Err(unusable(
            folder,
            format!("{name} is larger than {ENCODER_BYTES_MAX} bytes"),
        )),
        false => Ok(bytes),
    }
}

fn cannot_read(path: &Path, error: &io::Error) -> Fatal {
    let path = refused::shown(path);
    let make = "bot.encoder (--bot-encoder, MINICOM_BOT_ENCODER) names a folder with weights.bin and vocab.txt, as encoder/model/convert.py makes it.";
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory => Fatal::new(
            ExitKind::NoInput,
            format!("The bot's encoder: there is no file {path}."),
            make,
        ),
        ErrorKind::PermissionDenied => Fatal::new(
            ExitKind::Permission,
            format!("The bot's encoder: {path} may not be read."),
            "Let the server's user read it.",
        ),
        _ => Fatal::new(
            ExitKind::Io,
            format!("The bot's encoder: {path} cannot be read: {error}."),
            "Check the disk.",
        ),
    }
}

fn unusable(folder: &Path, what: impl AsRef<str>) -> Fatal {
    Fatal::new(
        ExitKind::BadData,
        format!("The bot's encoder in {}: {}.", refused::shown(folder), what.as_ref()),
        "Make the folder again with encoder/model/convert.py, or leave bot.encoder out.",
    )
}

#[cfg(test)]
#[path = "encoder_tests.rs"]
mod tests;
