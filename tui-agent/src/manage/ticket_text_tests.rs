use minicom_protocol::{
    event::{Author, EventBody, Noted, Part, Posted, Rated, Subject, TakenOver},
    ids::{AgentId, ConversationId, CustomerId, LineNo, Mark, Rev, TicketNo},
    line::LineState,
    people::{AgentRef, CustomerRef, Realm},
    text::{CustomerName, DisplayName, MessageText},
    ticket::TicketStatus,
    words::SubjectLine,
};

use super::*;

const START: i64 = 1_763_647_320_000_000; // 2025-11-20 14:02 UTC

fn ada() -> AgentRef {
    AgentRef {
        id: AgentId::from_bytes([1; 16]),
        name: DisplayName::parse("Ada *L*").unwrap(),
    }
}

fn ticket(comments: u32) -> Ticket {
    Ticket {
        number: TicketNo(7),
        title: SubjectLine::parse("<b>Late</b> parcel").unwrap(),
        status: TicketStatus::Pending,
        assignee: None,
        conversation: ConversationId::from_bytes([3; 16]),
        customer: CustomerRef {
            id: CustomerId::from_bytes([2; 16]),
            name: CustomerName::parse("alice").unwrap(),
            realm: Realm::Named,
        },
        opened_by: ada(),
        opened_at: Time(START),
        updated_at: Time(START + 60_000_000),
        comments,
    }
}

fn event(n: u64, conversation: u8, body: EventBody) -> Event {
    Event {
        rev: Rev(n),
        seq: None,
        mark: Mark(n),
        time: Time(START + i64::try_from(n).unwrap() * 60_000_000),
        subject: Subject::Conversation {
            customer: CustomerId::from_bytes([2; 16]),
            conversation: ConversationId::from_bytes([conversation; 16]),
        },
        command: None,
        body,
    }
}

fn line(author: Author, text: &str, state: LineState) -> EventBody {
    let parts = match state.words() {
        Some(_) => vec![],
        None => vec![Part::of_text(MessageText::parse(text).unwrap())],
    };
    EventBody::Posted(Posted {
        author,
        line: LineNo(1),
        parts,
        quote: None,
        notice: None,
        state,
    })
}

#[test]
fn a_ticket_is_markdown_in_which_strangers_words_are_words() {
    let comments = [TicketComment {
        by: ada(),
        at: Time(START),
        text: "Called them.\n# They will \u{1b}[2Jcall back".to_owned(),
    }];
    let expected = "\
# Ticket 7: \\<b\\>Late\\</b\\> parcel

- Status: pending
- Assigned to: nobody
- Customer: alice
- Opened: 2025-11-20 14:02 by Ada \\*L\\*
- Changed: 2025-11-20 14:03

## Comments

4 older ones are not shown.

2025-11-20 14:02 **Ada \\*L\\***

    Called them.
    # They will ␛[2Jcall back
";
    assert_eq!(header(&ticket(5), &comments, &Zone::utc()), expected);
}

#[test]
fn a_transcript_has_the_conversation_and_nothing_else() {
    let agent = Author::Agent { agent: ada() };
    let events = [
        event(1, 9, line(Author::Customer, "an earlier one", LineState::Original)),
        event(2, 3, line(Author::Customer, "Hello\n</b>**bold**", LineState::Original)),
        event(
            3,
            3,
            EventBody::TakenOver(TakenOver {
                agent: ada(),
                by: None,
                routed: false,
            }),
        ),
        event(4, 3, line(agent.clone(), "Hi", LineState::Edited)),
        event(5, 3, line(agent, "", LineState::Blanked)),
        event(
            6,
            3,
            EventBody::Noted(Noted {
                agent: ada(),
                text: MessageText::parse("he is cross").unwrap(),
                mentions: vec![],
                handover: false,
            }),
        ),
        event(
            7,
            3,
            EventBody::Rated(Rated {
                score: Some(4),
                comment: Some(MessageText::parse("fine").unwrap()),
            }),
        ),
    ];
    let expected = "
## Conversation

2025-11-20 14:04 **alice**

    Hello
    </b>**bold**

2025-11-20 14:05 *Ada \\*L\\* took over*

2025-11-20 14:06 **Ada \\*L\\*** (edited)

    Hi

2025-11-20 14:07 **Ada \\*L\\***

    (blanked out)

2025-11-20 14:09 *the customer rated it 4 of 5*

    fine
";
    assert_eq!(transcript(&ticket(0), &events, false, &Zone::utc()), expected);
    let with_notes = transcript(&ticket(0), &events, true, &Zone::utc());
    assert!(
        with_notes.contains("**Ada \\*L\\*** (note: only agents see this)\n\n    he is cross\n"),
        "{with_notes}"
    );
}
