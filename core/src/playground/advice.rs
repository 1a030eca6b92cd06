//! Advice on a text as it is typed, each at its place, with the edit that heeds it.

use crate::insight::lint;
use crate::manifest::{self, Chunk, Edit, Manifest};
use crate::playground::{Message, Playground};

/// One piece of advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    /// The name of its rule.
    pub rule: &'static str,
    /// Line of the text, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What was found, and why it matters.
    pub text: String,
    /// What would heed it.
    pub edit: Option<Edit>,
}

impl Playground {
    /// The advice on the DaemonSets of a text, in the order of the text.
    pub fn advice(&self, text: &str) -> Vec<Tip> {
        self.advice_on(&manifest::load(text), text)
    }

    /// What there is to say about one of the [`chunks`](manifest::chunks) of a text: what is wrong,
    /// and the advice.
    pub fn review(&self, chunk: Chunk, text: &str) -> (Vec<Message>, Vec<Tip>) {
        let manifest = manifest::load_chunk(chunk);
        (Self::check_manifest(&manifest), self.advice_on(&manifest, text))
    }

    fn advice_on(&self, manifest: &Manifest, text: &str) -> Vec<Tip> {
        let mut tips = Vec::new();
        for document in &manifest.documents {
            if document.kind != "DaemonSet" || document.api_version != "apps/v1" {
                continue;
            }
            for advice in lint(&document.object, self.cluster()) {
                let place = document.locate(&advice.path).start;
                tips.push(Tip {
                    rule: advice.rule,
                    line: place.line,
                    column: place.column,
                    text: format!("{} {}", advice.text, advice.reason),
                    edit: advice.fix.and_then(|it| it.edit(document, text)),
                });
            }
        }
        crate::api::order::sort_by_key(&mut tips, |it| (it.line, it.column));
        tips
    }
}

#[cfg(test)]
mod tests {
    use crate::manifest::chunks;
    use crate::playground::Playground;

    #[test]
    fn heeding_advice_ends_it() {
        let playground = Playground::open(1);
        let text = Playground::opening_manifest();
        let tips = playground.advice(text);
        let tip = tips.iter().find(|it| it.rule == "control-plane").unwrap();
        assert_eq!(tip.line, 16, "at the pod's spec, where tolerations would stand");
        let text = tip.edit.as_ref().unwrap().apply(text).unwrap();
        assert!(Playground::check(&text).is_empty());
        assert!(playground.advice(&text).iter().all(|it| it.rule != "control-plane"));
        assert_eq!(playground.advice("a: [").len(), 0);
    }

    #[test]
    fn chunk_by_chunk_the_same_is_said() {
        let playground = Playground::open(1);
        let opening = Playground::opening_manifest();
        let broken = "kind: DaemonSet\nspec: {replicas: 3}\n";
        let text = format!("# first\n---\n{opening}---\n{broken}---\na: [\n---\n{opening}");
        let (mut messages, mut tips) = (Vec::new(), Vec::new());
        for chunk in chunks(&text) {
            let (wrong, advice) = playground.review(chunk, &text);
            messages.extend(wrong);
            tips.extend(advice);
        }
        assert!(messages.len() >= 2 && tips.len() >= 8);
        assert_eq!(messages, Playground::check(&text));
        assert_eq!(tips, playground.advice(&text));
    }
}
