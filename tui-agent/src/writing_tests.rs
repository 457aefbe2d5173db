//! What is written, and what the disk is told of it.

use minicom_protocol::{
    command::ReplyUse,
    ids::{LineNo, ReplyId},
};

use super::*;

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

fn draft(kind: Kind, text: &str) -> Draft {
    Draft {
        conversation: conversation(),
        kind,
        text: text.to_owned(),
    }
}

fn write(writing: &mut Writing, text: &str) {
    let _ = writing.of(conversation()).current_mut().insert(text);
    writing.changed(conversation(), HERE);
}

fn saved() -> With {
    With {
        reply: Some(ReplyUse {
            id: ReplyId::from_bytes([7; 16]),
            answers: [("order".to_owned(), "48213".to_owned())].into(),
        }),
        ..With::default()
    }
}

/// A saved reply is in the composer.
fn with_saved_reply(text: &str) -> Writing {
    let mut writing = Writing::default();
    writing.of(conversation()).with = saved();
    write(&mut writing, text);
    writing
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
    writing.take(conversation(), None, HERE);
    writing.sees(conversation(), lines(4));
    assert_eq!(writing.begun(conversation()), Some(lines(4)));
    assert!(!writing.of(conversation()).anyway, "the next text is another one");
}

#[test]
fn a_draft_of_another_day_counts_from_when_it_is_looked_at() {
    let mut writing = Writing::default();
    writing.sees(conversation(), lines(1));
    writing.loaded(&draft(Kind::Reply, "old draft"), HERE);
    writing.sees(conversation(), lines(7));
    writing.sees(conversation(), lines(8));
    assert_eq!(writing.begun(conversation()), Some(lines(7)));
    assert_eq!(writing.take_unsaved(), [], "the disk has it");
}

#[test]
fn what_was_typed_before_the_draft_came_is_kept() {
    let mut writing = Writing::default();
    write(&mut writing, "typed");
    writing.loaded(&draft(Kind::Reply, "draft, "), HERE);
    assert_eq!(writing.of(conversation()).composer.text(), "draft, typed");
}

#[test]
fn the_disk_is_told_once_and_of_what_is_gone_too() {
    let mut writing = Writing::default();
    write(&mut writing, "a");
    assert_eq!(writing.save_at(), Some(HERE + SAVE_AFTER));
    assert_eq!(writing.take_unsaved(), [draft(Kind::Reply, "a")]);
    assert_eq!((writing.take_unsaved(), writing.save_at()), (vec![], None));
    writing.take(conversation(), None, HERE);
    assert_eq!(writing.take_unsaved(), [draft(Kind::Reply, "")]);
}

#[test]
fn a_text_that_was_not_sent_comes_back_unless_another_is_being_written() {
    let mut writing = Writing::default();
    assert!(writing.put_back(conversation(), "mine", &saved(), HERE));
    assert!(!writing.put_back(conversation(), "other", &With::default(), HERE));
    assert_eq!(writing.of(conversation()).composer.text(), "mine");
    assert_eq!(writing.of(conversation()).with, saved());
}

#[test]
fn note_and_reply_are_kept_apart_and_a_note_is_not_heard_of() {
    let mut writing = Writing::default();
    write(&mut writing, "to carol");
    assert!(writing.is_replying(conversation()));
    writing.of(conversation()).set_mode(Mode::Note);
    assert!(!writing.is_replying(conversation()));
    write(&mut writing, "about carol");
    assert_eq!(
        writing.take_unsaved(),
        [draft(Kind::Reply, "to carol"), draft(Kind::Note, "about carol")]
    );
    assert_eq!(writing.take_note(conversation(), HERE), "about carol");
    assert_eq!(writing.mode(conversation()), Mode::Reply, "each note is asked for");
    assert_eq!(writing.of(conversation()).current().text(), "to carol");
    writing.loaded(&draft(Kind::Note, "from yesterday"), HERE);
    assert_eq!(writing.of(conversation()).composer.text(), "to carol");
    assert!(!writing.put_note_back(conversation(), "refused", HERE));
}

#[test]
fn a_note_that_was_not_begun_is_left_behind() {
    let mut writing = Writing::default();
    writing.of(conversation()).set_mode(Mode::Note);
    writing.leave(conversation());
    assert_eq!(writing.mode(conversation()), Mode::Reply);
    writing.of(conversation()).set_mode(Mode::Note);
    write(&mut writing, "begun");
    writing.leave(conversation());
    assert_eq!(writing.mode(conversation()), Mode::Note);
}

#[test]
fn without_a_text_there_is_no_saved_reply_and_undo_brings_both_back() {
    let mut writing = with_saved_reply("Hi {{customer_name}}");
    writing.take_unsaved();
    let press = |writing: &mut Writing, name: &str| {
        let key = name.parse().unwrap();
        let _ = writing.of(conversation()).composer.key(key);
        writing.changed(conversation(), HERE);
    };
    press(&mut writing, "ctrl-u");
    assert!(writing.of(conversation()).with.is_empty());
    assert_eq!(writing.take_unsaved(), [draft(Kind::With, ""), draft(Kind::Reply, "")]);
    write(&mut writing, "another text");
    assert!(
        writing.of(conversation()).with.is_empty(),
        "what is typed now is no saved reply"
    );
    press(&mut writing, "ctrl-_");
    press(&mut writing, "ctrl-_");
    assert_eq!(writing.of(conversation()).composer.text(), "Hi {{customer_name}}");
    assert_eq!(
        writing.of(conversation()).with,
        saved(),
        "holes are not sent as they stand"
    );
}

#[test]
fn a_saved_reply_survives_the_program() {
    let mut writing = with_saved_reply("Hi {{customer_name}}");
    writing.with_changed(conversation(), HERE);
    let kept = writing.take_unsaved();
    assert_eq!(
        kept.iter().map(|it| it.kind).collect::<Vec<_>>(),
        [Kind::With, Kind::Reply]
    );
    let mut again = Writing::default();
    kept.iter().for_each(|draft| again.loaded(draft, HERE));
    assert_eq!(again.of(conversation()).with, saved());
    assert_eq!(again.of(conversation()).composer.text(), "Hi {{customer_name}}");
    let mut strange = Writing::default();
    strange.loaded(&draft(Kind::With, "{\"quote\": 7}"), HERE);
    assert!(strange.of(conversation()).with.is_empty());
}

#[test]
fn what_is_brought_back_later_has_no_holes() {
    let mut writing = with_saved_reply("Hi {{customer_name}}");
    let (text, with) = writing.take(conversation(), Some("Hi carol"), HERE);
    assert_eq!((text.as_str(), with), ("Hi {{customer_name}}", saved()));
    let _ = writing.of(conversation()).composer.key("up".parse().unwrap());
    assert_eq!(writing.of(conversation()).composer.text(), "Hi carol");
}

#[test]
fn a_thread_that_goes_on_takes_all_of_it_along() {
    let next = ConversationId::from_bytes([2; 16]);
    let mut writing = with_saved_reply("to carol");
    writing.of(conversation()).set_mode(Mode::Note);
    write(&mut writing, "about carol");
    writing.move_to(conversation(), next, HERE);
    assert!(!writing.has_draft(conversation()));
    assert_eq!(writing.mode(next), Mode::Note, "a note does not turn into a reply");
    assert_eq!(writing.of(next).composer.text(), "to carol");
    let kept = writing.take_unsaved();
    let texts: Vec<(bool, &str)> = kept
        .iter()
        .map(|it| (it.conversation == next, it.text.as_str()))
        .collect();
    assert!(
        texts.contains(&(true, "about carol")) && texts.contains(&(false, "")),
        "{texts:?}"
    );
}

#[test]
fn line_ends_behind_a_text_are_not_sent() {
    let mut writing = Writing::default();
    write(&mut writing, "  one\ntwo\n\n ");
    let (text, _) = writing.take(conversation(), None, HERE);
    assert_eq!(text, "  one\ntwo");
    writing.of(conversation()).set_mode(Mode::Note);
    write(&mut writing, "a note\n");
    assert_eq!(writing.take_note(conversation(), HERE), "a note");
}
