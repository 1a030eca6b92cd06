//! Sorting with one routine for all types: every other use of the standard sort is a copy of some
//! four kilobytes in the page.

use std::cmp::Ordering;

/// Sorts stably by a comparison.
pub fn sort_by<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    if items.len() < 2 {
        return;
    }
    let order = sorted_indices(items.len(), &|a, b| compare(&items[a], &items[b]));
    let mut slots: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|index| slots[index].take()));
}

/// Sorts stably by a key.
pub fn sort_by_key<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// A text whose order is that of the numbers in it: `worker-9` before `worker-10`.
pub fn counted(text: &str) -> String {
    const DIGITS: usize = 12;
    let (mut key, mut digits) = (String::new(), 0_usize);
    for (at, letter) in text.char_indices() {
        if letter.is_ascii_digit() && digits == 0 {
            digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
            (digits..DIGITS).for_each(|_| key.push('0'));
        }
        digits = digits.saturating_sub(1);
        key.push(letter);
    }
    key
}

fn sorted_indices(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| compare(*a, *b));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_texts_count() {
        let mut texts = vec!["worker-10", "", "worker-9", "-", "worker-9-b2", "worker-9-a10", "7"];
        sort_by_key(&mut texts, |it| counted(it));
        let expected = ["", "-", "7", "worker-9", "worker-9-a10", "worker-9-b2", "worker-10"];
        assert_eq!(texts, expected);
        assert!(counted("2") < counted("1234567890123"));
    }

    #[test]
    fn equal_items_keep_their_order() {
        let mut items = vec!["bb", "a", "cc", "c", "", "aa"];
        sort_by_key(&mut items, |it| it.len());
        assert_eq!(items, ["", "a", "c", "bb", "cc", "aa"]);
        sort_by(&mut items, |a, b| b.cmp(a));
        assert_eq!(items, ["cc", "c", "bb", "aa", "a", ""]);
    }
}
