//! What is for agents only never reaches a customer's socket: not as an event, not in a snapshot, not in a page. Looked at in
//! the frames themselves, before any client has read them.

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use minicom_client::ServerUrl;
use minicom_e2e::{people::secret, wait::PATIENCE};
use minicom_protocol::{
    codec,
    command::{AgentCommand, TransferTo},
    frame::{CustomerQuestion, Customers, Hello, ToServer, VERSION},
    intake::Priority,
    text::CustomerName,
};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

use super::desk::*;

/// A customer's socket, with all that was ever heard on it.
pub struct Wire {
    socket: WebSocketStream<TcpStream>,
    pub heard: Vec<String>,
}

impl Wire {
    /// Says hello and asks for the newest page of the thread.
    pub async fn open(desk: &Desk, name: &str) -> Result<Wire> {
        let stream = TcpStream::connect(desk.server.address).await?;
        let path = ServerUrl::customer_path(&CustomerName::parse(name)?);
        let (socket, _) = client_async(desk.server.url().socket(&path), stream).await?;
        let mut wire = Wire { socket, heard: vec![] };
        let hello = Hello {
            version: VERSION,
            client: "wire".to_owned(),
            tenant: None,
            cursor: None,
            token: None,
            secret: Some(secret(name).reveal().to_owned()),
            identity: None,
            link_code: None,
        };
        wire.says(&ToServer::Hello(hello)).await?;
        wire.page().await?;
        Ok(wire)
    }

    async fn says(&mut self, frame: &ToServer<Customers>) -> Result<()> {
        Ok(self.socket.send(Message::text(codec::encode_to_server(frame))).await?)
    }

    /// Asks for the newest page, and hears it.
    pub async fn page(&mut self) -> Result<()> {
        let (n, question) = (
            self.heard.len() as u64,
            CustomerQuestion::Thread {
                before: None,
                limit: 200,
            },
        );
        self.says(&ToServer::Ask { n, question }).await?;
        self.hears(&format!("\"type\":\"reply\",\"n\":{n},")).await
    }

    /// Hears all up to a frame with these words.
    pub async fn hears(&mut self, words: &str) -> Result<()> {
        let hearing = async {
            while let Some(frame) = self.socket.next().await {
                if let Message::Text(text) = frame? {
                    self.heard.push(text.to_string());
                    if text.contains(words) {
                        return Ok(());
                    }
                }
            }
            bail!("the server closed the connection")
        };
        timeout(PATIENCE, hearing)
            .await
            .context("nobody says it")
            .flatten()
            .with_context(|| words.to_owned())
    }

    /// Everything that was heard, in one piece.
    pub fn all(&self) -> String {
        self.heard.join("\n")
    }
}

/// A word of each kind of secret; none of them is part of anything else.
const HIDDEN: [&str; 10] = [
    "zebranote",
    "zebrahandover",
    "zebratag",
    "zebrasubject",
    "zebracomment",
    "zebratitle",
    "zebragroup",
    "zebraskill",
    "zebradraft",
    "urgent",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_agents_say_among_themselves_is_in_no_frame_of_the_customers() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    let group = desk
        .group("zebragroup", &[desk.ada_id(), desk.bo_id()], &["zebraskill"])
        .await?;
    let alice = desk.waits("alice").await?;
    let mut wire = Wire::open(&desk, "alice").await?;
    let conversation = takes(&desk.ada, "alice").await?;
    let note = |text: &str| AgentCommand::Note {
        conversation,
        text: text.to_owned(),
        agents: vec![desk.bo_id()],
        groups: vec![group],
    };
    desk.ada.done(note("zebranote: she shouts")).await?;
    desk.ada
        .done(AgentCommand::Tag {
            conversation,
            add: vec![tag("zebratag")],
            remove: vec![],
        })
        .await?;
    desk.ada
        .done(AgentCommand::SetSubject {
            conversation,
            subject: Some(subject("zebrasubject")),
        })
        .await?;
    desk.ada
        .done(AgentCommand::SetPriority {
            conversation,
            priority: Priority::Urgent,
        })
        .await?;
    desk.ada
        .done(AgentCommand::Snooze {
            conversation,
            until: None,
        })
        .await?;
    desk.ada.done(AgentCommand::Wake { conversation }).await?;
    let to = TransferTo::Group { group };
    let word = Some("zebrahandover: be kind".to_owned());
    desk.ada
        .done(AgentCommand::Transfer {
            conversation,
            to,
            note: word,
        })
        .await?;
    takes(&desk.bo, "alice").await?;
    let title = Some(subject("zebratitle"));
    let made = desk
        .bo
        .done(AgentCommand::ConvertToTicket { conversation, title })
        .await?;
    let ticket = made.ticket.context("a ticket")?;
    desk.bo
        .done(AgentCommand::CommentTicket {
            ticket,
            text: "zebracomment".to_owned(),
        })
        .await?;
    desk.bo
        .done(AgentCommand::SaveArticle {
            article: minicom_protocol::library::Article {
                slug: tag("zebradraft"),
                title: subject("zebradraft"),
                body: "zebradraft".to_owned(),
                questions: None,
            },
            tags: vec![],
            published: false,
        })
        .await?;
    desk.bo.replies("alice", "the last line of all").await?;

    wire.hears("the last line of all").await?;
    wire.page().await?;
    let fresh = Wire::open(&desk, "alice").await?;
    alice.sees("Bo: the last line of all").await?;
    let replica = alice.look(|seen| serde_json::to_string(&seen.replica.thread().events().collect::<Vec<_>>()))?;
    for hidden in HIDDEN {
        for (place, text) in [
            ("live", wire.all()),
            ("fresh", fresh.all()),
            ("replica", replica.clone()),
        ] {
            assert!(!text.contains(hidden), "{hidden} ({place}) in {text}");
        }
    }
    // It was there to be heard: agents have all of it, and the customer heard what is hers.
    desk.bo.sees("alice", "note by Ada").await?;
    let known = desk.bo.look(|seen| -> Result<String> {
        let customer = seen.row("alice").context("alice's row")?.customer.id;
        let thread = seen.replica.thread(customer).context("the thread")?;
        Ok([
            serde_json::to_string(&thread.events().collect::<Vec<_>>())?,
            serde_json::to_string(&seen.replica.summaries().collect::<Vec<_>>())?,
            serde_json::to_string(&seen.replica.desk())?,
        ]
        .concat())
    })?;
    for word in [
        "zebranote",
        "zebrahandover",
        "zebratag",
        "zebrasubject",
        "zebragroup",
        "zebraskill",
    ] {
        assert!(known.contains(word), "{word}");
    }
    let ids = [desk.ada_id().to_string(), desk.bo_id().to_string(), group.to_string()];
    for heard in [wire.all(), fresh.all()] {
        assert!(heard.contains("\"Bo\"") && heard.contains("the last line of all"));
        assert!(
            !ids.iter().any(|id| heard.contains(id)),
            "a colleague's id is in {heard}"
        );
    }
    Ok(())
}
