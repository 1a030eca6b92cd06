//! What is read is what was written.

use super::numbers::{Numbers, put, put_signed};
use super::*;
use crate::api::Calendar;
use crate::sim::{Cluster, Input, Seed, Timeline};
use serde_json::json;

#[test]
fn numbers_of_any_size_come_back() {
    let numbers = [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX];
    let signed = [0, 1, -1, 63, -64, 64, i64::MAX, i64::MIN];
    let mut bytes = Vec::new();
    numbers.iter().for_each(|it| put(&mut bytes, *it));
    signed.iter().for_each(|it| put_signed(&mut bytes, *it));
    let mut read = Numbers::of(&bytes);
    assert!(numbers.iter().all(|it| read.number() == *it));
    assert!(signed.iter().all(|it| read.signed() == *it));
    assert_eq!((read.left(), read.byte(), read.number()), (0, None, 0));
}

/// The life of a pod that nothing happens to takes little.
#[test]
fn a_write_of_a_rollout_takes_few_bytes() {
    let mut cluster = Cluster::new(Seed(1), Calendar { unix_seconds_at_zero: 0 });
    for number in 0..300 {
        cluster.place_node(&json!({
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": format!("n-{number}")},
            "status": {
                "allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"},
                "conditions": [{"type": "Ready", "status": "True"}],
            },
        }));
    }
    let mut timeline = Timeline::new(cluster);
    for version in 0..4 {
        let labels = json!({"app": "a"});
        let container = json!({"name": "c", "image": format!("app:{version}")});
        let object = json!({
            "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "a"},
            "spec": {
                "selector": {"matchLabels": labels},
                "updateStrategy": {"rollingUpdate": {"maxUnavailable": "50%"}},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            },
        });
        timeline.act(Input::Apply { object: object.into() }).unwrap();
        timeline.advance(timeline.now() + 200_000, u32::MAX);
    }
    let log = &timeline.cluster().log;
    let chunks = log.chunks.as_ref().unwrap();
    let bytes: usize = chunks.iter().map(|it| it.bytes.len()).sum();
    let pods = chunks.iter().flat_map(|it| &it.wholes);
    let pods = pods.filter(|it| matches!(it, Whole::Object(Change::Pod { .. }))).count();
    assert!(log.len() > 8_000, "{} writes", log.len());
    assert!(bytes as u64 / log.len() < 20, "{bytes} bytes for {} writes", log.len());
    assert!(pods <= 2 * chunks.len(), "{pods} whole pods in {} chunks", chunks.len());

    // What is called far is: there are as many writes between.
    for (before, chunk) in (CHUNK..).step_by(CHUNK as usize).zip(&chunks[1..]) {
        assert!(log.is_far(chunk.start, before - CHUNK), "a chunk lies between");
        assert!(!log.is_far(chunk.start, before - MANY), "as many as are made at once");
        assert!(!log.is_far(chunk.start + -1, before - CHUNK), "they may be fewer");
    }
}
