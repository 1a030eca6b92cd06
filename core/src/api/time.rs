//! Virtual time: integer milliseconds since the scenario's start, and Kubernetes' whole seconds.

use std::fmt;
use std::ops::Add;

/// An instant in milliseconds since the scenario's start; imported objects may lie before it.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Time(pub i64);

impl Time {
    /// The scenario's start.
    pub const ZERO: Time = Time(0);

    /// The instant `seconds` after the scenario's start.
    pub const fn from_seconds(seconds: i64) -> Time {
        Time(seconds * 1000)
    }

    /// API timestamps are whole seconds: the second that this instant lies in.
    pub const fn second(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The instant as the API stores it.
    pub const fn truncated(self) -> Time {
        Time::from_seconds(self.second())
    }
}

/// Adds milliseconds.
impl Add<i64> for Time {
    type Output = Time;

    fn add(self, milliseconds: i64) -> Time {
        Time(self.0.saturating_add(milliseconds))
    }
}

/// `mm:ss`, as the clock of the page shows it.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.second();
        let sign = if seconds < 0 { "-" } else { "" };
        let (minutes, rest) = (seconds.abs() / 60, seconds.abs() % 60);
        write!(f, "{sign}{minutes:02}:{rest:02}")
    }
}

/// The calendar date of virtual time zero; turns instants into RFC 3339 text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Calendar {
    /// Seconds from 1970-01-01T00:00:00Z to the scenario's start.
    pub unix_seconds_at_zero: i64,
}

impl Calendar {
    /// The calendar whose time zero is a date in UTC, written `2026-01-12T09:00:00Z`.
    pub fn parse(text: &str) -> Option<Calendar> {
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        let mut date = date.split('-').map(|it| it.parse::<i64>().ok());
        let (year, month, day) = (date.next()??, date.next()??, date.next()??);
        let mut time = time.split(':').map(|it| it.parse::<i64>().ok());
        let (hour, minute, second) = (time.next()??, time.next()??, time.next()??);
        let days = days_from_civil(year, month, day);
        Some(Calendar { unix_seconds_at_zero: ((days * 24 + hour) * 60 + minute) * 60 + second })
    }

    /// RFC 3339 in UTC with whole seconds, as the API prints timestamps.
    pub fn rfc3339(self, time: Time) -> String {
        let unix = self.unix_seconds_at_zero + time.second();
        let (year, month, day) = civil_from_days(unix.div_euclid(86_400));
        let second_of_day = unix.rem_euclid(86_400);
        let (hour, minute) = (second_of_day / 3600, second_of_day / 60 % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z", second_of_day % 60)
    }
}

/// Days since 1970-01-01 to (year, month, day), proleptic Gregorian, in eras of 400 years that
/// begin on 1 March, so that the leap day is the last of its year.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// The inverse of `civil_from_days`.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_whole_seconds_in_utc() {
        let cases = [
            (0, 0, "1970-01-01T00:00:00Z"),
            (951_782_400, 0, "2000-02-29T00:00:00Z"),
            (1_735_689_599, 0, "2024-12-31T23:59:59Z"),
            (1_735_689_599, 1999, "2025-01-01T00:00:00Z"),
            (1_735_689_600, -1, "2024-12-31T23:59:59Z"),
        ];
        for (zero, milliseconds, expected) in cases {
            let calendar = Calendar { unix_seconds_at_zero: zero };
            assert_eq!(calendar.rfc3339(Time(milliseconds)), expected);
            let second = zero + Time(milliseconds).second();
            assert_eq!(Calendar::parse(expected).map(|it| it.unix_seconds_at_zero), Some(second));
        }
    }

    #[test]
    fn the_clock_shows_minutes_and_seconds() {
        assert_eq!(Time(79_999).to_string(), "01:19");
        assert_eq!(Time(-1500).to_string(), "-00:02");
        assert_eq!(Time::from_seconds(6000).to_string(), "100:00");
    }
}
