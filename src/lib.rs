//! The page: DaemonSets, their nodes and their pods, live.
//!
//! Everything that knows about Kubernetes lives in `daemonset-core`. This crate mirrors it into
//! signals (`ui::session`), draws it (`ui`) and offers it to other scripts (`embed`).

#[cfg(target_arch = "wasm32")]
pub mod embed;
#[cfg(target_arch = "wasm32")]
pub mod ui;
