//! Mentions, tickets, saved replies and contexts where pages and events cross: case by case.

use std::time::Instant;

use minicom_protocol::{context::Mention, event::*, frame::*, ids::*, refusal::Refusal, words::Tag};

use super::desk::*;
use crate::{AgentReplica, TicketFilter};

fn fresh(desk: &Desk, state: DeskState, asked: &mut Vec<AgentQuestion>) -> AgentReplica {
    let mut replica = AgentReplica::new();
    let at = desk.journal.len();
    let rows = desk.rows(at).into_values().collect();
    let event = super::desk::fresh(at as u64, rows, false, state);
    *asked = replica.apply(event, Instant::now());
    replica
}

fn happen(replica: &mut AgentReplica, desk: &mut Desk, deed: Deed) -> Vec<AgentQuestion> {
    let from = desk.journal.len();
    desk.write(deed);
    replica.apply_batch(Rev(desk.journal.len() as u64), desk.journal[from..].to_vec())
}

fn told(replica: &mut AgentReplica, question: &AgentQuestion, reply: AgentReply) -> Vec<AgentQuestion> {
    replica.apply_reply(question, Told::Reply(reply))
}

fn unread(replica: &AgentReplica) -> (u64, u64) {
    let desk = replica.desk().expect("known");
    (replica.mentions().unread(), desk.mentions_unread)
}

#[test]
fn mentions_are_counted_without_being_asked_for_and_recounted_when_only_some_are_read() {
    let mut desk = Desk::of(&[
        deed(0, Do::Note { mentions: 1 }, 1),
        deed(1, Do::Note { mentions: 3 }, 1),
    ]);
    let mut asked = vec![];
    let mut replica = fresh(&desk, desk.state(4), &mut asked);
    assert_eq!(asked.len(), 2, "only saved replies and views");
    assert_eq!(unread(&replica), (2, 2));
    assert_eq!(
        happen(&mut replica, &mut desk, deed(0, Do::Note { mentions: 1 }, 0)),
        []
    );
    assert_eq!(
        happen(&mut replica, &mut desk, deed(0, Do::Note { mentions: 2 }, 0)),
        []
    );
    assert_eq!(unread(&replica), (3, 3), "one of me, one of a colleague");

    // Read up to the first, by another of one's own programs: how many are left is not known here.
    let read = EventBody::MentionsRead(MentionsRead {
        agent: agent(0).id,
        up_to: Rev(2),
    });
    let event = Event {
        rev: Rev(7),
        seq: None,
        mark: Mark(7),
        time: Time(7),
        subject: Subject::Agent { agent: agent(0).id },
        command: None,
        body: read,
    };
    let questions = replica.apply_batch(Rev(7), vec![event]);
    let [question @ AgentQuestion::Mentions { before: None, .. }] = &questions[..] else {
        panic!("{questions:?}");
    };
    let (mentions, more) = desk.mentions_page(6, None, 1);
    let questions = told(&mut replica, question, AgentReply::Mentions { mentions, more });
    let [
        question @ AgentQuestion::Mentions {
            before: Some(Rev(5)), ..
        },
    ] = &questions[..]
    else {
        panic!("the page does not reach: {questions:?}");
    };
    let (mentions, more) = desk.mentions_page(6, Some(Rev(5)), 5);
    assert_eq!(
        told(&mut replica, question, AgentReply::Mentions { mentions, more }),
        []
    );
    assert_eq!(unread(&replica), (2, 2));
    assert_eq!(replica.mentions().newest(), Some(Rev(5)));
    assert!(!replica.mentions().has_more());
}

#[test]
fn a_mention_by_a_stranger_is_asked_for() {
    let mut desk = Desk::default();
    let mut replica = fresh(&desk, desk.state(0), &mut vec![]);
    let question = replica.open_mentions().expect("not here yet");
    assert_eq!(replica.open_mentions(), None, "asked once");
    let (mentions, more) = (vec![], false);
    assert_eq!(
        told(&mut replica, &question, AgentReply::Mentions { mentions, more }),
        []
    );
    desk.write(deed(0, Do::Note { mentions: 1 }, 1));
    // The conversation is not known here: whose note is it?
    let questions = replica.apply_batch(Rev(2), desk.journal[1..].to_vec());
    assert!(questions.contains(&question), "{questions:?}");
    assert_eq!(replica.mentions().unread(), 1);
    let mention = |rev| Mention {
        note: desk.mentions(2)[0].note.clone(),
        customer: customer(rev),
    };
    let (mentions, more) = (vec![mention(0)], false);
    let _ = told(&mut replica, &question, AgentReply::Mentions { mentions, more });
    assert_eq!(
        (replica.mentions().newest_first().count(), unread(&replica)),
        (1, (1, 1))
    );
}

#[test]
fn what_the_server_does_not_tell_is_not_asked_for_for_ever() {
    let mut desk = Desk::of(&[deed(0, Do::Line, 0)]);
    let mut asked = vec![];
    let mut replica = fresh(&desk, desk.state(2), &mut asked);
    asked.extend(replica.open_thread(customer_id(0)));
    asked.extend(replica.open_mentions());
    asked.extend(replica.open_tickets(TicketFilter::default()));
    assert_eq!(asked.len(), 7);
    for question in asked {
        let refusal = Told::Refusal(Refusal::NotFound);
        assert_eq!(replica.apply_reply(&question, refusal), [], "{question:?}");
    }
    assert_eq!(happen(&mut replica, &mut desk, deed(0, Do::Line, 0)), []);
    assert!(
        replica.open_tickets(TicketFilter::default()).is_some(),
        "the user wants them again"
    );
    assert!(replica.open_mentions().is_some());
}

#[test]
fn a_page_of_replies_is_older_than_what_came_live() {
    let mut desk = Desk::of(&[
        deed(0, Do::Reply { n: 1, mine: false }, 0),
        deed(0, Do::Reply { n: 2, mine: false }, 0),
    ]);
    let mut asked = vec![];
    let mut replica = fresh(&desk, desk.state(2), &mut asked);
    let read = desk.replies(2);
    assert_eq!(
        happen(&mut replica, &mut desk, deed(0, Do::Reply { n: 1, mine: false }, 0)),
        []
    );
    assert_eq!(happen(&mut replica, &mut desk, deed(0, Do::Unreply { n: 2 }, 0)), []);
    assert_eq!(
        happen(&mut replica, &mut desk, deed(0, Do::Reply { n: 3, mine: true }, 1)),
        []
    );
    assert!(!replica.has_all_replies());
    let (replies, more) = (read, false);
    assert_eq!(told(&mut replica, &asked[0], AgentReply::Replies { replies, more }), []);
    assert_eq!(replica.replies(), desk.replies(5));
    assert_eq!(
        replica.replies().len(),
        1,
        "the changed one; neither the deleted nor a colleague's own"
    );
    assert!(replica.has_all_replies());
    // The program's own search is not the whole.
    let search = AgentQuestion::Replies {
        query: "x".to_owned(),
        after: None::<Tag>,
        limit: 9,
    };
    let (replies, more) = (vec![], false);
    let _ = told(&mut replica, &search, AgentReply::Replies { replies, more });
    assert_eq!(replica.replies().len(), 1);
}

#[test]
fn a_context_is_asked_for_again_when_it_was_touched_on_the_way_and_once_at_a_time() {
    let mut desk = Desk::of(&[deed(0, Do::Line, 0), deed(1, Do::Line, 0)]);
    let mut replica = fresh(&desk, desk.state(4), &mut vec![]);
    let customer = customer_id(0);
    let question = AgentQuestion::Customer { customer };
    assert!(replica.open_thread(customer).contains(&question));
    assert_eq!(replica.context(customer), None);
    assert_eq!(
        happen(&mut replica, &mut desk, deed(0, Do::Profile, 0)),
        [],
        "one is on its way"
    );
    assert_eq!(
        happen(&mut replica, &mut desk, deed(0, Do::Note { mentions: 0 }, 0)),
        []
    );
    let context = Box::new(desk.context(customer, 4));
    let again = told(&mut replica, &question, AgentReply::Customer { context });
    assert_eq!(again, std::slice::from_ref(&question), "it was touched meanwhile");
    assert!(replica.context(customer).is_some(), "shown until the newer one is here");
    let context = Box::new(desk.context(customer, 6));
    assert_eq!(told(&mut replica, &question, AgentReply::Customer { context }), []);
    assert_eq!(
        happen(&mut replica, &mut desk, deed(0, Do::Line, 0)),
        [],
        "a line says nothing of the customer"
    );
    assert_eq!(
        happen(&mut replica, &mut desk, deed(1, Do::Profile, 0)),
        [],
        "another's"
    );
    assert_eq!(
        happen(&mut replica, &mut desk, deed(0, Do::Close, 0)),
        std::slice::from_ref(&question)
    );

    // Another is opened: the first is asked for again only when it is opened again.
    let _ = replica.open_thread(customer_id(1));
    let context = Box::new(desk.context(customer, desk.journal.len()));
    let _ = told(&mut replica, &question, AgentReply::Customer { context });
    let second = AgentQuestion::Customer {
        customer: customer_id(1),
    };
    assert_eq!(happen(&mut replica, &mut desk, deed(0, Do::Ticket, 0)), []);
    assert!(replica.open_thread(customer).contains(&question));
    assert!(!replica.open_thread(customer).contains(&second));
    let extra = AgentQuestion::Extra { customer };
    let (lines, trouble) = (vec!["balance: 3".to_owned()], None);
    let _ = told(&mut replica, &extra, AgentReply::Extra { lines, trouble });
    assert_eq!(replica.extra(customer).map(|it| it.lines.len()), Some(1));
    assert_eq!(replica.refresh_extra(customer), [extra]);
}

#[test]
fn a_merged_customers_other_name_touches_too() {
    let mut desk = Desk::of(&[deed(0, Do::Line, 0), deed(1, Do::Line, 0)]);
    let mut replica = fresh(&desk, desk.state(4), &mut vec![]);
    let customer = customer_id(0);
    let question = AgentQuestion::Customer { customer };
    let _ = replica.open_thread(customer);
    let mut context = Box::new(desk.context(customer, 4));
    context.also = vec![super::desk::customer(1)];
    let _ = told(&mut replica, &question, AgentReply::Customer { context });
    assert_eq!(happen(&mut replica, &mut desk, deed(1, Do::Profile, 0)), [question]);
}

#[test]
fn a_ticket_that_leaves_the_list_is_not_brought_back_by_an_older_page() {
    let mut desk = Desk::of(&[deed(0, Do::Ticket, 0)]);
    let mut replica = fresh(&desk, desk.state(3), &mut vec![]);
    let open = TicketFilter {
        status: Some(minicom_protocol::ticket::TicketStatus::Open),
        assignee: None,
    };
    let question = replica.open_tickets(open).expect("not here yet");
    let tickets = desk.tickets(3);
    assert_eq!(tickets.len(), 1);
    let _ = happen(&mut replica, &mut desk, deed(0, Do::TicketNext, 0));
    let more = false;
    let _ = told(&mut replica, &question, AgentReply::Tickets { tickets, more });
    let book = replica.tickets().expect("open");
    assert!(book.is_loaded() && book.tickets().is_empty(), "it is pending now");
    assert_eq!(replica.older_tickets(), None);
    let all = replica.open_tickets(TicketFilter::default());
    assert!(all.is_some(), "another list");
    replica.close_tickets();
    assert!(replica.tickets().is_none());
}

#[test]
fn a_list_that_its_page_has_left_goes_on_with_the_next_page() {
    let mut desk = Desk::of(&[deed(0, Do::Ticket, 0), deed(1, Do::Ticket, 0)]);
    let end = desk.journal.len();
    let mut replica = fresh(&desk, desk.state(end), &mut vec![]);
    let open = TicketFilter {
        status: Some(minicom_protocol::ticket::TicketStatus::Open),
        assignee: None,
    };
    let question = replica.open_tickets(open).expect("not here yet");
    let [newest, oldest] = <[_; 2]>::try_from(desk.tickets(end)).expect("two");
    let before = Some(newest.updated_at);
    let tickets = vec![newest];
    let _ = told(&mut replica, &question, AgentReply::Tickets { tickets, more: true });

    // The one that came is not open any more: there is no row to scroll from, and the other is asked for at once.
    let questions = happen(&mut replica, &mut desk, deed(1, Do::TicketNext, 0));
    let [next] = <[_; 1]>::try_from(questions).expect("one question");
    assert!(
        matches!(next, AgentQuestion::Tickets { before: it, .. } if it == before),
        "{next:?}"
    );
    let tickets = vec![oldest.clone()];
    let _ = told(&mut replica, &next, AgentReply::Tickets { tickets, more: false });
    assert_eq!(replica.tickets().expect("open").tickets(), [oldest]);
}
