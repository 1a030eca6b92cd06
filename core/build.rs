//! Turns the scenario, which people edit as YAML, into JSON: the page carries no second reader.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let source = "scenarios/default.yaml";
    println!("cargo::rerun-if-changed={source}");
    let text = fs::read_to_string(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    let scenario: serde_json::Value =
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{source}: {error}"));
    let target = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(target.join("default.json"), scenario.to_string())
        .unwrap_or_else(|error| panic!("default.json: {error}"));
}
