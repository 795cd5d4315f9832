//! Dates and times as they are written in the three languages, in Oslo's time.

use base::{Lang, Time};

const NB: [&str; 12] = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
];
const EN: [&str; 12] = [
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

/// `22. november 2026`, in English `22 November 2026`.
#[must_use]
pub fn day(time: Time, lang: Lang) -> String {
    let local = time.local();
    let month = usize::from(local.month().unsigned_abs()).saturating_sub(1);
    // The months have the same names in bokmål and nynorsk.
    let (names, stop) = match lang {
        Lang::Nb | Lang::Nn => (NB, "."),
        Lang::En => (EN, ""),
    };
    let name = names.get(month).copied().unwrap_or_default();
    format!("{}{stop} {name} {}", local.day(), local.year())
}

/// `22. november 2026 kl. 14.05`, in English `22 November 2026, 14:05`.
#[must_use]
pub fn moment(time: Time, lang: Lang) -> String {
    let local = time.local();
    let (hour, minute) = (local.hour(), local.minute());
    match lang {
        Lang::Nb | Lang::Nn => format!("{} kl. {hour:02}.{minute:02}", day(time, lang)),
        Lang::En => format!("{}, {hour:02}:{minute:02}", day(time, lang)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_oslo_time() {
        let time = Time::from_rfc3339("2026-11-22T13:05:00Z").unwrap();
        assert_eq!(moment(time, Lang::Nb), "22. november 2026 kl. 14.05");
        assert_eq!(moment(time, Lang::En), "22 November 2026, 14:05");
        let night = Time::from_rfc3339("2026-06-30T22:30:00Z").unwrap();
        assert_eq!(day(night, Lang::Nn), "1. juli 2026");
    }
}
