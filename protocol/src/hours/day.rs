//! The parts of opening hours: an interval of a day, the intervals of one day, and a date. Each is written as people write
//! it, and only what makes sense can be built.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{Hours, excerpt};

/// Minutes of a day on a clock that does not change. 24:00 is the end of a day.
const DAY_MIN: u16 = 24 * 60;

/// A part of a day by the clock on the wall, from its first minute up to, but not with, its last: `09:00-12:30`. It has at
/// least one minute and may end at 24:00.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Interval {
    from_min: u16,
    to_min: u16,
}

impl Interval {
    /// From one minute of the day to another.
    ///
    /// # Errors
    ///
    /// If it ends before it begins, when it begins, or after 24:00.
    pub fn new(from_min: u16, to_min: u16) -> Result<Interval, String> {
        let it = Interval { from_min, to_min };
        if to_min > DAY_MIN {
            Err(format!("{it} ends after 24:00"))
        } else if to_min == from_min {
            Err(format!("{it} has no minute; for a whole day write 00:00-24:00"))
        } else if to_min < from_min {
            let (from, to) = (Clock(from_min), Clock(to_min));
            Err(format!(
                "{it} ends before it begins; for a night write {from}-24:00 and, on the next day, 00:00-{to}"
            ))
        } else {
            Ok(it)
        }
    }

    /// The first minute of the day in it: 0 to 1,439.
    pub fn from_min(self) -> u16 {
        self.from_min
    }

    /// The first minute after it: 1 to 1,440, after [`Interval::from_min`].
    pub fn to_min(self) -> u16 {
        self.to_min
    }
}

/// A minute of the day as a clock shows it.
struct Clock(u16);

impl fmt::Display for Clock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}", Clock(self.from_min), Clock(self.to_min))
    }
}

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<u16> {
    let are = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    are.then(|| text.parse().ok()).flatten()
}

impl FromStr for Clock {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (hour, minute) = text.split_once(':').ok_or(())?;
        match (digits(hour, 2), digits(minute, 2)) {
            (Some(hour @ 0..24), Some(minute @ 0..60)) => Ok(Clock(hour * 60 + minute)),
            (Some(24), Some(0)) => Ok(Clock(DAY_MIN)),
            _ => Err(()),
        }
    }
}

impl FromStr for Interval {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let clocks = text.trim().split_once('-').and_then(|(from, to)| {
            let (from, to) = (from.parse::<Clock>().ok()?, to.parse::<Clock>().ok()?);
            Some((from.0, to.0))
        });
        let (from, to) = clocks.ok_or_else(|| format!("{:?} is no interval, as 09:00-12:30", excerpt(text)))?;
        Interval::new(from, to)
    }
}

/// The intervals of one day, in the order of time, none overlapping another, at most [`Hours::INTERVALS_MAX`]. Without any
/// the day is closed. Two that touch are as one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Day(Vec<Interval>);

impl Day {
    /// The day with these intervals, given in any order.
    ///
    /// # Errors
    ///
    /// If two overlap, or if there are too many.
    pub fn new(mut intervals: Vec<Interval>) -> Result<Day, String> {
        if intervals.len() > Hours::INTERVALS_MAX {
            let (most, found) = (Hours::INTERVALS_MAX, intervals.len());
            return Err(format!("a day has at most {most} intervals, and these are {found}"));
        }
        intervals.sort_unstable();
        match intervals.windows(2).find(|pair| pair[1].from_min < pair[0].to_min) {
            Some(pair) => Err(format!("{} and {} overlap", pair[0], pair[1])),
            None => Ok(Day(intervals)),
        }
    }

    /// The day with the intervals that are written here.
    ///
    /// # Errors
    ///
    /// If one is not understood, and as [`Day::new`].
    pub fn parse<T: AsRef<str>>(texts: &[T]) -> Result<Day, String> {
        let intervals: Result<_, _> = texts.iter().map(|text| text.as_ref().parse()).collect();
        Day::new(intervals?)
    }

    /// The intervals, the earliest first.
    pub fn intervals(&self) -> &[Interval] {
        &self.0
    }

    /// Whether there is no interval.
    pub fn is_closed(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Interval::to_string))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        Day::parse(&texts).map_err(D::Error::custom)
    }
}

/// A day of the calendar: `2026-12-24`. Only days that exist can be built, from 1970 to 9998, so that every one of them, and
/// the day after it, has a place in time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day of this year, month (1 to 12) and day of the month (from 1), if there is such a day.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Date> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        ((1970..=9998).contains(&year) && (1..=last).contains(&day)).then_some(Date { year, month, day })
    }

    /// The year: 1970 to 9998.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month: 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month: 1 to 31.
    pub fn day(self) -> u8 {
        self.day
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('-').collect();
        let numbers = match parts[..] {
            [year, month, day] => digits(year, 4).zip(digits(month, 2)).zip(digits(day, 2)),
            _ => None,
        };
        let Some(((year, month), day)) = numbers else {
            return Err(format!("{:?} is no date, as 2026-12-24", excerpt(text)));
        };
        // Two digits always fit into a byte.
        Date::new(year, month as u8, day as u8).ok_or_else(|| format!("there is no day {text}"))
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
