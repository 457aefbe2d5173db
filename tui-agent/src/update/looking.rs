//! Files on the screen are looked into, each once: a text shows how it begins, a picture itself. Nothing waits for them.

use std::collections::HashSet;

use minicom_protocol::ids::{CustomerId, FileId};
use minicom_tui_kit::{
    Now, Shown,
    file_preview::{FilePreview, Kind},
    transcript::PREVIEWS_MAX,
};

use crate::{
    app::{App, Ends, Focus, Order},
    keys::Action,
};

/// Which files were asked for.
#[derive(Debug, Clone, Default)]
pub struct Looking {
    /// In whose thread.
    customer: Option<CustomerId>,
    asked: HashSet<FileId>,
}

impl App {
    /// Asks for what is on the screen and was not asked for.
    pub(super) fn look_into_files(&mut self) {
        let Some(chat) = self.chat.as_ref().filter(|_| self.is_live()) else {
            return;
        };
        let looking = &mut self.looking;
        if looking.customer != Some(chat.customer) || looking.asked.len() >= PREVIEWS_MAX {
            looking.customer = Some(chat.customer);
            looking.asked.clear();
        }
        let wanted = chat.transcript.unseen_files().filter_map(|card| {
            let size = card.file.size?;
            let kind = Kind::of(card.file.kind.as_str(), size)?;
            Some(Order::LookInto {
                id: card.id,
                kind,
                size,
            })
        });
        let wanted: Vec<Order> = wanted
            .filter(|order| matches!(order, Order::LookInto { id, .. } if looking.asked.insert(*id)))
            .collect();
        for order in wanted {
            self.order(order);
        }
    }

    pub(super) fn looked_into(&mut self, id: FileId, preview: FilePreview) {
        if let Some(chat) = self.chat.as_mut().filter(|_| self.looking.asked.contains(&id)) {
            chat.transcript.set_preview(id, preview);
        }
    }

    /// The terminal was somebody else's: what pictures it had is lost.
    pub(super) fn look_again(&mut self) {
        self.looking.asked.clear();
        if let Some(chat) = &mut self.chat {
            chat.transcript.forget_pictures();
        }
    }

    /// A file's text has come. It is shown to who waits for it, and not over what somebody writes.
    pub(super) fn file_read(&mut self, title: &Shown, text: Result<String, Shown>, now: Now) {
        match text {
            Err(words) => self.trouble(words, Ends::Leaving),
            Ok(text) if self.focus == Focus::List && self.over.is_none() && self.help.is_none() => {
                self.notice = None;
                self.read_text(title.as_str(), text);
            }
            Ok(_) => {
                let reads = self.list_key_words(Action::ReadInFull);
                self.tell(
                    Shown::line(&format!("{title} has come: {reads} in the list reads it.")),
                    now,
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use minicom_protocol::{
        event::{Author, EventBody, FilePart, FileTag, Part, Posted},
        ids::LineNo,
        line::LineState,
    };
    use minicom_tui_kit::Input;

    use super::*;
    use crate::{
        app::Msg,
        testing::{ADA, Desk, Seat},
    };

    fn id(n: u8) -> FileId {
        FileId::from_bytes([n; 16])
    }

    fn posts_file(desk: &mut Desk, n: u8, name: &str, mime: &str) {
        let file = FilePart {
            kind: FileTag::File,
            id: id(n),
            name: name.to_owned(),
            size: 100_000,
            mime: mime.to_owned(),
            digest: String::new(),
            fallback: FilePart::fallback_of(name, 100_000),
        };
        let posted = Posted {
            author: Author::Customer,
            line: LineNo(1 + u64::from(n)),
            parts: vec![Part::File(file)],
            quote: None,
            notice: None,
            state: LineState::Original,
        };
        desk.happens("carol", EventBody::Posted(posted));
    }

    /// Carol has sent a log and a program.
    fn seat() -> Seat {
        let mut desk = Desk::new();
        desk.ago(90).says("carol", "it crashed").taken("carol", ADA);
        for (n, name, mime) in [(1, "build.log", "text/plain"), (2, "a.out", "application/octet-stream")] {
            posts_file(&mut desk, n, name, mime);
        }
        let mut seat = Seat::at(desk, 80, 24);
        seat.press("<ctrl-n><esc>").sees("build.log");
        seat
    }

    fn asked(seat: &mut Seat) -> Vec<FileId> {
        let orders = seat.ordered().into_iter().filter_map(|order| match order {
            Order::LookInto {
                id, kind: Kind::Text, ..
            } => Some(id),
            _ => None,
        });
        orders.collect()
    }

    #[test]
    fn a_text_on_the_screen_is_looked_into_once_and_read_by_a_key() {
        let mut seat = seat();
        assert_eq!(asked(&mut seat), [id(1)], "the other one is no text");
        let preview = FilePreview::of_text(b"first line\n\x1b[2Jsecond\n", 100_000);
        seat.input(Input::Message(Msg::LookedInto { id: id(1), preview }));
        seat.sees("first line").sees("␛[2Jsecond").sees("… more · l reads all");
        seat.press("j").press("k");
        assert_eq!(asked(&mut seat), []);
        seat.press("l");
        let read = seat.ordered().into_iter().find_map(|order| match order {
            Order::ReadFile { id, title } => Some((id, title)),
            _ => None,
        });
        let (file, title) = read.unwrap();
        assert_eq!((file, title.as_str()), (id(1), "build.log · 97.6 KiB"));
        let text = Ok("all\nof it\u{7}".to_owned());
        seat.input(Input::Message(Msg::FileRead { title, text }));
        seat.sees("build.log · 97.6 KiB").sees("of it␇").press("y");
        assert_eq!(seat.copied.take().as_deref(), Some("all\nof it\u{7}"));
    }

    #[test]
    fn a_block_is_the_text_of_a_small_file_else_its_name() {
        let mut seat = seat();
        seat.press("yb");
        assert_eq!(
            seat.copied.take().as_deref(),
            Some("File: a.out (97.6 KiB)"),
            "the newest is no text"
        );
        let mut desk = Desk::new();
        desk.ago(90).says("carol", "it crashed").taken("carol", ADA);
        posts_file(&mut desk, 1, "build.log", "text/plain");
        let mut seat = Seat::at(desk, 80, 24);
        seat.press("<ctrl-n><esc>").sees("build.log").press("yb");
        assert_eq!(
            seat.copied.take().as_deref(),
            Some("File: build.log (97.6 KiB)"),
            "not looked into yet"
        );
        let part = FilePreview::of_text(b"first", 100_000);
        seat.input(Input::Message(Msg::LookedInto {
            id: id(1),
            preview: part,
        }));
        seat.press("yb");
        assert_eq!(
            seat.copied.take().as_deref(),
            Some("File: build.log (97.6 KiB)"),
            "a part is not the file"
        );
        let whole = FilePreview::of_text(b"first line\nsecond\n", 18);
        seat.input(Input::Message(Msg::LookedInto {
            id: id(1),
            preview: whole,
        }));
        seat.press("yb");
        assert_eq!(seat.copied.take().as_deref(), Some("first line\nsecond"));
    }

    #[test]
    fn what_comes_late_takes_no_keys_and_a_failure_is_told() {
        let mut seat = seat();
        let title = Shown::fixed("build.log");
        seat.press("i");
        let text = Ok("late".to_owned());
        seat.input(Input::Message(Msg::FileRead {
            title: title.clone(),
            text,
        }));
        seat.sees("build.log has come").sees_no("late");
        let text = Err(Shown::fixed("Not read: no connection"));
        seat.input(Input::Message(Msg::FileRead { title, text }))
            .sees("Not read: no connection");
    }

    #[test]
    fn without_a_connection_nothing_is_asked_for_and_what_a_terminal_lost_is_asked_again() {
        let mut seat = seat();
        asked(&mut seat);
        seat.lose().input(Input::Resumed);
        assert_eq!(asked(&mut seat), []);
        seat.resume();
        assert_eq!(asked(&mut seat), [id(1)]);
    }
}
