//! `kubectl logs`: containers do not run here, so their lines are what is known of their lives.

use serde_json::Value;

use crate::api::json;
use crate::kubectl::Shell;
use crate::kubectl::about::life_of;
use crate::kubectl::age::instant;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::Failure;
use crate::kubectl::resource::{Resource, name_of, namespace_of};
use crate::kubectl::select::{Scope, Targets};

/// Its flags.
pub(super) const FLAGS: &[Flag] = &[
    Flag("all-containers", ' ', Takes::Switch),
    Flag("container", 'c', Takes::Text),
    Flag("follow", 'f', Takes::Switch),
    Flag("ignore-errors", ' ', Takes::Switch),
    Flag("limit-bytes", ' ', Takes::Integer),
    Flag("max-log-requests", ' ', Takes::Integer),
    Flag("prefix", ' ', Takes::Switch),
    Flag("previous", 'p', Takes::Switch),
    Flag("selector", 'l', Takes::Text),
    Flag("since", ' ', Takes::Duration),
    Flag("since-time", ' ', Takes::Text),
    Flag("tail", ' ', Takes::Integer),
    Flag("timestamps", ' ', Takes::Switch),
];

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let window = Window::of(flags, shell.server.now())?;
    let pods = pods(shell, flags)?;
    for pod in &pods {
        let name = name_of(pod);
        let wanted = flags.text("container").or_else(|| flags.args.get(1).map(String::as_str));
        let containers = json::list(json::field(pod, "spec"), "containers");
        let names: Vec<String> = containers
            .iter()
            .filter_map(|it| json::text(it, "name").map(|it| it.to_string()))
            .collect();
        if let Some(wanted) = wanted
            && !names.iter().any(|it| it == wanted)
        {
            return Err(Failure::new(format!("container {wanted} is not valid for pod {name}")));
        }
        if wanted.is_none() && names.len() > 1 && !flags.is_on("all-containers") {
            let all = names.join(", ");
            let first = names.first().map(String::as_str).unwrap_or_default();
            shell.output.warn(&format!("Defaulted container \"{first}\" out of: {all}"));
        }
        for (index, container) in names.iter().enumerate() {
            let is_wanted = match wanted {
                Some(wanted) => wanted == container,
                None => index == 0 || flags.is_on("all-containers"),
            };
            if is_wanted {
                print(shell, flags, &window, pod, container)?;
            }
        }
    }
    Ok(())
}

/// Which of the lines are wanted (`LogsOptions.Validate`).
struct Window {
    /// Not before this instant, in milliseconds since 1970.
    since: Option<i64>,
    /// The last ones.
    tail: Option<usize>,
    bytes: Option<usize>,
}

impl Window {
    fn of(flags: &Flags, now: i64) -> Result<Window, Failure> {
        let fail = |text: &str| Err(Failure::new(text));
        let since = flags.duration("since").filter(|it| *it != 0);
        let time = flags.text("since-time").filter(|it| !it.is_empty());
        let time = match time {
            Some(text) if since.is_none() => match instant(&Value::from(text)) {
                Some(time) => Some(time),
                None => {
                    return Err(Failure::new(format!(
                        "parsing time \"{text}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \
                         \"{text}\" as \"2006\""
                    )));
                }
            },
            Some(_) => {
                return fail("at most one of `sinceTime` or `sinceSeconds` may be specified");
            }
            None => None,
        };
        match (flags.integer("tail"), flags.integer("limit-bytes"), since) {
            (Some(tail), ..) if tail < -1 => fail("--tail must be greater than or equal to -1"),
            (_, Some(bytes), _) if bytes < 0 => fail("--limit-bytes must be greater than 0"),
            (.., Some(since)) if since < 0 => fail("--since must be greater than 0"),
            (tail, bytes, since) => Ok(Window {
                since: since.map(|it| now - it).or(time),
                tail: tail.and_then(|it| usize::try_from(it).ok()),
                bytes: bytes.filter(|it| *it > 0).and_then(|it| usize::try_from(it).ok()),
            }),
        }
    }

    /// Each line begins with its time.
    fn cut(&self, lines: &mut Vec<String>) {
        if let Some(since) = self.since {
            lines.retain(|it| {
                let time = it.split(' ').next().unwrap_or_default();
                instant(&Value::from(time)).is_none_or(|it| it >= since)
            });
        }
        if let Some(count) = self.tail {
            lines.drain(..lines.len().saturating_sub(count));
        }
        if let Some(mut left) = self.bytes {
            for line in &mut *lines {
                line.truncate(line.floor_char_boundary(left));
                left = left.saturating_sub(line.len() + 1);
            }
            lines.retain(|it| !it.is_empty());
        }
    }
}

fn print(
    shell: &mut Shell,
    flags: &Flags,
    window: &Window,
    pod: &Value,
    container: &str,
) -> Result<(), Failure> {
    let name = name_of(pod);
    let statuses = json::list(json::field(pod, "status"), "containerStatuses");
    let status = statuses.iter().find(|it| json::field(it, "name") == container);
    let reason = status.and_then(|it| json::at(it, &["state", "waiting", "reason"]).as_str());
    let mut lines = status.map(life_of).unwrap_or_default();
    if let (Some(reason), true) = (reason, lines.is_empty()) {
        let why = match reason {
            "ImagePullBackOff" | "ErrImagePull" => "trying and failing to pull image".to_owned(),
            reason => reason.to_owned(),
        };
        return Err(Failure::whole(format!(
            "Error from server (BadRequest): container \"{container}\" in pod \"{name}\" is \
             waiting to start: {why}"
        )));
    }
    if flags.is_on("previous") {
        let last = status.map(|it| json::at(it, &["lastState", "terminated"]).is_object());
        if last != Some(true) {
            return Err(Failure::whole(format!(
                "Error from server (BadRequest): previous terminated container \"{container}\" \
                 in pod \"{name}\" not found"
            )));
        }
        lines.truncate(2);
    }
    window.cut(&mut lines);
    for mut line in lines {
        if flags.is_on("timestamps") {
            let time = line.split(' ').next().unwrap_or_default();
            line = format!("{time} {line}");
        }
        let prefix = match flags.is_on("prefix") {
            true => format!("[pod/{name}/{container}] "),
            false => String::new(),
        };
        shell.output.line(&format!("{prefix}{line}"));
    }
    Ok(())
}

/// The pods whose lines are wanted: one by name, those of a selector, or one of a workload.
fn pods(shell: &mut Shell, flags: &Flags) -> Result<Vec<Value>, Failure> {
    let scope = Scope::of(flags);
    let resource = Resource::plural("pods");
    let Some(word) = flags.args.first().filter(|_| flags.args.len() < 3) else {
        if flags.text("selector").is_none() || !flags.args.is_empty() {
            return Err(Failure::new(
                "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n\
                 POD or TYPE/NAME is a required argument for the logs command\n\
                 See 'kubectl logs -h' for help and examples",
            ));
        }
        let (found, _) = scope.find(&Targets::Types(vec![resource]), shell.server)?;
        if found.is_empty() {
            shell.output.warn(&scope.nothing_found(true));
        }
        return Ok(found.into_iter().map(|it| it.object).collect());
    };
    if !word.contains('/') {
        let namespace = flags.namespace();
        let pod = shell.server.find(resource, namespace, word);
        return match pod {
            Some(pod) => Ok(vec![pod]),
            None => Err(Failure::new(format!(
                "error from server (NotFound): pods \"{word}\" not found in namespace \
                 \"{namespace}\""
            ))),
        };
    }
    let targets = shell.targets(&flags.args[..1])?;
    let (found, failure) = scope.find(&targets, shell.server)?;
    failure.or_ok()?;
    let Some(owner) = found.first() else { return Ok(Vec::new()) };
    if owner.resource.plural == "pods" {
        return Ok(vec![owner.object.clone()]);
    }
    let selector = json::at(&owner.object, &["spec", "selector"]);
    let selector = crate::api::selector::LabelSelector::from_json(selector);
    let mut pods = shell.server.list(resource);
    pods.retain(|it| {
        namespace_of(it) == namespace_of(&owner.object)
            && selector.matches(&json::texts(json::field(it, "metadata"), "labels"))
    });
    if pods.len() > 1 {
        let (count, name) = (pods.len(), name_of(&pods[0]));
        shell.output.warn(&format!("Found {count} pods, using pod/{name}"));
    }
    pods.truncate(1);
    if pods.is_empty() {
        return Err(Failure::new("timed out waiting for the condition"));
    }
    Ok(pods)
}
