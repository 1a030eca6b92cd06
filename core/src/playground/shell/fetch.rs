//! `curl` and `wget`: nothing is fetched, but of what tutorials name by its address the playground
//! has manifests of its own.

use crate::kubectl::Output;
use crate::kubectl::published::{self, file_name, without_scheme};
use crate::playground::shell::{Shell, fail};

/// What the two end with if a host is not found.
const CURL_NO_HOST: u8 = 6;
const WGET_NO_HOST: u8 = 4;

/// Carries out one of them; none if the words are something else.
pub(super) fn run(words: &[String], shell: &mut Shell) -> Option<Output> {
    let (name, args) = words.split_first()?;
    let is_curl = name == "curl";
    if !is_curl && name != "wget" {
        return None;
    }
    let is_address = |it: &&String| without_scheme(it).is_some();
    let Some(address) = args.iter().find(is_address) else {
        return Some(fail(2, &format!("{name}: expected an address that begins with https://")));
    };
    let file = file_name(address);
    let Some(text) = published::at(address) else {
        let code = if is_curl { CURL_NO_HOST } else { WGET_NO_HOST };
        let instead = match file.ends_with(".yaml") || file.ends_with(".yml") {
            true => format!(": put the text into a file {file}"),
            false => String::new(),
        };
        return Some(fail(code, &format!("{name}: the playground fetches nothing{instead}")));
    };
    let mut output = Output::default();
    output.warn(&published::note(address));
    match target(is_curl, args, file) {
        Some(target) if target != "-" => shell.write(&target, text.to_owned(), false),
        _ => output.stdout.push_str(text),
    }
    Some(output)
}

/// The file that is written, if it is one: `curl` writes one if it is told to, `wget` if it is not
/// told otherwise.
fn target(is_curl: bool, args: &[String], file: &str) -> Option<String> {
    let (letter, long) = if is_curl { ('o', "--output") } else { ('O', "--output-document") };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let is_long = arg.starts_with("--");
        if let Some(rest) = arg.strip_prefix(long) {
            return rest.strip_prefix('=').map(str::to_owned).or_else(|| args.next().cloned());
        }
        if is_curl && arg == "--remote-name" {
            return Some(file.to_owned());
        }
        if is_long || !arg.starts_with('-') {
            continue;
        }
        if let Some((_, own)) = arg.split_once(letter) {
            return if own.is_empty() { args.next().cloned() } else { Some(own.to_owned()) };
        }
        if is_curl && arg.contains('O') {
            return Some(file.to_owned());
        }
    }
    (!is_curl).then(|| file.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_as_curl_and_wget_name_them() {
        for (line, expected) in [
            ("curl URL", None),
            ("curl -O URL", Some("ds.yaml")),
            ("curl -LO URL", Some("ds.yaml")),
            ("curl -sSL URL -o x.yaml", Some("x.yaml")),
            ("curl -Lox.yaml URL", Some("x.yaml")),
            ("curl --output x.yaml URL", Some("x.yaml")),
            ("curl --remote-name URL", Some("ds.yaml")),
            ("wget URL", Some("ds.yaml")),
            ("wget -q URL", Some("ds.yaml")),
            ("wget -qO- URL", Some("-")),
            ("wget -O x.yaml URL", Some("x.yaml")),
            ("wget --output-document=x.yaml URL", Some("x.yaml")),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let target = target(words[0] == "curl", &words[1..], "ds.yaml");
            assert_eq!(target.as_deref(), expected, "{line}");
        }
    }
}
