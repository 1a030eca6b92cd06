//! Numbers that may be written as a percentage, and the budgets of a rollout made of them.
//!
//! Follows `apimachinery/pkg/util/intstr/intstr.go`, `pkg/controller/daemon/update.go`
//! (`updatedDesiredNodeCounts`) and `pkg/controller/deployment/util` (`ResolveFenceposts`)
//! of v1.31.13, with integers only.

use std::fmt;

use serde_json::Value;

use crate::api::field_error::GoSyntax;

/// A number or a text that should be a percentage (`intstr.IntOrString`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntOrString {
    /// A plain number.
    Int(i32),
    /// `25%`, or some other text that validation refuses.
    String(String),
}

/// Why there is no number in an [`IntOrString`] (`intstr.GetScaledValueFromIntOrPercent`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntOrStringError {
    /// The value is absent.
    #[error("nil value for IntOrString")]
    Nil,
    /// The text does not end with a per cent sign.
    #[error("invalid value for IntOrString: invalid type: string is not a percentage")]
    NoPercentage,
    /// What stands before the per cent sign is no number.
    #[error(
        "invalid value for IntOrString: invalid value {}: strconv.Atoi: parsing {}: {reason}",
        .text.go_syntax(),
        .text.strip_suffix('%').unwrap_or(.text).go_syntax()
    )]
    NoNumber {
        /// The whole text.
        text: String,
        /// What Go says of it.
        reason: &'static str,
    },
}

/// How many pods of a rollout may be too many and how many too few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// How many pods may exist beyond the desired ones.
    pub surge: i64,
    /// How many of the desired pods may be unavailable.
    pub unavailable: i64,
}

impl IntOrString {
    /// Reads a JSON number or string.
    pub fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::String(text.clone())),
            Value::Number(number) => Some(Self::Int(i32::try_from(number.as_i64()?).ok()?)),
            _ => None,
        }
    }

    /// The number itself, or so many per cent of `total` (`GetScaledValueFromIntOrPercent`).
    ///
    /// # Errors
    ///
    /// The text is no percentage.
    pub fn scaled(&self, total: i64, round_up: bool) -> Result<i64, IntOrStringError> {
        let text = match self {
            Self::Int(number) => return Ok(i64::from(*number)),
            Self::String(text) => text,
        };
        let number = text.strip_suffix('%').ok_or(IntOrStringError::NoPercentage)?;
        let percent = atoi(number)
            .map_err(|reason| IntOrStringError::NoNumber { text: text.clone(), reason })?;
        let product = i128::from(percent) * i128::from(total);
        let share = if round_up { -(-product).div_euclid(100) } else { product.div_euclid(100) };
        Ok(i64::try_from(share).unwrap_or(i64::MAX))
    }

    /// The number, or what stands before the per cent sign; zero if neither is there.
    ///
    /// Validation asks this way whether a value is zero (`getIntOrPercentValue`).
    pub fn int_or_percent(&self) -> i64 {
        match self {
            Self::Int(number) => i64::from(*number),
            Self::String(text) if self.is_percentage() => {
                atoi(text.trim_end_matches('%')).unwrap_or(i64::MAX)
            }
            Self::String(text) => atoi(text).unwrap_or_default(),
        }
    }

    /// Whether it is a text of the form `[0-9]+%` (`validation.IsValidPercent`).
    pub fn is_percentage(&self) -> bool {
        let Self::String(text) = self else { return false };
        text.strip_suffix('%').is_some_and(|digits| {
            !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit())
        })
    }
}

impl GoSyntax for IntOrString {
    fn go_syntax(&self) -> String {
        match self {
            Self::Int(number) => {
                format!("intstr.IntOrString{{Type:0, IntVal:{number}, StrVal:\"\"}}")
            }
            Self::String(text) => {
                format!("intstr.IntOrString{{Type:1, IntVal:0, StrVal:{}}}", text.go_syntax())
            }
        }
    }
}

impl fmt::Display for IntOrString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => write!(formatter, "{number}"),
            Self::String(text) => formatter.write_str(text),
        }
    }
}

/// The budget of a DaemonSet's `spec.updateStrategy` (`updatedDesiredNodeCounts`).
///
/// Both values are rounded up. If both come out as 0, one pod may be unavailable, as otherwise
/// nothing could ever be replaced; validated objects cannot ask for that.
///
/// # Errors
///
/// One of the values is no percentage.
pub fn resolve(update_strategy: &Value, desired: i64) -> Result<Budget, IntOrStringError> {
    let rolling_update = rolling_update(update_strategy);
    let budget = match rolling_update {
        None => Budget { surge: 0, unavailable: 0 },
        Some(it) => {
            let unavailable = field(it, "maxUnavailable")?.scaled(desired, true)?;
            let surge = match field(it, "maxSurge") {
                Err(IntOrStringError::Nil) => 0,
                surge => surge?.scaled(desired, true)?,
            };
            Budget { surge, unavailable }
        }
    };
    let is_stuck = desired > 0 && budget.surge == 0 && budget.unavailable == 0;
    Ok(if is_stuck { Budget { unavailable: 1, ..budget } } else { budget })
}

/// The budget of a Deployment's `spec.strategy` (`ResolveFenceposts`): unavailable rounds down.
///
/// # Errors
///
/// One of the values is no percentage.
pub fn resolve_deployment(strategy: &Value, replicas: i64) -> Result<Budget, IntOrStringError> {
    let Some(rolling_update) = rolling_update(strategy) else {
        return Ok(Budget { surge: 0, unavailable: 0 });
    };
    let or_zero = |name| match field(rolling_update, name) {
        Err(IntOrStringError::Nil) => Ok(IntOrString::Int(0)),
        value => value,
    };
    let surge = or_zero("maxSurge")?.scaled(replicas, true)?;
    let unavailable = or_zero("maxUnavailable")?.scaled(replicas, false)?;
    let is_stuck = surge == 0 && unavailable == 0;
    Ok(Budget { surge, unavailable: if is_stuck { 1 } else { unavailable } })
}

fn rolling_update(strategy: &Value) -> Option<&Value> {
    let is_rolling = strategy.get("type").and_then(Value::as_str) == Some("RollingUpdate");
    strategy.get("rollingUpdate").filter(|it| is_rolling && it.is_object())
}

fn field(rolling_update: &Value, name: &str) -> Result<IntOrString, IntOrStringError> {
    rolling_update.get(name).and_then(IntOrString::from_value).ok_or(IntOrStringError::Nil)
}

/// Go's `strconv.Atoi`.
fn atoi(text: &str) -> Result<i64, &'static str> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return Err("invalid syntax");
    }
    text.parse().map_err(|_| "value out of range")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Rows recorded from the real controller: strategy, desired, surge and unavailable.
    #[test]
    fn budgets_of_a_daemon_set() {
        let cases = [
            (json!("200%"), json!(0), 0, (0, 0)),
            (json!(0), json!("-10%"), 100, (-10, 0)),
            (json!("0%"), json!("0%"), 12, (0, 1)),
            (json!("34%"), json!("34%"), 10, (4, 4)),
            (json!("30%"), json!(0), 5, (0, 2)),
            (json!("1%"), json!(0), 10, (0, 1)),
            (json!(0), json!("10%"), 3, (1, 0)),
            (json!(250), json!(0), 3, (0, 250)),
            (json!(0), json!(0), 0, (0, 0)),
        ];
        for (unavailable, surge, desired, expected) in cases {
            let strategy = rolling(unavailable, surge);
            let budget = resolve(&strategy, desired).unwrap();
            assert_eq!((budget.surge, budget.unavailable), expected, "{strategy} of {desired}");
        }
    }

    #[test]
    fn a_strategy_without_a_rolling_update_has_no_budget_but_the_fallback() {
        let budget = resolve(&json!({"type": "OnDelete"}), 10).unwrap();
        assert_eq!(budget, Budget { surge: 0, unavailable: 1 });
        let budget = resolve(&json!({"type": "OnDelete"}), 0).unwrap();
        assert_eq!(budget, Budget { surge: 0, unavailable: 0 });
    }

    #[test]
    fn what_is_no_percentage() {
        let invalid = "invalid value for IntOrString: ";
        let cases = [
            ("5", "invalid type: string is not a percentage"),
            ("", "invalid type: string is not a percentage"),
            ("%", r#"invalid value "%": strconv.Atoi: parsing "": invalid syntax"#),
            ("1 %", r#"invalid value "1 %": strconv.Atoi: parsing "1 ": invalid syntax"#),
            ("10.5%", r#"invalid value "10.5%": strconv.Atoi: parsing "10.5": invalid syntax"#),
        ];
        for (text, expected) in cases {
            let error = resolve(&rolling(json!(text), json!(0)), 5).unwrap_err();
            assert_eq!(error.to_string(), format!("{invalid}{expected}"), "{text}");
        }
        let absent = resolve(&json!({"type": "RollingUpdate", "rollingUpdate": {}}), 5);
        assert_eq!(absent.unwrap_err().to_string(), "nil value for IntOrString");
    }

    #[test]
    fn budgets_of_a_deployment() {
        let cases = [(3, (1, 0)), (4, (1, 1)), (10, (3, 2)), (0, (0, 1))];
        for (replicas, expected) in cases {
            let strategy = rolling(json!("25%"), json!("25%"));
            let budget = resolve_deployment(&strategy, replicas).unwrap();
            assert_eq!((budget.surge, budget.unavailable), expected, "{replicas} replicas");
        }
    }

    #[test]
    fn go_syntax() {
        let number = "intstr.IntOrString{Type:0, IntVal:1, StrVal:\"\"}";
        assert_eq!(IntOrString::Int(1).go_syntax(), number);
        let text = "intstr.IntOrString{Type:1, IntVal:0, StrVal:\"150%\"}";
        assert_eq!(IntOrString::String("150%".into()).go_syntax(), text);
    }

    fn rolling(unavailable: Value, surge: Value) -> Value {
        let rolling_update = json!({"maxUnavailable": unavailable, "maxSurge": surge});
        json!({"type": "RollingUpdate", "rollingUpdate": rolling_update})
    }
}
