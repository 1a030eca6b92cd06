//! Constant data that only functions of the second part can reach: texts above all.
//!
//! The linker's map says where each constant begins and ends (`build.rs` asks for it). A constant
//! is reached from the first part if a number in one of its functions, or in data that is reached
//! itself, is an address within the constant. Only texts and places in the source are moved: an
//! address that is computed from a number outside of its table, as compilers do for tables, is
//! never one of these. So a table is reached from just beside it, too: a loop counts up to its end.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, SystemTime};

use wasmparser::{Data, DataKind, Operator};

use super::module::Module;
use super::plan::Plan;
use crate::process::{Result, read, target};

/// A shorter run of constants is not worth its segment in both parts.
const RUN_BYTES_MIN: usize = 24;
/// A text as long as this is reached by its beginning only: its many addresses are also numbers
/// that a program uses for other things.
const LONG_TEXT_MIN: u32 = 1_024;
/// How far beside a table the number may lie that addresses in it are computed from.
const BESIDE: [u32; 2] = [1, 8];
/// The linker writes the map just before or after the module.
const APART_MAX: Duration = Duration::from_secs(10);

/// The module as it came from the linker, and where the maps of such modules lie.
const LINKED: &str = "wasm32-unknown-unknown/page/daemonset-playground.wasm";
const BUILDS: &str = "wasm32-unknown-unknown/page/build";

/// Where constants begin and end in memory, in their order.
#[derive(Debug, Default)]
pub(super) struct Constants {
    all: Vec<Range<u32>>,
    /// Of these, each is many texts that end with a zero: the linker has brought them together.
    merged: Vec<Range<u32>>,
}

impl Constants {
    /// Those of the module that was linked last; none if its map is not there.
    pub(super) fn linked() -> Result<Constants> {
        let changed = |path: &Path| path.metadata().and_then(|it| it.modified()).ok();
        let linked = changed(&target().join(LINKED));
        let builds = std::fs::read_dir(target().join(BUILDS)).into_iter().flatten().flatten();
        let maps = builds.map(|it| it.path().join("out/page.map"));
        let apart = |a: SystemTime, b: SystemTime| {
            a.duration_since(b).or_else(|_| b.duration_since(a)).unwrap_or(Duration::MAX)
        };
        let mut maps = maps.filter(|it| match (changed(it), linked) {
            (Some(map), Some(linked)) => apart(map, linked) <= APART_MAX,
            _ => false,
        });
        match maps.next() {
            Some(map) => Ok(Constants::read(&read(&map)?)),
            None => {
                println!("no map of the module: all data stays in the first part");
                Ok(Constants::default())
            }
        }
    }

    /// Reads a map of `wasm-ld`: address, place in the file and size in hexadecimal digits, and
    /// `FILE:(SECTION)`.
    fn read(map: &str) -> Constants {
        let mut constants = Constants::default();
        for line in map.lines() {
            let mut words = line.split_whitespace();
            let mut number = || u32::from_str_radix(words.next()?, 16).ok();
            let (Some(address), Some(_), Some(size)) = (number(), number(), number()) else {
                continue;
            };
            let Some(name) = words.next().filter(|it| it.contains(":(.rodata") && size > 0) else {
                continue;
            };
            if name.starts_with("<internal>") {
                constants.merged.push(address..address + size);
            }
            constants.all.push(address..address + size);
        }
        constants.all.sort_by_key(|it| it.start);
        constants
    }

    /// The same with what the linker has merged taken apart.
    fn apart(&self, memory: &Memory) -> Constants {
        let mut all = Vec::new();
        for constant in &self.all {
            let merged = self.merged.contains(constant).then(|| memory.bytes(constant)).flatten();
            let mut start = constant.start;
            for text in merged.into_iter().flat_map(|it| it.split_inclusive(|it| *it == 0)) {
                all.push(start..start + text.len() as u32);
                start += text.len() as u32;
            }
            if start < constant.end {
                all.push(start..constant.end);
            }
        }
        Constants { all, merged: self.merged.clone() }
    }

    /// The constant that an address lies in, by its number.
    fn at(&self, address: u32) -> Option<usize> {
        let place = self.all.partition_point(|it| it.start <= address).checked_sub(1)?;
        self.all[place].contains(&address).then_some(place)
    }

    fn is_text(&self, constant: &Range<u32>, memory: &Memory) -> bool {
        let is_merged = self.merged.iter().any(|it| it.contains(&constant.start));
        is_merged || memory.bytes(constant).is_some_and(is_text)
    }

    /// Whether it is a `panic::Location`: address and length of a file's name, line and column.
    fn is_location(&self, constant: &Range<u32>, memory: &Memory) -> bool {
        let word = |number: u32| memory.word(constant.start + 4 * number);
        let (Some(name), Some(length)) = (word(0), word(1)) else { return false };
        let is_name = |it: &[u8]| it.ends_with(b".rs");
        constant.len() == 16
            && self.at(name).is_some_and(|it| self.all[it].start == name)
            && name
                .checked_add(length)
                .and_then(|end| memory.bytes(&(name..end)))
                .is_some_and(is_name)
    }

    /// Whether nobody computes an address in it.
    fn is_movable(&self, constant: &Range<u32>, memory: &Memory) -> bool {
        self.is_text(constant, memory) || self.is_location(constant, memory)
    }

    /// Runs of texts that nothing in the first part reaches.
    pub(super) fn of_later(&self, module: &Module, plan: &Plan) -> Result<Vec<Range<u32>>> {
        if self.all.is_empty() {
            return Ok(Vec::new());
        }
        let memory = Memory::of(module)?;
        self.apart(&memory).unreached(module, plan, &memory)
    }

    fn unreached(&self, module: &Module, plan: &Plan, memory: &Memory) -> Result<Vec<Range<u32>>> {
        let mut reached = BTreeSet::new();
        let mut found: Vec<u32> = Vec::new();
        for function in module.defined().filter(|it| !plan.later.contains(it)) {
            addresses(module, function, &mut found)?;
        }
        let beside = |it: &u32| BESIDE.map(|by| [it.wrapping_sub(by), it.wrapping_add(by)]);
        let is_table = |it: &usize| !self.is_movable(&self.all[*it], memory);
        let tables =
            found.iter().flat_map(beside).flatten().filter_map(|it| self.at(it)).filter(is_table);
        let tables: BTreeSet<usize> = tables.collect();
        found.extend(tables.into_iter().map(|it| self.all[it].start));
        // Data that is no constant by itself is taken as reached.
        for (start, bytes) in &memory.segments {
            let end = start + bytes.len() as u32;
            let words = (start.next_multiple_of(4)..end).step_by(4);
            let loose = words.filter(|it| self.at(*it).is_none());
            found.extend(loose.filter_map(|it| memory.word(it)));
        }
        while let Some(address) = found.pop() {
            let Some(constant) = self.at(address) else { continue };
            let Range { start, end } = self.all[constant].clone();
            let is_long_text =
                (end - start) >= LONG_TEXT_MIN && self.is_text(&self.all[constant], memory);
            let is_chance = is_long_text && address != start;
            if is_chance || !reached.insert(constant) {
                continue;
            }
            let words = (start.next_multiple_of(4)..end).step_by(4);
            found.extend(words.filter_map(|it| memory.word(it)));
        }
        let mut runs: Vec<Range<u32>> = Vec::new();
        for (number, constant) in self.all.iter().enumerate() {
            if reached.contains(&number) || !self.is_movable(constant, memory) {
                continue;
            }
            match runs.last_mut() {
                Some(run) if run.end == constant.start => run.end = constant.end,
                _ => runs.push(constant.clone()),
            }
        }
        runs.retain(|it| it.len() >= RUN_BYTES_MIN);
        Ok(runs)
    }
}

/// Every number in a function that can be an address.
fn addresses(module: &Module, function: u32, found: &mut Vec<u32>) -> Result {
    let operators = module.body(function).get_operators_reader();
    for operator in operators.map_err(|it| it.to_string())? {
        match operator.map_err(|it| it.to_string())? {
            Operator::I32Const { value } => found.push(value as u32),
            // Address and length of a text, in one.
            Operator::I64Const { value } => found.extend([value as u32, (value >> 32) as u32]),
            Operator::MemoryInit { .. } | Operator::DataDrop { .. } => {
                return Err(format!("{}: data is copied by hand", module.name(function)));
            }
            other => found.extend(offset(&other)),
        }
    }
    Ok(())
}

/// The fixed part of the address that is read or written.
fn offset(operator: &Operator) -> Option<u32> {
    use Operator::*;
    let memarg = match operator {
        I32Load { memarg } | I64Load { memarg } | F32Load { memarg } | F64Load { memarg } => memarg,
        I32Load8S { memarg } | I32Load8U { memarg } => memarg,
        I32Load16S { memarg } | I32Load16U { memarg } => memarg,
        I64Load8S { memarg } | I64Load8U { memarg } => memarg,
        I64Load16S { memarg } | I64Load16U { memarg } => memarg,
        I64Load32S { memarg } | I64Load32U { memarg } => memarg,
        V128Load { memarg } => memarg,
        _ => return None,
    };
    Some(memarg.offset as u32)
}

/// Whether nearly all of it is printable: texts, and patterns of formatted ones.
fn is_text(bytes: &[u8]) -> bool {
    let odd = bytes.iter().filter(|it| !matches!(it, b' '..=b'~' | b'\n' | b'\t' | 0x80..)).count();
    odd * 4 <= bytes.len()
}

/// The data of a module by its addresses.
pub(super) struct Memory<'a> {
    pub(super) segments: Vec<(u32, &'a [u8])>,
}

impl<'a> Memory<'a> {
    pub(super) fn of(module: &Module<'a>) -> Result<Memory<'a>> {
        let segments = module.data.iter().map(|it| Ok((start(it)?, it.data)));
        Ok(Memory { segments: segments.collect::<Result<_>>()? })
    }

    pub(super) fn bytes(&self, range: &Range<u32>) -> Option<&'a [u8]> {
        self.segments.iter().find_map(|(start, bytes)| {
            let from = range.start.checked_sub(*start)? as usize;
            bytes.get(from..from + range.len())
        })
    }

    fn word(&self, at: u32) -> Option<u32> {
        let bytes = self.bytes(&(at..at.checked_add(4)?))?;
        bytes.try_into().ok().map(u32::from_le_bytes)
    }

    /// What is left of the segments without these ranges.
    pub(super) fn without(&self, ranges: &[Range<u32>]) -> Vec<(u32, &'a [u8])> {
        let mut left = Vec::new();
        for (start, bytes) in &self.segments {
            let end = start + bytes.len() as u32;
            let mut at = *start;
            for range in ranges.iter().filter(|it| *start <= it.start && it.end <= end) {
                left.push((at, &bytes[(at - start) as usize..(range.start - start) as usize]));
                at = range.end;
            }
            left.push((at, &bytes[(at - start) as usize..]));
        }
        left.retain(|(_, bytes)| !bytes.is_empty());
        left
    }
}

fn start(data: &Data) -> Result<u32> {
    if let DataKind::Active { memory_index: 0, offset_expr } = &data.kind
        && let Ok(Operator::I32Const { value }) = offset_expr.get_operators_reader().read()
    {
        return Ok(value as u32);
    }
    Err("a data segment without a fixed place".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_tells_constants_apart() {
        let map = "    Addr      Off     Size Out     In      Symbol
  100000   2edbc6    3f770 .rodata
  100030   2edc00        9         <internal>:(.rodata)
  100010   2edbe0       10         /a.rcgu.o:(.rodata..Lanon.04ff.21)
  100010   2edbe0       10                 .Lanon.04ff.21
  100000   2edbd0        e         /a.rcgu.o:(.rodata..Lanon.04ff.15)
  13f7e8        0       28         /a.rcgu.o:(.bss.SCHEMA)
";
        let constants = Constants::read(map);
        assert_eq!(constants.all, [0x100000..0x10000e, 0x100010..0x100020, 0x100030..0x100039]);
        let places = [0x0fffff, 0x100000, 0x10000d, 0x10000e, 0x10001f, 0x100020];
        let found = places.map(|it| constants.at(it));
        assert_eq!(found, [None, Some(0), Some(0), None, Some(1), None]);

        let memory =
            Memory { segments: vec![(0x100000, &[1; 0x30]), (0x100030, b"ab\0\x05c\0rest")] };
        let apart = constants.apart(&memory);
        let texts = [0x100030..0x100033, 0x100033..0x100036, 0x100036..0x100039];
        assert_eq!(apart.all[2..], texts);
        assert!(texts.iter().all(|it| apart.is_text(it, &memory)));
        assert!(!apart.is_text(&apart.all[0], &memory));
    }

    #[test]
    fn segments_are_cut_where_something_is_taken_out() {
        let memory = Memory { segments: vec![(100, b"abcdefgh"), (200, b"xyz")] };
        let left = memory.without(&[100..102, 104..105, 200..203]);
        assert_eq!(left, [(102, &b"cd"[..]), (105, b"fgh")]);
        assert_eq!(memory.bytes(&(104..105)), Some(&b"e"[..]));
        assert_eq!(memory.word(100), Some(u32::from_le_bytes(*b"abcd")));
        assert_eq!(memory.word(105), None);
    }

    #[test]
    fn tables_are_no_texts() {
        assert!(is_text("Größe: {}\n".as_bytes()) && is_text(b"\xc0\x08 of pods: \xc0\0"));
        assert!(!is_text(&[1, 0, 0, 0, 65, 0, 0, 0]));
    }
}
