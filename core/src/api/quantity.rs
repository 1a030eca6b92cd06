//! Amounts of a resource: `100m`, `0.5Gi`, `1e3`.
//!
//! Follows `apimachinery/pkg/api/resource/quantity.go` (v1.31.13), with integers only. Upstream's
//! arbitrary precision ends here at about 10^29: what is larger is held as that.

use std::{cmp::Ordering, fmt};

use serde_json::Value;

use crate::api::field_error::{GoSyntax, GoText};

#[cfg(test)]
mod tests;

/// An exact amount together with the way it is to be written (`resource.Quantity`).
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    /// The amount is `mantissa · 10^scale`, the scale between `-9` and `18`.
    mantissa: i128,
    scale: i32,
    format: Format,
}

/// How a quantity is written (`resource.Format`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `12e6`.
    DecimalExponent,
    /// `12Mi`.
    BinarySi,
    /// `12M`.
    DecimalSi,
}

/// Why a text is no quantity (`resource.ParseQuantity`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// The text as a whole has not the form of a quantity.
    #[error(
        "quantities must match the regular expression \
         '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    )]
    Format,
    /// There is no such suffix.
    #[error("unable to parse quantity's suffix")]
    Suffix,
}

const NANO: i32 = -9;
const SCALE_MAX: i32 = 18;
/// Ten to the power of 29: in units of a nano it still fits an `i128`.
const AMOUNT_MAX: i128 = 100_000_000_000_000_000_000_000_000_000;
const BINARY_SUFFIXES: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const DECIMAL_SUFFIXES: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

impl Quantity {
    /// Reads a quantity as the API server does (`ParseQuantity`).
    ///
    /// # Errors
    ///
    /// The text has not the form of a quantity, or its suffix is none.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        if text.is_empty() {
            return Err(QuantityError::Format);
        }
        let parts = Parts::split(text)?;
        let (base, exponent, format) =
            interpret_suffix(parts.suffix).ok_or(QuantityError::Suffix)?;
        let (mut mantissa, mut scale) = parts.significant_digits(if base == 2 { 19 } else { 28 });
        match base {
            2 => mantissa = mantissa.saturating_mul(1 << exponent),
            _ => scale = scale.saturating_add(exponent),
        }
        let magnitude = Self { mantissa, scale, format }.within_bounds();
        let mantissa = if parts.is_negative { -magnitude.mantissa } else { magnitude.mantissa };
        Ok(Self { mantissa, ..magnitude })
    }

    /// Reads a JSON string or number; anything else is no quantity (`UnmarshalJSON`).
    ///
    /// # Errors
    ///
    /// See [`Quantity::parse`]; `null` is zero.
    pub fn from_value(value: &Value) -> Result<Self, QuantityError> {
        match value {
            Value::String(text) => Self::parse(text.trim()),
            Value::Number(number) => Self::parse(&number.to_string()),
            Value::Null => Ok(Self::zero()),
            _ => Err(QuantityError::Format),
        }
    }

    /// No amount at all.
    pub fn zero() -> Self {
        Self { mantissa: 0, scale: 0, format: Format::DecimalSi }
    }

    /// So many thousandths, as for CPU (`NewMilliQuantity`).
    pub fn from_milli(milli: i64, format: Format) -> Self {
        Self { mantissa: i128::from(milli), scale: -3, format }
    }

    /// So many whole units, as for memory (`NewQuantity`).
    pub fn from_units(units: i64, format: Format) -> Self {
        Self { mantissa: i128::from(units), scale: 0, format }
    }

    /// The amount in thousandths, rounded away from zero (`MilliValue`).
    pub fn milli_value(&self) -> i64 {
        clamp(self.scaled(-3))
    }

    /// The amount in whole units, rounded away from zero (`Value`).
    pub fn value(&self) -> i64 {
        clamp(self.scaled(0))
    }

    /// How it is written.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether the amount is below zero.
    pub fn is_negative(&self) -> bool {
        self.mantissa < 0
    }

    /// The same amount with nothing finer than a thousandth (`RoundUp`, as for resource lists).
    #[must_use]
    pub fn rounded_up_to_milli(&self) -> Self {
        if self.scale >= -3 {
            return *self;
        }
        Self { mantissa: self.scaled(-3), scale: -3, format: self.format }
    }

    /// The structure in Go syntax, for the messages that print it raw.
    pub fn go_struct(&self) -> GoText {
        let text = self.to_string();
        let is_cached = self.scale % 3 == 0 && self.format != Format::BinarySi;
        GoText(format!(
            "resource.Quantity{{i:resource.int64Amount{{value:{}, scale:{}}}, \
             d:resource.infDecAmount{{Dec:(*inf.Dec)(nil)}}, s:{}, Format:{}}}",
            self.mantissa,
            self.scale,
            if is_cached { text.as_str() } else { "" }.go_syntax(),
            match self.format {
                Format::DecimalExponent => "\"DecimalExponent\"",
                Format::BinarySi => "\"BinarySI\"",
                Format::DecimalSi => "\"DecimalSI\"",
            },
        ))
    }

    /// Brings scale and amount of a non-negative quantity within what this type holds.
    fn within_bounds(mut self) -> Self {
        if self.mantissa == 0 {
            return Self { scale: self.scale.clamp(NANO, 0), ..self };
        }
        while self.scale > SCALE_MAX && self.mantissa < AMOUNT_MAX {
            self.mantissa *= 10;
            self.scale -= 1;
        }
        if self.scale < NANO {
            let finest = Self { scale: self.scale.max(NANO - 38), ..self };
            self = Self { mantissa: finest.scaled(NANO), scale: NANO, ..self };
        }
        self.scale = self.scale.min(SCALE_MAX);
        let largest =
            if self.format == Format::BinarySi { i128::from(i64::MAX) } else { AMOUNT_MAX };
        if self.scaled(0) > largest {
            return Self { mantissa: largest, scale: 0, ..self };
        }
        if self.format == Format::BinarySi && self.scale < 0 && self.mantissa < power(-self.scale) {
            self.format = Format::DecimalSi;
        }
        self
    }

    /// The amount in units of `10^scale`, rounded away from zero.
    fn scaled(&self, scale: i32) -> i128 {
        if self.scale >= scale {
            return self.mantissa.saturating_mul(power(self.scale - scale));
        }
        let divisor = power(scale - self.scale);
        let away = i128::from(self.mantissa % divisor != 0) * self.mantissa.signum();
        self.mantissa / divisor + away
    }

    /// Mantissa and power of 1024, if the amount is to be written that way.
    fn binary_form(&self) -> Option<(i128, usize)> {
        let is_whole = self.scale >= 0 || self.mantissa % power(-self.scale) == 0;
        let mut mantissa = self.scaled(0);
        if self.format != Format::BinarySi || !is_whole || mantissa.abs() < 1024 {
            return None;
        }
        let mut exponent = 0;
        while mantissa % 1024 == 0 && exponent + 1 < BINARY_SUFFIXES.len() {
            mantissa /= 1024;
            exponent += 1;
        }
        Some((mantissa, exponent))
    }

    /// Mantissa and a power of ten that is a multiple of three.
    fn decimal_form(&self) -> (i128, i32) {
        let (mut mantissa, mut exponent) = (self.mantissa, self.scale);
        while mantissa % 10 == 0 && exponent < SCALE_MAX {
            mantissa /= 10;
            exponent += 1;
        }
        while exponent % 3 != 0 {
            mantissa = mantissa.saturating_mul(10);
            exponent -= 1;
        }
        (mantissa, exponent)
    }
}

/// The canonical form (`CanonicalizeBytes`).
impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.mantissa == 0 {
            return formatter.write_str("0");
        }
        if let Some((mantissa, exponent)) = self.binary_form() {
            return write!(formatter, "{mantissa}{}", BINARY_SUFFIXES[exponent]);
        }
        let (mantissa, exponent) = self.decimal_form();
        match self.format {
            Format::DecimalExponent if exponent == 0 => write!(formatter, "{mantissa}"),
            Format::DecimalExponent => write!(formatter, "{mantissa}e{exponent}"),
            Format::BinarySi | Format::DecimalSi => {
                let index = usize::try_from((exponent - NANO) / 3).unwrap_or_default();
                let suffix = DECIMAL_SUFFIXES.get(index).copied().unwrap_or_default();
                write!(formatter, "{mantissa}{suffix}")
            }
        }
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.scaled(NANO).cmp(&other.scaled(NANO))
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Equal amounts are equal, however they are written (`Cmp`).
impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Quantity {}

/// A quantity taken apart (`parseQuantityString`).
struct Parts<'text> {
    is_negative: bool,
    whole: &'text str,
    fraction: &'text str,
    suffix: &'text str,
}

impl<'text> Parts<'text> {
    /// The digits as a number with its scale; what goes beyond the limit is rounded up.
    ///
    /// The limit leaves room for the largest suffix.
    fn significant_digits(&self, count_max: u32) -> (i128, i32) {
        let limit = power(i32::try_from(count_max).unwrap_or_default() - 1);
        let (mut mantissa, mut scale, mut has_rest) = (0_i128, 0_i32, false);
        let whole = self.whole.bytes().map(|digit| (digit, 1));
        for (digit, dropped) in whole.chain(self.fraction.bytes().map(|digit| (digit, 0))) {
            if mantissa < limit {
                mantissa = mantissa * 10 + i128::from(digit - b'0');
                scale = scale.saturating_add(dropped - 1);
            } else {
                has_rest |= digit != b'0';
                scale = scale.saturating_add(dropped);
            }
        }
        (mantissa + i128::from(has_rest), scale)
    }

    fn split(text: &'text str) -> Result<Self, QuantityError> {
        let is_negative = text.starts_with('-');
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, rest) = split_digits(unsigned);
        let (fraction, suffix) = match rest.strip_prefix('.') {
            Some(rest) => split_digits(rest),
            None => ("", rest),
        };
        let exponent = suffix.trim_start_matches(|it: char| "eEinumkKMGTP".contains(it));
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        if exponent.bytes().all(|it| it.is_ascii_digit()) {
            Ok(Self { is_negative, whole, fraction, suffix })
        } else {
            Err(QuantityError::Format)
        }
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|it| !it.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// Base, exponent and format of a suffix (`suffixer.interpret`).
fn interpret_suffix(suffix: &str) -> Option<(u8, i32, Format)> {
    let position = |suffixes: &[&str]| suffixes.iter().position(|it| *it == suffix);
    if let Some(index) = position(&DECIMAL_SUFFIXES) {
        return Some((10, i32::try_from(index).ok()? * 3 + NANO, Format::DecimalSi));
    }
    if let Some(index) = position(&BINARY_SUFFIXES) {
        return Some((2, i32::try_from(index).ok()? * 10, Format::BinarySi));
    }
    let exponent = suffix.strip_prefix(['e', 'E'])?;
    let exponent: i64 = exponent.parse().ok()?;
    // Far outside of what is held, so that nothing depends on how far.
    let exponent = i32::try_from(exponent.clamp(-1000, 1000)).ok()?;
    Some((10, exponent, Format::DecimalExponent))
}

fn power(exponent: i32) -> i128 {
    u32::try_from(exponent).ok().and_then(|it| 10_i128.checked_pow(it)).unwrap_or(i128::MAX)
}

fn clamp(amount: i128) -> i64 {
    let bounded = amount.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
    i64::try_from(bounded).unwrap_or(i64::MAX)
}
