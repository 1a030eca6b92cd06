//! Writes the two parts of a module.
//!
//! A function of the second part that the first one can reach has a *door* in the first: a function
//! of the same type which has the second part loaded if it is not there yet, then calls it through
//! the table. What the second part calls in the first it is handed from the end of the same table.

use std::collections::BTreeMap;
use std::ops::Range;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements,
    EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType,
    ImportSection, MemorySection, StartSection, TableSection, TableType, TypeSection, ValType,
};

use super::data::Memory;
use super::module::{Module, Signature};
use super::plan::Plan;
use crate::process::Result;

type Encoded<T = Vec<u8>> = std::result::Result<T, Error<String>>;

/// What the parts call each other by: `www/later.js` reads the same letters.
const FIRST: &str = "first";
const TABLE: &str = "table";
const LOADED: &str = "loaded";
const LOADED_TYPE: GlobalType = GlobalType { val_type: ValType::I32, mutable: true, shared: false };

/// The parts of a module, and where in the table the second finds functions of the first.
pub(super) struct Parts {
    pub(super) first: Vec<u8>,
    pub(super) later: Vec<u8>,
    pub(super) wanted_start: u32,
}

/// Gives functions the numbers that they have in a part.
struct Renumbered(BTreeMap<u32, u32>);

impl Reencode for Renumbered {
    type Error = String;

    fn function_index(&mut self, function: u32) -> Encoded<u32> {
        let number = self.0.get(&function).copied();
        number.ok_or_else(|| Error::UserError(format!("function {function} is in no part")))
    }
}

/// Writes both parts.
pub(super) fn parts(module: &Module, plan: &Plan) -> Result<Parts> {
    let as_text = |error: Error<String>| error.to_string();
    Ok(Parts {
        first: first(module, plan).map_err(as_text)?,
        later: later(module, plan).map_err(as_text)?,
        wanted_start: plan.table_end,
    })
}

fn first(module: &Module, plan: &Plan) -> Encoded {
    let mut numbers = Renumbered(BTreeMap::new());
    let mut imports = ImportSection::new();
    import_functions(module, plan.imports_first.iter(), &mut imports, &mut numbers);
    let (load, ensure) = (numbers.0.len() as u32, numbers.0.len() as u32 + 1);
    let (types, nothing) = types_with_nothing(module);
    imports.import(FIRST, "load", EntityType::Function(nothing));

    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    let loaded = module.globals.len() as u32;
    functions.function(nothing);
    let mut body = Function::new([]);
    body.instructions().global_get(loaded).i32_eqz().if_(BlockType::Empty);
    body.instructions().call(load).end().end();
    code.function(&body);
    let kept: Vec<u32> = module.defined().filter(|it| !plan.later.contains(it)).collect();
    let mut doors: Vec<u32> = plan.doors.keys().copied().collect();
    // Doors of one type are alike, which compresses.
    doors.sort_by_key(|it| (module.functions[*it as usize], plan.doors[it]));
    for (number, function) in (ensure + 1..).zip(kept.iter().chain(&doors)) {
        numbers.0.insert(*function, number);
        functions.function(module.functions[*function as usize]);
    }
    for function in kept {
        numbers.parse_function_body(&mut code, module.body(function).clone())?;
    }
    let table = module.function_table().map_err(Error::UserError)?;
    for function in doors {
        let ty = module.functions[function as usize];
        let takes = module.types[ty as usize].takes.len() as u32;
        let place = plan.doors[&function] as i32;
        let mut door = Function::new([]);
        door.instructions().call(ensure);
        for index in 0..takes {
            door.instructions().local_get(index);
        }
        door.instructions().i32_const(place).call_indirect(table, ty).end();
        code.function(&door);
    }

    let (mut tables, mut memories) = (TableSection::new(), MemorySection::new());
    tables_of(module, plan, table).into_iter().for_each(|it| _ = tables.table(it));
    module.memories.iter().for_each(|it| _ = memories.memory(*it));
    let mut globals = GlobalSection::new();
    for global in &module.globals {
        numbers.parse_global(&mut globals, global.clone())?;
    }
    globals.global(LOADED_TYPE, &ConstExpr::i32_const(0));
    let mut elements = ElementSection::new();
    for element in &module.elements {
        numbers.parse_element(&mut elements, element.clone())?;
    }
    let wanted: Vec<u32> = plan.wanted.iter().map(|it| numbers.0[it]).collect();
    let start = ConstExpr::i32_const(plan.table_end as i32);
    elements.active(Some(table), &start, Elements::Functions(wanted.into()));
    let memory = Memory::of(module).map_err(Error::UserError)?;
    let segments = memory.without(&plan.data);
    let data = data_of(segments.iter().copied());

    let exports = exports_of(module, table, &mut numbers)?;
    let mut bytes = wasm_encoder::Module::new();
    bytes.section(&types).section(&imports).section(&functions).section(&tables);
    bytes.section(&memories).section(&globals).section(&exports).section(&elements);
    if module.data_count.is_some() {
        bytes.section(&DataCountSection { count: segments.len() as u32 });
    }
    Ok(bytes.section(&code).section(&data).as_slice().to_vec())
}

fn later(module: &Module, plan: &Plan) -> Encoded {
    let mut numbers = Renumbered(BTreeMap::new());
    let mut imports = ImportSection::new();
    import_functions(module, plan.imports_later.iter(), &mut imports, &mut numbers);
    for (index, function) in plan.wanted.iter().enumerate() {
        let ty = module.functions[*function as usize];
        imports.import(TABLE, &index.to_string(), EntityType::Function(ty));
        numbers.0.insert(*function, numbers.0.len() as u32);
    }
    let table = module.function_table().map_err(Error::UserError)?;
    for (index, ty) in (0..).zip(tables_of(module, plan, table)) {
        imports.import(FIRST, &table_name(index, table), EntityType::Table(ty));
    }
    for (index, ty) in module.memories.iter().enumerate() {
        imports.import(FIRST, &format!("memory{index}"), EntityType::Memory(*ty));
    }
    for index in 0..module.globals.len() as u32 {
        let ty = module.global_type(index).map_err(Error::UserError)?;
        imports.import(FIRST, &format!("global{index}"), EntityType::Global(ty));
    }
    imports.import(FIRST, LOADED, EntityType::Global(LOADED_TYPE));

    let (types, nothing) = types_with_nothing(module);
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for function in &plan.later {
        numbers.0.insert(*function, numbers.0.len() as u32);
        functions.function(module.functions[*function as usize]);
    }
    for function in &plan.later {
        numbers.parse_function_body(&mut code, module.body(*function).clone())?;
    }
    let function_index = numbers.0.len() as u32;
    functions.function(nothing);
    let mut body = Function::new([]);
    body.instructions().i32_const(1).global_set(module.globals.len() as u32).end();
    code.function(&body);

    let mut places: BTreeMap<u32, u32> = BTreeMap::new();
    places.extend(plan.doors.iter().map(|(function, place)| (*place, numbers.0[function])));
    let entries = module.table_entries().map_err(Error::UserError)?;
    let later = entries.iter().filter(|(_, function)| plan.later.contains(function));
    places.extend(later.map(|(place, function)| (*place, numbers.0[function])));
    let mut elements = ElementSection::new();
    for (start, run) in runs(&places) {
        let start = ConstExpr::i32_const(start as i32);
        elements.active(Some(table), &start, Elements::Functions(run.into()));
    }

    let mut bytes = wasm_encoder::Module::new();
    bytes.section(&types).section(&imports).section(&functions);
    bytes.section(&StartSection { function_index }).section(&elements).section(&code);
    let memory = Memory::of(module).map_err(Error::UserError)?;
    let with_bytes = |it: &Range<u32>| Some((it.start, memory.bytes(it)?));
    bytes.section(&data_of(plan.data.iter().filter_map(with_bytes)));
    Ok(bytes.as_slice().to_vec())
}

/// Segments of the one memory.
fn data_of<'d>(segments: impl Iterator<Item = (u32, &'d [u8])>) -> DataSection {
    let mut data = DataSection::new();
    for (start, bytes) in segments {
        data.active(0, &ConstExpr::i32_const(start as i32), bytes.iter().copied());
    }
    data
}

/// The types, and the number of the one that takes and returns nothing.
fn types_with_nothing(module: &Module) -> (TypeSection, u32) {
    let nothing = Signature { takes: Vec::new(), returns: Vec::new() };
    let place = module.types.iter().position(|it| *it == nothing);
    let mut types = TypeSection::new();
    for ty in module.types.iter().chain(place.is_none().then_some(&nothing)) {
        types.ty().function(ty.takes.iter().copied(), ty.returns.iter().copied());
    }
    (types, place.unwrap_or(module.types.len()) as u32)
}

fn import_functions<'n>(
    module: &Module,
    chosen: impl Iterator<Item = &'n u32>,
    imports: &mut ImportSection,
    numbers: &mut Renumbered,
) {
    for function in chosen {
        let import = module.imported_function(*function);
        let ty = module.functions[*function as usize];
        imports.import(import.module, import.name, EntityType::Function(ty));
        numbers.0.insert(*function, numbers.0.len() as u32);
    }
}

/// The tables; the one of functions has room for the doors and for what the second part wants.
fn tables_of(module: &Module, plan: &Plan, table: u32) -> Vec<TableType> {
    let mut tables = module.tables.clone();
    let ty = &mut tables[table as usize];
    let more = u64::from(plan.table_end) + plan.wanted.len() as u64 - ty.minimum;
    ty.minimum += more;
    ty.maximum = ty.maximum.map(|it| it + more);
    tables
}

/// Table 0 and so on by their numbers, but that of functions by its name.
fn table_name(index: u32, table: u32) -> String {
    if index == table { TABLE.to_owned() } else { format!("table{index}") }
}

/// What the module exported, and what the second part shares with the first.
fn exports_of(module: &Module, table: u32, numbers: &mut Renumbered) -> Encoded<ExportSection> {
    let mut exports = ExportSection::new();
    for export in &module.exports {
        numbers.parse_export(&mut exports, *export)?;
    }
    for index in 0..module.tables.len() as u32 {
        exports.export(&table_name(index, table), ExportKind::Table, index);
    }
    for index in 0..module.memories.len() as u32 {
        exports.export(&format!("memory{index}"), ExportKind::Memory, index);
    }
    for index in 0..module.globals.len() as u32 {
        exports.export(&format!("global{index}"), ExportKind::Global, index);
    }
    exports.export(LOADED, ExportKind::Global, module.globals.len() as u32);
    Ok(exports)
}

/// Places that follow each other, as (first place, functions).
fn runs(places: &BTreeMap<u32, u32>) -> Vec<(u32, Vec<u32>)> {
    let mut runs: Vec<(u32, Vec<u32>)> = Vec::new();
    for (place, function) in places {
        match runs.last_mut() {
            Some((start, run)) if *start + run.len() as u32 == *place => run.push(*function),
            _ => runs.push((*place, vec![*function])),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_follow_each_other_are_one_run() {
        let places = BTreeMap::from([(1, 10), (2, 11), (4, 12)]);
        assert_eq!(runs(&places), [(1, vec![10, 11]), (4, vec![12])]);
        assert_eq!(runs(&BTreeMap::new()), []);
    }
}
