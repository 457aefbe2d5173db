//! The smallest program that uses the whole kit: what is written comes back. `cargo run -p minicom-tui-kit --example echo`.
//!
//! The tests run it in a real pseudo-terminal; `/panic` and `/task` break it on purpose.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use minicom_tui_kit::composer::Handled;
use minicom_tui_kit::editor::{Edit, Edited};
use minicom_tui_kit::input::Translator;
use minicom_tui_kit::keymap::Row;
use minicom_tui_kit::screen::TerminalScreen;
use minicom_tui_kit::theme::Look;
use minicom_tui_kit::transcript::{Entry, EntryKey, Extras, Kind};
use minicom_tui_kit::{App, Composer, Effect, Hint, Input, Keymap, Now, Shown, Theme, Transcript, Who, Zone};
use minicom_tui_kit::{links, runtime, signals, terminal};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect, Size};
use tokio::sync::mpsc;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Quit,
    Suspend,
    Redraw,
    Edit,
    Up,
    Down,
}

const TABLE: &[Row<Act, ()>] = &[
    Row {
        action: Act::Quit,
        name: "quit",
        title: "quit",
        keys: &[((), "ctrl-c")],
    },
    Row {
        action: Act::Suspend,
        name: "suspend",
        title: "suspend",
        keys: &[((), "ctrl-z")],
    },
    Row {
        action: Act::Redraw,
        name: "redraw",
        title: "draw everything anew",
        keys: &[((), "ctrl-l")],
    },
    Row {
        action: Act::Edit,
        name: "edit",
        title: "write in your editor",
        keys: &[((), "ctrl-x-ctrl-e")],
    },
    Row {
        action: Act::Up,
        name: "older",
        title: "older lines",
        keys: &[((), "pgup")],
    },
    Row {
        action: Act::Down,
        name: "newer",
        title: "newer lines",
        keys: &[((), "pgdn")],
    },
];

struct Echo {
    keys: Keymap<Act, ()>,
    theme: Theme,
    transcript: Transcript,
    composer: Composer,
    size: Size,
    lines: u64,
}

/// What the program's own tasks do.
enum Order {
    Answer(String),
    Panic,
}

impl Echo {
    fn areas(&self) -> [Rect; 3] {
        let rows = Constraint::Length(self.composer.rows());
        Layout::vertical([Constraint::Fill(1), rows, Constraint::Length(1)]).areas(Rect::from(self.size))
    }

    fn add(&mut self, who: Who, name: &'static str, text: &str, now: Now) {
        self.lines += 1;
        let kind = Kind::Line {
            who,
            name: Shown::fixed(name),
            own: false,
        };
        self.transcript.insert(Entry {
            key: EntryKey::Stored(self.lines),
            kind,
            text: Shown::text(text),
            time: now.wall,
            mark: None,
            extras: Extras::default(),
        });
    }

    fn lay_out(&mut self) {
        self.composer.set_size(self.size.width, self.size.height / 3);
        let [chat, _, _] = self.areas();
        self.transcript.set_size(chat.width, chat.height);
    }

    fn submit(&mut self, now: Now) -> Vec<Effect<Order>> {
        let text = self.composer.take();
        self.add(Who::Customer, "you", &text, now);
        self.transcript.to_end();
        match text.as_str() {
            "/panic" => panic!("asked for"),
            copied if copied.starts_with("/copy ") => vec![Effect::Copy(copied[6..].to_owned())],
            "/mouse off" => vec![Effect::Mouse(false)],
            "/mouse on" => vec![Effect::Mouse(true)],
            "/task" => vec![Effect::Program(Order::Panic)],
            _ => vec![Effect::Program(Order::Answer(text))],
        }
    }
}

impl App for Echo {
    type Msg = String;
    type Effect = Order;

    fn update(&mut self, input: Input<String>, now: Now) -> Vec<Effect<Order>> {
        let mut effects = vec![];
        match input {
            Input::Key(key) => match self.composer.key(key) {
                Handled::Submit => effects = self.submit(now),
                Handled::No => match self.keys.action(&[()], key) {
                    Some(Act::Quit) => effects.push(Effect::Quit(0)),
                    Some(Act::Suspend) => effects.push(Effect::Suspend),
                    Some(Act::Redraw) => effects.push(Effect::Redraw),
                    Some(Act::Edit) => effects.push(Effect::Edit(Edit::new("line.md", self.composer.text()))),
                    Some(Act::Up) => self.transcript.page_up(),
                    Some(Act::Down) => self.transcript.page_down(),
                    None => {}
                },
                _ => {}
            },
            Input::Paste(text) => drop(self.composer.paste(&text)),
            Input::Wheel { up: true, .. } => self.transcript.scroll_up(3),
            Input::Wheel { up: false, .. } => self.transcript.scroll_down(3),
            Input::Resize(size) => self.size = size,
            Input::Edited(Edited::Changed(text)) => self.composer.set_text(&text),
            Input::Edited(Edited::Failed(reason)) => self.add(Who::System, "", reason.as_str(), now),
            Input::Copied(copied) => self.add(Who::System, "", copied.words("the line").as_str(), now),
            Input::Message(text) => self.add(Who::Bot, "bot", &text, now),
            _ => {}
        }
        self.lay_out();
        effects
    }

    fn deadline(&self, _: Now) -> Option<Duration> {
        None
    }

    fn view(&self, frame: &mut Frame<'_>, now: Now) {
        let [chat, composer, footer] = self.areas();
        self.transcript.view(chat, frame.buffer_mut(), &self.theme, now.wall);
        let cursor = self.composer.view(
            composer,
            frame.buffer_mut(),
            &self.theme,
            &Shown::fixed("Say something"),
        );
        frame.set_cursor_position(cursor);
        let hints = [Hint::of(Act::Up, "older"), Hint::of(Act::Suspend, "suspend")];
        let line = self
            .keys
            .footer(&[()], &hints, &Hint::of(Act::Quit, "quit"), footer.width, &self.theme);
        frame.render_widget(line, footer);
    }
}

async fn echo() -> std::io::Result<u8> {
    let app = Echo {
        keys: Keymap::new(TABLE).map_err(std::io::Error::other)?,
        theme: Look::default().theme(|name| std::env::var(name).ok(), || None),
        transcript: Transcript::new(Zone::system()).with_links(links::known(|name| std::env::var(name).ok())),
        composer: Composer::default(),
        size: Size::default(),
        lines: 0,
    };
    let _guard = terminal::Guard::enter("echo")?;
    let mut screen = TerminalScreen::stdout()?;
    let (sender, messages) = mpsc::channel(16);
    let inputs = runtime::Inputs {
        events: runtime::TerminalEvents,
        messages,
        signals: signals::from_system()?,
        translator: Translator::for_terminal(std::env::var("TERM").ok().as_deref()),
    };
    let handle = |order| match order {
        Order::Answer(text) => {
            let sender = sender.clone();
            // The loop ends before the channel: then nobody waits for the answer.
            tokio::spawn(async move { sender.send(format!("you said {text}")).await.is_ok() });
        }
        Order::Panic => {
            tokio::spawn(async { panic!("asked for, in a task") });
        }
    };
    Ok(runtime::run(app, &mut screen, inputs, handle).await?.code())
}

#[tokio::main]
async fn main() -> ExitCode {
    match echo().await {
        Ok(code) => code.into(),
        Err(error) => {
            // The terminal is the shell's again. If nobody can read this either, the exit code is left.
            let _ = writeln!(std::io::stderr(), "echo: cannot use this terminal: {error}");
            ExitCode::FAILURE
        }
    }
}
