//! The binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    // What broke has been told by then.
    std::panic::catch_unwind(|| minicom_tui_agent::run(std::env::args_os()))
        .unwrap_or(ExitCode::from(minicom_tui_agent::exit::BUG))
}
