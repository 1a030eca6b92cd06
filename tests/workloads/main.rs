//! Deployments, ReplicaSets and bare pods beside DaemonSets, and the ways to delete them.
//!
//! Pods are bound by hand here, so that these tests ask nothing of the scheduler.
#![cfg(not(target_arch = "wasm32"))]

mod deletion;
mod lab;
mod playground;
mod rollout;
