//! `kubectl api-resources` and `kubectl api-versions` (`kubectl/pkg/cmd/apiresources`). The types
//! are those whose objects can be listed here; those of which a server only makes answers, such as
//! reviews of access, are left out.

use crate::kubectl::Shell;
use crate::kubectl::flags::{Flag, Flags, Takes};
use crate::kubectl::output::Failure;
use crate::kubectl::resource::{RESOURCES, Resource};
use crate::kubectl::table;

/// The flags of `api-resources`.
pub(super) const FLAGS: &[Flag] = &[
    Flag("api-group", ' ', Takes::Text),
    Flag("cached", ' ', Takes::Switch),
    Flag("categories", ' ', Takes::Text),
    Flag("namespaced", ' ', Takes::Switch),
    Flag("no-headers", ' ', Takes::Switch),
    Flag("output", 'o', Takes::Text),
    Flag("sort-by", ' ', Takes::Text),
    Flag("verbs", ' ', Takes::Text),
];

/// What can be asked of every type.
const VERBS: &str = "create,delete,deletecollection,get,list,patch,update,watch";
/// Namespaces are deleted one by one.
const NAMESPACE_VERBS: &str = "create,delete,get,list,patch,update,watch";

fn verbs(resource: &Resource) -> &'static str {
    if resource.plural == "namespaces" { NAMESPACE_VERBS } else { VERBS }
}

fn category(resource: &Resource) -> &'static str {
    match resource.group {
        _ if resource.is_in_all => "all",
        "admissionregistration.k8s.io" | "apiextensions.k8s.io" | "apiregistration.k8s.io" => {
            "api-extensions"
        }
        _ => "",
    }
}

pub(super) fn api_resources(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    no_arguments(flags, "api-resources")?;
    let output = flags.text("output").unwrap_or_default();
    if !["", "wide", "name"].contains(&output) {
        return Err(Failure::new(format!("--output {output} is not available")));
    }
    let sort_by = flags.text("sort-by").unwrap_or_default();
    if !["", "name", "kind"].contains(&sort_by) {
        return Err(Failure::new("--sort-by accepts only name or kind"));
    }
    let group = flags.text("api-group");
    let namespaced = flags.text("namespaced").map(|_| flags.is_on("namespaced"));
    let (wanted, categories) = (flags.list("verbs"), flags.list("categories"));
    let is_wanted = |it: &&Resource| {
        group.is_none_or(|group| it.group == group)
            && namespaced.is_none_or(|namespaced| it.is_namespaced == namespaced)
            && wanted.iter().all(|verb| verbs(it).split(',').any(|it| it == *verb))
            && categories.iter().all(|it_is| category(it) == *it_is)
    };
    let mut shown: Vec<&Resource> = RESOURCES.iter().filter(is_wanted).collect();
    match sort_by {
        "name" => shown.sort_by_key(|it| it.plural),
        "kind" => shown.sort_by_key(|it| it.kind),
        _ => shown.sort_by_key(|it| (it.group, it.plural)),
    }
    if output == "name" {
        shown.iter().for_each(|it| shell.output.line(&it.full_plural()));
        return Ok(());
    }
    let is_wide = output == "wide";
    let mut rows: Vec<Vec<String>> = Vec::new();
    if !flags.is_on("no-headers") {
        let header = "NAME SHORTNAMES APIVERSION NAMESPACED KIND VERBS CATEGORIES".split(' ');
        rows.push(header.take(if is_wide { 7 } else { 5 }).map(str::to_owned).collect());
    }
    for it in shown {
        let namespaced = it.is_namespaced.to_string();
        let (name, short) = (it.plural.to_owned(), it.short.join(","));
        let mut row = vec![name, short, it.api_version(), namespaced, it.kind.to_owned()];
        if is_wide {
            row.extend([verbs(it).to_owned(), category(it).to_owned()]);
        }
        rows.push(row);
    }
    shell.output.stdout.push_str(&table::rows(&rows));
    Ok(())
}

fn no_arguments(flags: &Flags, command: &str) -> Result<(), Failure> {
    match flags.args.as_slice() {
        [] => Ok(()),
        words => {
            let words = words.join(" ");
            Err(Failure::usage(&format!("unexpected arguments: [{words}]"), command))
        }
    }
}

pub(super) fn api_versions(shell: &mut Shell, flags: &Flags) -> Result<(), Failure> {
    no_arguments(flags, "api-versions")?;
    let mut versions: Vec<String> = RESOURCES.iter().map(Resource::api_version).collect();
    versions.sort();
    versions.dedup();
    versions.iter().for_each(|it| shell.output.line(it));
    Ok(())
}
