//! `cargo xtask size`: what a first visit loads until the cluster moves, and what comes after that.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::build;
use crate::html;
use crate::process::{Result, output, read, root};
use crate::tools::{Need, Toolbox};

/// HTML, CSS, JavaScript and WebAssembly, with Brotli.
const CODE_BYTES_MAX: u64 = 350_000;
/// Fonts, as they are: WOFF2 is compressed already.
const FONT_BYTES_MAX: u64 = 60_000;

/// The code editor, with Brotli. It comes after the first visit.
const EDITOR_BYTES_MAX: u64 = 150_000;

/// Node has both compressors, compiled for speed; in a debug build of ours they take ten times
/// as long.
const MEASURE: &str = "\
const { gzipSync, brotliCompressSync } = require('zlib');
for (const path of process.argv.slice(1)) {
    const bytes = require('fs').readFileSync(path);
    const packed = [gzipSync(bytes, { level: 9 }), brotliCompressSync(bytes)];
    console.log(bytes.length, packed[0].length, packed[1].length);
}";

struct Sized {
    name: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

pub(crate) fn run(arguments: &[String]) -> Result {
    build::run_if_stale()?;
    let dist = root().join("dist");
    let files = first_visit(&dist)?;
    let sizes = measure(&dist, &files)?;
    let later = measure(&dist, &loaded_later(&dist, &files)?)?;
    println!("\n{:>10} {:>10} {:>10}", "raw", "gzip", "brotli");
    let print = |raw: u64, gzip: u64, brotli: u64, name: &str| {
        println!("{raw:>10} {gzip:>10} {brotli:>10}  {name}");
    };
    for it in &sizes {
        print(it.raw, it.gzip, it.brotli, &it.name);
    }
    let code = || sizes.iter().filter(|it| is_code(&it.name));
    let code_brotli = code().map(|it| it.brotli).sum();
    let fonts = sizes.iter().filter(|it| is_font(&it.name)).map(|it| it.raw).sum();
    println!();
    print(code().map(|it| it.raw).sum(), code().map(|it| it.gzip).sum(), code_brotli, "code");
    print(fonts, fonts, fonts, "fonts");
    let editor = measure(&dist, &code_editor(&dist)?)?;
    println!("\nlater, while the visitor looks:");
    for it in later.iter().chain(&editor) {
        print(it.raw, it.gzip, it.brotli, &it.name);
    }
    if !arguments.iter().any(|it| it == "--check") {
        return Ok(());
    }
    within("code, with Brotli", code_brotli, CODE_BYTES_MAX)?;
    within("fonts", fonts, FONT_BYTES_MAX)?;
    let editor_brotli = editor.iter().map(|it| it.brotli).sum();
    within("code editor, with Brotli", editor_brotli, EDITOR_BYTES_MAX)
}

fn within(what: &str, bytes: u64, bytes_max: u64) -> Result {
    if bytes > bytes_max {
        return Err(format!(
            "{bytes} bytes of {what} are loaded: the limit is {bytes_max} (`cargo xtask profile` \
             finds out again which code a first visit can do without)"
        ));
    }
    println!("{what}: {bytes} of {bytes_max} bytes");
    Ok(())
}

fn measure(dist: &Path, files: &BTreeSet<String>) -> Result<Vec<Sized>> {
    let mut node = Toolbox::with(&[Need::Node])?.command("node")?;
    node.args(["-e", MEASURE, "--"]).args(files).current_dir(dist);
    let printed = output(&mut node).ok_or("node could not compress the files of dist/")?;
    let numbers = |line: &str| -> Option<[u64; 3]> {
        let parsed: Vec<u64> = line.split(' ').filter_map(|it| it.parse().ok()).collect();
        parsed.try_into().ok()
    };
    let sized = |(name, line): (&String, &str)| {
        let [raw, gzip, brotli] = numbers(line)?;
        Some(Sized { name: name.clone(), raw, gzip, brotli })
    };
    let sizes: Option<Vec<Sized>> = files.iter().zip(printed.lines()).map(sized).collect();
    sizes.filter(|it| it.len() == files.len()).ok_or_else(|| format!("not sizes: {printed}"))
}

/// The page, all it links, and what those load at once: modules by static imports, and whatever
/// the style sheets name.
fn first_visit(dist: &Path) -> Result<BTreeSet<String>> {
    let mut files = BTreeSet::from(["index.html".to_owned()]);
    let mut open = vec!["index.html".to_owned()];
    while let Some(name) = open.pop() {
        let text = || read(&dist.join(&name));
        let links = match extension(&name) {
            "html" => linked_by_page(&text()?),
            "css" => linked_by_style(&text()?),
            "js" => imported_by_script(&text()?),
            _ => Vec::new(),
        };
        for link in links.iter().filter_map(|link| resolve(&name, link)) {
            if dist.join(&link).is_file() && files.insert(link.clone()) {
                open.push(link);
            }
        }
    }
    Ok(files)
}

/// The part of the module that is not needed until the cluster moves, and its styles.
fn loaded_later(dist: &Path, first: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let entries =
        std::fs::read_dir(dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    let names = entries.flatten().map(|it| it.file_name().to_string_lossy().into_owned());
    let comes_later = |it: &String| it.starts_with("later-") && !first.contains(it);
    Ok(names.filter(comes_later).collect())
}

/// The bundle of the code editor, by the name that the build gave it.
fn code_editor(dist: &Path) -> Result<BTreeSet<String>> {
    let html = read(&dist.join("index.html"))?;
    let tags = html::tags(&html);
    let name = tags.iter().find(|it| it.attribute("name") == Some("manifest-editor"));
    let name = name.and_then(|it| resolve("index.html", it.attribute("content")?));
    let name = name.ok_or("index.html does not name the code editor")?;
    Ok(BTreeSet::from([name]))
}

fn linked_by_page(html: &str) -> Vec<String> {
    let mut links = Vec::new();
    for tag in html::tags(html) {
        let name = if tag.name == "link" { "href" } else { "src" };
        links.extend(tag.attribute(name).map(str::to_owned));
        links.extend(quoted(tag.content).filter(|it| it.starts_with('.')).map(str::to_owned));
    }
    links
}

fn linked_by_style(css: &str) -> Vec<String> {
    let urls = css.split("url(").skip(1).filter_map(|it| it.split(')').next());
    let urls = urls.map(|it| it.trim().trim_matches(['"', '\'']));
    urls.filter(|it| !it.starts_with("data:") && !it.starts_with('#')).map(str::to_owned).collect()
}

/// `import … from './x.js'` and `export … from`; a dynamic `import()` comes later, when needed.
fn imported_by_script(script: &str) -> Vec<String> {
    let is_import = |line: &&str| line.starts_with("import ") || line.starts_with("export ");
    let names = script.lines().map(str::trim_start).filter(is_import).flat_map(quoted);
    names.filter(|it| it.starts_with('.')).map(str::to_owned).collect()
}

fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let double = text.split('"').skip(1).step_by(2);
    double.chain(text.split('\'').skip(1).step_by(2))
}

/// The path inside `dist/` of a link in a file of it; nothing for other hosts.
fn resolve(from: &str, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("data:") || link.starts_with('#') {
        return None;
    }
    let link = link.split(['?', '#']).next()?;
    let mut path = PathBuf::from(from).parent()?.to_path_buf();
    for part in link.trim_start_matches('/').split('/') {
        match part {
            "." | "" => {}
            ".." => drop(path.pop()),
            part => path.push(part),
        }
    }
    Some(path.to_string_lossy().into_owned())
}

fn is_code(name: &str) -> bool {
    matches!(extension(name), "html" | "css" | "js" | "wasm")
}

fn is_font(name: &str) -> bool {
    matches!(extension(name), "woff2" | "woff" | "ttf" | "otf")
}

fn extension(name: &str) -> &str {
    Path::new(name).extension().and_then(|it| it.to_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_resolved_inside_the_site() {
        let cases = [
            ("index.html", "./app.js", Some("app.js")),
            ("styles/app.css", "../fonts/a.woff2", Some("fonts/a.woff2")),
            ("styles/app.css", "b.woff2?v=1", Some("styles/b.woff2")),
            ("index.html", "https://example.org/x.js", None),
            ("index.html", "data:image/png;base64,x", None),
        ];
        for (from, link, expected) in cases {
            assert_eq!(resolve(from, link).as_deref(), expected, "{link} in {from}");
        }
    }

    #[test]
    fn what_a_file_loads_is_found() {
        let page = "<link rel=stylesheet href=./a.css><script>import x from './b.js'</script>";
        assert_eq!(linked_by_page(page), ["./a.css", "./b.js"]);
        let style = "@font-face { src: url('f.woff2') } a { mask: url(data:x) }";
        assert_eq!(linked_by_style(style), ["f.woff2"]);
        let script = "import { y } from \"./c.js\";\nconst z = await import('./later.js');";
        assert_eq!(imported_by_script(script), ["./c.js"]);
    }
}
