//! A line or a chat through a command of the agent's: `!`, the command, what it says, and that into a reply or a note. The text goes by
//! standard input alone and the command has no terminal; that is the kit's. Nothing of it is sent before the agent sends it.

use minicom_protocol::{gate, ids::ConversationId};
use minicom_tui_kit::{
    Key, Now, Overlay, Picker, Prompt, Shown,
    overlay::Body,
    pipe::{COMMAND_BYTES_MAX, Job, Ran},
    preview,
    prompt::Question,
    styled::StyledLine,
};

use super::copying::told;
use crate::{
    app::{App, Ends, Focus, Order},
    keys::Action,
    over::{Ask, AskFor, Choice, PickFor, PipeWhat, ReadFor},
    words,
    writing::Mode,
};

/// Commands that are remembered.
const COMMANDS_MAX: usize = 50;

/// Commands that texts go through.
#[derive(Debug, Clone, Default)]
pub struct Piping {
    /// The one that runs.
    running: Option<Running>,
    /// What one has said that ended while the agent did something else.
    ended: Option<(Running, Ran)>,
    /// Those of before, the newest last.
    commands: Vec<String>,
    /// Numbers given to those that were started.
    numbered: u64,
}

#[derive(Debug, Clone)]
struct Running {
    id: u64,
    about: ConversationId,
    command: String,
}

impl Piping {
    /// Commands of an earlier run of the program. Those of this one are newer.
    pub fn remember(&mut self, earlier: Vec<String>) {
        let newer = std::mem::replace(&mut self.commands, earlier);
        for command in newer {
            self.add(command);
        }
    }

    fn add(&mut self, command: String) {
        self.commands.retain(|known| *known != command);
        self.commands.push(command);
        let over = self.commands.len().saturating_sub(COMMANDS_MAX);
        self.commands.drain(..over);
    }
}

impl App {
    /// Asks for a command that gets the newest line on the screen; shows what the last one said, if that was not seen yet.
    pub(crate) fn pipe(&mut self, now: Now) {
        if let Some((ran_for, ran)) = self.piping.ended.take() {
            return self.show_piped(ran_for, ran);
        }
        if let Some(running) = &self.piping.running {
            let words = format!("{} still runs. Esc stops it.", running.command);
            return self.tell(Shown::line(&words), now);
        }
        let Some(conversation) = self.open_one(now) else { return };
        let line = self.lines_at_hand().find_map(|(event, _)| App::line_ref(event));
        let what = line.map_or(PipeWhat::Chat, PipeWhat::Line);
        self.ask_command(conversation, what);
    }

    fn ask_command(&mut self, conversation: ConversationId, what: PipeWhat) {
        let dot = self.theme.signs().dot;
        let title = match what {
            PipeWhat::Line(line) => {
                let text = told(&self.line_text(line).unwrap_or_default()).cut(30);
                format!("Pipe the line {:?}", text.as_str())
            }
            PipeWhat::Chat => {
                let lines = self.chat_text(conversation).lines().count() as u64;
                format!("Pipe the chat, {} without notes", words::count(lines, "line", "lines"))
            }
        };
        let other = match what {
            PipeWhat::Line(_) => "! the chat",
            PipeWhat::Chat => "! one line",
        };
        let hint = Shown::line(&format!("a command {dot} {other} {dot} Tab another line"));
        let question = Question::new(Shown::fixed("!"))
            .hinted(hint)
            .check(|command| match command.len() {
                0..=COMMAND_BYTES_MAX => Ok(()),
                _ => Err(Shown::line(&format!(
                    "{COMMAND_BYTES_MAX} bytes are the most: write a script, and call it"
                ))),
            });
        let prompt = Prompt::ask(Shown::line(&title), question)
            .verb("Enter runs it")
            .remembers(self.piping.commands.clone());
        self.open_prompt(AskFor::Pipe(what), vec![conversation], prompt);
    }

    /// Keys before anything is written: what the command gets. Gives the question back if it was none of them.
    pub(super) fn key_while_piping(&mut self, ask: Box<Ask>, key: Key) -> Option<Box<Ask>> {
        let AskFor::Pipe(what) = ask.purpose else {
            return Some(ask);
        };
        let [conversation] = ask.about[..] else {
            return Some(ask);
        };
        match key.to_string().as_str() {
            _ if !ask.prompt.written().is_empty() => return Some(ask),
            "!" => {
                let line = self.lines_at_hand().find_map(|(event, _)| App::line_ref(event));
                let other = match (what, line) {
                    (PipeWhat::Chat, Some(line)) => PipeWhat::Line(line),
                    _ => PipeWhat::Chat,
                };
                self.ask_command(conversation, other);
            }
            "tab" => {
                let picker = Picker::new(
                    Shown::fixed("Which line goes through a command"),
                    self.line_rows(conversation, false),
                )
                .verb(Shown::fixed("Enter chooses"))
                .when_empty(Shown::fixed("There is no line yet"));
                self.open_picker(PickFor::PipeLine, vec![conversation], picker);
            }
            _ => return Some(ask),
        }
        None
    }

    pub(super) fn pipe_line_chosen(&mut self, choice: &Choice) {
        if let (Choice::Line(line), Some(conversation)) = (choice, self.conversation()) {
            self.ask_command(conversation, PipeWhat::Line(*line));
        }
    }

    /// A command was written.
    pub(super) fn pipe_asked(&mut self, about: &[ConversationId], what: PipeWhat, command: &str, now: Now) {
        let [about] = about[..] else { return };
        let input = match what {
            PipeWhat::Line(line) => self.line_text(line),
            PipeWhat::Chat => Some(self.chat_text(about)),
        };
        let Some(mut input) = input else {
            return self.tell(Shown::fixed("The line is not here any more. Nothing was run."), now);
        };
        if !input.ends_with('\n') {
            input.push('\n');
        }
        let command = command.to_owned();
        self.piping.add(command.clone());
        self.order(Order::KeepCommands(self.piping.commands.clone()));
        self.piping.numbered += 1;
        let id = self.piping.numbered;
        let words = format!("{command} runs. Esc stops it.");
        self.piping.running = Some(Running {
            id,
            about,
            command: command.clone(),
        });
        self.order(Order::Pipe {
            id,
            job: Job { command, input },
        });
        self.trouble(Shown::line(&words), Ends::Leaving);
        if let Some(notice) = &mut self.notice {
            notice.error = false;
        }
    }

    /// Esc stops the command that runs. Whether one did.
    pub(super) fn stop_piping(&mut self, now: Now) {
        if let Some(running) = self.piping.running.take() {
            self.order(Order::StopPipe);
            self.tell(Shown::line(&format!("{} was stopped.", running.command)), now);
        }
    }

    /// Whether one runs.
    pub(super) fn is_piping(&self) -> bool {
        self.piping.running.is_some()
    }

    /// The command has ended. What it said is shown at once only to who does nothing else: a letter that is being typed must not choose
    /// what becomes of it.
    pub(super) fn piped(&mut self, id: u64, ran: Ran, now: Now) {
        let Some(running) = self.piping.running.take_if(|running| running.id == id) else {
            return;
        };
        if self.focus == Focus::List && self.over.is_none() && self.help.is_none() {
            return self.show_piped(running, ran);
        }
        let shows = self.list_key_words(Action::Pipe);
        let words = format!("{} has ended: {shows} in the list shows what it said.", running.command);
        self.piping.ended = Some((running, ran));
        self.tell(Shown::line(&words), now);
    }

    fn show_piped(&mut self, running: Running, ran: Ran) {
        let (theme, dot) = (self.theme, self.theme.signs().dot);
        let said = !ran.output.trim().is_empty();
        let mut lines = Vec::new();
        if !ran.errors.trim().is_empty() || !ran.end.is_good() {
            lines.push(StyledLine::of(ran.end.words(), theme.error()));
            let errors = gate::clean(&ran.errors);
            let errors = errors.trim_end().lines();
            lines.extend(errors.map(|line| StyledLine::of(Shown::line(line), theme.warning())));
            lines.push(StyledLine::new());
        }
        match said {
            true => lines.extend(preview::whole(ran.output.trim_end(), &theme)),
            false => lines.push(StyledLine::of(Shown::fixed("It wrote nothing."), theme.dim())),
        }
        let title = format!("{} {dot} {}", running.command, ran.end.words());
        let hint = match said {
            true => format!("r reply {dot} n note {dot} y copy"),
            false => "Esc closes".to_owned(),
        };
        let overlay = Overlay::new(Shown::line(&title), Body::Lines(lines), theme).hint(Shown::line(&hint));
        let purpose = ReadFor::Piped {
            about: running.about,
            text: ran.output,
        };
        self.open_reading(purpose, overlay);
    }

    /// What a command said goes where the agent wants it. Whether the key did that.
    pub(super) fn takes_piped(&mut self, purpose: &ReadFor, key: Key, now: Now) -> bool {
        let ReadFor::Piped { about, text } = purpose else {
            return false;
        };
        let mode = match key.typed() {
            Some('r') => Mode::Reply,
            Some('n') => Mode::Note,
            _ => return false,
        };
        let text = gate::clean(text.trim_end());
        if text.is_empty() {
            return false;
        }
        let about = self.goes_on_in(*about);
        self.open_chat(about);
        if self.conversation() != Some(about) {
            self.trouble(
                Shown::fixed("That conversation is not in the list any more: nothing was written."),
                Ends::Leaving,
            );
            return true;
        }
        let written = self.writing.of(about);
        if matches!(written.mode(), Mode::Edit(_)) {
            self.tell_here(Shown::fixed("Esc cancels the change first."), now);
            return false;
        }
        written.set_mode(mode);
        let composer = written.current_mut();
        let apart = if composer.is_empty() { "" } else { "\n" };
        let handled = composer.insert(&format!("{apart}{text}"));
        self.focus = Focus::Compose;
        self.composer_did(handled, now);
        true
    }
}

#[cfg(test)]
#[path = "piping_tests.rs"]
mod tests;
