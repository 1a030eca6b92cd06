//! Names of the files in the editor: what `kubectl apply -f` would be given.

/// Longer names are cut.
const LENGTH_MAX: usize = 60;

/// The file that is open at first.
pub const OPENING: &str = "manifest.yaml";

/// A name made of what somebody typed, without a folder and without what a shell would read
/// otherwise; none if nothing is left.
pub fn cleaned(typed: &str) -> Option<String> {
    let last = typed.trim().rsplit(['/', '\\']).next().unwrap_or_default();
    let keep = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | ',');
    let kept = last.chars().map(|c| if keep(c) { c } else { '-' });
    let name: String = kept.take(LENGTH_MAX).collect();
    let name = name.trim_start_matches(['-', '.']);
    if name.is_empty() {
        return None;
    }
    let is_yaml = [".yaml", ".yml", ".json"].iter().any(|it| name.ends_with(it));
    Some(if is_yaml { name.to_owned() } else { format!("{name}.yaml") })
}

/// The name, or the next free one like it: `web.yaml`, `web-2.yaml`.
pub fn unique(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(name) {
        return name.to_owned();
    }
    let (stem, end) = name.split_at(name.rfind('.').unwrap_or(name.len()));
    let numbered = (2..=u32::MAX).map(|number| format!("{stem}-{number}{end}"));
    numbered.into_iter().find(|it| !is_taken(it)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_such_that_a_shell_takes_them_as_they_are() {
        let cases = [
            ("web.yaml", Some("web.yaml")),
            (" web ", Some("web.yaml")),
            ("my web.yml", Some("my-web.yml")),
            ("../../etc/passwd", Some("passwd.yaml")),
            ("a;rm -rf $HOME.json", Some("a-rm--rf--HOME.json")),
            ("-f", Some("f.yaml")),
            ("", None),
            ("..", None),
            ("größe", Some("größe.yaml")),
        ];
        for (typed, expected) in cases {
            assert_eq!(cleaned(typed).as_deref(), expected, "{typed:?}");
        }
        assert_eq!(cleaned(&"x".repeat(500)).map(|it| it.len()), Some(LENGTH_MAX + 5));
    }

    #[test]
    fn no_two_files_have_one_name() {
        let taken = ["web.yaml", "web-2.yaml", "x"];
        let unique = |name| unique(name, |it| taken.contains(&it));
        assert_eq!(unique("app.yaml"), "app.yaml");
        assert_eq!(unique("web.yaml"), "web-3.yaml");
        assert_eq!(unique("x"), "x-2");
    }
}
