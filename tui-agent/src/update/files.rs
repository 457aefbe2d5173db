//! Files on the agent's screen: beside a reply, chosen, fetched, opened, given up. None of it is waited for.

use std::sync::Arc;

use minicom_client::transfers::{self, Attachment, Attachments, Happened, Source, Stands, Told, TransferNews};
use minicom_protocol::{
    event::size_words, gate, ids::ConversationId, refusal::Refusal, stage::Stage, text::MESSAGE_BYTES_MAX,
};
use minicom_tui_kit::{Now, Shown, composer::Handled};

use crate::{
    app::{App, Ends, Order, TOLD_FOR},
    files::{self, PASTED},
    keys::Action,
    over::{AskFor, Over},
    writing::{Draft, Kind, Mode},
};

/// Names that are told where several fit.
const NAMES_TOLD: usize = 12;

impl App {
    pub(super) fn order_files(&mut self, order: transfers::Order) {
        self.order(Order::Files(order));
    }

    /// What comes of orders about files.
    pub(super) fn files_told(&mut self, told: Told, now: Now) {
        match told {
            Told::Transfer(news) => self.transfer_told(&news, now),
            Told::Found { text, found } => self.found(&text, found, now),
            Told::Completed { text, completed } => {
                let names = completed
                    .names
                    .iter()
                    .take(NAMES_TOLD)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join("  ");
                if let Some(Over::Prompt(ask)) = &mut self.over
                    && ask.purpose == AskFor::Attach
                    && ask.prompt.written() == text
                {
                    ask.prompt.set_written(&completed.text);
                    if !names.is_empty() {
                        ask.prompt.refuse(Shown::line(&names));
                    }
                }
            }
            Told::Kept(Ok(path)) => {
                let words = format!("The paste is kept at {}", path.display());
                self.trouble(Shown::line(&words), Ends::Leaving);
            }
            Told::Kept(Err(why)) => {
                self.trouble(
                    Shown::line(&format!("The paste could not be kept: {why}")),
                    Ends::Leaving,
                );
            }
        }
    }

    pub(super) fn begin_files(&mut self, added: &[Attachment], conversation: ConversationId) {
        for it in added {
            self.order_files(files::begins(it, conversation));
        }
    }

    /// The files beside replies are kept as the replies are.
    pub(super) fn keep_files(&mut self, now: Now) {
        for (conversation, kept) in self.files.take_unkept(now.wall) {
            self.writing.files_changed(conversation, kept, now.elapsed);
        }
    }

    /// Files that waited beside a reply when the last program ended are there again, before those that were attached meanwhile.
    pub(super) fn files_loaded(&mut self, draft: &Draft, now: Now) {
        if draft.kind != Kind::Files {
            return;
        }
        let (conversation, files) = (draft.conversation, &mut self.files);
        let since = files.take(conversation);
        let mut all = Attachments::from_kept(&draft.text, now.wall, || files.id());
        let again = all.to_send();
        for it in since.iter() {
            // Where ten wait already, one more can only be attached again.
            let _ = all.add(it.clone());
        }
        *self.files.beside_mut(conversation) = all;
        self.begin_files(&again, conversation);
    }

    /// A text is sent as a file. Whether there is room for one more.
    fn attach_text(&mut self, conversation: ConversationId, text: &str) -> bool {
        let what = Source::Text {
            name: PASTED.to_owned(),
            text: Arc::from(text),
        };
        let it = Attachment::new(self.files.id(), what);
        match self.files.beside_mut(conversation).add(it.clone()) {
            Ok(()) => self.begin_files(&[it], conversation),
            Err(why) => {
                self.trouble(why, Ends::Leaving);
                return false;
            }
        }
        true
    }

    /// A paste has come. One that no line can have becomes a file; of a large one that is offered. Whether it was taken.
    pub(super) fn paste_large(&mut self, conversation: ConversationId, text: &str, now: Now) -> bool {
        self.files.pasted = None;
        let clean = gate::clean(text);
        if self.writing.mode(conversation) != Mode::Reply || !files::is_large(&clean) {
            return false;
        }
        let (lines, size) = (clean.lines().count(), size_words(clean.len() as u64));
        if clean.len() <= MESSAGE_BYTES_MAX {
            let key = self.key_words(Action::AsFile);
            let words = format!("{lines} lines, {size} pasted. {key} sends them as a file instead");
            self.files.pasted = Some((conversation, clean));
            self.tell(Shown::line(&words), now);
            if let Some(notice) = &mut self.notice {
                notice.ends = Ends::Pasted(now.elapsed + TOLD_FOR);
            }
            return false;
        }
        if self.attach_text(conversation, &clean) {
            let key = self.key_words(Action::DropFile);
            let words = format!("{size} are too much for a message: it goes as the file {PASTED}. {key} takes it off");
            self.tell(Shown::line(&words), now);
        } else {
            let (name, text) = (PASTED.to_owned(), Arc::from(clean));
            self.order_files(transfers::Order::Keep { name, text });
        }
        true
    }

    /// A paste that nothing here has room for is kept among the downloads.
    pub(super) fn keep_paste(&mut self, text: &str) {
        let (name, text) = (PASTED.to_owned(), Arc::from(text));
        self.order_files(transfers::Order::Keep { name, text });
    }

    /// Whether the large paste that can be a file is in the reply that is open, as it was pasted.
    pub(crate) fn has_large_paste(&self) -> bool {
        let Some((conversation, pasted)) = &self.files.pasted else {
            return false;
        };
        let written = self.writing.get(*conversation);
        self.conversation() == Some(*conversation) && written.is_some_and(|it| it.composer.text().contains(pasted))
    }

    /// What was pasted last becomes a file.
    pub(crate) fn paste_as_file(&mut self, now: Now) {
        let here = self.conversation();
        let pasted = self
            .files
            .pasted
            .take()
            .filter(|(conversation, _)| Some(*conversation) == here);
        let place = pasted.and_then(|(conversation, pasted)| {
            let text = self.writing.get(conversation)?.composer.text();
            Some((conversation, text.find(&pasted)?, pasted, text))
        });
        let Some((conversation, at, pasted, text)) = place else {
            return self.tell_here(Shown::fixed("There is no large paste in the reply."), now);
        };
        if self.attach_text(conversation, &pasted) {
            let rest = format!("{}{}", &text[..at], &text[at + pasted.len()..]);
            self.writing.of(conversation).composer.set_text(&rest);
            self.composer_did(Handled::Changed, now);
            self.notice = None;
        }
    }

    /// The last attached file is taken off, else the last one that comes is stopped.
    pub(crate) fn drop_file(&mut self, now: Now) {
        if let Some(conversation) = self.conversation()
            && self.detach_file(conversation, now)
        {
            return;
        }
        match self.files.downloads.stop() {
            Some(it) => {
                self.order_files(transfers::Order::Cancel(it.id));
                self.tell(
                    Shown::line(&format!("{} is not fetched", Shown::line(&it.file.name))),
                    now,
                );
                if let Some(chat) = &mut self.chat {
                    chat.transcript.set_file(it.file.id, Default::default());
                }
            }
            None => self.tell(Shown::fixed("No file waits or comes."), now),
        }
    }

    /// Takes a file off a reply. Whether there was one.
    pub(crate) fn detach_file(&mut self, conversation: ConversationId, now: Now) -> bool {
        let Some(it) = self.files.beside_mut(conversation).take_off() else {
            return false;
        };
        self.order_files(transfers::Order::Cancel(it.id));
        self.notice = None;
        // A paste that is no file any more is a text again; if it does not fit there, it is kept among the downloads.
        if let Some(text) = it.pasted().cloned() {
            let handled = self.writing.of(conversation).composer.paste(&text);
            match handled {
                Handled::Changed => drop(self.composer_did(Handled::Changed, now)),
                _ => {
                    let name = PASTED.to_owned();
                    self.order_files(transfers::Order::Keep { name, text });
                }
            }
        }
        true
    }

    /// Files that did not go are tried again. Whether there were any.
    pub(crate) fn retry_files(&mut self) -> bool {
        let Some(conversation) = self.conversation() else {
            return false;
        };
        let mut attached = self.files.take(conversation);
        let again = attached.try_again(|| self.files.id());
        *self.files.beside_mut(conversation) = attached;
        self.begin_files(&again, conversation);
        !again.is_empty()
    }

    /// The thread goes on in another conversation: so do the files, which are for one each.
    pub(crate) fn move_files(&mut self, from: ConversationId, to: ConversationId) {
        self.files.looks_move(from, to);
        let attached = self.files.take(from);
        for it in attached.iter() {
            self.order_files(transfers::Order::Cancel(it.id));
            let again = Attachment::new(self.files.id(), it.what.clone());
            if self.files.beside_mut(to).add(again.clone()).is_ok() {
                self.begin_files(&[again], to);
            }
        }
    }

    /// The file of a reply that was not sent is beside it again. One that the desk does not have any more is uploaded anew.
    pub(super) fn put_file_back(&mut self, conversation: ConversationId, mut file: Attachment, refusal: &Refusal) {
        file.id = self.files.id();
        let gone = matches!(refusal, Refusal::AttachmentNotFound | Refusal::AttachmentUsed);
        if gone {
            file.stands = Stands::Going(0);
        }
        // Where ten wait already, one more can only be attached again.
        if self.files.beside_mut(conversation).add(file.clone()).is_ok() && gone {
            self.begin_files(&[file], conversation);
        }
    }

    fn transfer_told(&mut self, news: &TransferNews, now: Now) {
        if let Some(conversation) = self.files.waiting_for(news.id) {
            return self.attached_told(conversation, news, now);
        }
        let Some(it) = self.files.downloads.happened(news.id, &news.what) else {
            return;
        };
        let (words, failed) = (it.words(), matches!(it.came, transfers::Came::Failed(_)));
        match words {
            Some(words) if failed => self.trouble(words, Ends::Leaving),
            Some(words) => self.tell(words, now),
            None => {}
        }
    }

    fn attached_told(&mut self, conversation: ConversationId, news: &TransferNews, now: Now) {
        let attached = self.files.beside_mut(conversation);
        attached.happened(news.id, &news.what);
        let ready = attached.sends && attached.ready().is_some();
        let failed = match (&news.what, attached.failed()) {
            (Happened::Failed { .. }, Some((it, why))) => Some(format!("{}: {why}", it.name())),
            _ => None,
        };
        if let Some(words) = failed {
            let name = self.name_of(conversation);
            let here = self.conversation() == Some(conversation);
            let words = if here { words } else { format!("{name}: {words}") };
            self.trouble(Shown::line(&words), Ends::Leaving);
        }
        if !ready {
            return;
        }
        let mine = self.replica.summary(conversation).is_some_and(|summary| {
            matches!(summary.stage, Stage::Active { .. } | Stage::Snoozed { .. }) && self.is_mine(summary)
        });
        match self.conversation() == Some(conversation) {
            true => self.send_reply(conversation, now),
            false if mine && self.why_not_to_send(conversation).is_none() => self.post(conversation, false, now),
            false => {
                self.files.beside_mut(conversation).sends = false;
                let words = format!(
                    "{}: the files are there, the reply waits for you",
                    self.name_of(conversation)
                );
                self.trouble(Shown::line(&words), Ends::Leaving);
            }
        }
    }

    /// Whether the files of a reply let it go. If they are on their way it goes when they are there; what does not go is told.
    pub(super) fn files_let_go(&mut self, conversation: ConversationId) -> bool {
        let drop = self.key_words(Action::DropFile);
        let (list, retry) = (self.key_words(Action::Escape), self.list_key_words(Action::Retry));
        let attached = self.files.beside_mut(conversation);
        if let Some((it, why)) = attached.failed() {
            let why = why.as_str().trim_end_matches('.');
            let words = format!(
                "{}: {why}. Nothing was sent. {list} {retry} tries again, {drop} takes it off",
                it.name()
            );
            self.trouble(Shown::line(&words), Ends::Leaving);
            return false;
        }
        let ready = attached.ready().is_some();
        attached.sends = !ready;
        ready
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
