//! A server that reads with an encoder from a folder. One test in one process: an encoder is chosen once.

mod harness;
mod rig;
#[path = "../../encoder/src/tiny.rs"]
mod tiny;

use std::{fs, net::SocketAddr, path::Path};

use harness::{Client, post, secret, soon};
use minicom_protocol::{
    command::AgentCommand,
    customer_event::CustomerBody,
    frame::Customers,
    library::Article,
    people::Role,
    words::{SubjectLine, Tag},
};
use minicom_server::{bot::encoder, exit::ExitKind};
use rig::Server;

fn folder(at: &Path, pieces: &str, meanings: &[u8]) {
    fs::create_dir(at).unwrap();
    fs::write(at.join("weights.bin"), tiny::weights(meanings)).unwrap();
    fs::write(at.join("vocab.txt"), pieces).unwrap();
}

fn article(title: &str) -> AgentCommand {
    AgentCommand::SaveArticle {
        article: Article {
            slug: Tag::parse(title.to_lowercase()).unwrap(),
            title: SubjectLine::parse(title).unwrap(),
            body: title.to_owned(),
            questions: None,
        },
        tags: vec![],
        published: true,
    }
}

#[tokio::test]
async fn a_question_is_understood_that_has_no_word_in_common_with_its_article() {
    let dir = tempfile::tempdir().unwrap();
    let (here, other) = (dir.path().join("encoder"), dir.path().join("other"));
    let pieces = "<s>\t0\n</s>\t0\n<unk>\t0\n▁\t-9\n▁Boots\t-2\n▁Stie\t-2\nfel\t-2\n▁Hours\t-2\n▁Payment\t-2\n?\t-5";
    folder(&here, pieces, &[0, 0, 0, 0, 7, 7, 7, 9, 11, 0]);
    folder(&other, pieces, &[0, 0, 0, 0, 8, 8, 8, 9, 11, 0]);
    let fill = async |seed: &rig::Seed| {
        let boss = seed.agent("boss@example.com", "Boss", Role::Admin).await;
        for title in ["Boots", "Hours", "Payment"] {
            seed.by_admin(&boss, article(title)).await.unwrap();
        }
    };
    let chosen = here.clone();
    let server = Server::with(
        move |config| {
            config.bot.enabled = true;
            config.bot.encoder = Some(chosen);
        },
        fill,
    )
    .await;
    let version = encoder::encoder_version();
    assert_eq!(version, encoder::load(&here).unwrap().version());
    let refused = encoder::choose(Some(&other)).expect_err("one is chosen already");
    assert_eq!(refused.kind, ExitKind::Unavailable);
    encoder::choose(Some(&here)).unwrap();

    let address: SocketAddr = server.url.trim_start_matches("http://").parse().unwrap();
    let mut alice: Client<Customers> = Client::dial(address, "/ws/chat/alice").await;
    alice.hello_to(None, Some(secret("alice")), None, None).await;
    alice.welcomed().await;
    alice.does(post("Stiefel?")).await.unwrap();
    let about = |word: &str, alice: &Client<Customers>| {
        alice.events.iter().any(|event| {
            matches!(&event.body, CustomerBody::Posted(it) if serde_json::to_string(&it.parts).unwrap().contains(word))
        })
    };
    let answered = async {
        while !about("Boots", &alice) {
            alice.next().await;
        }
    };
    soon("the article in the bot's line", answered).await;
    assert!(!about("Payment", &alice));

    let database = rusqlite::Connection::open_with_flags(
        server.data().join("minicom.db"),
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
    )
    .unwrap();
    let kept = || -> Vec<u32> {
        let mut statement = database.prepare("SELECT DISTINCT encoder FROM bot_vectors").unwrap();
        statement
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    let written = async {
        while kept().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    soon("the vectors, kept", written).await;
    assert_eq!(kept(), [version]);
    drop(database);
    server.stop().await.unwrap();
}
