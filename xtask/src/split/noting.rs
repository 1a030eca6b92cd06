//! The module that notes which of its functions run.

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    CodeSection, ConstExpr, ExportKind, ExportSection, GlobalSection, GlobalType, ValType,
};
use wasmparser::{ExportSectionReader, FunctionBody, GlobalSectionReader, Parser};

use super::module::Module;
use crate::process::Result;

type Encoded = std::result::Result<(), Error>;

const NOTE: GlobalType = GlobalType { val_type: ValType::I32, mutable: true, shared: false };

struct Noting {
    /// The number of the first note, and how many there are.
    first: u32,
    count: u32,
    /// The note of the next function.
    next: u32,
}

/// The module with an exported global `ran0`, `ran1`, … for each function that has a body: it
/// becomes 1 when that function is called.
pub(super) fn noting(module: &Module, bytes: &[u8]) -> Result<Vec<u8>> {
    let first = module.globals.len() as u32;
    let mut noting = Noting { first, count: module.defined().len() as u32, next: first };
    let mut written = wasm_encoder::Module::new();
    noting
        .parse_core_module(&mut written, Parser::new(0), bytes)
        .map_err(|error: Error| error.to_string())?;
    Ok(written.finish())
}

impl Reencode for Noting {
    type Error = std::convert::Infallible;

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: GlobalSectionReader<'_>,
    ) -> Encoded {
        utils::parse_global_section(self, globals, section)?;
        for _ in 0..self.count {
            globals.global(NOTE, &ConstExpr::i32_const(0));
        }
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Encoded {
        utils::parse_export_section(self, exports, section)?;
        for index in 0..self.count {
            exports.export(&format!("ran{index}"), ExportKind::Global, self.first + index);
        }
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Encoded {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        function.instructions().i32_const(1).global_set(self.next);
        self.next += 1;
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            function.instruction(&self.parse_instruction(&mut reader)?);
        }
        code.function(&function);
        Ok(())
    }
}
