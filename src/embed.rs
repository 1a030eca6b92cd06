//! `window.playground`: the page for other scripts. It is there from the first script on
//! (`www/boot.js`); this file fills it in and lets its `ready` promise come true.
//!
//! Calls are synchronous, times are seconds, and all data are plain JSON.

use daemonset_core::api::Time;
use daemonset_core::playground::Message;
use js_sys::{JSON, Reflect};
use leptos::prelude::*;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

use crate::ui::command::Command;
use crate::ui::session::Session;

/// Longer advances and waits are cut to a day.
const SECONDS_MAX: f64 = 86_400.0;

/// Fills `window.playground` and announces it.
pub fn install(session: Session) {
    let Ok(target) = Reflect::get(&window(), &"playground".into()) else { return };
    if !target.is_object() {
        return;
    }
    let put = |name: &str, function: &JsValue| {
        let _ = Reflect::set(&target, &name.into(), function);
    };
    put("apply", &text_function(move |yaml| apply(session, yaml)));
    put("kubectl", &text_function(move |line| kubectl(session, &line)));
    put("why", &two_texts_function(move |node, set| to_js(&session.why(&node, &set))));
    put("plan", &text_function(move |yaml| to_js(&session.plan(&yaml))));
    put(
        "advance",
        &number_function(move |seconds| {
            session.advance(milliseconds(seconds));
            JsValue::UNDEFINED
        }),
    );
    put(
        "settle",
        &number_function(move |seconds| {
            let limit_ms = milliseconds(seconds);
            let passed = session.settle(limit_ms);
            JsValue::from_f64(passed as f64 / 1000.0)
        }),
    );
    put(
        "seek",
        &number_function(move |seconds| {
            // Whoever acts or reads after that is brought there first.
            perform(session, Command::Seek(Time(milliseconds(seconds))))
        }),
    );
    put("now", &plain_function(move || JsValue::from_f64(session.seconds())));
    put("play", &plain_function(move || perform(session, Command::Play)));
    put("pause", &plain_function(move || perform(session, Command::Pause)));
    put("setSpeed", &number_function(move |speed| perform(session, Command::SetSpeed(speed))));
    put("snapshot", &plain_function(move || to_js(&session.snapshot())));
    // The first argument names a scenario; there is one so far.
    put(
        "reset",
        &second_number_function(move |seed| {
            let seed = seed.filter(|seed| seed.is_finite() && *seed >= 0.0).map(|seed| seed as u64);
            perform(session, Command::Reset(seed))
        }),
    );
    if let Ok(event) = web_sys::Event::new("playgroundready") {
        let _ = window().dispatch_event(&event);
    }
}

fn apply(session: Session, yaml: String) -> JsValue {
    session.files.manifest().text.set(yaml.clone());
    let reply = session.perform(Command::Apply(yaml));
    let messages: Vec<Value> = reply.messages.iter().map(Message::to_json).collect();
    to_js(&json!({ "ok": reply.ok, "messages": messages }))
}

/// A line of the terminal; virtual time passes until it is done. It stands in the terminal, too.
fn kubectl(session: Session, line: &str) -> JsValue {
    let output = session.kubectl(line);
    let (code, stdout, stderr) = (output.code, output.stdout, output.stderr);
    to_js(&json!({ "code": code, "stdout": stdout, "stderr": stderr }))
}

/// Commands of the API answer with nothing.
fn perform(session: Session, command: Command) -> JsValue {
    session.perform(command);
    JsValue::UNDEFINED
}

fn milliseconds(seconds: f64) -> i64 {
    if seconds.is_finite() { (seconds.clamp(0.0, SECONDS_MAX) * 1000.0).round() as i64 } else { 0 }
}

fn to_js(value: &Value) -> JsValue {
    JSON::parse(&value.to_string()).unwrap_or(JsValue::NULL)
}

fn plain_function(function: impl Fn() -> JsValue + 'static) -> JsValue {
    Closure::<dyn Fn() -> JsValue>::new(function).into_js_value()
}

fn text_function(function: impl Fn(String) -> JsValue + 'static) -> JsValue {
    let call = move |text: JsValue| function(text.as_string().unwrap_or_default());
    Closure::<dyn Fn(JsValue) -> JsValue>::new(call).into_js_value()
}

fn two_texts_function(function: impl Fn(String, String) -> JsValue + 'static) -> JsValue {
    let text = |it: JsValue| it.as_string().unwrap_or_default();
    let call = move |first: JsValue, second: JsValue| function(text(first), text(second));
    Closure::<dyn Fn(JsValue, JsValue) -> JsValue>::new(call).into_js_value()
}

fn number_function(function: impl Fn(f64) -> JsValue + 'static) -> JsValue {
    let call = move |number: JsValue| function(number.as_f64().unwrap_or(0.0));
    Closure::<dyn Fn(JsValue) -> JsValue>::new(call).into_js_value()
}

fn second_number_function(function: impl Fn(Option<f64>) -> JsValue + 'static) -> JsValue {
    let call = move |_first: JsValue, second: JsValue| function(second.as_f64());
    Closure::<dyn Fn(JsValue, JsValue) -> JsValue>::new(call).into_js_value()
}
