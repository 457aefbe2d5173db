//! What a load came to, and how it is told.

use std::{
    fmt,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

use super::{Amount, Load, agent::Seen, customer::Done, histogram, process::Used};

/// What a load came to. The first line of each customer, which opens the conversation, is in none of the figures.
#[derive(Clone, Debug)]
pub struct Figures {
    /// What was done.
    pub load: Load,
    /// Lines that were answered as durable.
    pub messages: u64,
    /// From the beginning to the last answer.
    pub durable_in: Duration,
    /// From the beginning to the last line in the last agent's view.
    pub delivered_in: Duration,
    /// From sending a line to its answer, in microseconds.
    pub answered: Histogram<u64>,
    /// From sending a line to seeing it, for every agent, in microseconds.
    pub seen: Histogram<u64>,
    /// At a pace: how much later than it should a line was sent, in microseconds.
    pub late: Histogram<u64>,
    /// Lines that the server refused for now, and that were sent again.
    pub refused_for_now: u64,
    /// What the server used meanwhile, and its memory at the end.
    pub used: Option<Used>,
    /// Lines found in the journal on the disk, the opening ones too.
    pub on_disk: Option<u64>,
}

impl Figures {
    pub(super) fn new(
        load: &Load,
        began: Instant,
        done: &[Done],
        seen: &[Seen],
        used: Option<(Used, Used)>,
        on_disk: Option<u64>,
    ) -> Figures {
        let last =
            |times: &mut dyn Iterator<Item = Instant>| times.max().unwrap_or(began).saturating_duration_since(began);
        let durable_in = last(&mut done.iter().map(|done| done.last));
        Figures {
            load: load.clone(),
            messages: done.iter().map(|done| done.acknowledged.saturating_sub(1)).sum(),
            durable_in,
            delivered_in: last(&mut seen.iter().map(|seen| seen.last)).max(durable_in),
            answered: sum(done.iter().map(|done| &done.answered)),
            seen: sum(seen.iter().map(|seen| &seen.after)),
            late: sum(done.iter().map(|done| &done.late)),
            refused_for_now: done.iter().map(|done| done.refused_for_now).sum(),
            used: used.map(|(before, after)| Used {
                cpu: after.cpu.saturating_sub(before.cpu),
                written: after.written.saturating_sub(before.written),
                memory: after.memory,
            }),
            on_disk,
        }
    }

    /// Durable messages a second.
    pub fn durable_rate(&self) -> f64 {
        self.messages as f64 / self.durable_in.as_secs_f64().max(1e-9)
    }

    /// Messages a second that were durable and in every agent's view.
    pub fn delivered_rate(&self) -> f64 {
        self.messages as f64 / self.delivered_in.as_secs_f64().max(1e-9)
    }
}

fn sum<'a>(parts: impl Iterator<Item = &'a Histogram<u64>>) -> Histogram<u64> {
    parts.fold(histogram(), |mut all, part| {
        all += part;
        all
    })
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Load {
            customers,
            agents,
            in_flight,
            bytes,
            amount,
            rate,
        } = &self.load;
        let speed = rate.map_or_else(String::new, |rate| format!(", {rate:.0} lines/s"));
        let time = match amount {
            Amount::Messages(_) => String::new(),
            Amount::Time(time) => format!(", for {} s", time.as_secs()),
        };
        writeln!(
            f,
            "{customers} customers, {agents} agents, {in_flight} in flight each, lines of {bytes} bytes{speed}{time}"
        )?;
        let (messages, seconds) = (self.messages, self.durable_in.as_secs_f64());
        writeln!(
            f,
            "  durable         {:>9.0} messages/s ({messages} in {seconds:.2} s)",
            self.durable_rate()
        )?;
        if *agents > 0 {
            writeln!(
                f,
                "  and delivered   {:>9.0} messages/s, to each agent",
                self.delivered_rate()
            )?;
        }
        writeln!(f, "  send to answer  {}", Times(&self.answered))?;
        if *agents > 0 {
            writeln!(f, "  send to seen    {}", Times(&self.seen))?;
        }
        if rate.is_some() {
            writeln!(f, "  sent late       {}", Times(&self.late))?;
        }
        if self.refused_for_now > 0 {
            writeln!(f, "  refused for now {:>9} times, and sent again", self.refused_for_now)?;
        }
        if let Some(used) = &self.used {
            let each = self.messages.max(1) as f64;
            writeln!(
                f,
                "  the server      {:.2} CPU s per 100,000 messages, {:.1} KB written per message, {:.0} MiB of memory",
                used.cpu.as_secs_f64() * 100_000.0 / each,
                used.written as f64 / 1_000.0 / each,
                used.memory as f64 / 1_048_576.0
            )?;
        }
        let journal = if self.on_disk.is_some() {
            ", nor in the journal on the disk"
        } else {
            ""
        };
        write!(
            f,
            "  nothing lost, doubled or out of order in the views of {customers} customers and {agents} agents{journal}"
        )
    }
}

/// Times in milliseconds.
struct Times<'a>(&'a Histogram<u64>);

impl fmt::Display for Times<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |us: u64| us as f64 / 1_000.0;
        write!(
            f,
            "p50 {:>8.2} ms   p99 {:>8.2} ms   most {:>8.2} ms   ({} times)",
            ms(self.0.value_at_quantile(0.5)),
            ms(self.0.value_at_quantile(0.99)),
            ms(self.0.max()),
            self.0.len()
        )
    }
}
