//! The page: DaemonSets, their nodes and their pods, live.
