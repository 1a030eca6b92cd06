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
const WIDTH_MIN: u32 = 184;

/// One group on the map, in CSS pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Index of the group.
    pub group: usize,
    /// Left edge.
    pub x: u32,
    /// Upper edge of the title.
    pub y: u32,
    /// Cells side by side.
    pub columns: u32,
    /// Width with the title.
    pub width: u32,
    /// Index of the first cell and the one after the last.
    pub cells: (usize, usize),
}

impl Block {
    fn top(&self) -> u32 {
        self.y + HEAD
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
    pub fn fit(sizes: &[usize], (width, height): (u32, u32), zoom: usize) -> Layout {
        let fits = |pitch: &u32| {
            *pitch <= PITCH_USUAL && Layout::at(sizes, width, *pitch).height <= height
        };
        let smallest = if width < NARROW { PITCH_NARROW } else { 0 };
        let best = PITCHES.iter().position(|it| fits(it) || *it == smallest);
        let at = best.unwrap_or(PITCHES.len() - 1).saturating_sub(zoom);
        Layout::at(sizes, width, PITCHES[at])
    }

    /// How far one can zoom in from the layout that fits.
    pub fn zoom_max(sizes: &[usize], room: (u32, u32)) -> usize {
        let fitting = Layout::fit(sizes, room, 0).pitch;
        PITCHES.iter().position(|pitch| *pitch == fitting).unwrap_or(0)
    }

    fn at(sizes: &[usize], width: u32, pitch: u32) -> Layout {
        let usable = width.saturating_sub(2 * MARGIN).max(WIDTH_MIN);
        let mut layout = Layout { pitch, width, ..Layout::default() };
        let mut y = MARGIN;
        for band in bands(sizes, usable) {
            let (blocks, bottom) = place(sizes, &band, usable, pitch, y);
            layout.blocks.extend(blocks);
            y = bottom + GAP;
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
        Some((block.x + column * self.pitch, block.top() + row * self.pitch))
    }

    /// The cell at a point.
    pub fn hit(&self, x: u32, y: u32) -> Option<usize> {
        self.blocks.iter().find_map(|block| {
            let (right, down) = (x.checked_sub(block.x)?, y.checked_sub(block.top())?);
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
                let y = block.top() + row * self.pitch;
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
            let row = |y: u32| y.saturating_sub(block.top()) / self.pitch;
            let first = block.cells.0 + (row(top) * block.columns) as usize;
            let last = block.cells.0 + ((row(bottom) + 1) * block.columns) as usize;
            if bottom >= block.top() {
                cells.extend(first.min(block.cells.1)..last.min(block.cells.1));
            }
        }
        cells
    }
}

/// Large groups come first and share bands; small ones follow.
fn bands(sizes: &[usize], usable: u32) -> Vec<Vec<usize>> {
    let most = sizes.iter().copied().max().unwrap_or(0);
    let room = ((usable + GAP) / (WIDTH_MIN + GAP)).clamp(1, BAND_MAX) as usize;
    let (large, small): (Vec<usize>, Vec<usize>) =
        (0..sizes.len()).partition(|at| sizes[*at] * LARGE >= most);
    let mut bands = Vec::new();
    for all in [large, small] {
        let each = all.len().div_ceil(all.len().div_ceil(room).max(1)).max(1);
        bands.extend(all.chunks(each).map(<[usize]>::to_vec));
    }
    bands
}

/// Places the groups of a band side by side, as wide as their shares; returns where it ends.
fn place(sizes: &[usize], band: &[usize], usable: u32, pitch: u32, y: u32) -> (Vec<Block>, u32) {
    let count = |at: &usize| u32::try_from(sizes[*at]).unwrap_or(u32::MAX);
    let all = band.iter().map(count).sum::<u32>().max(1);
    let gaps = GAP * u32::try_from(band.len()).unwrap_or(1).saturating_sub(1);
    let columns = (usable.saturating_sub(gaps) / pitch).max(1);
    let (mut blocks, mut x, mut bottom) = (Vec::new(), MARGIN, y);
    for at in band {
        let count = count(at);
        let share = u32::try_from(u64::from(columns) * u64::from(count) / u64::from(all));
        // A group that is much wider than it is high would look like a line, but on a phone.
        let widest = match usable {
            ..NARROW => columns,
            _ => count.saturating_mul(4).isqrt().max(WIDTH_MIN.div_ceil(pitch)),
        };
        let own = share.unwrap_or(1).min(widest).min(count).max(1);
        let width = (own * pitch).max(WIDTH_MIN);
        let first = sizes.iter().take(*at).sum();
        let cells = (first, first + sizes[*at]);
        let block = Block { group: *at, x, y, columns: own, width, cells };
        bottom = bottom.max(block.top() + count.div_ceil(own) * pitch);
        x += width + GAP;
        blocks.push(block);
    }
    (blocks, bottom)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLUSTERS: [&[usize]; 7] =
        [&[], &[1], &[61], &[340, 330, 290, 34, 6], &[1665, 1665, 1665, 4, 1], &[90; 11], &[5000]];
    const ROOMS: [(u32, u32); 4] = [(750, 560), (1080, 560), (1600, 900), (360, 400)];

    /// Every cell has a place of its own, inside of the map, and a point in it finds it again.
    #[test]
    fn every_cell_is_found_where_it_stands() {
        for sizes in CLUSTERS {
            for room in ROOMS {
                for zoom in 0..=Layout::zoom_max(sizes, room) {
                    let layout = Layout::fit(sizes, room, zoom);
                    for at in 0..sizes.iter().sum() {
                        let (x, y) = layout.corner(at).expect("a place");
                        assert_eq!(layout.hit(x, y), Some(at), "{sizes:?} {room:?} {zoom}");
                        let edge = layout.size() - 1;
                        assert_eq!(layout.hit(x + edge, y + edge), Some(at));
                        assert!(y + layout.size() <= layout.height, "{sizes:?} {room:?}");
                        assert!(x + layout.size() <= room.0, "{sizes:?} {room:?} {at}");
                    }
                }
            }
        }
    }

    #[test]
    fn titles_do_not_overlap() {
        for sizes in CLUSTERS {
            for room in ROOMS {
                let blocks = Layout::fit(sizes, room, 0).blocks;
                for (at, one) in blocks.iter().enumerate() {
                    for other in &blocks[at + 1..] {
                        let apart = one.x + one.width <= other.x || other.x + other.width <= one.x;
                        assert!(one.y != other.y || apart, "{sizes:?} {room:?}");
                    }
                }
            }
        }
    }

    /// What fits is not made smaller, and five thousand nodes still fit on a usual screen.
    #[test]
    fn cells_are_as_large_as_the_room_allows() {
        assert!(Layout::fit(&[340, 330, 290, 34, 6], (1096, 600), 0).pitch >= 18);
        let large = Layout::fit(&[1665, 1665, 1665, 4, 1], (1080, 560), 0);
        assert!(large.height <= 560 && large.pitch >= 8, "{}", large.pitch);
        assert_eq!(Layout::fit(&[61], (1080, 560), 0).pitch, PITCH_USUAL);
    }

    /// Rows that touch are one front, each group has its own, and a front spans its rows.
    #[test]
    fn fronts_hold_the_rows_of_their_cells() {
        let layout = Layout::fit(&[40, 40], (1080, 560), 0);
        let columns = layout.blocks[0].columns as usize;
        let other = layout.blocks[1].cells.0;
        let cells = [1, columns, 3 * columns + 1, other];
        let fronts = layout.fronts(&cells);
        let pitch = layout.pitch;
        assert_eq!(fronts.iter().map(|it| it.2).collect::<Vec<_>>(), [2 * pitch, pitch, pitch]);
        for cell in cells {
            let (x, y) = layout.corner(cell).unwrap();
            let holds = |it: &&(u32, u32, u32)| (it.1..it.1 + it.2).contains(&y) && it.0 <= x;
            assert!(fronts.iter().any(|it| holds(&it)), "{cell}");
        }
        assert!(layout.fronts(&[]).is_empty() && layout.fronts(&[80]).is_empty());
    }

    #[test]
    fn arrows_reach_every_group() {
        let layout = Layout::fit(&[340, 330, 290, 34, 6], (1080, 560), 0);
        assert_eq!(layout.step(0, (1, 0)), Some(1));
        assert_eq!(layout.step(0, (-1, 0)), None);
        assert_eq!(layout.step(999, (1, 0)), None);
        let mut at = 0;
        while let Some(next) = layout.step(at, (0, 1)) {
            let (before, after) = (layout.corner(at).unwrap(), layout.corner(next).unwrap());
            assert!(after.1 > before.1);
            at = next;
        }
        assert!(at >= 960, "the small groups are below the large ones: {at}");
        assert_eq!(layout.step(0, (0, -1)), None);
    }

    #[test]
    fn what_is_seen_are_the_cells_between_two_heights() {
        let layout = Layout::fit(&[340, 330, 290, 34, 6], (1080, 560), 2);
        let seen = layout.between(0, layout.height);
        assert_eq!(seen.len(), 1000);
        let top = layout.between(0, 100);
        assert!(!top.is_empty() && top.len() < 500);
        assert!(top.iter().all(|at| layout.corner(*at).unwrap().1 <= 100 + layout.pitch));
    }
}
