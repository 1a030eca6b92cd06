//! Kubernetes objects as lean types, and the pure rules on them.
//!
//! An object is metadata, the fields that the simulation reads, and a body that holds the rest.
//! Nothing here knows of a cluster, of time passing, or of text with positions.

#![deny(clippy::disallowed_types, clippy::float_arithmetic)]

mod address;
pub mod daemon_set;
pub mod defaults;
pub mod deployment;
pub mod encode;
pub mod field_error;
pub mod int_or_string;
pub mod json;
pub mod merge;
mod meta;
mod name;
pub mod node;
pub mod order;
pub mod pod;
pub mod quantity;
pub mod replica_set;
pub mod resources;
pub mod selector;
pub mod taint;
pub mod template;
mod time;
pub mod validation;

pub use address::{Address, PodCidr};
pub use daemon_set::{ControllerRevision, DaemonSet};
pub use deployment::Deployment;
pub use meta::{Deletion, Labels, ObjectMeta, OwnerRef, Uid};
pub use name::Name;
pub use node::Node;
pub use pod::Pod;
pub use replica_set::ReplicaSet;
pub use taint::{Taint, TaintEffect, Toleration};
pub use time::{Calendar, Time};
