//! DaemonSets, their nodes and the control plane around them, simulated without any I/O.
//!
//! The layers, from the ground up: `api` (objects and the pure rules on them), `manifest` (text to
//! objects), `sim` (the control plane), `insight` (questions to a cluster), `kubectl` (its
//! language), `playground` (what a person opens and keeps).

pub mod api;
pub mod insight;
pub mod kubectl;
pub mod manifest;
pub mod playground;
pub mod sim;
