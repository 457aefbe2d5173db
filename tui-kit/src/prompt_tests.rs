//! Asking, going back, and answers that do not do.

use insta::assert_snapshot;

use super::*;
use crate::testing::{keys, plain, styled};

fn number(text: &str) -> Result<(), Shown> {
    match text.parse::<u32>() {
        Ok(_) => Ok(()),
        Err(_) => Err(Shown::line(&format!("{text:?} is no number"))),
    }
}

/// The questions of a saved reply.
fn prompt() -> Prompt {
    let questions = vec![
        Question::new(Shown::fixed("order_id")).check(number),
        Question::new(Shown::fixed("carrier")).default("DHL"),
        Question::new(Shown::fixed("note")).optional(),
    ];
    Prompt::new(Shown::fixed("Saved reply: late"), questions).expect("there are questions")
}

fn press(prompt: &mut Prompt, typed: &str) -> Asked {
    keys(typed).into_iter().fold(Asked::No, |_, key| prompt.key(key))
}

fn drawn(prompt: &Prompt, columns: u16, theme: Theme) -> (Buffer, Position) {
    let area = Rect::new(0, 0, columns, PROMPT_ROWS);
    let mut buffer = Buffer::empty(area);
    let cursor = prompt.view(area, &mut buffer, &theme);
    (buffer, cursor)
}

#[test]
fn answers_come_together_in_order() {
    let mut prompt = prompt();
    assert_eq!(press(&mut prompt, "48213<enter><enter>"), Asked::Changed);
    assert_eq!(prompt.at(), 2);
    assert_eq!(
        press(&mut prompt, "<enter>"),
        Asked::Done(vec!["48213".into(), "DHL".into(), String::new()])
    );
}

#[test]
fn what_enter_does_is_told_in_one_word_everywhere() {
    let question = Question::new(Shown::fixed("words")).empty("Enter shows all");
    let mut prompt = Prompt::ask(Shown::fixed("Which"), question).verb("Enter shows them");
    let words = |prompt: &Prompt| plain(&drawn(prompt, 80, Theme::ansi()).0);
    assert_eq!(prompt.enter(), "Enter shows all");
    assert_eq!(
        words(&prompt).matches("Enter shows all").count(),
        2,
        "{}",
        words(&prompt)
    );
    assert!(!words(&prompt).contains("shows them"), "{}", words(&prompt));
    assert_eq!(press(&mut prompt, "x"), Asked::Changed);
    assert_eq!(prompt.enter(), "Enter shows them");
    assert!(
        words(&prompt).contains("Enter shows them · Esc cancels"),
        "{}",
        words(&prompt)
    );
    // Only what has another question behind it is skipped; the last one is done without.
    let optional = |label| Question::new(Shown::fixed(label)).optional();
    let mut prompt = Prompt::new(Shown::fixed("Two"), vec![optional("one"), optional("two")])
        .unwrap()
        .verb("Enter sends");
    assert_eq!(
        (prompt.enter(), words(&prompt).matches("Enter skips").count()),
        ("Enter skips", 2)
    );
    let _ = press(&mut prompt, "<enter>");
    assert_eq!(
        (prompt.enter(), words(&prompt).matches("Enter sends").count()),
        ("Enter sends", 2)
    );
}

#[test]
fn a_question_has_no_second_sign_at_its_end() {
    for (label, shown) in [("Is it urgent?", " Is it urgent? yes"), ("carrier", " carrier: yes")] {
        let mut prompt = Prompt::ask(Shown::fixed("First"), Question::new(Shown::fixed(label)));
        let _ = press(&mut prompt, "yes");
        assert_eq!(plain(&drawn(&prompt, 60, Theme::ansi()).0).lines().nth(1), Some(shown));
    }
}

#[test]
fn an_answer_that_does_not_do_is_told_and_stays() {
    let mut prompt = prompt();
    assert_eq!(press(&mut prompt, " <enter>"), Asked::Changed);
    assert_eq!(prompt.wrong(), Some(&Shown::fixed("order_id is needed")));
    assert_eq!(press(&mut prompt, "x<enter>"), Asked::Changed);
    assert_eq!(prompt.wrong(), Some(&Shown::fixed("\"x\" is no number")));
    let (buffer, cursor) = drawn(&prompt, 40, Theme::ansi());
    assert_eq!(
        plain(&buffer),
        "── \"x\" is no number ───── Esc cancels ──\n order_id:  x\n"
    );
    assert_eq!((cursor.x, cursor.y), (13, 1));
    assert_eq!(press(&mut prompt, "<backspace>"), Asked::Changed);
    assert_eq!(prompt.wrong(), None);
    assert_eq!(press(&mut prompt, "7<tab>"), Asked::Changed);
    assert_eq!(prompt.at(), 1);
}

#[test]
fn one_can_go_back_and_nothing_is_lost() {
    let mut prompt = prompt();
    let _ = press(&mut prompt, "1<enter>UPS<up>");
    assert_eq!(prompt.at(), 0);
    let _ = press(&mut prompt, "2<enter><enter>by hand");
    assert_eq!(
        press(&mut prompt, "<enter>"),
        Asked::Done(vec!["12".into(), "UPS".into(), "by hand".into()])
    );
    prompt.refuse(Shown::fixed("the server has no such order"));
    assert!(plain(&drawn(&prompt, 80, Theme::ansi()).0).contains("no such order"));
    assert_eq!(press(&mut prompt, "<esc>"), Asked::Cancelled);
}

#[test]
fn what_is_wrong_is_told_whole_where_the_rule_has_no_room_for_it() {
    let wrong = "stage: `done` is none of bot, waiting, active, snoozed, closed";
    let question = Question::new(Shown::fixed("priority: skill: tag: stage: owner: or words; empty: all"));
    let mut prompt = Prompt::ask(Shown::fixed("Which"), question);
    let told = |prompt: &Prompt, columns, rows: u16| {
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        prompt.view(buffer.area, &mut buffer, &Theme::ansi());
        plain(&buffer)
            .lines()
            .map(|row| row.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let before = prompt.rows(40);
    prompt.refuse(Shown::fixed(wrong));
    for columns in [30, 40, 54] {
        let rows = prompt.rows(columns);
        let whole = told(&prompt, columns, rows).join(" ");
        assert!(
            whole.contains(wrong) && whole.contains("empty: all"),
            "{columns}: {whole}"
        );
    }
    assert_eq!(prompt.rows(40), before + 2);
    assert!(told(&prompt, 80, prompt.rows(80))[0].contains(wrong));
    // Where there is no room for both, what is wrong stands before what was asked, and a sign where something is left out.
    let both = told(&prompt, 40, 5);
    assert!(
        both[1].starts_with("stage: `done`") && both[3].ends_with('›'),
        "{both:?}"
    );
    assert!(told(&prompt, 40, 3)[1].ends_with('›'));
    assert!(told(&prompt, 40, 2)[0].contains("stage: `done`"));
    let _ = press(&mut prompt, "x");
    assert_eq!(prompt.rows(40), before);
}

#[test]
fn other_keys_are_the_programs_and_pastes_are_one_line() {
    let mut prompt = Prompt::ask(
        Shown::fixed("Subject"),
        Question::new(Shown::default()).starting_with("Late parcel"),
    );
    for name in ["<f1>", "<ctrl-c>", "<ctrl-n>", "<pgup>"] {
        assert_eq!(press(&mut prompt, name), Asked::No, "{name}");
    }
    assert_eq!(prompt.paste("\nof carol\u{202e}\n"), Asked::Changed);
    assert_eq!(
        press(&mut prompt, "<enter>"),
        Asked::Done(vec!["Late parcel of carol".into()])
    );
    assert!(Prompt::new(Shown::fixed("none"), vec![]).is_none());
}

#[test]
fn how_it_looks() {
    let ascii = Theme {
        ascii: true,
        ..Theme::mono()
    };
    let mut screens = String::new();
    for (columns, theme) in [(80, Theme::ansi()), (40, Theme::mono()), (40, ascii)] {
        let mut prompt = prompt();
        screens.push_str(&styled(&drawn(&prompt, columns, theme).0));
        let _ = press(&mut prompt, "48213<enter>");
        screens.push_str(&plain(&drawn(&prompt, columns, theme).0));
        let _ = press(
            &mut prompt,
            "<enter>a note that is much longer than the half of a narrow row",
        );
        screens.push_str(&plain(&drawn(&prompt, columns, theme).0));
        screens.push_str("=====\n");
    }
    let hostile =
        Question::new(Shown::line("{{x}}\u{1b}[2J\u{202e}日本語 that goes on and on")).default("\u{1b}]0;x\u{7}y");
    let (buffer, cursor) = drawn(&Prompt::ask(Shown::line("\u{202e}t"), hostile), 40, Theme::ansi());
    screens.push_str(&format!("{}cursor {cursor}\n", plain(&buffer)));
    assert_snapshot!(screens);
}

#[test]
fn it_fits_any_area() {
    for width in 0..30 {
        for height in 0..3 {
            let whole = Rect::new(0, 0, 34, 5);
            let area = Rect::new(1, 1, width, height);
            let mut buffer = Buffer::empty(whole);
            let cursor = prompt().view(area, &mut buffer, &Theme::ansi());
            assert!(area.is_empty() || area.contains(cursor), "{area} {cursor}");
        }
    }
}

#[test]
fn a_long_question_stands_above_its_answer() {
    let words = "Which of your orders is it about, and when did you place it?";
    let questions = vec![
        Question::new(Shown::fixed("name")).optional(),
        Question::new(Shown::line(words)).optional(),
    ];
    let mut prompt = Prompt::new(Shown::fixed("Before you are connected"), questions)
        .expect("there are questions")
        .escape("Esc skips all");
    assert_eq!(prompt.rows(60), PROMPT_ROWS);
    assert!(prompt.answered().is_empty());
    assert_eq!(press(&mut prompt, "Carol <enter>4821"), Asked::Changed);
    assert_eq!(
        (prompt.answered(), prompt.written()),
        (vec!["Carol".to_owned()], "4821".to_owned())
    );
    assert_eq!(prompt.rows(44), 4);
    let area = Rect::new(0, 0, 44, 4);
    let mut buffer = Buffer::empty(area);
    let cursor = prompt.view(area, &mut buffer, &Theme::ansi());
    assert_eq!(
        plain(&buffer),
        "── Before you are connected · 2 of 2 ───────\n Which of your orders is it about, and when\n did you place it?\n › 4821\n"
    );
    assert_eq!((cursor.x, cursor.y), (7, 3));
    let area = Rect::new(0, 0, 44, 3);
    let mut buffer = Buffer::empty(area);
    prompt.view(area, &mut buffer, &Theme::ansi());
    let cut = plain(&buffer);
    assert!(
        cut.contains("\n Which of your orders is it about, and when›\n › 4821\n"),
        "{cut}"
    );
    let (buffer, _) = drawn(&prompt, 80, Theme::ansi());
    let drawn = plain(&buffer);
    assert!(drawn.contains("Enter takes it · Esc skips all ──"), "{drawn}");
    assert!(
        drawn.contains(" Which of your orders is it about, an›: 4821"),
        "{drawn}"
    );
    let huge = Prompt::ask(Shown::fixed("x"), Question::new(Shown::line(&"word ".repeat(500))));
    assert_eq!(huge.rows(20), 6);
}

#[test]
fn earlier_answers_come_back_and_what_was_being_written_does_too() {
    let earlier = vec!["jq .".to_owned(), "wc -l".to_owned()];
    let mut prompt = Prompt::ask(Shown::fixed("Command"), Question::new(Shown::fixed("command"))).remembers(earlier);
    let mut shows = |keys: &str, wanted: &str| {
        for key in crate::testing::keys(keys) {
            assert_eq!(prompt.key(key), Asked::Changed);
        }
        assert_eq!(prompt.written(), wanted, "{keys}");
    };
    shows("so", "so");
    shows("<up>", "wc -l");
    shows("<up><up><up>", "jq .");
    shows("<down>", "wc -l");
    shows("<down>", "so");
    shows("<down>", "so");
    shows("<up>x", "wc -lx");
    let asked = prompt.key(crate::testing::key("enter"));
    assert_eq!(asked, Asked::Done(vec!["wc -lx".to_owned()]));
}
