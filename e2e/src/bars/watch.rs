//! `minicom-agent watch` killed with `kill -9` at random moments under load and started again with its cursor's file: no event is
//! lost or doubled in the file that it writes to; and none is lost in a pipe, where what came twice is known by its cursor.

use std::{
    collections::HashSet,
    fmt, fs,
    fs::{File, OpenOptions},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::Value;

use super::writers::Writers;
use crate::{
    computer::{Computer, piped, with_input},
    desk_setup::{DeskAgent, Setup},
    server::TestServer,
    wait::{pause, until_async},
};

/// Customers who write meanwhile.
const CUSTOMERS: usize = 3;
/// A program that has just started is killed within this time, every third round.
const EARLY_MAX: Duration = Duration::from_millis(120);
/// After a line was written it is killed within this time.
const AFTER_LINE_MAX: Duration = Duration::from_millis(8);

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Watched {
    /// How often each of the two was killed.
    pub kills: u64,
    /// Events of the journal.
    pub events: u64,
    /// Of those, missing in the file.
    pub lost: u64,
    /// In the file more than once, or not in their order.
    pub doubled: u64,
    /// Lines of the file that are none.
    pub broken: u64,
    /// Events that the pipe's reader did not get.
    pub lost_in_pipe: u64,
    /// Lines that it got again, with the cursors that it knew.
    pub again_in_pipe: u64,
}

impl Watched {
    /// Whether it is as promised.
    pub fn is_clean(&self) -> bool {
        [self.lost, self.doubled, self.broken, self.lost_in_pipe] == [0; 4]
    }
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} kills, {} events; in the file: {} lost, {} doubled, {} broken lines; in the pipe: {} lost, {} came again and were \
             known by their cursor",
            self.kills, self.events, self.lost, self.doubled, self.broken, self.lost_in_pipe, self.again_in_pipe
        )
    }
}

/// Kills them so many times; the seed chooses the moments. `broken`: the cursor's file forgets where the output was.
///
/// # Errors
/// A program cannot be started, or somebody does not come to an end.
pub async fn run(rounds: u64, seed: u64, broken: bool) -> Result<Watched> {
    ensure!(rounds > 0, "without a kill nothing is shown");
    let server = TestServer::start(Setup::for_load(&["Ada", "Bo"]).bot(true)).await?;
    let computer = Computer::new(server.url())?;
    let folder = tempfile::tempdir()?;
    let agents = server.agents.clone();
    let writers = Writers::start(server.address, CUSTOMERS, &agents[..1]).await?;
    let mut to_file = ToFile::new(&computer, &agents[1], folder.path());
    let mut to_pipe = ToPipe::new(&computer, &agents[1], folder.path());
    let mut chance = StdRng::seed_from_u64(seed);
    for round in 0..rounds {
        let (file, pipe) = (to_file.start()?, to_pipe.start()?);
        match round % 3 {
            0 => pause(EARLY_MAX.mul_f64(chance.random())).await,
            _ => {
                let more = to_file.length()? + chance.random_range(1..4_000);
                until_async("more lines", async || (to_file.length().ok()? >= more).then_some(())).await?;
                pause(AFTER_LINE_MAX.mul_f64(chance.random())).await;
            }
        }
        end(file)?;
        to_pipe.end(pipe)?;
        if broken {
            to_file.forget_output()?;
        }
    }
    let findings = writers.finish(|| server.journal()).await?;
    ensure!(findings.is_clean(), "the desk itself broke its promises: {findings}");
    to_file.finish()?;
    to_pipe.finish()?;
    let head = server.journal()?.head();
    Ok(Watched {
        kills: rounds,
        events: head,
        ..to_file.held_against(head)?.and(to_pipe.heard(head))
    })
}

/// Kills a program as nobody can forbid it.
fn end(mut child: Child) -> Result<()> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// One that writes to the end of a file.
struct ToFile<'a> {
    computer: &'a Computer,
    agent: &'a DeskAgent,
    out: PathBuf,
    cursor: PathBuf,
}

impl<'a> ToFile<'a> {
    fn new(computer: &'a Computer, agent: &'a DeskAgent, folder: &Path) -> ToFile<'a> {
        ToFile {
            computer,
            agent,
            out: folder.join("events.jsonl"),
            cursor: folder.join("file.cursor"),
        }
    }

    fn command(&self, more: &[&str]) -> Result<std::process::Command> {
        let file = self.cursor.to_str().context("a path of letters")?;
        let args = [&["watch", "--json", "--since", "0", "--cursor-file", file], more].concat();
        let mut command = piped(&self.computer.agent(self.agent, &args)?);
        command.stdin(Stdio::null()).stderr(Stdio::inherit());
        command.stdout(OpenOptions::new().create(true).append(true).open(&self.out)?);
        Ok(command)
    }

    fn start(&mut self) -> Result<Child> {
        Ok(self.command(&[])?.spawn()?)
    }

    fn length(&self) -> Result<u64> {
        Ok(fs::metadata(&self.out)?.len())
    }

    /// Breaks the promise on purpose.
    fn forget_output(&self) -> Result<()> {
        let kept = fs::read_to_string(&self.cursor).unwrap_or_default();
        if let Some(cursor) = kept.lines().next() {
            fs::write(&self.cursor, format!("{cursor}\n"))?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        let status = self.command(&["--no-follow"])?.status()?;
        ensure!(status.success(), "the last one ended with {status}");
        Ok(())
    }

    fn held_against(&self, head: u64) -> Result<Watched> {
        let mut found = Watched::default();
        let (mut newest, mut seen) = (0, HashSet::new());
        for line in BufReader::new(File::open(&self.out)?).lines() {
            match rev(&line?) {
                None => found.broken += 1,
                Some(rev) => {
                    found.doubled += u64::from(!seen.insert(rev) || rev < newest);
                    newest = rev;
                }
            }
        }
        found.lost = (1..=head).filter(|rev| !seen.contains(rev)).count() as u64;
        Ok(found)
    }
}

/// One that writes into a pipe, whose reader lives on.
struct ToPipe<'a> {
    computer: &'a Computer,
    agent: &'a DeskAgent,
    cursor: PathBuf,
    heard: Arc<Mutex<Vec<u64>>>,
}

/// Reads the pipe to its end.
type Reader = JoinHandle<std::io::Result<()>>;

impl<'a> ToPipe<'a> {
    fn new(computer: &'a Computer, agent: &'a DeskAgent, folder: &Path) -> ToPipe<'a> {
        ToPipe {
            computer,
            agent,
            cursor: folder.join("pipe.cursor"),
            heard: Arc::default(),
        }
    }

    fn args(&self) -> Result<[&str; 6]> {
        let file = self.cursor.to_str().context("a path of letters")?;
        Ok(["watch", "--json", "--since", "0", "--cursor-file", file])
    }

    fn start(&mut self) -> Result<(Child, Reader)> {
        let mut command = piped(&self.computer.agent(self.agent, &self.args()?)?);
        command.stdin(Stdio::null()).stderr(Stdio::inherit());
        let mut child = command.spawn()?;
        let pipe = child.stdout.take().context("a pipe")?;
        let heard = self.heard.clone();
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines() {
                // The last line has no end where the program was killed in it; it comes again.
                let rev = rev(&line?);
                heard.lock().unwrap_or_else(|it| it.into_inner()).extend(rev);
            }
            Ok(())
        });
        Ok((child, reader))
    }

    fn end(&self, (child, reader): (Child, Reader)) -> Result<()> {
        end(child)?;
        reader.join().map_err(|_| anyhow::anyhow!("the reader broke"))??;
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        let args = [&self.args()?[..], &["--no-follow"]].concat();
        let output = with_input(&self.computer.agent(self.agent, &args)?, "")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout)?;
        let mut heard = self.heard.lock().unwrap_or_else(|it| it.into_inner());
        heard.extend(text.lines().filter_map(rev));
        Ok(())
    }

    fn heard(&self, head: u64) -> (u64, u64) {
        let heard = self.heard.lock().unwrap_or_else(|it| it.into_inner());
        let seen: HashSet<u64> = heard.iter().copied().collect();
        let lost = (1..=head).filter(|rev| !seen.contains(rev)).count() as u64;
        (lost, (heard.len() - seen.len()) as u64)
    }
}

impl Watched {
    fn and(self, (lost_in_pipe, again_in_pipe): (u64, u64)) -> Watched {
        Watched {
            lost_in_pipe,
            again_in_pipe,
            ..self
        }
    }
}

/// The position of an event, of a line that has one.
fn rev(line: &str) -> Option<u64> {
    let line: Value = serde_json::from_str(line).ok()?;
    line["event"]["rev"].as_u64()
}
