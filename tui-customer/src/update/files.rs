//! Files on the screen: attached beside what is written, chosen, fetched, opened, given up. None of it is waited for.

use std::{path::PathBuf, sync::Arc};

use minicom_client::transfers::{self, Attachment, Happened, Job, Source, To, Told, TransferNews};
use minicom_protocol::{
    event::{FilePart, size_words},
    gate,
    ids::FileId,
};
use minicom_tui_kit::{
    Effect, Key, Now, Picker, Prompt, Shown,
    picker::{Picked, Row, numbered},
    prompt::{Asked, Question},
};

use super::Effects;
use crate::{
    actions::Action,
    files::{self, PASTED},
    model::{App, Ends, Order},
    over::Over,
    wishes,
};

/// Names that are told where several fit.
const NAMES_TOLD: usize = 12;
/// The word with which a text names files.
const WORD: &str = "/attach ";

impl App {
    fn order_files(order: transfers::Order, effects: &mut Effects) {
        effects.push(Effect::Program(Order::Files(order)));
    }

    // Attached.

    /// Which file is asked for.
    pub(super) fn ask_attach(&mut self) {
        let question = Question::new(Shown::fixed("file"));
        let title = Shown::fixed("Send a file with your message");
        self.over = Some(Over::Attach(Prompt::ask(title, question).verb("Enter attaches")));
    }

    /// A text names files.
    pub(super) fn attach(&mut self, text: &str, effects: &mut Effects) {
        App::order_files(transfers::Order::Find(text.to_owned()), effects);
    }

    /// A path that is being written is written out.
    pub(super) fn complete_path(&mut self, effects: &mut Effects) -> bool {
        let text = self.composer.text();
        let Some(path) = text.strip_prefix(WORD) else {
            return false;
        };
        App::order_files(transfers::Order::Complete(path.to_owned()), effects);
        true
    }

    /// Keys while a file is asked for.
    pub(super) fn key_in_attach(&mut self, key: Key, action: Option<Action>, now: Now, effects: &mut Effects) {
        let Some(Over::Attach(prompt)) = &mut self.over else {
            return;
        };
        if key.to_string() == "tab" {
            return App::order_files(transfers::Order::Complete(prompt.written()), effects);
        }
        match prompt.key(key) {
            Asked::Done(answers) => {
                let text = answers.first().cloned().unwrap_or_default();
                App::order_files(transfers::Order::Find(text), effects);
            }
            Asked::Cancelled => self.over = None,
            Asked::Changed => {}
            Asked::No => self.key_beside(action, now, effects),
        }
    }

    /// What comes of it.
    pub(super) fn files_told(&mut self, told: Told, now: Now, effects: &mut Effects) {
        match told {
            Told::Transfer(news) => self.transfer_told(&news, now, effects),
            Told::Found { text, found } => self.found(&text, found, now, effects),
            Told::Completed { text, completed } => {
                let names = completed
                    .names
                    .iter()
                    .take(NAMES_TOLD)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join("  ");
                if let Some(Over::Attach(prompt)) = &mut self.over {
                    if prompt.written() == text {
                        prompt.set_written(&completed.text);
                        if !names.is_empty() {
                            prompt.refuse(Shown::line(&names));
                        }
                    }
                } else if self.composer.text() == format!("{WORD}{text}") {
                    self.composer.set_text(&format!("{WORD}{}", completed.text));
                    self.keep_draft_soon(now);
                    if !names.is_empty() {
                        self.notice(Shown::line(&names), Ends::WithText);
                    }
                }
            }
            Told::Kept(kept) => {
                let words = match kept {
                    Ok(path) => format!("The paste is kept at {}", path.display()),
                    Err(why) => format!("The paste could not be kept: {why}"),
                };
                self.notice(Shown::line(&words), Ends::WithSending);
            }
        }
    }

    fn found(&mut self, text: &str, found: Result<Vec<PathBuf>, String>, now: Now, effects: &mut Effects) {
        let why = match found {
            Ok(paths) => {
                if matches!(self.over, Some(Over::Attach(_))) {
                    self.over = None;
                }
                return self.attach_all(paths, effects);
            }
            Err(why) => Shown::line(&format!("{why}. Nothing was attached.")),
        };
        match &mut self.over {
            Some(Over::Attach(prompt)) => prompt.refuse(why),
            _ => {
                if self.composer.is_empty() {
                    self.composer.set_text(&format!("{WORD}{text}"));
                    self.keep_draft_soon(now);
                }
                self.notice(why, Ends::WithText);
            }
        }
    }

    fn attach_all(&mut self, paths: Vec<PathBuf>, effects: &mut Effects) {
        // The desk takes nothing from somebody who has not agreed.
        if let Some(text) = self.consent_due() {
            self.files.unagreed = paths;
            return self.ask_consent(text);
        }
        let mut attached = std::mem::take(&mut self.files.attached);
        let added = attached.add_files(paths, || self.files.id());
        self.files.attached = attached;
        match added {
            Ok(added) => self.begin(&added, effects),
            Err(why) => self.notice(why, Ends::WithText),
        }
    }

    fn begin(&mut self, added: &[Attachment], effects: &mut Effects) {
        for it in added {
            App::order_files(files::begins(it, &self.name), effects);
        }
    }

    /// What waited when the last window ended is on its way again, and what waits now is kept.
    pub(super) fn keep_files(&mut self, now: Now, effects: &mut Effects) {
        let again = self.files.take_earlier(now.wall);
        self.begin(&again, effects);
        if let Some(kept) = self.files.take_unkept(now.wall) {
            effects.push(Effect::Program(Order::KeepFiles(kept)));
        }
    }

    /// It was agreed: what waited for that goes. Whether something did.
    pub(super) fn attach_agreed(&mut self, effects: &mut Effects) -> bool {
        let paths = std::mem::take(&mut self.files.unagreed);
        let some = !paths.is_empty();
        if some {
            self.attach_all(paths, effects);
        }
        some
    }

    /// A text is sent as a file.
    fn attach_text(&mut self, text: &str, effects: &mut Effects) -> bool {
        let what = Source::Text {
            name: PASTED.to_owned(),
            text: Arc::from(text),
        };
        let it = Attachment::new(self.files.id(), what);
        match self.files.attached.add(it.clone()) {
            Ok(()) => self.begin(&[it], effects),
            Err(why) => {
                self.notice(why, Ends::WithText);
                return false;
            }
        }
        true
    }

    /// A paste has come. One that no line can have becomes a file; of a large one that is offered. Whether it was taken.
    pub(super) fn paste_large(&mut self, text: &str, effects: &mut Effects) -> bool {
        self.files.pasted = None;
        let clean = gate::clean(text);
        if !files::is_large(&clean) {
            return false;
        }
        let (lines, size) = (clean.lines().count(), size_words(clean.len() as u64));
        if files::fits_a_line(&clean) || self.consent_due().is_some() {
            let key = self.key_hint(Action::AsFile);
            let words = format!("{lines} lines, {size} pasted. {key} sends them as a file instead");
            self.notice(Shown::line(&words), Ends::WithPaste);
            self.files.pasted = Some(clean);
            return false;
        }
        if self.attach_text(&clean, effects) {
            let key = self.key_hint(Action::Discard);
            let words = format!("{size} are too much for a message: it goes as the file {PASTED}. {key} takes it off");
            self.tell(Shown::line(&words));
        } else {
            let (name, text) = (PASTED.to_owned(), Arc::from(clean));
            App::order_files(transfers::Order::Keep { name, text }, effects);
        }
        true
    }

    /// A paste that nothing here has room for is kept among the downloads.
    pub(super) fn keep_paste(&mut self, text: &str, effects: &mut Effects) {
        let (name, text) = (PASTED.to_owned(), Arc::from(text));
        App::order_files(transfers::Order::Keep { name, text }, effects);
    }

    /// Whether the large paste that can be a file is in what is written, as it was pasted.
    pub(crate) fn has_large_paste(&self) -> bool {
        let pasted = self.files.pasted.as_deref();
        pasted.is_some_and(|pasted| self.composer.text().contains(pasted))
    }

    /// What was pasted last becomes a file.
    pub(super) fn paste_as_file(&mut self, now: Now, effects: &mut Effects) {
        let pasted = self.files.pasted.take();
        let text = self.composer.text();
        let at = pasted.as_deref().and_then(|pasted| text.find(pasted));
        let (Some(pasted), Some(at)) = (pasted, at) else {
            return self.tell(Shown::fixed("There is no large paste in what is written."));
        };
        if self.attach_text(&pasted, effects) {
            self.composer
                .set_text(&format!("{}{}", &text[..at], &text[at + pasted.len()..]));
            self.notice = None;
            self.text_changed(now, effects);
        }
    }

    /// An attached file is taken off, else the last one that comes is stopped. Whether there was one.
    pub(super) fn drop_file(&mut self, now: Now, effects: &mut Effects) -> bool {
        if let Some(it) = self.files.attached.take_off() {
            App::order_files(transfers::Order::Cancel(it.id), effects);
            self.notice = None;
            if let Some(text) = it.pasted() {
                self.give_back(text.clone(), now, effects);
            }
            return true;
        }
        let Some(it) = self.files.downloads.stop() else {
            return false;
        };
        App::order_files(transfers::Order::Cancel(it.id), effects);
        self.transcript.set_file(it.file.id, self.files.state(it.file.id));
        true
    }

    /// A paste that is no file any more is a text again; where there is no room for it, it is kept among the downloads.
    fn give_back(&mut self, text: Arc<str>, now: Now, effects: &mut Effects) {
        match self.composer.paste(&text) {
            minicom_tui_kit::composer::Handled::Changed => self.text_changed(now, effects),
            _ => {
                let name = PASTED.to_owned();
                App::order_files(transfers::Order::Keep { name, text }, effects);
            }
        }
    }

    /// Files that did not go are tried again. Whether there were any.
    pub(super) fn retry_files(&mut self, effects: &mut Effects) -> bool {
        let mut attached = std::mem::take(&mut self.files.attached);
        let again = attached.try_again(|| self.files.id());
        self.files.attached = attached;
        self.begin(&again, effects);
        !again.is_empty()
    }

    fn transfer_told(&mut self, news: &TransferNews, now: Now, effects: &mut Effects) {
        if self.files.attached.happened(news.id, &news.what) {
            if let (Happened::Failed { .. }, Some((it, why))) = (&news.what, self.files.attached.failed()) {
                let words = format!("{}: {why}", it.name());
                self.notice(Shown::line(&words), Ends::WithSending);
            }
            if self.files.attached.sends && self.files.attached.ready().is_some() {
                self.submit_ready(now, effects);
            }
            return;
        }
        let Some(it) = self.files.downloads.happened(news.id, &news.what) else {
            return;
        };
        let (file, words) = (it.file.id, it.words());
        let failed = matches!(it.came, transfers::Came::Failed(_));
        match words {
            Some(words) if failed => self.notice(words, Ends::WithText),
            Some(words) => self.tell(words),
            None => {}
        }
        self.transcript.set_file(file, self.files.state(file));
    }

    // Fetched.

    /// A file is fetched, unless it is on its way already.
    pub(super) fn fetch(&mut self, file: FilePart, to: To, effects: &mut Effects) {
        if self
            .files
            .downloads
            .of(file.id)
            .is_some_and(transfers::Download::is_going)
        {
            let key = self.key_hint(Action::Discard);
            let words = format!("{} is on its way. {key} stops it", Shown::line(&file.name));
            return self.tell(Shown::line(&words));
        }
        let (id, shown) = (self.files.id(), file.id);
        self.files.downloads.begin(id, file.clone());
        self.transcript.set_file(shown, self.files.state(shown));
        App::order_files(transfers::Order::Begin(id, Job::Fetch { file, to }), effects);
    }

    /// The files of the chat, to fetch or open one.
    pub(super) fn choose_file(&mut self, selected: Option<FileId>) {
        let rows = files::told(&self.replica, &self.zone).into_iter();
        let rows = rows.map(|(id, name, detail)| Row::new(id, name, detail)).collect();
        let mut picker = Picker::new(Shown::fixed("Files of this chat"), numbered(rows))
            .verb(Shown::fixed("Enter fetches, Alt+Enter opens"))
            .when_empty(Shown::fixed("There is no file yet"));
        if let Some(selected) = selected {
            picker.select_where(|id| *id == selected);
        }
        self.over = Some(Over::Files(Box::new(picker)));
        self.fit_over();
    }

    /// Keys while a file is chosen.
    pub(super) fn key_in_files(&mut self, key: Key, action: Option<Action>, now: Now, effects: &mut Effects) {
        let Some(Over::Files(picker)) = &mut self.over else {
            return;
        };
        if key.to_string() == "alt-enter" {
            let selected = picker.selected().map(|row| row.id);
            return self.file_chosen(selected, To::Program, effects);
        }
        match picker.key(key) {
            Picked::Chosen(file) => self.file_chosen(Some(file), To::Downloads, effects),
            Picked::Closed => self.over = None,
            Picked::No => self.key_beside(action, now, effects),
            Picked::Asked | Picked::Moved | Picked::Unavailable(_) | Picked::Refused(_) => {}
        }
    }

    pub(super) fn file_chosen(&mut self, chosen: Option<FileId>, to: To, effects: &mut Effects) {
        self.over = None;
        let found = wishes::files(&self.replica)
            .map(|(file, _)| file)
            .find(|file| Some(file.id) == chosen);
        if let Some(file) = found.cloned() {
            self.fetch(file, to, effects);
        }
    }
}
