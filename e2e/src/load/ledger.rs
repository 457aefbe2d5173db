//! What one reader has seen of a load: every customer's lines come once, in order and without a gap, in ranges that
//! join. Pure.

use anyhow::{Result, bail};

/// What marks a load's lines, so that those of another run or of people are left alone.
const TAG: &str = "load";

/// A line of a load: who wrote it, the how-manieth of that customer, and when it was handed to the socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// The load's own number.
    pub run: u32,
    /// The customer, from 0.
    pub customer: usize,
    /// The customer's lines count from 1.
    pub number: u64,
    /// When it was handed to the socket, in nanoseconds of the driver's own clock.
    pub sent_ns: u64,
}

impl Line {
    /// The line as text, filled up to `bytes` if it is shorter.
    pub fn text(&self, bytes: usize) -> String {
        let Line {
            run,
            customer,
            number,
            sent_ns,
        } = self;
        let text = format!("{TAG} {run} {customer} {number} {sent_ns} ");
        let fill = bytes.saturating_sub(text.len());
        text + &"x".repeat(fill)
    }

    /// The line that a text is, if a load wrote it.
    pub fn parse(text: &str) -> Option<Line> {
        let mut words = text.split(' ');
        (words.next()? == TAG).then_some(())?;
        Some(Line {
            run: words.next()?.parse().ok()?,
            customer: words.next()?.parse().ok()?,
            number: words.next()?.parse().ok()?,
            sent_ns: words.next()?.parse().ok()?,
        })
    }
}

/// What one reader has seen.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// For messages: which reader it is.
    reader: String,
    /// The reader's position.
    at: u64,
    /// The newest line seen of each customer.
    newest: Vec<u64>,
}

impl Ledger {
    /// A reader that begins at a position and looks at so many customers.
    pub fn new(reader: impl Into<String>, at: u64, customers: usize) -> Ledger {
        Ledger {
            reader: reader.into(),
            at,
            newest: vec![0; customers],
        }
    }

    /// A range of the reader's came.
    ///
    /// # Errors
    /// It does not join the one before.
    pub fn range(&mut self, from: u64, to: u64) -> Result<()> {
        if from != self.at || to < from {
            bail!("{} stands at {} and is given ({from}, {to}]", self.reader, self.at);
        }
        self.at = to;
        Ok(())
    }

    /// A line came.
    ///
    /// # Errors
    /// It is lost, doubled or out of order.
    pub fn line(&mut self, line: &Line) -> Result<()> {
        let Line { customer, number, .. } = line;
        let Some(newest) = self.newest.get_mut(*customer) else {
            bail!(
                "{} is given a line of a customer {customer} who is not there",
                self.reader
            );
        };
        match *number {
            n if n == *newest + 1 => *newest = n,
            n if n <= *newest => bail!("{}: line {n} of customer {customer} came twice", self.reader),
            n => bail!(
                "{}: line {n} of customer {customer} came where {} belongs: lost or out of order",
                self.reader,
                *newest + 1
            ),
        }
        Ok(())
    }

    /// The newest line seen of a customer.
    pub fn newest(&self, customer: usize) -> u64 {
        self.newest.get(customer).copied().unwrap_or_default()
    }

    /// How many lines were seen.
    pub fn total(&self) -> u64 {
        self.newest.iter().sum()
    }

    /// What is missing against what was acknowledged, in words.
    pub fn missing(&self, acknowledged: &[u64]) -> Option<String> {
        let mut lacking = acknowledged.iter().zip(&self.newest).enumerate();
        let lacking = lacking.find(|(_, (acknowledged, seen))| acknowledged > seen);
        let (customer, (acknowledged, seen)) = lacking?;
        Some(format!(
            "{} has seen {seen} of the {acknowledged} acknowledged lines of customer {customer}",
            self.reader
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(customer: usize, number: u64) -> Line {
        Line {
            run: 7,
            customer,
            number,
            sent_ns: 1_234_567,
        }
    }

    #[test]
    fn a_line_comes_back_from_its_text() {
        let text = line(12, 34).text(128);
        assert_eq!(text.len(), 128);
        assert_eq!(Line::parse(&text), Some(line(12, 34)));
        assert_eq!(
            Line::parse(&line(12, 34).text(0)),
            Some(line(12, 34)),
            "longer than asked for"
        );
        for other in [
            "",
            "load",
            "load x 1 2 3",
            "Hello, I need help",
            "load 1 2 3",
            "cargo 7 12 34 5 ",
        ] {
            assert_eq!(Line::parse(other), None, "{other}");
        }
    }

    /// What the ledger says to the lines `(customer, number)` in this order.
    fn check(lines: &[(usize, u64)], complaint: Option<&str>) {
        let mut ledger = Ledger::new("the reader", 0, 2);
        let said = lines
            .iter()
            .try_for_each(|(customer, n)| ledger.line(&line(*customer, *n)));
        match complaint {
            None => said.unwrap(),
            Some(words) => {
                let said = said.expect_err("nothing was found").to_string();
                assert!(said.contains(words), "{said}");
            }
        }
    }

    #[test]
    fn what_is_lost_doubled_or_out_of_order_is_found() {
        check(&[(0, 1), (1, 1), (0, 2), (0, 3), (1, 2)], None);
        check(&[(0, 1), (0, 1)], Some("line 1 of customer 0 came twice"));
        check(
            &[(0, 1), (1, 1), (0, 3)],
            Some("line 3 of customer 0 came where 2 belongs"),
        );
        check(&[(0, 2)], Some("came where 1 belongs"));
        check(&[(0, 1), (0, 2), (0, 1)], Some("came twice"));
        check(&[(2, 1)], Some("who is not there"));
    }

    #[test]
    fn ranges_join() {
        let mut ledger = Ledger::new("the reader", 5, 1);
        ledger.range(5, 5).unwrap();
        ledger.range(5, 9).unwrap();
        assert!(ledger.range(8, 10).is_err(), "an overlap");
        assert!(ledger.range(10, 11).is_err(), "a hole");
        assert!(ledger.range(9, 8).is_err(), "backwards");
    }

    #[test]
    fn what_was_acknowledged_must_be_seen() {
        let mut ledger = Ledger::new("the reader", 0, 2);
        ledger.line(&line(0, 1)).unwrap();
        assert_eq!(ledger.missing(&[1, 0]), None);
        assert!(
            ledger
                .missing(&[1, 1])
                .unwrap()
                .contains("0 of the 1 acknowledged lines of customer 1")
        );
        assert_eq!((ledger.newest(0), ledger.newest(1), ledger.total()), (1, 0, 1));
    }
}
