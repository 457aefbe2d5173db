//! A desk full of spite: whatever can be said, named, saved or tagged there is made of escapes, holes, marks and turns of
//! direction, as far as the door lets it in. And the rules that a screen must keep all the same.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result, anyhow};
use minicom_client::{Config, StateDir, credentials};
use minicom_e2e::{
    computer::Computer,
    desk_setup::{DeskAgent, Setup},
    people::{agent, customer},
    program::{AgentProgram, CustomerProgram},
    pty::Pty,
    server::TestServer,
};
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, ReplyUse, TransferTo},
    ids::{AgentId, ConversationId, GroupId, LineNo, ReplyId, TenantId, TicketNo},
    intake::{ClientInfo, Intake, Introduction, Priority},
    library::{Article, ReplyAction, SavedReply},
    line::LineRef,
    settings::{AttributeDef, AttributeKind, DeskSettings, First, PreChatAnswer, PreChatQuestion},
    staff::Group,
    stage::Side,
    text::{CustomerName, MESSAGE_BYTES_MAX},
    words::{Email, GroupName, Skill, SubjectLine, Tag},
};

/// What no text may bring to a terminal: each is in [`spite`], and no program of ours writes it by itself.
const FORBIDDEN: [&str; 15] = [
    "\x1b]0;owned",
    "\x1b]8;;",
    "\x1b]52;c;b3duZWQ",
    "\x1b[38;5;213",
    "\x1b[?69h",
    "\x1b[6n",
    "\x1b[5n",
    "\x1bPowned",
    "\x1bc",
    "\u{9b}",
    "\u{9d}",
    "\u{202e}",
    "\u{2066}",
    "\u{200f}",
    "\x08",
];
/// A mark that stands on the letter before it.
const MARK: char = '\u{301}';
/// Marks on one letter that may reach a terminal.
const MARKS_SHOWN_MAX: usize = 8;
/// What a program has not written for so long, it does not write.
const QUIET: Duration = Duration::from_millis(120);

/// A text of several lines, for where everything is let in.
pub fn spite(word: &str) -> String {
    format!(
        "{word} \x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b]8;;http://owned\x1b\\\x1b[38;5;213m\u{9b}38;5;213m\u{9d}0;owned\u{9c}\
         \x1b[?69h\x1b[6n\x1b[5n\x1bPowned\x1b\\\x1bc\x08\x08\x7f\r\u{202e}\u{2066}\u{200f}{{{{agent_name}}}} {{{{?}} }}}}\n\
         {word} again\x1b[31;2H\tand e{}",
        String::from(MARK).repeat(40)
    )
}

/// One line, for where control characters are kept out.
pub fn odd(word: &str) -> SubjectLine {
    let marks = String::from(MARK).repeat(60);
    SubjectLine::parse(format!(
        "{word} \u{202e}{{{{subject}}}}\u{2066}\u{200f} e{marks} [31m]0;owned"
    ))
    .expect("one line")
}

/// As many marks on one letter as a message can have.
fn a_pile_of_marks() -> String {
    let marks = (MESSAGE_BYTES_MAX - 100) / MARK.len_utf8();
    format!("pile e{}", String::from(MARK).repeat(marks))
}

pub fn word(text: &str) -> Tag {
    Tag::parse(text).expect("a word")
}

/// See the module.
pub struct Desk {
    pub server: TestServer,
    pub computer: Computer,
    pub alice: CustomerProgram,
    cleo: AgentProgram,
    ada: AgentProgram,
}

impl Desk {
    pub fn admin(&self) -> &DeskAgent {
        &self.server.agents[1]
    }

    /// Opens it, with all that is in it.
    pub async fn open() -> Result<Desk> {
        let server = TestServer::start(Setup::with_agents(&["Ada"]).admin("Cleo")).await?;
        let computer = Computer::new(server.url())?;
        let desk = Desk {
            cleo: agent(server.address, &server.agents[1]).await?,
            ada: agent(server.address, &server.agents[0]).await?,
            alice: at(&computer, &server, "alice").await?,
            computer,
            server,
        };
        desk.choose().await?;
        let group = desk.group().await?;
        let reply = desk.library(group).await?;
        let conversation = desk.talk(reply).await?;
        desk.about(conversation, group).await?;
        for name in ["bob", "carol"] {
            desk.comes(&customer(desk.server.address, name).await?, name).await?;
        }
        Ok(desk)
    }

    async fn choose(&self) -> Result<()> {
        let question = |key: &str| PreChatQuestion {
            key: key.to_owned(),
            text: odd("question").into(),
        };
        let settings = Box::new(DeskSettings {
            name: odd("desk").as_str().chars().take(60).collect(),
            first: First::Queue,
            questions: vec![question("order"), question("\u{202e}key{{x}}")],
            attributes: vec![AttributeDef {
                key: "\u{202e}plan{{x}}".to_owned(),
                kind: AttributeKind::Text,
            }],
            ..DeskSettings::default()
        });
        self.cleo.done(AgentCommand::Configure { settings }).await.map(drop)
    }

    async fn group(&self) -> Result<GroupId> {
        let group = Group {
            id: GroupId(uuid::Uuid::now_v7()),
            // Letters that are written from right to left.
            name: GroupName::parse("כסף-money")?,
            members: self.server.agents.iter().map(|it| it.agent.id).collect(),
            skills: vec![Skill::parse("חיוב-billing")?],
        };
        let id = group.id;
        self.cleo.done(AgentCommand::SaveGroup { group }).await?;
        Ok(id)
    }

    async fn library(&self, group: GroupId) -> Result<SavedReply> {
        let saved = |code: &str, text: String, actions| SavedReply {
            id: ReplyId(uuid::Uuid::now_v7()),
            code: word(code),
            title: odd("saved"),
            text,
            owner: None,
            actions,
            uses: 0,
            questions: None,
        };
        let holes = "filled {{customer_name}} {{subject}} {{customer_email|none}} {{?what|nothing}}".to_owned();
        let plain = spite("saved").replace("{{", "{{{{");
        let reply = saved(
            "spite",
            format!("{plain}\n{holes}"),
            vec![ReplyAction::Tag { tag: word("תג-tag") }],
        );
        self.cleo.done(AgentCommand::SaveReply { reply: reply.clone() }).await?;
        let other = saved(
            "pile",
            a_pile_of_marks().chars().take(2_000).collect(),
            vec![ReplyAction::Transfer { group }],
        );
        self.cleo.done(AgentCommand::SaveReply { reply: other }).await?;
        let pile = String::from(MARK).repeat(10_000);
        let body = format!(
            "# {}\n\n{}\n\n- one\n- e{pile}\n\n```\n{}\n```\n\n[link](http://x/\x1b[6n)",
            odd("head").as_str(),
            spite("body"),
            spite("code")
        );
        let article = Article {
            slug: word("spite"),
            title: odd("article"),
            body,
            questions: None,
        };
        let (tags, published) = (vec![word("תג-tag")], true);
        self.cleo
            .done(AgentCommand::SaveArticle {
                article,
                tags,
                published,
            })
            .await?;
        Ok(reply)
    }

    /// A customer who says odd things of everything.
    async fn comes(&self, who: &CustomerProgram, name: &str) -> Result<()> {
        let text = |word: &str| Some(odd(word).into());
        let answer = |key: &str| PreChatAnswer {
            key: key.to_owned(),
            text: spite("answer"),
        };
        let begin = CustomerCommand::Start {
            intake: Intake {
                subject: Some(odd("subject")),
                priority: Priority::High,
                skills: vec![Skill::parse("חיוב-billing")?],
                channel: "tui".to_owned(),
                client: ClientInfo {
                    client: text("client"),
                    page: text("page"),
                    host: text("host"),
                    os: text("os"),
                    locale: text("locale"),
                    utc_offset_min: Some(60),
                },
            },
            introduction: Introduction {
                name: Some(odd("named")),
                email: Some(Email::parse(format!("{name}\u{202e}{{{{x}}}}@example.test"))?),
            },
            answers: vec![answer("order"), answer("\u{202e}key{{x}}")],
        };
        who.done(begin).await?;
        who.says(&spite("begins")).await?;
        who.says(&a_pile_of_marks()).await
    }

    /// Lines of all kinds, and what becomes of lines.
    async fn talk(&self, reply: SavedReply) -> Result<ConversationId> {
        self.comes(&self.alice, "alice").await?;
        let conversation = self.ada.takes("alice").await?;
        let quote = Some(LineRef {
            side: Side::Customer,
            line: LineNo(1),
        });
        let post = |text: String, reply, article| AgentCommand::Post {
            conversation,
            text,
            seen: Default::default(),
            take_over: false,
            anyway: true,
            quote,
            reply,
            article,
            file: None,
        };
        let answers = BTreeMap::from([("what".to_owned(), spite("answered"))]);
        let used = ReplyUse { id: reply.id, answers };
        self.ada.done(post(reply.text, Some(used), None)).await?;
        self.ada.done(post(spite("carded"), None, Some(word("spite")))).await?;
        self.ada.done(post(spite("before"), None, None)).await?;
        let edit = AgentCommand::EditLine {
            conversation,
            line: LineNo(3),
            text: spite("edited"),
        };
        self.ada.done(edit).await?;
        let text = spite("quoting");
        let quote = Some(LineRef {
            side: Side::Desk,
            line: LineNo(1),
        });
        self.alice
            .done(CustomerCommand::Post {
                text,
                quote,
                file: None,
            })
            .await?;
        Ok(conversation)
    }

    /// What agents say among themselves, with a ticket.
    async fn about(&self, conversation: ConversationId, group: GroupId) -> Result<()> {
        let cleo: AgentId = self.admin().agent.id;
        let (agents, groups) = (vec![cleo], vec![group]);
        self.ada
            .done(AgentCommand::Note {
                conversation,
                text: spite("note"),
                agents,
                groups,
            })
            .await?;
        let add = vec![word("תג-tag"), word("{{x".trim_matches('{'))];
        self.ada
            .done(AgentCommand::Tag {
                conversation,
                add,
                remove: vec![],
            })
            .await?;
        let made = AgentCommand::ConvertToTicket {
            conversation,
            title: Some(odd("ticket")),
        };
        self.ada.done(made).await?;
        self.ada
            .done(AgentCommand::CommentTicket {
                ticket: TicketNo(1),
                text: spite("comment"),
            })
            .await?;
        let customer = self.ada.row("alice", "a conversation", |_| true).await?.customer.id;
        let attributes = BTreeMap::from([("\u{202e}plan{{x}}".to_owned(), odd("plan").into())]);
        let introduction = Introduction::default();
        self.ada
            .done(AgentCommand::DescribeCustomer {
                customer,
                introduction,
                attributes,
            })
            .await?;
        let to = TransferTo::Agent { agent: cleo };
        self.ada
            .done(AgentCommand::Transfer {
                conversation,
                to,
                note: Some(spite("handover")),
            })
            .await?;
        Ok(())
    }

    /// Ends alice's chat.
    pub async fn ends(&self) -> Result<()> {
        let row = self.cleo.row("alice", "a conversation", |_| true).await?;
        let (conversation, seen) = (row.conversation, row.customer_lines);
        self.cleo
            .done(AgentCommand::Close { conversation, seen })
            .await
            .map(drop)
    }

    /// A chat that is over, with what the customer said of it.
    pub async fn rated(&self, name: &str) -> Result<()> {
        let who = customer(self.server.address, name).await?;
        self.comes(&who, name).await?;
        let conversation = self.ada.takes(name).await?;
        let row = self
            .ada
            .row(name, "all of it", |row| row.customer_lines == LineNo(2))
            .await?;
        self.ada
            .done(AgentCommand::Close {
                conversation,
                seen: row.customer_lines,
            })
            .await?;
        who.done(CustomerCommand::Rate {
            score: Some(2),
            comment: Some(spite("rated")),
        })
        .await
        .map(drop)
    }
}

/// A customer at this computer: the real program, started there by the same name, is the same customer.
async fn at(computer: &Computer, server: &TestServer, name: &str) -> Result<CustomerProgram> {
    let (state, tenant) = (StateDir::at(computer.customers()), TenantId::default_tenant());
    let name = CustomerName::parse(name)?;
    let secret =
        credentials::customer_secret(&state, &server.url(), &tenant, &name).map_err(|error| anyhow!("{error}"))?;
    let program = CustomerProgram::start(Config::customer(server.url(), name, secret, "spite"));
    program.live().await?;
    Ok(program)
}

/// What a screen keeps to, whatever is on it. The complaint says where it was.
#[track_caller]
pub fn harmless(pty: &Pty, place: &str) {
    let (raw, screen) = (pty.raw(), pty.screen());
    forbids(&raw, &format!("{place}\n{screen}"));
    assert!(!raw.contains("panicked"), "{place}\n{screen}");
}

/// What no output has, wherever it goes.
#[track_caller]
pub fn forbids(raw: &str, place: &str) {
    for sequence in FORBIDDEN {
        assert!(!raw.contains(sequence), "{sequence:?} got through: {place}");
    }
    let mut run = 0;
    for c in raw.chars() {
        run = if c == MARK { run + 1 } else { 0 };
        assert!(run <= MARKS_SHOWN_MAX, "marks pile up: {place}");
    }
}

/// Presses keys, waits until these words are there and nothing more comes, and looks.
pub fn opens(pty: &mut Pty, keys: &str, words: &str) -> Result<()> {
    pty.press(keys)?;
    pty.sees(words).with_context(|| format!("after {keys:?}"))?;
    pty.settle(QUIET);
    harmless(pty, words);
    Ok(())
}
