//! How a terminal shows and takes text: everything that Minicom's two programs with a screen share.
//!
//! It knows nothing of servers, sockets and conversations. All text that it draws is [`Shown`]: it has passed the gate.
//!
//! # A program
//!
//! A program is an [`App`]: `update` takes one [`Input`] and the time and returns effects, `view` draws. The loop
//! ([`runtime::run`]) owns the terminal, the timers and the order of things; the program's own effects are carried out by a closure.
//!
//! ```
//! use minicom_tui_kit::{App, Effect, Input, Now};
//! use ratatui::{Frame, style::Style};
//! use std::time::Duration;
//!
//! struct Counter(u32);
//!
//! impl App for Counter {
//!     type Msg = ();
//!     type Effect = ();
//!
//!     fn update(&mut self, input: Input<()>, _: Now) -> Vec<Effect<()>> {
//!         match input {
//!             Input::Key(key) if key.to_string() == "q" => return vec![Effect::Quit(0)],
//!             Input::Key(_) => self.0 += 1,
//!             _ => {}
//!         }
//!         vec![]
//!     }
//!
//!     fn deadline(&self, _: Now) -> Option<Duration> {
//!         None
//!     }
//!
//!     fn view(&self, frame: &mut Frame<'_>, _: Now) {
//!         frame.buffer_mut().set_string(0, 0, format!("{} keys", self.0), Style::new());
//!     }
//! }
//!
//! // What `main` does; here only compiled.
//! async fn main_of_counter(messages: tokio::sync::mpsc::Receiver<()>) -> std::io::Result<u8> {
//!     use minicom_tui_kit::{runtime, screen::TerminalScreen, signals, terminal, input::Translator};
//!     let _guard = terminal::Guard::enter("counter")?;
//!     let mut screen = TerminalScreen::stdout()?;
//!     let inputs = runtime::Inputs {
//!         events: runtime::TerminalEvents,
//!         messages,
//!         signals: signals::from_system()?,
//!         translator: Translator::for_terminal(std::env::var("TERM").ok().as_deref()),
//!     };
//!     Ok(runtime::run(Counter(0), &mut screen, inputs, |()| {}).await?.code())
//! }
//!
//! # #[cfg(feature = "testing")] {
//! // What a test does.
//! let mut bench = minicom_tui_kit::testing::Bench::new(Counter(0), 40, 10);
//! bench.press("ab<f5>").sees("3 keys");
//! # }
//! ```
//!
//! # The parts
//!
//! | For | Take |
//! | --- | --- |
//! | a program's own file of settings | [`config::Config`] |
//! | a key's meaning, the footer, the help | [`Keymap`] with [`Hint`]s from one table; [`help::Help`] draws it |
//! | writing | [`Composer`]: ask [`Composer::key`] first; on [`composer::Handled::No`] the key is the program's, on `Submit` check the text and [`Composer::take`] it |
//! | one line: a query, an answer | [`composer::Field`] |
//! | choosing from a list | [`Picker`]: give it rows with ids, digits and reasons; ask [`Picker::key`] first |
//! | nothing but what was said, to be selected | [`bare::Bare`] |
//! | asking one or more questions | [`Prompt`] |
//! | reading over the screen | [`Overlay`] with lines or Markdown; [`Table`] for rows with columns and a selected one |
//! | Markdown, on a screen or in the line mode | [`markdown::rows`], [`markdown::plain`] |
//! | a line of gated words with styles | [`styled::StyledLine`] |
//! | writing in the person's own editor | [`Effect::Edit`] with an [`editor::Edit`]; the answer is [`Input::Edited`] |
//! | rules with titles, bars such as `███░░ 3/5` | [`bars`] |
//! | a file on one row, with how far it is | [`file_card::FileRow`] |
//! | how far something is, where there is no screen | [`progress_line::ProgressLine`] |
//! | keeping what is written | [`drafts::Drafts`], from an effect |
//! | reading | [`Transcript`]: tell it its size, entries and marks; ask `wants_older`, `wants_latest`, `is_at_end` after each input |
//! | how things look | [`Theme`] by meaning, [`Zone`] for clocks and days, [`time::waiting`], [`text::truncate`] and [`text::pad`] |
//! | attention | [`notify::Attention`] says when to ring and what the title is |
//! | no terminal ([`terminal::away`]) or `--plain` | [`plain::run`] with a [`plain::PlainApp`] |
//! | `--log` | [`log::to_file`] |
//! | tests (feature `testing`) | `testing::Bench` for one program by itself, `testing::fake_terminal` for the real loop |
//!
//! Below [`small::COLUMNS_MIN`] x [`small::ROWS_MIN`] the loop draws a notice by itself and lets only sizes, messages and the end through.
//! A panic in any task ends the run ([`runtime::Ended::Panicked`]) after the terminal was restored.

pub mod bare;
pub mod bars;
pub mod charts;
pub mod clipboard;
mod clusters;
pub mod composer;
pub mod config;
pub mod cursor;
mod desk_colour;
pub mod desktop;
pub mod doctor;
pub mod drafts;
pub mod editor;
pub mod file_card;
pub mod file_preview;
pub mod help;
#[cfg(test)]
mod hostile_tests;
pub mod input;
pub mod key;
pub mod keymap;
pub mod links;
pub mod log;
pub mod markdown;
pub mod mistake;
pub mod notify;
pub mod overlay;
pub mod picker;
pub mod pictures;
pub mod pipe;
pub mod plain;
pub mod preview;
pub mod progress_line;
pub mod prompt;
pub mod reader;
pub mod runtime;
pub mod screen;
pub mod signals;
pub mod small;
pub mod styled;
pub mod table;
pub mod terminal;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
pub mod theme;
pub mod time;
pub mod transcript;
pub mod variable;

pub use composer::Composer;
pub use desk_colour::DeskColour;
pub use input::Input;
pub use key::Key;
pub use keymap::{Available, Hint, Keymap};
pub use minicom_protocol::gate::Shown;
pub use overlay::Overlay;
pub use picker::Picker;
pub use prompt::Prompt;
pub use runtime::{App, Effect, Now};
pub use table::Table;
pub use theme::{Theme, Who};
pub use time::Zone;
pub use transcript::Transcript;
