//! What could stand where somebody is typing: commands, files, and all that kubectl completes.

use crate::insight::Figure;
use crate::kubectl;
use crate::kubectl::{Resource, Server};
use crate::playground::Playground;
use crate::playground::machines::BEHAVIOURS;
use crate::playground::shell::Shell;
use crate::playground::shell::parse::{self, Part, Word};

/// The commands that are worth completing.
const COMMANDS: [&str; 21] = [
    "alias", "branch", "break", "cat", "check", "clear", "echo", "export", "grep", "help", "image",
    "kubectl", "lint", "ls", "node", "plan", "seek", "settle", "sync", "watch", "why",
];
const NODE_VERBS: [&str; 6] = ["add", "fail", "fill", "free", "pressure", "recover"];
const SHORTAGES: [&str; 6] =
    ["disk=off", "disk=on", "memory=off", "memory=on", "pid=off", "pid=on"];

/// What could stand in the place of the last word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Where that word begins, in bytes.
    pub start: usize,
    /// What it could be, in the order of the alphabet.
    pub words: Vec<String>,
}

impl Completion {
    /// What all of them begin with.
    pub fn common(&self) -> &str {
        let Some((first, rest)) = self.words.split_first() else { return "" };
        let mut end = first.len();
        for word in rest {
            let same = first.char_indices().zip(word.chars()).find(|((_, a), b)| a != b);
            end = end.min(same.map_or(word.len().min(first.len()), |((at, _), _)| at));
        }
        &first[..end]
    }

    /// The text for the only word that it could be, with the blank that ends it.
    pub fn only(&self) -> Option<String> {
        let [word] = self.words.as_slice() else { return None };
        let goes_on = word.ends_with(['=', '/']);
        Some(format!("{word}{}", if goes_on { "" } else { " " }))
    }
}

/// Where somebody types.
struct Typed<'a> {
    /// The words of the command before the last one.
    words: Vec<String>,
    begun: &'a str,
    start: usize,
    /// Behind `<` or `>` stands a file.
    is_file: bool,
}

impl Playground {
    /// Completes the last word of what stands before the caret.
    pub fn complete(&self, shell: &Shell, before: &str) -> Completion {
        let typed = typed(shell, before);
        let files: Vec<String> = shell.files.keys().cloned().collect();
        let mut words = match typed.is_file {
            true => files,
            false => self.candidates(&typed.words, typed.begun, &files, shell),
        };
        words.retain(|it| it.starts_with(typed.begun));
        words.sort();
        words.dedup();
        Completion { start: typed.start, words }
    }

    fn candidates(
        &self,
        words: &[String],
        begun: &str,
        files: &[String],
        shell: &Shell,
    ) -> Vec<String> {
        let fixed = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let named = |resource: fn(&&'static Resource) -> bool| {
            let found = Resource::all().find(resource).map(|it| self.list(it)).unwrap_or_default();
            let name = |it: &serde_json::Value| {
                crate::api::json::at(it, &["metadata", "name"]).as_str().map(str::to_owned)
            };
            found.iter().filter_map(name).collect::<Vec<_>>()
        };
        let nodes = || named(|it| it.plural == "nodes");
        let texts: Vec<&str> = words.iter().map(String::as_str).collect();
        match texts.as_slice() {
            [] => {
                let mut all = fixed(&COMMANDS);
                all.extend(shell.aliases.keys().cloned());
                all
            }
            ["kubectl" | "k", ..] => kubectl::complete(&words[1..], begun, files, self),
            ["watch", flag, rest @ ..] if flag.starts_with('-') => {
                let skipped = if *flag == "-n" || *flag == "--interval" { 1 } else { 0 };
                self.candidates(&words[2 + skipped.min(rest.len())..], begun, files, shell)
            }
            ["watch", ..] => self.candidates(&words[1..], begun, files, shell),
            ["cat" | "check" | "lint" | "plan" | "rm" | "tee" | "head" | "tail", ..] => {
                files.to_vec()
            }
            ["node"] => fixed(&NODE_VERBS),
            ["node", "pressure", _] => fixed(&SHORTAGES),
            ["node", "fill", _, ..] => fixed(&["cpu=", "memory="]),
            ["node", verb] if *verb != "add" => nodes(),
            ["why"] => nodes(),
            ["why", _] | ["sync"] | ["break"] => named(|it| it.plural == "daemonsets"),
            ["branch"] => fixed(&["compare", "delete", "rename", "switch"]),
            ["branch", _] => self.branches().into_iter().map(|it| it.name).collect(),
            ["break", _] => Figure::ALL.map(|it| it.column().to_ascii_lowercase()).to_vec(),
            ["break", _, _] => fixed(&["above", "below"]),
            ["image"] => {
                let store = self.cluster().store();
                let containers = store.daemon_sets().flat_map(|it| &it.template.spec.containers);
                containers.map(|it| it.image.to_string()).collect()
            }
            ["image", _] => fixed(&BEHAVIOURS),
            _ => Vec::new(),
        }
    }
}

/// Takes apart what stands before the caret.
fn typed<'a>(shell: &Shell, before: &'a str) -> Typed<'a> {
    // Where the last word and the last command begin.
    let (mut start, mut command) = (0, 0);
    let mut quote = None::<char>;
    let mut chars = before.char_indices();
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (None, '\\') => drop(chars.next()),
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, ' ' | '\t' | '<' | '>' | '|' | ';' | '&' | '(') => {
                start = at + c.len_utf8();
                if !matches!(c, ' ' | '\t' | '<' | '>') {
                    command = start;
                }
            }
            (None, _) => {}
        }
    }
    let head = &before[command..start];
    let is_file = head.trim_end().ends_with(['<', '>']);
    let pipes = parse::parse(head.trim_end().trim_end_matches(['<', '>'])).unwrap_or_default();
    let last = pipes.into_iter().next_back().and_then(|it| it.1.into_iter().next_back());
    let mut words: Vec<String> =
        last.iter().flat_map(|it| &it.words).map(|it| plain(it, shell)).collect();
    if let Some(line) = words.first().and_then(|it| shell.aliases.get(it)) {
        let meant = parse::parse(line).unwrap_or_default();
        let meant = meant.into_iter().next_back().and_then(|it| it.1.into_iter().next_back());
        let head: Vec<String> =
            meant.iter().flat_map(|it| &it.words).map(|it| plain(it, shell)).collect();
        words.splice(0..1, head);
    }
    Typed { words, begun: &before[start..], start, is_file }
}

/// A word with its variables; what a line would print is not asked for.
fn plain(word: &Word, shell: &Shell) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Variable { name, .. } => shell.variable(name),
        Part::Output { .. } => String::new(),
    };
    word.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::Reader;

    fn completed(line: &str) -> Vec<String> {
        let mut playground = Playground::open(1);
        playground.settle(300_000);
        let mut shell = Shell::default();
        shell.files.insert("manifest.yaml".to_owned(), String::new());
        let before = "export NS=kube-system\nalias kns='kubectl -n kube-system'";
        let mut reader = Reader::default();
        for statement in before.lines().filter_map(|it| reader.feed(it)) {
            playground.run_statement(&statement, &mut shell);
        }
        playground.complete(&shell, line).words
    }

    /// What stands there as the first and the last of how many.
    #[test]
    fn every_word_of_a_line_is_completed() {
        let cases = [
            ("", "alias … why, 22"),
            ("kubec", "kubectl … kubectl, 1"),
            ("kubectl ann", "annotate … annotate, 1"),
            ("k roll", "rollout … rollout, 1"),
            ("kubectl rollout ", "history … undo, 6"),
            ("kubectl -n kube-system rollout st", "status … status, 1"),
            ("kubectl set i", "image … image, 1"),
            ("kubectl create d", "deployment … deployment, 1"),
            ("kubectl get daem", "daemonsets … daemonsets, 1"),
            ("kubectl get ds ", " … , 0"),
            ("kubectl get ds -n ", "default … monitoring, 6"),
            (
                "kubectl get ds --namespace=kube-s",
                "--namespace=kube-system … --namespace=kube-system, 1",
            ),
            ("kubectl get ds -n kube-system ", "node-logger … node-logger, 1"),
            ("kubectl get ds -n $NS n", "node-logger … node-logger, 1"),
            ("kns get ds n", "node-logger … node-logger, 1"),
            ("kubectl -nkube-system describe ds/n", "ds/node-logger … ds/node-logger, 1"),
            ("kubectl get nodes worker-1 worker-", "worker-2 … worker-6, 5"),
            ("kubectl drain w", "worker-1 … worker-6, 6"),
            ("kubectl drain worker-1 --ig", "--ignore-daemonsets … --ignore-daemonsets, 1"),
            ("kubectl delete pod x --casc", "--cascade … --cascade, 1"),
            ("kubectl delete ds x --cascade=", "--cascade=background … --cascade=orphan, 3"),
            ("kubectl get po -o ", "custom-columns-file= … yaml, 9"),
            ("kubectl get po -o j", "json … jsonpath=, 4"),
            ("kubectl get nodes -l gpu", "gpu=true … gpu=true, 1"),
            ("kubectl get nodes -L gp", "gpu … gpu, 1"),
            ("kubectl apply -f ", "manifest.yaml … manifest.yaml, 1"),
            ("kubectl label node gpu-1 gp", "gpu- … gpu-, 1"),
            ("kubectl taint nodes gpu-1 ", "dedicated:NoSchedule- … dedicated:NoSchedule-, 1"),
            ("kubectl -n kube-system set image ds/node-logger f", "filebeat= … filebeat=, 1"),
            ("kubectl get pods | gr", "grep … grep, 1"),
            ("kubectl get ds && kubectl unc", "uncordon … uncordon, 1"),
            ("watch -n 1 kubectl top ", "node … pod, 2"),
            ("kubectl get ds -o yaml > man", "manifest.yaml … manifest.yaml, 1"),
            ("cat m", "manifest.yaml … manifest.yaml, 1"),
            ("node ", "add … recover, 6"),
            ("node fail gpu", "gpu-1 … gpu-2, 2"),
            ("why worker-1 n", "node-logger … node-logger, 1"),
            ("break node-logger a", "available … available, 1"),
            ("branch ", "compare … switch, 4"),
            ("branch switch ", "A … A, 1"),
            ("kubectl get 'no", " … , 0"),
        ];
        let mut faults = Vec::new();
        for (line, expected) in cases {
            let words = completed(line);
            let empty = String::new();
            let (first, last) = (words.first().unwrap_or(&empty), words.last().unwrap_or(&empty));
            let got = format!("{first} … {last}, {}", words.len());
            if got != expected {
                faults.push(format!("{line}\n  expected: {expected}\n  got:      {got}"));
            }
        }
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    }

    #[test]
    fn what_all_have_in_common_is_typed_and_a_single_one_is_ended() {
        let of = |words: &[&str]| Completion {
            start: 0,
            words: words.iter().map(|it| (*it).to_owned()).collect(),
        };
        assert_eq!(of(&["worker-1", "worker-10", "worker-2"]).common(), "worker-");
        assert_eq!(of(&["größe", "grün"]).common(), "gr");
        assert_eq!(of(&["a", "b"]).common(), "");
        assert_eq!(of(&["get"]).only().as_deref(), Some("get "));
        assert_eq!(of(&["--output="]).only().as_deref(), Some("--output="));
        assert_eq!(of(&["a", "b"]).only(), None);
    }
}
