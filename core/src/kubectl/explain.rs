//! `kubectl explain`: what a field holds and means.
//!
//! Which fields there are is known from the table of types, their texts from `explain/fields.txt`,
//! which has those of DaemonSets, Deployments, their pods and nodes.

use crate::kubectl::Shell;
use crate::kubectl::about::not_simulated;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::Failure;
use crate::kubectl::resource::Resource;
use crate::manifest::schema::{Field, Kind, Schema};

/// Its flags.
pub(super) const FLAGS: &[Flag] = &[
    Flag("api-version", ' ', Takes::Text),
    Flag("output", 'o', Takes::Text),
    Flag("recursive", ' ', Takes::Switch),
];

const TEXTS: &str = include_str!("explain/fields.txt");

/// The fields whose values the server publishes, by type.
const ENUMS: [(&str, &str); 14] = [
    ("DaemonSetUpdateStrategy", "type"),
    ("DeploymentStrategy", "type"),
    ("Toleration", "effect"),
    ("Toleration", "operator"),
    ("Taint", "effect"),
    ("PodSpec", "dnsPolicy"),
    ("PodSpec", "preemptionPolicy"),
    ("PodSpec", "restartPolicy"),
    ("Container", "imagePullPolicy"),
    ("Container", "terminationMessagePolicy"),
    ("ContainerPort", "protocol"),
    ("NodeSelectorRequirement", "operator"),
    ("TopologySpreadConstraint", "whenUnsatisfiable"),
    ("HTTPGetAction", "scheme"),
];

/// What `--output` can be; both are the same text here.
const OUTPUTS: [&str; 2] = ["plaintext", "plaintext-openapiv2"];

/// Types nested deeper than this are not shown.
const DEPTH_MAX: usize = 12;

pub(super) fn run(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    let [word] = flags.args.as_slice() else {
        return Err(Failure::new(match flags.args.is_empty() {
            true => {
                "You must specify the type of resource to explain. \
                 Use \"kubectl api-resources\" for a complete list of supported resources."
            }
            false => "We accept only this format: explain RESOURCE",
        }));
    };
    if let Some(other) = flags.text("output").filter(|it| !OUTPUTS.contains(it)) {
        return Err(Failure::new(format!("unrecognized format: {other}")));
    }
    let mut path = word.split('.').filter(|it| !it.is_empty());
    let name = path.next().unwrap_or_default();
    let resource = Resource::named(name).map_err(|_| {
        Failure::whole(format!("the server doesn't have a resource type \"{name}\""))
    })?;
    if let Some(version) = flags.text("api-version").filter(|it| *it != resource.api_version()) {
        let plural = resource.plural;
        return Err(Failure::new(format!(
            "couldn't find resource for \"{version}, Resource={plural}\""
        )));
    }
    let fields: Vec<&str> = path.collect();
    // Types of which only a few fields are known would be explained wrongly.
    if Schema::get().named(resource.kind).is_none() {
        return Err(not_simulated(&format!("explain of {}", resource.plural)));
    }
    if !resource.group.is_empty() {
        shell.output.line(&format!("GROUP:      {}", resource.group));
    }
    shell.output.line(&format!("KIND:       {}", resource.kind));
    shell.output.line(&format!("VERSION:    {}\n", resource.version));
    let place = Place::find(resource.kind, &fields).ok_or_else(|| {
        let last = fields.last().copied().unwrap_or_default();
        Failure::new(format!("field \"{last}\" does not exist"))
    })?;
    place.print(shell, flags.is_on("recursive"));
    Ok(())
}

/// A type, or a field with its own.
struct Place<'a> {
    /// The struct that has the field, and the field's name.
    field: Option<(&'a str, &'a str, &'a Kind)>,
    /// The struct that the field holds.
    target: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn find(kind: &'a str, path: &[&'a str]) -> Option<Place<'a>> {
        let mut place = Place { field: None, target: Some(kind) };
        for name in path {
            let owner = place.target?;
            let field = field_of(owner, name)?;
            place = Place { field: Some((owner, name, field)), target: target_of(field) };
        }
        Some(place)
    }

    fn print(&self, shell: &mut Shell, is_recursive: bool) {
        let output = &mut shell.output;
        let mut texts: Vec<&str> = Vec::new();
        if let Some((owner, name, kind)) = self.field {
            output.line(&format!("FIELD: {name} <{}>", type_text(kind)));
            match enum_of(owner, name) {
                [] => output.line("\n"),
                values => {
                    output.line("ENUM:");
                    values.iter().for_each(|it| output.line(&format!("    {it}")));
                    output.line("");
                }
            }
            texts.push(text_of(owner, name));
        }
        if let Some(target) = self.target {
            texts.push(text_of(target, ""));
        }
        texts.retain(|it| !it.is_empty());
        output.line("DESCRIPTION:");
        if texts.is_empty() {
            output.line("    <empty>");
        }
        for text in texts {
            wrapped(&mut output.stdout, text);
        }
        output.line("    ");
        let Some(target) = self.target.filter(|it| !fields_of(it).is_empty()) else {
            output.line("");
            return;
        };
        output.line("FIELDS:");
        if is_recursive {
            tree(&mut output.stdout, target, 1);
        } else {
            for (name, kind, is_required) in fields_of(target) {
                output.line(&field_line(1, name, kind, is_required));
                enum_line(&mut output.stdout, 1, target, name);
                let text = text_of(target, name);
                wrapped(
                    &mut output.stdout,
                    if text.is_empty() { "<no description>" } else { text },
                );
                output.line("");
            }
        }
        output.line("");
    }
}

fn field_line(level: usize, name: &str, kind: &Kind, is_required: bool) -> String {
    let required = if is_required { " -required-" } else { "" };
    format!("{}{name}\t<{}>{required}", "  ".repeat(level), type_text(kind))
}

/// At most four values; more are hinted at.
fn enum_line(text: &mut String, level: usize, owner: &str, name: &str) {
    let values = enum_of(owner, name);
    if !values.is_empty() {
        let shown = values.iter().take(4).copied().collect::<Vec<_>>().join(", ");
        let more = if values.len() > 4 { ", ...." } else { "" };
        text.push_str(&format!("{}enum: {shown}{more}\n", "  ".repeat(level)));
    }
}

/// Names and types alone, level by level.
fn tree(text: &mut String, owner: &str, level: usize) {
    for (name, kind, is_required) in fields_of(owner) {
        text.push_str(&format!("{}\n", field_line(level, name, kind, is_required)));
        enum_line(text, level, owner, name);
        // JSON schemas refer to themselves.
        if let Some(target) = target_of(kind).filter(|it| *it != owner && level < DEPTH_MAX) {
            tree(text, target, level + 1);
        }
    }
}

/// Lines of at most 76 characters behind four blanks.
fn wrapped(text: &mut String, paragraphs: &str) {
    for paragraph in paragraphs.split("\\n") {
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|it| !it.is_empty()) {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > 76 {
                text.push_str(&format!("    {line}\n"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        text.push_str(&format!("    {line}\n"));
    }
}

fn type_text(kind: &Kind) -> String {
    match kind {
        Kind::String(_) | Kind::Time => "string".to_owned(),
        Kind::Bool => "boolean".to_owned(),
        Kind::Int32 | Kind::Int64 => "integer".to_owned(),
        Kind::Any => "Object".to_owned(),
        Kind::Quantity => "Quantity".to_owned(),
        Kind::IntOrString => "IntOrString".to_owned(),
        Kind::Struct(name) => (*name).to_owned(),
        Kind::List(item) => format!("[]{}", type_text(item)),
        Kind::Map(value) => format!("map[string]{}", type_text(value)),
    }
}

fn target_of(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Struct(name) => Some(name),
        Kind::List(item) | Kind::Map(item) => target_of(item),
        _ => None,
    }
}

/// What every object has at the top, besides its own fields.
static HEAD: [(&str, Kind); 3] = [
    ("apiVersion", Kind::String("string")),
    ("kind", Kind::String("string")),
    ("metadata", Kind::Struct("ObjectMeta")),
];

fn is_root(owner: &str) -> bool {
    Schema::get().api_version_of(owner).is_some()
}

fn field_of(owner: &str, name: &str) -> Option<&'static Kind> {
    let own = Schema::get().named(owner).and_then(|it| it.fields.get(name));
    let head = || HEAD.iter().find(|it| it.0 == name && is_root(owner)).map(|it| &it.1);
    own.map(|it| &it.kind).or_else(head)
}

fn fields_of(owner: &str) -> Vec<(&'static str, &'static Kind, bool)> {
    let mut fields: Vec<(&'static str, &'static Kind, bool)> = Vec::new();
    if let Some(own) = Schema::get().named(owner) {
        let of = |(name, field): (&&'static str, &'static Field)| {
            let is_required = field.is_required && !(is_root(owner) && *name == "metadata");
            (*name, &field.kind, is_required)
        };
        fields.extend(own.fields.iter().map(of));
    }
    if is_root(owner) {
        let missing = |it: &&(&'static str, Kind)| fields.iter().all(|known| known.0 != it.0);
        let head: Vec<_> = HEAD.iter().filter(missing).collect();
        fields.extend(head.into_iter().map(|(name, kind)| (*name, kind, false)));
        fields.sort_by_key(|it| it.0);
    }
    fields
}

fn enum_of(owner: &str, name: &str) -> &'static [&'static str] {
    match field_of(owner, name).filter(|_| ENUMS.contains(&(owner, name))) {
        Some(Kind::String(of)) => Schema::get().values_of(of),
        _ => &[],
    }
}

/// The text of a type, or of a field of it; empty if there is none.
fn text_of(owner: &str, field: &str) -> &'static str {
    match (own_text(owner, field), field) {
        // Every object has these two from the same Go struct.
        ("", "apiVersion" | "kind") => own_text("TypeMeta", field),
        (text, _) => text,
    }
}

fn own_text(owner: &str, field: &str) -> &'static str {
    let mut lines = TEXTS.lines().filter(|it| !it.starts_with('#'));
    let of_type = |line: &&str| line.split_once('\t').is_some_and(|it| it.0 == owner);
    let Some(head) = lines.find(of_type) else { return "" };
    if field.is_empty() {
        return head.split_once('\t').map(|it| it.1).unwrap_or_default();
    }
    let own = lines.take_while(|it| it.starts_with(' '));
    let mut fields = own.filter_map(|it| it[1..].split_once('\t'));
    fields.find(|it| it.0 == field).map(|it| it.1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_with_published_values_has_some() {
        for (owner, name) in ENUMS {
            assert!(enum_of(owner, name).len() > 1, "{owner}.{name}");
        }
        assert!(enum_of("LabelSelectorRequirement", "operator").is_empty());
    }
}
