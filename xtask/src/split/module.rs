//! A WebAssembly module, taken apart as far as splitting it needs.

use std::collections::BTreeMap;

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{GlobalType, MemoryType, TableType, ValType};
use wasmparser::{
    Data, Element, ElementItems, Export, FunctionBody, Global, Import, KnownCustom, Name, Operator,
    Parser, Payload, TypeRef,
};

use crate::process::Result;

/// What stands in the sections of a module; functions are counted as WebAssembly counts them,
/// imported ones first.
#[derive(Default)]
pub(super) struct Module<'a> {
    pub(super) types: Vec<Signature>,
    pub(super) imports: Vec<Import<'a>>,
    /// The type of each function.
    pub(super) functions: Vec<u32>,
    pub(super) imported_count: u32,
    pub(super) tables: Vec<TableType>,
    pub(super) memories: Vec<MemoryType>,
    pub(super) globals: Vec<Global<'a>>,
    pub(super) exports: Vec<Export<'a>>,
    pub(super) elements: Vec<Element<'a>>,
    pub(super) data_count: Option<u32>,
    pub(super) data: Vec<Data<'a>>,
    bodies: Vec<FunctionBody<'a>>,
    names: BTreeMap<u32, &'a str>,
}

/// What a function takes and returns.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Signature {
    pub(super) takes: Vec<ValType>,
    pub(super) returns: Vec<ValType>,
}

impl<'a> Module<'a> {
    /// Reads what Rust, wasm-bindgen and wasm-opt make; anything else is an error.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Module<'a>> {
        let mut module = Module::default();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(|error| error.to_string())?;
            module.take(payload).map_err(|error| format!("the module cannot be split: {error}"))?;
        }
        let types: Vec<u32> = module.imports.iter().filter_map(function_type).collect();
        module.imported_count = types.len() as u32;
        module.functions.splice(0..0, types);
        Ok(module)
    }

    fn take(
        &mut self,
        payload: Payload<'a>,
    ) -> std::result::Result<(), Box<dyn std::error::Error>> {
        let mut encoder = RoundtripReencoder;
        match payload {
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    let ty = encoder.func_type(ty?)?;
                    let (takes, returns) = (ty.params().to_vec(), ty.results().to_vec());
                    self.types.push(Signature { takes, returns });
                }
            }
            Payload::ImportSection(section) => {
                self.imports = section.into_imports().collect::<std::result::Result<_, _>>()?;
            }
            Payload::FunctionSection(section) => {
                self.functions = section.into_iter().collect::<std::result::Result<_, _>>()?;
            }
            Payload::TableSection(section) => {
                for table in section {
                    self.tables.push(encoder.table_type(table?.ty)?);
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    self.memories.push(encoder.memory_type(memory?)?);
                }
            }
            Payload::GlobalSection(section) => {
                self.globals = section.into_iter().collect::<std::result::Result<_, _>>()?;
            }
            Payload::ExportSection(section) => {
                self.exports = section.into_iter().collect::<std::result::Result<_, _>>()?;
            }
            Payload::ElementSection(section) => {
                self.elements = section.into_iter().collect::<std::result::Result<_, _>>()?;
            }
            Payload::DataCountSection { count, .. } => self.data_count = Some(count),
            Payload::DataSection(section) => {
                self.data = section.into_iter().collect::<std::result::Result<_, _>>()?;
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(subsections) = section.as_known() {
                    for subsection in subsections {
                        let Name::Function(names) = subsection? else { continue };
                        for name in names {
                            let name = name?;
                            self.names.insert(name.index, name.name);
                        }
                    }
                }
            }
            Payload::StartSection { .. } => return Err("it has a start function".into()),
            Payload::Version { .. } | Payload::CodeSectionStart { .. } | Payload::End(_) => {}
            other => return Err(format!("{other:?}").into()),
        }
        Ok(())
    }

    /// How an imported function is called outside.
    pub(super) fn imported_function(&self, function: u32) -> &Import<'a> {
        let mut functions = self.imports.iter().filter(|it| function_type(it).is_some());
        // The caller counts as the imports do.
        functions.nth(function as usize).expect("an import for each imported function")
    }

    /// The name of a function; nothing if the module does not say it.
    pub(super) fn name(&self, function: u32) -> &'a str {
        self.names.get(&function).copied().unwrap_or_default()
    }

    /// All functions with a body.
    pub(super) fn defined(&self) -> std::ops::Range<u32> {
        self.imported_count..self.functions.len() as u32
    }

    /// The body of a function that is not imported.
    pub(super) fn body(&self, function: u32) -> &FunctionBody<'a> {
        &self.bodies[(function - self.imported_count) as usize]
    }

    /// The functions that a function calls by their number.
    pub(super) fn callees(&self, function: u32) -> Result<Vec<u32>> {
        let mut callees = Vec::new();
        let operators = self.body(function).get_operators_reader();
        for operator in operators.map_err(|it| it.to_string())? {
            match operator.map_err(|it| it.to_string())? {
                Operator::Call { function_index } => callees.push(function_index),
                Operator::RefFunc { .. } | Operator::ReturnCall { .. } => {
                    return Err(format!("{}: an unexpected reference", self.name(function)));
                }
                _ => {}
            }
        }
        Ok(callees)
    }

    /// The table that holds functions: Rust's calls through pointers go through this one.
    pub(super) fn function_table(&self) -> Result<u32> {
        let holds_functions = |it: &TableType| it.element_type == wasm_encoder::RefType::FUNCREF;
        let place = self.tables.iter().position(holds_functions);
        place.map(|it| it as u32).ok_or_else(|| "the module has no table of functions".to_owned())
    }

    /// The functions of the table with their places in it.
    pub(super) fn table_entries(&self) -> Result<Vec<(u32, u32)>> {
        let mut entries = Vec::new();
        for element in &self.elements {
            let start = element_start(element)?;
            let ElementItems::Functions(functions) = element.items.clone() else {
                return Err("an element segment of expressions".to_owned());
            };
            for (place, function) in (start..).zip(functions) {
                entries.push((place, function.map_err(|it| it.to_string())?));
            }
        }
        Ok(entries)
    }

    /// The type of a global.
    pub(super) fn global_type(&self, global: u32) -> Result<GlobalType> {
        let ty = self.globals[global as usize].ty;
        RoundtripReencoder.global_type(ty).map_err(|it| it.to_string())
    }
}

fn function_type(import: &Import) -> Option<u32> {
    match import.ty {
        TypeRef::Func(ty) => Some(ty),
        _ => None,
    }
}

fn element_start(element: &Element) -> Result<u32> {
    if let wasmparser::ElementKind::Active { offset_expr, .. } = &element.kind
        && let Ok(Operator::I32Const { value }) = offset_expr.get_operators_reader().read()
    {
        return Ok(value as u32);
    }
    Err("an element segment without a fixed place".to_owned())
}
