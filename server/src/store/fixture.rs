//! A store in a temporary folder, with short words for what happens in it.

use minicom_protocol::{
    event::{Author, Closed, Event, EventBody, LineChanged, Opened, Part, Posted, Subject, TakenOver},
    ids::{AgentId, ConversationId, CustomerId, LineNo, Mark, TenantId, Time},
    line::{LineRef, LineState, Quote},
    people::{AgentRef, CustomerRef, Realm, Role},
    stage::{Closer, Side},
    text::{CustomerName, DisplayName, MessageText},
};
use rusqlite::Connection;
use uuid::Uuid;

use super::{
    TenantKey,
    journal::{self, Chance, New, Standing},
    open::{self, DataFolder},
    people::{self, Agent, Customer},
    tenants, threads,
};

pub struct Store {
    pub conn: Connection,
    pub tenant: TenantKey,
    pub folder: DataFolder,
    pub dir: tempfile::TempDir,
    made: u128,
}

impl Store {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (folder, conn) = open::open(dir.path()).unwrap();
        let tenant = tenants::ensure(&conn, &TenantId::default_tenant(), Mark(1), Time(0)).unwrap();
        Self {
            conn,
            tenant,
            folder,
            dir,
            made: 0,
        }
    }

    /// An id that nothing else has.
    pub fn id(&mut self) -> Uuid {
        self.made += 1;
        Uuid::from_u128(self.made)
    }

    pub fn agent(&mut self, name: &str) -> AgentRef {
        let agent = AgentRef {
            id: AgentId(self.id()),
            name: DisplayName::try_from(name.to_owned()).unwrap(),
        };
        let account = Agent {
            agent: agent.clone(),
            email: format!("{name}@desk.test"),
            role: Role::Agent,
            password_hash: None,
            enabled: true,
            created_at: Time(0),
        };
        people::save_agent(&self.conn, self.tenant, &account).unwrap();
        agent
    }

    pub fn customer(&mut self, name: &str) -> CustomerRef {
        let customer = CustomerRef {
            id: CustomerId(self.id()),
            name: CustomerName::try_from(name.to_owned()).unwrap(),
            realm: Realm::Named,
        };
        let row = Customer {
            customer: customer.clone(),
            secret_digest: Some([7; 32]),
        };
        let now = Time(self.made as i64);
        people::insert_customer(&self.conn, self.tenant, &row, now).unwrap();
        customer
    }

    /// Appends an event. Each is a second later than the one before.
    pub fn append(&mut self, subject: Subject, body: EventBody) -> Event {
        let at = tenants::head(&self.conn, self.tenant).unwrap().cursor.at;
        let new = New {
            time: Time((at as i64 + 1) * 1_000_000),
            subject,
            command: None,
            body,
            chance: Chance {
                mark: Mark(0xfeed_0000_0000 + at),
                salt: [at as u8; 16],
            },
        };
        let mut standing = Standing::read(&self.conn, self.tenant, subject).unwrap();
        journal::append(&self.conn, self.tenant, new, &mut standing).unwrap()
    }

    /// A new conversation of a customer.
    pub fn open(&mut self, customer: &CustomerRef) -> Talk {
        let view = threads::load(&self.conn, self.tenant, customer.id).unwrap().view;
        let (all, _) = super::conversations::counts(&self.conn, self.tenant, &[customer.id]).unwrap();
        let talk = Talk(Subject::Conversation {
            customer: customer.id,
            conversation: ConversationId(self.id()),
        });
        let opened = Opened {
            customer: customer.clone(),
            number: all + 1,
            customer_lines: view.customer_lines,
            desk_lines: view.desk_lines,
            customer_mark: view.customer_mark,
            desk_mark: view.desk_mark,
            intake: Default::default(),
            answers: vec![],
            hint: None,
        };
        self.append(talk.0, EventBody::Opened(opened));
        talk
    }

    pub fn post(&mut self, talk: Talk, author: Author, text: &str) -> LineRef {
        self.post_quoting(talk, author, text, None)
    }

    pub fn post_quoting(&mut self, talk: Talk, author: Author, text: &str, quote: Option<Quote>) -> LineRef {
        let view = threads::load(&self.conn, self.tenant, talk.customer()).unwrap().view;
        let side = author.side();
        let line = match side {
            Side::Customer => view.customer_lines.next(),
            Side::Desk => view.desk_lines.next(),
        };
        let posted = Posted {
            author,
            line,
            parts: parts(text),
            quote,
            notice: None,
            state: LineState::Original,
        };
        self.append(talk.0, EventBody::Posted(posted));
        LineRef { side, line }
    }

    pub fn change(
        &mut self,
        talk: Talk,
        line: LineRef,
        state: LineState,
        text: &str,
        agent: Option<&AgentRef>,
    ) -> Event {
        let changed = LineChanged {
            line,
            state,
            parts: if state == LineState::Edited {
                parts(text)
            } else {
                vec![]
            },
            agent: agent.cloned(),
        };
        self.append(talk.0, EventBody::LineChanged(changed))
    }

    pub fn take_over(&mut self, talk: Talk, agent: &AgentRef) -> Event {
        let taken = TakenOver {
            agent: agent.clone(),
            by: None,
            routed: false,
        };
        self.append(talk.0, EventBody::TakenOver(taken))
    }

    pub fn close(&mut self, talk: Talk, by: Closer) -> Event {
        self.append(talk.0, EventBody::Closed(Closed { by, ask_rating: false }))
    }
}

/// A conversation.
#[derive(Clone, Copy)]
pub struct Talk(pub Subject);

impl Talk {
    pub fn customer(self) -> CustomerId {
        self.0.customer().unwrap()
    }

    pub fn id(self) -> ConversationId {
        self.0.conversation().unwrap()
    }
}

pub fn parts(text: &str) -> Vec<Part> {
    vec![Part::of_text(MessageText::parse(text).unwrap())]
}

pub fn by(agent: &AgentRef) -> Author {
    Author::Agent { agent: agent.clone() }
}

pub fn desk_line(line: u64) -> LineRef {
    LineRef {
        side: Side::Desk,
        line: LineNo(line),
    }
}
