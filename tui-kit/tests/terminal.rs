//! The kit in a real pseudo-terminal: keys, pastes, sizes, job control, and every way out gives the terminal back.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a fact may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// The `ECHO` and `ICANON` bits of a terminal's local modes.
const ECHO_AND_LINES: u32 = 0o10 | 0o2;

struct Pty {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    bytes: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    raw: Vec<u8>,
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn cells(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).expect("sizes of these tests are not zero")
}

/// Runs a shell line in which `echo-kit` is the example. Our own copy of the program's end of the terminal is closed.
fn spawn(line: &str) -> (Pair, Box<dyn Child + Send + Sync>) {
    let test = std::env::current_exe().expect("a test has a path");
    let program: PathBuf = test
        .parent()
        .and_then(|deps| deps.parent())
        .expect("it lies in deps")
        .join("examples/echo");
    assert!(
        program.exists(),
        "run `cargo build -p minicom-tui-kit --examples` first: no {}",
        program.display()
    );
    let pair = native_pty_system().openpty(size(20, 60)).expect("a pseudo-terminal");
    let mut command = CommandBuilder::new("sh");
    command.args(["-c", &line.replace("echo-kit", &program.display().to_string())]);
    command.env_clear();
    command.env("TERM", "xterm-256color");
    command.env("PATH", "/usr/bin:/bin");
    let child = pair.slave.spawn_command(command).expect("sh starts");
    (Pair { master: pair.master }, child)
}

struct Pair {
    master: Box<dyn MasterPty + Send>,
}

impl Pty {
    /// Runs a shell line in which `echo-kit` is the example.
    fn start(line: &str) -> Pty {
        let (pair, child) = spawn(line);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let writer = pair.master.take_writer().expect("a writer");
        let (sender, bytes) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Pty {
            master: pair.master,
            writer,
            child,
            bytes,
            parser: vt100::Parser::new(cells(20), cells(60), 0),
            raw: Vec::new(),
        }
    }

    fn send(&mut self, bytes: &str) {
        self.writer
            .write_all(bytes.as_bytes())
            .expect("the terminal takes keys");
    }

    fn wait(&mut self, reason: &str, fact: impl Fn(&Pty) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !fact(self) {
            match self.bytes.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => {
                    self.parser.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(error) => panic!("{error}, waiting for: {reason}\n{}", self.screen()),
            }
        }
    }

    fn resize(&mut self, rows: u16, columns: u16) {
        self.parser.screen_mut().set_size(cells(rows), cells(columns));
        self.master.resize(size(rows, columns)).expect("a new size");
    }

    /// The footer stands on this row.
    fn footer_at(&mut self, row: usize) {
        self.wait("the footer at its new place", |pty| {
            let columns = pty.parser.screen().size().1.get();
            let mut rows = pty.parser.screen().rows(0, columns);
            rows.nth(row).is_some_and(|row| row.contains("^C quit"))
        });
    }

    fn screen(&self) -> String {
        let contents = self.parser.screen().contents();
        contents.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }

    fn sees(&mut self, words: &str) {
        self.wait(words, |pty| pty.screen().contains(words));
    }

    /// Reads until the other end is closed, and tells the exit code.
    fn end(&mut self) -> u32 {
        let end = Instant::now() + PATIENCE;
        while let Ok(bytes) = self.bytes.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.parser.process(&bytes);
            self.raw.extend(bytes);
        }
        self.child.wait().expect("it ended").exit_code()
    }

    /// Every mode that a full-screen program turns on is off, in the emulator and in the kernel.
    #[track_caller]
    fn is_given_back(&self) {
        let screen = self.parser.screen();
        assert!(
            !screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor(),
            "{}",
            self.screen()
        );
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        let raw = String::from_utf8_lossy(&self.raw);
        assert!(
            raw.rfind("\x1b[?1004l") > raw.rfind("\x1b[?1004h"),
            "focus reports are off"
        );
        let local = self
            .master
            .get_termios()
            .expect("a terminal has modes")
            .local_flags
            .bits();
        assert_eq!(local & ECHO_AND_LINES, ECHO_AND_LINES, "the shell's modes are back");
    }

    fn is_taken(&self) -> bool {
        self.parser.screen().alternate_screen() && self.parser.screen().bracketed_paste()
    }
}

#[test]
fn keys_pastes_sizes_and_the_end() {
    let mut pty = Pty::start("exec echo-kit");
    pty.sees("Say something");
    assert!(pty.is_taken());
    pty.send("hello\r");
    pty.sees("you said hello");
    pty.send("\x1b[200~one\rtwo\r\x1b[201~");
    pty.sees("one\ntwo");
    assert!(!pty.screen().contains("said one"), "a paste never sends");
    pty.send("\r");
    pty.sees("you said one");
    // An escape sequence that arrives in pieces is still one key, not an Esc and letters.
    pty.send("x\x1b[");
    pty.send("D");
    pty.send("y");
    pty.sees("yx");
    pty.resize(12, 40);
    pty.footer_at(11);
    pty.send("\x03");
    assert_eq!(pty.end(), 0);
    pty.is_given_back();
}

#[test]
fn the_mouse_is_left_to_the_terminal_also_over_another_program_and_given_back() {
    use vt100::MouseProtocolMode::{None, PressRelease};
    let mouse = |pty: &mut Pty, mode| pty.wait("the mouse", |pty| pty.parser.screen().mouse_protocol_mode() == mode);
    let mut pty = Pty::start("EDITOR=true exec echo-kit");
    pty.sees("Say something");
    mouse(&mut pty, PressRelease);
    pty.send("/mouse off\r");
    mouse(&mut pty, None);
    // The terminal is given to the editor and taken again: what was chosen holds.
    pty.send("\x18\x05");
    pty.wait("the terminal is taken again", |pty| {
        String::from_utf8_lossy(&pty.raw).matches("\x1b[?1049h").count() == 2
    });
    pty.sees("Say something");
    assert_eq!(pty.parser.screen().mouse_protocol_mode(), None);
    pty.send("/mouse on\r");
    mouse(&mut pty, PressRelease);
    pty.send("\x03");
    assert_eq!(pty.end(), 0);
    pty.is_given_back();
}

#[test]
fn a_large_paste_is_one_sign_and_is_sent_whole() {
    let mut pty = Pty::start("exec echo-kit");
    pty.sees("Say something");
    let lines: Vec<String> = (1..=20).map(|n| format!("row {n}")).collect();
    pty.send(&format!("\x1b[200~{}\x1b[201~", lines.join("\r")));
    pty.sees("[20 lines, 130 B]");
    pty.send("\r");
    pty.sees("you said row 1");
    pty.send("\x03");
    assert_eq!(pty.end(), 0);
    pty.is_given_back();
}

#[test]
fn a_paste_whose_end_is_late_holds_up_no_new_size_and_no_end_of_the_program() {
    let mut pty = Pty::start("exec echo-kit");
    pty.sees("Say something");
    pty.send("\x1b[200~half of ");
    pty.resize(12, 40);
    pty.footer_at(11);
    pty.send("it\x1b[201~");
    pty.sees("half of it");
    pty.send("\x1b[200~and one more");
    pty.resize(20, 60);
    pty.footer_at(19);
    let id = pty.child.process_id().expect("it runs").to_string();
    let told = std::process::Command::new("kill").args(["-TERM", &id]).status();
    assert!(told.is_ok_and(|status| status.success()));
    assert_eq!(pty.end(), 0);
    pty.is_given_back();
}

/// A tmux that writes down what it is asked, and does not know `-w` where it is told so.
const TMUX: &str = r#"#!/bin/sh
echo "$@" >> "$0.asked"
case "$*" in
    *-w*) [ -n "$OLD" ] && exit 1 ;;
esac
cat > "$0.got"
"#;

#[test]
fn inside_tmux_it_is_tmux_that_gets_a_copy() {
    use std::os::unix::fs::PermissionsExt;
    for (old, asked, told) in [
        ("", "load-buffer -w -\n", "sent to tmux and"),
        ("1", "load-buffer -w -\nload-buffer -\n", "kept by tmux"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let tmux = folder.path().join("tmux");
        std::fs::write(&tmux, TMUX).expect("it can be written");
        std::fs::set_permissions(&tmux, std::fs::Permissions::from_mode(0o700)).expect("it is ours");
        let path = folder.path().display();
        let mut pty = Pty::start(&format!("OLD={old} TMUX=/tmp/x,1,0 PATH={path}:$PATH exec echo-kit"));
        pty.sees("Say something");
        pty.send("/copy one; two\r");
        pty.sees(told);
        let read =
            |end: &str| std::fs::read_to_string(folder.path().join(format!("tmux.{end}"))).expect("it was asked");
        assert_eq!((read("asked").as_str(), read("got").as_str()), (asked, "one; two"));
        assert!(
            !String::from_utf8_lossy(&pty.raw).contains("\x1b]52;"),
            "the terminal is not asked as well"
        );
        pty.send("\x03");
        assert_eq!(pty.end(), 0);
    }
}

/// Two hundred times a key and a new size come together, in either order: each key is there without waiting for another one.
#[test]
fn a_key_in_the_very_moment_of_a_new_size_is_read() {
    let mut pty = Pty::start("exec echo-kit");
    pty.sees("Say something");
    for round in 0..200_u32 {
        let (rows, columns) = if round % 2 == 0 { (12, 40) } else { (20, 60) };
        // A sign that stands nowhere else on the screen.
        let key = char::from_u32(0x0410 + round % 32).expect("a letter");
        if round % 3 == 0 {
            pty.resize(rows, columns);
            pty.send(&key.to_string());
        } else {
            pty.send(&key.to_string());
            pty.resize(rows, columns);
        }
        pty.sees(&key.to_string());
        // What was written is taken back, so that it fits and the next letter is new.
        pty.send("\u{15}");
        pty.wait("an empty line", |pty| pty.screen().contains("Say something"));
    }
    pty.send("\x03");
    assert_eq!(pty.end(), 0);
}

#[test]
fn signals_give_the_terminal_back() {
    for signal in ["TERM", "HUP", "INT"] {
        let mut pty = Pty::start("exec echo-kit");
        pty.sees("Say something");
        let id = pty.child.process_id().expect("it runs").to_string();
        let told = std::process::Command::new("kill")
            .args([&format!("-{signal}"), &id])
            .status();
        assert!(told.is_ok_and(|status| status.success()));
        assert_eq!(pty.end(), 0, "{signal}");
        pty.is_given_back();
    }
}

#[test]
fn panics_give_the_terminal_back_and_say_it_in_words() {
    for (typed, code) in [("/panic\r", 101), ("/task\r", 101)] {
        let mut pty = Pty::start("exec echo-kit");
        pty.sees("Say something");
        pty.send(typed);
        assert_eq!(pty.end(), code, "{typed}");
        pty.is_given_back();
        let screen = pty.screen();
        assert!(
            screen.contains("echo stopped: a mistake in the program") && !screen.contains("RUST_BACKTRACE"),
            "{screen}"
        );
    }
}

#[test]
fn stop_and_continue() {
    let mut pty = Pty::start("set -m; echo-kit; echo stopped-$?; fg >/dev/null; echo ended-$?");
    pty.sees("Say something");
    pty.send("half a sentence");
    pty.sees("half a sentence");
    pty.send("\x1a");
    // The shell goes on and continues the program at once: the screen is taken twice in all.
    pty.wait("the screen is back", |pty| {
        let raw = String::from_utf8_lossy(&pty.raw);
        raw.matches("\x1b[?1049h").count() >= 2 && raw.contains("stopped-") && pty.screen().contains("half a sentence")
    });
    pty.send("\x15again\r");
    pty.sees("you said again");
    pty.send("\x03");
    pty.end();
    assert!(pty.screen().contains("ended-0"), "{}", pty.screen());
    pty.is_given_back();
}

#[test]
fn an_editor_gets_the_terminal_and_gives_it_back() {
    // A stand-in that uses the terminal as the shell left it, reads a line from it, and leaves it raw as one that crashed does.
    let editor = r#"sh -c 'echo edit: $(cat "$1"); read line; echo "$line" >"$1"; stty raw -echo' editor"#;
    let mut pty = Pty::start(&format!(
        "export VISUAL=\"{}\"; exec echo-kit",
        editor.replace('"', "\\\"").replace('$', "\\$")
    ));
    pty.sees("Say something");
    pty.send("half a sentence");
    pty.sees("half a sentence");
    pty.send("\x18\x05");
    pty.sees("edit: half a sentence");
    pty.is_given_back();
    // Interrupts and sizes that come now are not for the program below; every letter is for the editor.
    pty.resize(12, 40);
    pty.send("abcdefghij\n");
    pty.wait("the screen is back", |pty| {
        pty.is_taken() && pty.screen().contains("abcdefghij")
    });
    assert!(!pty.screen().contains("half"), "{}", pty.screen());
    pty.send("k\r");
    pty.sees("you said abcdefghijk");
    pty.send("\x03");
    assert_eq!(pty.end(), 0);
    pty.is_given_back();
}

#[test]
fn what_is_copied_and_addresses_go_to_the_terminal_in_its_own_words() {
    let mut pty = Pty::start("MINICOM_LINKS=on MINICOM_CLIPBOARD=osc52 exec echo-kit");
    pty.sees("Say something");
    pty.send("see https://example.com/a?b=1.\r");
    pty.sees("you said see https://example.com/a?b=1.");
    let raw = String::from_utf8_lossy(&pty.raw).into_owned();
    let open = raw.find("\x1b]8;id=").map(|at| &raw[at..]).expect("a link was told");
    let (open, shown) = open.split_once("\x1b\\").expect("it ends");
    assert!(
        open.ends_with(";https://example.com/a?b=1"),
        "{open:?}: the address and nothing behind it"
    );
    let (shown, after) = shown.split_once("\x1b]8;;\x1b\\").expect("the link ends");
    assert_eq!(
        shown, "https://example.com/a?b=1",
        "one run: told once, and what is shown is what is opened"
    );
    assert!(
        after.starts_with("\x1b[24m."),
        "underlined as far as the link goes: {after:?}"
    );
    assert!(!open.contains('\x07'), "{open:?}");
    pty.send("/copy one; two\r");
    pty.sees("Copied the line: 1 line, 8 B, sent to the");
    let raw = String::from_utf8_lossy(&pty.raw).into_owned();
    assert!(
        raw.contains("\x1b]52;c;b25lOyB0d28=\x07"),
        "in base64, whatever was in it"
    );
    pty.send("\x03");
    assert_eq!(pty.end(), 0);
    let plain = {
        let mut pty = Pty::start("exec echo-kit");
        pty.sees("Say something");
        pty.send("https://example.com\r");
        pty.sees("you said https://example.com");
        pty.send("\x03");
        pty.end();
        pty.raw
    };
    assert!(
        !String::from_utf8_lossy(&plain).contains("\x1b]8;"),
        "a terminal that is not known gets none"
    );
}

#[test]
fn without_an_editor_the_person_is_told_what_to_set() {
    let mut pty = Pty::start("PATH=/nowhere exec echo-kit");
    pty.sees("Say something");
    pty.send("\x18\x05");
    pty.sees("No editor is set");
    assert!(pty.is_taken());
    pty.send("\x03");
    assert_eq!(pty.end(), 0);
    pty.is_given_back();
}

#[test]
fn a_closed_terminal_ends_the_program() {
    let (pair, mut child) = spawn("exec echo-kit");
    let mut reader = pair.master.try_clone_reader().expect("a reader");
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&seen).contains("Say something") {
        let read = reader.read(&mut buffer).expect("it draws");
        seen.extend(&buffer[..read]);
    }
    // All ends of the terminal that are ours: the program is alone with it.
    drop((reader, pair.master));
    let status = child.wait().expect("it ended");
    assert_eq!(status.exit_code(), 0, "{status:?}");
}
