//! Moments, and the clock as an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds in 24 hours.
pub const DAY: i64 = 24 * HOUR;

/// A moment: microseconds since 1970 in UTC. Stored as it is in both engines; shown in
/// Europe/Oslo, the one time zone of the hubs.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    /// From microseconds since 1970 in UTC.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970 in UTC.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Later (or with a negative number earlier) by so many microseconds.
    #[must_use]
    pub const fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this moment.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339 in UTC, as exports and the API write it: `2026-11-22T13:05:00Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.timestamp().to_string()
    }

    /// Reads RFC 3339, or a local date and time without offset, which is then taken as UTC (the
    /// habit of other analysis programs).
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let text = text.trim();
        let stamp = text
            .parse::<Timestamp>()
            .or_else(|_| format!("{text}Z").parse::<Timestamp>())
            .ok()?;
        Some(Self(stamp.as_microsecond()))
    }

    /// The first moment of a calendar day in Oslo, from `2026-11-22`, as a date field sends it.
    #[must_use]
    pub fn from_day(text: &str) -> Option<Self> {
        let date: jiff::civil::Date = text.trim().parse().ok()?;
        let start = date.to_zoned(oslo()).ok()?;
        Some(Self(start.timestamp().as_microsecond()))
    }

    /// The calendar day in Oslo as `2026-11-22`.
    #[must_use]
    pub fn day(self) -> String {
        self.local().date().to_string()
    }

    /// The wall clock in Oslo.
    #[must_use]
    pub fn local(self) -> Zoned {
        self.timestamp().to_zoned(oslo())
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

fn oslo() -> TimeZone {
    // The zone database is compiled in (`tzdb-bundle-always`), so the name is always there.
    TimeZone::get("Europe/Oslo").unwrap_or(TimeZone::UTC)
}

/// Where "now" comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands where a test put it.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock for tests that stands at `time` until it is moved with [`Clock::advance`].
    #[must_use]
    pub fn standing_at(time: Time) -> Self {
        Self::Set(Arc::new(AtomicI64::new(time.0)))
    }

    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> Time {
        match self {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that reads the clock"
            )]
            Self::System => Time(Timestamp::now().as_microsecond()),
            Self::Set(at) => Time(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a standing clock on; the machine's clock is left alone.
    pub fn advance(&self, micros: i64) {
        if let Self::Set(at) = self {
            at.fetch_add(micros, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oslo_days_begin_an_hour_or_two_before_utc_days() {
        let winter = Time::from_day("2026-01-15").map(Time::rfc3339);
        assert_eq!(winter.as_deref(), Some("2026-01-14T23:00:00Z"));
        let summer = Time::from_day("2026-07-15").map(Time::rfc3339);
        assert_eq!(summer.as_deref(), Some("2026-07-14T22:00:00Z"));
        assert_eq!(Time::from_day("2026-02-30"), None);
    }

    #[test]
    fn a_moment_reads_back_from_its_text() {
        let time = Time::from_micros(1_795_353_900_000_001);
        assert_eq!(Time::from_rfc3339(&time.rfc3339()), Some(time));
        assert_eq!(
            Time::from_rfc3339("2023-08-16T09:15:00"),
            Time::from_rfc3339("2023-08-16T09:15:00Z")
        );
        assert_eq!(Time::from_rfc3339("yesterday"), None);
    }

    #[test]
    fn a_standing_clock_moves_only_when_told() {
        let clock = Clock::standing_at(Time::from_micros(5));
        assert_eq!(clock.now(), Time::from_micros(5));
        clock.advance(SECOND);
        assert_eq!(clock.now(), Time::from_micros(5 + SECOND));
    }
}
