//! Writes the content security policy into the built page.
//!
//! Scripts are named by the hashes of what Trunk (and we) inline; styles come from files only, so
//! text from a manifest can neither run nor restyle the page, whatever a component does with it.

use sha2::{Digest, Sha256};

use crate::html::{Tag, tags};

/// The page with its policy; or everything in it that the policy would refuse.
pub(crate) fn with_policy(html: &str) -> Result<String, Vec<String>> {
    let tags = tags(html);
    let mut problems: Vec<String> = tags.iter().flat_map(refused).collect();
    let Some(place) = tags.iter().find(|tag| is_charset(tag)) else {
        return Err(vec!["the page has no <meta charset>".to_owned()]);
    };
    // The charset must stand in the first kilobyte; the policy governs only what follows it.
    let loaded_before = tags.iter().find(|it| is_loading(it) && it.start < place.end);
    if let Some(tag) = loaded_before {
        problems.push(format!("<{}> stands before <meta charset>", tag.name));
    }
    if tags.iter().any(|tag| is_policy(tag)) {
        problems.push("the page has a policy already".to_owned());
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let meta = format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">",
        policy(&tags).join("; ")
    );
    Ok(format!("{}\n{meta}{}", &html[..place.end], &html[place.end..]))
}

/// Whether a page carries a policy, that is: whether `build` finished it.
pub(crate) fn has_policy(html: &str) -> bool {
    tags(html).iter().any(is_policy)
}

fn policy(tags: &[Tag]) -> Vec<String> {
    let mut scripts = "script-src 'self' 'wasm-unsafe-eval'".to_owned();
    for script in tags.iter().filter(|tag| is_inline_script(tag)) {
        let hash = base64(&Sha256::digest(script.content));
        let source = format!(" 'sha256-{hash}'");
        if !scripts.contains(&source) {
            scripts.push_str(&source);
        }
    }
    let fixed = [
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    ];
    let mut policy = vec!["default-src 'none'".to_owned(), scripts];
    policy.extend(fixed.map(str::to_owned));
    policy
}

fn refused(tag: &Tag) -> Vec<String> {
    let mut problems = Vec::new();
    if tag.name == "style" {
        problems.push("an inline <style> element: link a file instead".to_owned());
    }
    for (name, value) in &tag.attributes {
        if name == "style" {
            problems.push(format!("<{} style=\"{value}\">: use a class", tag.name));
        } else if name.starts_with("on") {
            problems.push(format!("<{} {name}=…>: listen in a script instead", tag.name));
        } else if name == "href" && value.trim_start().starts_with("javascript:") {
            problems.push(format!("<{} href=\"javascript:…\">", tag.name));
        }
    }
    problems
}

fn is_charset(tag: &Tag) -> bool {
    tag.name == "meta" && tag.attribute("charset").is_some()
}

fn is_policy(tag: &Tag) -> bool {
    let equivalent = tag.attribute("http-equiv").unwrap_or_default();
    equivalent.eq_ignore_ascii_case("content-security-policy")
}

fn is_loading(tag: &Tag) -> bool {
    matches!(tag.name.as_str(), "script" | "link" | "style" | "img")
}

/// Data blocks (JSON, say) do not run, so the policy does not ask about them.
fn is_inline_script(tag: &Tag) -> bool {
    let kind = tag.attribute("type").unwrap_or_default();
    let runs = matches!(kind, "" | "module" | "text/javascript" | "importmap" | "speculationrules");
    tag.name == "script" && tag.attribute("src").is_none() && runs
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            if digit > chunk.len() {
                text.push('=');
            } else {
                text.push(char::from(LETTERS[(group >> (18 - 6 * digit) & 63) as usize]));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_are_named_by_their_hash() {
        let html = "<html><head><meta charset=utf-8><script>alert(1)</script></head>";
        let page = with_policy(html).unwrap();
        // The value that browsers print for this script.
        let hash = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='";
        assert!(page.contains(hash), "{page}");
        assert!(page.find("Content-Security").unwrap() < page.find("<script>").unwrap());
        assert!(has_policy(&page) && !has_policy(html));
        assert!(with_policy(&page).is_err(), "a second policy");
    }

    #[test]
    fn what_the_policy_would_refuse_is_an_error() {
        let cases = [
            ("a style element", "<meta charset=utf-8><style>a{}</style>"),
            ("a style attribute", "<meta charset=utf-8><p style='color: red'>"),
            ("a handler", "<meta charset=utf-8><p onclick=go()>"),
            ("a script link", "<meta charset=utf-8><a href='javascript:go()'>"),
            ("a script before the policy", "<script>1</script><meta charset=utf-8>"),
            ("no charset", "<p>"),
        ];
        for (name, html) in cases {
            assert!(with_policy(html).is_err(), "{name}");
        }
        assert!(with_policy("<meta charset=utf-8><script type='text/plain'>x</script>").is_ok());
    }

    #[test]
    fn base64_pads() {
        let cases =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")];
        for (plain, expected) in cases {
            assert_eq!(base64(plain.as_bytes()), expected, "{plain}");
        }
    }
}
