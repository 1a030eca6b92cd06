//! Scheduling played through.
