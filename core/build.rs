//! Turns the scenario and its manifest, which people edit as YAML, into JSON: the page carries no
//! second reader, and needs the first one only when somebody edits.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    write_json("scenarios/default.yaml", "default.json");
    write_json("../www/gallery/node-logger.yaml", "opening.json");
}

fn write_json(source: &str, name: &str) {
    println!("cargo::rerun-if-changed={source}");
    let text = fs::read_to_string(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    let value: serde_json::Value =
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{source}: {error}"));
    let target = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(target.join(name), value.to_string())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
}
