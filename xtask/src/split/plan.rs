//! Which function goes where, and what the two parts need of each other.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::module::Module;
use crate::process::Result;

/// A function of so few bytes is not worth a door.
const SMALL_BYTES_MAX: usize = 14;

/// The division of a module in two.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The functions of the second part.
    pub(super) later: BTreeSet<u32>,
    /// Functions of the second part that the first one can reach, with their places in the table.
    pub(super) doors: BTreeMap<u32, u32>,
    /// Functions with a body in the first part that the second one calls.
    pub(super) wanted: BTreeSet<u32>,
    /// Where the table ends now, and so where `wanted` begins in it.
    pub(super) table_end: u32,
    /// Imported functions by the part that needs them.
    pub(super) imports_first: BTreeSet<u32>,
    pub(super) imports_later: BTreeSet<u32>,
    /// Data that comes with the second part, by its addresses.
    pub(super) data: Vec<Range<u32>>,
}

impl Plan {
    /// Divides by the names of functions; one without a name stays in the first part.
    pub(super) fn make(module: &Module, is_later: impl Fn(&str) -> bool) -> Result<Plan> {
        let mut callees = BTreeMap::new();
        for function in module.defined() {
            callees.insert(function, module.callees(function)?);
        }
        let entries = module.table_entries()?;
        let mut known: BTreeSet<u32> = entries.iter().map(|(_, function)| *function).collect();
        let function_exports =
            module.exports.iter().filter(|it| it.kind == wasmparser::ExternalKind::Func);
        known.extend(function_exports.map(|it| it.index));

        let mut plan = Plan::default();
        plan.later.extend(module.defined().filter(|it| is_later(module.name(*it))));
        loop {
            let reached = plan.reached(&callees, &known);
            let is_small = |it: &u32| {
                let ends_here = callees[it].iter().all(|callee| !plan.later.contains(callee));
                ends_here && module.body(*it).as_bytes().len() <= SMALL_BYTES_MAX
            };
            let small: Vec<u32> = reached.into_iter().filter(is_small).collect();
            if small.is_empty() {
                break;
            }
            for function in small {
                plan.later.remove(&function);
            }
        }
        plan.number(module, &callees, &known, &entries)?;
        Ok(plan)
    }

    /// The functions of the second part that can be called from outside of it.
    fn reached(&self, callees: &BTreeMap<u32, Vec<u32>>, known: &BTreeSet<u32>) -> BTreeSet<u32> {
        let first = callees.iter().filter(|(function, _)| !self.later.contains(function));
        let called = first.flat_map(|(_, callees)| callees);
        called.chain(known).copied().filter(|it| self.later.contains(it)).collect()
    }

    fn number(
        &mut self,
        module: &Module,
        callees: &BTreeMap<u32, Vec<u32>>,
        known: &BTreeSet<u32>,
        entries: &[(u32, u32)],
    ) -> Result {
        let table = module.function_table()?;
        self.table_end = module.tables[table as usize].minimum as u32;
        for function in self.reached(callees, known) {
            let place = entries.iter().find(|(_, it)| *it == function).map(|(place, _)| *place);
            let place = place.unwrap_or_else(|| {
                self.table_end += 1;
                self.table_end - 1
            });
            self.doors.insert(function, place);
        }
        let is_imported = |it: &&u32| **it < module.imported_count;
        self.imports_first.extend(known.iter().filter(is_imported));
        for (function, callees) in callees {
            let (imported, defined): (Vec<u32>, Vec<u32>) =
                callees.iter().partition(|it| is_imported(it));
            if self.later.contains(function) {
                self.imports_later.extend(imported);
                self.wanted.extend(defined.iter().filter(|it| !self.later.contains(it)));
            } else {
                self.imports_first.extend(imported);
            }
        }
        Ok(())
    }
}
