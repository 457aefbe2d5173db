//! `minicom-bars`: each promise as an experiment in full. It prints what it counted and ends with 1 if a bar was missed.
//! With `--broken` the promise is broken on purpose, and it ends with 1 if that was not caught.
//!
//! Over 400 lines because each bar has its flags and its call here, and nothing else is here.

use std::{fmt, io::Write, process::ExitCode, time::Instant};

use anyhow::Result;
use clap::{Parser, Subcommand};
use minicom_e2e::{
    bars::{
        burst, claims, cuts, desk, endings, figures, groups, hostile, kill, lengths, logins, provider, races, repeats,
        revoke, search, signals, slow, storm, uploads, watch,
    },
    idle, keys,
};
use minicom_server::faults::Faults;

/// Experiments on the promises, in full
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    bar: Bar,
    /// Chooses the moments and places of what goes wrong
    #[arg(long, global = true, default_value_t = 1)]
    seed: u64,
    /// Break the promise on purpose: the bar must catch it
    #[arg(long, global = true)]
    broken: bool,
}

#[derive(Subcommand)]
enum Bar {
    /// Kill the server with `kill -9` while people write: nothing acknowledged is lost, nothing is doubled
    Kill {
        /// How often
        #[arg(long, default_value_t = 200)]
        rounds: u64,
    },
    /// Cut connections at random bytes: every replica equals the journal at the end
    Cuts {
        /// How many
        #[arg(long, default_value_t = 1_000)]
        cuts: u64,
    },
    /// Take over while the bot answers, or a program that is slow, or one that dies: no bot line after the take-over
    Races {
        /// How many, with each of them
        #[arg(long, visible_alias = "rounds", default_value_t = 5_000)]
        races: u64,
    },
    /// Swallow a third of the answers and repeat: nothing is doubled
    Repeats {
        /// How many lines
        #[arg(long, default_value_t = 100_000)]
        sends: u64,
    },
    /// Count commits with 64 messages in flight (broken: with one), and for lone ones
    Groups {
        /// How many messages
        #[arg(long, default_value_t = 10_000)]
        messages: u64,
    },
    /// Many agents take what waits at once: one owner each, nobody over capacity
    Claims {
        /// How many wait
        #[arg(long, default_value_t = 1_000)]
        waiting: u64,
        /// How many take
        #[arg(long, default_value_t = 20)]
        agents: u64,
        /// How many one agent can have
        #[arg(long, default_value_t = 40)]
        capacity: u32,
    },
    /// Open sockets that are slow or silent: the others do not feel them, and each is closed in its time (broken: none is)
    Slow {
        /// How many
        #[arg(long, default_value_t = 2_000)]
        sockets: usize,
    },
    /// Log in at once: the chats do not feel it, and memory stays bounded (broken: all passwords are checked at once; take 60)
    Logins {
        /// How many
        #[arg(long, default_value_t = 1_000)]
        logins: usize,
    },
    /// End sign-ins in each way there is: sockets closed within a second, calls refused, after a restart too
    Revoke {
        /// How many
        #[arg(long, default_value_t = 200)]
        tokens: usize,
    },
    /// Start, keys and memory of an agent's program at a large desk, with nothing and with much closed (no broken variant)
    Desk {
        /// Open conversations
        #[arg(long, default_value_t = 10_000)]
        open: u64,
        /// Closed ones, the second time
        #[arg(long, default_value_t = 100_000)]
        closed: u64,
        /// Keys in the list
        #[arg(long, default_value_t = 500)]
        moves: usize,
    },
    /// Search and opening among very many messages, and queries made to hurt; then the same among more (no broken variant)
    Search {
        /// Conversations
        #[arg(long, default_value_t = 50_000)]
        conversations: u64,
        /// How many times as many the second time: 200,000 conversations are 4,000,000 messages; 1 leaves it out
        #[arg(long, default_value_t = 4)]
        times: u64,
        /// Messages of each
        #[arg(long, default_value_t = 20)]
        messages: u64,
        /// Searches, and conversations that are opened
        #[arg(long, default_value_t = 1_000)]
        rounds: usize,
    },
    /// Kill `minicom-agent watch` under load and go on with its cursor's file: no event lost or doubled (broken: the file forgets
    /// where the output was)
    Watch {
        /// How often
        #[arg(long, default_value_t = 200)]
        rounds: u64,
    },
    /// Cut and kill uploads at random bytes: whole or not there at all, nothing left over, in little memory (broken: a cut counts as an
    /// end)
    Uploads {
        /// How many
        #[arg(long, default_value_t = 500)]
        uploads: u64,
    },
    /// From a new conversation to a signal in tmux, in another window than the agent's: bell, title, status line (no broken variant)
    Signal {
        /// How many, one after the other
        #[arg(long, default_value_t = 20)]
        conversations: usize,
    },
    /// Figures of ninety days at one size and at four times that size: as fast, and right (no broken variant)
    Figures {
        /// Conversations, the first time; 50000 are 1,000,000 messages, and then 4,000,000
        #[arg(long, default_value_t = 50_000)]
        conversations: u64,
        /// Messages of each
        #[arg(long, default_value_t = 20)]
        messages: u64,
        /// Times that each screen is asked for
        #[arg(long, default_value_t = 50)]
        rounds: usize,
    },
    /// Time from a key to the changed screen, and bytes for it, at 120x40 and 200x60 with 5,000 messages (no broken variant)
    Keys {
        /// Keys of each kind
        #[arg(long, default_value_t = 500)]
        keys: usize,
    },
    /// Keys in a conversation of 100 messages and in one of 10,000, by turns: the second to the first (no broken variant)
    Lengths {
        /// Keys of each kind
        #[arg(long, default_value_t = 500)]
        keys: usize,
    },
    /// A thousand events a second at an agent's desk: frames, and keys meanwhile (no broken variant)
    Burst {
        /// For how long, first without keys and then with
        #[arg(long, default_value_t = 10)]
        seconds: u32,
    },
    /// End both programs in every way at random moments on a terminal: it is given back as it was, and what was sent is there once
    /// (broken: each is killed)
    Endings {
        /// How often
        #[arg(long, default_value_t = 500)]
        rounds: u64,
    },
    /// Ask a desk whose provider is well, dead, hanging or lying: typing, first words and an answer in time, always (no broken variant)
    Provider {
        /// Times that each kind of provider is asked by eight customers at once
        #[arg(long, default_value_t = 3)]
        rounds: usize,
    },
    /// Any keys, pastes, clicks, sizes and events through both programs: no panic, a state that fits together, the terminal given back
    /// (broken: nobody tells them of new sizes)
    Storm {
        /// How many, for each of the programs
        #[arg(long, default_value_t = 1_000_000)]
        inputs: u64,
    },
    /// Texts made to do harm at every place where strangers' words reach a terminal: only allowed bytes come there (broken: one place
    /// has no gate)
    Hostile {
        /// How many
        #[arg(long, default_value_t = 1_000_000)]
        texts: u64,
    },
    /// Count wake-ups of an agent's program in 10 idle seconds (broken: somebody waits)
    Idle,
}

/// What an experiment came to: in words, and whether the promise held.
struct Came {
    words: String,
    held: bool,
}

impl Came {
    fn to(held: bool, what: &impl fmt::Display) -> Came {
        Came {
            words: what.to_string(),
            held,
        }
    }
}

fn main() -> ExitCode {
    let given = Arguments::parse();
    let began = Instant::now();
    let mut out = std::io::stdout().lock();
    let (words, code) = match measure(&given) {
        Ok(Came { words, held }) => {
            let passed = held != given.broken;
            let verdict = match (passed, given.broken) {
                (true, false) => "as promised",
                (true, true) => "the broken variant was caught",
                (false, false) => "BROKEN",
                (false, true) => "the broken variant was NOT caught",
            };
            let words = format!("{words}\n{verdict}, after {:.1} s", began.elapsed().as_secs_f64());
            (words, if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Err(error) => (format!("{error:#}"), ExitCode::FAILURE),
    };
    // If nobody reads it, the number still says it.
    let _ = writeln!(out, "{words}");
    code
}

#[tokio::main]
async fn measure(given: &Arguments) -> Result<Came> {
    let broken = given.broken;
    let none = Faults::default();
    match given.bar {
        Bar::Kill { rounds } => {
            let faults = Faults {
                answer_before_commit: broken,
                ..none
            };
            let found = kill::run(rounds, given.seed, faults).await?;
            Ok(Came::to(found.is_clean(), &found))
        }
        Bar::Cuts { cuts } => {
            let faults = Faults {
                resume_off_by_one: broken,
                ..none
            };
            let found = cuts::run(cuts, given.seed, faults).await?;
            Ok(Came::to(found.is_clean(), &found))
        }
        Bar::Races { races } => {
            let faults = Faults {
                bot_check_outside: broken,
                ..none
            };
            let (mut clean, mut told) = (true, Vec::new());
            for racer in races::Racer::ALL {
                let found = races::run(races, given.seed, faults, racer).await?;
                races::shows_something(&found)?;
                clean &= found.findings.is_clean();
                told.push(format!("{racer:?}: {found}"));
            }
            Ok(Came::to(clean, &told.join("\n")))
        }
        Bar::Provider { rounds } => {
            let found = provider::run(rounds).await?;
            Ok(Came::to(found.is_as_promised(), &found))
        }
        Bar::Repeats { sends } => {
            let faults = Faults {
                command_key_dropped: broken,
                ..none
            };
            let found = repeats::run(sends, given.seed, faults).await?;
            Ok(Came::to(found.findings.is_clean(), &found))
        }
        Bar::Groups { messages } => {
            let in_flight = if broken { 1 } else { groups::IN_FLIGHT };
            let found = groups::run(messages, in_flight).await?;
            Ok(Came::to(found.is_clean(), &found))
        }
        Bar::Claims {
            waiting,
            agents,
            capacity,
        } => {
            let faults = Faults {
                capacity_outside: broken,
                ..none
            };
            let found = claims::run(agents, waiting, capacity, given.seed, faults).await?;
            Ok(Came::to(found.is_clean(), &found))
        }
        Bar::Slow { sockets } => {
            let found = slow::run(slow::Experiment {
                sockets,
                kinds: &slow::Bad::ALL,
                faults: Faults {
                    deadlines_dropped: broken,
                    ..none
                },
            })
            .await?;
            Ok(Came::to(found.is_clean(), &found))
        }
        Bar::Logins { logins } => {
            let faults = Faults {
                hashes_unbounded: broken,
                ..none
            };
            let found = logins::run(logins, faults).await?;
            Ok(Came::to(found.is_clean(), &found))
        }
        Bar::Revoke { tokens } => {
            let faults = Faults {
                sign_out_unheard: broken,
                ..none
            };
            let found = revoke::run(tokens, faults).await?;
            Ok(Came::to(found.is_clean(), &found))
        }
        Bar::Desk { open, closed, moves } => {
            let found = desk::measure(desk::Size { open, closed, moves }).await?;
            let lines = found.each_ref().map(ToString::to_string);
            Ok(Came::to(found.iter().all(desk::Desk::is_quick), &lines.join("\n")))
        }
        Bar::Search {
            conversations,
            times,
            messages,
            rounds,
        } => {
            let size = search::Size {
                conversations,
                messages,
                rounds,
            };
            let found = search::compare(size, times, given.seed).await?;
            Ok(Came::to(found.is_as_promised(), &found))
        }
        Bar::Signal { conversations } => {
            let found = signals::measure(conversations).await?;
            Ok(Came::to(found.is_as_promised(), &found))
        }
        Bar::Watch { rounds } => {
            let found = watch::run(rounds, given.seed, broken).await?;
            Ok(Came::to(found.is_clean(), &found))
        }
        Bar::Uploads { uploads } => {
            let faults = Faults {
                cut_uploads_kept: broken,
                ..none
            };
            let found = uploads::run(uploads, given.seed, faults).await?;
            Ok(Came::to(found.is_clean(), &found))
        }
        Bar::Figures {
            conversations,
            messages,
            rounds,
        } => {
            let size = figures::Size {
                conversations,
                messages,
                rounds,
            };
            let found = figures::measure(size, given.seed).await?;
            Ok(Came::to(found.is_as_promised(), &found))
        }
        Bar::Keys { keys } => {
            let measured = keys::measure(keys::Bar::with(keys), &keys::SIZES).await?;
            let lines: Vec<String> = measured.iter().map(ToString::to_string).collect();
            let held = measured.iter().all(keys::AtSize::is_as_promised);
            Ok(Came::to(held, &lines.join("\n")))
        }
        Bar::Lengths { keys } => {
            let found = lengths::measure(lengths::Size::with(keys)).await?;
            Ok(Came::to(found.is_as_promised(), &found))
        }
        Bar::Burst { seconds } => {
            let found = burst::measure(burst::Size::with(seconds)).await?;
            Ok(Came::to(found.is_as_promised(), &found))
        }
        Bar::Endings { rounds } => {
            let found = endings::run(rounds, given.seed, broken).await?;
            Ok(Came::to(found.is_clean(), &found))
        }
        Bar::Storm { inputs } => {
            let came = storm::run(inputs, given.seed, broken);
            Ok(Came::to(came.is_clean(), &came))
        }
        Bar::Hostile { texts } => {
            let came = hostile::run(texts, given.seed, broken);
            Ok(Came::to(came.is_clean(), &came))
        }
        Bar::Idle => {
            let count = idle::count(idle::WINDOW, broken).await?;
            Ok(Came::to(
                count == 0,
                &format!("{count} wake-ups in {} s", idle::WINDOW.as_secs()),
            ))
        }
    }
}
