//! Dates as a news article gives them: a year, a month or a day.

use std::fmt;
use std::str::FromStr;

/// A calendar date known to the year, the month or the day. Ordered by time, the vaguer before the finer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The year, 1 to 9999.
    pub year: u16,
    /// The month, 1 to 12.
    pub month: Option<u8>,
    /// The day of the month, 1 to 31.
    pub day: Option<u8>,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl FromStr for Date {
    type Err = ();

    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD` (ISO 8601). Fails on any other form and on days that don't exist.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('-');
        let mut part = |len: usize| match parts.next() {
            None => Ok(None),
            Some(digits) if digits.len() == len && digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse::<u16>().map(Some).map_err(drop)
            }
            Some(_) => Err(()),
        };
        let year = part(4)?.filter(|year| *year > 0).ok_or(())?;
        let month = part(2)?;
        let day = part(2)?;
        if parts.next().is_some() {
            return Err(());
        }
        let small = |n: Option<u16>| n.map(|n| u8::try_from(n).map_err(drop)).transpose();
        let (month, day) = (small(month)?, small(day)?);
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            Some(2) => 28 + u8::from(leap),
            Some(4 | 6 | 9 | 11) => 30,
            _ => 31,
        };
        let valid = month.is_none_or(|m| (1..=12).contains(&m)) && day.is_none_or(|d| (1..=days).contains(&d));
        valid.then_some(Self { year, month, day }).ok_or(())
    }
}

impl fmt::Display for Date {
    /// "28 January 2026", "March 2026" or "2015".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(day) = self.day {
            write!(f, "{day} ")?;
        }
        if let Some(name) = self.month.and_then(|month| MONTHS.get(usize::from(month) - 1)) {
            write!(f, "{name} ")?;
        }
        write!(f, "{}", self.year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_and_show() {
        for (text, shown) in [("2026-01-28", "28 January 2026"), ("2026-03", "March 2026"), ("2015", "2015")] {
            assert_eq!(text.parse::<Date>().expect(text).to_string(), shown);
        }
        for text in ["", "26", "2026-13", "2025-02-29", "2026-1-2", "2026-01-28-1", "January", "0000"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn vaguer_dates_come_first() {
        let date = |text: &str| text.parse::<Date>().expect("a date");
        assert!(
            date("2026") < date("2026-01") && date("2026-01") < date("2026-01-28") && date("2025-12") < date("2026")
        );
    }
}
