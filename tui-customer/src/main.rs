//! `minicom-chat`: a customer's end of Minicom. All of it is in the library.

fn main() -> std::process::ExitCode {
    // What broke has been told by then.
    std::panic::catch_unwind(|| minicom_tui_customer::run(std::env::args_os()))
        .unwrap_or(minicom_tui_customer::exit::BUG)
        .into()
}
