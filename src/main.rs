//! Mounts the page in the browser; everywhere else it is the playground in a terminal.

#[cfg(not(target_arch = "wasm32"))]
mod terminal;

#[cfg(target_arch = "wasm32")]
fn main() {
    daemonset_playground::ui::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    terminal::run()
}
