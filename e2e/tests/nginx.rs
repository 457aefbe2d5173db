//! Behind a real proxy: nginx with the configuration of docs/operations.md as it stands there, but for its port, its names and
//! its files. Pages, sign-in, sockets of both programs and feeds come through; what a client writes about itself does not.

use std::{
    fs,
    net::Ipv4Addr,
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, anyhow, ensure};
use minicom_client::{Config, ServerUrl, rest};
use minicom_e2e::{
    certificates::Authority,
    desk_setup::{DeskAgent, PASSWORD, Setup},
    people::{hasty, secret},
    program::{AgentProgram, CustomerProgram},
    wait::until_async,
};
use minicom_protocol::{rest::LoginRequest, text::CustomerName};
use minicom_server::{Shutdown, accounts::LOCAL_TOKEN, server_file::ServerFile};
use reqwest::{Client, RequestBuilder, StatusCode, Version};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// A server, and nginx before it.
struct Desk {
    folder: TempDir,
    agents: Vec<DeskAgent>,
    authority: Authority,
    port: u16,
    nginx: Child,
    shutdown: Shutdown,
}

impl Desk {
    async fn start(per_address: u32) -> Result<Desk> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let setup = Setup::for_load(&["Ada"]).admin("Root");
        let agents = setup.prepare(&data).await?;
        let mut config = setup.config(&data);
        config.sockets.per_address = per_address;
        config.trusted_proxies = vec!["127.0.0.1/32".parse()?];
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let upstream = listener.local_addr()?.port();
        let shutdown = Shutdown::new();
        tokio::spawn(minicom_server::run(config, listener, shutdown.clone()));
        until_async("the server to run", async || ServerFile::read(&data)).await?;
        let authority = Authority::new(folder.path(), "authority")?;
        authority.issue(folder.path(), 30)?;
        let (nginx, port) = nginx(folder.path(), upstream).await?;
        let desk = Desk {
            folder,
            agents,
            authority,
            port,
            nginx,
            shutdown,
        };
        let client = desk.client()?;
        let answers = async || desk.get(&client, "/healthz").send().await.ok();
        until_async("nginx to answer", answers)
            .await
            .with_context(|| desk.log())?;
        Ok(desk)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }

    fn client(&self) -> Result<Client> {
        let client = minicom_client::tls::http_client_for(&self.url()?)?.no_proxy();
        Ok(client.build()?)
    }

    fn get(&self, client: &Client, path: &str) -> RequestBuilder {
        client
            .get(format!("https://localhost:{}{path}", self.port))
            .version(Version::HTTP_11)
    }

    /// What is answered to whoever asks for a socket like this.
    async fn upgrade(&self, headers: &[(&str, &str)]) -> Result<reqwest::Response> {
        let mut asked = self
            .get(&self.client()?, "/ws")
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        for (name, value) in headers {
            asked = asked.header(*name, *value);
        }
        Ok(asked.send().await?)
    }

    fn url(&self) -> Result<ServerUrl> {
        let url = ServerUrl::parse(&format!("https://localhost:{}", self.port), false)?;
        Ok(url.recognised_by(self.authority.trust())?)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.nginx.kill();
        let _ = self.nginx.wait();
        self.shutdown.ask();
        self.shutdown.ask();
    }
}

/// The block of the document that is marked so.
fn documented(kind: &str) -> Result<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let page = fs::read_to_string(page)?;
    let block = page.split_once(&format!("```{kind}\n")).context("no such block")?.1;
    Ok(block.split_once("```").context("the block does not end")?.0.to_owned())
}

/// Starts nginx as the document says, and says on which port.
async fn nginx(folder: &Path, upstream: u16) -> Result<(Child, u16)> {
    // Free now; nobody else takes one of this range meanwhile.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?.port();
    let place = folder.display();
    let mut site = documented("nginx")?;
    for (told, here) in [
        ("listen 443 ssl", format!("listen 127.0.0.1:{port} ssl")),
        ("server_name desk.example.org", "server_name localhost".to_owned()),
        ("/etc/ssl/desk/fullchain.pem", format!("{place}/cert.pem")),
        ("/etc/ssl/desk/privkey.pem", format!("{place}/key.pem")),
        ("127.0.0.1:8000", format!("127.0.0.1:{upstream}")),
    ] {
        ensure!(site.matches(told).count() == 1, "the document does not say: {told}");
        site = site.replace(told, &here);
    }
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|of| format!("{of}_temp_path {place}/{of};\n"))
        .collect();
    let config = format!(
        "daemon off;\nmaster_process off;\npid {place}/nginx.pid;\nerror_log {place}/error.log;\n\
         events {{}}\nhttp {{\naccess_log off;\n{temporary}{site}}}\n"
    );
    fs::write(folder.join("nginx.conf"), config)?;
    // Debian has it where only administrators look.
    let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
    let started = Command::new("nginx")
        .env("PATH", path)
        .arg("-p")
        .arg(folder)
        .arg("-c")
        .arg(folder.join("nginx.conf"))
        .arg("-e")
        .arg(folder.join("error.log"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let child = started.context("nginx cannot be started; on Debian: apt-get install nginx-light")?;
    Ok((child, port))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_sign_in_sockets_and_feeds_come_through_nginx() -> Result<()> {
    let desk = Desk::start(64).await?;
    let client = desk.client()?;
    for page in [
        "/",
        "/agent/dashboard/",
        "/chat/alice/",
        "/readyz",
        "/api/v1/chat/public/desk",
    ] {
        let answer = desk.get(&client, page).send().await?;
        assert_eq!(answer.status(), StatusCode::OK, "{page}");
    }
    let login = LoginRequest {
        email: desk.agents[0].email.clone(),
        password: PASSWORD.to_owned(),
        ..LoginRequest::default()
    };
    let login = rest::login(&desk.url()?, &login)
        .await
        .map_err(|error| anyhow!("{error}"))?;
    let ada = Config::agent(desk.url()?, minicom_client::Secret::new(login.token), "e2e");
    let ada = AgentProgram::start(ada.timing(hasty()));
    ada.live().await?;

    let root = desk.agents.last().context("there is an admin")?;
    let events = desk.get(&client, "/api/v1/chat/events?since=0&follow=true");
    let mut events = events.bearer_auth(root.token.reveal()).send().await?;
    assert_eq!(events.status(), StatusCode::OK);

    let name = CustomerName::parse("alice").map_err(|refused| anyhow!("{refused}"))?;
    let alice = Config::customer(desk.url()?, name, secret("alice"), "e2e");
    let alice = CustomerProgram::start(alice.timing(hasty()));
    alice.live().await?;
    alice.says("Is anybody there?").await?;
    ada.sees("alice", "alice: Is anybody there?").await?;
    ada.takes("alice").await?;
    ada.replies("alice", "I am").await?;
    alice.sees("Ada: I am").await?;
    // The feed is not held back, though it goes on.
    let mut told = String::new();
    while !told.contains("I am") {
        let chunk = events.chunk().await?.context("the feed ended")?;
        told.push_str(&String::from_utf8_lossy(&chunk));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_client_says_of_itself_does_not_come_through_nginx() -> Result<()> {
    let desk = Desk::start(2).await?;
    let client = desk.client()?;
    let local = fs::read_to_string(desk.folder.path().join("data").join(LOCAL_TOKEN))?;
    for claimed in ["127.0.0.1", "203.0.113.7", "::1"] {
        for header in ["x-forwarded-for", "forwarded"] {
            let value = match header {
                "forwarded" => format!("for=\"[{claimed}]\""),
                _ => claimed.to_owned(),
            };
            let asked = desk.get(&client, "/api/agents").header(header, &value);
            let answer = asked.bearer_auth(local.trim()).send().await?;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{header}: {value}");
            let asked = desk.get(&client, "/metrics").header(header, &value);
            assert_eq!(
                asked.send().await?.status(),
                StatusCode::UNAUTHORIZED,
                "{header}: {value}"
            );
        }
    }
    // All that come from this computer are one address, whatever they claim; a page of this origin is known by its host.
    let own = format!("https://localhost:{}", desk.port);
    let mut open = Vec::new();
    for claimed in ["203.0.113.7", "203.0.113.8"] {
        let answer = desk.upgrade(&[("x-forwarded-for", claimed), ("origin", &own)]).await?;
        assert_eq!(answer.status(), StatusCode::SWITCHING_PROTOCOLS, "{claimed}");
        open.push(answer);
    }
    let third = desk.upgrade(&[("x-forwarded-for", "203.0.113.9")]).await?;
    assert_eq!(third.status(), StatusCode::SERVICE_UNAVAILABLE);
    drop(open);
    let foreign = async || {
        let answer = desk.upgrade(&[("origin", "https://evil.example")]).await.ok()?;
        (answer.status() != StatusCode::SERVICE_UNAVAILABLE).then_some(answer.status())
    };
    let foreign = until_async("a place that came free", foreign).await?;
    assert_eq!(foreign, StatusCode::FORBIDDEN);
    Ok(())
}
