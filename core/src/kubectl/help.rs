//! What `kubectl` and `--help` print: kubectl's own text, as v1.32.3 prints it.
//!
//! Of the options of a command those are left out that the playground refuses; the first line of a
//! page names them, so that they are refused as not simulated and not as unknown.

const OVERVIEW: &str = include_str!("help/kubectl.txt");

/// A page for each command and each group: `=== NAME: FLAGS THAT ARE REFUSED`, and the text.
const PAGES: &str = include_str!("help/pages.txt");

/// `kubectl` without a command.
pub(super) fn overview() -> &'static str {
    OVERVIEW
}

/// The same without what kubectl is: how it is used.
pub(super) fn usage() -> &'static str {
    OVERVIEW.find("Basic Commands").map_or(OVERVIEW, |at| &OVERVIEW[at..])
}

/// Every command that kubectl has, in its order.
pub(super) fn commands() -> impl Iterator<Item = &'static str> {
    listed(OVERVIEW)
}

/// The commands that a page lists.
pub(super) fn listed(page: &'static str) -> impl Iterator<Item = &'static str> {
    page.lines().filter_map(|line| {
        let (name, _) = line.strip_prefix("  ")?.split_once("  ")?;
        let is_name = |c: char| c.is_ascii_lowercase() || c == '-';
        (!name.is_empty() && name.chars().all(is_name)).then_some(name)
    })
}

/// The refused flags and the text of a page.
fn find(name: &str) -> Option<(&'static str, &'static str)> {
    let of_name = |page: &'static str| page.strip_prefix(name)?.strip_prefix(':')?.split_once('\n');
    PAGES.split("=== ").find_map(of_name)
}

/// `kubectl COMMAND --help`.
pub(super) fn page(name: &str) -> Option<&'static str> {
    Some(find(name)?.1)
}

/// Whether kubectl has a flag of this command, or one of all commands, that the playground has not.
pub(super) fn is_refused(command: &str, flag: &str) -> bool {
    let of_page = |name| find(name).is_some_and(|it| it.0.split(' ').any(|it| it == flag));
    of_page(command) || of_page("options")
}

#[cfg(test)]
mod tests;
