//! What tutorials type and is not here: one sentence each, with the way that there is.

use crate::kubectl::Output;
use crate::playground::shell::fail;
use crate::playground::shell::parse::{Pipe, When};

/// Programs, and what to do in their place.
const PROGRAMS: [(&str, &str); 8] = [
    (
        "minikube kind k3d k3s microk8s kubeadm eksctl gcloud az aws oc terraform vagrant",
        "the cluster is here already, and `node add` lets machines join",
    ),
    ("helm kustomize argocd flux", "write the manifest into a tab of the editor, and apply it"),
    ("git", "the playground fetches nothing: put the text into a file by its name"),
    ("bash sh zsh python python3", "scripts are not simulated: type their lines"),
    ("man info tldr", "`kubectl COMMAND --help` says how it is used, `help` what there is besides"),
    ("ssh docker crictl nerdctl systemctl journalctl", "what runs on machines is not simulated"),
    ("vi vim nano emacs code open notepad", "write `cat > FILE <<EOF`, or use the editor's tabs"),
    ("jq yq column", "take `-o jsonpath=…` or `-o custom-columns=…`"),
];

/// A command that is not known here.
pub(super) fn refusal(name: &str) -> Output {
    let known = PROGRAMS.iter().find(|it| it.0.split(' ').any(|it| it == name));
    match known {
        Some((_, instead)) => fail(127, &format!("sh: {name}: command not found: {instead}")),
        None => fail(127, &format!("sh: {name}: command not found")),
    }
}

/// Lines that a shell without loops and conditions has to answer as a whole: they are refused, and
/// those that only prepare completion do nothing.
pub(super) fn structure(line: &str) -> Option<Result<Vec<(When, Pipe)>, String>> {
    let line = line.trim_start();
    match line.split([' ', ';']).next()? {
        "source" | "." if line.contains("<(") => Some(Ok(Vec::new())),
        "for" | "while" | "until" | "if" | "case" | "function" => Some(Err(
            "loops and conditions are not simulated: write the lines one by one".to_owned(),
        )),
        _ => None,
    }
}
