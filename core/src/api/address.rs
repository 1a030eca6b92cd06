//! IPv4 addresses of nodes and pods, and the ranges that nodes give them out of.

use std::fmt;
use std::num::NonZeroU32;

/// An IPv4 address; `0.0.0.0` is nobody's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address(NonZeroU32);

impl Address {
    /// The address of these bits.
    pub fn from_bits(bits: u32) -> Option<Address> {
        NonZeroU32::new(bits).map(Address)
    }

    /// Its bits, the first octet highest.
    pub fn bits(self) -> u32 {
        self.0.get()
    }

    /// Reads `10.244.1.5`; none if it is anything else, an IPv6 address for instance.
    pub fn parse(text: &str) -> Option<Address> {
        let mut octets = text.split('.');
        let mut bits = 0;
        for _ in 0..4 {
            bits = bits << 8 | u32::from(octets.next()?.parse::<u8>().ok()?);
        }
        octets.next().is_none().then(|| Address::from_bits(bits)).flatten()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let [a, b, c, d] = self.bits().to_be_bytes();
        write!(f, "{a}.{b}.{c}.{d}")
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// `spec.podCIDR`: the addresses that a node's pods may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PodCidr {
    /// Its first address, which is the network's.
    pub base: Address,
    /// How many leading bits its addresses share, 1 to 32.
    pub prefix: u8,
}

impl PodCidr {
    /// Reads `10.244.1.0/24`.
    pub fn parse(text: &str) -> Option<PodCidr> {
        let (base, prefix) = text.split_once('/')?;
        let prefix = prefix.parse().ok().filter(|it| (1..=32).contains(it))?;
        Some(PodCidr { base: Address::parse(base)?, prefix })
    }

    /// The address behind `last` for which `is_free` holds, from the first on if nobody had one
    /// yet, round after the end. The network's own address, its gateway's (the next) and that of
    /// broadcasts (the last) are no pod's (`host-local` of the CNI plugins).
    pub fn next(
        &self,
        last: Option<Address>,
        is_free: impl Fn(Address) -> bool,
    ) -> Option<Address> {
        let base = self.base.bits();
        let hosts = (1_u64 << (32 - self.prefix)).saturating_sub(3).min(POD_ADDRESSES_MAX);
        let offset = |it: Address| u64::from(it.bits().wrapping_sub(base)).saturating_sub(1);
        let first = last.map_or(0, offset);
        let at = |it: u64| Address::from_bits(base.checked_add(2 + ((first + it) % hosts) as u32)?);
        (0..hosts).filter_map(at).find(|it| is_free(*it))
    }
}

/// More addresses than this of one node are not looked through.
const POD_ADDRESSES_MAX: u64 = 65_536;

impl fmt::Display for PodCidr {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.prefix)
    }
}

impl fmt::Debug for PodCidr {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_written() {
        for text in ["10.0.0.10", "255.255.255.255", "0.0.0.1"] {
            assert_eq!(Address::parse(text).map(|it| it.to_string()).as_deref(), Some(text));
        }
        for text in ["", "10.0.0", "10.0.0.256", "10.0.0.1.2", "fd00::1", "0.0.0.0", "a.b.c.d"] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
        for text in ["10.244.1.0", "10.244.1.0/0", "10.244.1.0/33", "fd00::/64", "/24"] {
            assert_eq!(PodCidr::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_node_gives_out_one_address_after_the_other_and_begins_again() {
        let next = |cidr: &str, last: &str, taken: &[&str]| {
            let taken: Vec<_> = taken.iter().filter_map(|it| Address::parse(it)).collect();
            let cidr = PodCidr::parse(cidr).expect("a range");
            let next = cidr.next(Address::parse(last), |it| !taken.contains(&it));
            next.map(|it| it.to_string()).unwrap_or_default()
        };
        let range = "10.244.1.0/24";
        assert_eq!(next(range, "", &[]), "10.244.1.2");
        assert_eq!(next(range, "10.244.1.2", &[]), "10.244.1.3");
        assert_eq!(next(range, "10.244.1.2", &["10.244.1.3"]), "10.244.1.4");
        assert_eq!(next(range, "10.244.1.253", &[]), "10.244.1.254");
        assert_eq!(next(range, "10.244.1.254", &["10.244.1.2"]), "10.244.1.3");
        // A node of that name had another range before, in which this was no network's address.
        assert_eq!(next("10.244.1.2/24", "10.244.1.2", &["10.244.1.4"]), "10.244.1.5");
        assert_eq!(next("10.0.0.0/30", "", &["10.0.0.2"]), "", "nothing is left");
        assert_eq!(next("10.0.0.0/31", "", &[]), "", "there is none");
        assert_eq!(next("255.255.255.252/30", "", &[]), "255.255.255.254");
    }
}
