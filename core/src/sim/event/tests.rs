//! Correlation, limits, life, and Go's durations.

use super::*;

#[test]
fn the_tenth_different_message_is_combined_and_the_rest_is_limited() {
    let mut log = EventLog::default();
    for pod in 0..30 {
        log.record(created(&format!("p-{pod}")), Time(pod * 10));
    }
    let texts: Vec<_> = log.iter().map(|it| (it.message(), it.count)).collect();
    assert_eq!(texts.len(), 10);
    assert_eq!(texts[8], ("Created pod: p-8".into(), 1));
    // Twenty-five pass the limit: nine alone, sixteen combined.
    assert_eq!(texts[9].1, 16);
    assert_eq!(texts[9].0, "(combined from similar events): Created pod: p-24");
    assert_eq!(log.raw_count(), 30);
}

#[test]
fn the_same_text_raises_the_count() {
    let mut log = EventLog::default();
    for second in 0..3 {
        log.record(created("p"), Time::from_seconds(second));
    }
    let events: Vec<_> = log.iter().collect();
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].count, events[0].first, events[0].last), (3, Time(0), Time(2000)));
}

#[test]
fn events_live_for_an_hour() {
    let mut log = EventLog::default();
    log.record(created("a"), Time(0));
    log.record(created("b"), Time(LIFE));
    let texts: Vec<_> = log.iter().map(|it| it.message()).collect();
    assert_eq!(texts, ["Created pod: b"]);
}

fn created(pod: &str) -> NewEvent {
    NewEvent {
        object: Arc::new(ObjectRef {
            kind: "DaemonSet",
            namespace: "n".into(),
            name: "d".into(),
            uid: Uid(1),
            container: None,
        }),
        is_warning: false,
        reason: "SuccessfulCreate",
        source: "daemonset-controller",
        message: Message::CreatedPod { pod: pod.into() },
    }
}
