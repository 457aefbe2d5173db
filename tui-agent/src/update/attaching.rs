//! Attaching a file: asked for, looked for on the disk, and beside the reply that it was meant for, whatever is open by then.

use std::path::PathBuf;

use minicom_client::transfers;
use minicom_protocol::ids::ConversationId;
use minicom_tui_kit::{Key, Now, Prompt, Shown, prompt::Question};

use crate::{
    app::{App, Ends, Focus},
    over::{Ask, AskFor, Over, Pick, PickFor},
    words,
    writing::Mode,
};

/// What is written behind a slash to attach a file.
const WORD: &str = "attach";

impl App {
    /// Asks which file goes with the reply.
    pub(crate) fn ask_attach(&mut self, now: Now) {
        let Some(conversation) = self.open_one(now) else { return };
        self.ask_attach_to(conversation, question());
    }

    fn ask_attach_to(&mut self, conversation: ConversationId, question: Question) {
        let title = Shown::fixed("Send a file with the reply");
        let prompt = Prompt::ask(title, question).verb("Enter attaches");
        self.open_prompt(AskFor::Attach, vec![conversation], prompt);
    }

    /// A text names files that go with the reply of a conversation.
    pub(crate) fn attach_named(&mut self, about: &[ConversationId], text: &str) {
        if let [conversation] = about {
            self.files.look(text, self.goes_on_in(*conversation));
            self.order_files(transfers::Order::Find(text.to_owned()));
        }
    }

    /// Tab while a file is asked for. Whether it was that.
    pub(super) fn completes_path(&mut self, ask: &Ask, key: Key) -> bool {
        let completes = ask.purpose == AskFor::Attach && key.to_string() == "tab";
        if completes {
            self.order_files(transfers::Order::Complete(ask.prompt.written()));
        }
        completes
    }

    /// `/attach` and what stands behind it, written where saved replies are looked for. Whether it was that.
    pub(super) fn attach_word(&mut self, about: &[ConversationId], typed: &str, now: Now) -> bool {
        match path_of(typed) {
            Some("") => self.ask_attach(now),
            Some(path) => self.attach_named(about, path),
            None => return false,
        }
        true
    }

    /// Tab completes the path behind `/attach`. Whether it was that.
    pub(super) fn is_attach_tab(&mut self, pick: &Pick, key: Key, now: Now) -> bool {
        if pick.purpose != PickFor::SavedReply || key.to_string() != "tab" {
            return false;
        }
        let query = pick.picker.query();
        let Some(path) = path_of(&query) else { return false };
        self.ask_attach(now);
        if let Some(Over::Prompt(ask)) = &mut self.over {
            ask.prompt.set_written(path);
        }
        self.order_files(transfers::Order::Complete(path.to_owned()));
        true
    }

    /// The disk has answered, which may be slow. The files go where they were meant for; what the keys do stays what it is, unless
    /// nothing was done since.
    pub(super) fn found(&mut self, text: &str, found: Result<Vec<PathBuf>, String>, now: Now) {
        let Some(looked) = self.files.looked(text) else { return };
        let conversation = looked.conversation;
        let here = self.conversation() == Some(conversation);
        let awaited = here && !looked.acted && self.over.is_none() && self.help.is_none();
        match found {
            Ok(paths) => {
                let mut attached = self.files.take(conversation);
                let added = attached.add_files(paths, || self.files.id());
                *self.files.beside_mut(conversation) = attached;
                let added = match added {
                    Ok(added) => added,
                    Err(why) => return self.trouble(self.told_of(conversation, why.as_str()), Ends::Leaving),
                };
                self.begin_files(&added, conversation);
                if awaited {
                    self.writing.of(conversation).set_mode(Mode::Reply);
                    self.focus = Focus::Compose;
                } else if !here || self.writing.mode(conversation) != Mode::Reply {
                    let files = words::count(added.len() as u64, "file waits", "files wait");
                    let words = self.told_of(conversation, &format!("{files} beside the reply"));
                    self.tell(words, now);
                }
            }
            // What was typed is there to be mended.
            Err(why) if awaited => {
                self.ask_attach_to(conversation, question().starting_with(text));
                if let Some(Over::Prompt(ask)) = &mut self.over {
                    ask.prompt.refuse(Shown::line(&format!("{why}. Nothing was attached.")));
                }
            }
            Err(why) => {
                let which = if why.contains(text) {
                    String::new()
                } else {
                    format!("{text}: ")
                };
                let words = self.told_of(conversation, &format!("{which}{why}. Nothing was attached."));
                self.trouble(words, Ends::Leaving);
            }
        }
    }
}

fn question() -> Question {
    Question::new(Shown::fixed("file"))
}

/// What stands behind `attach`; `None` if something else is typed.
fn path_of(typed: &str) -> Option<&str> {
    let path = typed.strip_prefix(WORD)?;
    (path.is_empty() || path.starts_with(' ')).then(|| path.trim())
}

#[cfg(test)]
#[path = "attaching_tests.rs"]
mod tests;
