//! The formats of names, keys and values.
//!
//! Follows `apimachinery/pkg/util/validation/validation.go` (v1.31.13). Each function returns all
//! the messages of upstream's; none means that the text is valid.

const DNS1123_LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const DNS1123_LABEL_LENGTH_MAX: usize = 63;
const DNS1123_SUBDOMAIN: &str = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const DNS1123_SUBDOMAIN_LENGTH_MAX: usize = 253;
const QUALIFIED_NAME: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const QUALIFIED_NAME_LENGTH_MAX: usize = 63;
const QUALIFIED_NAME_RULE: &str = "must consist of alphanumeric characters, '-', '_' or '.', \
                                   and must start and end with an alphanumeric character";
const QUALIFIED_NAME_EXAMPLES: [&str; 3] = ["MyName", "my.name", "123-abc"];
const LABEL_VALUE: &str = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
const LABEL_VALUE_LENGTH_MAX: usize = 63;
const PORT_NAME_LENGTH_MAX: usize = 15;

/// A name of most objects, such as `node-exporter` (`IsDNS1123Subdomain`).
pub fn is_dns1123_subdomain(value: &str) -> Vec<String> {
    let mut errors = length_errors(value, DNS1123_SUBDOMAIN_LENGTH_MAX);
    if !value.split('.').all(is_lower_case_word) {
        let rule = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric \
                    characters, '-' or '.', and must start and end with an alphanumeric character";
        errors.push(regex_error(rule, DNS1123_SUBDOMAIN, &["example.com"]));
    }
    errors
}

/// A name of a container, volume or namespace (`IsDNS1123Label`).
pub fn is_dns1123_label(value: &str) -> Vec<String> {
    let mut errors = length_errors(value, DNS1123_LABEL_LENGTH_MAX);
    if is_lower_case_word(value) {
        return errors;
    }
    if value.split('.').all(is_lower_case_word) {
        errors.push("must not contain dots".to_owned());
    } else {
        let rule = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters \
                    or '-', and must start and end with an alphanumeric character";
        errors.push(regex_error(rule, DNS1123_LABEL, &["my-name", "123-abc"]));
    }
    errors
}

/// A key of a label, annotation or taint, such as `example.com/tier` (`IsQualifiedName`).
pub fn is_qualified_name(value: &str) -> Vec<String> {
    let rule = || regex_error(QUALIFIED_NAME_RULE, QUALIFIED_NAME, &QUALIFIED_NAME_EXAMPLES);
    let mut errors = Vec::new();
    let name = match value.split('/').collect::<Vec<_>>()[..] {
        [name] => name,
        [prefix, name] => {
            if prefix.is_empty() {
                errors.push("prefix part must be non-empty".to_owned());
            } else {
                let messages = is_dns1123_subdomain(prefix);
                errors.extend(messages.iter().map(|it| format!("prefix part {it}")));
            }
            name
        }
        _ => {
            let prefix =
                "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            return vec![format!("a qualified name {} {prefix}", rule())];
        }
    };
    if name.is_empty() {
        errors.push("name part must be non-empty".to_owned());
    }
    let length = length_errors(name, QUALIFIED_NAME_LENGTH_MAX);
    errors.extend(length.iter().map(|it| format!("name part {it}")));
    if !is_word(name) {
        errors.push(format!("name part {}", rule()));
    }
    errors
}

/// A value of a label or taint (`IsValidLabelValue`).
pub fn is_label_value(value: &str) -> Vec<String> {
    let mut errors = length_errors(value, LABEL_VALUE_LENGTH_MAX);
    if !value.is_empty() && !is_word(value) {
        let rule = "a valid label must be an empty string or consist of alphanumeric characters, \
                    '-', '_' or '.', and must start and end with an alphanumeric character";
        errors.push(regex_error(rule, LABEL_VALUE, &["MyValue", "my_value", "12345"]));
    }
    errors
}

/// A name of a container's port (`IsValidPortName`).
pub fn is_port_name(value: &str) -> Vec<String> {
    let mut errors = length_errors(value, PORT_NAME_LENGTH_MAX);
    let is_permitted = |it: u8| matches!(it, b'-' | b'a'..=b'z' | b'0'..=b'9');
    if value.is_empty() || !value.bytes().all(is_permitted) {
        let rule = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        errors.push(rule.to_owned());
    }
    if !value.bytes().any(|it| it.is_ascii_lowercase()) {
        errors.push("must contain at least one letter (a-z)".to_owned());
    }
    if value.contains("--") {
        errors.push("must not contain consecutive hyphens".to_owned());
    }
    if value.starts_with('-') || value.ends_with('-') {
        errors.push("must not begin or end with a hyphen".to_owned());
    }
    errors
}

/// A name of an environment variable (`IsEnvVarName`).
pub fn is_env_var_name(value: &str) -> Vec<String> {
    let is_permitted = |it: u8| it.is_ascii_alphanumeric() || b"-._".contains(&it);
    let starts_well = value.bytes().next().is_some_and(|it| !it.is_ascii_digit());
    let mut errors = Vec::new();
    if !starts_well || !value.bytes().all(is_permitted) {
        let rule = "a valid environment variable name must consist of alphabetic characters, \
                    digits, '_', '-', or '.', and must not start with a digit";
        let examples = ["my.env-name", "MY_ENV.NAME", "MyEnvName1"];
        errors.push(regex_error(rule, "[-._a-zA-Z][-._a-zA-Z0-9]*", &examples));
    }
    errors.extend(directory_error(value));
    errors
}

/// A key of a ConfigMap or Secret (`IsConfigMapKey`).
pub fn is_config_map_key(value: &str) -> Vec<String> {
    let mut errors = length_errors(value, DNS1123_SUBDOMAIN_LENGTH_MAX);
    let is_permitted = |it: u8| it.is_ascii_alphanumeric() || b"-._".contains(&it);
    if value.is_empty() || !value.bytes().all(is_permitted) {
        let rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
        errors.push(regex_error(rule, "[-._a-zA-Z0-9]+", &["key.name", "KEY_NAME", "key-name"]));
    }
    errors.extend(directory_error(value));
    errors
}

/// What is said of a text that is no percentage (`IsValidPercent`).
pub(super) fn percent_message() -> String {
    let rule = "a valid percent string must be a numeric string followed by an ending '%'";
    regex_error(rule, "[0-9]+%", &["1%", "93%"])
}

/// What is said of a number outside of a range (`InclusiveRangeError`).
pub(super) fn range_message(least: i64, most: i64) -> String {
    format!("must be between {least} and {most}, inclusive")
}

fn directory_error(value: &str) -> Option<String> {
    match value {
        "." => Some("must not be '.'".to_owned()),
        ".." => Some("must not be '..'".to_owned()),
        _ if value.starts_with("..") => Some("must not start with '..'".to_owned()),
        _ => None,
    }
}

fn length_errors(value: &str, length_max: usize) -> Vec<String> {
    let is_too_long = value.len() > length_max;
    let message = || format!("must be no more than {length_max} characters");
    is_too_long.then(message).into_iter().collect()
}

/// `[a-z0-9]([-a-z0-9]*[a-z0-9])?`
fn is_lower_case_word(text: &str) -> bool {
    let is_end = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    is_delimited(text, is_end, |it| is_end(it) || it == b'-')
}

/// `([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]`
fn is_word(text: &str) -> bool {
    let is_end = |it: u8| it.is_ascii_alphanumeric();
    is_delimited(text, is_end, |it| is_end(it) || b"-_.".contains(&it))
}

fn is_delimited(text: &str, is_end: fn(u8) -> bool, is_inner: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    ends.iter().all(|it| it.is_some_and(|it| is_end(*it))) && bytes.iter().all(|it| is_inner(*it))
}

/// A rule, its examples and its regular expression in one sentence (`RegexError`).
///
/// The two blanks after the comma are upstream's own.
fn regex_error(rule: &str, regex: &str, examples: &[&str]) -> String {
    let examples: Vec<String> = examples.iter().map(|it| format!("'{it}', ")).collect();
    format!("{rule} (e.g. {}regex used for validation is '{regex}')", examples.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABEL_RULE: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric \
        characters or '-', and must start and end with an alphanumeric character (e.g. \
        'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    const SUBDOMAIN_RULE: &str = "a lowercase RFC 1123 subdomain must consist of lower case \
        alphanumeric characters, '-' or '.', and must start and end with an alphanumeric \
        character (e.g. 'example.com', regex used for validation is \
        '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    const NAME_RULE: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', \
        and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or \
        '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    const VALUE_RULE: &str = "a valid label must be an empty string or consist of alphanumeric \
        characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. \
        'MyValue',  or 'my_value',  or '12345', regex used for validation is \
        '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    fn check(is_valid: fn(&str) -> Vec<String>, cases: &[(&str, &[&str])]) {
        for (text, expected) in cases {
            assert_eq!(is_valid(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn names_of_objects() {
        let long = "a".repeat(254);
        check(
            is_dns1123_subdomain,
            &[
                ("node-exporter", &[]),
                ("a.b-c.1", &[]),
                ("Bad_Name", &[SUBDOMAIN_RULE]),
                ("-a", &[SUBDOMAIN_RULE]),
                ("a.", &[SUBDOMAIN_RULE]),
                ("a..b", &[SUBDOMAIN_RULE]),
                ("", &[SUBDOMAIN_RULE]),
                (&long, &["must be no more than 253 characters"]),
            ],
        );
    }

    #[test]
    fn names_of_containers() {
        let long = "a".repeat(64);
        check(
            is_dns1123_label,
            &[
                ("a-1", &[]),
                ("A_b", &[LABEL_RULE]),
                ("a.b", &["must not contain dots"]),
                ("a-", &[LABEL_RULE]),
                (&long, &["must be no more than 63 characters"]),
            ],
        );
    }

    #[test]
    fn keys_of_labels() {
        let long = "a".repeat(64);
        let slashes = "a qualified name must consist of alphanumeric characters, '-', '_' or \
                       '.', and must start and end with an alphanumeric character (e.g. \
                       'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
                       '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS \
                       subdomain prefix and '/' (e.g. 'example.com/MyName')";
        let prefix = format!("prefix part {SUBDOMAIN_RULE}");
        check(
            is_qualified_name,
            &[
                ("app", &[]),
                ("example.com/My_Name.1", &[]),
                ("_a", &[NAME_RULE]),
                ("foo=bar", &[NAME_RULE]),
                ("", &["name part must be non-empty", NAME_RULE]),
                ("/a", &["prefix part must be non-empty"]),
                ("A/a", &[&prefix]),
                ("a/b/c", &[slashes]),
                (&long, &["name part must be no more than 63 characters"]),
            ],
        );
    }

    #[test]
    fn values_of_labels() {
        let long = "a".repeat(64);
        check(
            is_label_value,
            &[
                ("", &[]),
                ("v1.2_3-x", &[]),
                ("a b", &[VALUE_RULE]),
                ("-5", &[VALUE_RULE]),
                (&long, &["must be no more than 63 characters"]),
            ],
        );
    }

    #[test]
    fn names_of_ports() {
        let characters = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        check(
            is_port_name,
            &[
                ("http", &[]),
                ("HTTP", &[characters, "must contain at least one letter (a-z)"]),
                ("80", &["must contain at least one letter (a-z)"]),
                ("a--b", &["must not contain consecutive hyphens"]),
                ("a-", &["must not begin or end with a hyphen"]),
                ("abcdefghijklmnop", &["must be no more than 15 characters"]),
            ],
        );
    }
}
