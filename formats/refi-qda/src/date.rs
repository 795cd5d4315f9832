//! `xsd:dateTime` as it stands in projects.

use std::fmt;
use std::str::FromStr;

/// A point in time as an `xsd:dateTime` tells it, with its offset if it has one.
///
/// Kept in the form it came in, so that it goes out again unchanged; two values are equal when
/// they are written alike, not when they mean the same moment. Use
/// [`to_unix_micros`](Self::to_unix_micros) to compare moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DateTime {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    nanosecond: u32,
    offset_minutes: Option<i16>,
}

/// The text is no `xsd:dateTime` of the years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an xsd:dateTime")]
pub struct BadDateTime;

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

impl DateTime {
    /// Microseconds since 1970-01-01T00:00:00Z. `default_offset` is the offset from UTC in minutes
    /// (east positive) for a value that tells none.
    #[must_use]
    pub fn to_unix_micros(self, default_offset: i16) -> i64 {
        let days = days_from_civil(self.year.into(), self.month.into(), self.day.into());
        let seconds =
            i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second)
                - i64::from(self.offset_minutes.unwrap_or(default_offset)) * 60;
        (days * SECONDS_PER_DAY + seconds) * MICROS_PER_SECOND + i64::from(self.nanosecond / 1000)
    }

    /// The moment in UTC, or `None` outside the years 1 to 9999.
    #[must_use]
    pub fn from_unix_micros(micros: i64) -> Option<Self> {
        let seconds = micros.div_euclid(MICROS_PER_SECOND);
        let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY));
        let in_day = seconds.rem_euclid(SECONDS_PER_DAY);
        Some(Self {
            year: u16::try_from(year)
                .ok()
                .filter(|y| (1..=9999).contains(y))?,
            month: u8::try_from(month).ok()?,
            day: u8::try_from(day).ok()?,
            hour: u8::try_from(in_day / 3600).ok()?,
            minute: u8::try_from(in_day / 60 % 60).ok()?,
            second: u8::try_from(in_day % 60).ok()?,
            nanosecond: u32::try_from(micros.rem_euclid(MICROS_PER_SECOND)).ok()? * 1000,
            offset_minutes: Some(0),
        })
    }
}

impl FromStr for DateTime {
    type Err = BadDateTime;

    /// Reads `2018-03-27T18:01:07Z` with any fraction and offset. A blank instead of the `T` is
    /// let through, since some programs write one; digits past the nanosecond are dropped.
    fn from_str(text: &str) -> Result<Self, BadDateTime> {
        let text = text.trim().as_bytes();
        let two = |at: usize| number(text.get(at..at + 2)?).and_then(|n| u8::try_from(n).ok());
        let sign = |at: usize, allowed: &[u8]| {
            text.get(at)
                .is_some_and(|b| allowed.contains(b))
                .then_some(())
        };
        let parse = || {
            let year = number(text.get(..4)?).and_then(|n| u16::try_from(n).ok())?;
            sign(4, b"-")?;
            sign(7, b"-")?;
            sign(10, b"T ")?;
            sign(13, b":")?;
            sign(16, b":")?;
            let (nanosecond, rest) = fraction(text.get(19..)?)?;
            Some(Self {
                year,
                month: two(5)?,
                day: two(8)?,
                hour: two(11)?,
                minute: two(14)?,
                second: two(17)?,
                nanosecond,
                offset_minutes: offset(rest)?,
            })
        };
        parse().filter(Self::is_real).ok_or(BadDateTime)
    }
}

impl DateTime {
    fn is_real(&self) -> bool {
        let leap = self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let days = match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return false,
        };
        self.year >= 1
            && (1..=days).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            ..
        } = self;
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if self.nanosecond > 0 {
            let digits = format!("{:09}", self.nanosecond);
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        match self.offset_minutes {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(m) => {
                let sign = if m < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", m.abs() / 60, m.abs() % 60)
            }
        }
    }
}

/// All digits, or nothing.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, b| {
        b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0'))
    })
}

fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let Some(rest) = text.strip_prefix(b".") else {
        return Some((0, text));
    };
    let end = rest
        .iter()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(rest.len());
    let (digits, rest) = rest.split_at(end);
    if digits.is_empty() {
        return None;
    }
    let kept = number(digits.get(..9).unwrap_or(digits))?;
    let missing = u32::try_from(9_usize.saturating_sub(digits.len())).ok()?;
    Some((kept * 10_u32.pow(missing), rest))
}

/// Outer `None`: cannot be read. Inner `None`: no offset told.
fn offset(text: &[u8]) -> Option<Option<i16>> {
    match text {
        [] => Some(None),
        b"Z" | b"z" => Some(Some(0)),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let hours = number(&[*h1, *h2]).filter(|h| *h <= 14)?;
            let minutes = number(&[*m1, *m2]).filter(|m| *m < 60)?;
            let all = i16::try_from(hours * 60 + minutes)
                .ok()
                .filter(|m| *m <= 840)?;
            Some(Some(if *sign == b'-' { -all } else { all }))
        }
        _ => None,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counted in eras of 400 years whose
/// years begin in March, so that the leap day is the last one.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The way back from [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_programs_write() {
        for (from, to) in [
            ("2018-03-27T18:01:07Z", "2018-03-27T18:01:07Z"),
            ("2018-03-27T18:01:07", "2018-03-27T18:01:07"),
            ("2018-03-27 18:01:07", "2018-03-27T18:01:07"),
            (
                "2020-02-29T23:59:59.1234567+01:00",
                "2020-02-29T23:59:59.1234567+01:00",
            ),
            (
                "2020-02-29T23:59:59.50-05:30",
                "2020-02-29T23:59:59.5-05:30",
            ),
            (" 2020-01-01T00:00:00z ", "2020-01-01T00:00:00Z"),
        ] {
            assert_eq!(from.parse::<DateTime>().unwrap().to_string(), to);
        }
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "2018",
            "2018-03-27",
            "2019-02-29T00:00:00Z",
            "2018-13-01T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "2018-03-27T24:00:00Z",
            "2018-03-27T18:01:07.Z",
            "2018-03-27T18:01:07+15:00",
            "2018-03-27T18:01:07ZZ",
            "æøå8-03-27T18:01:07Z",
        ] {
            assert_eq!(text.parse::<DateTime>(), Err(BadDateTime), "{text}");
        }
    }

    #[test]
    fn counts_from_1970() {
        let moment: DateTime = "2018-03-27T18:01:07.5+02:00".parse().unwrap();
        assert_eq!(moment.to_unix_micros(0), 1_522_166_467_500_000);
        let local: DateTime = "1970-01-01T01:00:00".parse().unwrap();
        assert_eq!(local.to_unix_micros(60), 0);
        assert_eq!(DateTime::from_unix_micros(i64::MAX), None);
    }

    proptest! {
        #[test]
        fn moments_come_back(micros in -62_135_596_800_000_000_i64..253_402_300_800_000_000) {
            let moment = DateTime::from_unix_micros(micros).unwrap();
            prop_assert_eq!(moment.to_unix_micros(0), micros);
            prop_assert_eq!(moment.to_string().parse::<DateTime>(), Ok(moment));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = text.parse::<DateTime>();
        }
    }
}
