//! Amounts as they are written, read and compared.

use super::*;

#[test]
fn canonical_forms() {
    let cases = [
        ("0", "0"),
        ("0.5Gi", "512Mi"),
        ("1000m", "1"),
        ("7910m", "7910m"),
        ("1e3", "1e3"),
        ("1E3", "1e3"),
        ("12e2", "1200"),
        ("10M", "10M"),
        ("1000Mi", "1000Mi"),
        ("1024Mi", "1Gi"),
        ("128974848", "128974848"),
        ("100", "100"),
        ("1000", "1k"),
        ("1500k", "1500k"),
        ("0.5", "500m"),
        ("1.5", "1500m"),
        (".5", "500m"),
        ("1.", "1"),
        ("+1", "1"),
        ("-1.5", "-1500m"),
        ("007", "7"),
        ("0.1n", "1n"),
        ("100u", "100u"),
        ("1Ki", "1Ki"),
        ("1.5Ki", "1536"),
        ("0.5Ki", "512"),
        ("0.5m", "500u"),
        ("1E", "1E"),
        ("8Ei", "9223372036854775807"),
        ("2147483648", "2147483648"),
        ("1e-3", "1e-3"),
        ("0Mi", "0"),
        ("16Gi", "16Gi"),
    ];
    for (text, expected) in cases {
        assert_eq!(Quantity::parse(text).unwrap().to_string(), expected, "{text}");
    }
}

#[test]
fn values_are_rounded_up() {
    let cases = [
        ("100m", 100, 1),
        ("1.0001", 1001, 2),
        ("2", 2000, 2),
        ("1Ki", 1_024_000, 1024),
        ("1n", 1, 1),
        ("-1500m", -1500, -2),
        ("0.5Gi", 536_870_912_000, 536_870_912),
        ("1E", i64::MAX, 1_000_000_000_000_000_000),
        ("1e50", i64::MAX, i64::MAX),
        ("-1e999999999999", i64::MIN, i64::MIN),
        ("1e-999999999999", 1, 1),
    ];
    for (text, milli, value) in cases {
        let quantity = Quantity::parse(text).unwrap();
        assert_eq!(quantity.milli_value(), milli, "{text} in thousandths");
        assert_eq!(quantity.value(), value, "{text}");
    }
}

#[test]
fn what_is_no_quantity() {
    let format = "quantities must match the regular expression \
                  '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    let suffix = "unable to parse quantity's suffix";
    let cases = [
        ("", format),
        ("abc", format),
        ("1 Gi", format),
        ("1GiB", format),
        ("1..5", format),
        ("1e3.5", format),
        ("1i", suffix),
        ("1K", suffix),
        ("1mi", suffix),
        ("1kk", suffix),
        ("1e", suffix),
        ("1m5", suffix),
    ];
    for (text, expected) in cases {
        assert_eq!(Quantity::parse(text).unwrap_err().to_string(), expected, "{text}");
    }
}

#[test]
fn amounts_compare_however_they_are_written() {
    let ascending = ["-1", "0", "1n", "999m", "1", "1k", "1Ki", "1M", "1Mi", "1G", "0.5Ti"];
    let ascending: Vec<Quantity> =
        ascending.iter().map(|it| Quantity::parse(it).unwrap()).collect();
    assert!(ascending.is_sorted_by(|left, right| left < right));
    assert_eq!(Quantity::parse("1000m").unwrap(), Quantity::parse("1").unwrap());
    assert_eq!(Quantity::parse("1024Ki").unwrap(), Quantity::parse("1Mi").unwrap());
}

#[test]
fn resource_lists_hold_nothing_finer_than_a_thousandth() {
    let cases = [("1n", "1m"), ("1500u", "2m"), ("1.5", "1500m"), ("0.5Gi", "512Mi")];
    for (text, expected) in cases {
        let quantity = Quantity::parse(text).unwrap().rounded_up_to_milli();
        assert_eq!(quantity.to_string(), expected, "{text}");
    }
}

#[test]
fn long_numbers_keep_their_size() {
    let nines = "9".repeat(60);
    let cases = [
        (format!("1.{nines}"), 2),
        (format!("0.{nines}Ki"), 1024),
        (format!("1.{nines}Ei"), 2_305_843_009_213_693_952),
        (format!("{}1", "0".repeat(60)), 1),
        (format!("0.{}1", "0".repeat(60)), 1),
        (nines.clone(), i64::MAX),
        (format!("-{nines}E"), i64::MIN),
        (format!("1{}e-60", "0".repeat(60)), 1),
        ("1.0000000000000000000000000000000".to_owned(), 1),
    ];
    for (text, expected) in cases {
        assert_eq!(Quantity::parse(&text).unwrap().value(), expected, "{text}");
    }
}
