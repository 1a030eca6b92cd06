//! Reads the tags of the page that Trunk wrote. Not a parser of the web's HTML: it knows tags,
//! attributes, comments, and elements whose content is text (script, style).

/// A start tag; `content` is what stands in a script or style element.
#[derive(Debug, PartialEq)]
pub(crate) struct Tag<'a> {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, &'a str)>,
    pub(crate) content: &'a str,
    /// Where the tag begins and where it ends, in bytes.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Tag<'_> {
    /// The value of an attribute; an attribute without a value has the empty one.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(it, _)| it == name).map(|(_, value)| *value)
    }
}

/// All start tags in their order.
pub(crate) fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(start) = html[at..].find('<').map(|it| at + it) {
        let rest = &html[start..];
        if rest.starts_with("<!--") {
            at = rest.find("-->").map_or(html.len(), |it| start + it + 3);
            continue;
        }
        if !rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            at = start + 1;
            continue;
        }
        let mut tag = tag_at(html, start);
        at = tag.end;
        if tag.name == "script" || tag.name == "style" {
            let close = format!("</{}", tag.name);
            let text = &html[tag.end..];
            let length = text.to_ascii_lowercase().find(&close).unwrap_or(text.len());
            tag.content = &text[..length];
            at += length;
        }
        tags.push(tag);
    }
    tags
}

fn tag_at(html: &str, start: usize) -> Tag<'_> {
    let is_name_end = |c: char| c.is_ascii_whitespace() || c == '>' || c == '/';
    let mut at = start + 1 + until(&html[start + 1..], is_name_end);
    let name = html[start + 1..at].to_ascii_lowercase();
    let mut attributes = Vec::new();
    loop {
        at += until(&html[at..], |c| !c.is_ascii_whitespace() && c != '/');
        if html[at..].starts_with('>') || at == html.len() {
            break;
        }
        let key_length = until(&html[at..], |c| is_name_end(c) || c == '=').max(1);
        let key = html[at..at + key_length].to_ascii_lowercase();
        at += key_length;
        let mut value = "";
        let equals = at + until(&html[at..], |c| !c.is_ascii_whitespace());
        if html[equals..].starts_with('=') {
            at = equals + 1;
            at += until(&html[at..], |c| !c.is_ascii_whitespace());
            let quote = html[at..].chars().next().filter(|it| *it == '"' || *it == '\'');
            let length = match quote {
                Some(quote) => until(&html[at + 1..], |c| c == quote),
                None => until(&html[at..], |c| c.is_ascii_whitespace() || c == '>'),
            };
            let first = at + usize::from(quote.is_some());
            value = &html[first..first + length];
            at = (first + length + usize::from(quote.is_some())).min(html.len());
        }
        attributes.push((key, value));
    }
    Tag { name, attributes, content: "", start, end: (at + 1).min(html.len()) }
}

fn until(text: &str, is_end: impl Fn(char) -> bool) -> usize {
    text.find(is_end).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_with_their_attributes() {
        let html = "<!doctype html><HTML lang=en><!-- <a b> --><link rel='x' \
                    href=\"a>b\" crossorigin /><p>1 < 2</p>";
        let found: Vec<_> = tags(html).into_iter().map(|it| (it.name, it.attributes)).collect();
        let attribute = |name: &str, value: &'static str| (name.to_owned(), value);
        assert_eq!(
            found,
            [
                ("html".to_owned(), vec![attribute("lang", "en")]),
                (
                    "link".to_owned(),
                    vec![
                        attribute("rel", "x"),
                        attribute("href", "a>b"),
                        attribute("crossorigin", "")
                    ]
                ),
                ("p".to_owned(), vec![]),
            ]
        );
    }

    #[test]
    fn the_text_of_a_script_is_not_read_as_tags() {
        let html = "<script type=module>if (a<b) { '<p>' }</script><style>a{}</style><p>";
        let found: Vec<_> = tags(html).into_iter().map(|it| (it.name, it.content)).collect();
        assert_eq!(
            found,
            [
                ("script".to_owned(), "if (a<b) { '<p>' }"),
                ("style".to_owned(), "a{}"),
                ("p".to_owned(), "")
            ]
        );
    }

    #[test]
    fn broken_pages_end_too() {
        for html in ["<", "<a", "<a b", "<a b=", "<a b='", "<script>", "<!--", "<a =>", "<a \"x"] {
            tags(html);
        }
    }
}
