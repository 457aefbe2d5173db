//! The command line of what keeps a desk safe: copies, their proof, the way in and out for all of it, and the look at what may
//! be wrong.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Which server.
#[derive(Args, Clone, PartialEq, Eq, Default, Debug)]
pub struct Place {
    /// The data folder of the server
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// The configuration file of the server
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Look at each part of a server and say what to do about it; ends with 1 if one does not work
#[derive(Args, Clone, PartialEq, Eq, Default, Debug)]
pub struct Doctor {
    /// Look at a server from outside, as its clients reach it, instead of at the one of this computer
    #[arg(long, value_name = "ADDRESS")]
    pub url: Option<String>,
    /// With --url: certificates of authorities, in PEM, that are trusted instead of this computer's
    #[arg(long, value_name = "FILE", requires = "url")]
    pub ca: Option<PathBuf>,
    /// With --url: the SHA-256 fingerprint of the server's certificate; that one is trusted and no other
    #[arg(long, value_name = "FINGERPRINT", requires = "url", conflicts_with = "ca")]
    pub pin: Option<String>,
    /// Tell it as JSON
    #[arg(long)]
    pub json: bool,
    /// Tell only what is not as it should be
    #[arg(long)]
    pub quiet: bool,
    #[command(flatten)]
    pub place: Place,
}

/// What to do.
#[derive(Subcommand, Clone, PartialEq, Eq, Debug)]
pub enum Upkeep {
    /// Copy the database into a new file, also while the server runs, and verify the copy
    Backup {
        /// The new file; it must not be there
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Put a copy in the place of the database, after verifying it; the server must not run
    Restore {
        /// The copy
        file: PathBuf,
        /// Let the sign-ins and machine tokens of the copy go on, also those that were ended after it was made
        #[arg(long)]
        keep_tokens: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Check every page, digest and fold of the database, or of a copy
    Verify {
        /// The copy [default: the database of the data folder]
        file: Option<PathBuf>,
        #[command(flatten)]
        place: Place,
    },
    /// Check the configuration, the bot's rules and its encoder, and start nothing
    CheckConfig {
        #[command(flatten)]
        place: Place,
    },
}

impl Upkeep {
    /// Which server it is about.
    pub fn place(&self) -> &Place {
        match self {
            Upkeep::Backup { place, .. }
            | Upkeep::Restore { place, .. }
            | Upkeep::Verify { place, .. }
            | Upkeep::CheckConfig { place } => place,
        }
    }
}
