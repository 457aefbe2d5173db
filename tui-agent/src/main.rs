//! The binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    minicom_tui_agent::run(std::env::args_os())
}
