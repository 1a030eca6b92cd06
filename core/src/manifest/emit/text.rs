//! How a text is quoted: plain if it reads back as the same text, quoted as go-yaml does otherwise.

use std::fmt::Write;

use crate::manifest::scalar::{self, Scalar};

/// The ways to write a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    /// A block behind `|`.
    Literal,
}

/// Where a text is written, and the column behind which its lines break.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) column: usize,
    pub(super) indent: usize,
    pub(super) width: usize,
}

/// Follows `stringv` in `encode.go` and `yaml_emitter_select_scalar_style` in `emitterc.go`.
pub(super) fn style(text: &str, is_key: bool) -> Style {
    let traits = analyze(text);
    let would_be_read_as_something_else = scalar::resolve(text) != Scalar::String
        || text == "<<"
        || looks_like_time(text)
        || looks_like_base_60(text);
    if text.contains('\n') {
        let is_block = !is_key && traits.may_be_block;
        return if is_block { Style::Literal } else { Style::DoubleQuoted };
    }
    if would_be_read_as_something_else {
        return Style::DoubleQuoted;
    }
    match (traits.may_be_plain, traits.may_be_quoted) {
        (true, _) => Style::Plain,
        (false, true) => Style::SingleQuoted,
        (false, false) => Style::DoubleQuoted,
    }
}

struct Traits {
    may_be_plain: bool,
    may_be_quoted: bool,
    may_be_block: bool,
}

/// Follows `yaml_emitter_analyze_scalar`, for block context.
fn analyze(text: &str) -> Traits {
    let mut indicates = text.starts_with("---") || text.starts_with("...");
    let (mut is_special, mut space_break, mut break_space) = (false, false, false);
    let mut previous = '\n';
    let mut characters = text.chars().peekable();
    let mut is_first = true;
    while let Some(it) = characters.next() {
        let is_before_blank = characters.peek().is_none_or(|it| is_blank(*it));
        indicates |= match it {
            '#' if is_first || is_blank(previous) => true,
            ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@'
            | '`' => is_first,
            '?' | '-' => is_first && is_before_blank,
            ':' => is_before_blank,
            _ => false,
        };
        is_special |= !is_printable(it);
        space_break |= it == '\n' && previous == ' ' && !is_first;
        break_space |= it == ' ' && previous == '\n' && !is_first;
        (previous, is_first) = (it, false);
    }
    let ends_blank = text.starts_with([' ', '\n']) || text.ends_with([' ', '\n']);
    let is_odd = space_break || is_special;
    Traits {
        may_be_plain: !indicates && !ends_blank && !break_space && !is_odd,
        may_be_quoted: !break_space && !is_odd,
        may_be_block: !text.ends_with(' ') && !is_odd,
    }
}

fn is_blank(it: char) -> bool {
    matches!(it, ' ' | '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\0')
}

/// go-yaml v2 counts neither tabs nor characters beyond the basic plane as printable. Unicode's
/// line ends would be read back as something else, so they are escaped too.
fn is_printable(it: char) -> bool {
    match it {
        '\n' | ' '..='~' => true,
        '\u{feff}' | '\u{2028}' | '\u{2029}' => false,
        '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' => true,
        _ => false,
    }
}

/// Writes a text of one line.
pub(super) fn write(out: &mut String, text: &str, style: Style, frame: Frame) {
    let quote = match style {
        Style::Plain | Style::Literal => "",
        Style::SingleQuoted => "'",
        Style::DoubleQuoted => "\"",
    };
    out.push_str(quote);
    let mut column = frame.column + quote.len();
    let mut after_space = false;
    let mut characters = text.char_indices().peekable();
    while let Some((index, it)) = characters.next() {
        let next_is_space = characters.peek().is_some_and(|(_, it)| *it == ' ');
        let is_inside = style == Style::Plain || (index > 0 && characters.peek().is_some());
        let may_break = style == Style::DoubleQuoted || !next_is_space;
        if it == ' ' && !after_space && column > frame.width && is_inside && may_break {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', frame.indent));
            column = frame.indent;
            if style == Style::DoubleQuoted && next_is_space {
                out.push('\\');
                column += 1;
            }
        } else {
            let length = out.len();
            write_char(out, it, style);
            column += out[length..].chars().count();
        }
        after_space = it == ' ';
    }
    out.push_str(quote);
}

fn write_char(out: &mut String, it: char, style: Style) {
    match (style, it) {
        (Style::SingleQuoted, '\'') => out.push_str("''"),
        (Style::DoubleQuoted, _) => write_escaped(out, it),
        _ => out.push(it),
    }
}

fn write_escaped(out: &mut String, it: char) {
    let short = match it {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' | '\\' => it,
        '\u{85}' => 'N',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ if is_printable(it) => return out.push(it),
        _ => {
            // Writing to a string cannot fail.
            let _ = match u32::from(it) {
                code @ 0..=0xff => write!(out, "\\x{code:02X}"),
                code @ 0x100..=0xffff => write!(out, "\\u{code:04X}"),
                code => write!(out, "\\U{code:08X}"),
            };
            return;
        }
    };
    out.push('\\');
    out.push(short);
}

/// `1:30` was a number once, so go-yaml quotes it: `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`.
fn looks_like_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let whole = unsigned.split_once('.').map_or(unsigned, |(whole, _)| whole);
    let fraction = &unsigned[whole.len()..];
    let Some((first, rest)) = whole.split_once(':') else { return false };
    let is_digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit() || it == b'_');
    let is_sixtieth =
        |it: &str| matches!(it.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
    first.starts_with(|it: char| it.is_ascii_digit())
        && is_digits(first)
        && rest.split(':').all(is_sixtieth)
        && is_digits(fraction.trim_start_matches('.'))
}

/// `2020-01-02`, or with a time behind `T` (and a zone) or behind a blank (without).
fn looks_like_time(text: &str) -> bool {
    let Some((year, rest)) = text.split_once('-') else { return false };
    let Some((month, rest)) = rest.split_once('-') else { return false };
    let day_length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (day, rest) = rest.split_at(day_length);
    if year.len() != 4 || !number(year, 0, 9999) || !number(month, 1, 12) || !number(day, 1, 31) {
        return false;
    }
    match rest.as_bytes().first() {
        None => true,
        Some(b'T' | b't') => zoned_time(&rest[1..]),
        Some(b' ') => time(&rest[1..]),
        _ => false,
    }
}

fn zoned_time(text: &str) -> bool {
    if let Some(text) = text.strip_suffix('Z') {
        return time(text);
    }
    let Some(at) = text.rfind(['+', '-']) else { return false };
    let zone = text[at + 1..].split_once(':');
    time(&text[..at])
        && zone.is_some_and(|(hours, minutes)| {
            hours.len() == 2 && minutes.len() == 2 && number(hours, 0, 24) && number(minutes, 0, 59)
        })
}

fn time(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    let (Some(hours), Some(minutes), Some(rest)) = (parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let (seconds, fraction) = rest.split_once('.').unwrap_or((rest, "0"));
    number(hours, 0, 23)
        && number(minutes, 0, 59)
        && number(seconds, 0, 59)
        && !fraction.is_empty()
        && fraction.bytes().all(|it| it.is_ascii_digit())
}

fn number(text: &str, min: u32, max: u32) -> bool {
    let is_short = !text.is_empty() && text.len() <= if max > 99 { 4 } else { 2 };
    is_short
        && text.bytes().all(|it| it.is_ascii_digit())
        && text.parse().is_ok_and(|it| (min..=max).contains(&it))
}
