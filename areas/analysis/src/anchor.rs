//! Anchors: where a passage begins and ends, and what happens to them when text is edited.
//!
//! An anchor is (block, code point) to (block, code point), the end exclusive. Rules for edits:
//!
//! - What is inserted at a border lies outside; what is inserted strictly between them, inside.
//! - What replaces marked words only is marked like them (a name that becomes a label, a word
//!   whose spelling is corrected). What replaces words on both sides of a border lies outside.
//! - What is removed across a border takes the border along to where it was removed.
//! - A passage whose words are all gone stays as an empty anchor at that place.
//! - Splitting and joining blocks moves no border off its words.

use base::Id;
use frame::TextChangeKind;
use serde::{Deserialize, Serialize};
use voices::Block;

/// A place between two code points of a block.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Point {
    /// The block.
    pub block: Id<Block>,
    /// Code points before this place, from 0.
    pub at: usize,
}

/// Where a passage begins and where it ends (exclusive).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Anchor {
    /// Where it begins.
    pub from: Point,
    /// Where it ends.
    pub to: Point,
}

impl Anchor {
    /// No words are left in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.from == self.to
    }

    /// The part of a block that lies in this passage, which must touch the block; `chars` is the
    /// block's length.
    #[must_use]
    pub fn within(&self, block: Id<Block>, chars: usize) -> (usize, usize) {
        let from = if self.from.block == block {
            self.from.at.min(chars)
        } else {
            0
        };
        let to = if self.to.block == block {
            self.to.at.min(chars)
        } else {
            chars
        };
        (from, to.max(from))
    }
}

/// The anchor after a change to the text of `block`.
#[must_use]
pub fn moved(anchor: Anchor, block: Id<Block>, change: &TextChangeKind) -> Anchor {
    match change {
        TextChangeKind::Spliced(splices) => splices
            .iter()
            .fold(anchor, |anchor, (at, removed, inserted)| {
                spliced(anchor, block, *at, *removed, *inserted)
            }),
        TextChangeKind::Split {
            at,
            skipped,
            new_block,
        } => split(anchor, block, *at, *skipped, Id::from(*new_block)),
        TextChangeKind::Joined { into, at } => {
            let carry = |point: Point| match point.block == block {
                true => Point {
                    block: Id::from(*into),
                    at: at + point.at,
                },
                false => point,
            };
            Anchor {
                from: carry(anchor.from),
                to: carry(anchor.to),
            }
        }
    }
}

fn spliced(
    mut anchor: Anchor,
    block: Id<Block>,
    at: usize,
    removed: usize,
    inserted: usize,
) -> Anchor {
    let end = at + removed;
    if anchor.from.block == block {
        let from = &mut anchor.from.at;
        if end <= *from {
            *from = *from - removed + inserted;
        } else if at < *from {
            *from = at + inserted;
        }
    }
    if anchor.to.block == block {
        let to = &mut anchor.to.at;
        if end <= *to && at < *to {
            *to = *to - removed + inserted;
        } else if at < *to {
            *to = at;
        }
    }
    if anchor.from.block == anchor.to.block && anchor.to.at < anchor.from.at {
        anchor.to.at = anchor.from.at;
    }
    anchor
}

fn split(
    mut anchor: Anchor,
    block: Id<Block>,
    at: usize,
    skipped: usize,
    new_block: Id<Block>,
) -> Anchor {
    let carried = |point: Point| Point {
        block: new_block,
        at: point.at.saturating_sub(at + skipped),
    };
    let begins_after = anchor.from.block == block && anchor.from.at >= at;
    if anchor.to.block == block {
        if begins_after || anchor.to.at > at + skipped {
            anchor.to = carried(anchor.to);
        } else {
            anchor.to.at = anchor.to.at.min(at);
        }
    }
    if begins_after {
        anchor.from = carried(anchor.from);
    }
    anchor
}

#[cfg(test)]
mod tests {
    use base::Uuid;
    use proptest::prelude::*;

    use super::*;

    fn block(n: u128) -> Id<Block> {
        Id::from(Uuid::from_u128(n))
    }

    fn in_one(from: usize, to: usize) -> Anchor {
        let block = block(1);
        Anchor {
            from: Point { block, at: from },
            to: Point { block, at: to },
        }
    }

    fn after(anchor: Anchor, splice: (usize, usize, usize)) -> (usize, usize) {
        let moved = moved(anchor, block(1), &TextChangeKind::Spliced(vec![splice]));
        (moved.from.at, moved.to.at)
    }

    #[test]
    fn what_is_inserted_at_a_border_lies_outside() {
        assert_eq!(after(in_one(3, 6), (3, 0, 2)), (5, 8));
        assert_eq!(after(in_one(3, 6), (6, 0, 2)), (3, 6));
        assert_eq!(after(in_one(3, 6), (4, 0, 2)), (3, 8));
    }

    #[test]
    fn what_replaces_marked_words_is_marked_and_what_goes_across_a_border_is_not() {
        assert_eq!(after(in_one(3, 6), (3, 3, 5)), (3, 8));
        assert_eq!(after(in_one(3, 6), (3, 1, 2)), (3, 7));
        assert_eq!(after(in_one(3, 6), (5, 1, 2)), (3, 7));
        assert_eq!(after(in_one(3, 6), (1, 3, 4)), (5, 7));
        assert_eq!(after(in_one(3, 6), (5, 3, 4)), (3, 5));
    }

    #[test]
    fn a_passage_whose_words_are_gone_is_an_empty_anchor_there() {
        assert_eq!(after(in_one(3, 6), (3, 3, 0)), (3, 3));
        assert_eq!(after(in_one(3, 6), (1, 9, 0)), (1, 1));
        assert_eq!(after(in_one(3, 3), (3, 0, 2)), (5, 5));
    }

    #[test]
    fn a_block_shows_its_part_of_a_passage() {
        let long = Anchor {
            from: Point {
                block: block(1),
                at: 4,
            },
            to: Point {
                block: block(3),
                at: 2,
            },
        };
        assert_eq!(long.within(block(1), 9), (4, 9));
        assert_eq!(long.within(block(2), 5), (0, 5));
        assert_eq!(long.within(block(3), 7), (0, 2));
    }

    /// One character, with the passages it belongs to.
    #[derive(Clone, Debug)]
    struct Cell {
        marks: Vec<bool>,
    }

    /// Blocks as rows of cells. What is marked is known per cell, with no positions: what the
    /// anchors must agree with.
    #[derive(Clone, Debug)]
    struct Model {
        blocks: Vec<(Id<Block>, Vec<Cell>)>,
        /// For each border, after block n: which passages go across it.
        borders: Vec<Vec<bool>>,
        next: u128,
    }

    impl Model {
        fn new(lengths: &[usize], anchors: &[Anchor]) -> Self {
            let ids: Vec<_> = (1..=lengths.len() as u128).map(block).collect();
            let place = |point: Point| {
                (
                    ids.iter().position(|id| *id == point.block).unwrap(),
                    point.at,
                )
            };
            let cell = |n: usize, at: usize| Cell {
                marks: anchors
                    .iter()
                    .map(|a| place(a.from) <= (n, at) && (n, at) < place(a.to))
                    .collect(),
            };
            Self {
                blocks: lengths
                    .iter()
                    .enumerate()
                    .map(|(n, len)| (ids[n], (0..*len).map(|at| cell(n, at)).collect()))
                    .collect(),
                borders: (1..lengths.len())
                    .map(|n| {
                        anchors
                            .iter()
                            .map(|a| place(a.from).0 < n && place(a.to).0 >= n)
                            .collect()
                    })
                    .collect(),
                next: 1000,
            }
        }

        /// Is the place before cell `at` of block `n` strictly inside passage `mark`?
        fn is_inside(&self, n: usize, at: usize, mark: usize) -> bool {
            let cells = &self.blocks[n].1;
            let before = match at {
                0 => n > 0 && self.borders[n - 1][mark],
                _ => cells[at - 1].marks[mark],
            };
            let after = match cells.get(at) {
                Some(cell) => cell.marks[mark],
                None => self.borders.get(n).is_some_and(|border| border[mark]),
            };
            before && after
        }

        fn splice(&mut self, n: usize, at: usize, removed: usize, inserted: usize, marks: usize) {
            let new: Vec<bool> = (0..marks)
                .map(|mark| match removed {
                    0 => self.is_inside(n, at, mark),
                    _ => self.blocks[n].1[at..at + removed]
                        .iter()
                        .all(|cell| cell.marks[mark]),
                })
                .collect();
            let cell = Cell { marks: new };
            self.blocks[n]
                .1
                .splice(at..at + removed, vec![cell; inserted]);
        }
    }

    #[derive(Clone, Debug)]
    enum Edit {
        Splice(usize, usize, usize, usize),
        Split(usize, usize, usize),
        Join(usize),
    }

    fn edits() -> impl Strategy<Value = Vec<Edit>> {
        let any = any::<usize>;
        let edit = prop_oneof![
            (any(), any(), 0..6_usize, 0..4_usize)
                .prop_map(|(n, at, r, i)| Edit::Splice(n, at, r, i)),
            (any(), any(), 0..3_usize).prop_map(|(n, at, skip)| Edit::Split(n, at, skip)),
            any().prop_map(Edit::Join),
        ];
        prop::collection::vec(edit, 0..25)
    }

    fn marks(lengths: &[usize]) -> impl Strategy<Value = Vec<Anchor>> + use<> {
        let places: Vec<Point> = lengths
            .iter()
            .enumerate()
            .flat_map(|(n, len)| {
                (0..=*len).map(move |at| Point {
                    block: block(n as u128 + 1),
                    at,
                })
            })
            .collect();
        let last = places.len() - 1;
        prop::collection::vec((0..=last, 0..=last), 1..6).prop_map(move |pairs| {
            pairs
                .into_iter()
                .map(|(a, b)| Anchor {
                    from: places[a.min(b)],
                    to: places[a.max(b)],
                })
                .collect()
        })
    }

    fn texts_and_marks() -> impl Strategy<Value = (Vec<usize>, Vec<Anchor>)> {
        prop::collection::vec(0..9_usize, 1..5)
            .prop_flat_map(|lengths| (Just(lengths.clone()), marks(&lengths)))
    }

    /// Carries an edit out on the model and gives the change as the hook would be told.
    fn carry_out(
        model: &mut Model,
        edit: &Edit,
        marks: usize,
    ) -> Option<(Id<Block>, TextChangeKind)> {
        match *edit {
            Edit::Splice(n, at, removed, inserted) => {
                let n = n % model.blocks.len();
                let len = model.blocks[n].1.len();
                let at = at % (len + 1);
                let removed = removed.min(len - at);
                model.splice(n, at, removed, inserted, marks);
                Some((
                    model.blocks[n].0,
                    TextChangeKind::Spliced(vec![(at, removed, inserted)]),
                ))
            }
            Edit::Split(n, at, skipped) => {
                let n = n % model.blocks.len();
                let len = model.blocks[n].1.len();
                let at = at % (len + 1);
                let skipped = skipped.min(len - at);
                model.splice(n, at, skipped, 0, marks);
                let across = (0..marks)
                    .map(|mark| model.is_inside(n, at, mark))
                    .collect();
                let rest = model.blocks[n].1.split_off(at);
                model.next += 1;
                let new = block(model.next);
                model.blocks.insert(n + 1, (new, rest));
                model.borders.insert(n, across);
                let kind = TextChangeKind::Split {
                    at,
                    skipped,
                    new_block: new.uuid(),
                };
                Some((model.blocks[n].0, kind))
            }
            Edit::Join(n) => {
                if model.blocks.len() < 2 {
                    return None;
                }
                let n = n % (model.blocks.len() - 1);
                let (gone, cells) = model.blocks.remove(n + 1);
                model.borders.remove(n);
                let at = model.blocks[n].1.len();
                let into = model.blocks[n].0;
                model.blocks[n].1.extend(cells);
                Some((
                    gone,
                    TextChangeKind::Joined {
                        into: into.uuid(),
                        at,
                    },
                ))
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn any_edits_move_no_mark_off_its_words((lengths, anchors) in texts_and_marks(), edits in edits()) {
            let mut model = Model::new(&lengths, &anchors);
            let mut now = anchors.clone();
            for edit in &edits {
                let Some((block, kind)) = carry_out(&mut model, edit, anchors.len()) else { continue };
                for anchor in &mut now {
                    *anchor = moved(*anchor, block, &kind);
                }
                let place = |point: Point| {
                    let n = model.blocks.iter().position(|(id, _)| *id == point.block).expect("a block that is there");
                    prop_assert!(point.at <= model.blocks[n].1.len());
                    Ok((n, point.at))
                };
                for (mark, anchor) in now.iter().enumerate() {
                    let (from, to) = (place(anchor.from)?, place(anchor.to)?);
                    prop_assert!(from <= to);
                    for (n, (_, cells)) in model.blocks.iter().enumerate() {
                        for (at, cell) in cells.iter().enumerate() {
                            let by_anchor = from <= (n, at) && (n, at) < to;
                            prop_assert_eq!(by_anchor, cell.marks[mark], "mark {} block {} at {} after {:?}", mark, n, at, edit);
                        }
                    }
                }
            }
        }
    }
}
