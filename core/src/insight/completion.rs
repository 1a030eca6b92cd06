//! What may be written at a place of a manifest: the fields and values that Kubernetes knows, and
//! what this cluster has: labels, taints, images, names.

mod cluster_words;

use serde_json::{Value, json};

use crate::manifest::schema::{Field, Kind, Schema, Struct};
use crate::manifest::{Cursor, Step, emit};
use crate::sim::Cluster;

/// More than this nobody looks through.
const ITEM_COUNT_MAX: usize = 300;
/// Columns by which a mapping is indented below its key.
const INDENT: u32 = 2;

/// What may follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completions {
    /// Where the word begins that is completed: the column in characters, from 1.
    pub column: u32,
    /// How many characters of it stand behind the caret.
    pub rest: u32,
    /// What it may become.
    pub items: Vec<Completion>,
}

/// One word that may stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The word.
    pub label: String,
    /// What is written: the word, quotes where it needs them, and what has to follow.
    pub insert: String,
    /// The type of a field, or where the cluster has it.
    pub detail: String,
    /// What sort of word it is.
    pub sort: Sort,
    /// The struct to which a field belongs.
    pub owner: &'static str,
}

/// The sort of a [`Completion`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A field that must be there.
    Required,
    /// A field.
    Field,
    /// One of a field's few values.
    Value,
    /// Something that this cluster has.
    Cluster,
}

impl Sort {
    /// Its name for the page.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Sort::Required => "required",
            Sort::Field => "field",
            Sort::Value => "value",
            Sort::Cluster => "cluster",
        }
    }
}

/// What a field is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Where its name begins: the column in characters, from 1.
    pub column: u32,
    /// Its name.
    pub name: String,
    /// The struct to which it belongs, as Go calls it.
    pub owner: &'static str,
    /// Its type, as Go prints it.
    pub go_type: String,
    /// Whether it must be there.
    pub is_required: bool,
    /// What it may be, where there are few values.
    pub values: &'static [&'static str],
}

/// What may be written at a place, line and column from 1, columns in characters; none where
/// nothing is known of it.
#[must_use]
pub fn complete(cluster: &Cluster, text: &str, line: u32, column: u32) -> Option<Completions> {
    let cursor = Cursor::at(text, line, column)?;
    let place = Place::of(&cursor);
    let mut items = match &place {
        Some(place) => place.items(cluster, &cursor),
        None => outermost(&cursor),
    };
    // A word that is complete needs no offer.
    let begun = |it: &&Completion| it.label.starts_with(&cursor.word);
    if items.iter().filter(begun).all(|it| it.label == cursor.word) && !cursor.word.is_empty() {
        items.clear();
    }
    items.truncate(ITEM_COUNT_MAX);
    let Cursor { column, rest, .. } = cursor;
    (!items.is_empty()).then_some(Completions { column, rest, items })
}

/// What the field is whose name stands at a place.
#[must_use]
pub fn describe(text: &str, line: u32, column: u32) -> Option<Description> {
    let before = Cursor::at(text, line, column)?;
    // At the end of the word, to have all of it.
    let cursor = Cursor::at(text, line, column + before.rest)?;
    let place = Place::of(&cursor).filter(|_| !cursor.is_value && cursor.has_colon)?;
    let Kind::Struct(owner) = place.kind else { return None };
    let owner = Schema::get().named(owner)?;
    let field = owner.fields.get(cursor.word.as_str())?;
    Some(Description {
        column: cursor.column,
        owner: owner.name,
        go_type: field.kind.go_type(),
        is_required: field.is_required,
        values: values_of(&field.kind),
        name: cursor.word,
    })
}

/// The value that the caret is in.
struct Place {
    kind: &'static Kind,
    /// The struct and its field that holds it, or that holds the list or map it is in.
    owner: (&'static str, &'static str),
    /// It is the item of a list that has no dash yet.
    needs_dash: bool,
}

impl Place {
    fn of(cursor: &Cursor) -> Option<Place> {
        let schema = Schema::get();
        let root = schema.api_version_of(&cursor.kind)?;
        if !cursor.api_version.is_empty() && cursor.api_version != root {
            return None;
        }
        let mut place =
            Place { kind: schema.root(&cursor.kind)?, owner: ("", ""), needs_dash: false };
        for step in &cursor.path {
            place.kind = match (step, place.kind) {
                (Step::Key(key), Kind::Struct(name)) => {
                    let owner = schema.named(name)?;
                    let (name, field) = owner.fields.get_key_value(key.as_str())?;
                    place.owner = (owner.name, name);
                    &field.kind
                }
                (Step::Key(_), Kind::Map(inner)) | (Step::Item(_), Kind::List(inner)) => inner,
                _ => return None,
            };
        }
        if let (Kind::List(item), false) = (place.kind, cursor.is_value) {
            place.kind = item;
            place.needs_dash = true;
        }
        Some(place)
    }

    fn items(&self, cluster: &Cluster, cursor: &Cursor) -> Vec<Completion> {
        let is_item = matches!(cursor.path.last(), Some(Step::Item(_)));
        match self.kind {
            Kind::Struct(name) if !cursor.is_value => self.fields(name, cursor),
            Kind::Map(_) if !cursor.is_value => self.words(cluster, cursor, ": "),
            Kind::Struct(_) | Kind::Map(_) | Kind::List(_) => Vec::new(),
            _ if cursor.is_value || is_item || self.needs_dash => {
                let mut items = self.words(cluster, cursor, "");
                items.extend(values_of(self.kind).iter().map(|it| self.value(it, cursor)));
                items
            }
            _ => Vec::new(),
        }
    }

    fn dash(&self) -> &'static str {
        if self.needs_dash { "- " } else { "" }
    }

    fn fields(&self, name: &str, cursor: &Cursor) -> Vec<Completion> {
        let Some(owner) = Schema::get().named(name) else { return Vec::new() };
        let is_new = |name: &str| cursor.siblings.iter().all(|it| it.0 != name);
        let fields = owner.fields.iter().filter(|it| is_new(it.0));
        fields.map(|(name, field)| self.field(owner, name, field, cursor)).collect()
    }

    fn field(
        &self,
        owner: &'static Struct,
        name: &str,
        field: &Field,
        cursor: &Cursor,
    ) -> Completion {
        let dash = self.dash();
        let indent = cursor.column - 1 + if self.needs_dash { INDENT } else { 0 };
        let below = |columns: u32, sign: &str| {
            format!(":\n{}{sign}", " ".repeat((indent + columns) as usize))
        };
        let behind = match &field.kind {
            _ if cursor.has_colon => String::new(),
            Kind::Struct(_) | Kind::Map(_) if !cursor.is_inline => below(INDENT, ""),
            Kind::List(_) if !cursor.is_inline => below(0, "- "),
            _ => ": ".to_owned(),
        };
        Completion {
            label: name.to_owned(),
            insert: format!("{dash}{name}{behind}"),
            detail: field.kind.go_type(),
            sort: if field.is_required { Sort::Required } else { Sort::Field },
            owner: owner.name,
        }
    }

    fn value(&self, value: &str, cursor: &Cursor) -> Completion {
        Completion {
            label: value.to_owned(),
            insert: format!("{}{}", self.dash(), written(value, self.kind, cursor)),
            detail: String::new(),
            sort: Sort::Value,
            owner: "",
        }
    }

    /// What the cluster has that fits.
    fn words(&self, cluster: &Cluster, cursor: &Cursor, behind: &str) -> Vec<Completion> {
        let words = cluster_words::fitting(cluster, self.owner, cursor);
        let behind = if cursor.has_colon { "" } else { behind };
        let is_new =
            |name: &str| behind.is_empty() || cursor.siblings.iter().all(|it| it.0 != name);
        let words = words.into_iter().filter(|it| is_new(&it.0));
        let completion = |(label, detail): (String, String)| Completion {
            insert: format!(
                "{}{}{behind}",
                self.dash(),
                written(&label, &Kind::String("string"), cursor)
            ),
            label,
            detail,
            sort: Sort::Cluster,
            owner: "",
        };
        words.map(completion).collect()
    }
}

/// Before a kind is known: what every object begins with, and the kinds.
fn outermost(cursor: &Cursor) -> Vec<Completion> {
    let schema = Schema::get();
    let item = |label: &str, insert: String, sort: Sort| Completion {
        label: label.to_owned(),
        insert,
        detail: String::new(),
        sort,
        owner: "",
    };
    let is_new = |name: &str| cursor.siblings.iter().all(|it| it.0 != name);
    match cursor.path.as_slice() {
        [] if !cursor.is_value && cursor.kind.is_empty() => {
            let names = ["apiVersion", "kind"].into_iter().filter(|it| is_new(it));
            names.map(|it| item(it, format!("{it}: "), Sort::Required)).collect()
        }
        [Step::Key(key)] if cursor.is_value && key == "kind" => {
            let fits =
                |version: &str| cursor.api_version.is_empty() || cursor.api_version == version;
            let kinds = schema.kinds().filter(|it| fits(it.1));
            kinds.map(|it| item(it.0, it.0.to_owned(), Sort::Value)).collect()
        }
        [Step::Key(key)] if cursor.is_value && key == "apiVersion" => {
            let mut versions: Vec<&str> = Vec::new();
            for (_, version) in schema.kinds() {
                if !versions.contains(&version) {
                    versions.push(version);
                }
            }
            versions.iter().map(|it| item(it, (*it).to_owned(), Sort::Value)).collect()
        }
        _ => Vec::new(),
    }
}

fn values_of(kind: &Kind) -> &'static [&'static str] {
    match kind {
        Kind::String(name) => Schema::get().values_of(name),
        Kind::Bool => &["true", "false"],
        _ => &[],
    }
}

/// A value as YAML: in quotes where it would be a number, say, unless somebody opened them.
fn written(value: &str, kind: &Kind, cursor: &Cursor) -> String {
    if cursor.is_quoted || *kind == Kind::Bool {
        return value.to_owned();
    }
    emit(&Value::String(value.to_owned())).trim_end().to_owned()
}

impl Completions {
    /// For the editor.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let item = |it: &Completion| {
            json!({
                "label": it.label, "insert": it.insert, "detail": it.detail,
                "sort": it.sort.word(), "owner": it.owner,
            })
        };
        let items: Vec<Value> = self.items.iter().map(item).collect();
        json!({"column": self.column, "rest": self.rest, "items": items})
    }
}

impl Description {
    /// For the editor.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "column": self.column, "name": self.name, "owner": self.owner, "type": self.go_type,
            "required": self.is_required, "values": self.values,
        })
    }
}

#[cfg(test)]
mod tests;
