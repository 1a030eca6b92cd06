//! The control plane: a store of objects, a clock, one queue of wake-ups, and the actors.
//!
//! `Cluster` is the only writer. Actors see every change, ask to be woken, and answer a wake-up
//! with commands; the cluster carries them out. Everything is plain, cloneable data.

#![deny(clippy::disallowed_types, clippy::float_arithmetic)]

pub mod actor;
mod admission;
mod api_error;
mod api_server;
mod change;
mod cluster;
mod command;
pub mod daemon_set;
mod deployment;
mod disruption;
pub(crate) mod drain;
mod drainer;
pub mod event;
mod execute;
mod garbage_collector;
mod import;
mod input;
pub mod invariant;
mod journal;
pub(crate) mod kubelet;
mod map;
mod namespace;
mod node_lifecycle;
mod pod_gc;
mod random;
mod record;
mod replica_set;
pub mod scheduler;
mod set;
mod store;
mod taint_eviction;
mod timeline;
mod touched;
mod world;
mod write_log;

pub use actor::{ActorKind, ActorSet};
pub use admission::SYSTEM_CLASSES;
pub use api_error::ApiError;
pub use api_server::Outcome;
pub use change::Change;
pub use cluster::{Cluster, Work};
pub use command::{Command, NewPod, PodPatch};
pub use disruption::DisruptionBudget;
pub use drain::{DrainOptions, DrainPlan};
pub(crate) use drainer::EVICTION_RETRY;
pub use event::{Event, EventLog};
pub use import::Identities;
pub use input::{Cascade, Input};
pub use journal::Journal;
pub use kubelet::{Activity, Doing};
pub use map::Map;
pub use random::Seed;
pub use record::{Record, Rollout, Sample, Wave};
pub use set::Set;
pub use store::{Store, Stored};
pub use timeline::{Ahead, Branch, BranchId, Timeline};
pub use touched::Touched;
pub use world::{ImageBehaviour, Machine, Shortage, Signal, World};
