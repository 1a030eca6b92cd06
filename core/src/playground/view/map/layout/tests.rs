//! Where cells and groups stand, in clusters and rooms of all kinds.

use super::*;

const fn room(width: u32, height: u32) -> Room {
    Room { width, height, letters: 16 }
}

const CLUSTERS: [&[usize]; 7] =
    [&[], &[1], &[61], &[340, 330, 290, 34, 6], &[1665, 1665, 1665, 4, 1], &[90; 11], &[5000]];
const ROOMS: [Room; 5] = [
    room(750, 560),
    room(1080, 560),
    room(1600, 900),
    room(360, 400),
    Room { width: 1600, height: 700, letters: 24 },
];

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
                    assert!(x + layout.size() <= room.width, "{sizes:?} {room:?} {at}");
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

/// A group below others begins where one of them does, or at least in line with their cells.
#[test]
fn later_rows_stand_in_the_columns_of_the_first() {
    for sizes in [&[340, 330, 290, 34, 6][..], &[90; 11], &[491, 3, 6, 4], &[250, 240, 5, 4, 3]] {
        for room in [room(1080, 560), room(1600, 900)] {
            let layout = Layout::fit(sizes, room, 0);
            let first: Vec<_> = layout.blocks.iter().filter(|it| it.y == MARGIN).collect();
            for block in layout.blocks.iter().filter(|it| it.y > MARGIN) {
                let above = first.iter().rfind(|it| it.x <= block.x).unwrap();
                assert_eq!((block.x - above.x) % layout.pitch, 0, "{sizes:?} {room:?}");
                let is_under_one = block.x == above.x || layout.blocks.len() > 2 * first.len();
                assert!(is_under_one, "{sizes:?} {room:?} {block:?}");
            }
        }
    }
}

/// What fits is not made smaller, and five thousand nodes still fit on a usual screen.
#[test]
fn cells_are_as_large_as_the_room_allows() {
    assert!(Layout::fit(&[340, 330, 290, 34, 6], room(1096, 600), 0).pitch >= 18);
    let large = Layout::fit(&[1665, 1665, 1665, 4, 1], room(1080, 560), 0);
    assert!(large.height <= 560 && large.pitch >= 8, "{}", large.pitch);
    assert_eq!(Layout::fit(&[61], room(1080, 560), 0).pitch, PITCH_USUAL);
}

/// Rows that touch are one front, each group has its own, and a front spans its rows.
#[test]
fn fronts_hold_the_rows_of_their_cells() {
    let layout = Layout::fit(&[40, 40], room(1080, 560), 0);
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
    let layout = Layout::fit(&[340, 330, 290, 34, 6], room(1080, 560), 0);
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
    let layout = Layout::fit(&[340, 330, 290, 34, 6], room(1080, 560), 2);
    let seen = layout.between(0, layout.height);
    assert_eq!(seen.len(), 1000);
    let top = layout.between(0, 100);
    assert!(!top.is_empty() && top.len() < 500);
    assert!(top.iter().all(|at| layout.corner(*at).unwrap().1 <= 100 + layout.pitch));
}
