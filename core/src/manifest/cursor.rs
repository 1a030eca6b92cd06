//! Where a caret stands in a text that may be half-written: which field it is about to name or to
//! fill. It reads lines, not YAML, so what is broken below or above does not matter.
//!
//! Simpler than YAML: keys over several lines and texts in quotes over several lines are not seen,
//! and what an alias stands for is not looked up.

mod scan;

use super::edit::Step;
use scan::{End, Scan};

/// What is around a place of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// `apiVersion` of the document; empty if it says none.
    pub api_version: String,
    /// `kind` of the document; empty if it says none.
    pub kind: String,
    /// From the root to the value that the caret is in.
    pub path: Vec<Step>,
    /// Whether the last step is a key with a colon behind it, before the caret.
    pub is_value: bool,
    /// What is written of the word up to the caret, without an opening quote.
    pub word: String,
    /// Whether the word began with a quote.
    pub is_quoted: bool,
    /// Where the word begins: the column in characters, from 1.
    pub column: u32,
    /// How many characters the word goes on behind the caret.
    pub rest: u32,
    /// Whether a colon follows the word.
    pub has_colon: bool,
    /// The other keys of the mapping, with those values that stand on their line.
    pub siblings: Vec<(String, String)>,
    /// In a list: the keys of the mapping that holds it.
    pub around: Vec<(String, String)>,
    /// Whether it is between braces, where nothing goes on a line of its own.
    pub is_inline: bool,
}

impl Cursor {
    /// The place before the character at line and column, both from 1, columns in characters. None
    /// in comments, and in texts of several lines.
    #[must_use]
    pub fn at(text: &str, line: u32, column: u32) -> Option<Cursor> {
        let lines: Vec<&str> = text.lines().collect();
        // Behind the last line feed a line begins that has nothing in it.
        let row = (line.checked_sub(1)? as usize).min(lines.len());
        let is_border = |it: &&str| it.starts_with("---");
        let first = lines.iter().take(row).rposition(is_border).map_or(0, |it| it + 1);
        let behind = lines.get(row..).unwrap_or_default();
        let last = behind.iter().position(is_border).map_or(lines.len(), |it| row + it);
        let document = lines.get(first..last)?;
        let whole = lines.get(row).copied().unwrap_or_default();
        let (before, after) = split_at(whole, column.checked_sub(1)? as usize);
        let mut scan = Scan::default();
        for line in lines.get(first..row)? {
            scan.line(line);
        }
        let end = scan.end(before)?;
        let is_inline = scan.is_inline();
        let path = scan.path();
        let mut siblings = scan.siblings(&end);
        let own_column = if end.is_value { scan.column() } else { Some(end.column) };
        let below = lines.get(row + 1..last).unwrap_or_default();
        if let Some(column) = own_column.filter(|_| !is_inline) {
            siblings.extend(following(below, column));
        }
        let End { is_value, word, column, .. } = end;
        let rest = after.chars().take_while(|it| !it.is_whitespace() && !",:}]#".contains(*it));
        let rest: String = rest.collect();
        let has_colon = after.get(rest.len()..).is_some_and(|it| it.starts_with(':'));
        let said = |key: &str| {
            let line = document.iter().find_map(|it| it.strip_prefix(key)?.strip_prefix(':'));
            scan::plain(line.unwrap_or_default()).to_owned()
        };
        Some(Cursor {
            api_version: said("apiVersion"),
            kind: said("kind"),
            path,
            is_value,
            is_quoted: split_at(whole, column).0.ends_with(['"', '\'']),
            word,
            column: count(column) + 1,
            rest: count(rest.chars().count()),
            has_colon,
            siblings,
            around: scan.around(),
            is_inline,
        })
    }

    /// The value of another key of the mapping, or of the one that holds the list, if it stands on
    /// its line.
    #[must_use]
    pub fn sibling(&self, key: &str) -> Option<&str> {
        self.siblings.iter().chain(&self.around).find(|it| it.0 == key).map(|it| it.1.as_str())
    }
}

/// The keys of the mapping at a column, in the lines below the caret.
fn following(lines: &[&str], column: usize) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for line in lines {
        let content = line.trim_start_matches(' ');
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let indent = line.len() - content.len();
        if indent < column {
            break;
        }
        if let Some((key, value)) = scan::key(content).filter(|_| indent == column) {
            found.push((key.to_owned(), scan::plain(value).to_owned()));
        }
    }
    found
}

fn split_at(line: &str, columns: usize) -> (&str, &str) {
    let at = line.char_indices().nth(columns).map_or(line.len(), |it| it.0);
    line.split_at(at)
}

fn count(characters: usize) -> u32 {
    u32::try_from(characters).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
