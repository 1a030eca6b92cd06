//! `kubectl set resources`.

use serde_json::{Map, Value};

use super::env::wildcard;
use super::{change, check_named, containers};
use crate::api::json;
use crate::api::quantity::Quantity;
use crate::kubectl::Shell;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::{Failure, Fault};

/// Its flags.
pub(in crate::kubectl) const FLAGS: &[Flag] = &[
    Flag("all", ' ', Takes::Switch),
    Flag("containers", 'c', Takes::Text),
    Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    Flag("filename", 'f', Takes::Text),
    Flag("limits", ' ', Takes::Text),
    Flag("local", ' ', Takes::Switch),
    Flag("output", 'o', Takes::Text),
    Flag("record", ' ', Takes::Switch),
    Flag("requests", ' ', Takes::Text),
    Flag("selector", 'l', Takes::Text),
];

pub(in crate::kubectl) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    check_named(shell, flags, &flags.args)?;
    let (limits, requests) = (flags.text("limits"), flags.text("requests"));
    if limits.is_none() && requests.is_none() {
        return Err(Failure::new(
            "you must specify an update to requests or limits (in the form of --requests/--limits)",
        ));
    }
    let wanted = [("limits", amounts(limits)?), ("requests", amounts(requests)?)];
    let name = flags.text("containers").unwrap_or("*");
    change(shell, flags, &flags.args, "resource requirements updated", |found| {
        let fields = |container: &Value| {
            let mut resources = Map::new();
            for (key, amounts) in &wanted {
                let held = json::at(container, &["resources", key]);
                let mut changed = Map::new();
                for (name, amount) in amounts {
                    if json::field(held, name) != amount {
                        changed.insert(name.clone(), Value::from(amount.as_str()));
                    }
                }
                if !changed.is_empty() {
                    resources.insert((*key).to_owned(), Value::Object(changed));
                }
            }
            let mut fields = Map::new();
            if !resources.is_empty() {
                fields.insert("resources".to_owned(), Value::Object(resources));
            }
            fields
        };
        let (patch, is_known) = containers(found, |it| wildcard(name, it), fields);
        match is_known {
            true => Ok(patch),
            false => Err(Fault::Plain(format!("unable to find container named {name}"))),
        }
    })
}

/// `cpu=200m,memory=64Mi`, the amounts in canonical form.
fn amounts(text: Option<&str>) -> Result<Vec<(String, String)>, Failure> {
    let mut amounts = Vec::new();
    for part in text.into_iter().flat_map(|it| it.split(',')).filter(|it| !it.is_empty()) {
        let Some((name, amount)) = part.split_once('=') else {
            return Err(Failure::new(format!(
                "invalid argument syntax {part}, expected <resource>=<value>"
            )));
        };
        let quantity = Quantity::parse(amount).map_err(|it| Failure::new(it.to_string()))?;
        amounts.push((name.to_owned(), quantity.to_string()));
    }
    Ok(amounts)
}
