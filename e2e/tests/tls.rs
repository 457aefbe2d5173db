//! TLS between the real server and the real client: a chat, a certificate that is renewed in its middle, and what people are
//! told when a server is not who it should be.

use std::{ffi::OsString, fs, net::Ipv4Addr, path::Path};

use anyhow::{Result, anyhow, ensure};
use minicom_client::{Config, ConnState, ServerUrl, Trust, credentials::local_server, rest, rest::LoginError};
use minicom_e2e::{
    binaries::Binary,
    certificates::Authority,
    computer::with_input,
    desk_setup::{DeskAgent, Setup},
    people::{hasty, secret},
    program::{AgentProgram, CustomerProgram},
    pty::Program,
    wait::until_async,
};
use minicom_protocol::{ids::TenantId, rest::LoginRequest, text::CustomerName};
use minicom_server::{Shutdown, manage::Office, server_file::ServerFile};
use rcgen::KeyPair;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

/// A server that runs in this process.
struct Desk {
    folder: TempDir,
    port: u16,
    agents: Vec<DeskAgent>,
    shutdown: Shutdown,
    running: Option<JoinHandle<Result<(), minicom_server::exit::Fatal>>>,
}

impl Desk {
    /// With the certificate in this folder; without one, plain.
    async fn start(tls: Option<&Path>) -> Result<Desk> {
        let setup = Setup::for_load(&["Ada"]).admin("Root");
        let folder = tempfile::tempdir()?;
        let agents = setup.prepare(folder.path()).await?;
        let mut config = setup.config(folder.path());
        config.tls.cert = tls.map(|tls| tls.join("cert.pem"));
        config.tls.key = tls.map(|tls| tls.join("key.pem"));
        config.tls.allow_expired = true;
        Desk::run(config, folder, agents).await
    }

    async fn run(config: minicom_server::config::Config, folder: TempDir, agents: Vec<DeskAgent>) -> Result<Desk> {
        Desk::run_at(0, config, folder, agents).await
    }

    async fn run_at(
        port: u16,
        config: minicom_server::config::Config,
        folder: TempDir,
        agents: Vec<DeskAgent>,
    ) -> Result<Desk> {
        let bound = async || TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.ok();
        let listener = until_async("the port", bound).await?;
        let port = listener.local_addr()?.port();
        let shutdown = Shutdown::new();
        let running = tokio::spawn(minicom_server::run(config, listener, shutdown.clone()));
        let data = folder.path().to_owned();
        until_async("the server to run", async || ServerFile::read(&data)).await?;
        Ok(Desk {
            folder,
            port,
            agents,
            shutdown,
            running: Some(running),
        })
    }

    /// Ends it in order; what outlives it.
    async fn ended(mut self) -> (TempDir, Vec<DeskAgent>) {
        self.shutdown.ask();
        if let Some(running) = self.running.take() {
            // How it ended is not what is looked at; that it has let go of its folder is.
            let _ = running.await;
        }
        let elsewhere = tempfile::tempdir().expect("a folder");
        (
            std::mem::replace(&mut self.folder, elsewhere),
            std::mem::take(&mut self.agents),
        )
    }

    fn url(&self, scheme: &str, host: &str, trust: &Trust) -> Result<ServerUrl> {
        let url = ServerUrl::parse(&format!("{scheme}://{host}:{}", self.port), false)?;
        Ok(url.recognised_by(trust.clone())?)
    }

    fn https(&self, trust: &Trust) -> Result<ServerUrl> {
        self.url("https", "localhost", trust)
    }

    async fn customer(&self, url: ServerUrl) -> Result<CustomerProgram> {
        let name = CustomerName::parse("alice").map_err(|refused| anyhow!("{refused}"))?;
        let config = Config::customer(url, name, secret("alice"), "e2e");
        Ok(CustomerProgram::start(config.timing(hasty())))
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.shutdown.ask();
        self.shutdown.ask();
    }
}

/// A password that is wrong: the answer shows whether the server was recognised at all.
fn wrong_password() -> LoginRequest {
    LoginRequest {
        email: "ada@desk.test".to_owned(),
        password: "wrong".to_owned(),
        tenant: None,
        totp: None,
        label: None,
        device: None,
    }
}

/// What people are told who sign in there.
async fn words(url: &ServerUrl) -> String {
    match rest::login(url, &wrong_password()).await {
        Err(error @ LoginError::Untrusted(_)) => error.to_string(),
        Err(other) => format!("not mistrust: {other}"),
        Ok(_) => "signed in".to_owned(),
    }
}

/// The password was looked at: the server was recognised.
async fn is_recognised(url: &ServerUrl) -> bool {
    let answer = rest::login(url, &wrong_password()).await;
    matches!(answer, Err(LoginError::Refused(_)))
}

/// What the programs of people say who try to come in at this server; each ends with 69, and in one line.
async fn programs_at(url: &ServerUrl, data: &Path) -> Result<Vec<String>> {
    let mut place = vec!["--server".to_owned(), url.to_string()];
    if let Some(ca) = &url.trust().ca {
        place.extend(["--ca".to_owned(), ca.display().to_string()]);
    }
    if let Some(pin) = url.trust().pin {
        place.extend(["--pin".to_owned(), pin.to_string()]);
    }
    let data = data.display().to_string();
    let run = move || {
        let home = tempfile::tempdir()?;
        let commands: [(Binary, &[&str], &str); 3] = [
            (Binary::Chat, &["alice", "-m", "hello"], ""),
            (Binary::Agent, &["list", "--data", &data], ""),
            (
                Binary::Agent,
                &["login", "--email", "ada@desk.test", "--password-stdin"],
                "wrong\n",
            ),
        ];
        let said = commands.into_iter().map(|(binary, words, input)| {
            let words = words.iter().map(|it| (*it).to_owned());
            let state = ["--state".to_owned(), home.path().join("state").display().to_string()];
            let program = Program {
                path: binary.path()?,
                args: words.chain(place.clone()).chain(state).map(OsString::from).collect(),
                env: vec![("HOME".into(), home.path().into())],
            };
            let ended = with_input(&program, input)?;
            let said = String::from_utf8(ended.stderr)?;
            ensure!(ended.status.code() == Some(69), "{binary:?}: {:?} {said}", ended.status);
            ensure!(said.trim_end().lines().count() == 1, "{binary:?}: {said}");
            Ok(said)
        });
        said.collect::<Result<Vec<String>>>()
    };
    tokio::task::spawn_blocking(run).await?
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_goes_on_while_the_certificate_is_renewed() -> Result<()> {
    let files = tempfile::tempdir()?;
    let authority = Authority::new(files.path(), "authority")?;
    let first = authority.issue(files.path(), 30)?;
    let desk = Desk::start(Some(files.path())).await?;
    // Who knows the first certificate only cannot come again after it is gone.
    let pinned = Trust {
        ca: None,
        pin: Some(first),
    };
    let alice = desk.customer(desk.https(&pinned)?).await?;
    alice.live().await?;
    alice.says("one").await?;
    let ada = Config::agent(desk.https(&authority.trust())?, desk.agents[0].token.clone(), "e2e");
    let ada = AgentProgram::start(ada.timing(hasty()));
    ada.live().await?;

    let second = authority.issue(files.path(), 60)?;
    desk.shutdown.reload();
    let now = Trust {
        ca: None,
        pin: Some(second),
    };
    let (url, old) = (desk.https(&now)?, desk.https(&pinned)?);
    let renewed = async || is_recognised(&url).await.then_some(());
    until_async("the new certificate", renewed).await?;
    assert!(words(&old).await.contains("--pin names"));
    alice.says("two").await?;
    alice.sees("alice: two").await?;
    assert!(alice.look(|seen| seen.state.is_live()) && ada.look(|seen| seen.state.is_live()));

    // A bad pair changes nothing.
    fs::write(files.path().join("key.pem"), KeyPair::generate()?.serialize_pem())?;
    desk.shutdown.reload();
    alice.says("three").await?;
    assert!(is_recognised(&url).await);

    // The command line knows the server by what stands in the data folder.
    let config = minicom_server::config::Config::with_data(desk.folder.path().to_owned());
    let office = Office::open(&config, TenantId::default_tenant()).map_err(|fatal| anyhow!("{fatal}"))?;
    let agents = office.call(reqwest::Method::GET, "/api/agents", None).await;
    assert!(
        agents
            .map_err(|fatal| anyhow!("{fatal}"))?
            .to_string()
            .contains("ada@desk.test")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_comes_back_to_a_server_that_made_itself_another_certificate() -> Result<()> {
    let setup = Setup::for_load(&["Ada"]).admin("Root");
    let folder = tempfile::tempdir()?;
    let agents = setup.prepare(folder.path()).await?;
    let mut config = setup.config(folder.path());
    config.tls.self_signed = true;
    let desk = Desk::run(config.clone(), folder, agents).await?;
    let data = desk.folder.path().to_owned();
    let here = || local_server(&data).ok_or_else(|| anyhow!("the server tells nothing of itself"));
    let (first, token) = (here()?, desk.agents[0].token.clone());
    let program = |anew: bool| {
        let config = Config::agent(first.clone(), token.clone(), "e2e").timing(hasty());
        let data = data.clone();
        AgentProgram::start(match anew {
            true => config.recognised_anew(move || local_server(&data).map(|it| it.trust().clone())),
            false => config,
        })
    };
    let (reads, never) = (program(true), program(false));
    reads.live().await?;
    never.live().await?;

    let port = desk.port;
    let (folder, agents) = desk.ended().await;
    for program in [&reads, &never] {
        program
            .until("the loss", |seen| (!seen.state.is_live()).then_some(()))
            .await?;
    }
    for name in ["tls-self-signed.crt", "tls-self-signed.key"] {
        fs::remove_file(data.join(name))?;
    }
    let _desk = Desk::run_at(port, config, folder, agents).await?;
    assert_ne!(here()?.trust(), first.trust());
    reads.live().await?;
    // Who knows only the first one is told what to do.
    let told = async || {
        never.look(|seen| match &seen.state {
            ConnState::Untrusted { why, .. } => Some(why.clone()),
            _ => None,
        })
    };
    let told = until_async("the words", told).await?;
    assert!(told.contains("minicom-agent login --pin"), "{told}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_wrong_certificate_is_refused_in_its_own_words() -> Result<()> {
    let (files, other_files) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let authority = Authority::new(files.path(), "authority")?;
    let stranger = Authority::new(files.path(), "stranger")?;
    authority.issue(files.path(), 30)?;
    let desk = Desk::start(Some(files.path())).await?;
    assert!(is_recognised(&desk.https(&authority.trust())?).await);
    let other_pin = authority.issue(other_files.path(), -2)?;
    let expired = Desk::start(Some(other_files.path())).await?;
    let mut config = Setup::for_load(&[]).config(tempfile::tempdir()?.path());
    let folder = tempfile::tempdir()?;
    config.data = folder.path().to_owned();
    config.tls.self_signed = true;
    let alone = Desk::run(config, folder, vec![]).await?;

    let trust = authority.trust();
    let pin = Trust {
        ca: None,
        pin: Some(other_pin),
    };
    let cases = [
        (expired.https(&trust)?, "it expired on"),
        (
            desk.url("https", "127.0.0.1", &trust)?,
            "it is for localhost, not for 127.0.0.1",
        ),
        (alone.https(&trust)?, "it is signed by itself"),
        (desk.https(&stranger.trust())?, "whom this computer does not know"),
        (desk.https(&pin)?, "which --pin names"),
    ];
    for (url, wanted) in &cases {
        let told = words(url).await;
        assert!(told.contains(wanted), "{wanted}: {told}");
        assert_eq!(
            cases.iter().filter(|(_, other)| told.contains(other)).count(),
            1,
            "{told}"
        );
        assert!(
            told.contains("certificate for ") && told.contains("issued by ") && told.contains("good from 2"),
            "{told}"
        );
        assert_eq!(told.lines().count(), 1, "{told}");
        // The socket says the same at once, and is not given up for good.
        let alice = desk.customer(url.clone()).await?;
        let why = alice.until("mistrust", |seen| match &seen.state {
            ConnState::Untrusted { why, .. } => Some(why.clone()),
            _ => None,
        });
        assert_eq!(why.await?, told);
        for said in programs_at(url, desk.folder.path()).await? {
            assert!(said.contains(wanted), "{wanted}: {said}");
        }
    }
    // What the server tells of itself is what lets clients in.
    let shown = ServerFile::read(alone.folder.path()).and_then(|file| file.fingerprint);
    let pin = Trust {
        ca: None,
        pin: Some(shown.unwrap_or_default().parse()?),
    };
    assert!(is_recognised(&alone.https(&pin)?).await);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_wrong_one_of_http_and_https_is_told_in_one_line() -> Result<()> {
    let files = tempfile::tempdir()?;
    let authority = Authority::new(files.path(), "authority")?;
    authority.issue(files.path(), 30)?;
    let secure = Desk::start(Some(files.path())).await?;
    let plain = Desk::start(None).await?;

    let told = words(&plain.https(&authority.trust())?).await;
    assert!(
        told.contains("does not speak TLS") && told.contains("write http://localhost"),
        "{told}"
    );
    let alice = plain.customer(plain.https(&authority.trust())?).await?;
    let why = alice.until("mistrust", |seen| match &seen.state {
        ConnState::Untrusted { why, .. } => Some(why.clone()),
        _ => None,
    });
    assert_eq!(why.await?, told);

    let url = secure.url("http", "localhost", &Trust::default())?;
    let refused = rest::login(&url, &wrong_password()).await;
    let Err(LoginError::Refused(refusal)) = refused else {
        panic!("{:?}", refused.err());
    };
    assert!(refusal.message().contains("write https://"), "{}", refusal.message());
    let alice = secure.customer(url).await?;
    let ended = alice.until("the end", |seen| seen.ended.as_ref().map(|ended| ended.words()));
    assert_eq!(ended.await?, refusal.message());
    Ok(())
}
