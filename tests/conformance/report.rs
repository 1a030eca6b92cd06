//! What the page `conformance.html` says: how many recorded decisions agree, rule by rule.
//!
//! Both the page and its figures (`conformance.json`) are committed; this test makes them anew and
//! compares. After a change: `UPDATE_EXPECT=1 cargo test --test conformance`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::rules::rules;
use crate::{budgets, placement, rows, scheduling, templates, traces};

/// The recorded release.
const RELEASE: &str = "v1.31.13";

type Check = fn(&Value) -> Result<(), String>;

/// The files with what they are, in the order of the page.
const FILES: [(&str, &str, Check); 5] = [
    ("placement.jsonl", "Placement decisions", placement::check),
    ("templates.jsonl", "Pods made from templates", templates::check),
    ("budgets.jsonl", "Budgets of updates", budgets::check),
    ("traces.jsonl", "Histories, step by step", traces::check),
    ("scheduling.jsonl", "Scheduling of daemon pods", scheduling::check),
];

/// Rows and agreeing rows.
type Count = (u64, u64);

#[test]
fn the_page_says_what_the_recordings_say() {
    if std::env::var_os("CONFORMANCE_DIR").is_some() {
        return; // The page is about the recordings of this project.
    }
    let counted: Vec<(&str, &str, Count, BTreeMap<&str, Count>)> =
        FILES.iter().map(|(file, title, check)| count(file, title, *check)).collect();
    let figures: Value = counted
        .iter()
        .map(|(file, _, (rows, agreeing), by_rule)| {
            let rules: Value = by_rule
                .iter()
                .map(|(rule, (rows, agreeing))| json!([rule, rows, agreeing]))
                .collect();
            json!({"file": file, "rows": rows, "agreeing": agreeing, "rules": rules})
        })
        .collect();
    let figures = json!({"release": RELEASE, "files": figures});
    compare_or_update("conformance.json", &format!("{figures:#}\n"));
    let sections: String = counted.iter().map(|it| section(it.1, it.2, &it.3)).collect();
    let (rows, agreeing) = counted.iter().fold((0, 0), |sum, it| (sum.0 + it.2.0, sum.1 + it.2.1));
    let page = include_str!("page.html")
        .replace("{release}", RELEASE)
        .replace("{rows}", &thousands(rows))
        .replace("{agreeing}", &thousands(agreeing))
        .replace("{sections}", &sections);
    compare_or_update("conformance.html", &page);
}

fn count<'a>(
    file: &'a str,
    title: &'a str,
    check: Check,
) -> (&'a str, &'a str, Count, BTreeMap<&'static str, Count>) {
    let (mut total, mut by_rule) = ((0, 0), BTreeMap::new());
    for row in rows(file) {
        let agrees = u64::from(check(&row).is_ok());
        total = (total.0 + 1, total.1 + agrees);
        for rule in rules(file, &row) {
            let count: &mut Count = by_rule.entry(rule).or_default();
            *count = (count.0 + 1, count.1 + agrees);
        }
    }
    (file, title, total, by_rule)
}

fn section(title: &str, (rows, agreeing): Count, by_rule: &BTreeMap<&str, Count>) -> String {
    let mut html = String::new();
    let _ = write!(
        html,
        "      <tbody>\n        <tr class=\"head\"><th scope=\"rowgroup\">{title}</th>"
    );
    let _ = writeln!(html, "<td>{}</td><td>{}</td></tr>", thousands(rows), thousands(agreeing));
    for (rule, (rows, agreeing)) in by_rule {
        let _ = write!(html, "        <tr><th scope=\"row\">{rule}</th>");
        let _ =
            writeln!(html, "<td>{}</td><td>{}</td></tr>", thousands(*rows), thousands(*agreeing));
    }
    html + "      </tbody>\n"
}

fn thousands(count: u64) -> String {
    match count {
        0..1000 => count.to_string(),
        _ => format!("{},{:03}", count / 1000, count % 1000),
    }
}

fn compare_or_update(file: &str, text: &str) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "www", file].iter().collect();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "www/{file} is out of date: UPDATE_EXPECT=1 cargo test");
}
