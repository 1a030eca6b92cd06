//! Every sample of the specification of kubectl's output stands in a scenario or a recording.
//!
//! `tests/kubectl/samples.tsv` holds a row for each: the line of `spec/kubectl.md`, where it is
//! proved (a transcript, a recording or a source file), or `-` and why it does not apply, and the
//! sample. A fenced block is one sample for each command in it; each piece of code in a sentence is
//! one, too. Where the specification lies beside the repository, no sample may be missing.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

use serde_json::Value;

/// The words that stand for something in the texts of the specification.
const PLACEHOLDERS: [&str; 28] = [
    "NS", "KEY", "VALUE", "EFFECT", "N", "P", "D", "U", "A", "T", "M", "S", "ERR1", "ERR2",
    "FIELD", "BODY", "PREFIX", "TYPE", "NAME", "PORT", "SERVICE", "PATH", "VOLUME", "LAST",
    "FIRST", "CMD", "TAB", "REASON",
];
/// A pattern has to say more than this many letters.
const LETTERS_MIN: usize = 4;

struct Row {
    line: usize,
    proof: String,
    sample: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("tests/kubectl/samples.tsv")).unwrap();
    let row = |it: &str| {
        let mut cells = it.splitn(3, '\t').map(str::to_owned);
        let mut next = || cells.next().unwrap_or_else(|| panic!("three cells: {it}"));
        Row { line: next().parse().unwrap(), proof: next(), sample: next().replace("\\n", "\n") }
    };
    text.lines().filter(|it| !it.starts_with('#')).map(row).collect()
}

/// A command with its output, or a whole source file.
#[derive(Default)]
struct Piece {
    /// The command and its standard output.
    lines: Vec<String>,
    /// Standard error.
    errors: Vec<String>,
}

fn split(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// What a scenario, a recording or a source file says.
fn pieces(proof: &str) -> Vec<Piece> {
    let read = |path: String| {
        fs::read_to_string(root().join(&path)).unwrap_or_else(|it| panic!("{path}: {it}"))
    };
    if proof.starts_with("recorded/") {
        let case = read(format!("tests/kubectl/{proof}.json"));
        let case: Value = serde_json::from_str(&case).unwrap();
        let piece = |it: &Value| {
            let text = |key: &str| it[key].as_str().unwrap_or_default();
            let lines = split(&format!("$ {}\n{}", text("line"), text("stdout")));
            Piece { lines, errors: split(text("stderr")) }
        };
        return case["commands"].as_array().unwrap().iter().map(piece).collect();
    }
    if proof.contains('/') {
        let text = read(proof.to_owned()).replace("\\\"", "\"").replace("\\n", "\n");
        return vec![Piece { lines: split(&text), errors: Vec::new() }];
    }
    let mut pieces = vec![Piece::default()];
    for line in read(format!("tests/kubectl/{proof}.txt")).lines() {
        if line.starts_with("$ ") {
            pieces.push(Piece::default());
        }
        let last = pieces.last_mut().unwrap();
        match line.strip_prefix("! ") {
            Some(error) => last.errors.push(error.to_owned()),
            None => last.lines.push(line.to_owned()),
        }
    }
    pieces
}

/// The sample in parts, with anything between them.
fn parts(sample: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut word = String::new();
    let close = |word: &mut String, parts: &mut Vec<String>| {
        match PLACEHOLDERS.contains(&word.as_str()) {
            true => parts.push(String::new()),
            false => parts.last_mut().unwrap().push_str(word),
        }
        word.clear();
    };
    for c in sample.replace("<TAB>", "\t").chars() {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        close(&mut word, &mut parts);
        match c {
            '…' => parts.push(String::new()),
            c => parts.last_mut().unwrap().push(c),
        }
    }
    close(&mut word, &mut parts);
    parts
}

/// Whether a line holds the parts in their order.
fn holds(line: &str, parts: &[String]) -> bool {
    let mut rest = line;
    parts.iter().all(|part| match rest.split_once(part.as_str()) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

/// Whether a command printed the sample. Its lines come in this order on either stream; what the
/// specification has cut out may stand between them.
fn shows(piece: &Piece, sample: &str) -> bool {
    if !sample.contains('\n') {
        let parts = parts(sample);
        let letters: usize = parts.iter().map(|it| it.trim().len()).sum();
        let mut all = piece.lines.iter().chain(&piece.errors);
        return all.any(|it| it.contains(sample) || (letters >= LETTERS_MIN && holds(it, &parts)));
    }
    let (mut lines, mut errors) = (piece.lines.iter(), piece.errors.iter());
    let mut wanted = sample.lines().filter(|it| it.trim() != "…");
    wanted.all(|wanted| {
        let mut ahead = lines.clone();
        if ahead.any(|it| it == wanted) {
            lines = ahead;
            return true;
        }
        errors.any(|it| it == wanted)
    })
}

/// Every sample of the specification with its line.
fn samples(spec: &str) -> Vec<(usize, String)> {
    let (mut samples, mut is_fenced) = (Vec::new(), false);
    for (index, line) in spec.lines().enumerate() {
        let at = index + 1;
        if line.starts_with("```") {
            is_fenced = !is_fenced;
            if is_fenced {
                samples.push((at + 1, String::new()));
            }
        } else if is_fenced {
            if line.starts_with("$ ") {
                samples.push((at, String::new()));
            }
            let text = &mut samples.last_mut().unwrap().1;
            text.push_str(line);
            text.push('\n');
        } else {
            let spans = line.split('`').skip(1).step_by(2);
            samples.extend(spans.map(|it| (at, it.to_owned())));
        }
    }
    samples.retain(|it| !it.1.is_empty());
    let mut known: BTreeMap<(usize, String), ()> = BTreeMap::new();
    samples.retain(|it| known.insert(it.clone(), ()).is_none());
    samples
}

#[test]
fn every_sample_stands_where_its_row_says() {
    let mut read: BTreeMap<String, Vec<Piece>> = BTreeMap::new();
    let mut faults = Vec::new();
    for Row { line, proof, sample } in rows() {
        match proof.strip_prefix("- ") {
            Some(reason) => assert!(reason.len() > 10, "{line}: why does it not apply? {sample}"),
            None => {
                let pieces = read.entry(proof.clone()).or_insert_with(|| pieces(&proof));
                if !pieces.iter().any(|it| shows(it, &sample)) {
                    faults.push(format!("{line}: not in {proof}: {sample}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// `KUBECTL_SPEC=… cargo test --test kubectl_samples` reads another text.
#[test]
fn no_sample_is_missing() {
    let beside = root().join("../shared/spec/kubectl.md");
    let path = env::var_os("KUBECTL_SPEC").map_or(beside, PathBuf::from);
    let Ok(spec) = fs::read_to_string(&path) else { return };
    let known: Vec<(usize, String)> = rows().into_iter().map(|it| (it.line, it.sample)).collect();
    let wanted = samples(&spec);
    assert!(wanted.len() > 500, "{} samples", wanted.len());
    let escaped = |it: &(usize, String)| format!("{}\t?\t{}", it.0, it.1.replace('\n', "\\n"));
    let missing = wanted.iter().filter(|it| !known.contains(it)).map(escaped);
    let missing: Vec<String> = missing.collect();
    assert!(missing.is_empty(), "\nnot in samples.tsv:\n{}", missing.join("\n"));
    let gone: Vec<_> = known.iter().filter(|it| !wanted.contains(it)).collect();
    assert!(gone.is_empty(), "\nno longer in the specification:\n{gone:?}");
}
