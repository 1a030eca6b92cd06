//! Ages and other durations (`apimachinery/pkg/util/duration`), and the dates they are counted
//! from.

use serde_json::Value;

use crate::api::{Calendar, Time};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// `HumanDuration` of milliseconds.
pub(super) fn human(milliseconds: i64) -> String {
    // Go divides towards zero.
    let seconds = milliseconds / 1000;
    if seconds < -1 {
        return "<invalid>".to_owned();
    }
    let two = |major: i64, unit: &str, minor: i64, minor_unit: &str| match minor {
        0 => format!("{major}{unit}"),
        _ => format!("{major}{unit}{minor}{minor_unit}"),
    };
    match seconds {
        ..0 => "0s".to_owned(),
        _ if seconds < 2 * MINUTE => format!("{seconds}s"),
        _ if seconds < 10 * MINUTE => two(seconds / MINUTE, "m", seconds % MINUTE, "s"),
        _ if seconds < 3 * HOUR => format!("{}m", seconds / MINUTE),
        _ if seconds < 8 * HOUR => two(seconds / HOUR, "h", seconds / MINUTE % 60, "m"),
        _ if seconds < 2 * DAY => format!("{}h", seconds / HOUR),
        _ if seconds < 8 * DAY => two(seconds / DAY, "d", seconds / HOUR % 24, "h"),
        _ if seconds < 2 * YEAR => format!("{}d", seconds / DAY),
        _ if seconds < 8 * YEAR => two(seconds / YEAR, "y", seconds / DAY % 365, "d"),
        _ => format!("{}y", seconds / YEAR),
    }
}

/// Milliseconds since 1970 of a timestamp of the API, with or without a fraction of a second.
pub(super) fn instant(timestamp: &Value) -> Option<i64> {
    let text = timestamp.as_str()?.strip_suffix('Z')?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds = Calendar::parse(&format!("{whole}Z"))?.unix_seconds_at_zero;
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some(seconds * 1000 + digits.parse::<i64>().ok()?)
}

/// The age of a timestamp.
pub(super) fn since(timestamp: &Value, now: i64) -> String {
    instant(timestamp).map_or_else(|| "<unknown>".to_owned(), |it| human(now - it))
}

/// RFC 3339 in UTC of milliseconds since 1970.
pub(super) fn rfc3339(instant: i64) -> String {
    Calendar { unix_seconds_at_zero: 0 }.rfc3339(Time(instant))
}

/// `Mon, 02 Jan 2006 15:04:05 +0000` of a timestamp of the API, as `describe` prints it.
pub(super) fn rfc1123(timestamp: &Value) -> String {
    let Some(instant) = instant(timestamp) else {
        return "Mon, 01 Jan 0001 00:00:00 +0000".to_owned();
    };
    let iso = rfc3339(instant);
    let part = |range: std::ops::Range<usize>| iso.get(range).unwrap_or_default();
    let month = part(5..7).parse::<usize>().unwrap_or(1).clamp(1, 12);
    let name = |names: &'static str, index: usize| names.get(index * 3..index * 3 + 3);
    let month = name("JanFebMarAprMayJunJulAugSepOctNovDec", month - 1).unwrap_or_default();
    // 1 January 1970 was a Thursday.
    let day = instant.div_euclid(86_400_000).rem_euclid(7) as usize;
    let day = name("ThuFriSatSunMonTueWed", day).unwrap_or_default();
    format!("{day}, {} {month} {} {} +0000", part(8..10), part(0..4), part(11..19))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_go() {
        let timestamp = Value::from("2026-11-22T21:51:58Z");
        assert_eq!(rfc1123(&timestamp), "Sun, 22 Nov 2026 21:51:58 +0000");
    }

    /// kubectl.md §2, the forms and their borders.
    #[test]
    fn durations_have_the_forms_of_kubectl() {
        let cases = [
            (-2, "<invalid>"),
            (-1, "0s"),
            (0, "0s"),
            (45, "45s"),
            (119, "119s"),
            (120, "2m"),
            (5 * MINUTE + 21, "5m21s"),
            (10 * MINUTE, "10m"),
            (179 * MINUTE + 59, "179m"),
            (3 * HOUR, "3h"),
            (5 * HOUR + 12 * MINUTE, "5h12m"),
            (8 * HOUR, "8h"),
            (47 * HOUR, "47h"),
            (2 * DAY, "2d"),
            (3 * DAY + 4 * HOUR, "3d4h"),
            (8 * DAY, "8d"),
            (12 * DAY, "12d"),
            (400 * DAY, "400d"),
            (2 * YEAR + 35 * DAY, "2y35d"),
            (8 * YEAR, "8y"),
        ];
        for (seconds, text) in cases {
            assert_eq!(human(seconds * 1000), text, "{seconds} s");
        }
    }
}
