//! The lines above the caret, as nested mappings and lists.

use crate::manifest::edit::Step;

/// A mapping or a list that is open.
#[derive(Debug, Clone, Default)]
struct Level {
    /// The column of its keys or dashes from 0; between braces it has none.
    column: Option<usize>,
    is_list: bool,
    keys: Vec<(String, String)>,
    /// Whether the last key awaits its value.
    is_open: bool,
}

/// What has been read.
#[derive(Debug, Default)]
pub(super) struct Scan {
    levels: Vec<Level>,
    /// The column of the key whose text goes on over lines that are indented deeper.
    text_of: Option<usize>,
    word: String,
    word_column: usize,
}

/// What stands in front of the caret.
#[derive(Debug)]
pub(super) struct End {
    pub(super) is_value: bool,
    pub(super) word: String,
    /// Where it begins, from 0.
    pub(super) column: usize,
}

impl Scan {
    /// Whether braces are open.
    pub(super) fn is_inline(&self) -> bool {
        self.levels.last().is_some_and(|it| it.column.is_none())
    }

    /// A whole line.
    pub(super) fn line(&mut self, line: &str) {
        self.read(line, false);
    }

    /// The line of the caret up to it.
    pub(super) fn end(&mut self, line: &str) -> Option<End> {
        let was_text = self.text_of;
        let end = self.read(line, true);
        let indent = line.len() - line.trim_start_matches(' ').len();
        if was_text.is_some_and(|it| line.trim().is_empty() && indent > it) {
            return None;
        }
        let end = end?;
        if !end.is_value && !self.is_inline() {
            self.close_below(end.column, false);
            let is_text = |it: &Level| it.column < Some(end.column) && !it.is_list && !it.is_open;
            if self.levels.last().is_some_and(is_text) {
                return None; // The value of the key above goes on.
            }
            if let Some(it) = self.levels.last_mut().filter(|it| it.column == Some(end.column)) {
                it.is_open = false;
            }
        }
        Some(end)
    }

    /// From the root to the value of the last key, or to the mapping that a key is about to join.
    pub(super) fn path(&self) -> Vec<Step> {
        let step = |it: &Level| match it.is_list {
            true => Some(Step::Item(it.keys.len())),
            false => it.keys.last().filter(|_| it.is_open).map(|it| Step::Key(it.0.clone())),
        };
        self.levels.iter().filter_map(step).collect()
    }

    /// The keys of the mapping that the caret is in.
    pub(super) fn siblings(&self, end: &End) -> Vec<(String, String)> {
        let Some(level) = self.levels.last().filter(|it| !it.is_list) else { return Vec::new() };
        let is_same = level.column.is_none() || level.column == Some(end.column) || end.is_value;
        let count =
            if end.is_value { level.keys.len().saturating_sub(1) } else { level.keys.len() };
        let keys = level.keys.iter().take(count);
        if is_same { keys.cloned().collect() } else { Vec::new() }
    }

    /// The column of the keys around the caret.
    pub(super) fn column(&self) -> Option<usize> {
        self.levels.last().filter(|it| !it.is_list)?.column
    }

    /// In a list: the keys of the mapping that holds it.
    pub(super) fn around(&self) -> Vec<(String, String)> {
        match self.levels.as_slice() {
            [.., holder, list] if list.is_list => holder.keys.clone(),
            _ => Vec::new(),
        }
    }

    fn read(&mut self, line: &str, is_end: bool) -> Option<End> {
        let line = line.trim_end_matches('\r');
        let mut rest = line.trim_start_matches(' ');
        let mut column = line.len() - rest.len();
        if let Some(text_of) = self.text_of {
            if rest.is_empty() && !is_end || !rest.is_empty() && column > text_of {
                return None;
            }
            self.text_of = None;
        }
        if self.is_inline() {
            return self.flow(line, 0, is_end);
        }
        if rest.is_empty() {
            return is_end.then(|| end(false, "", column));
        }
        if rest.starts_with('#') {
            return None;
        }
        while let Some(item) =
            rest.strip_prefix('-').filter(|it| it.is_empty() || it.starts_with(' '))
        {
            if item.is_empty() && is_end {
                return None;
            }
            self.dash(column);
            let inner = item.trim_start_matches(' ');
            column += rest.len() - inner.len();
            rest = inner;
        }
        let at = |word: &str| line_column(line, line.len() - word.len());
        if rest.starts_with(['{', '[']) {
            return self.flow(line, line.len() - rest.len(), is_end);
        }
        let Some((name, value)) = key(rest) else {
            let is_comment = rest.starts_with('#');
            return (is_end && !is_comment).then(|| end(false, unquoted(rest), at(unquoted(rest))));
        };
        self.key(column, name);
        let inner = value.trim_start_matches(' ');
        match inner.chars().next() {
            None => (is_end && !value.is_empty()).then(|| end(true, "", at(inner))),
            Some('#') => None,
            Some('|' | '>') => {
                self.text_of = Some(column);
                None
            }
            Some('{' | '[') => self.flow(line, line.len() - inner.len(), is_end),
            Some('&') if !inner.contains(' ') => None,
            Some(_) => {
                let is_comment = inner.contains(" #");
                if is_end {
                    let word = unquoted(inner);
                    return (!is_comment).then(|| end(true, word, at(word)));
                }
                self.fill(plain(inner));
                None
            }
        }
    }

    fn close_below(&mut self, column: usize, is_dash: bool) {
        // A list may stand at the column of its key; a key at that column ends it.
        let is_over = |it: &Level| {
            it.column.is_none_or(|own| own > column || own == column && it.is_list && !is_dash)
        };
        while self.levels.last().is_some_and(is_over) {
            self.levels.pop();
        }
    }

    fn dash(&mut self, column: usize) {
        self.close_below(column, true);
        match self.levels.last_mut() {
            Some(it) if it.is_list && it.column == Some(column) => {
                it.keys.push((String::new(), String::new()));
            }
            _ => {
                self.levels.push(Level { column: Some(column), is_list: true, ..Level::default() })
            }
        }
    }

    fn key(&mut self, column: usize, name: &str) {
        self.close_below(column, false);
        let entry = (name.to_owned(), String::new());
        match self.levels.last_mut() {
            Some(it) if !it.is_list && it.column == Some(column) => {
                it.keys.push(entry);
                it.is_open = true;
            }
            _ => self.levels.push(Level {
                column: Some(column),
                keys: vec![entry],
                is_open: true,
                ..Level::default()
            }),
        }
    }

    /// The value of the last key stands on its line.
    fn fill(&mut self, value: &str) {
        let Some(level) = self.levels.last_mut() else { return };
        level.is_open = false;
        if let Some((_, it)) = level.keys.last_mut() {
            *it = value.to_owned();
        }
    }

    /// What is between braces, from a byte of the line on.
    fn flow(&mut self, line: &str, from: usize, is_end: bool) -> Option<End> {
        let mut quote = None;
        let mut previous = ' ';
        let text = line.get(from..).unwrap_or_default();
        self.word.clear();
        for (index, it) in text.char_indices() {
            let next = text.get(index + it.len_utf8()..).and_then(|it| it.chars().next());
            match it {
                _ if quote == Some(it) => quote = None,
                _ if quote.is_some() => self.word.push(it),
                '"' | '\'' if self.word.is_empty() => {
                    quote = Some(it);
                    self.word_column = line_column(line, from + index + 1);
                }
                '#' if previous == ' ' => return None,
                '{' | '[' => self.open(it == '['),
                '}' | ']' => {
                    self.part();
                    self.levels.pop();
                    if !self.is_inline() {
                        self.fill("");
                        return None;
                    }
                    self.fill("");
                }
                ',' => self.part(),
                ':' if next.is_none_or(|it| " ,{}[]".contains(it)) || "\"'".contains(previous) => {
                    self.name();
                }
                ' ' if self.word.is_empty() => {}
                _ => {
                    if self.word.is_empty() {
                        self.word_column = line_column(line, from + index);
                    }
                    self.word.push(it);
                }
            }
            previous = it;
        }
        if !is_end || !self.is_inline() {
            return None;
        }
        let word = std::mem::take(&mut self.word);
        let column = if word.is_empty() { line_column(line, line.len()) } else { self.word_column };
        let is_value = self.levels.last().is_some_and(|it| it.is_list || it.is_open);
        Some(end(is_value, &word, column))
    }

    fn open(&mut self, is_list: bool) {
        self.word.clear();
        self.levels.push(Level { is_list, ..Level::default() });
    }

    /// A word before a colon.
    fn name(&mut self) {
        let name = std::mem::take(&mut self.word);
        if let Some(it) = self.levels.last_mut().filter(|it| !it.is_list) {
            it.keys.push((name.trim_end().to_owned(), String::new()));
            it.is_open = true;
        }
    }

    /// A word before a comma or a closing brace.
    fn part(&mut self) {
        let word = std::mem::take(&mut self.word);
        match self.levels.last_mut() {
            Some(it) if it.is_list => it.keys.push((String::new(), String::new())),
            Some(it) if it.is_open => self.fill(word.trim_end()),
            _ => {}
        }
    }
}

fn end(is_value: bool, word: &str, column: usize) -> End {
    End { is_value, word: word.to_owned(), column }
}

fn line_column(line: &str, byte: usize) -> usize {
    line.get(..byte).unwrap_or(line).chars().count()
}

/// A key and what follows its colon, at the start of a text.
pub(super) fn key(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|it| "\"'".contains(*it));
    if let Some(quote) = quote {
        let (name, after) = text.get(1..)?.split_once(quote)?;
        return Some((name, after.trim_start_matches(' ').strip_prefix(':')?));
    }
    let is_colon =
        |at: &usize| text.get(at + 1..).is_some_and(|it| it.is_empty() || it.starts_with(' '));
    let at = text.match_indices(':').map(|it| it.0).find(is_colon)?;
    let name = text.get(..at)?.trim_end_matches(' ');
    (!name.contains(" #")).then_some((name, text.get(at + 1..)?))
}

/// A value without blanks, comment and quotes around it.
pub(super) fn plain(value: &str) -> &str {
    let value = value.split(" #").next().unwrap_or_default().trim();
    value.trim_matches(['"', '\''])
}

fn unquoted(word: &str) -> &str {
    word.strip_prefix(['"', '\'']).unwrap_or(word)
}
