//! Elements, and what keeps them in step with signals.
//!
//! The views of Leptos give every closure a type of its own and compile for each type how it is
//! built, updated and taken away: for this page 130 kB Brotli, where a first visit may cost 350.
//! Here every kind of update is compiled once and takes a boxed closure. Signals, memos, effects
//! and owners are those of Leptos: what is built under an owner stops with it.

use std::borrow::Cow;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use any_spawner::Executor;
use leptos::prelude::*;
use leptos::reactive::graph::{AnySubscriber, Subscriber, ToAnySubscriber};

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, HtmlElement, Node};

/// What an attribute says; without it the attribute is absent.
pub type Words = Option<Cow<'static, str>>;

/// What can be said in an attribute or a text.
pub trait Value {
    /// How it is written.
    fn words(self) -> Words;
}

impl Value for &'static str {
    fn words(self) -> Words {
        Some(Cow::Borrowed(self))
    }
}

impl Value for String {
    fn words(self) -> Words {
        Some(Cow::Owned(self))
    }
}

impl Value for bool {
    fn words(self) -> Words {
        Some(Cow::Borrowed(if self { "true" } else { "false" }))
    }
}

impl<T: Value> Value for Option<T> {
    fn words(self) -> Words {
        self.and_then(T::words)
    }
}

/// One element of the page.
#[derive(Clone, Debug)]
pub struct Element(web_sys::Element);

/// An HTML element.
pub fn el(tag: &'static str, class: &str) -> Element {
    made(document().create_element(tag)).with_class(class)
}

/// An element of a drawing.
pub fn svg(tag: &'static str, class: &str) -> Element {
    let space = Some("http://www.w3.org/2000/svg");
    made(document().create_element_ns(space, tag)).with_class(class)
}

/// The browser refuses an element only for letters that no name of a tag may hold, and tags are
/// constants of this crate.
fn made(element: Result<web_sys::Element, JsValue>) -> Element {
    let Ok(element) = element else { unreachable!("no letters of a tag") };
    Element(element)
}

impl Element {
    fn with_class(self, class: &str) -> Self {
        if class.is_empty() { self } else { self.attr("class", class) }
    }

    /// The element as the browser's type for its tag.
    pub fn cast<T: JsCast>(&self) -> T {
        self.0.clone().unchecked_into()
    }

    /// Sets an attribute for good.
    pub fn attr(self, name: &str, value: &str) -> Self {
        let _ = self.0.set_attribute(name, value);
        self
    }

    /// Sets attributes for good.
    pub fn attrs(self, pairs: &[(&str, &str)]) -> Self {
        pairs.iter().fold(self, |element, (name, value)| element.attr(name, value))
    }

    /// Sets a custom property for good.
    pub fn style(self, name: &str, value: &str) -> Self {
        set_style(&self.0, name, Some(value));
        self
    }

    /// Takes it off the page.
    pub fn remove(&self) {
        self.0.remove();
    }

    /// Appends a text.
    pub fn text(self, text: &str) -> Self {
        append(&self.0, &document().create_text_node(text));
        self
    }

    /// Appends an element.
    pub fn child(self, child: Self) -> Self {
        append(&self.0, &child.0);
        self
    }

    /// Keeps one attribute in step.
    pub fn live<V: Value>(
        self,
        name: &'static str,
        mut value: impl FnMut() -> V + 'static,
    ) -> Self {
        self.paint(move |it| it.set(name, value()))
    }

    /// Keeps all attributes that `paint` sets in step; it must set them in the same order always.
    pub fn paint(self, paint: impl FnMut(&mut Paint) + 'static) -> Self {
        keep_painted(Paint { element: self.0.clone(), said: Vec::new(), at: 0 }, Box::new(paint));
        self
    }

    /// Appends a text that is kept in step.
    pub fn live_text<V: Value>(self, mut text: impl FnMut() -> V + 'static) -> Self {
        append_live_text(&self.0, Box::new(move || text().words()));
        self
    }

    /// Appends a place for elements that come and go together. They are made anew whenever `make`
    /// runs: let it read little.
    pub fn part(self, make: impl FnMut() -> Vec<Self> + 'static) -> Self {
        append_part(&self.0, Box::new(make));
        self
    }

    /// Appends an element that is there as long as something holds.
    pub fn when(
        self,
        holds: impl Fn() -> bool + Send + Sync + 'static,
        mut make: impl FnMut() -> Self + 'static,
    ) -> Self {
        let holds = memo(holds);
        self.part(move || if holds.get() { vec![make()] } else { Vec::new() })
    }

    /// Appends a list whose rows keep their elements as long as their keys are there.
    pub fn list(self, rows: impl FnMut() -> Vec<Row> + 'static) -> Self {
        append_list(&self.0, Box::new(rows));
        self
    }

    /// Listens for as long as the element lives.
    pub fn on<E: JsCast>(self, name: &str, mut act: impl FnMut(E) + 'static) -> Self {
        listen(&self.0, name, Box::new(move |event| act(event.unchecked_into())));
        self
    }

    /// Listens for clicks.
    pub fn on_click(self, mut act: impl FnMut() + 'static) -> Self {
        listen(&self.0, "click", Box::new(move |_| act()));
        self
    }
}

/// Writes the attributes of one element, those that changed.
pub struct Paint {
    element: web_sys::Element,
    /// What the calls of the last run said, in their order.
    said: Vec<Words>,
    at: usize,
}

impl Paint {
    /// Says what an attribute is.
    pub fn set(&mut self, name: &str, value: impl Value) {
        self.say(set_attribute, name, value.words());
    }

    /// Says what a custom property is.
    pub fn style(&mut self, name: &str, value: impl Value) {
        self.say(set_style, name, value.words());
    }

    fn say(&mut self, write: Write, name: &str, words: Words) {
        if self.said.get(self.at) != Some(&words) {
            write(&self.element, name, words.as_deref());
            match self.said.get_mut(self.at) {
                Some(said) => *said = words,
                None => self.said.push(words),
            }
        }
        self.at += 1;
    }
}

type Write = fn(&web_sys::Element, &str, Option<&str>);

fn set_attribute(element: &web_sys::Element, name: &str, value: Option<&str>) {
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

fn set_style(element: &web_sys::Element, name: &str, value: Option<&str>) {
    let _ = element.unchecked_ref::<HtmlElement>().style().set_property(name, value.unwrap_or(""));
}

fn append(parent: &web_sys::Element, child: &Node) {
    let _ = parent.append_child(child);
}

/// Runs now, and again whenever a signal that it read changes, until the owner goes away.
pub fn watch(run: impl FnMut() + 'static) {
    watch_boxed(Box::new(run));
}

fn watch_boxed(mut run: Box<dyn FnMut()>) {
    let effect = RenderEffect::new(move |_| run());
    leave_with_owner(effect.to_any_subscriber());
    StoredValue::new_local(effect);
}

/// What is gone must not stay among the subscribers of a signal that lives longer: the library
/// leaves it there, where it takes up memory and is asked at every change.
fn leave_with_owner(subscriber: AnySubscriber) {
    on_cleanup(move || subscriber.clear_sources(&subscriber));
}

/// A memo whose code is compiled once for each type of value.
pub fn memo<T: PartialEq + Send + Sync + 'static>(
    value: impl Fn() -> T + Send + Sync + 'static,
) -> Memo<T> {
    memo_boxed(Box::new(value))
}

fn memo_boxed<T: PartialEq + Send + Sync + 'static>(
    value: Box<dyn Fn() -> T + Send + Sync>,
) -> Memo<T> {
    let memo = ArcMemo::new(move |_| value());
    leave_with_owner(memo.to_any_subscriber());
    memo.into()
}

fn keep_painted(mut it: Paint, mut paint: Box<dyn FnMut(&mut Paint)>) {
    watch(move || {
        it.at = 0;
        paint(&mut it);
    });
}

fn append_live_text(parent: &web_sys::Element, mut text: Box<dyn FnMut() -> Words>) {
    let node = document().create_text_node("");
    append(parent, &node);
    let mut shown = None;
    watch(move || {
        let words = text();
        if words != shown {
            node.set_data(words.as_deref().unwrap_or_default());
            shown = words;
        }
    });
}

/// Marks where things that come and go belong.
fn append_marker(parent: &web_sys::Element) -> Node {
    let marker = document().create_text_node("");
    append(parent, &marker);
    marker.into()
}

fn insert_before(element: &Element, next: &Node) {
    if let Some(parent) = next.parent_node() {
        let _ = parent.insert_before(&element.0, Some(next));
    }
}

fn append_part(parent: &web_sys::Element, mut make: Box<dyn FnMut() -> Vec<Element>>) {
    let marker = append_marker(parent);
    let mut shown = Vec::<Element>::new();
    watch(move || {
        let elements = make();
        shown.iter().for_each(|element| element.0.remove());
        elements.iter().for_each(|element| insert_before(element, &marker));
        shown = elements;
    });
}

/// A row of a list: its key, and how it is made if the key is new.
pub struct Row {
    key: u64,
    make: Box<dyn FnOnce() -> Element>,
    leave: Option<Leave>,
}

/// Takes an element away whose row is gone, perhaps after a last motion.
pub type Leave = Rc<dyn Fn(Element)>;

impl Row {
    /// Keys of one list differ from each other.
    pub fn new(key: impl Hash, make: impl FnOnce() -> Element + 'static) -> Self {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        Self { key: hasher.finish(), make: Box::new(make), leave: None }
    }

    /// Leaves the page by `leave`, which has to take the element away.
    pub fn leaving(self, leave: Leave) -> Self {
        Self { leave: Some(leave), ..self }
    }
}

struct ShownRow {
    key: u64,
    element: Element,
    owner: Owner,
    leave: Option<Leave>,
}

fn append_list(parent: &web_sys::Element, mut rows: Box<dyn FnMut() -> Vec<Row>>) {
    let marker = append_marker(parent);
    // Not the owner of a single run, with which every row would go away.
    let list_owner = Owner::current().unwrap_or_default();
    let mut shown = Vec::<ShownRow>::new();
    watch(move || {
        let rows = rows();
        let keys = shown.iter().map(|row| row.key);
        if keys.eq(rows.iter().map(|row| row.key)) {
            return;
        }
        let mut before: Vec<_> = std::mem::take(&mut shown).into_iter().map(Some).collect();
        shown = rows.into_iter().map(|row| take_or_make(&mut before, row, &list_owner)).collect();
        for gone in before.into_iter().flatten() {
            gone.owner.cleanup();
            match gone.leave {
                Some(leave) => leave(gone.element),
                None => gone.element.0.remove(),
            }
        }
        // From the end, so that rows that stand right are not touched and keep the focus.
        let mut next = marker.clone();
        for row in shown.iter().rev() {
            if row.element.0.next_sibling().as_ref() != Some(&next) {
                insert_before(&row.element, &next);
            }
            next = row.element.0.clone().into();
        }
    });
}

fn take_or_make(before: &mut [Option<ShownRow>], row: Row, list_owner: &Owner) -> ShownRow {
    let is_this =
        |shown: &&mut Option<ShownRow>| shown.as_ref().is_some_and(|it| it.key == row.key);
    if let Some(known) = before.iter_mut().find(is_this).and_then(Option::take) {
        return known;
    }
    let owner = list_owner.with(Owner::new);
    let element = owner.with(|| untrack(row.make));
    ShownRow { key: row.key, element, owner, leave: row.leave }
}

fn listen(element: &web_sys::Element, name: &str, act: Box<dyn FnMut(Event)>) {
    let closure = Closure::wrap(act).into_js_value();
    let _ = element.add_event_listener_with_callback(name, closure.unchecked_ref());
}

/// A part of the page that stands on its own; it goes away when this is dropped.
#[must_use = "what is mounted goes away when this is dropped"]
pub struct Mounted {
    element: Element,
    owner: Owner,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.owner.cleanup();
        self.element.0.remove();
    }
}

/// Builds a part of the page under an owner of its own.
pub fn mount(root: &web_sys::Element, make: impl FnOnce() -> Element) -> Mounted {
    // An error says that there is an executor already.
    let _ = Executor::init_wasm_bindgen();
    let owner = Owner::new();
    let element = owner.with(make);
    append(root, &element.0);
    Mounted { element, owner }
}
