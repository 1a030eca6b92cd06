//! What a command prints, and how it fails.

use crate::sim::ApiError;

/// What a command leaves behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The exit status.
    pub code: u8,
    /// How long both were whenever something went to standard error: errors, then output.
    pub(crate) marks: Marks,
}

/// How far the streams were; it makes no difference to what was printed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks(Vec<(usize, usize)>);

impl PartialEq for Marks {
    fn eq(&self, _: &Marks) -> bool {
        true
    }
}

impl Eq for Marks {}

impl Output {
    pub(super) fn line(&mut self, text: &str) {
        self.stdout.push_str(text);
        self.stdout.push('\n');
    }

    pub(crate) fn warn(&mut self, text: &str) {
        self.warn_all(text);
        self.stderr.push('\n');
    }

    /// Prints a text to standard error as it is.
    pub(crate) fn warn_all(&mut self, text: &str) {
        if !text.is_empty() {
            self.marks.0.push((self.stderr.len(), self.stdout.len()));
            self.stderr.push_str(text);
        }
    }

    /// Goes on with what another command printed, and ends as that one did.
    pub(crate) fn append(&mut self, other: Output) {
        for (is_error, text) in other.in_order() {
            match is_error {
                true => self.warn_all(text),
                false => self.stdout.push_str(text),
            }
        }
        self.code = other.code;
    }

    /// What was printed so far; the rest comes behind it.
    pub fn take_printed(&mut self) -> Output {
        let rest = Output { code: self.code, ..Output::default() };
        std::mem::replace(self, rest)
    }

    /// Both streams as a screen shows them: what came first stands first. Each piece with whether
    /// it is an error.
    pub fn in_order(&self) -> Vec<(bool, &str)> {
        let (mut pieces, mut errors, mut said) = (Vec::new(), 0, 0);
        let end = (self.stderr.len(), self.stdout.len());
        for (error, out) in self.marks.0.iter().copied().chain([end, end]) {
            pieces.extend(self.stderr.get(errors..error).map(|it| (true, it)));
            pieces.extend(self.stdout.get(said..out).map(|it| (false, it)));
            (errors, said) = (errors.max(error), said.max(out));
        }
        pieces.retain(|it| !it.1.is_empty());
        pieces
    }

    /// Prints the faults as `cmdutil.CheckErr` does: a single one that kubectl found itself begins
    /// with `error: `, several stand in a line each.
    pub(super) fn fail(&mut self, failure: &Failure) {
        self.code = 1;
        match failure.0.as_slice() {
            [Fault::Plain(text)] if !text.starts_with("error: ") => {
                self.warn(&format!("error: {text}"));
            }
            faults => {
                for fault in faults {
                    match fault {
                        Fault::Plain(text) | Fault::Whole(text) => self.warn(text),
                        Fault::Silent => {}
                    }
                }
            }
        }
    }
}

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// kubectl found it: printed behind `error: ` if it is the only one.
    Plain(String),
    /// Printed as it is.
    Whole(String),
    /// Not printed.
    Silent,
}

/// Why a command failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Failure(pub(super) Vec<Fault>);

impl Failure {
    /// A single fault that is printed behind `error: `.
    pub(super) fn new(text: impl Into<String>) -> Failure {
        Failure(vec![Fault::Plain(text.into())])
    }

    /// A single fault that is printed as it is.
    pub(super) fn whole(text: impl Into<String>) -> Failure {
        Failure(vec![Fault::Whole(text.into())])
    }

    /// Only the exit status tells of it.
    pub(super) fn silent() -> Failure {
        Failure(vec![Fault::Silent])
    }

    /// With the line that points to the help.
    pub(super) fn usage(text: &str, command: &str) -> Failure {
        Failure::whole(format!("error: {text}\nSee 'kubectl {command} -h' for help and examples"))
    }

    /// Nothing if there is no fault.
    pub(super) fn or_ok(self) -> Result<(), Failure> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        Failure(vec![fault])
    }
}

impl From<ApiError> for Fault {
    fn from(error: ApiError) -> Fault {
        match error {
            ApiError::Client(text) => Fault::Plain(text),
            error => Fault::Whole(error.to_string()),
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Failure {
        Fault::from(error).into()
    }
}

/// JSON as Go writes it.
pub(super) fn escape_html(json: String) -> String {
    match json.contains(['&', '<', '>']) {
        true => json.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e"),
        false => json,
    }
}
