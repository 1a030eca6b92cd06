//! Arguments of `kubectl label` and `kubectl taint`, refused in kubectl's own words
//! (`kubectl/pkg/cmd/label`, `kubectl/pkg/cmd/taint/utils.go`).

use crate::api::validation::{is_label_value, is_qualified_name};
use crate::api::{Name, Taint, TaintEffect};

const SEE_TAINT: &str = "See 'kubectl taint -h' for help and examples";

/// `key=value`, or `key-` to remove the label.
pub fn parse_label(text: &str) -> Result<(Name, Option<Name>), String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("error: at least one label update is required".to_owned());
    }
    if let Some(key) = text.strip_suffix('-').filter(|it| !it.contains('=')) {
        return Ok((key.into(), None));
    }
    let mut parts = text.split('=');
    let (Some(key), Some(value), None) = (parts.next(), parts.next(), parts.next()) else {
        return Err(format!("error: invalid label spec: {text}"));
    };
    match is_label_value(value).first() {
        Some(fault) => Err(format!("error: invalid label value: \"{text}\": {fault}")),
        None => Ok((key.into(), Some(value.into()))),
    }
}

/// `key=value:Effect` or `key:Effect`.
pub fn parse_taint(text: &str) -> Result<Taint, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("error: at least one taint update is required".to_owned());
    }
    let Some((rest, effect)) = text.split_once(':') else {
        return Err(invalid_spec(text, &is_qualified_name(text)));
    };
    let (key, value) = rest.split_once('=').unwrap_or((rest, ""));
    if value.contains('=') || effect.contains(':') {
        return Err(invalid_spec(text, &[]));
    }
    let Some(effect) = TaintEffect::parse(effect) else {
        let fault = format!("invalid taint effect: {effect}, unsupported taint effect");
        return Err(format!("error: {fault}\n{SEE_TAINT}"));
    };
    let faults: Vec<String> =
        is_qualified_name(key).into_iter().chain(is_label_value(value)).collect();
    match faults.is_empty() {
        true => Ok(Taint { value: value.into(), ..Taint::new(key, effect) }),
        false => Err(invalid_spec(text, &faults)),
    }
}

/// What stands before the `-` of a removal: `key`, `key:Effect` or `key=value:Effect`.
pub(super) fn parse_taint_key(text: &str) -> Result<(Name, Option<TaintEffect>), String> {
    if text.contains(':') {
        return parse_taint(text).map(|it| (it.key, Some(it.effect)));
    }
    let faults = is_qualified_name(text);
    match faults.is_empty() {
        true => Ok((text.into(), None)),
        false => Err(invalid_spec(text, &faults)),
    }
}

fn invalid_spec(text: &str, faults: &[String]) -> String {
    let faults = faults.join("; ");
    let separator = if faults.is_empty() { "" } else { ", " };
    format!("error: invalid taint spec: {text}{separator}{faults}\n{SEE_TAINT}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_set_and_removed() {
        let label = |text| parse_label(text).map(|(key, value)| (key.to_string(), value));
        assert_eq!(label("disk=ssd"), Ok(("disk".into(), Some("ssd".into()))));
        assert_eq!(label("gpu="), Ok(("gpu".into(), Some("".into()))));
        assert_eq!(label("disk-"), Ok(("disk".into(), None)));
        assert_eq!(label("a=b=c"), Err("error: invalid label spec: a=b=c".into()));
        assert!(label("a=b c").unwrap_err().starts_with(
            "error: invalid label value: \"a=b c\": a valid label must be an empty string or"
        ));
    }

    /// kubectl.md §9.
    #[test]
    fn taints_have_an_effect() {
        let taint = |text| parse_taint(text).map(|it| it.to_string());
        assert_eq!(taint("dedicated=gpu:NoSchedule"), Ok("dedicated=gpu:NoSchedule".into()));
        assert_eq!(taint("maintenance:NoExecute"), Ok("maintenance:NoExecute".into()));
        let see = "\nSee 'kubectl taint -h' for help and examples";
        let bad_effect = "error: invalid taint effect: Bad, unsupported taint effect";
        assert_eq!(taint("a:Bad"), Err(format!("{bad_effect}{see}")));
        let name_part = "error: invalid taint spec: foo=bar, name part must consist of \
            alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric \
            character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
            '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
        assert_eq!(taint("foo=bar"), Err(format!("{name_part}{see}")));
    }
}
