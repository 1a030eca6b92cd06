//! Flags, read as `spf13/pflag` reads them: anywhere on the line, short ones in bundles.

use std::collections::BTreeMap;

use crate::kubectl::about::not_simulated;
use crate::kubectl::help;
use crate::kubectl::output::Failure;

/// What may follow a flag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Takes {
    /// Nothing, or `=true`, `=false`.
    Switch,
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A duration such as `1m30s`.
    Duration,
    /// `=TEXT`, or nothing, which stands for this.
    Perhaps(&'static str),
}

/// A flag: its long name, its letter (blank if it has none), what it takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flag(pub(super) &'static str, pub(super) char, pub(super) Takes);

/// The flags that every command has.
pub(super) const GLOBAL: &[Flag] = &[
    Flag("namespace", 'n', Takes::Text),
    Flag("context", ' ', Takes::Text),
    Flag("cluster", ' ', Takes::Text),
    Flag("kubeconfig", ' ', Takes::Text),
    Flag("user", ' ', Takes::Text),
    Flag("as", ' ', Takes::Text),
    Flag("request-timeout", ' ', Takes::Text),
    Flag("server", 's', Takes::Text),
    Flag("v", 'v', Takes::Integer),
    Flag("help", 'h', Takes::Switch),
];

/// What a line says: flags with their values, in order, and the other words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Flags {
    values: BTreeMap<&'static str, Vec<String>>,
    /// The flags as they were given, by their long names.
    pub(super) given: Vec<(&'static str, String)>,
    /// Everything that is no flag.
    pub(super) args: Vec<String>,
    /// How many of these stand before `--`, if it is there.
    pub(super) before_dash: Option<usize>,
    /// The namespace of the context, which holds where no flag names one.
    pub(super) context: Option<String>,
}

/// What is wrong with a flag.
enum Wrong {
    /// Nobody knows this one, and how pflag says so.
    Unknown(String, String),
    /// Its value is.
    Used(String),
}

impl Flags {
    /// Reads the words of a command; `known` are its own flags.
    pub(super) fn parse(words: &[String], known: &[Flag], command: &str) -> Result<Flags, Failure> {
        let mut flags = Flags::default();
        let mut rest = words.iter();
        let fail = |fault: Wrong| match fault {
            Wrong::Unknown(flag, _) if help::is_refused(command, &flag) => not_simulated(&flag),
            Wrong::Unknown(_, text) | Wrong::Used(text) => {
                let blank = if command.is_empty() { "" } else { " " };
                let see = format!("See 'kubectl{blank}{command} --help' for usage.");
                Failure::whole(format!("Error: {text}\n{see}"))
            }
        };
        while let Some(word) = rest.next() {
            if word == "--" {
                flags.before_dash = Some(flags.args.len());
                flags.args.extend(rest.by_ref().cloned());
            } else if let Some(long) = word.strip_prefix("--") {
                flags.long(long, known, &mut rest).map_err(fail)?;
            } else if word.len() > 1 && word.starts_with('-') {
                flags.short(&word[1..], known, &mut rest).map_err(fail)?;
            } else {
                flags.args.push(word.clone());
            }
        }
        Ok(flags)
    }

    fn long<'a>(
        &mut self,
        text: &str,
        known: &[Flag],
        rest: &mut impl Iterator<Item = &'a String>,
    ) -> Result<(), Wrong> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        let found = known.iter().chain(GLOBAL).find(|it| it.0 == name);
        let unknown = || Wrong::Unknown(format!("--{name}"), format!("unknown flag: --{name}"));
        let flag = found.ok_or_else(unknown)?;
        let value = match (flag.2, value) {
            (_, Some(value)) => value,
            (Takes::Switch, None) => "true".to_owned(),
            (Takes::Perhaps(value), None) => value.to_owned(),
            (_, None) => {
                let next = rest.next().cloned();
                next.ok_or_else(|| Wrong::Used(format!("flag needs an argument: --{name}")))?
            }
        };
        self.put(flag, value)
    }

    /// A bundle of letters; one that takes a value takes the rest of the word, or the next one.
    fn short<'a>(
        &mut self,
        bundle: &str,
        known: &[Flag],
        rest: &mut impl Iterator<Item = &'a String>,
    ) -> Result<(), Wrong> {
        let mut letters = bundle.chars();
        while let Some(letter) = letters.next() {
            let found = known.iter().chain(GLOBAL).find(|it| it.1 == letter && letter != ' ');
            let unknown = || {
                let text = format!("unknown shorthand flag: '{letter}' in -{bundle}");
                Wrong::Unknown(format!("-{letter}"), text)
            };
            let flag = found.ok_or_else(unknown)?;
            let own = letters.as_str();
            let value = match flag.2 {
                _ if own.starts_with('=') => own[1..].to_owned(),
                Takes::Switch => {
                    self.put(flag, "true".to_owned())?;
                    continue;
                }
                Takes::Perhaps(value) => {
                    self.put(flag, value.to_owned())?;
                    continue;
                }
                _ if !own.is_empty() => own.to_owned(),
                _ => {
                    let next = rest.next().cloned();
                    let needs = format!("flag needs an argument: '{letter}' in -{bundle}");
                    next.ok_or(Wrong::Used(needs))?
                }
            };
            return self.put(flag, value);
        }
        Ok(())
    }

    fn put(&mut self, flag: &Flag, value: String) -> Result<(), Wrong> {
        let fault = match flag.2 {
            Takes::Switch if parse_switch(&value).is_none() => {
                Some(format!("strconv.ParseBool: parsing \"{value}\": invalid syntax"))
            }
            Takes::Integer if value.parse::<i64>().is_err() => {
                Some(format!("strconv.ParseInt: parsing \"{value}\": invalid syntax"))
            }
            Takes::Duration => parse_duration(&value).err(),
            _ => None,
        };
        if let Some(fault) = fault {
            let Flag(long, short, _) = flag;
            let name = match short {
                ' ' => format!("--{long}"),
                short => format!("-{short}, --{long}"),
            };
            let text = format!("invalid argument \"{value}\" for \"{name}\" flag: {fault}");
            return Err(Wrong::Used(text));
        }
        self.given.push((flag.0, value.clone()));
        self.values.entry(flag.0).or_default().push(value);
        Ok(())
    }

    /// The last value of a flag.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.last().map(String::as_str)
    }

    /// All values of a flag, those in one word separated by commas.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        let values = self.values.get(name).into_iter().flatten();
        values.flat_map(|it| it.split(',')).filter(|it| !it.is_empty()).collect()
    }

    /// Whether a switch is on.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.text(name).and_then(parse_switch).unwrap_or(false)
    }

    /// Whether a switch that is on by itself is still so.
    pub(super) fn is_not_off(&self, name: &str) -> bool {
        self.text(name).and_then(parse_switch).unwrap_or(true)
    }

    /// A whole number.
    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }

    /// A duration in milliseconds.
    pub(super) fn duration(&self, name: &str) -> Option<i64> {
        parse_duration(self.text(name)?).ok()
    }

    /// The namespace that is asked for: by a flag, by the context, or else `default`.
    pub(super) fn namespace(&self) -> &str {
        let asked = self.text("namespace").filter(|it| !it.is_empty());
        asked.or(self.context.as_deref()).unwrap_or("default")
    }

    /// What `--validate` says of fields that nobody knows (`GetValidationDirective`).
    pub(super) fn validation(&self) -> Result<Validation, Failure> {
        match self.text("validate").unwrap_or("strict") {
            "ignore" => Ok(Validation::Ignore),
            "warn" => Ok(Validation::Warn),
            "strict" => Ok(Validation::Strict),
            other => match parse_switch(other) {
                Some(true) => Ok(Validation::Strict),
                Some(false) => Ok(Validation::Ignore),
                None => Err(Failure::new(format!(
                    "invalid - validate option \"{other}\"; must be one of: strict (or true), \
                     warn, ignore (or false)"
                ))),
            },
        }
    }

    /// What `--dry-run` says.
    pub(super) fn dry_run(&self) -> Result<DryRun, Failure> {
        match self.text("dry-run") {
            None | Some("none" | "false") => Ok(DryRun::None),
            Some("client" | "unchanged" | "true") => Ok(DryRun::Client),
            Some("server") => Ok(DryRun::Server),
            Some(other) => Err(Failure::new(format!(
                "Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\"."
            ))),
        }
    }
}

/// What becomes of fields that the server does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Validation {
    /// The object is refused.
    #[default]
    Strict,
    /// They are dropped, and warned about.
    Warn,
    /// They are dropped.
    Ignore,
}

/// Whether a change is only tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DryRun {
    /// It is made.
    None,
    /// Nothing is sent.
    Client,
    /// The server says what would come of it.
    Server,
}

impl DryRun {
    /// What stands behind the result.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Client => " (dry run)",
            Self::Server => " (server dry run)",
        }
    }
}

pub(super) fn parse_switch(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// Milliseconds of a duration as Go's `time.ParseDuration` reads it.
pub fn parse_duration(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration \"{text}\"");
    if text == "0" {
        return Ok(0);
    }
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0_i64;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let amount: i64 = rest[..end].parse().map_err(|_| invalid())?;
        rest = &rest[end..];
        let end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let unit = match &rest[..end] {
            "" => return Err(format!("time: missing unit in duration \"{text}\"")),
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            unit => return Err(format!("time: unknown unit \"{unit}\" in duration \"{text}\"")),
        };
        total = total.saturating_add(amount.saturating_mul(unit));
        rest = &rest[end..];
    }
    Ok(sign * total)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Flag] = &[
        Flag("all-namespaces", 'A', Takes::Switch),
        Flag("output", 'o', Takes::Text),
        Flag("timeout", ' ', Takes::Duration),
        Flag("dry-run", ' ', Takes::Perhaps("unchanged")),
    ];

    fn parse(line: &str) -> Result<Flags, Failure> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        Flags::parse(&words, KNOWN, "get")
    }

    #[test]
    fn flags_stand_anywhere_and_the_last_counts() {
        let flags = parse("ds -n a x -Aowide --namespace=b --dry-run y -- -z").unwrap();
        assert_eq!(flags.args, ["ds", "x", "y", "-z"]);
        assert_eq!((flags.namespace(), flags.text("output")), ("b", Some("wide")));
        assert!(flags.is_on("all-namespaces"));
        assert_eq!(flags.dry_run(), Ok(DryRun::Client));
        assert!(!parse("--all-namespaces=false").unwrap().is_on("all-namespaces"));
    }

    /// kubectl.md §13.
    #[test]
    fn faults_are_told_in_the_words_of_pflag() {
        let see = "See 'kubectl get --help' for usage.";
        let cases = [
            ("--bogus", "Error: unknown flag: --bogus"),
            ("-z", "Error: unknown shorthand flag: 'z' in -z"),
            ("-n", "Error: flag needs an argument: 'n' in -n"),
            ("--namespace", "Error: flag needs an argument: --namespace"),
            (
                "--timeout=1x",
                "Error: invalid argument \"1x\" for \"--timeout\" flag: \
                 time: unknown unit \"x\" in duration \"1x\"",
            ),
        ];
        for (line, text) in cases {
            assert_eq!(
                parse(line).unwrap_err(),
                Failure::whole(format!("{text}\n{see}")),
                "{line}"
            );
        }
    }

    #[test]
    fn durations_are_those_of_go() {
        let cases = [("5s", 5000), ("1m30s", 90_000), ("2h", 7_200_000), ("250ms", 250), ("0", 0)];
        for (text, milliseconds) in cases {
            assert_eq!(parse_duration(text), Ok(milliseconds), "{text}");
        }
        assert_eq!(parse_duration("5"), Err("time: missing unit in duration \"5\"".into()));
        assert_eq!(parse_duration("x"), Err("time: invalid duration \"x\"".into()));
    }
}
