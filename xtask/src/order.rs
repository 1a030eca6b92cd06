//! What of the page is asked for first: its frame, then the module.
//!
//! Trunk asks for the module at once, so that on a slow line it takes turns with the style sheet
//! and the frame of the page stays white for a second longer. The module waits for the first paint
//! (`window.firstPaint`, `www/boot.js`) instead.

use crate::html;
use crate::process::Result;

/// What Trunk writes where the module is asked for.
const INIT: &str = "const wasm = await init(";

/// The page, which asks for the module when its frame is painted.
pub(crate) fn frame_first(html: &str) -> Result<String> {
    if html.matches(INIT).count() != 1 {
        return Err(format!("dist/index.html: {INIT:?} should be there once"));
    }
    let tags = html::tags(html);
    let mut preloads = tags.iter().filter(|it| {
        it.name == "link" && it.attribute("type").is_some_and(|it| it == "application/wasm")
    });
    let (Some(preload), None) = (preloads.next(), preloads.next()) else {
        return Err("dist/index.html: the module should be preloaded once".to_owned());
    };
    let page = format!("{}{}", &html[..preload.start], &html[preload.end..]);
    Ok(page.replace(INIT, &format!("await window.firstPaint;\n{INIT}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_waits_for_the_frame() {
        let page = "<script type=module>import init from 'a.js';\nconst wasm = await init({});\
                    </script><link rel=preload type=application/wasm href=a.wasm><body>";
        assert_eq!(
            frame_first(page).as_deref(),
            Ok("<script type=module>import init from 'a.js';\nawait window.firstPaint;\n\
                const wasm = await init({});</script><body>")
        );
    }

    #[test]
    fn a_page_that_is_written_otherwise_is_refused() {
        for page in ["<p>", "<script>const wasm = await init({})</script>"] {
            assert!(frame_first(page).is_err(), "{page}");
        }
    }
}
