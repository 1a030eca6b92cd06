//! `maxUnavailable` and `maxSurge` resolved against a number of nodes.

use daemonset_core::api::int_or_string::resolve;
use serde_json::{Value, json};

use crate::{check_all, compare};

#[test]
fn budgets() {
    check_all("budgets.jsonl", check);
}

/// Whether a row agrees.
pub(crate) fn check(row: &Value) -> Result<(), String> {
    let mut rolling_update = json!({});
    for key in ["maxUnavailable", "maxSurge"] {
        if !row[key].is_null() {
            rolling_update[key] = row[key].clone();
        }
    }
    let strategy = json!({"type": row["type"], "rollingUpdate": rolling_update});
    let got = resolve(&strategy, row["desired"].as_i64().unwrap_or(0));
    if row["error"] == true {
        return compare("an error", true, got.is_err());
    }
    let got = got.map_err(|error| error.to_string())?;
    let expected = (&row["surge"], &row["unavailable"]);
    compare("budget", expected, (&Value::from(got.surge), &Value::from(got.unavailable)))
}
