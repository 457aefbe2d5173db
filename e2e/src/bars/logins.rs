//! A thousand people sign in at once, each from an address of their own: the memory of the server stays bounded, the chats
//! go on, and everybody who knows the password gets in.

use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use minicom_server::{faults::Faults, server_file::ServerFile};
use reqwest::{Client, StatusCode, header};
use tokio::{task::JoinSet, time::sleep};

use super::{
    chats::{Chats, Felt},
    elsewhere::elsewhere,
};
use crate::{
    desk_setup::{PASSWORD, Setup},
    load::process::Memory,
    server::ServerProcess,
};

/// What the memory of the server may grow by, in bytes.
pub const GROWTH_MAX: u64 = 100 * 1_048_576;
/// Accounts that there are. Each is signed in to from so many addresses that none is more than its bound.
const ACCOUNTS: usize = 25;
/// Of ten, so many give a wrong password.
const WRONG_OF_TEN: usize = 3;
/// How long one of them may take: a thousand passwords are looked at one after the other on a small machine.
const PATIENCE: Duration = Duration::from_secs(180);
/// Who is told that the server is busy comes again after so long, if it does not say.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What was measured.
#[derive(Clone, PartialEq, Debug)]
pub struct Logins {
    /// How many signed in at once.
    pub logins: usize,
    /// How the chats felt it.
    pub felt: Felt,
    /// Memory of the server.
    pub memory: Memory,
    /// Who knew the password and got in; who did not and was refused.
    pub right: (usize, usize),
    /// Any other outcome, by its status.
    pub other: BTreeMap<u16, usize>,
    /// How often somebody was told to come again.
    pub busy: usize,
    /// From the first request to the last answer.
    pub took: Duration,
}

impl Logins {
    /// Whether each was answered rightly, with the memory in its bound, while the chats went on.
    pub fn is_right(&self) -> bool {
        let (entered, refused) = self.right;
        entered + refused == self.logins && self.memory.growth() < GROWTH_MAX && self.felt.lines > 0
    }

    /// Whether it is as promised.
    pub fn is_clean(&self) -> bool {
        self.is_right() && self.felt.is_nothing()
    }
}

impl fmt::Display for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (entered, refused) = self.right;
        writeln!(
            f,
            "{} logins at once: {entered} entered, {refused} were refused rightly, others {:?}; {} times busy; all answered after {:.1} s",
            self.logins,
            self.other,
            self.busy,
            self.took.as_secs_f64()
        )?;
        write!(f, "{}; {}", self.felt, self.memory)
    }
}

/// Runs it.
///
/// # Errors
/// The server does not start, a login is not answered, or the others cannot write.
pub async fn run(logins: usize, faults: Faults) -> Result<Logins> {
    ensure!(logins > 0, "without logins nothing is measured");
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let names: Vec<String> = (0..ACCOUNTS).map(|number| format!("agent{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let setup = Setup::for_load(&names).faults(faults);
    setup.prepare(&data).await?;
    let server = ServerProcess::start(&data, setup).await?;
    let pid = ServerFile::read(&data).context("the server runs")?.pid;
    let chats = Chats::begin(server.address).await?;
    chats.before().await;
    // Made before, so that it does not count.
    let clients = (0..logins).map(client).collect::<Result<Vec<_>>>()?;
    chats.it_begins();
    let began = Instant::now();
    let (answers, memory) = Memory::during(pid, elsewhere(all_log_in(server.address, clients))).await?;
    let (answers, took) = (answers?, began.elapsed());
    let felt = chats.end().await?;
    let count = |wanted: StatusCode, good: bool| {
        let such = answers.iter().filter(|it| it.status == wanted && it.good == good);
        such.count()
    };
    let right = (count(StatusCode::OK, true), count(StatusCode::UNAUTHORIZED, false));
    let mut other = BTreeMap::new();
    for answer in &answers {
        let rightly = match answer.good {
            true => StatusCode::OK,
            false => StatusCode::UNAUTHORIZED,
        };
        if answer.status != rightly {
            *other.entry(answer.status.as_u16()).or_default() += 1;
        }
    }
    let busy = answers.iter().map(|it| it.busy).sum();
    Ok(Logins {
        logins,
        felt,
        memory,
        right,
        other,
        busy,
        took,
    })
}

/// How a login ended.
struct Answer {
    /// Whether the password was right.
    good: bool,
    status: StatusCode,
    /// How often it was told to come again.
    busy: usize,
}

/// A client with an address of its own: the bounds of one address are not what is measured.
fn client(number: usize) -> Result<Client> {
    let [_, _, high, low] = u32::try_from(number)?.to_be_bytes();
    let address = IpAddr::from(Ipv4Addr::new(127, 1, high, low));
    let client = minicom_client::tls::http_client().no_proxy().local_address(address);
    Ok(client.build()?)
}

async fn all_log_in(server: SocketAddr, clients: Vec<Client>) -> Result<Vec<Answer>> {
    let mut logins = JoinSet::new();
    for (number, client) in clients.into_iter().enumerate() {
        logins.spawn(log_in(server, client, number));
    }
    let mut answers = Vec::new();
    while let Some(answer) = logins.join_next().await {
        answers.push(answer??);
    }
    Ok(answers)
}

/// Logs in, again and again while the server is busy.
async fn log_in(server: SocketAddr, client: Client, number: usize) -> Result<Answer> {
    let good = number % 10 >= WRONG_OF_TEN;
    let password = if good { PASSWORD } else { "nine lamps on a loud hill" };
    let account = number % ACCOUNTS;
    let body = serde_json::json!({ "email": format!("agent{account}@desk.test"), "password": password });
    let (url, began) = (format!("http://{server}/api/agent/login"), Instant::now());
    for busy in 0.. {
        let answer = client.post(&url).json(&body).send().await?;
        let status = answer.status();
        if status != StatusCode::SERVICE_UNAVAILABLE && status != StatusCode::TOO_MANY_REQUESTS {
            return Ok(Answer { good, status, busy });
        }
        ensure!(began.elapsed() < PATIENCE, "the server is busy for ever");
        let told = answer.headers().get(header::RETRY_AFTER);
        let told = told.and_then(|told| told.to_str().ok()?.parse().ok());
        sleep(told.map_or(AGAIN_AFTER, Duration::from_secs)).await;
    }
    unreachable!("it ends by an answer or an error")
}
