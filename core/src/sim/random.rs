//! Chance without a stream: a draw is a hash of the seed, its purpose and what it is for.
//!
//! So adding a node does not change how long another node's pod takes, and forks compare like
//! with like.

use std::hash::{Hash, Hasher};

use fnv::FnvHasher;

/// The seed of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Seed(pub u64);

impl Seed {
    /// 64 well-mixed bits. `what` must not hold a `usize`: its width differs in the browser.
    pub fn draw(self, purpose: &str, what: impl Hash) -> u64 {
        let mut hasher = FnvHasher::with_key(self.0 ^ 0xcbf2_9ce4_8422_2325);
        purpose.hash(&mut hasher);
        what.hash(&mut hasher);
        mix(hasher.finish())
    }

    /// A whole number from `low` to `high`, both included.
    pub fn between(self, low: i64, high: i64, purpose: &str, what: impl Hash) -> i64 {
        let width = u64::try_from(high - low + 1).unwrap_or(1).max(1);
        low + (self.draw(purpose, what) % width) as i64
    }

    /// Five letters, as the API server appends to `generateName`.
    pub fn name_suffix(self, what: impl Hash) -> String {
        const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
        let mut bits = self.draw("name suffix", what);
        let mut letter = || {
            let letter = LETTERS[(bits % 27) as usize];
            bits /= 27;
            char::from(letter)
        };
        (0..5).map(|_| letter()).collect()
    }
}

/// The finalizer of SplitMix64: FNV alone leaves the low bits of similar texts alike.
fn mix(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_depends_on_seed_purpose_and_subject_only() {
        let draw = |seed, purpose, what: &str| Seed(seed).draw(purpose, what);
        assert_eq!(draw(1, "pull", "worker-1"), draw(1, "pull", "worker-1"));
        assert_ne!(draw(1, "pull", "worker-1"), draw(2, "pull", "worker-1"));
        assert_ne!(draw(1, "pull", "worker-1"), draw(1, "start", "worker-1"));
        assert_ne!(draw(1, "pull", "worker-1"), draw(1, "pull", "worker-2"));
    }

    #[test]
    fn every_value_of_a_range_occurs() {
        let mut seen = [false; 5];
        for attempt in 0..200_u64 {
            let value = Seed(7).between(3, 7, "test", attempt);
            seen[usize::try_from(value - 3).unwrap()] = true;
        }
        assert_eq!(seen, [true; 5]);
    }
}
