use minicom_protocol::{
    event::{EventBody, Subject, TicketChanged},
    people::{AgentRef, CustomerRef},
    ticket::TicketChange,
    words::SubjectLine,
};

use super::*;
use crate::store::fixture::Store;

fn change(store: &mut Store, ticket: &Ticket, by: &AgentRef, what: TicketChange) -> Rev {
    let head = crate::store::tenants::head(&store.conn, store.tenant)
        .unwrap()
        .cursor
        .at;
    let mut ticket = ticket.clone();
    ticket.updated_at = Time((head as i64 + 1) * 1_000_000);
    let subject = Subject::Ticket { number: ticket.number };
    let by = by.clone();
    store
        .append(subject, EventBody::TicketChanged(TicketChanged { ticket, by, what }))
        .rev
}

fn open(store: &mut Store, customer: &CustomerRef, by: &AgentRef) -> Ticket {
    let ticket = Ticket {
        number: next_number(&store.conn, store.tenant).unwrap(),
        title: SubjectLine::parse("late parcel").unwrap(),
        status: TicketStatus::Open,
        assignee: None,
        conversation: ConversationId(store.id()),
        customer: customer.clone(),
        opened_by: by.clone(),
        opened_at: Time(0),
        updated_at: Time(0),
        comments: 0,
    };
    change(store, &ticket, by, TicketChange::Opened);
    ticket
}

#[test]
fn numbers_are_dense_and_lists_are_the_last_changed_first() {
    let mut store = Store::new();
    let (ada, carol, dan) = (store.agent("Ada"), store.customer("carol"), store.customer("dan"));
    let [mut one, two, mut three] = [&carol, &dan, &carol].map(|whose| open(&mut store, whose, &ada));
    assert_eq!([one.number, two.number, three.number], [1, 2, 3].map(TicketNo));
    one.status = TicketStatus::Solved;
    change(&mut store, &one, &ada, TicketChange::Status);
    three.assignee = Some(ada.clone());
    change(&mut store, &three, &ada, TicketChange::Assigned);
    let numbers = |status, assignee, limit| {
        let (found, more) = list(&store.conn, store.tenant, status, assignee, None, limit).unwrap();
        (found.iter().map(|it| it.number.0).collect::<Vec<_>>(), more)
    };
    assert_eq!(numbers(None, None, 2), (vec![3, 1], true));
    assert_eq!(numbers(Some(TicketStatus::Open), None, 9), (vec![3, 2], false));
    assert_eq!(numbers(None, Some(ada.id), 9), (vec![3], false));
    assert_eq!(numbers(Some(TicketStatus::Solved), Some(ada.id), 9), (vec![], false));
    let before = load(&store.conn, store.tenant, TicketNo(1))
        .unwrap()
        .unwrap()
        .updated_at;
    let (older, _) = list(&store.conn, store.tenant, None, None, Some(before), 9).unwrap();
    assert_eq!(older.iter().map(|it| it.number.0).collect::<Vec<_>>(), [2]);
    let of = of_conversation(&store.conn, store.tenant, two.conversation)
        .unwrap()
        .unwrap();
    assert_eq!(of.number, two.number);
    assert_eq!(counts(&store.conn, store.tenant, &[carol.id, dan.id]).unwrap(), (3, 2));
    let newest = of_customers(&store.conn, store.tenant, &[carol.id, dan.id], 2).unwrap();
    assert_eq!(newest.iter().map(|it| it.number.0).collect::<Vec<_>>(), [3, 2]);
}

#[test]
fn comments_are_told_oldest_first_and_the_newest_of_them() {
    let mut store = Store::new();
    let (ada, carol) = (store.agent("Ada"), store.customer("carol"));
    let ticket = open(&mut store, &carol, &ada);
    for text in ["one", "two", "three"] {
        change(
            &mut store,
            &ticket,
            &ada,
            TicketChange::Commented { text: text.to_owned() },
        );
    }
    let found = comments(&store.conn, store.tenant, ticket.number, 2).unwrap();
    assert_eq!(
        found.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(),
        ["two", "three"]
    );
    assert_eq!(found[0].by, ada);
}
