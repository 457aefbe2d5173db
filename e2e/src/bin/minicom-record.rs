//! Records what a program draws on a terminal: `minicom-record --columns 160 --rows 48 walk.cast -- tmux attach`.

use std::{ffi::OsString, fs::File, io::BufWriter, path::PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use minicom_e2e::{pty::Program, recording::record};

#[derive(Parser)]
#[command(about = "Records what a program draws on a terminal, in the format of asciinema")]
struct Arguments {
    /// The file to write.
    file: PathBuf,
    /// Columns of the terminal.
    #[arg(long, default_value_t = 120)]
    columns: u16,
    /// Rows of the terminal.
    #[arg(long, default_value_t = 40)]
    rows: u16,
    /// What players show as the recording's name.
    #[arg(long, default_value = "Minicom")]
    title: String,
    /// The program and its arguments.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut command = arguments.command.into_iter();
    let program = Program {
        path: command.next().context("a program is needed after --")?.into(),
        args: command.collect(),
        env: vec![],
    };
    let file = File::create(&arguments.file).with_context(|| arguments.file.display().to_string())?;
    let size = (arguments.columns, arguments.rows);
    record(&program, size, &arguments.title, &mut BufWriter::new(file))
}
