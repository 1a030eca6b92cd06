//! What is saved brings the same cluster back; what is damaged or foreign is refused in words.
#![cfg(not(target_arch = "wasm32"))]

use std::cell::RefCell;

use daemonset_core::api::{Name, TaintEffect, Time};
use daemonset_core::insight::Figure;
use daemonset_core::playground::{
    BranchAct, Break, Playground, Reader, Restoration, Restored, SavedError, SavedFile, SavedPiece,
    SavedTerminal, SavedWork, Shell,
};
use daemonset_core::sim::Input;
use serde_json::{Value, json};

thread_local! {
    static WRITTEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn write(entry: &str) {
    WRITTEN.with_borrow_mut(|it| it.push(entry.to_owned()));
}

/// A shell in which somebody has worked.
fn shell() -> Shell {
    let mut shell = Shell::default();
    let mut playground = Playground::open(1);
    let line = "export NS=kube-system; alias k='kubectl -n $NS'; \
                kubectl config set-context --current --namespace=monitoring";
    let statement = Reader::default().feed(line).unwrap();
    let output = playground.run_statement(&statement, &mut shell);
    assert_eq!(output.code, 0, "{}", output.stderr);
    shell.history.clear();
    shell
}

fn typed() -> Vec<String> {
    vec!["kubectl get ds".to_owned(), "kubectl drain worker-1".to_owned()]
}

fn log() -> Vec<SavedPiece> {
    let piece = |at, kind: &str, text: &str| SavedPiece {
        at: Time(at),
        kind: kind.to_owned(),
        text: text.to_owned(),
    };
    vec![piece(5, "line", "kubectl get ds"), piece(5, "output", "NAME \u{2028}\n")]
}

/// Plays as on the page, where every input is written before it is carried out.
fn played() -> (Playground, Value) {
    let mut playground = Playground::open(7);
    let mut entries: Vec<Value> = Vec::new();
    let mut add = |action: i64, line: &str, texts: Vec<String>| {
        entries.extend(
            texts.into_iter().map(|it| json!({"action": action, "line": line, "text": it})),
        );
    };
    add(0, "", playground.saved_entries());
    WRITTEN.with_borrow_mut(Vec::clear);
    playground.set_witness(write);
    let written = || WRITTEN.with_borrow_mut(std::mem::take);

    playground.advance(Time(12_345), u32::MAX);
    playground.add_node("gpu").unwrap();
    add(1, "node add --pool gpu", written());
    playground.add_node("gpu").unwrap();
    add(2, "node add --pool gpu", written());
    let text = Playground::opening_manifest().replace("8.10.0", "8.11.0");
    let text = format!("{text}---\n{}", text.replace("kube-system", "elsewhere"));
    assert!(playground.apply(&text).ok);
    add(3, "kubectl apply -f manifest.yaml", written());
    playground.advance(Time(20_001), u32::MAX);
    let (key, value) = (Name::from("dedicated"), Name::from("\"quoted\\\n"));
    let taint = |node: &str, value: &Name| Input::TaintNode {
        node: node.into(),
        key: key.clone(),
        value: value.clone(),
        effect: TaintEffect::NoExecute,
    };
    playground.act(taint("nobody", &value)).unwrap_err();
    playground.act(taint("worker-3", &Name::from("x"))).unwrap();
    add(4, "kubectl taint node worker-3 dedicated=x:NoExecute", written());
    playground.advance(Time(200_000), u32::MAX);
    let file = SavedFile {
        id: 3,
        name: "mine.yaml".to_owned(),
        text: "# typed \u{2028}\n".to_owned(),
        applied: text,
        node: Some("worker-1".into()),
    };
    let second = SavedFile { id: 0, name: "second.yaml".to_owned(), ..SavedFile::default() };
    let slots = json!({
        "files": Playground::saved_order(&[3, 0], 3),
        "file/3": Playground::saved_file(&file),
        "file/0": Playground::saved_file(&second),
        "terminal": Playground::saved_terminal(&shell(), &typed(), Some("drain"), &log()),
        "clock": playground.saved_clock(true, Some("elsewhere/node-logger")),
    });
    let work = json!({"header": playground.saved_header(), "entries": entries, "slots": slots});
    (playground, work)
}

fn restored(work: &Value) -> Result<Restored, SavedError> {
    let mut restoration = Restoration::new(SavedWork::read(&work.to_string())?);
    let slices = (0..100_000).find(|_| restoration.run(200));
    slices.expect("it comes to an end");
    Ok(restoration.finish())
}

#[test]
fn the_same_cluster_comes_back() {
    let (playground, work) = played();
    let restored = restored(&work).unwrap();
    assert!(restored.is_complete);
    assert_eq!(restored.playground.now(), Time(200_000));
    assert_eq!(restored.playground.cluster().digest(), playground.cluster().digest());
    assert_eq!(restored.playground.snapshot(), playground.snapshot());
    assert_eq!(restored.playground.inputs(), playground.inputs());
    assert_eq!(restored.playground.saved_header(), playground.saved_header());
    let lines: Vec<_> = restored.lines.iter().map(|(at, line)| (at.0, line.as_str())).collect();
    let expected = [
        (12_345, "node add --pool gpu"),
        (12_345, "node add --pool gpu"),
        (12_345, "kubectl apply -f manifest.yaml"),
        (20_001, "kubectl taint node worker-3 dedicated=x:NoExecute"),
    ];
    assert_eq!(lines, expected);
    let files: Vec<_> = restored.work.files.iter().map(|it| (it.id, it.text.as_str())).collect();
    assert_eq!(files, [(3, "# typed \u{2028}\n"), (0, "")]);
    assert_eq!(restored.work.files[0].node.as_deref(), Some("worker-1"));
    assert_eq!(restored.work.active_file, Some(3));
    assert_eq!(restored.work.selected_set.as_deref(), Some("elsewhere/node-logger"));
    assert!(restored.work.is_paused);
}

/// What was acted on in the past stays a branch of its own.
#[test]
fn acting_in_the_past_comes_back_too() {
    let mut playground = Playground::open(1);
    playground.advance(Time(50_000), u32::MAX);
    playground.act(Input::Cordon { node: "worker-1".into() }).unwrap();
    let mut texts = playground.saved_entries();
    WRITTEN.with_borrow_mut(Vec::clear);
    playground.set_witness(write);
    playground.seek(Time(30_000));
    playground.act(Input::Cordon { node: "worker-2".into() }).unwrap();
    texts.extend(WRITTEN.with_borrow_mut(std::mem::take));
    let entries: Vec<Value> = texts.iter().map(|it| json!({"text": it})).collect();
    let clock = playground.saved_clock(false, None);
    let slots = json!({"clock": clock});
    let work = json!({"header": playground.saved_header(), "entries": entries, "slots": slots});
    let restored = restored(&work).unwrap();
    assert_eq!(restored.playground.cluster().digest(), playground.cluster().digest());
    assert_eq!(restored.playground.timeline().branches().len(), 2);
}

/// Looking at branches, naming and forgetting them is kept, and what was left comes back as far as
/// it had been played, although nothing was done there at last.
#[test]
fn branches_come_back_with_their_names_and_the_one_that_was_looked_at() {
    let mut playground = Playground::open(1);
    let mut texts = playground.saved_entries();
    WRITTEN.with_borrow_mut(Vec::clear);
    playground.set_witness(write);
    playground.advance(Time(90_000), u32::MAX);
    for (at, node) in [(60_000, "worker-1"), (30_000, "worker-2"), (20_000, "worker-3")] {
        playground.seek(Time(at));
        playground.act(Input::Cordon { node: node.into() }).unwrap();
        playground.advance(Time(at + 25_000), u32::MAX);
    }
    playground.act_on_branch(BranchAct::Rename(2, "the \"second\"".to_owned())).unwrap();
    playground.act_on_branch(BranchAct::Delete(3)).unwrap();
    playground.act_on_branch(BranchAct::Switch(99)).unwrap_err();
    playground.act_on_branch(BranchAct::Switch(2)).unwrap();
    playground.seek(Time(70_000));
    texts.extend(WRITTEN.with_borrow_mut(std::mem::take));
    let entries: Vec<Value> = texts.iter().map(|it| json!({"text": it})).collect();
    let slots = json!({"clock": playground.saved_clock(false, None)});
    let work = json!({"header": playground.saved_header(), "entries": entries, "slots": slots});
    let restored = restored(&work).unwrap();
    assert!(restored.is_complete);
    assert_eq!(restored.playground.branches(), playground.branches());
    assert_eq!(restored.playground.branches().len(), 3);
    assert_eq!(restored.playground.branches()[1].name, "the \"second\"");
    assert_eq!(restored.playground.cluster().digest(), playground.cluster().digest());
}

/// What time stops at is kept with the clock; a damaged one and one too many are left out.
#[test]
fn breaks_come_back() {
    let mut playground = Playground::open(1);
    let mut entries = Vec::new();
    entries.extend(playground.saved_entries().iter().map(|it| json!({"text": it})));
    playground.advance(Time(50_000), u32::MAX);
    let set: Name = "kube-system/node-logger".into();
    let below = |count| Break::Figure {
        daemon_set: set.clone(),
        figure: Figure::Available,
        below: true,
        count,
    };
    let breaks = [below(6), Break::Crash, below(2)];
    breaks.iter().for_each(|it| playground.add_break(it.clone()).unwrap());
    let work = |clock: String| {
        let header = playground.saved_header();
        json!({"header": header, "entries": entries, "slots": {"clock": clock}})
    };
    let clock = playground.saved_clock(true, None);
    let back = restored(&work(clock.clone())).unwrap();
    assert_eq!(back.playground.breaks(), breaks);
    let mut damaged: Value = serde_json::from_str(&clock).unwrap();
    damaged["breaks"] = json!([7, "drain", "break", "break off", "break pod crashes"]);
    let back = restored(&work(damaged.to_string())).unwrap();
    assert_eq!(back.playground.breaks(), [Break::Crash]);
    damaged["breaks"] =
        Value::Array((1..50).map(|it| json!(format!("break {set} ready below {it}"))).collect());
    assert_eq!(restored(&work(damaged.to_string())).unwrap().playground.breaks().len(), 8);
}

#[test]
fn without_its_clock_it_ends_with_its_last_input() {
    let (_, mut work) = played();
    work["slots"] = Value::Null;
    let restored = restored(&work).unwrap();
    assert_eq!((restored.is_complete, restored.playground.now()), (true, Time(20_001)));
}

#[test]
fn what_cannot_be_read_is_refused_in_words() {
    let (_, work) = played();
    let with = |pointer: &str, value: Value| {
        let mut work = work.clone();
        *work.pointer_mut(pointer).unwrap() = value;
        SavedWork::read(&work.to_string()).unwrap_err()
    };
    let newer = json!({"version": 2, "scenario": "default", "seed": 1}).to_string();
    let other = json!({"version": 1, "scenario": "large", "seed": 1}).to_string();
    let cases = [
        ("a newer version", "/header", newer.into(), SavedError::Newer),
        ("another scenario", "/header", other.into(), SavedError::Foreign),
        ("no header", "/header", Value::Null, SavedError::Foreign),
        ("a broken header", "/header", "{".into(), SavedError::Foreign),
        ("a cut entry", "/entries/2/text", "{\"at\":12345,\"inp".into(), SavedError::Input(3)),
        (
            "an input of another page",
            "/entries/1/text",
            "{\"at\":1,\"input\":{\"Explode\":{}}}".into(),
            SavedError::Input(2),
        ),
        ("nothing that was done", "/entries/1/text", "{\"at\":1}".into(), SavedError::Input(2)),
        (
            "two things at once",
            "/entries/1/text",
            "{\"at\":1,\"input\":{\"Cordon\":{\"node\":\"a\"}},\"branch\":{\"Switch\":1}}".into(),
            SavedError::Input(2),
        ),
        (
            "a branch that ends before it is left",
            "/entries/1/text",
            "{\"at\":9,\"left\":8,\"branch\":{\"Switch\":1}}".into(),
            SavedError::Input(2),
        ),
        (
            "a time before the start",
            "/entries/1/text",
            "{\"at\":-1,\"input\":{\"Cordon\":{\"node\":\"a\"}}}".into(),
            SavedError::Input(2),
        ),
        (
            "a time at the end of all days",
            "/entries/1/text",
            "{\"at\":9223372036854775807,\"input\":{\"Cordon\":{\"node\":\"a\"}}}".into(),
            SavedError::Input(2),
        ),
        ("a file that is gone", "/slots/file~10", Value::Null, SavedError::File(2)),
        ("a broken file", "/slots/file~13", "{\"name\":".into(), SavedError::File(1)),
        ("too many entries", "/entries", vec![Value::Null; 10_001].into(), SavedError::TooLarge),
    ];
    for (name, pointer, value, expected) in cases {
        assert_eq!(with(pointer, value), expected, "{name}");
    }
    assert_eq!(SavedWork::read(""), Err(SavedError::Foreign));
    assert_eq!(SavedWork::read(&" ".repeat(32_000_001)), Err(SavedError::TooLarge));
    let words = "a newer version of this page has saved it";
    assert_eq!(SavedError::Newer.to_string(), words);
}

/// Bytes that flip, vanish or come twice: it is refused, or it is a history and replayed.
#[test]
fn damage_never_ends_the_program() {
    let (_, work) = played();
    let text = work.to_string();
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |limit: usize| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (chance >> 33) as usize % limit
    };
    let (mut read, mut refused) = (0, 0);
    for _ in 0..250 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..=below(4) {
            let at = below(bytes.len());
            match below(4) {
                0 => bytes.truncate(at),
                1 => bytes[at] = b"0123456789{}[]\",:-eE\\ nulltrue"[below(30)],
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b"019\"{}[],\\"[below(10)]),
            }
            if bytes.is_empty() {
                bytes.push(b' ');
            }
        }
        match SavedWork::read(&String::from_utf8_lossy(&bytes)) {
            Ok(work) => {
                let mut restoration = Restoration::new(work);
                // A clock that is wrong by years is not waited for.
                (0..20).find(|_| restoration.run(2_000));
                drop(restoration.finish().playground.snapshot());
                read += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert!(read > 20 && refused > 20, "{read} read, {refused} refused");
}

#[test]
fn the_terminal_comes_back_with_what_its_shell_knows() {
    let (_, work) = played();
    let kept = SavedWork::read(&work.to_string()).unwrap().terminal.unwrap();
    assert_eq!(kept.log, log());
    assert_eq!(kept.history, typed());
    assert_eq!(kept.waits_for.as_deref(), Some("drain"));
    assert_eq!(kept.shell, shell());
    let mut shell = kept.shell;
    let mut playground = Playground::open(1);
    let mut say = |line: &str| {
        let statement = Reader::default().feed(line).unwrap();
        playground.run_statement(&statement, &mut shell).stdout
    };
    assert_eq!(say("k get ds -o name"), "daemonset.apps/node-logger\n");
    assert_eq!(say("echo $NS"), "kube-system\n");
    assert!(say("kubectl config view --minify").contains("namespace: monitoring"));
}

#[test]
fn of_a_long_terminal_the_end_is_kept() {
    let text = "x".repeat(1_000);
    let piece = |at| SavedPiece { at: Time(at), kind: "output".to_owned(), text: text.clone() };
    let log: Vec<SavedPiece> = (0..1_000).map(piece).collect();
    let history: Vec<String> = (0..2_000).map(|it| format!("echo {it}")).collect();
    let mut shell = Shell::default();
    let mut playground = Playground::open(1);
    for line in ["export BIG=$(kubectl get nodes -o yaml; kubectl get nodes -o yaml)", "export A=1"]
    {
        let statement = Reader::default().feed(line).unwrap();
        playground.run_statement(&statement, &mut shell);
    }
    let saved = Playground::saved_terminal(&shell, &history, None, &log);
    assert!(saved.len() < 400_000, "{} bytes", saved.len());
    let (_, mut work) = played();
    work["slots"]["terminal"] = Value::from(saved);
    let kept = SavedWork::read(&work.to_string()).unwrap().terminal.unwrap();
    assert_eq!(kept.log.last(), log.last());
    assert!(kept.log.len() >= 100);
    assert_eq!(kept.history.last(), history.last());
    assert!(kept.history.len() >= 100);
}

#[test]
fn a_terminal_that_makes_no_sense_is_empty() {
    for foreign in ["", "[]", "{\"log\":[[1],[\"a\",2,3],7],\"shell\":9,\"history\":{\"a\":1}}"] {
        let (_, mut work) = played();
        work["slots"]["terminal"] = Value::from(foreign);
        let kept = SavedWork::read(&work.to_string()).unwrap().terminal;
        assert_eq!(kept.unwrap_or_default(), SavedTerminal::default(), "{foreign}");
    }
}
