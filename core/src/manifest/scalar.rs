//! What a plain scalar means: the rules of YAML 1.1 as go-yaml v2 applies them, so as kubectl does.

use serde_json::{Number, Value};

/// The meaning of a plain scalar.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    Int(Number),
    Float(Number),
    /// JSON has no word for it; the text is Go's.
    Infinite(&'static str),
    String,
}

impl Scalar {
    /// The name of its type in go-yaml's messages.
    pub(crate) fn tag(&self) -> &'static str {
        match self {
            Scalar::Null => "!!null",
            Scalar::Bool(_) => "!!bool",
            Scalar::Int(_) => "!!int",
            Scalar::Float(_) | Scalar::Infinite(_) => "!!float",
            Scalar::String => "!!str",
        }
    }
}

/// What `text` means when it stands without quotes and without a tag.
pub(crate) fn resolve(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Infinite("+Inf"),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Infinite("-Inf"),
        ".nan" | ".NaN" | ".NAN" => Scalar::Infinite("NaN"),
        _ => number(text).unwrap_or(Scalar::String),
    }
}

fn number(text: &str) -> Option<Scalar> {
    // Underscores may stand anywhere, except after a leading dot.
    match text.as_bytes().first()? {
        b'.' => float(text),
        b'0'..=b'9' | b'+' | b'-' if text.contains('_') => plain_number(&text.replace('_', "")),
        b'0'..=b'9' | b'+' | b'-' => plain_number(text),
        _ => None,
    }
}

fn plain_number(text: &str) -> Option<Scalar> {
    integer(text).map(Scalar::Int).or_else(|| float(text))
}

/// Go's `ParseInt` with base 0: a leading zero means octal.
fn integer(text: &str) -> Option<Number> {
    let is_negative = text.starts_with('-');
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if !digits.bytes().all(|it| it.is_ascii_alphanumeric()) {
        return None; // `from_str_radix` would take a second sign.
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    if !is_negative {
        return Some(magnitude.into());
    }
    i64::try_from(-i128::from(magnitude)).ok().map(Number::from)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, and not too large.
fn float(text: &str) -> Option<Scalar> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|it| {
        let digits = it.strip_prefix(['+', '-']).unwrap_or(it);
        !digits.is_empty() && is_number(digits)
    });
    let fits = is_number(whole) && is_number(fraction) && exponent_fits;
    if !fits || whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let or_zero = |digits| if str::is_empty(digits) { "0" } else { digits };
    let significant = whole.trim_start_matches('0');
    let sign = if text.starts_with('-') { "-" } else { "" };
    let json = format!(
        "{sign}{}.{}e{}",
        or_zero(significant),
        or_zero(fraction),
        or_zero(exponent.unwrap_or_default().trim_start_matches('+'))
    );
    // Not `str::parse`: the tables of the standard reader weigh ten kilobytes in the page. This one
    // is exact up to fifteen digits, which is more than any manifest has.
    let value: f64 = serde_json::from_str(&json).ok()?;
    value.is_finite().then(|| Scalar::Float(json_number(value)))
}

/// The API server gets JSON, and Go writes the float 1000.0 into JSON as `1000`: an integer.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and within the range")]
fn json_number(value: f64) -> Number {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= EXACT {
        return Number::from(value as i64);
    }
    Number::from_f64(value).unwrap_or_else(|| Number::from(0))
}

/// A number as Go writes it into JSON: a float without an exponent below 1e21.
pub(crate) fn number_text(number: &Number) -> String {
    match number.as_f64() {
        Some(value) if number.is_f64() && value.abs() < 1e21 && value.abs() >= 1e-6 => {
            without_exponent(&number.to_string())
        }
        _ => number.to_string(),
    }
}

/// `1.5e-6` as `0.0000015`, `1.2e20` as `120000000000000000000`. (Not `f64::to_string`: that is
/// another fifteen kilobytes in the page.)
pub(crate) fn without_exponent(text: &str) -> String {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |it| ("-", it));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = if fraction == "0" { "" } else { fraction };
    let digits = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).unwrap_or(0) + exponent;
    let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    if point <= 0 {
        format!("{sign}0.{}{digits}", zeros(-point))
    } else if point >= length {
        format!("{sign}{digits}{}", zeros(point - length))
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        format!("{sign}{whole}.{fraction}")
    }
}

/// The value of a plain scalar, or Go's word for a number that JSON cannot hold.
pub(crate) fn to_value(scalar: Scalar, text: &str) -> Result<Value, &'static str> {
    match scalar {
        Scalar::Null => Ok(Value::Null),
        Scalar::Bool(value) => Ok(Value::Bool(value)),
        Scalar::Int(value) | Scalar::Float(value) => Ok(Value::Number(value)),
        Scalar::Infinite(word) => Err(word),
        Scalar::String => Ok(Value::String(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plain_scalars_follow_yaml_1_1() {
        let cases = [
            ("yes y on true True TRUE On ON Y", json!(true)),
            ("no n off false False OFF N", json!(false)),
            ("~ null Null NULL", json!(null)),
            ("007 7 0o7 0x7 0b111 +7 7.0 0_7 7. 70e-1", json!(7)),
        ];
        for (texts, expected) in cases {
            for text in texts.split_whitespace() {
                assert_eq!(to_value(resolve(text), text), Ok(expected.clone()), "{text}");
            }
        }
        let cases = [
            ("", json!(null)),
            ("0o17", json!(15)),
            ("0744", json!(484)),
            ("08", json!(8)),
            ("1.0", json!(1)),
            (".5", json!(0.5)),
            ("-.5", json!(-0.5)),
            ("1e3", json!(1000)),
            ("1E-2", json!(0.01)),
            ("0x1F", json!(31)),
            ("0b11", json!(3)),
            ("+1", json!(1)),
            ("-0x10", json!(-16)),
            ("1_0", json!(10)),
            ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
            ("-9223372036854775808", json!(i64::MIN)),
            ("99999999999999999999", json!(1e20)),
        ];
        for (text, expected) in cases {
            assert_eq!(to_value(resolve(text), text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn everything_else_is_a_string() {
        let strings = "2020-01-01 12:30:45 1:30 = << nO tRue -- + - . .e3 ._5 0x 0xg 0b2 1e 1e+ \
                       1e1000 +-1 --1 _1 1.2.3 100m 1Gi 10% nan inf 0x1p3 é 1é";
        for text in strings.split_whitespace() {
            assert_eq!(resolve(text), Scalar::String, "{text}");
        }
    }

    #[test]
    fn json_has_no_infinity() {
        for (text, word) in [(".inf", "+Inf"), ("-.INF", "-Inf"), (".nan", "NaN")] {
            assert_eq!(to_value(resolve(text), text), Err(word), "{text}");
        }
    }
}
