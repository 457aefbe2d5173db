//! Files in lines: `/attach FILE ... -- TEXT` sends them with a text, and the lines behind it wait for that; `/get` and `/open-file` say
//! where a file is when it is there.

use minicom_client::{
    ConnState,
    transfers::{self, Happened, Job, To, Told, TransferNews},
};
use minicom_protocol::{
    event::{EventBody, FilePart, size_words},
    ids::ConversationId,
};
use minicom_tui_kit::{Now, Shown};

use super::{Awaiting, PlainAgent, arguments, lines::Draft, words::Given};
use crate::{app::Order, files};

/// Of a file this large or larger it is told on its way how far it is.
const TOLD_FROM: u64 = 4 * 1024 * 1024;
/// How often, in parts of the whole.
const STEPS: u64 = 4;

/// Files on their way to the desk, and the text that goes with them.
#[derive(Debug, Clone)]
pub(super) struct Attaching {
    conversation: ConversationId,
    text: String,
}

impl PlainAgent {
    pub(super) fn attach(&mut self, given: Given<'_>) {
        let Some(conversation) = self.subject("") else { return };
        let (named, text) = arguments::apart(given.rest);
        if named.is_empty() {
            return self.usage(given);
        }
        let (named, text) = (named.to_owned(), text.unwrap_or_default().to_owned());
        self.attaching = Some(Attaching { conversation, text });
        self.awaiting = Some(Awaiting::Files);
        self.order(Order::Files(transfers::Order::Find(named)));
    }

    pub(super) fn files_told(&mut self, told: Told, now: Now) {
        match told {
            Told::Transfer(news) => self.transfer_told(&news, now),
            Told::Found { found, .. } => match (found, self.attaching.as_ref().map(|it| it.conversation)) {
                (Ok(paths), Some(conversation)) => {
                    let mut attached = self.files.take(conversation);
                    let added = attached.add_files(paths, || self.files.id());
                    *self.files.beside_mut(conversation) = attached;
                    match added {
                        Ok(added) => {
                            for it in &added {
                                self.order(Order::Files(files::begins(it, conversation)));
                            }
                        }
                        Err(why) => self.not_attached(why.as_str()),
                    }
                }
                (Err(why), _) => self.not_attached(&format!("{why}.")),
                (Ok(_), None) => {}
            },
            Told::Completed { .. } | Told::Kept(_) => {}
        }
    }

    /// Nothing goes of what was given together.
    fn not_attached(&mut self, why: &str) {
        self.awaiting = self.awaiting.take().filter(|it| *it != Awaiting::Files);
        let Some(Attaching { conversation, text }) = self.attaching.take() else {
            return;
        };
        for it in self.files.take(conversation).iter() {
            self.order(Order::Files(transfers::Order::Cancel(it.id)));
        }
        let of = if text.is_empty() {
            String::new()
        } else {
            format!(" {text}")
        };
        self.say(format!("{why} Not sent.{of}"));
    }

    fn transfer_told(&mut self, news: &TransferNews, now: Now) {
        let Some(conversation) = self.files.waiting_for(news.id) else {
            return self.fetched(news);
        };
        let attached = self.files.beside_mut(conversation);
        let before = attached.iter().find(|it| it.id == news.id).cloned();
        attached.happened(news.id, &news.what);
        let ready = attached.ready();
        if let Some(before) = before {
            let gone = match before.stands {
                transfers::Stands::Going(done) => done,
                _ => 0,
            };
            self.tell_moved(&before.name(), before.size, gone, &news.what);
            if let Happened::Failed { why } = &news.what {
                return self.not_attached(&format!("{}: {why}.", before.name()));
            }
        }
        let Some(ids) = ready else { return };
        let Some(attaching) = self.attaching.take() else {
            return;
        };
        self.files.take(conversation);
        self.awaiting = self.awaiting.take().filter(|it| *it != Awaiting::Files);
        for (number, file) in ids.into_iter().enumerate() {
            let text = if number == 0 { attaching.text.as_str() } else { "" };
            let mut draft = Draft::of_text(conversation, text);
            draft.file = Some(file);
            self.post(draft, false, now);
        }
    }

    fn fetched(&mut self, news: &TransferNews) {
        let before = self.files.downloads.iter().find(|it| it.id == news.id).cloned();
        let words = self
            .files
            .downloads
            .happened(news.id, &news.what)
            .and_then(|it| it.words());
        let Some(before) = before else { return };
        let gone = match before.came {
            transfers::Came::Going(done) => done,
            _ => 0,
        };
        self.tell_moved(
            &Shown::line(&before.file.name),
            Some(before.file.size),
            gone,
            &news.what,
        );
        if let Some(words) = words {
            self.say(words);
        }
    }

    /// Tells what a person who waits wants to know, and no more.
    fn tell_moved(&mut self, name: &Shown, size: Option<u64>, before: u64, what: &Happened) {
        match (what, size) {
            (Happened::Waits { why }, _) => self.say(format!("{name} waits for {why}")),
            (Happened::Moved { done }, Some(size)) if size >= TOLD_FROM => {
                let step = |bytes: u64| bytes.saturating_mul(STEPS) / size;
                if step(*done) > step(before) {
                    self.say(format!("{name}: {} %", step(*done) * 100 / STEPS));
                }
            }
            _ => {}
        }
    }

    /// The files of the open thread, the newest first.
    fn files_here(&mut self) -> Option<Vec<(FilePart, Shown)>> {
        let conversation = self.subject("")?;
        let customer = self.replica.summary(conversation)?.customer.clone();
        let name = customer.name.shown();
        let rows = files::of_thread(&self.replica, customer.id).map(|(file, event)| {
            let by = match &event.body {
                EventBody::Posted(posted) => match &posted.author {
                    minicom_protocol::event::Author::Agent { agent } => self.who(agent).to_string(),
                    minicom_protocol::event::Author::Customer => name.to_string(),
                    other => other.sender().to_owned(),
                },
                _ => String::new(),
            };
            let words = format!("{}, {} {by}", size_words(file.size), self.zone.clock(event.time.0));
            (file.clone(), Shown::line(&words))
        });
        Some(rows.collect())
    }

    pub(super) fn tell_files(&mut self, _: Given<'_>) {
        let Some(rows) = self.files_here() else { return };
        if rows.is_empty() {
            return self.say("There is no file in this chat.");
        }
        for (number, (file, words)) in (1..).zip(rows) {
            self.say(format!("{number}. {}, {words}", Shown::line(&file.name)));
        }
    }

    pub(super) fn get_file(&mut self, given: Given<'_>) {
        self.fetch(given, None);
    }

    pub(super) fn open_file(&mut self, given: Given<'_>) {
        self.fetch(given, Some(To::Program));
    }

    fn fetch(&mut self, given: Given<'_>, to: Option<To>) {
        let Some(rows) = self.files_here() else { return };
        let files: Vec<FilePart> = rows.into_iter().map(|(file, _)| file).collect();
        let (file, rest) = match transfers::meant(&files, given.rest) {
            Ok(found) => found,
            Err(why) => return self.say(why),
        };
        let to = match (to, rest) {
            (Some(to), "") => to,
            (Some(_), _) => return self.usage(given),
            (None, "") => To::Downloads,
            (None, rest) => To::Typed(rest.to_owned()),
        };
        self.say(format!(
            "Fetching {} ({})",
            Shown::line(&file.name),
            size_words(file.size)
        ));
        let id = self.files.id();
        self.files.downloads.begin(id, file.clone());
        self.order(Order::Files(transfers::Order::Begin(id, Job::Fetch { file, to })));
    }

    /// What is on its way is given up.
    pub(super) fn drop_file(&mut self, _: Given<'_>) {
        if self.attaching.is_some() {
            return self.not_attached("Given up.");
        }
        match self.files.downloads.stop() {
            Some(it) => {
                self.order(Order::Files(transfers::Order::Cancel(it.id)));
                self.say(format!("{} is not fetched.", Shown::line(&it.file.name)));
            }
            None => self.say("No file is on its way."),
        }
    }

    /// The same, said while lines wait for it.
    pub(super) fn give_up(&mut self, _: Now) {
        self.not_attached("Given up.");
    }

    /// Whether the end of the input has to wait for a file.
    pub(super) fn files_go_on(&self) -> bool {
        let moving = self.attaching.is_some() || self.files.is_moving();
        moving && matches!(self.state, ConnState::Live)
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
