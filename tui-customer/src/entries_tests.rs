//! Words of what happened, marks, and what strangers' texts become.

use minicom_protocol::{
    customer_event::{Closed, HumanRequested, Joined, Posted, Rated, Requeued, Ticketed},
    event::{CardPart, CardTag, Part, Seen},
    ids::{ConversationId, Mark, Seq, TicketNo},
    line::{LineRef, LineState},
    text::{DisplayName, MessageText},
    words::{SubjectLine, Tag},
};

use super::*;

const AT: i64 = 1_763_647_320_000_000; // 14:02

fn event(body: CustomerBody) -> CustomerEvent {
    CustomerEvent {
        seq: Seq(7),
        mark: Mark(1),
        time: Time(AT),
        conversation: ConversationId::from_bytes([1; 16]),
        command: None,
        body,
    }
}

fn posted(author: Author, text: &str) -> Posted {
    Posted {
        author,
        line: LineNo(3),
        parts: vec![Part::of_text(MessageText::parse(text).unwrap())],
        quote: None,
        state: LineState::Original,
    }
}

fn line(author: Author, text: &str) -> CustomerBody {
    CustomerBody::Posted(posted(author, text))
}

fn card(title: &str, excerpt: &str) -> Part {
    Part::Card(CardPart {
        kind: CardTag::Card,
        slug: Tag::parse("refunds").unwrap(),
        title: SubjectLine::parse(title).unwrap(),
        excerpt: excerpt.to_owned(),
        fallback: title.to_owned(),
    })
}

fn entry(body: CustomerBody) -> Entry {
    of_event(&event(body), &Reads::default(), &Zone::utc(), "·").unwrap()
}

#[track_caller]
fn check(body: CustomerBody, expected: &str) {
    let entry = entry(body);
    let name = match &entry.kind {
        Kind::Line { name, .. } => format!("{name}: "),
        Kind::System => String::new(),
    };
    assert_eq!(format!("{name}{}", entry.text), expected);
}

#[test]
fn words_of_what_happened() {
    let ada = DisplayName::parse("Ada").unwrap();
    check(line(Author::Customer, "hi"), "you: hi");
    check(line(Author::Bot, "hello"), "bot: hello");
    check(line(Author::System, "closed now"), "support: closed now");
    let agent = Author::Agent { name: ada.clone() };
    check(line(agent, "a\u{1b}[2Jb"), "Ada: a␛[2Jb");
    check(CustomerBody::Joined(Joined { name: ada }), "Ada joined · 14:02");
    check(
        CustomerBody::HumanRequested(HumanRequested {}),
        "A person has been asked for.",
    );
    let closed = |by| CustomerBody::Closed(Closed { by, ask_rating: true });
    check(closed(Closer::Agent), "This chat has ended · 14:02");
    check(closed(Closer::Customer), "You ended this chat · 14:02");
    check(
        CustomerBody::Requeued(Requeued {}),
        "You are back in the queue; your place is kept.",
    );
    let ticket = TicketNo(7);
    check(
        CustomerBody::Ticketed(Ticketed { ticket }),
        "This is now ticket 7 · 14:02",
    );
    let rated = |score| CustomerBody::Rated(Rated { score });
    check(rated(Some(4)), "You rated this chat 4 of 5. Thank you · 14:02");
    check(rated(None), "You did not rate this chat · 14:02");
}

#[test]
fn marks_tell_how_far_the_desk_has_read() {
    let mut reads = Reads::default();
    let seen = |up_to, side| {
        CustomerBody::Seen(Seen {
            side,
            up_to: LineNo(up_to),
        })
    };
    assert_eq!(reads.mark(LineNo(1)), DeliveryMark::Stored);
    assert!(!reads.note(&event(seen(9, Side::Customer))));
    assert!(reads.note(&event(seen(3, Side::Desk))));
    assert_eq!(reads.mark(LineNo(3)), DeliveryMark::Read(AT));
    assert_eq!(reads.mark(LineNo(4)), DeliveryMark::Stored);
    assert!(reads.delivered(LineNo(5)) && !reads.delivered(LineNo(4)));
    assert_eq!(reads.mark(LineNo(4)), DeliveryMark::Shown);
}

#[test]
fn of_a_long_reason_the_keys_are_kept() {
    let DeliveryMark::Failed(words) = failed(&"long ".repeat(30), 40, "  ^R retry") else {
        panic!("not failed");
    };
    assert!(words.as_str().ends_with("  ^R retry"), "{words}");
    assert!(words.as_str().chars().count() <= 41, "{words}");
    assert_eq!(written(30 * 3_600_000_000), "written 30 hours ago");
    assert_eq!(written(49 * 3_600_000_000), "written 2 days ago");
}

#[test]
fn a_line_stands_with_what_it_answers_what_became_of_it_and_its_articles() {
    let ada = Author::Agent {
        name: DisplayName::parse("Ada").unwrap(),
    };
    let mut it = posted(ada, "read this");
    let line = LineRef {
        side: Side::Customer,
        line: LineNo(1),
    };
    it.quote = Some(Quote {
        line,
        excerpt: "how long?".into(),
    });
    it.parts.push(card("Refunds", "Five days."));
    it.state = LineState::Edited;
    let told = entry(CustomerBody::Posted(it.clone()));
    assert_eq!(told.text.as_str(), "read this");
    assert_eq!(told.extras.quote, Some(Shown::fixed("you: how long?")));
    assert_eq!(told.extras.state, LineState::Edited);
    let shown = |words| Shown::fixed(words);
    let refunds = Card {
        title: shown("Refunds"),
        excerpt: shown("/read refunds reads it · Five days."),
    };
    assert_eq!(told.extras.cards, [refunds]);
    assert_eq!(
        article_line(&it.parts[1]),
        Some(shown("article: Refunds (/read refunds reads it)"))
    );
    assert_eq!(article_line(&it.parts[0]), None);

    // What the line says is not said again under it.
    let answer = Posted {
        parts: vec![
            Part::of_text(MessageText::parse("This may be it:\nFive  days.").unwrap()),
            card("Refunds", "Five days."),
        ],
        ..it.clone()
    };
    let told = entry(CustomerBody::Posted(answer));
    assert_eq!(told.extras.cards[0].excerpt, shown("/read refunds reads it"));

    let alone = Posted {
        parts: vec![card("Refunds", "")],
        ..it.clone()
    };
    assert_eq!(text(&alone).as_str(), "An article:");
    for (state, words) in [
        (LineState::Withdrawn, "(taken back)"),
        (LineState::Blanked, "(blanked out)"),
    ] {
        let gone = Posted { state, ..it.clone() };
        let told = entry(CustomerBody::Posted(gone));
        assert_eq!(told.text.as_str(), words);
        assert_eq!(
            (told.extras.quote, told.extras.cards),
            (None, vec![]),
            "nothing is left"
        );
    }
}

#[test]
fn words_of_what_is_on_its_way() {
    #[track_caller]
    fn check(command: CustomerCommand, expected: Option<&str>) {
        let text = command_text(&command).map(|text| text.to_string());
        assert_eq!(text.as_deref(), expected);
        assert_eq!(is_written(&command), expected.is_some());
    }
    let introduction = |name: Option<&str>, email: Option<&str>| CustomerCommand::Introduce {
        introduction: minicom_protocol::intake::Introduction {
            name: name.map(|it| SubjectLine::parse(it).unwrap()),
            email: email.map(|it| minicom_protocol::words::Email::parse(it).unwrap()),
        },
    };
    let rate = |score, comment: Option<&str>| CustomerCommand::Rate {
        score,
        comment: comment.map(str::to_owned),
    };
    let line = LineNo(1);
    check(CustomerCommand::post("hi"), Some("hi"));
    let text = "b".to_owned();
    check(CustomerCommand::EditLine { line, text }, Some("/edit b"));
    check(CustomerCommand::WithdrawLine { line }, Some("/undo"));
    check(introduction(Some("Carol"), None), Some("/name Carol"));
    check(introduction(Some("Carol"), Some("c@d")), Some("/name Carol /email c@d"));
    check(rate(Some(4), Some("quick")), Some("/rate 4 quick"));
    check(rate(None, None), Some("/rate 0"));
    let start = CustomerCommand::Start {
        intake: Default::default(),
        introduction: Default::default(),
        answers: vec![],
    };
    check(start, None);
    let done = |command| done_words(&command).map(|words| words.to_string());
    assert_eq!(
        done(introduction(None, Some("c@d"))).as_deref(),
        Some("You can be answered at c@d now.")
    );
    assert_eq!(done(CustomerCommand::Close {}), None);
}

/// Nothing of what strangers write does anything but look odd: names, lines, quotes, articles.
#[test]
fn hostile_texts_only_look_odd() {
    let marks = format!("e{}", "\u{301}".repeat(10_000));
    for (raw, shown) in [
        ("\u{1b}]0;owned\u{7}", "␛]0;owned␇"),
        ("{{agent_name}} {{?order}}", "{{agent_name}} {{?order}}"),
        ("\u{202e}desrever", "desrever"),
        (marks.as_str(), "…"),
    ] {
        // A line has its bound; what stands with it came another way.
        let text = &raw[..raw.floor_char_boundary(16_384)];
        let mut it = posted(Author::Customer, text);
        it.quote = Some(Quote {
            line: LineRef {
                side: Side::Desk,
                line: LineNo(1),
            },
            excerpt: raw.to_owned(),
        });
        // A title with a control character is refused at the door already.
        let title = raw.replace(char::is_control, "");
        // With a word before it that the line has not: what the line says is not said again.
        let excerpt = format!("so: {raw}");
        it.parts
            .push(card(&title.chars().take(200).collect::<String>(), &excerpt));
        let told = entry(CustomerBody::Posted(it));
        let card = &told.extras.cards[0];
        for text in [
            &told.text,
            told.extras.quote.as_ref().unwrap(),
            &card.title,
            &card.excerpt,
        ] {
            let text = text.as_str();
            assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
            assert!(text.len() < 200, "{} bytes", text.len());
            let odd = shown.chars().filter(|c| !c.is_control() && !"␛␇".contains(*c));
            assert!(odd.clone().all(|c| text.contains(c)), "{text:?} of {shown:?}");
        }
    }
}
