//! What is being written, for each conversation: the composer, what the author had on the screen when writing began, and which drafts the
//! disk does not have yet. It refuses to know whether a text may be sent.

use std::{collections::HashMap, time::Duration};

use minicom_protocol::{command::SeenLines, ids::ConversationId};
use minicom_tui_kit::Composer;

/// A draft is on disk at the latest this long after a key.
pub const SAVE_AFTER: Duration = Duration::from_millis(500);

/// What is being written in one conversation.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// The text and its cursor.
    pub composer: Composer,
    /// What was on the screen when the first character was written.
    begun: Option<SeenLines>,
    /// The text was held because its author had missed something, and has been shown it.
    pub anyway: bool,
    /// The disk has another text.
    unsaved: bool,
}

/// What is being written everywhere.
#[derive(Debug, Clone, Default)]
pub struct Writing {
    all: HashMap<ConversationId, Written>,
    save_at: Option<Duration>,
    size: Option<(u16, u16)>,
}

impl Writing {
    /// What is being written in a conversation.
    pub fn of(&mut self, conversation: ConversationId) -> &mut Written {
        let size = self.size;
        self.all.entry(conversation).or_insert_with(|| {
            let mut written = Written::default();
            if let Some((columns, rows)) = size {
                written.composer.set_size(columns, rows);
            }
            written
        })
    }

    /// The same, to look at.
    pub fn get(&self, conversation: ConversationId) -> Option<&Written> {
        self.all.get(&conversation)
    }

    /// Whether something is written there.
    pub fn has_draft(&self, conversation: ConversationId) -> bool {
        self.get(conversation)
            .is_some_and(|written| !written.composer.is_empty())
    }

    /// Tells the columns to write in and the most rows.
    pub fn set_size(&mut self, columns: u16, rows: u16) {
        if self.size != Some((columns, rows)) {
            self.size = Some((columns, rows));
            for written in self.all.values_mut() {
                written.composer.set_size(columns, rows);
            }
        }
    }

    /// The text has changed: the disk is told soon.
    pub fn changed(&mut self, conversation: ConversationId, now: Duration) {
        let written = self.of(conversation);
        written.unsaved = true;
        if written.composer.is_empty() {
            (written.begun, written.anyway) = (None, false);
        }
        self.save_at.get_or_insert(now + SAVE_AFTER);
    }

    /// What the author has on the screen. It counts until writing begins.
    pub fn sees(&mut self, conversation: ConversationId, shown: SeenLines) {
        let written = self.of(conversation);
        if written.composer.is_empty() || written.begun.is_none() {
            written.begun = Some(shown);
        }
    }

    /// The text was held because its author had missed something: the author is shown it, and what is on the screen next counts.
    pub fn held(&mut self, conversation: ConversationId) {
        let written = self.of(conversation);
        (written.begun, written.anyway) = (None, true);
    }

    /// What the author had on the screen when writing began.
    pub fn begun(&self, conversation: ConversationId) -> Option<SeenLines> {
        self.get(conversation)?.begun
    }

    /// Takes the text for sending.
    pub fn take(&mut self, conversation: ConversationId, now: Duration) -> String {
        let text = self.of(conversation).composer.take();
        self.changed(conversation, now);
        text
    }

    /// Puts a text that was not sent back. False if something else is being written by now.
    pub fn put_back(&mut self, conversation: ConversationId, text: &str, now: Duration) -> bool {
        let written = self.of(conversation);
        let free = written.composer.is_empty();
        if free {
            written.composer.set_text(text);
            self.changed(conversation, now);
        }
        free
    }

    /// A draft comes from the disk. What was typed before it came stands behind it.
    pub fn loaded(&mut self, conversation: ConversationId, draft: &str, now: Duration) {
        let written = self.of(conversation);
        let typed = written.composer.text();
        written.composer.set_text(&format!("{draft}{typed}"));
        // The author has not seen this thread since writing it; what is on the screen next counts.
        written.begun = None;
        if !typed.is_empty() {
            self.changed(conversation, now);
        }
    }

    /// When drafts are to be saved.
    pub fn save_at(&self) -> Option<Duration> {
        self.save_at
    }

    /// The drafts that the disk does not have yet; it is told now.
    pub fn take_unsaved(&mut self) -> Vec<(ConversationId, String)> {
        self.save_at = None;
        let unsaved = self.all.iter_mut().filter(|(_, written)| written.unsaved);
        let mut drafts: Vec<(ConversationId, String)> = unsaved
            .map(|(conversation, written)| {
                written.unsaved = false;
                (*conversation, written.composer.text())
            })
            .collect();
        drafts.sort();
        drafts
    }

    /// Forgets what is empty and about something that is not known any more.
    pub fn forget(&mut self, known: impl Fn(ConversationId) -> bool) {
        self.all
            .retain(|conversation, written| known(*conversation) || written.unsaved || !written.composer.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minicom_protocol::ids::LineNo;

    const HERE: Duration = Duration::from_secs(9);

    fn conversation() -> ConversationId {
        ConversationId::from_bytes([1; 16])
    }

    fn lines(desk: u64) -> SeenLines {
        SeenLines {
            customer: LineNo(0),
            desk: LineNo(desk),
        }
    }

    fn write(writing: &mut Writing, text: &str) {
        let _ = writing.of(conversation()).composer.insert(text);
        writing.changed(conversation(), HERE);
    }

    #[test]
    fn what_was_on_the_screen_counts_until_writing_begins() {
        let mut writing = Writing::default();
        writing.sees(conversation(), lines(1));
        writing.sees(conversation(), lines(2));
        write(&mut writing, "hello");
        writing.sees(conversation(), lines(3));
        assert_eq!(writing.begun(conversation()), Some(lines(2)));
        writing.held(conversation());
        writing.sees(conversation(), lines(3));
        assert_eq!(writing.begun(conversation()), Some(lines(3)));
        assert!(writing.of(conversation()).anyway);
        writing.take(conversation(), HERE);
        writing.sees(conversation(), lines(4));
        assert_eq!(writing.begun(conversation()), Some(lines(4)));
        assert!(!writing.of(conversation()).anyway, "the next text is another one");
    }

    #[test]
    fn a_draft_of_another_day_counts_from_when_it_is_looked_at() {
        let mut writing = Writing::default();
        writing.sees(conversation(), lines(1));
        writing.loaded(conversation(), "old draft", HERE);
        writing.sees(conversation(), lines(7));
        writing.sees(conversation(), lines(8));
        assert_eq!(writing.begun(conversation()), Some(lines(7)));
        assert_eq!(writing.take_unsaved(), [], "the disk has it");
    }

    #[test]
    fn what_was_typed_before_the_draft_came_is_kept() {
        let mut writing = Writing::default();
        write(&mut writing, "typed");
        writing.loaded(conversation(), "draft, ", HERE);
        assert_eq!(writing.of(conversation()).composer.text(), "draft, typed");
    }

    #[test]
    fn the_disk_is_told_once_and_of_what_is_gone_too() {
        let mut writing = Writing::default();
        write(&mut writing, "a");
        assert_eq!(writing.save_at(), Some(HERE + SAVE_AFTER));
        assert_eq!(writing.take_unsaved(), [(conversation(), "a".to_owned())]);
        assert_eq!((writing.take_unsaved(), writing.save_at()), (vec![], None));
        writing.take(conversation(), HERE);
        assert_eq!(writing.take_unsaved(), [(conversation(), String::new())]);
    }

    #[test]
    fn a_text_that_was_not_sent_comes_back_unless_another_is_being_written() {
        let mut writing = Writing::default();
        assert!(writing.put_back(conversation(), "mine", HERE));
        assert!(!writing.put_back(conversation(), "other", HERE));
        assert_eq!(writing.of(conversation()).composer.text(), "mine");
    }
}
