//! Behind a proxy: whose address counts, and that nobody gains anything by writing headers.

use std::net::Ipv4Addr;

use anyhow::Result;
use minicom_e2e::{desk_setup::Setup, wait::until_async};
use minicom_server::{Shutdown, accounts::LOCAL_TOKEN, server_file::ServerFile};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, client::IntoClientRequest, http::HeaderValue},
};

/// A server, where every request comes from a proxy on this computer or seems to.
struct Desk {
    folder: TempDir,
    port: u16,
    shutdown: Shutdown,
}

impl Desk {
    async fn start(trusted: &[&str]) -> Result<Desk> {
        let setup = Setup::for_load(&[]).admin("Root");
        let folder = tempfile::tempdir()?;
        setup.prepare(folder.path()).await?;
        let mut config = setup.config(folder.path());
        config.sockets.per_address = 2;
        config.trusted_proxies = trusted
            .iter()
            .map(|network| network.parse())
            .collect::<Result<_, _>>()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let shutdown = Shutdown::new();
        tokio::spawn(minicom_server::run(config, listener, shutdown.clone()));
        let data = folder.path().to_owned();
        until_async("the server to run", async || ServerFile::read(&data)).await?;
        Ok(Desk { folder, port, shutdown })
    }

    /// Opens a socket with this header; else the status of the answer.
    async fn socket(&self, header: Option<(&'static str, &str)>) -> Result<Result<WebSocketStream<TcpStream>, u16>> {
        let mut request = format!("ws://127.0.0.1:{}/ws", self.port).into_client_request()?;
        if let Some((name, value)) = header {
            request.headers_mut().insert(name, HeaderValue::from_str(value)?);
        }
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await?;
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Ok(socket)),
            Err(Error::Http(response)) => Ok(Err(response.status().as_u16())),
            Err(error) => Err(error.into()),
        }
    }

    /// What the local token is good for with this header.
    async fn local_token(&self, header: Option<(&str, &str)>) -> Result<u16> {
        let token = std::fs::read_to_string(self.folder.path().join(LOCAL_TOKEN))?;
        let client = minicom_client::tls::http_client().no_proxy().build()?;
        let mut call = client.get(format!("http://127.0.0.1:{}/api/agents", self.port));
        if let Some((name, value)) = header {
            call = call.header(name, value);
        }
        Ok(call.bearer_auth(token.trim()).send().await?.status().as_u16())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.shutdown.ask();
        self.shutdown.ask();
    }
}

const HEADER: &str = "x-forwarded-for";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_customer_behind_a_proxy_counts_by_an_own_address() -> Result<()> {
    let desk = Desk::start(&["127.0.0.0/8"]).await?;
    let one = desk.socket(Some((HEADER, "203.0.113.7"))).await?;
    let two = desk.socket(Some((HEADER, "198.51.100.66, 203.0.113.7:4711"))).await?;
    assert!(one.is_ok() && two.is_ok());
    for spoofed in [
        "203.0.113.7",
        "127.0.0.1, 203.0.113.7",
        "198.51.100.1, 203.0.113.7, 127.0.0.9",
    ] {
        assert_eq!(
            desk.socket(Some((HEADER, spoofed))).await?.err(),
            Some(503),
            "{spoofed}"
        );
    }
    assert_eq!(
        desk.socket(Some(("forwarded", "for=203.0.113.7"))).await?.err(),
        Some(503)
    );
    let other = desk.socket(Some((HEADER, "203.0.113.8"))).await?;
    assert!(other.is_ok());
    drop(one);
    let again = async || desk.socket(Some((HEADER, "203.0.113.7"))).await.ok()?.ok();
    until_async("a place that came free", again).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_header_makes_nobody_local_and_nobody_somebody_else() -> Result<()> {
    let behind = Desk::start(&["127.0.0.1/32"]).await?;
    assert_eq!(behind.local_token(None).await?, 200, "this computer itself");
    for told in ["203.0.113.7", "127.0.0.1", "::1", "nonsense", "203.0.113.7, 127.0.0.1"] {
        assert_eq!(behind.local_token(Some((HEADER, told))).await?, 401, "{told}");
    }
    // Without proxies the headers are words.
    let alone = Desk::start(&[]).await?;
    assert_eq!(alone.local_token(Some((HEADER, "203.0.113.7"))).await?, 200);
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(alone.socket(Some((HEADER, "203.0.113.7"))).await?);
    }
    assert!(
        open.iter().all(Result::is_ok),
        "all from this computer, which may have more"
    );
    Ok(())
}
