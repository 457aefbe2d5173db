//! The way to a server, step by step: its name, its port, TLS, HTTP, the socket's upgrade, Hello, a round trip. Each says how long it
//! took, or what failed and what to try. It changes nothing on the server, and it stops at the first step that fails: what comes
//! behind it could only fail too.

mod part;
mod steps;

use std::time::{Duration, Instant};

use minicom_protocol::frame::Hello;

pub use self::part::{Part, State, as_json, as_lines, is_well};
use crate::{Config, Party, ServerUrl};

/// Each step may take so long.
const STEP_MAX: Duration = Duration::from_secs(5);

/// The names of the steps, in their order.
pub const STEPS: [&str; 7] = ["name", "port", "tls", "http", "upgrade", "hello", "round trip"];

/// As whom Hello is said.
pub enum Caller<A: Party> {
    /// As somebody who is known here.
    Known {
        /// How one connects.
        config: Box<Config<A>>,
        /// The command that signs in again, if there is one.
        login: String,
    },
    /// As nobody: it goes as far as the upgrade of the socket at this path. Why, and what to do.
    Nobody {
        /// The socket's path.
        path: String,
        /// Why nobody.
        says: String,
        /// What to do.
        fix: String,
    },
}

/// Goes the way.
pub async fn look<A: Party>(server: &ServerUrl, caller: Caller<A>) -> Vec<Part> {
    let mut parts = Vec::new();
    let went = go(server, caller, &mut parts).await;
    if went.is_none() {
        let missing = STEPS.iter().skip(parts.len());
        let skipped = missing.map(|step| Part::skipped(step, "not tried: the step before it has to work first"));
        parts.extend(skipped.collect::<Vec<_>>());
    }
    parts
}

/// Every step adds its part; `None` behind the one that failed.
async fn go<A: Party>(server: &ServerUrl, caller: Caller<A>, parts: &mut Vec<Part>) -> Option<()> {
    let addresses = step(parts, steps::name(server)).await?;
    let stream = step(parts, steps::port(server, &addresses)).await?;
    let stream = step(parts, steps::tls(server, stream)).await?;
    step(parts, steps::http(server)).await?;
    let (path, hello): (String, Result<(Hello, String), Part>) = match caller {
        Caller::Known { config, login } => (config.path.clone(), Ok((config.hello(None), login))),
        Caller::Nobody { path, says, fix } => {
            let part = Part::skipped("hello", says);
            (path, Err(Part { fix, ..part }))
        }
    };
    let mut wire = step(parts, steps::upgrade(server, &path, stream)).await?;
    let (hello, login) = match hello {
        Ok(hello) => hello,
        Err(part) => {
            let why = part.says.clone();
            parts.push(part);
            parts.push(Part::skipped("round trip", format!("not tried: {why}")));
            wire.close(STEP_MAX).await;
            return Some(());
        }
    };
    step(parts, steps::hello::<A>(&mut wire, hello, &login)).await?;
    step(parts, steps::round_trip::<A>(&mut wire)).await?;
    wire.close(STEP_MAX).await;
    Some(())
}

/// What came of a step, and its part.
type Step<T> = (Part, Option<T>);

async fn step<T>(parts: &mut Vec<Part>, work: impl Future<Output = Step<T>>) -> Option<T> {
    let begun = Instant::now();
    let name = STEPS.get(parts.len()).copied().unwrap_or_default();
    let (part, came) = match tokio::time::timeout(STEP_MAX, work).await {
        Ok(done) => done,
        Err(_) => (steps::too_slow(name, STEP_MAX), None),
    };
    let took = (part.state != State::Skipped).then(|| begun.elapsed());
    parts.push(part.took(took));
    came
}

#[cfg(test)]
#[path = "doctor_tests.rs"]
mod tests;
