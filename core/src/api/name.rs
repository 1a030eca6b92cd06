//! Texts that are mentioned over and over: short ones stand in place, long ones are shared.
//!
//! Nearly every name, label and image of a cluster is short. So a copy is no allocation, and a
//! search in a map compares words of the map itself: with counted references each comparison went
//! to other memory, which cost more than half of the time at 5,000 nodes.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Texts of up to this many bytes stand in place.
const SHORT_MAX: usize = 22;

/// A piece of text that is cheap to clone and to compare.
#[derive(Clone)]
pub struct Name(Text);

#[derive(Clone)]
enum Text {
    /// The bytes, zeros, and how many bytes they are.
    Short([u8; SHORT_MAX + 1]),
    /// More than fits in place.
    Long(Arc<str>),
}

impl Name {
    /// The text's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Text::Short(bytes) => &bytes[..usize::from(bytes[SHORT_MAX]).min(SHORT_MAX)],
            Text::Long(text) => text.as_bytes(),
        }
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            // Always valid: it was a `str`.
            Text::Short(_) => std::str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Text::Long(text) => text,
        }
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Name {
        let mut bytes = [0; SHORT_MAX + 1];
        match bytes[..SHORT_MAX].get_mut(..text.len()) {
            Some(place) => place.copy_from_slice(text.as_bytes()),
            None => return Name(Text::Long(text.into())),
        }
        bytes[SHORT_MAX] = text.len() as u8;
        Name(Text::Short(bytes))
    }
}

impl From<String> for Name {
    fn from(text: String) -> Name {
        Name::from(text.as_str())
    }
}

impl Default for Name {
    fn default() -> Name {
        Name(Text::Short([0; SHORT_MAX + 1]))
    }
}

/// All bytes of a short text as three numbers that overlap, the first byte lowest. Zeros fill up
/// what is missing; where those are equal too, the last byte tells the length.
#[inline(always)]
fn words(bytes: &[u8; SHORT_MAX + 1]) -> [u64; 3] {
    let word = |from: usize| bytes[from..].first_chunk().map_or(0, |it| u64::from_le_bytes(*it));
    [word(0), word(8), word(SHORT_MAX - 7)]
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        match (&self.0, &other.0) {
            (Text::Short(one), Text::Short(two)) => words(one) == words(two),
            (Text::Long(one), Text::Long(two)) => one == two,
            _ => false,
        }
    }
}

impl Eq for Name {}

impl Ord for Name {
    /// The order of the bytes, as that of any text.
    #[inline]
    fn cmp(&self, other: &Name) -> Ordering {
        let (Text::Short(one), Text::Short(two)) = (&self.0, &other.0) else {
            return self.as_bytes().cmp(other.as_bytes());
        };
        // The lowest bit that differs lies in the first byte that does. To turn the bytes round,
        // so that numbers compare as texts do, takes WebAssembly some twenty steps for each.
        for (one, two) in words(one).into_iter().zip(words(two)) {
            let differs = one ^ two;
            if differs != 0 {
                let byte = differs.trailing_zeros() & !7;
                return ((one >> byte) as u8).cmp(&((two >> byte) as u8));
            }
        }
        Ordering::Equal
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Name) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Name {
    /// As `str` does it: digests and draws were made of such hashes.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.as_bytes());
        state.write_u8(0xff);
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        self
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
        String::deserialize(deserializer).map(Name::from)
    }
}

#[cfg(test)]
mod tests {
    use fnv::FnvHasher;

    use super::*;

    const TEXTS: [&str; 14] = [
        "",
        "\0",
        "a",
        "a\0",
        "a\0b",
        "ab",
        "agent-x7f2k",
        "node-00001",
        "node-00002",
        "node-000010",
        "größer",
        "exactly-twenty-two-byt",
        "exactly-twenty-two-byte",
        "exactly-twenty-two-bytes-and-more",
    ];

    #[test]
    fn a_name_is_its_text() {
        for text in TEXTS {
            let name = Name::from(text);
            assert_eq!(&*name, text);
            assert_eq!(name.as_bytes(), text.as_bytes());
            assert_eq!(format!("{name}|{name:?}"), format!("{text}|{text:?}"));
            let written = serde_json::to_string(&name).unwrap();
            assert_eq!(written, serde_json::to_string(text).unwrap());
            assert_eq!(serde_json::from_str::<Name>(&written).unwrap(), name);
        }
    }

    #[test]
    fn names_compare_and_hash_as_their_texts_do() {
        let hash = |write: &dyn Fn(&mut FnvHasher)| {
            let mut hasher = FnvHasher::default();
            write(&mut hasher);
            hasher.finish()
        };
        for one in TEXTS {
            let name = Name::from(one);
            assert_eq!(hash(&|it| name.hash(it)), hash(&|it| one.hash(it)), "{one:?}");
            for two in TEXTS {
                let other = Name::from(two);
                assert_eq!(name.cmp(&other), one.cmp(two), "{one:?} and {two:?}");
                assert_eq!(name == other, one == two, "{one:?} and {two:?}");
            }
        }
    }
}
