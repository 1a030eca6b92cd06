//! The table of Kubernetes' types (v1.31): which fields a struct has, of which type.
//!
//! `schema.txt` is written by `cargo xtask schema`; its head explains its lines. It is 19 kB, 4.5
//! kB Brotli (5.1 kB gzip), and is read once, when the first document asks.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// All types.
#[derive(Debug, Default)]
pub struct Schema {
    /// The apiVersion and the type of each kind.
    roots: BTreeMap<&'static str, (&'static str, Kind)>,
    structs: BTreeMap<&'static str, Struct>,
    values: BTreeMap<&'static str, Vec<&'static str>>,
}

/// A Go struct.
#[derive(Debug)]
pub struct Struct {
    /// Its name in Go, without the package.
    pub name: &'static str,
    /// Its fields by their names in JSON.
    pub fields: BTreeMap<&'static str, Field>,
}

/// A field of a struct.
#[derive(Debug)]
pub struct Field {
    /// What it holds.
    pub kind: Kind,
    /// Whether it must be there.
    pub is_required: bool,
    /// How a strategic merge patch joins the list; `None` replaces it.
    pub merge: Option<Merge>,
}

/// How a strategic merge patch joins two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// Items with the same value of this field are one item.
    ByKey(&'static str),
    /// Equal values are one value.
    AsSet,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A string; the name is Go's, `string` or that of a named type such as `PullPolicy`.
    String(&'static str),
    /// True or false.
    Bool,
    /// An integer of 32 bits.
    Int32,
    /// An integer of 64 bits.
    Int64,
    /// Any JSON.
    Any,
    /// A date and time.
    Time,
    /// A quantity such as `100m`.
    Quantity,
    /// A number or a text such as `10%`.
    IntOrString,
    /// A struct of the table.
    Struct(&'static str),
    /// A list.
    List(Box<Kind>),
    /// A map from strings.
    Map(Box<Kind>),
}

impl Schema {
    /// The table.
    pub fn get() -> &'static Schema {
        static SCHEMA: OnceLock<Schema> = OnceLock::new();
        SCHEMA.get_or_init(|| Schema::parse(include_str!("schema.txt")))
    }

    /// The apiVersion under which a kind of object is known.
    #[must_use]
    pub fn api_version_of(&self, kind: &str) -> Option<&'static str> {
        self.roots.get(kind).map(|it| it.0)
    }

    /// The type of a kind of object.
    #[must_use]
    pub fn root(&self, kind: &str) -> Option<&Kind> {
        self.roots.get(kind).map(|it| &it.1)
    }

    /// The kinds that the table knows, with their apiVersions.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.roots.iter().map(|(kind, it)| (*kind, it.0))
    }

    /// What a string may be that Go calls so; empty if it has many values.
    #[must_use]
    pub fn values_of(&self, name: &str) -> &[&'static str] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// A type by its Go name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Struct> {
        self.structs.get(name)
    }

    fn parse(text: &'static str) -> Schema {
        let mut schema = Schema::default();
        let mut name = "";
        for line in text.lines().filter(|it| !it.starts_with('#')) {
            if let Some(root) = line.strip_prefix("= ") {
                let (api_version, kind) = root.split_once(' ').unwrap_or((root, ""));
                schema.roots.insert(kind, (api_version, Kind::Struct(kind)));
            } else if let Some(named) = line.strip_prefix("~ ") {
                let (name, values) = named.split_once(' ').unwrap_or((named, ""));
                schema.values.insert(name, values.split(' ').collect());
            } else if let Some(field) = line.strip_prefix(' ') {
                let (field_name, field) = parse_field(field);
                if let Some(it) = schema.structs.get_mut(name) {
                    it.fields.insert(field_name, field);
                }
            } else {
                name = line;
                schema.structs.insert(name, Struct { name, fields: BTreeMap::new() });
            }
        }
        schema
    }
}

fn parse_field(line: &'static str) -> (&'static str, Field) {
    let mut words = line.split(' ');
    let name = words.next().unwrap_or_default();
    let (mut kind, mut merge) = (Kind::String("string"), None);
    for word in words {
        match word.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            Some("") => merge = Some(Merge::AsSet),
            Some(key) => merge = Some(Merge::ByKey(key)),
            None => kind = parse_kind(word),
        }
    }
    let is_required = name.ends_with('!');
    (name.trim_end_matches('!'), Field { kind, is_required, merge })
}

fn parse_kind(word: &'static str) -> Kind {
    if let Some(item) = word.strip_prefix("[]") {
        return Kind::List(Box::new(parse_kind(item)));
    }
    if let Some(value) = word.strip_prefix("<>") {
        return Kind::Map(Box::new(parse_kind(value)));
    }
    if let Some(name) = word.strip_prefix('~') {
        return Kind::String(name);
    }
    match word {
        "string" => Kind::String("string"),
        "bool" => Kind::Bool,
        "int32" => Kind::Int32,
        "int64" => Kind::Int64,
        "any" => Kind::Any,
        "Time" => Kind::Time,
        "Quantity" => Kind::Quantity,
        "IntOrString" => Kind::IntOrString,
        name => Kind::Struct(name),
    }
}

impl Kind {
    /// The type as Go prints it.
    #[must_use]
    pub fn go_type(&self) -> String {
        match self {
            Kind::String("string") => "string".to_owned(),
            Kind::String(name) if name.contains('.') => (*name).to_owned(),
            Kind::String(name) | Kind::Struct(name) => format!("v1.{name}"),
            Kind::Bool => "bool".to_owned(),
            Kind::Int32 => "int32".to_owned(),
            Kind::Int64 => "int64".to_owned(),
            Kind::Any => "runtime.RawExtension".to_owned(),
            Kind::Time => "v1.Time".to_owned(),
            Kind::Quantity => "resource.Quantity".to_owned(),
            Kind::IntOrString => "intstr.IntOrString".to_owned(),
            Kind::List(item) => format!("[]{}", item.go_type()),
            Kind::Map(value) if **value == Kind::Quantity => "v1.ResourceList".to_owned(),
            Kind::Map(value) => format!("map[string]{}", value.go_type()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let schema = Schema::get();
        assert_eq!(schema.api_version_of("DaemonSet"), Some("apps/v1"));
        assert_eq!(schema.api_version_of("Service"), None);
        let field = |name: &str, field: &str| &schema.named(name).unwrap().fields[field];
        let containers = field("PodSpec", "containers");
        assert_eq!(containers.kind.go_type(), "[]v1.Container");
        assert_eq!(containers.merge, Some(Merge::ByKey("name")));
        assert!(containers.is_required);
        assert_eq!(field("ObjectMeta", "finalizers").merge, Some(Merge::AsSet));
        assert_eq!(field("PodSpec", "tolerations").merge, None);
        assert_eq!(field("Container", "imagePullPolicy").kind.go_type(), "v1.PullPolicy");
        assert_eq!(field("ResourceRequirements", "limits").kind.go_type(), "v1.ResourceList");
        assert_eq!(field("ObjectMeta", "labels").kind.go_type(), "map[string]string");
        assert_eq!(schema.values_of("PullPolicy"), ["Always", "IfNotPresent", "Never"]);
        assert!(schema.values_of("Capability").is_empty());
    }

    #[test]
    fn every_struct_that_is_named_is_there() {
        fn struct_of(kind: &Kind) -> Option<&'static str> {
            match kind {
                Kind::Struct(name) => Some(name),
                Kind::List(inner) | Kind::Map(inner) => struct_of(inner),
                _ => None,
            }
        }
        let schema = Schema::get();
        let fields = schema.structs.values().flat_map(|it| it.fields.values());
        let named = fields.filter_map(|it| struct_of(&it.kind)).chain(schema.roots.keys().copied());
        let missing: Vec<_> = named.filter(|it| schema.named(it).is_none()).collect();
        assert_eq!(missing, Vec::<&str>::new());
    }
}
