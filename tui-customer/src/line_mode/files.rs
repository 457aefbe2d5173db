//! Files in lines: `/attach FILE ... -- TEXT` sends them with a text, and the lines behind it wait for that; `/get` and `/open` say
//! where a file is when it is there.

use minicom_client::{
    ConnState,
    transfers::{self, Happened, Job, To, Told, TransferNews},
};
use minicom_protocol::{
    event::{FilePart, size_words},
    gate::Shown,
};
use minicom_tui_kit::{Now, plain::PlainEffect};

use super::{Effects, Lines};
use crate::{Order, files};

/// Between files and the text that goes with them.
const TEXT_FOLLOWS: &str = " -- ";
/// Of a file this large or larger it is told on its way how far it is.
const TOLD_FROM: u64 = 4 * 1024 * 1024;
/// How often, in parts of the whole.
const STEPS: u64 = 4;

impl Lines {
    fn order_files(order: transfers::Order, effects: &mut Effects) {
        effects.push(PlainEffect::Program(Order::Files(order)));
    }

    /// Whether files are on their way to the desk: what is written next goes behind them.
    pub(super) fn is_attaching(&self) -> bool {
        self.attaching.is_some()
    }

    /// Files are to be sent, with a text or alone.
    pub(super) fn attach(&mut self, rest: &str, now: Now, effects: &mut Effects) {
        if let Some(consent) = self.consent_due() {
            if !self.agrees {
                let words = "This desk asks you to agree before you send anything: write a line first, or start with --agree. Nothing was sent.";
                return self.not_sent(words, now, effects);
            }
            self.agree(consent, now, effects);
        }
        let (named, text) = rest.split_once(TEXT_FOLLOWS).unwrap_or((rest, ""));
        self.attaching = Some(text.trim().to_owned());
        Self::order_files(transfers::Order::Find(named.trim().to_owned()), effects);
    }

    pub(super) fn files_told(&mut self, told: Told, now: Now, effects: &mut Effects) {
        match told {
            Told::Transfer(news) => self.transfer_told(&news, now, effects),
            Told::Found { found: Ok(paths), .. } => {
                let mut attached = std::mem::take(&mut self.files.attached);
                let added = attached.add_files(paths, || self.files.id());
                self.files.attached = attached;
                match added {
                    Ok(added) => {
                        for it in &added {
                            Self::order_files(files::begins(it, &self.name), effects);
                        }
                    }
                    Err(why) => self.not_attached(why.as_str(), now, effects),
                }
            }
            Told::Found { found: Err(why), .. } => self.not_attached(&format!("{why}."), now, effects),
            Told::Completed { .. } | Told::Kept(_) => {}
        }
    }

    /// Nothing goes of what was given together.
    fn not_attached(&mut self, why: &str, now: Now, effects: &mut Effects) {
        while let Some(it) = self.files.attached.take_off() {
            Self::order_files(transfers::Order::Cancel(it.id), effects);
        }
        let text = self.attaching.take().unwrap_or_default();
        let of = if text.is_empty() {
            String::new()
        } else {
            format!(" {text}")
        };
        self.not_sent(&format!("{why} Not sent.{of}"), now, effects);
    }

    fn transfer_told(&mut self, news: &TransferNews, now: Now, effects: &mut Effects) {
        let before = self.files.attached.iter().find(|it| it.id == news.id).cloned();
        if let Some(before) = before {
            self.files.attached.happened(news.id, &news.what);
            let name = before.name();
            self.tell_moved(&name, before.size, done(&before.stands), &news.what, now, effects);
            if let Happened::Failed { why } = &news.what {
                return self.not_attached(&format!("{name}: {why}."), now, effects);
            }
            if let Some(ids) = self.files.attached.ready() {
                self.files.attached = Default::default();
                self.ready = ids;
                let text = self.attaching.take().unwrap_or_default();
                self.line(text, now, effects);
            }
            return;
        }
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
        let name = Shown::line(&before.file.name);
        self.tell_moved(&name, Some(before.file.size), gone, &news.what, now, effects);
        if matches!(news.what, Happened::Failed { .. }) && !self.person {
            self.code = crate::exit::IO;
        }
        if let Some(words) = words {
            self.tell(words.as_str(), now, effects);
        }
    }

    /// Tells what a person who waits wants to know, and no more.
    fn tell_moved(
        &self,
        name: &Shown,
        size: Option<u64>,
        before: u64,
        what: &Happened,
        now: Now,
        effects: &mut Effects,
    ) {
        match (what, size) {
            (Happened::Waits { why }, _) => self.tell(&format!("{name} waits for {why}"), now, effects),
            (Happened::Moved { done }, Some(size)) if size >= TOLD_FROM => {
                let step = |bytes: u64| bytes.saturating_mul(STEPS) / size;
                if step(*done) > step(before) {
                    self.tell(&format!("{name}: {} %", step(*done) * 100 / STEPS), now, effects);
                }
            }
            _ => {}
        }
    }

    /// The files of the chat, with the numbers by which they are fetched.
    pub(super) fn tell_files(&self, now: Now, effects: &mut Effects) {
        let rows = files::told(&self.replica, &self.zone);
        if rows.is_empty() {
            return self.tell("There is no file in this chat yet.", now, effects);
        }
        for (number, (_, name, detail)) in (1..).zip(rows) {
            self.tell(&format!("{number}. {name}  {detail}"), now, effects);
        }
    }

    pub(super) fn fetch(&mut self, file: FilePart, to: To, now: Now, effects: &mut Effects) {
        let words = format!("fetching {} ({})", Shown::line(&file.name), size_words(file.size));
        self.tell(&words, now, effects);
        let id = self.files.id();
        self.files.downloads.begin(id, file.clone());
        Self::order_files(transfers::Order::Begin(id, Job::Fetch { file, to }), effects);
    }

    /// What is on its way is given up.
    pub(super) fn drop_file(&mut self, now: Now, effects: &mut Effects) {
        if self.is_attaching() {
            return self.not_attached("Given up.", now, effects);
        }
        match self.files.downloads.stop() {
            Some(it) => {
                Self::order_files(transfers::Order::Cancel(it.id), effects);
                self.tell(&format!("{} is not fetched", Shown::line(&it.file.name)), now, effects);
            }
            None => self.tell("No file is on its way.", now, effects),
        }
    }

    /// Whether the end of the input has to wait for a file.
    pub(super) fn files_go_on(&self) -> bool {
        let moving = self.is_attaching() || self.files.is_moving();
        moving && matches!(self.state, ConnState::Live)
    }
}

fn done(stands: &transfers::Stands) -> u64 {
    match stands {
        transfers::Stands::Going(done) => *done,
        _ => 0,
    }
}
