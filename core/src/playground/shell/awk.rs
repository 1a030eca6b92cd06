//! `awk '{print $1, $7}'`, for all lines, for those behind the header, or for those with a pattern:
//! what tutorials use it for, and nothing else.

use crate::playground::shell::regex::{Syntax, compile};

/// Runs a program on a text.
pub(super) fn run(args: &[String], input: &str) -> Result<String, String> {
    let refused =
        || "only '{print $1, $2}' is simulated, with NR>1 or /PATTERN/ before it".to_owned();
    let program = args.first().ok_or_else(refused)?.trim();
    let (condition, body) = program.split_once('{').ok_or_else(refused)?;
    let body = body.strip_suffix('}').ok_or_else(refused)?.trim();
    let printed = body.strip_prefix("print").ok_or_else(refused)?;
    let items: Vec<Item> = printed
        .split(',')
        .map(|it| Item::of(it.trim()))
        .collect::<Option<_>>()
        .ok_or_else(refused)?;
    let condition = condition.trim();
    let (mut first, mut pattern) = (0, None);
    if let Some(count) = condition.strip_prefix("NR") {
        let count = count.trim().strip_prefix('>').ok_or_else(refused)?.trim();
        first = count.parse().map_err(|_| refused())?;
    } else if !condition.is_empty() {
        let inner = condition.strip_prefix('/').and_then(|it| it.strip_suffix('/'));
        pattern = Some(compile(inner.ok_or_else(refused)?, Syntax::Extended, false)?);
    }
    let mut text = String::new();
    for line in input.lines().skip(first) {
        if pattern.as_ref().is_some_and(|it| !it.is_match(line)) {
            continue;
        }
        let fields: Vec<&str> = line.split_whitespace().collect();
        let shown: Vec<&str> = items.iter().map(|it| it.of_line(line, &fields)).collect();
        text.push_str(&shown.join(" "));
        text.push('\n');
    }
    Ok(text)
}

/// What is printed of a line.
enum Item {
    Line,
    Field(usize),
    LastField,
    Text(String),
}

impl Item {
    fn of(text: &str) -> Option<Item> {
        match text {
            "" | "$0" => Some(Item::Line),
            "$NF" => Some(Item::LastField),
            _ => match text.strip_prefix('$') {
                Some(number) => number.parse().ok().map(Item::Field),
                None => {
                    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
                    (!inner.contains('"')).then(|| Item::Text(inner.to_owned()))
                }
            },
        }
    }

    fn of_line<'a>(&'a self, line: &'a str, fields: &[&'a str]) -> &'a str {
        match self {
            Item::Line => line,
            Item::Field(number) => {
                number.checked_sub(1).and_then(|it| fields.get(it)).copied().unwrap_or_default()
            }
            Item::LastField => fields.last().copied().unwrap_or_default(),
            Item::Text(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::run;

    #[test]
    fn columns_are_printed_and_everything_else_is_refused() {
        let input = "NAME NODE\na  n1\nb  n2\n";
        for (program, expected) in [
            ("{print $1}", "NAME\na\nb\n"),
            ("NR>1 {print $1, $2}", "a n1\nb n2\n"),
            ("/^b/{print $NF}", "n2\n"),
            ("{print $2, \"is\", $9}", "NODE is \nn1 is \nn2 is \n"),
            ("NR > 2{print}", "b  n2\n"),
        ] {
            assert_eq!(run(&[program.to_owned()], input).unwrap(), expected, "{program}");
        }
        for program in
            ["", "{", "{printf $1}", "NR==1{print}", "{print $x}", "{print $-1}", "x{print}"]
        {
            assert!(run(&[program.to_owned()], input).is_err(), "{program}");
        }
    }
}
