//! DaemonSets, their nodes and the control plane around them, simulated without any I/O.

pub mod manifest;
