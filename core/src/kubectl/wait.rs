//! `kubectl wait`: for a condition, a value, a creation or a deletion.

use serde_json::Value;

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::about::not_simulated;
use crate::kubectl::delete::MISSING;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::job::{Gone, Job};
use crate::kubectl::jsonpath::{JsonPath, relaxed, sprint};
use crate::kubectl::output::{Failure, Fault, Output};
use crate::kubectl::printer::{FORMATS, Printer};
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::select::{Scope, Targets};
use crate::kubectl::server::Server;

/// Its flags.
pub(super) const FLAGS: &[Flag] = &[
    Flag("all", ' ', Takes::Switch),
    Flag("all-namespaces", 'A', Takes::Switch),
    Flag("allow-missing-template-keys", ' ', Takes::Switch),
    Flag("field-selector", ' ', Takes::Text),
    Flag("filename", 'f', Takes::Text),
    Flag("for", ' ', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("selector", 'l', Takes::Text),
    Flag("timeout", ' ', Takes::Duration),
];

/// Without `--timeout`, in milliseconds.
const TIMEOUT: i64 = 30_000;
/// A negative timeout stands for a week.
const WEEK: i64 = 7 * 86_400_000;

/// What is waited for.
#[derive(Clone, Debug, PartialEq)]
enum Goal {
    Delete,
    Create,
    Condition { kind: String, status: String },
    Value { path: JsonPath, wanted: Option<String> },
}

/// Objects that are waited for, one after another.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    goal: Goal,
    queue: Vec<Gone>,
    printer: Option<Printer>,
    deadline: i64,
    faults: Vec<Fault>,
}

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    if !flags.is_not_off("allow-missing-template-keys") {
        return Err(not_simulated("--allow-missing-template-keys=false"));
    }
    let goal = goal(flags.text("for").unwrap_or_default())?;
    let printer = Printer::of(flags, FORMATS)?;
    if flags.args.is_empty() && flags.list("filename").is_empty() {
        return Err(Failure::new(MISSING));
    }
    let limit = match flags.duration("timeout").unwrap_or(TIMEOUT) {
        ..0 => WEEK,
        limit => limit,
    };
    let deadline = shell.server.now() + limit;
    let queue = match named(shell, flags, &goal)? {
        Some(queue) => queue,
        None => {
            let (found, failure) = shell.objects(flags, &flags.args, true)?;
            if goal != Goal::Delete {
                failure.or_ok()?;
            }
            found.iter().map(|it| Gone::of(it.resource, &it.object)).collect()
        }
    };
    if queue.is_empty() && goal != Goal::Delete {
        return Err(Failure::new("no matching resources found"));
    }
    shell.job =
        Some(Job::Wait(Box::new(Wait { goal, queue, printer, deadline, faults: Vec::new() })));
    Ok(())
}

/// What is to be created need not be there yet.
fn named(shell: &mut Shell, flags: &Flags, goal: &Goal) -> Result<Option<Vec<Gone>>, Failure> {
    if *goal != Goal::Create || flags.args.is_empty() {
        return Ok(None);
    }
    let Targets::Named(named) = shell.targets(&flags.args)? else { return Ok(None) };
    let namespace = Scope::of(flags).namespace;
    let of = |(resource, name): (&'static Resource, String)| Gone {
        resource,
        namespace: if resource.is_namespaced { namespace.to_owned() } else { String::new() },
        name,
        uid: Value::Null,
    };
    Ok(Some(named.into_iter().map(of).collect()))
}

fn goal(text: &str) -> Result<Goal, Failure> {
    let lower = text.to_ascii_lowercase();
    if let Some(condition) = text.strip_prefix("condition=") {
        let (kind, status) = condition.split_once('=').unwrap_or((condition, "true"));
        return Ok(Goal::Condition { kind: kind.to_owned(), status: status.to_owned() });
    }
    if let Some(rest) = text.strip_prefix("jsonpath=") {
        let (path, wanted) = match rest.rfind('}').map(|it| rest.split_at(it + 1)) {
            Some((path, "")) => (path, None),
            Some((path, rest)) => (path, rest.strip_prefix('=')),
            None => match rest.split_once('=') {
                Some((path, wanted)) => (path, Some(wanted)),
                None => (rest, None),
            },
        };
        let template = relaxed(path).map_err(Failure::new)?;
        let path = JsonPath::parse(&template).map_err(Failure::new)?;
        let wanted = wanted.map(|it| it.trim_matches(['"', '\'']).to_owned());
        return Ok(Goal::Value { path, wanted });
    }
    match lower.as_str() {
        "delete" => Ok(Goal::Delete),
        "create" => Ok(Goal::Create),
        _ => Err(Failure::new(format!("unrecognized condition: \"{text}\""))),
    }
}

impl Wait {
    /// True when everything has come true, or the time is up.
    pub(super) fn poll(
        &mut self,
        server: &dyn Server,
        output: &mut Output,
    ) -> Result<bool, Failure> {
        let now = server.now();
        while let Some(next) = self.queue.first() {
            let name = next.resource.object(&next.name);
            match self.holds(next, server) {
                Ok(true) => match &self.printer {
                    None => output.line(&format!("{name} condition met")),
                    Some(Printer::Name) => output.line(&name),
                    Some(printer) => {
                        let object = server.find(next.resource, &next.namespace, &next.name);
                        let text = object.map(|it| printer.print(&it, false)).transpose();
                        output.stdout.push_str(&text.map_err(|it| it.1)?.unwrap_or_default());
                    }
                },
                Ok(false) if now < self.deadline => return Ok(false),
                Ok(false) => {
                    let (plural, name) = (next.resource.plural, &next.name);
                    self.faults.push(Fault::Plain(format!(
                        "timed out waiting for the condition on {plural}/{name}"
                    )));
                }
                Err(fault) => self.faults.push(fault),
            }
            self.queue.remove(0);
        }
        Failure(std::mem::take(&mut self.faults)).or_ok().map(|()| true)
    }

    fn holds(&self, it: &Gone, server: &dyn Server) -> Result<bool, Fault> {
        if self.goal == Goal::Delete {
            return Ok(it.is_gone(server));
        }
        let object = server.find(it.resource, &it.namespace, &it.name);
        let Some(object) = object else {
            return match self.goal {
                Goal::Create => Ok(false),
                _ => Err(Fault::Whole(super::server::not_found(it.resource, &it.name))),
            };
        };
        debug_assert_eq!((name_of(&object), namespace_of(&object)), (&*it.name, &*it.namespace));
        match &self.goal {
            Goal::Delete | Goal::Create => Ok(true),
            Goal::Condition { kind, status } => {
                let conditions = json::list(json::field(&object, "status"), "conditions");
                let text = |it: &Value, key| json::text(it, key).unwrap_or_default();
                let is_it = |it: &&Value| text(it, "type").eq_ignore_ascii_case(kind);
                let condition = conditions.iter().find(is_it);
                // Figures of an older generation do not count.
                let observed = json::at(&object, &["status", "observedGeneration"]).as_i64();
                let generation = json::at(&object, &["metadata", "generation"]).as_i64();
                let is_old = observed.zip(generation).is_some_and(|(old, new)| old < new);
                let is_so = |it: &Value| text(it, "status").eq_ignore_ascii_case(status);
                Ok(!is_old && condition.is_some_and(is_so))
            }
            Goal::Value { path, wanted } => {
                let found = path.find(&object).map_err(Fault::Plain)?;
                let mut found = found.into_iter().flatten();
                let value = found.next();
                if found.next().is_some() {
                    let fault = "given jsonpath expression matches more than one value";
                    return Err(Fault::Plain(fault.to_owned()));
                }
                Ok(match (value, wanted) {
                    (None, _) => false,
                    (Some(_), None) => true,
                    (Some(value), Some(wanted)) => sprint(&value) == *wanted,
                })
            }
        }
    }
}
