//! The order in which go-yaml writes keys: numbers inside them count as numbers.

use std::cmp::Ordering;

/// Follows `keyList.Less` in go-yaml's `sorter.go`.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some(at) = a.iter().zip(&b).position(|(a, b)| a != b) else {
        return a.len().cmp(&b.len());
    };
    let is_in_number = at > 0 && a[at - 1].is_numeric();
    match (a[at].is_alphabetic(), b[at].is_alphabetic()) {
        (true, true) => a[at].cmp(&b[at]),
        (true, false) if is_in_number => Ordering::Less,
        (false, true) if is_in_number => Ordering::Greater,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => numbers(&a, &b, at),
    }
}

/// Two non-letters: the numbers that begin there, then their lengths, then the characters.
fn numbers(a: &[char], b: &[char], at: usize) -> Ordering {
    // Behind a digit that is not 0 a zero counts: 1 goes before 10, though 1 and 01 are alike.
    let digits = a[..at].iter().rev().take_while(|it| it.is_ascii_digit());
    let leads = (a[at] == '0' || b[at] == '0') && digits.into_iter().any(|it| *it != '0');
    let value = |text: &[char]| {
        let digits = text[at..].iter().map_while(|it| it.to_digit(10));
        digits.fold((u64::from(leads), 0_usize), |(value, length), digit| {
            (value.wrapping_mul(10).wrapping_add(u64::from(digit)), length + 1)
        })
    };
    value(a).cmp(&value(b)).then(a[at].cmp(&b[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_keys_count_as_numbers() {
        let sorted = "1 2 a!10 a/3 a/10 a/11 a/100 a~10 ab/1 b/1 b/2 b1 b3 c2.10 c10.2 d1 d7 \
                      d7abc d12 d12a";
        let sorted: Vec<&str> = sorted.split_whitespace().collect();
        let mut keys = sorted.clone();
        keys.reverse();
        keys.sort_by(|a, b| natural(a, b));
        assert_eq!(keys, sorted);
    }
}
