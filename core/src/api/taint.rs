//! Taints and tolerations (`api/core/v1/toleration.go`).

use std::fmt;

use serde_json::Value;

use crate::api::{Name, Time, json};

/// What a taint does to pods that do not tolerate it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum TaintEffect {
    /// No new pods.
    NoSchedule,
    /// Rather no new pods; only the scheduler's scores read it.
    PreferNoSchedule,
    /// No new pods, and running ones leave.
    NoExecute,
}

impl TaintEffect {
    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoSchedule => "NoSchedule",
            Self::PreferNoSchedule => "PreferNoSchedule",
            Self::NoExecute => "NoExecute",
        }
    }

    /// The effect of that name.
    pub fn parse(text: &str) -> Option<TaintEffect> {
        [Self::NoSchedule, Self::PreferNoSchedule, Self::NoExecute]
            .into_iter()
            .find(|it| it.as_str() == text)
    }
}

/// A taint of a node; key and effect are its identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taint {
    /// The key.
    pub key: Name,
    /// The value, often empty.
    pub value: Name,
    /// The effect.
    pub effect: TaintEffect,
    /// When the node controller added it, a whole second.
    pub time_added: Option<Time>,
}

impl Taint {
    /// A taint without a value.
    pub fn new(key: &str, effect: TaintEffect) -> Taint {
        Taint { key: key.into(), value: Name::default(), effect, time_added: None }
    }

    /// Reads a taint; none if the effect is unknown.
    pub fn from_json(taint: &Value) -> Option<Taint> {
        Some(Taint {
            key: json::text(taint, "key").unwrap_or_default(),
            value: json::text(taint, "value").unwrap_or_default(),
            effect: TaintEffect::parse(json::field(taint, "effect").as_str()?)?,
            time_added: None,
        })
    }

    /// The taint as JSON.
    pub fn to_json(&self) -> Value {
        let mut taint = serde_json::json!({"key": &*self.key, "effect": self.effect.as_str()});
        if !self.value.is_empty() {
            taint["value"] = Value::from(&*self.value);
        }
        taint
    }

    /// Same key and effect.
    pub fn is_same(&self, other: &Taint) -> bool {
        self.key == other.key && self.effect == other.effect
    }
}

/// `key=value:Effect`, or `key:Effect` without a value, as kubectl writes it.
impl fmt::Display for Taint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.value {
            "" => write!(f, "{}:{}", self.key, self.effect.as_str()),
            value => write!(f, "{}={value}:{}", self.key, self.effect.as_str()),
        }
    }
}

/// A toleration of a pod, as written: an unknown operator tolerates nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Toleration {
    /// Empty means every key.
    pub key: Name,
    /// Empty means `Equal`.
    pub operator: Name,
    /// Compared by `Equal`.
    pub value: Name,
    /// Empty means every effect.
    pub effect: Name,
    /// How long a `NoExecute` taint is tolerated; the DaemonSet controller ignores it.
    pub toleration_seconds: Option<i64>,
}

impl Toleration {
    /// Reads a toleration.
    pub fn from_json(toleration: &Value) -> Toleration {
        let text = |key| json::text(toleration, key).unwrap_or_default();
        Toleration {
            key: text("key"),
            operator: text("operator"),
            value: text("value"),
            effect: text("effect"),
            toleration_seconds: json::integer(toleration, "tolerationSeconds"),
        }
    }

    /// `ToleratesTaint`.
    pub fn tolerates(&self, taint: &Taint) -> bool {
        let effect_fits = self.effect.is_empty() || &*self.effect == taint.effect.as_str();
        let key_fits = self.key.is_empty() || self.key == taint.key;
        effect_fits
            && key_fits
            && match &*self.operator {
                "" | "Equal" => self.value == taint.value,
                "Exists" => true,
                _ => false,
            }
    }

    /// Same key, operator, value and effect (`MatchToleration`).
    pub fn is_same(&self, other: &Toleration) -> bool {
        (&self.key, &self.operator, &self.value, &self.effect)
            == (&other.key, &other.operator, &other.value, &other.effect)
    }
}

/// The first taint among those of the given effects that none of the tolerations tolerates.
pub fn first_untolerated<'a>(
    taints: &'a [Taint],
    tolerations: &[Toleration],
    effects: &[TaintEffect],
) -> Option<&'a Taint> {
    let relevant = |taint: &&Taint| effects.contains(&taint.effect);
    let untolerated = |taint: &&Taint| !tolerations.iter().any(|it| it.tolerates(taint));
    taints.iter().filter(relevant).find(untolerated)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the specification (cluster.md §1), row by row.
    #[test]
    fn a_toleration_matches_by_effect_key_and_value() {
        let taints = ["k=v:NoSchedule", "k=w:NoSchedule", "k=v:NoExecute", "o=v:NoSchedule"];
        let rows = [
            ("k", "Equal", "v", "NoSchedule", [true, false, false, false]),
            ("k", "", "v", "", [true, false, true, false]),
            ("k", "Exists", "", "NoSchedule", [true, true, false, false]),
            ("k", "Exists", "", "", [true, true, true, false]),
            ("", "Exists", "", "NoExecute", [false, false, true, false]),
            ("", "Exists", "", "", [true, true, true, true]),
            ("k", "Gibt", "v", "", [false, false, false, false]),
        ];
        for (key, operator, value, effect, expected) in rows {
            let toleration = Toleration {
                key: key.into(),
                operator: operator.into(),
                value: value.into(),
                effect: effect.into(),
                toleration_seconds: None,
            };
            let got = taints.map(|it| toleration.tolerates(&taint(it)));
            assert_eq!(got, expected, "{key} {operator} {value} {effect}");
        }
    }

    #[test]
    fn taints_print_as_kubectl_writes_them() {
        for text in ["k=v:NoSchedule", "node-role.kubernetes.io/control-plane:NoExecute"] {
            assert_eq!(taint(text).to_string(), text);
        }
    }

    fn taint(text: &str) -> Taint {
        let (rest, effect) = text.split_once(':').unwrap();
        let (key, value) = rest.split_once('=').unwrap_or((rest, ""));
        Taint { value: value.into(), ..Taint::new(key, TaintEffect::parse(effect).unwrap()) }
    }
}
