//! `minicom-chat`: a customer's end of Minicom. All of it is in the library.

fn main() -> std::process::ExitCode {
    minicom_tui_customer::run(std::env::args_os()).into()
}
