//! Walls between tenants, for everything that can be asked: what one tenant has is to another as if it were not there.

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    ids::{AgentId, CommandId, ConversationId, CustomerId, GroupId, Mark, ReplyId, TenantId, TicketNo, Time},
    library::{Article, SavedReply},
    people::{AgentRef, Role},
    refusal::Refusal,
    staff::{Group, StaffMember},
    text::DisplayName,
    words::{GroupName, SubjectLine, Tag},
};
use uuid::Uuid;

use super::{Desk, Opening};
use crate::{
    order::{Caller, Order, Who},
    store::{TenantKey, people, tenants},
    test_desk::TestDesk,
};

/// One tenant's desk with something of everything.
struct Filled {
    agent: AgentId,
    customer: CustomerId,
    conversation: ConversationId,
}

/// A desk with a second tenant, which is there from its next start on.
async fn with_a_second_tenant() -> (TestDesk, TenantKey, TenantKey) {
    let other = TenantId::parse("other").unwrap();
    let test = TestDesk::new();
    let id = other.clone();
    let made = test.desk.write(test.tenant(), move |scope| {
        tenants::ensure(scope.conn, &id, Mark(7), scope.now).map(drop)
    });
    made.await.unwrap();
    let test = test.restart();
    let (here, there) = (test.tenant(), test.desk.tenant(&other).unwrap());
    (test, here, there)
}

async fn does(desk: &Desk, who: &Who, order: Order) -> Option<ConversationId> {
    let caller = Caller::new(TenantId::default_tenant(), who.clone());
    let done = desk.submit(&caller, CommandId(Uuid::now_v7()), order).await.unwrap();
    done.conversation
}

/// An agent with the same account in this tenant.
async fn account(desk: &Desk, tenant: TenantKey, agent: &AgentRef) {
    let agent = people::Agent {
        agent: agent.clone(),
        email: "ada@desk.test".to_owned(),
        role: Role::Admin,
        password_hash: None,
        enabled: true,
        created_at: Time(0),
    };
    let written = desk.write(tenant, move |scope| people::save_agent(scope.conn, tenant, &agent));
    written.await.unwrap();
}

async fn fill(test: &TestDesk) -> Filled {
    let agent = AgentRef {
        id: AgentId(Uuid::new_v4()),
        name: DisplayName::parse("Ada").unwrap(),
    };
    account(&test.desk, test.tenant(), &agent).await;
    let alice = test.customer("alice").await;
    let post = CustomerCommand::Post {
        text: "hello".to_owned(),
        quote: None,
        file: None,
    };
    let conversation = does(&test.desk, &alice.who, Order::Customer(post)).await.unwrap();
    let human = Order::Customer(CustomerCommand::RequestHuman {});
    does(&test.desk, &alice.who, human).await;
    let (word, title) = (Tag::parse("word").unwrap(), SubjectLine::parse("Word").unwrap());
    let note = AgentCommand::Note {
        conversation,
        text: "a word for @Ada".to_owned(),
        agents: vec![agent.id],
        groups: vec![],
    };
    let reply = SavedReply {
        id: ReplyId(Uuid::new_v4()),
        code: word.clone(),
        title: title.clone(),
        text: "a word".to_owned(),
        owner: None,
        actions: vec![],
        uses: 0,
        questions: None,
    };
    let article = Article {
        slug: word,
        title,
        body: "a word".to_owned(),
        questions: None,
    };
    let group = Group {
        id: GroupId(Uuid::new_v4()),
        name: GroupName::parse("words").unwrap(),
        members: vec![agent.id],
        skills: vec![],
    };
    let who = Who::Agent {
        agent: agent.clone(),
        role: Role::Admin,
    };
    // Who mentions oneself is told nothing new.
    let colleague = Who::Agent {
        agent: AgentRef {
            id: AgentId(Uuid::new_v4()),
            name: DisplayName::parse("Bo").unwrap(),
        },
        role: Role::Agent,
    };
    does(&test.desk, &colleague, Order::Agent(note)).await;
    for command in [
        AgentCommand::SaveReply { reply },
        AgentCommand::SaveArticle {
            article,
            tags: vec![],
            published: true,
        },
        AgentCommand::SaveGroup { group },
        AgentCommand::ConvertToTicket {
            conversation,
            title: None,
        },
    ] {
        does(&test.desk, &who, Order::Agent(command)).await;
    }
    Filled {
        agent: agent.id,
        customer: alice.customer(),
        conversation,
    }
}

#[tokio::test]
async fn what_is_asked_by_id_is_not_found_from_elsewhere() {
    let (test, here, there) = with_a_second_tenant().await;
    let filled = fill(&test).await;
    let (desk, other) = (&test.desk, TenantId::parse("other").unwrap());
    let slug = || Tag::parse("word").unwrap();
    desk.customer_context(here, filled.customer).await.unwrap();
    desk.why(here, vec![], filled.conversation).await.unwrap();
    desk.workload(here, vec![], Some(filled.agent)).await.unwrap();
    desk.published_article(here, slug()).await.unwrap();
    desk.ticket(here, TicketNo(1)).await.unwrap();
    desk.extra(&TenantId::default_tenant(), filled.customer).await.unwrap();

    let absent = Err(Refusal::NotFound);
    assert_eq!(desk.customer_context(there, filled.customer).await.map(drop), absent);
    assert_eq!(desk.extra(&other, filled.customer).await.map(drop), absent);
    assert_eq!(desk.thread(there, filled.customer, None, 10).await.map(drop), absent);
    assert_eq!(desk.summary(there, filled.conversation).await.map(drop), absent);
    assert_eq!(desk.why(there, vec![], filled.conversation).await.map(drop), absent);
    assert_eq!(desk.workload(there, vec![], Some(filled.agent)).await.map(drop), absent);
    assert_eq!(desk.article(there, slug()).await.map(drop), absent);
    assert_eq!(desk.published_article(there, slug()).await.map(drop), absent);
    assert_eq!(desk.ticket(there, TicketNo(1)).await.map(drop), absent);
}

#[tokio::test]
async fn what_is_asked_as_a_list_is_empty_elsewhere() {
    let (test, here, there) = with_a_second_tenant().await;
    let filled = fill(&test).await;
    let (desk, agent) = (&test.desk, filled.agent);
    let mut found = Vec::new();
    for tenant in [here, there] {
        let word = || "word".to_owned();
        found.push([
            desk.replies(tenant, agent, word(), None, 10).await.unwrap().0.len(),
            desk.replies(tenant, agent, String::new(), None, 10)
                .await
                .unwrap()
                .0
                .len(),
            desk.articles(tenant, word(), 10).await.unwrap().len(),
            desk.articles(tenant, String::new(), 10).await.unwrap().len(),
            desk.tickets(tenant, None, None, None, 10).await.unwrap().0.len(),
            desk.mentions(tenant, agent, None, 10).await.unwrap().0.len(),
            desk.queue(tenant).await.unwrap().len(),
            desk.queue_stats(tenant).await.unwrap().waiting as usize,
            desk.workload(tenant, vec![], None).await.unwrap().len(),
        ]);
    }
    assert_eq!(found, [[1; 9], [0; 9]]);
    let Opening::Fresh(_, snapshot) = desk.open_journal(there, agent, None).await.unwrap() else {
        panic!("nothing to resume")
    };
    let state = snapshot.desk.unwrap();
    assert!(snapshot.conversations.is_empty() && state.staff.agents.is_empty() && state.staff.groups.is_empty());
    assert_eq!(state.mentions_unread, 0);
}

#[tokio::test]
async fn the_snapshot_is_of_one_moment_with_what_the_agent_alone_has() {
    let (test, here, _) = with_a_second_tenant().await;
    let filled = fill(&test).await;
    let Opening::Fresh(feed, snapshot) = test.desk.open_journal(here, filled.agent, None).await.unwrap() else {
        panic!("nothing to resume")
    };
    let state = snapshot.desk.unwrap();
    let members: Vec<&StaffMember> = state.staff.agents.iter().collect();
    assert_eq!((members.len(), members[0].agent.id), (1, filled.agent));
    assert_eq!((state.staff.groups.len(), state.mentions_unread), (1, 1));
    assert_eq!(snapshot.conversations[0].rev.0.max(feed.cursor().at), feed.cursor().at);
    let somebody = AgentId(Uuid::new_v4());
    let Opening::Fresh(_, theirs) = test.desk.open_journal(here, somebody, None).await.unwrap() else {
        panic!("nothing to resume")
    };
    assert_eq!(theirs.desk.unwrap().mentions_unread, 0, "mentions are each agent's own");
}
