//! `kubectl config`: the one context that there is (`kubectl/pkg/cmd/config`).

use serde_json::{Value, json};

use crate::kubectl::Shell;
use crate::kubectl::about::{SERVER, not_simulated};
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::Failure;
use crate::kubectl::printer::{FORMATS, Printer};
use crate::kubectl::table;

/// The name of the one context, of its cluster and of its user.
pub(super) const CONTEXT: &str = "playground";

/// The flags of `config view`.
pub(super) const VIEW_FLAGS: &[Flag] = &[
    Flag("flatten", ' ', Takes::Switch),
    Flag("minify", ' ', Takes::Switch),
    Flag("output", 'o', Takes::Text),
    Flag("raw", ' ', Takes::Switch),
];

/// The flags of `config get-contexts`.
pub(super) const CONTEXTS_FLAGS: &[Flag] =
    &[Flag("no-headers", ' ', Takes::Switch), Flag("output", 'o', Takes::Text)];

/// The flags of `config set-context`; three of them mean something else than for other commands.
pub(super) const SET_CONTEXT_FLAGS: &[Flag] = &[
    Flag("cluster", ' ', Takes::Text),
    Flag("current", ' ', Takes::Switch),
    Flag("namespace", ' ', Takes::Text),
    Flag("user", ' ', Takes::Text),
];

fn namespace(flags: &Flags) -> Option<&str> {
    flags.text("namespace").or(flags.context.as_deref())
}

pub(super) fn view(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if !flags.args.is_empty() {
        let args = flags.args.join(" ");
        return Err(Failure::usage(&format!("unexpected arguments: [{args}]"), "config view"));
    }
    if flags.is_on("raw") {
        // There are no certificates that could be shown.
        return Err(not_simulated("--raw"));
    }
    let mut context = json!({"cluster": CONTEXT, "user": CONTEXT});
    if let Some(namespace) = namespace(flags) {
        context["namespace"] = Value::from(namespace);
    }
    let value = json!({
        "apiVersion": "v1",
        "clusters": [{
            "cluster": {"certificate-authority-data": "DATA+OMITTED", "server": SERVER},
            "name": CONTEXT,
        }],
        "contexts": [{"context": context, "name": CONTEXT}],
        "current-context": CONTEXT,
        "kind": "Config",
        "preferences": {},
        "users": [{
            "name": CONTEXT,
            "user": {"client-certificate-data": "DATA+OMITTED", "client-key-data": "DATA+OMITTED"},
        }],
    });
    let printer = Printer::of(flags, FORMATS)?.unwrap_or(Printer::Yaml(false));
    let text = printer.print(&value, true).map_err(|it| it.1)?;
    shell.output.stdout.push_str(&text);
    Ok(())
}

pub(super) fn current_context(shell: &mut Shell, _: &Flags) -> Result<(), Failure> {
    shell.output.line(CONTEXT);
    Ok(())
}

pub(super) fn get_contexts(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let asked = &flags.args;
    let is_shown = asked.is_empty() || asked.iter().any(|it| it == CONTEXT);
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |cells: [&str; 5]| rows.push(cells.map(str::to_owned).to_vec());
    match flags.text("output") {
        Some("name") if is_shown => shell.output.line(CONTEXT),
        Some("name") => {}
        Some(other) if !other.is_empty() => {
            return Err(Failure::new(format!(
                "--output {other} is not available in kubectl config get-contexts; resetting to \
                 default output format"
            )));
        }
        _ => {
            if !flags.is_on("no-headers") {
                row(["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]);
            }
            if is_shown {
                row(["*", CONTEXT, CONTEXT, CONTEXT, namespace(flags).unwrap_or_default()]);
            }
        }
    }
    shell.output.stdout.push_str(&table::rows(&rows));
    match asked.iter().find(|it| *it != CONTEXT) {
        Some(other) => Err(Failure::new(format!("context {other} not found"))),
        None => Ok(()),
    }
}

pub(super) fn get_clusters(shell: &mut Shell, _: &Flags) -> Result<(), Failure> {
    shell.output.stdout.push_str("NAME\nplayground\n");
    Ok(())
}

pub(super) fn use_context(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    match flags.args.as_slice() {
        [name] if name == CONTEXT => {
            shell.output.line(&format!("Switched to context \"{CONTEXT}\"."));
            Ok(())
        }
        [other] => Err(Failure::new(format!("no context exists with the name: \"{other}\""))),
        words => Err(Failure::new(format!("Unexpected args: [{}]", words.join(" ")))),
    }
}

pub(super) fn set_context(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let another = |name| flags.text(name).is_some_and(|it| it != CONTEXT);
    if another("cluster") || another("user") {
        return Err(not_simulated("another cluster or user"));
    }
    match (flags.args.as_slice(), flags.is_on("current")) {
        ([], true) => {}
        ([name], false) if name == CONTEXT => {}
        ([_], false) => return Err(not_simulated("another context than the current one")),
        ([], false) => {
            return Err(Failure::new("you must specify a non-empty context name or --current"));
        }
        ([_], true) => {
            return Err(Failure::new("you cannot specify both a context name and --current"));
        }
        (words, _) => {
            return Err(Failure::new(format!("Unexpected args: [{}]", words.join(" "))));
        }
    }
    shell.output.line(&format!("Context \"{CONTEXT}\" modified."));
    Ok(())
}

/// The namespace that `kubectl config set-context` gives the context; none for other lines.
pub fn context_namespace(words: &[String]) -> Option<String> {
    let words = words.get(1..).filter(|it| it.iter().any(|it| it == "set-context"))?;
    let flags = Flags::parse(words, SET_CONTEXT_FLAGS, "config set-context").ok()?;
    let is_it = matches!(flags.args.as_slice(), [config, set, ..] if config == "config"
        && set == "set-context");
    flags.text("namespace").filter(|_| is_it).map(str::to_owned)
}
