//! Elastic tab stops, as Go's `text/tabwriter` sets them: kubectl prints tables and descriptions
//! with it, in two measures.
//!
//! A cell is text that a tab ends; what follows the last tab of a line is no cell. Neighbouring
//! lines that have a cell in a column form a block, which is as wide as its longest cell.

/// The measures of a printer.
#[derive(Clone, Copy)]
pub(super) struct Measure {
    min_width: usize,
    padding: usize,
    /// A column never becomes narrower again.
    remembers: bool,
}

/// `get`, `events`, `api-resources`.
pub(super) const TABLE: Measure = Measure { min_width: 6, padding: 3, remembers: true };
/// `describe` and `rollout history`.
pub(super) const DESCRIBE: Measure = Measure { min_width: 0, padding: 2, remembers: false };

impl Measure {
    fn width(self, longest: usize) -> usize {
        (longest + self.padding).max(self.min_width)
    }
}

/// Text with tabs in columns.
pub(super) fn align(text: &str, measure: Measure) -> String {
    let lines: Vec<Vec<&str>> = text.split('\n').map(|it| it.split('\t').collect()).collect();
    let mut widths: Vec<Vec<usize>> = lines.iter().map(|it| vec![0; it.len() - 1]).collect();
    set_widths(&lines, &mut widths, 0, 0..lines.len(), measure);
    if measure.remembers {
        remember(&mut widths);
    }
    let line = |(cells, widths): (&Vec<&str>, &Vec<usize>)| {
        let mut line = String::new();
        for (index, cell) in cells.iter().enumerate() {
            let count = cell.chars().count();
            line.push_str(cell);
            if let Some(width) = widths.get(index) {
                line.extend(std::iter::repeat_n(' ', width.saturating_sub(count)));
            }
        }
        line
    };
    lines.iter().zip(&widths).map(line).collect::<Vec<_>>().join("\n")
}

/// Widens what is narrower than a line above.
fn remember(widths: &mut [Vec<usize>]) {
    let mut widest: Vec<usize> = Vec::new();
    for line in widths {
        widest.resize(widest.len().max(line.len()), 0);
        for (width, widest) in line.iter_mut().zip(&mut widest) {
            *widest = (*widest).max(*width);
            *width = *widest;
        }
    }
}

/// Sets the widths of one column in a range of lines that belong together, then of those to its
/// right.
fn set_widths(
    lines: &[Vec<&str>],
    widths: &mut [Vec<usize>],
    column: usize,
    range: std::ops::Range<usize>,
    measure: Measure,
) {
    let mut start = range.start;
    while start < range.end {
        let has_cell = |line: usize| lines[line].len() > column + 1;
        if !has_cell(start) {
            start += 1;
            continue;
        }
        let end = (start..range.end).find(|it| !has_cell(*it)).unwrap_or(range.end);
        let longest = (start..end).map(|it| lines[it][column].chars().count()).max().unwrap_or(0);
        for line in &mut widths[start..end] {
            line[column] = measure.width(longest);
        }
        set_widths(lines, widths, column + 1, start..end, measure);
        start = end;
    }
}

/// Rows as a table: no tab behind the last cell, so that it is not padded.
pub(super) fn rows(rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    for row in rows {
        text.push_str(&row.join("\t"));
        text.push('\n');
    }
    align(&text, TABLE)
}

/// Rows below those that were printed before: a column never becomes narrower.
pub(super) fn more_rows(rows: &[Vec<String>], widths: &mut Vec<usize>) -> String {
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (cell, width) in row.iter().zip(widths.iter_mut()) {
            *width = (*width).max(TABLE.width(cell.chars().count()));
        }
    }
    let mut text = String::new();
    for row in rows {
        for (index, (cell, width)) in row.iter().zip(widths.iter()).enumerate() {
            text.push_str(cell);
            if index + 1 < row.len() {
                let count = width.saturating_sub(cell.chars().count());
                text.extend(std::iter::repeat_n(' ', count));
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_pad_by_three_and_are_six_wide_at_least() {
        let row = |cells: &[&str]| cells.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let table = [row(&["NAME", "READY", "AGE"]), row(&["a", "3", "12d"])];
        assert_eq!(rows(&table), "NAME   READY   AGE\na      3       12d\n");
        assert_eq!(rows(&[row(&["agent", "3", "3"])]), "agent   3     3\n");
        // An empty last cell leaves the padding of the one before.
        assert_eq!(rows(&[row(&["agent", "3", ""])]), "agent   3     \n");
    }

    #[test]
    fn a_line_without_a_tab_ends_the_columns() {
        let text = "Name:\tx\nAnnotations:\t<none>\nNumber: 3\nPods Status:\t3 Running\n";
        let aligned = "Name:         x\nAnnotations:  <none>\nNumber: 3\nPods Status:  3 Running\n";
        assert_eq!(align(text, DESCRIBE), aligned);
    }

    /// As kubectl-cases has recorded it (`events`): a message of two lines ends a block.
    #[test]
    fn a_table_remembers_its_widths() {
        let text = "REASON\tOBJECT\nScheduled\tpod/a\nline\nSpaces\tx\n";
        let aligned = "REASON      OBJECT\nScheduled   pod/a\nline\nSpaces      x\n";
        assert_eq!(align(text, TABLE), aligned);
    }

    /// kubectl.md §4.1: `cpu` stands alone below `Requests`, but `Liveness` follows it.
    #[test]
    fn lines_that_follow_each_other_share_a_column() {
        let text =
            "    Limits:\n      memory:\t1\n    Requests:\n      cpu:\t2\n    Liveness:\tx\n";
        let lines = [
            "    Limits:",
            "      memory:  1",
            "    Requests:",
            "      cpu:     2",
            "    Liveness:  x",
            "",
        ];
        assert_eq!(align(text, DESCRIBE), lines.join("\n"));
    }
}
