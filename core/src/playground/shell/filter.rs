//! The tools into which tutorials pipe what kubectl prints.

use crate::kubectl::Output;
use crate::playground::shell::regex::{Syntax, compile};
use crate::playground::shell::{awk, cut, fail, sed};

/// Runs a tool on a text; none if there is no such tool here.
pub(super) fn run(words: &[String], input: &str) -> Option<Output> {
    let (name, args) = words.split_first()?;
    let result = match name.as_str() {
        "grep" => return Some(grep(args, input, false)),
        "egrep" => return Some(grep(args, input, true)),
        "head" => ends(args, input, true),
        "tail" => ends(args, input, false),
        "wc" => count(args, input),
        "sort" => sort(args, input),
        "uniq" => uniq(args, input),
        "cut" => cut::cut(args, input),
        "tr" => cut::tr(args, input),
        "sed" => sed::run(args, input),
        "awk" => awk::run(args, input),
        _ => return None,
    };
    Some(match result {
        Ok(stdout) => Output { stdout, ..Output::default() },
        Err(fault) => fail(2, &format!("{name}: {fault}")),
    })
}

/// Letters that stand alone behind a dash, and everything else.
fn split(args: &[String]) -> (String, Vec<&str>) {
    let (mut letters, mut rest) = (String::new(), Vec::new());
    let mut only_words = false;
    for arg in args {
        match arg.strip_prefix('-').filter(|it| !it.is_empty() && !only_words) {
            Some("-") => only_words = true,
            Some(long) if long.starts_with('-') => rest.push(arg.as_str()),
            Some(flags) => letters.push_str(flags),
            None => rest.push(arg),
        }
    }
    (letters, rest)
}

fn grep(args: &[String], input: &str, is_extended: bool) -> Output {
    let (args, around) = match context(args) {
        Ok(split) => split,
        Err(fault) => return fail(2, &format!("grep: {fault}")),
    };
    let (letters, rest) = split(&args);
    if let Some(other) = letters.chars().find(|it| !"ivEceFwqox".contains(*it)) {
        return fail(2, &format!("grep: -{other} is not simulated"));
    }
    let Some(pattern) = rest.first() else {
        return fail(2, "usage: grep [-icovEFwxq] [-A N] [-B N] [-C N] PATTERN");
    };
    let has = |letter| letters.contains(letter);
    let syntax = match (has('F'), is_extended || has('E')) {
        (true, _) => Syntax::Fixed,
        (false, true) => Syntax::Extended,
        (false, false) => Syntax::Basic,
    };
    let pattern = match compile(pattern, syntax, has('i')) {
        Ok(pattern) => pattern,
        Err(fault) => return fail(2, &format!("grep: {fault}")),
    };
    let is_letter = |it: char| it.is_alphanumeric() || it == '_';
    let is_word = |line: &str, it: regex_lite::Match| {
        !line[..it.start()].ends_with(is_letter) && !line[it.end()..].starts_with(is_letter)
    };
    let holds = |line: &str| match (has('x'), has('w')) {
        (true, _) => pattern.find_iter(line).any(|it| it.as_str() == line),
        (_, true) => pattern.find_iter(line).any(|it| is_word(line, it)),
        _ => pattern.is_match(line),
    };
    let parts = |line: &str| -> Vec<String> {
        let found = pattern.find_iter(line).filter(|it| !has('w') || is_word(line, *it));
        found.filter(|it| !it.is_empty()).map(|it| it.as_str().to_owned()).collect()
    };
    let lines: Vec<&str> = input.lines().collect();
    let hits: Vec<usize> = (0..lines.len()).filter(|at| holds(lines[*at]) != has('v')).collect();
    let mut output = Output { code: u8::from(hits.is_empty()), ..Output::default() };
    if has('c') {
        output.stdout = format!("{}\n", hits.len());
    } else if has('o') && !has('q') && !has('v') {
        let found = hits.iter().flat_map(|at| parts(lines[*at]));
        output.stdout.extend(found.map(|it| it + "\n"));
    } else if !has('q') {
        let (before, after) = around;
        let mut next = 0;
        for hit in hits {
            let from = hit.saturating_sub(before).max(next);
            if (before, after) != (0, 0) && next > 0 && from > next {
                output.stdout.push_str("--\n");
            }
            let end = hit.saturating_add(after).saturating_add(1).min(lines.len());
            for line in lines.iter().take(end).skip(from) {
                output.stdout.push_str(&format!("{line}\n"));
            }
            next = next.max(end);
        }
    }
    output
}

/// Takes `-A N`, `-B N` and `-C N` out of the words: so many lines before and after a hit.
fn context(args: &[String]) -> Result<(Vec<String>, (usize, usize)), String> {
    let (mut rest, mut before, mut after) = (Vec::new(), 0, 0);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let Some(text) = ["-A", "-B", "-C"].iter().find_map(|it| arg.strip_prefix(it)) else {
            rest.push(arg.clone());
            continue;
        };
        let text = if text.is_empty() { args.next().map_or("", String::as_str) } else { text };
        let fault = || format!("{text}: invalid context length argument");
        let count: usize = text.parse().map_err(|_| fault())?;
        if !arg.starts_with("-A") {
            before = count;
        }
        if !arg.starts_with("-B") {
            after = count;
        }
    }
    Ok((rest, (before, after)))
}

/// `head -5`, `head -n 5`, `tail -n +2`.
fn ends(args: &[String], input: &str, is_head: bool) -> Result<String, String> {
    let text = args.join(" ");
    let number = text.trim_start_matches("-n").trim_start_matches("--lines=").trim();
    let from_start = number.starts_with('+');
    let number = number.trim_start_matches(['-', '+']);
    let count = match number {
        "" => 10,
        number => number.parse().map_err(|_| format!("invalid number of lines: '{number}'"))?,
    };
    let lines: Vec<&str> = input.lines().collect();
    let kept = match (is_head, from_start) {
        (true, _) => &lines[..lines.len().min(count)],
        (false, true) => &lines[count.saturating_sub(1).min(lines.len())..],
        (false, false) => &lines[lines.len().saturating_sub(count)..],
    };
    Ok(kept.iter().map(|it| format!("{it}\n")).collect())
}

fn count(args: &[String], input: &str) -> Result<String, String> {
    let (letters, _) = split(args);
    let lines = input.matches('\n').count();
    let (words, bytes) = (input.split_whitespace().count(), input.len());
    match letters.as_str() {
        "l" => Ok(format!("{lines}\n")),
        "w" => Ok(format!("{words}\n")),
        "c" => Ok(format!("{bytes}\n")),
        "" => Ok(format!("{lines:>7} {words:>7} {bytes:>7}\n")),
        other => Err(format!("-{other} is not simulated")),
    }
}

fn sort(args: &[String], input: &str) -> Result<String, String> {
    let (mut letters, mut column) = (String::new(), None);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let arg = arg.trim_start_matches('-');
        let Some(own) = arg.strip_prefix('k') else {
            letters.push_str(arg);
            continue;
        };
        let key = if own.is_empty() { args.next().map_or("", String::as_str) } else { own };
        let end = key.find(|c: char| !c.is_ascii_digit()).unwrap_or(key.len());
        column = key[..end].parse::<usize>().ok().and_then(|it| it.checked_sub(1));
        letters.push_str(key[end..].trim_matches(|c: char| !c.is_ascii_alphabetic()));
    }
    if let Some(other) = letters.chars().find(|it| !"nrufb".contains(*it)) {
        return Err(format!("-{other} is not simulated"));
    }
    let key = |line: &str| match column {
        None => line.to_owned(),
        Some(column) => line.split_whitespace().skip(column).collect::<Vec<_>>().join(" "),
    };
    let number = |text: &str| {
        let text = text.trim_start();
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        text[..end].parse::<u64>().unwrap_or(0)
    };
    let mut lines: Vec<&str> = input.lines().collect();
    lines.sort_by(|a, b| match letters.contains('n') {
        true => number(&key(a)).cmp(&number(&key(b))).then_with(|| a.cmp(b)),
        false => key(a).cmp(&key(b)).then_with(|| a.cmp(b)),
    });
    if letters.contains('r') {
        lines.reverse();
    }
    if letters.contains('u') {
        lines.dedup();
    }
    Ok(lines.iter().map(|it| format!("{it}\n")).collect())
}

fn uniq(args: &[String], input: &str) -> Result<String, String> {
    let (letters, _) = split(args);
    let mut groups: Vec<(usize, &str)> = Vec::new();
    for line in input.lines() {
        match groups.last_mut().filter(|it| it.1 == line) {
            Some(group) => group.0 += 1,
            None => groups.push((1, line)),
        }
    }
    let text = |(count, line): &(usize, &str)| match letters.as_str() {
        "c" => format!("{count:>7} {line}\n"),
        _ => format!("{line}\n"),
    };
    Ok(groups.iter().map(text).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_do_what_tutorials_use_them_for() {
        let input = "NAME READY\nb 10\na 9\nb 10\n";
        for (line, expected) in [
            ("grep b", "b 10\nb 10\n"),
            ("grep -v NAME", "b 10\na 9\nb 10\n"),
            ("grep -c b", "2\n"),
            ("grep -i name", "NAME READY\n"),
            ("grep -E a|READY", "NAME READY\na 9\n"),
            ("grep ^a.*[0-9]$", "a 9\n"),
            ("grep -w 1", ""),
            ("grep -E ^(a|b).9$", "a 9\n"),
            ("grep -o [0-9]", "1\n0\n9\n1\n0\n"),
            ("grep -ow [0-9]*", "10\n9\n10\n"),
            ("grep -x b.10", "b 10\nb 10\n"),
            ("head -1", "NAME READY\n"),
            ("head -n 2", "NAME READY\nb 10\n"),
            ("tail -n 1", "b 10\n"),
            ("tail -n +2", "b 10\na 9\nb 10\n"),
            ("wc -l", "4\n"),
            ("sort -u", "NAME READY\na 9\nb 10\n"),
            ("sort -k2 -n -r", "b 10\nb 10\na 9\nNAME READY\n"),
            ("cut -d c -f1", "NAME READY\nb 10\na 9\nb 10\n"),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(run(&words, input).unwrap().stdout, expected, "{line}");
        }
        assert_eq!(run(&["jq".to_owned()], input), None);
    }
}
