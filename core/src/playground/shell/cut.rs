//! `cut` and `tr`: parts of lines, and single characters.

/// `cut -d' ' -f1,3-5`.
pub(super) fn cut(args: &[String], input: &str) -> Result<String, String> {
    let text = args.join("\u{1}");
    let value = |flag: &str| {
        let start = text.find(flag)? + flag.len();
        let rest = text[start..].trim_start_matches('\u{1}');
        Some(rest.split('\u{1}').next().unwrap_or(rest).to_owned())
    };
    let delimiter = value("-d").and_then(|it| it.chars().next()).unwrap_or('\t');
    let list = value("-f").ok_or("you must specify a list of fields")?;
    let mut ranges = Vec::new();
    for part in list.split(',') {
        let fault = || format!("invalid field value '{part}'");
        let number = |text: &str, usual: usize| match text {
            "" => Ok(usual),
            text => text.parse::<usize>().map_err(|_| fault()),
        };
        ranges.push(match part.split_once('-') {
            Some((from, to)) => (number(from, 1)?, number(to, usize::MAX)?),
            None => (number(part, 0)?, number(part, 0)?),
        });
    }
    let is_in = |at: usize| ranges.iter().any(|it| (it.0..=it.1).contains(&(at + 1)));
    let line = |line: &str| {
        if !line.contains(delimiter) {
            return format!("{line}\n");
        }
        let parts = line.split(delimiter).enumerate();
        let kept: Vec<&str> = parts.filter(|(at, _)| is_in(*at)).map(|it| it.1).collect();
        format!("{}\n", kept.join(delimiter.encode_utf8(&mut [0; 4])))
    };
    Ok(input.lines().map(line).collect())
}

/// `tr ' ' '\n'`, `tr -d x`, `tr -s ' '`.
pub(super) fn tr(args: &[String], input: &str) -> Result<String, String> {
    let char_of = |text: &String| match text.as_str() {
        "\\n" => Some('\n'),
        "\\t" => Some('\t'),
        text => text.chars().next(),
    };
    match args {
        [flag, set] if flag == "-d" => {
            let c = char_of(set).ok_or("missing operand")?;
            Ok(input.replace(c, ""))
        }
        [flag, set] if flag == "-s" => {
            let c = char_of(set).ok_or("missing operand")?;
            let mut text = String::new();
            text.extend(input.chars().filter({
                let mut last = None;
                move |it| last.replace(*it) != Some(c) || *it != c
            }));
            Ok(text)
        }
        [from, to] => {
            let (from, to) = char_of(from).zip(char_of(to)).ok_or("missing operand")?;
            Ok(input.replace(from, to.encode_utf8(&mut [0; 4])))
        }
        _ => Err("missing operand".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split('|').map(str::to_owned).collect()
    }

    #[test]
    fn fields_and_characters() {
        for (line, printed) in [
            ("-d|,|-f|2", "b\n"),
            ("-d,|-f1,3", "a,c\n"),
            ("-d,|-f2-", "b,c\n"),
            ("-d,|-f-2", "a,b\n"),
        ] {
            assert_eq!(cut(&words(line), "a,b,c\n").as_deref(), Ok(printed), "{line}");
        }
        assert_eq!(cut(&words("-d |-f2"), "whole\n").as_deref(), Ok("whole\n"));
        assert!(cut(&words("-f|x"), "a").is_err());
        assert_eq!(tr(&words("-s| "), "a   b c").as_deref(), Ok("a b c"));
        assert_eq!(tr(&words("a|b"), "aa").as_deref(), Ok("bb"));
    }
}
