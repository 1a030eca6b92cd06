//! Asks the linker for a map of the page's module: `cargo xtask build` moves texts by it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_page = std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|it| it == "wasm32");
    if let Some(out) = std::env::var("OUT_DIR").ok().filter(|_| is_page) {
        println!("cargo::rustc-link-arg-bins=--Map={out}/page.map");
    }
}
