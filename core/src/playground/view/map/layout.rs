//! Where the cells of the map stand: groups side by side, as large as the room allows. Whole CSS
//! pixels; cells are counted through all groups in their order.

use std::collections::BTreeSet;

use super::LARGE;

/// Distances between cells that are tried, in CSS pixels; a fifth of each is the gap.
const PITCHES: [u32; 16] = [96, 64, 44, 36, 30, 25, 20, 18, 16, 14, 12, 10, 9, 8, 7, 6];

/// The largest pitch that is chosen without anybody zooming.
const PITCH_USUAL: u32 = 44;

/// Room around all groups.
const MARGIN: u32 = 20;

/// The size of letters, in CSS pixels, for which titles are measured.
const LETTERS: u32 = 16;

/// What stands above a group: its title and a bracket.
const HEAD: u32 = 36;

/// Room between groups.
const GAP: u32 = 28;

/// Groups side by side.
const BAND_MAX: u32 = 4;

/// A narrower room is filled by every group.
const NARROW: u32 = 480;

/// Smaller than this cells are not made where the room is narrow: it is scrolled by a thumb, and a
/// finger has to find them.
const PITCH_NARROW: u32 = 12;

/// A title needs this much room.
const TITLE: u32 = 184;

/// What the map has to fit into, in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// From side to side.
    pub width: u32,
    /// From top to foot.
    pub height: u32,
    /// The size of the page's letters: 16, and more before an audience.
    pub letters: u32,
}

impl Room {
    /// The size of something that holds letters.
    fn scaled(self, size: u32) -> u32 {
        size * self.letters.max(LETTERS) / LETTERS
    }

    /// The width without the margins.
    fn usable(self) -> u32 {
        self.width.saturating_sub(2 * MARGIN).max(self.scaled(TITLE))
    }
}

/// One group on the map, in CSS pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Index of the group.
    pub group: usize,
    /// Left edge.
    pub x: u32,
    /// Upper edge of the title.
    pub y: u32,
    /// Upper edge of the cells.
    top: u32,
    /// Cells side by side.
    pub columns: u32,
    /// Width with the title.
    pub width: u32,
    /// Index of the first cell and the one after the last.
    pub cells: (usize, usize),
}

impl Block {
    fn bottom(&self, pitch: u32) -> u32 {
        let count = u32::try_from(self.cells.1 - self.cells.0).unwrap_or(u32::MAX);
        self.top + count.div_ceil(self.columns) * pitch
    }
}

/// All groups on the map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Distance between cells.
    pub pitch: u32,
    /// The groups.
    pub blocks: Vec<Block>,
    /// Extent of everything.
    pub width: u32,
    /// Extent of everything.
    pub height: u32,
}

impl Layout {
    /// The layout with the largest cells that fit without scrolling, or `zoom` steps larger.
    pub fn fit(sizes: &[usize], room: Room, zoom: usize) -> Layout {
        let fits = |pitch: &u32| {
            *pitch <= PITCH_USUAL && Layout::at(sizes, room, *pitch).height <= room.height
        };
        let smallest = if room.width < NARROW { PITCH_NARROW } else { 0 };
        let best = PITCHES.iter().position(|it| fits(it) || *it == smallest);
        let at = best.unwrap_or(PITCHES.len() - 1).saturating_sub(zoom);
        Layout::at(sizes, room, PITCHES[at])
    }

    /// How far one can zoom in from the layout that fits.
    pub fn zoom_max(sizes: &[usize], room: Room) -> usize {
        let fitting = Layout::fit(sizes, room, 0).pitch;
        PITCHES.iter().position(|pitch| *pitch == fitting).unwrap_or(0)
    }

    fn at(sizes: &[usize], room: Room, pitch: u32) -> Layout {
        let mut layout = Layout { pitch, width: room.width, ..Layout::default() };
        let (mut y, mut first) = (MARGIN, Vec::new());
        for band in bands(sizes, room) {
            let blocks = Row { sizes, room, pitch, y, first: &first }.place(&band);
            y = blocks.iter().map(|it| it.bottom(pitch)).max().unwrap_or(y) + GAP;
            if first.is_empty() {
                first.clone_from(&blocks);
            }
            layout.blocks.extend(blocks);
        }
        layout.height = (y - GAP.min(y)) + MARGIN;
        layout
    }

    /// Edge of a cell.
    pub fn size(&self) -> u32 {
        self.pitch - self.pitch.div_ceil(5)
    }

    /// Upper left corner of a cell.
    pub fn corner(&self, at: usize) -> Option<(u32, u32)> {
        let holds = |it: &&Block| (it.cells.0..it.cells.1).contains(&at);
        let block = self.blocks.iter().find(holds)?;
        let index = u32::try_from(at - block.cells.0).ok()?;
        let (column, row) = (index % block.columns, index / block.columns);
        Some((block.x + column * self.pitch, block.top + row * self.pitch))
    }

    /// The cell at a point.
    pub fn hit(&self, x: u32, y: u32) -> Option<usize> {
        self.blocks.iter().find_map(|block| {
            let (right, down) = (x.checked_sub(block.x)?, y.checked_sub(block.top)?);
            let (column, row) = (right / self.pitch, down / self.pitch);
            if column >= block.columns {
                return None;
            }
            let at = block.cells.0 + (row * block.columns + column) as usize;
            (at < block.cells.1).then_some(at)
        })
    }

    /// The next cell in a direction, as arrow keys go: sideways along the rows, up and down
    /// through the groups.
    pub fn step(&self, at: usize, (right, down): (i32, i32)) -> Option<usize> {
        if right != 0 {
            let count = self.blocks.last()?.cells.1;
            return at.checked_add_signed(right as isize).filter(|at| *at < count);
        }
        let (x, y) = self.corner(at)?;
        let bottom = i64::from(self.height);
        let mut y = i64::from(y + 1);
        // Over the heads and gaps between groups, never further than the map goes.
        while (0..=bottom).contains(&y) {
            y += i64::from(down) * i64::from(self.pitch);
            let found = u32::try_from(y).ok().and_then(|y| self.hit(x + 1, y));
            if found.is_some_and(|it| it != at) {
                return found;
            }
        }
        None
    }

    /// The rows of each group in which some of these cells stand, those that touch as one: left
    /// edge, upper edge and height.
    pub fn fronts(&self, cells: &[usize]) -> Vec<(u32, u32, u32)> {
        let mut fronts = Vec::<(u32, u32, u32)>::new();
        for block in &self.blocks {
            let mut rows = BTreeSet::new();
            let own = cells.iter().filter(|it| (block.cells.0..block.cells.1).contains(it));
            rows.extend(own.filter_map(|it| {
                Some(u32::try_from(it - block.cells.0).ok()? / block.columns.max(1))
            }));
            for row in rows {
                let y = block.top + row * self.pitch;
                match fronts.last_mut().filter(|it| it.0 == block.x && it.1 + it.2 == y) {
                    Some(front) => front.2 += self.pitch,
                    None => fronts.push((block.x, y, self.pitch)),
                }
            }
        }
        fronts
    }

    /// Which cells stand between two heights.
    pub fn between(&self, top: u32, bottom: u32) -> Vec<usize> {
        let mut cells = Vec::new();
        for block in &self.blocks {
            let row = |y: u32| y.saturating_sub(block.top) / self.pitch;
            let first = block.cells.0 + (row(top) * block.columns) as usize;
            let last = block.cells.0 + ((row(bottom) + 1) * block.columns) as usize;
            if bottom >= block.top {
                cells.extend(first.min(block.cells.1)..last.min(block.cells.1));
            }
        }
        cells
    }
}

/// Large groups come first and share bands; small ones follow.
fn bands(sizes: &[usize], room: Room) -> Vec<Vec<usize>> {
    let most = sizes.iter().copied().max().unwrap_or(0);
    let room = (room.usable() + GAP) / (room.scaled(TITLE) + GAP);
    let room = room.clamp(1, BAND_MAX) as usize;
    let (large, small): (Vec<usize>, Vec<usize>) =
        (0..sizes.len()).partition(|at| sizes[*at] * LARGE >= most);
    let mut bands = Vec::new();
    for all in [large, small] {
        let each = all.len().div_ceil(all.len().div_ceil(room).max(1)).max(1);
        bands.extend(all.chunks(each).map(<[usize]>::to_vec));
    }
    bands
}

/// Groups side by side.
struct Row<'a> {
    sizes: &'a [usize],
    room: Room,
    pitch: u32,
    /// Where it begins.
    y: u32,
    /// What stands in the first row, whose columns the others keep.
    first: &'a [Block],
}

impl Row<'_> {
    /// Places the groups as wide as their shares.
    fn place(&self, band: &[usize]) -> Vec<Block> {
        let usable = self.room.usable();
        let count = |at: &usize| u32::try_from(self.sizes[*at]).unwrap_or(u32::MAX);
        let all = band.iter().map(count).sum::<u32>().max(1);
        let gaps = GAP * u32::try_from(band.len()).unwrap_or(1).saturating_sub(1);
        let columns = (usable.saturating_sub(gaps) / self.pitch).max(1);
        let mut own = Vec::new();
        for at in band {
            let count = count(at);
            let share = u32::try_from(u64::from(columns) * u64::from(count) / u64::from(all));
            // A group that is much wider than it is high would look like a line, but on a phone.
            let widest = match usable {
                ..NARROW => columns,
                _ => count.saturating_mul(4).isqrt().max(TITLE.div_ceil(self.pitch)),
            };
            own.push((*at, share.unwrap_or(1).min(widest).min(count).max(1)));
        }
        self.below(&own).unwrap_or_else(|| self.free(&own))
    }

    /// Each group under one of the first row, if none becomes higher than that row for it.
    fn below(&self, own: &[(usize, u32)]) -> Option<Vec<Block>> {
        let height = self.first.iter().map(|it| it.bottom(self.pitch) - it.y).max()?;
        let mut blocks = Vec::new();
        for (index, (group, columns)) in own.iter().enumerate() {
            let above = self.first.get(index)?;
            let columns = (*columns).min((above.width / self.pitch).max(1));
            blocks.push(self.block(*group, above.x, columns));
        }
        blocks.iter().all(|it| it.bottom(self.pitch) - self.y <= height).then_some(blocks)
    }

    /// One after the other, in line with what stands above as far as there is room.
    fn free(&self, own: &[(usize, u32)]) -> Vec<Block> {
        let (mut blocks, mut x) = (Vec::new(), MARGIN);
        for (index, (group, columns)) in own.iter().enumerate() {
            let rest = own[index..].iter().map(|it| self.width(it.1) + GAP).sum::<u32>();
            let fits = |it: &u32| it + rest <= MARGIN + self.room.usable() + GAP;
            x = self.in_line(x).into_iter().flatten().find(fits).unwrap_or(x);
            let block = self.block(*group, x, *columns);
            x += block.width + GAP;
            blocks.push(block);
        }
        blocks
    }

    /// Where something from here on is in line with the first row: with a group, else with a cell.
    fn in_line(&self, x: u32) -> [Option<u32>; 2] {
        let edges = || self.first.iter().map(|it| it.x);
        let left = edges().rfind(|it| *it <= x);
        let cell = left.map(|it| it + (x - it).next_multiple_of(self.pitch));
        [edges().find(|it| *it >= x), cell]
    }

    fn width(&self, columns: u32) -> u32 {
        (columns * self.pitch).max(self.room.scaled(TITLE))
    }

    fn block(&self, group: usize, x: u32, columns: u32) -> Block {
        let start = self.sizes.iter().take(group).sum();
        let (y, width) = (self.y, self.width(columns));
        let cells = (start, start + self.sizes[group]);
        Block { group, x, y, top: y + self.room.scaled(HEAD), columns, width, cells }
    }
}

#[cfg(test)]
mod tests;
