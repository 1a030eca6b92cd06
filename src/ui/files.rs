//! The files in the editor. One is shown; the others keep their text.

use daemonset_core::api::Name;
use daemonset_core::playground::file_name::{OPENING, cleaned, unique};
use daemonset_core::playground::{Playground, SavedFile};
use leptos::prelude::*;

/// More files than this are not opened.
const FILE_COUNT_MAX: usize = 50;

/// One file.
#[derive(Clone)]
pub struct File {
    /// Identity, also after it got another name.
    pub id: u32,
    /// What `kubectl apply -f` would be given.
    pub name: ArcRwSignal<String>,
    /// Its text.
    pub text: ArcRwSignal<String>,
    /// Its text when it was applied, or opened, last.
    pub applied: ArcRwSignal<String>,
    /// What `kubectl edit` has opened here: the name of a node, or type, namespace and name of
    /// another object.
    pub node: Option<Name>,
}

impl PartialEq for File {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl File {
    fn new(id: u32, name: String, text: String, applied: String) -> Self {
        let [name, text, applied] = [name, text, applied].map(ArcRwSignal::new);
        Self { id, name, text, applied, node: None }
    }

    /// Whether the text is not the one that was applied.
    pub fn is_edited(&self) -> bool {
        *self.text.read() != *self.applied.read()
    }

    /// The command line that Apply equals.
    pub fn apply_line(&self) -> String {
        match &self.node {
            Some(object) => Playground::edit_command(object),
            None => format!("kubectl apply -f {}", self.name.get()),
        }
    }

    /// The file as it is saved.
    pub fn saved(&self) -> SavedFile {
        let (id, node) = (self.id, self.node.clone());
        let [name, text, applied] = [&self.name, &self.text, &self.applied].map(Get::get);
        SavedFile { id, name, text, applied, node }
    }

    /// Whether this is the file with which the page opens.
    pub fn is_first(&self) -> bool {
        self.id == 0
    }
}

/// All files.
#[derive(Clone, Copy)]
pub struct Files {
    /// In the order of their tabs; never empty.
    pub list: RwSignal<Vec<File>>,
    active: RwSignal<u32>,
    /// The file that was closed last, and where it stood.
    pub closed: RwSignal<Option<(usize, File)>>,
    /// The file that is shown.
    pub current: Memo<File>,
    /// Counts the files that were opened to be edited.
    pub opened: RwSignal<u32>,
    next_id: StoredValue<u32>,
}

impl Files {
    /// The opening manifest, which is applied already.
    pub fn open() -> Self {
        let text = Playground::opening_manifest();
        let first = File::new(0, OPENING.to_owned(), text.to_owned(), text.to_owned());
        let (list, active) = (RwSignal::new(vec![first.clone()]), RwSignal::new(0));
        let current = Memo::new(move |_| {
            let (list, active) = (list.read(), active.get());
            list.iter().find(|it| it.id == active).or(list.first()).unwrap_or(&first).clone()
        });
        let (closed, opened) = (RwSignal::new(None), RwSignal::new(0));
        Self { list, active, closed, current, opened, next_id: StoredValue::new(1) }
    }

    /// Shows a file.
    pub fn select(self, id: u32) {
        if self.active.get_untracked() != id {
            self.active.set(id);
        }
    }

    /// Opens a file behind the others and shows it; under another name if there is one of this
    /// name. With no room left, or with this very file open, that one is shown.
    pub fn add(self, name: &str, text: String, applied: String, node: Option<Name>) -> File {
        let name = cleaned(name).unwrap_or_else(|| OPENING.to_owned());
        let same = |it: &&File| {
            *it.name.read_untracked() == name
                && it.node == node
                && (node.is_some() || *it.text.read_untracked() == text)
        };
        let list = self.list.get_untracked();
        let known = list.iter().find(same).or(list.get(FILE_COUNT_MAX)).cloned();
        let file = known.unwrap_or_else(|| {
            let id = self.next_id.get_value();
            self.next_id.set_value(id + 1);
            let file = File { node, ..File::new(id, self.unique(&name, id), text, applied) };
            self.list.update(|list| list.push(file.clone()));
            file
        });
        self.select(file.id);
        self.opened.update(|count| *count += 1);
        file
    }

    /// Puts a text under a name, without showing it.
    pub fn write(self, name: &str, text: &str) {
        let Some(name) = cleaned(name) else { return };
        let list = self.list.get_untracked();
        if let Some(file) = list.iter().find(|it| *it.name.read_untracked() == name) {
            return file.text.set(text.to_owned());
        }
        if list.len() < FILE_COUNT_MAX {
            let id = self.next_id.get_value();
            self.next_id.set_value(id + 1);
            let file = File::new(id, name, text.to_owned(), String::new());
            self.list.update(|list| list.push(file));
        }
    }

    /// Closes the file of that name.
    pub fn remove(self, name: &str) {
        let list = self.list.get_untracked();
        let file = list.iter().find(|it| it.node.is_none() && *it.name.read_untracked() == name);
        if let Some(file) = file {
            self.close(file.id);
        }
    }

    /// Gives a file another name; one that is no name is not taken.
    pub fn rename(self, file: &File, typed: &str) {
        if let Some(name) = cleaned(typed) {
            file.name.set(self.unique(&name, file.id));
        }
    }

    /// The file that a script means: the one that is shown, unless that is a node.
    pub fn manifest(self) -> File {
        let current = self.current.get_untracked();
        let list = self.list.get_untracked();
        let file = list.into_iter().find(|it| it.node.is_none());
        match file.filter(|_| current.node.is_some()) {
            Some(file) => {
                self.select(file.id);
                file
            }
            None if current.node.is_some() => self.add(OPENING, String::new(), String::new(), None),
            None => current,
        }
    }

    /// Puts the files there that were saved, if there are any.
    pub fn restore(self, saved: Vec<SavedFile>, active: Option<u32>) {
        let open = |it: SavedFile| {
            let file = File::new(it.id, it.name, it.text, it.applied);
            File { node: it.node, ..file }
        };
        let list: Vec<File> = saved.into_iter().map(open).collect();
        let Some(last) = list.iter().map(|it| it.id).max() else { return };
        self.next_id.set_value(last.saturating_add(1));
        self.list.set(list);
        self.active.set(active.unwrap_or(0));
    }

    /// What was applied last of each file.
    pub fn applied(self) -> Vec<(u32, String)> {
        let list = self.list.read_untracked();
        list.iter().map(|it| (it.id, it.applied.get_untracked())).collect()
    }

    /// The cluster is another one: it knows what was applied there, else the opening manifest.
    pub fn set_applied(self, applied: &[(u32, String)]) {
        for file in self.list.get_untracked().iter().filter(|it| it.node.is_none()) {
            let opening = if file.is_first() { Playground::opening_manifest() } else { "" };
            let known = applied.iter().find(|it| it.0 == file.id);
            file.applied.set(known.map_or(opening, |it| &it.1).to_owned());
        }
    }

    /// Closes a file, unless it is the only one.
    pub fn close(self, id: u32) {
        let list = self.list.get_untracked();
        let Some(at) = list.iter().position(|it| it.id == id).filter(|_| list.len() > 1) else {
            return;
        };
        if self.current.get_untracked().id == id {
            self.select(list[if at > 0 { at - 1 } else { 1 }].id);
        }
        self.closed.set(Some((at, list[at].clone())));
        self.list.update(|list| drop(list.remove(at)));
    }

    /// Brings the file back that was closed last.
    pub fn reopen(self) {
        let Some((at, file)) = self.closed.get_untracked() else { return };
        self.closed.set(None);
        self.rename(&file, &file.name.get_untracked());
        self.list.update(|list| list.insert(at.min(list.len()), file.clone()));
        self.select(file.id);
    }

    /// A name that no other file has.
    fn unique(self, name: &str, id: u32) -> String {
        let list = self.list.read_untracked();
        unique(name, |name| list.iter().any(|it| it.id != id && *it.name.read_untracked() == name))
    }
}
