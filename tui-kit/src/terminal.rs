//! The terminal's modes: what is turned on at the start, and the one way back.
//!
//! Owns raw mode, the alternate screen and every report that is asked for, and undoes all of it exactly once, whoever asks: the
//! normal end, a panic, a signal, a suspend. It refuses to know what is drawn.

use std::borrow::Cow;
use std::io;
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use minicom_protocol::gate::Shown;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::sync::Notify;

use crate::reader::wait_until_gone;

/// The shell's title, put aside. Once: each time puts one more on a stack, from which one is taken.
const KEEP_TITLE: &str = "\x1b[22;0t";
/// Alternate screen, paste marks, focus reports; and nothing goes on in the next row. A terminal can count more columns than we do for
/// what somebody wrote: what it finds no room for at the end of a row would stand over the next one, and at the end of the last row the
/// whole screen would move up.
const ENTER: &str = "\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[?7l\x1b[2J";
/// Wheel and buttons in decimal. Not 1003, which crossterm's own command asks for too: it would wake the program at each movement
/// of the pointer.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";
/// "Disambiguate escape codes" only: Shift-Enter can be told from Enter.
const KITTY_ON: &str = "\x1b[>1u";
const KITTY_OFF: &str = "\x1b[<1u";
/// Backwards, and an update that was being drawn is ended, or the terminal would show nothing more.
pub(crate) const LEAVE: &str =
    "\x1b[?1006l\x1b[?1000l\x1b[?1004l\x1b[?2004l\x1b[?2026l\x1b[0m\x1b[?25h\x1b[?7h\x1b[?1049l\x1b[23;0t";

/// The name of threads whose panic ends only what they were doing: they read what strangers have made, and whoever waits for them is told.
pub(crate) const HARMLESS_THREAD: &str = "harmless";

static ENTERED: AtomicBool = AtomicBool::new(false);
static KITTY: AtomicBool = AtomicBool::new(false);
static KITTY_WANTED: AtomicBool = AtomicBool::new(true);
static MOUSE_WANTED: AtomicBool = AtomicBool::new(true);
static PANICKED: AtomicBool = AtomicBool::new(false);
static PANIC: Notify = Notify::const_new();

/// True if there is nobody to draw a screen for: input or output is no terminal, or it cannot move its cursor or does not say what
/// it is. The line mode is for those.
pub fn away() -> bool {
    let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    dumb || !rustix::termios::isatty(rustix::stdio::stdin()) || !rustix::termios::isatty(rustix::stdio::stdout())
}

/// Takes the terminal: raw mode and all reports. Again after a stop from outside, when the modes may have been lost.
pub fn enter() -> io::Result<()> {
    // The built-in NO_COLOR handling would take away bold and reverse too; the themes know better.
    crossterm::style::force_color_output(true);
    let again = ENTERED.swap(true, Ordering::SeqCst);
    if again {
        // The library believes that the modes are as it left them, and would do nothing; a shell has set its own since.
        crossterm::terminal::disable_raw_mode()?;
    }
    crossterm::terminal::enable_raw_mode()?;
    if !again {
        write_all(KEEP_TITLE);
    }
    write_all(&taking(MOUSE_WANTED.load(Ordering::SeqCst)));
    if !again && KITTY_WANTED.load(Ordering::SeqCst) && knows_kitty_keys(|name| std::env::var(name).ok()) {
        KITTY.store(true, Ordering::SeqCst);
        write_all(KITTY_ON);
    }
    Ok(())
}

/// What the person has chosen of the terminal's modes, in settings: whether it reports wheel and clicks, and whether it is asked to tell
/// keys apart that old ones cannot. To be called before the terminal is taken.
pub fn choose(mouse: bool, kitty_keys: bool) {
    MOUSE_WANTED.store(mouse, Ordering::SeqCst);
    KITTY_WANTED.store(kitty_keys, Ordering::SeqCst);
}

/// Turns the reports of wheel and clicks on or off, now and whenever the terminal is taken again. Without them the terminal selects
/// text with the mouse as it does in a shell.
pub fn set_mouse(on: bool) {
    MOUSE_WANTED.store(on, Ordering::SeqCst);
    if is_entered() {
        write_all(mouse_words(on));
    }
}

/// What a terminal is told when it is taken.
pub(crate) fn taking(mouse: bool) -> String {
    format!("{ENTER}{}", if mouse { MOUSE_ON } else { "" })
}

/// What turns the reports of wheel and clicks on or off.
pub(crate) const fn mouse_words(on: bool) -> &'static str {
    if on { MOUSE_ON } else { MOUSE_OFF }
}

/// Gives the terminal back as it was. Does nothing if it was not taken or was given back already, so that every way out may call
/// it.
pub fn restore() {
    if ENTERED.swap(false, Ordering::SeqCst) {
        if KITTY.swap(false, Ordering::SeqCst) {
            write_all(KITTY_OFF);
        }
        write_all(LEAVE);
        // What cannot be undone any more (the terminal is gone) needs no undoing.
        let _ = crossterm::terminal::disable_raw_mode();
    }
}

/// The shell's modes, while another program has the terminal.
static MODES: Mutex<Option<Termios>> = Mutex::new(None);

/// Keeps the modes that the terminal has now, before another program gets it.
pub(crate) fn remember_modes() {
    *MODES.lock().unwrap_or_else(PoisonError::into_inner) = tcgetattr(rustix::stdio::stdin()).ok();
}

/// Undoes what that program left behind if it crashed: what is raw when [`enter`] looks would be given back raw.
pub(crate) fn recall_modes() {
    if let Some(modes) = MODES.lock().unwrap_or_else(PoisonError::into_inner).take() {
        // A terminal that is gone has no modes.
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &modes);
    }
}

/// True between [`enter`] and [`restore`].
pub fn is_entered() -> bool {
    ENTERED.load(Ordering::SeqCst)
}

/// Gives the terminal back when it goes out of scope. Hold one around the whole run.
#[derive(Debug)]
pub struct Guard(());

impl Guard {
    /// Takes the terminal and makes every way out give it back: the end of the scope and a panic in any task or thread. `program`
    /// is named in what a person reads after a panic.
    pub fn enter(program: &'static str) -> io::Result<Guard> {
        std::panic::set_hook(Box::new(move |info| on_panic(program, info)));
        enter()?;
        watch_for_hang_up();
        Ok(Guard(()))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// Waits until some task or thread has panicked. The terminal is restored by then.
pub async fn panicked() {
    while !PANICKED.load(Ordering::SeqCst) {
        PANIC.notified().await;
    }
}

fn on_panic(program: &'static str, info: &PanicHookInfo<'_>) {
    if std::thread::current().name() == Some(HARMLESS_THREAD) {
        return;
    }
    restore();
    let place = info.location().map_or_else(
        || "an unknown place".to_owned(),
        |at| format!("{}:{}", at.file(), at.line()),
    );
    // Only words that stand in the program itself: a formatted payload may quote what somebody wrote.
    let words = info
        .payload()
        .downcast_ref::<&'static str>()
        .map_or(Cow::Borrowed("see the place"), |words| Cow::Borrowed(*words));
    tracing::error!(place, words = %Shown::line(&words).cut(80), "stopped by a mistake in the program");
    if !PANICKED.swap(true, Ordering::SeqCst) {
        write_to(
            rustix::stdio::stderr(),
            &format!(
                "{program} stopped: a mistake in the program, at {place}.\nWhat was sent or stored is kept. Please report this line, then start again.\n"
            ),
        );
    }
    PANIC.notify_one();
}

/// Stops the program as the shell's job control does, and returns when it goes on. The kernel ignores the stop where no shell
/// could ever continue it.
pub(crate) fn stop_process() -> io::Result<()> {
    rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?;
    // The stop reaches all threads a moment after the call returns; nothing may be written to the terminal before that.
    std::thread::sleep(std::time::Duration::from_millis(20));
    Ok(())
}

/// The library that reads keys never notices that its terminal is gone and would spin. A hang-up signal ends the program in
/// time; this ends it where that signal does not arrive or nobody acts upon it.
fn watch_for_hang_up() {
    static STARTED: AtomicBool = AtomicBool::new(false);
    if STARTED.swap(true, Ordering::SeqCst) {
        return;
    }
    let watch = || {
        if !wait_until_gone(rustix::stdio::stdin()) {
            return;
        }
        HUNG_UP.notify_one();
        std::thread::sleep(std::time::Duration::from_secs(3));
        std::process::exit(129);
    };
    // Without the thread the signal is still there.
    let _ = std::thread::Builder::new().name("terminal-watch".into()).spawn(watch);
}

static HUNG_UP: Notify = Notify::const_new();

/// Waits until the terminal is gone. Call it from one task only.
pub async fn hung_up() {
    HUNG_UP.notified().await;
}

/// Names of terminals that are known to take the mode and to give it back. Asking would cost a round trip at the start.
fn knows_kitty_keys(var: impl Fn(&str) -> Option<String>) -> bool {
    if var("MINICOM_KITTY").is_some_and(|value| value == "0") {
        return false;
    }
    // A multiplexer stands between: it hides which terminal is outside, and does not give the mode back for it.
    if ["TMUX", "STY", "ZELLIJ"]
        .iter()
        .any(|name| var(name).is_some_and(|value| !value.is_empty()))
    {
        return false;
    }
    let term = var("TERM").unwrap_or_default();
    let program = var("TERM_PROGRAM").unwrap_or_default();
    ["kitty", "ghostty", "foot", "alacritty"]
        .iter()
        .any(|name| term.contains(name))
        || (matches!(program.as_str(), "WezTerm" | "ghostty")
            && !term.starts_with("tmux")
            && !term.starts_with("screen"))
}

/// Past every lock and buffer, so that it works whoever holds them.
fn write_all(text: &str) {
    write_to(rustix::stdio::stdout(), text);
}

fn write_to(out: std::os::fd::BorrowedFd<'_>, text: &str) {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        match rustix::io::write(out, rest) {
            Ok(written) => rest = &rest[written..],
            Err(rustix::io::Errno::INTR) => {}
            // The terminal is gone or full for ever: there is nobody to tell.
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_that_is_set_is_reset() {
        let all = format!("{ENTER}{MOUSE_ON}");
        for mode in ["1049", "2004", "1004", "1000", "1006"] {
            assert!(all.contains(&format!("\x1b[?{mode}h")), "{mode}");
            assert!(LEAVE.contains(&format!("\x1b[?{mode}l")), "{mode}");
        }
        assert!(
            all.contains("\x1b[?7l") && LEAVE.contains("\x1b[?7h"),
            "rows go on again"
        );
        assert_eq!(all.matches("\x1b[?").count(), 6);
        for mode in ["1000", "1006"] {
            assert!(MOUSE_OFF.contains(&format!("\x1b[?{mode}l")), "{mode}");
        }
    }

    #[test]
    fn the_keyboard_mode_only_where_it_is_known() {
        let with = |pairs: &'static [(&str, &str)]| {
            move |name: &str| {
                pairs
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            }
        };
        assert!(knows_kitty_keys(with(&[("TERM", "xterm-kitty")])));
        assert!(knows_kitty_keys(with(&[
            ("TERM", "xterm-256color"),
            ("TERM_PROGRAM", "WezTerm")
        ])));
        assert!(!knows_kitty_keys(with(&[
            ("TERM", "tmux-256color"),
            ("TERM_PROGRAM", "WezTerm")
        ])));
        assert!(!knows_kitty_keys(with(&[
            ("TERM", "xterm-kitty"),
            ("MINICOM_KITTY", "0")
        ])));
        assert!(!knows_kitty_keys(with(&[("TERM", "xterm-256color")])));
        assert!(!knows_kitty_keys(with(&[
            ("TERM", "xterm-kitty"),
            ("TMUX", "/tmp/tmux-0/default,1,0")
        ])));
    }
}
