//! The answer as plain data, for scripts.

use serde_json::{Value, json};

use super::{Check, Fix, Gate, Mark, Verdict, Why};

impl Verdict {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passes => "passes",
            Self::Waits => "waits",
            Self::Stops => "stops",
            Self::NotAsked => "notAsked",
        }
    }
}

impl Why {
    /// `{wanted, sentence, gates: [{stage, title, verdict, fixes, checks: [{verdict, text, path,
    /// mark, fixes}]}]}`; what is not there is null.
    pub fn to_json(&self) -> Value {
        let mut gates = Vec::new();
        gates.extend(self.gates.iter().map(gate));
        json!({"wanted": self.is_wanted, "sentence": self.sentence, "gates": gates})
    }
}

fn gate(gate: &Gate) -> Value {
    let mut checks = Vec::new();
    checks.extend(gate.checks.iter().map(check));
    json!({
        "stage": gate.stage.word(),
        "title": gate.title,
        "verdict": gate.verdict.word(),
        "fixes": texts(&gate.fixes),
        "checks": checks,
    })
}

fn texts(fixes: &[Fix]) -> Value {
    let mut texts = Vec::new();
    texts.extend(fixes.iter().map(|it| Value::from(it.to_string())));
    Value::Array(texts)
}

fn check(check: &Check) -> Value {
    let mark = check.mark.as_ref().map(|it| match it {
        Mark::Label(key) => json!({"label": &**key}),
        Mark::Taint(taint) => json!({"taint": &**taint}),
    });
    json!({
        "verdict": check.verdict.word(),
        "text": check.said(),
        "path": check.path,
        "mark": mark,
        "fixes": texts(&check.fixes),
    })
}
