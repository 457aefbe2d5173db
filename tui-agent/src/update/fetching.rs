//! Files of the open thread: chosen, fetched and opened by the agent, with how far they are.

use minicom_client::transfers::{self, Download, Job, To};
use minicom_protocol::{
    event::{EventBody, FilePart, size_words},
    ids::FileId,
};
use minicom_tui_kit::{
    Key, Now, Picker, Shown,
    picker::{Row, numbered},
    transcript::EntryKey,
};

use crate::{
    app::App,
    files,
    keys::Action,
    over::{Choice, Pick, PickFor},
};

impl App {
    /// What becomes of files is shown in the thread that is open.
    pub(super) fn show_files(&mut self) {
        let Some(chat) = &mut self.chat else { return };
        for it in self.files.downloads.iter() {
            chat.transcript.set_file(it.file.id, files::state(it));
        }
    }

    fn fetch(&mut self, file: FilePart, to: To, now: Now) {
        if self.files.downloads.of(file.id).is_some_and(Download::is_going) {
            let key = self.key_words(Action::DropFile);
            let words = format!("{} is on its way. {key} stops it", Shown::line(&file.name));
            return self.tell(Shown::line(&words), now);
        }
        let id = self.files.id();
        self.files.downloads.begin(id, file.clone());
        self.order_files(transfers::Order::Begin(id, Job::Fetch { file, to }));
    }

    /// The files of the open thread, to fetch or open one.
    pub(crate) fn choose_file(&mut self, selected: Option<FileId>, now: Now) {
        let Some(conversation) = self.open_one(now) else { return };
        let Some(chat) = &self.chat else { return };
        let rows = files::of_thread(&self.replica, chat.customer).map(|(file, event)| {
            let by = match &event.body {
                EventBody::Posted(posted) => chat.eyes().name(&posted.author),
                _ => Shown::default(),
            };
            let detail = format!("{}  {} {by}", size_words(file.size), self.zone.clock(event.time.0));
            Row::new(Choice::File(file.id), Shown::line(&file.name), Shown::line(&detail))
        });
        let mut picker = Picker::new(Shown::fixed("Files of this chat"), numbered(rows.collect()))
            .verb(Shown::fixed("Enter fetches, Alt+Enter opens"))
            .when_empty(Shown::fixed("There is no file yet"));
        if let Some(selected) = selected {
            picker.select_where(|it| *it == Choice::File(selected));
        }
        self.open_picker(PickFor::File, vec![conversation], picker);
    }

    /// `/get` and perhaps a file's name, written where saved replies are looked for, as one writes it in lines. Whether it was that.
    /// One file of just that name is fetched; else they are shown.
    pub(super) fn get_word(&mut self, typed: &str, now: Now) -> bool {
        let mut words = typed.splitn(2, ' ');
        if words.next() != Some("get") {
            return false;
        }
        let name = words.next().unwrap_or_default().trim();
        let thread = self
            .chat
            .as_ref()
            .map(|chat| files::of_thread(&self.replica, chat.customer));
        let named: Vec<FileId> = thread
            .into_iter()
            .flatten()
            .filter(|(file, _)| file.name == name)
            .map(|(file, _)| file.id)
            .collect();
        match named[..] {
            [file] => self.file_chosen(&Choice::File(file), To::Downloads, now),
            _ => self.choose_file(named.first().copied(), now),
        }
        true
    }

    /// Alt-Enter opens the selected file. Whether it was that.
    pub(super) fn is_open_key(&mut self, pick: &Pick, key: Key, now: Now) -> bool {
        let opens = pick.purpose == PickFor::File && key.to_string() == "alt-enter";
        let chosen = pick.picker.selected().map(|row| row.id.clone());
        if let (true, Some(choice)) = (opens, chosen) {
            self.file_chosen(&choice, To::Program, now);
        }
        opens
    }

    pub(super) fn file_chosen(&mut self, choice: &Choice, to: To, now: Now) {
        let (Choice::File(id), Some(chat)) = (choice, &self.chat) else {
            return;
        };
        if let Some(file) = files::by_id(&self.replica, chat.customer, *id) {
            self.fetch(file, to, now);
        }
    }

    /// The list of files, at the one that stands with a line. Whether one does.
    pub(super) fn choose_file_of(&mut self, key: EntryKey, now: Now) -> bool {
        let entry = self.chat.as_ref().and_then(|chat| chat.transcript.get(key));
        let file = entry.and_then(|entry| entry.extras.files.first()).map(|it| it.id);
        if let Some(file) = file {
            self.choose_file(Some(file), now);
        }
        file.is_some()
    }
}
