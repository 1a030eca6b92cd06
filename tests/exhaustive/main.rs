//! Small spaces, enumerated instead of sampled, each against a statement of the rule that is
//! written from the specification and shares no code with the simulation.
#![cfg(not(target_arch = "wasm32"))]

mod bursts;
mod lock_step;
mod placement;
mod rollouts;
