//! Somebody at a terminal: history by arrow keys and Ctrl-R, completion by Tab as on the page, and
//! Ctrl-C, which forgets the line or ends the command that waits.

use std::cell::RefCell;
use std::fs;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use daemonset_core::playground::Reader;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};
use signal_hook::consts::SIGINT;
use signal_hook::flag;

use super::Session;

/// What the line editor asks when somebody presses Tab.
struct Console(Rc<RefCell<Session>>);

impl Completer for Console {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        caret: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        Ok(candidates(&self.0.borrow(), line.get(..caret).unwrap_or(line)))
    }
}

impl Hinter for Console {
    type Hint = String;
}

impl Highlighter for Console {}
impl Validator for Console {}
impl Helper for Console {}

/// What the last word could be, and where it begins; the only one comes with its blank.
fn candidates(session: &Session, before: &str) -> (usize, Vec<Pair>) {
    let mut shell = session.shell.clone();
    for entry in fs::read_dir(".").into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if [".yaml", ".yml", ".json", ".txt"].iter().any(|it| name.ends_with(it)) {
            shell.files.entry(name).or_default();
        }
    }
    let completion = session.playground.complete(&shell, before);
    let only = completion.only();
    let pair = |display: &String| {
        let replacement = only.clone().unwrap_or_else(|| display.clone());
        Pair { display: display.clone(), replacement }
    };
    (completion.start, completion.words.iter().map(pair).collect())
}

/// Reads and carries out lines until somebody leaves.
pub(super) fn interact(session: &Rc<RefCell<Session>>) -> rustyline::Result<()> {
    let config = Config::builder().completion_type(CompletionType::List).build();
    let mut editor = Editor::<Console, DefaultHistory>::with_config(config)?;
    editor.set_helper(Some(Console(session.clone())));
    let is_interrupted = Arc::new(AtomicBool::new(false));
    // Without it Ctrl-C would end the program, not what waits in it.
    flag::register(SIGINT, is_interrupted.clone())?;
    while !session.borrow().is_over {
        let is_open = session.borrow().reader.is_open();
        match editor.readline(if is_open { "> " } else { "$ " }) {
            Ok(line) => {
                if !is_open && !line.trim().is_empty() {
                    editor.add_history_entry(&line)?;
                }
                is_interrupted.store(false, Ordering::Relaxed);
                let goes_on = || !is_interrupted.swap(false, Ordering::Relaxed);
                session.borrow_mut().line(&line, &goes_on);
            }
            Err(ReadlineError::Interrupted) => session.borrow_mut().reader = Reader::default(),
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use daemonset_core::playground::Playground;

    use super::*;

    fn at(before: &str) -> (usize, Vec<(String, String)>) {
        let (start, pairs) = candidates(&Session::new(Playground::open(1)), before);
        (start, pairs.into_iter().map(|it| (it.display, it.replacement)).collect())
    }

    #[test]
    fn the_only_word_comes_with_its_blank() {
        let nodes = ("worker-1".to_owned(), "worker-1 ".to_owned());
        assert_eq!(at("kubectl cordon worker-1"), (15, vec![nodes]));
        let (start, words) = at("kubectl drain gpu-");
        assert_eq!(start, 14);
        let shown: Vec<&str> = words.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(shown, ["gpu-1", "gpu-2"]);
        assert!(words.iter().all(|it| it.0 == it.1));
    }

    #[test]
    fn files_of_the_folder_are_completed() {
        // Tests run where the manifest of the package lies.
        let (start, words) = at("kubectl apply -f package-");
        assert_eq!(start, 17);
        let lock = "package-lock.json".to_owned();
        assert_eq!(words, [(lock.clone(), format!("{lock} "))]);
    }
}
