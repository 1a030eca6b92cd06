//! Mounts the page in the browser.

#[cfg(target_arch = "wasm32")]
fn main() {
    daemonset_playground::ui::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("this edition runs in a browser: cargo xtask serve");
}
