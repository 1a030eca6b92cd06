//! From the words of a command to objects (`cli-runtime/pkg/resource/builder.go`).

use serde_json::Value;

use crate::api::json;
use crate::kubectl::flags::Flags;
use crate::kubectl::output::{Failure, Fault};
use crate::kubectl::resource::{RESOURCES, Resource, namespace_of};
use crate::kubectl::selector::{parse_fields, parse_labels};
use crate::kubectl::server::{Server, not_found};

/// An object with its type.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) resource: &'static Resource,
    pub(super) object: Value,
}

/// What the words name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Targets {
    /// Nothing.
    None,
    /// Objects by name.
    Named(Vec<(&'static Resource, String)>),
    /// All objects of some types.
    Types(Vec<&'static Resource>),
}

const MIXED: &str = "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'";
const ONE_RESOURCE: &str = "arguments in resource/name form must have a single resource and name";

/// Reads `TYPE NAME…`, `TYPE/NAME…`, `TYPE,TYPE`.
pub(super) fn targets(args: &[String]) -> Result<Targets, Failure> {
    let Some(first) = args.first() else { return Ok(Targets::None) };
    if args.iter().any(|it| it.contains('/')) {
        let mut named = Vec::new();
        for arg in args {
            let parts: Vec<&str> = arg.split('/').collect();
            match parts.as_slice() {
                [_] => return Err(Failure::new(MIXED)),
                ["", _] | [_, ""] => return Err(Failure::new(ONE_RESOURCE)),
                [resource, _] if resource.contains(',') => return Err(Failure::new(ONE_RESOURCE)),
                [resource, name] => named.push((*resource, (*name).to_owned())),
                _ => {
                    let fault = "arguments in resource/name form may not have more than one slash";
                    return Err(Failure::new(fault));
                }
            }
        }
        let resolve = |(resource, name)| Resource::named(resource).map(|it| (it, name));
        return Ok(Targets::Named(named.into_iter().map(resolve).collect::<Result<_, _>>()?));
    }
    let mut types = Vec::new();
    for name in first.split(',') {
        match name {
            "all" => types.extend(RESOURCES.iter().filter(|it| it.is_in_all)),
            name => types.push(Resource::named(name)?),
        }
    }
    if args.len() == 1 {
        return Ok(Targets::Types(types));
    }
    let names = &args[1..];
    let of_type = |it: &&'static Resource| {
        let resource = *it;
        names.iter().map(move |name| (resource, name.clone())).collect::<Vec<_>>()
    };
    Ok(Targets::Named(types.iter().flat_map(of_type).collect()))
}

/// Which objects of a type are wanted, and whose absence is how bad.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    pub(super) namespace: &'a str,
    pub(super) all_namespaces: bool,
    pub(super) labels: Option<&'a str>,
    pub(super) fields: Option<&'a str>,
    /// `--all`.
    pub(super) all: bool,
    /// Types alone are not enough: a name, a selector or `--all` is needed.
    pub(super) needs_name: bool,
    /// A named object in a namespace that does not exist is told as such.
    pub(super) checks_namespace: bool,
}

impl<'a> Scope<'a> {
    pub(super) fn of(flags: &'a Flags) -> Scope<'a> {
        Scope {
            namespace: flags.namespace(),
            all_namespaces: flags.is_on("all-namespaces"),
            labels: flags.text("selector").filter(|it| !it.is_empty()),
            fields: flags.text("field-selector").filter(|it| !it.is_empty()),
            all: flags.is_on("all"),
            needs_name: false,
            checks_namespace: true,
        }
    }

    fn has_selector(&self) -> bool {
        self.labels.is_some() || self.fields.is_some()
    }

    /// The objects that are there, in order, and a fault for each that is not.
    pub(super) fn find(
        &self,
        targets: &Targets,
        server: &dyn Server,
    ) -> Result<(Vec<Found>, Failure), Failure> {
        match targets {
            Targets::None => Ok((Vec::new(), Failure::default())),
            Targets::Named(_) if self.all || self.has_selector() => {
                Err(Failure::new("name cannot be provided when a selector is specified"))
            }
            Targets::Named(_) if self.all_namespaces => {
                Err(Failure::new("a resource cannot be retrieved by name across all namespaces"))
            }
            Targets::Named(named) => Ok(self.by_name(named, server)),
            Targets::Types(_) if self.needs_name && !self.all && !self.has_selector() => {
                Err(Failure::new("resource(s) were provided, but no name was specified"))
            }
            Targets::Types(types) => self.by_type(types, server),
        }
    }

    fn by_name(
        &self,
        named: &[(&'static Resource, String)],
        server: &dyn Server,
    ) -> (Vec<Found>, Failure) {
        let (mut found, mut failure) = (Vec::new(), Failure::default());
        for (resource, name) in named {
            let namespace = if resource.is_namespaced { self.namespace } else { "" };
            match server.find(resource, namespace, name) {
                Some(object) => found.push(Found { resource, object }),
                None => {
                    let is_lost = self.checks_namespace
                        && resource.is_namespaced
                        && !server.has_namespace(namespace);
                    failure.0.push(Fault::Whole(match is_lost {
                        true => not_found(Resource::plural("namespaces"), namespace),
                        false => not_found(resource, name),
                    }));
                }
            }
        }
        (found, failure)
    }

    fn by_type(
        &self,
        types: &[&'static Resource],
        server: &dyn Server,
    ) -> Result<(Vec<Found>, Failure), Failure> {
        let mut found = Vec::new();
        for resource in types {
            let refusal = |fault: String| {
                Failure::whole(format!(
                    "Error from server (BadRequest): Unable to find \"{}\" that match label \
                     selector \"{}\", field selector \"{}\": {fault}",
                    resource.go(),
                    self.labels.unwrap_or_default(),
                    self.fields.unwrap_or_default(),
                ))
            };
            let labels = parse_labels(self.labels.unwrap_or_default()).map_err(refusal)?;
            let fields = parse_fields(self.fields.unwrap_or_default(), resource);
            let fields = fields.map_err(refusal)?;
            let is_wanted = |it: &Value| {
                let is_here = self.all_namespaces
                    || !resource.is_namespaced
                    || namespace_of(it) == self.namespace;
                is_here
                    && labels.matches(&json::texts(json::field(it, "metadata"), "labels"))
                    && fields.iter().all(|term| term.matches(it))
            };
            let objects = server.list(resource).into_iter().filter(is_wanted);
            found.extend(objects.map(|object| Found { resource, object }));
        }
        Ok((found, Failure::default()))
    }

    /// What is said when nothing was found.
    pub(super) fn nothing_found(&self, is_namespaced: bool) -> String {
        match self.all_namespaces || !is_namespaced {
            true => "No resources found".to_owned(),
            false => format!("No resources found in {} namespace.", self.namespace),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Targets, Failure> {
        targets(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn words_name_objects_or_types() {
        let names = |line: &str| match read(line).unwrap() {
            Targets::Named(named) => named.iter().map(|it| it.0.object(&it.1)).collect(),
            Targets::Types(types) => types.iter().map(|it| it.plural.to_owned()).collect(),
            Targets::None => Vec::new(),
        };
        let cases: [(&str, &[&str]); 4] = [
            ("ds a b", &["daemonset.apps/a", "daemonset.apps/b"]),
            ("ds/a pod/b", &["daemonset.apps/a", "pod/b"]),
            ("ds,pods", &["daemonsets", "pods"]),
            ("ds,po x", &["daemonset.apps/x", "pod/x"]),
        ];
        for (line, expected) in cases {
            assert_eq!(names(line), expected, "{line}");
        }
        assert_eq!(names("all").first().map(String::as_str), Some("pods"));
    }

    /// kubectl.md §12.
    #[test]
    fn mixed_forms_are_refused() {
        let cases = [
            ("ds x y/z", MIXED),
            ("ds/x pods", MIXED),
            ("ds/", ONE_RESOURCE),
            ("/x", ONE_RESOURCE),
            ("a/b/c", "arguments in resource/name form may not have more than one slash"),
        ];
        for (line, fault) in cases {
            assert_eq!(read(line), Err(Failure::new(fault)), "{line}");
        }
    }
}
