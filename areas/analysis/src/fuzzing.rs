//! What must hold for any project, any codebook and any lines typed in from paper: asked by the
//! fuzzers in `fuzz/`, and by the tests here of all that fuzzers found.

use std::collections::HashMap;

use base::{Id, Uuid};
use bytes::Bytes;
use voices::intake::BLOCK_CODE_POINTS;
use voices::{Block, BlockKind};

use crate::codebook::{Code, NAME_MAX};
use crate::coding::{CODES_AT_ONCE, MARKS_AT_ONCE, NOTE_MAX};
use crate::exchange::parse::{self, Part, Text};
use crate::paper::{self, Asked, TEXT_MAX};

/// A `.qdpx`, the `project.qde` in it, or a `.qdc`: what comes of it can be stored and marked.
///
/// # Panics
/// When something is not as it must be.
pub fn exchange(bytes: &[u8]) {
    let bytes = Bytes::copy_from_slice(bytes);
    let mut give = |part| {
        if let Part::Text(text) = part {
            can_be_stored(&text);
        }
        true
    };
    drop(parse::read(bytes.clone(), &mut give));
    drop(parse::read_codebook(bytes, &mut give));
}

fn can_be_stored(text: &Text) {
    assert!(text.has_text || text.blocks.is_empty());
    assert!(text.lead >= 0);
    let lengths: Vec<usize> = text
        .blocks
        .iter()
        .map(|block| block.text.chars().count())
        .collect();
    for (block, length) in text.blocks.iter().zip(&lengths) {
        assert!((1..=BLOCK_CODE_POINTS).contains(length));
        assert!(
            !block
                .text
                .contains(|sign: char| sign.is_control() && sign != '\t')
        );
        assert!(block.gap >= 0);
    }
    for (from, to) in text.marks.iter().filter_map(|mark| mark.spots) {
        assert!(from < to);
        for (block, at) in [from, to] {
            assert!(lengths.get(block).is_some_and(|length| at <= *length));
        }
    }
}

/// Lines typed in from paper. Before them, and before a line `=====`, stand names of codes, one a
/// line, a heading with `*` before it; before these, likewise, the blocks of the text.
///
/// # Panics
/// When something is not as it must be.
pub fn paper(bytes: &[u8]) {
    let input = String::from_utf8_lossy(bytes);
    let mut parts = input.splitn(3, "\n=====\n");
    let blocks: HashMap<i64, Block> = (1..)
        .zip(parts.next().unwrap_or_default().lines())
        .map(|(place, body)| (place, block(place, body)))
        .collect();
    let names = parts.next().unwrap_or_default().lines();
    let codes: Vec<Code> = (1..).zip(names).map(|(n, name)| code(n, name)).collect();
    let typed = parts.next().unwrap_or_default();
    if typed.chars().count() > TEXT_MAX {
        return;
    }
    let lines = paper::lines(typed, &codes);
    assert!(lines.len() <= typed.lines().count());
    let read: Vec<&Asked> = lines
        .iter()
        .filter_map(|line| line.asked.as_ref().ok())
        .collect();
    assert!(read.len() <= MARKS_AT_ONCE);
    assert!(paper::ranges(&lines).len() <= read.len());
    for asked in read {
        let count = asked.codes.len() + asked.new_codes.len();
        assert!(count > 0 || !asked.note.is_empty());
        assert!(count <= CODES_AT_ONCE);
        assert!(asked.note.chars().count() <= NOTE_MAX);
        for name in &asked.new_codes {
            assert!((1..=NAME_MAX).contains(&name.chars().count()));
        }
        if let Ok(anchor) = paper::place(asked, &blocks) {
            let at = |spot: paper::Spot| blocks.get(&spot.place);
            let (from, to) = (at(asked.from), at(asked.to));
            assert_eq!(from.map(|block| block.id), Some(anchor.from.block));
            assert_eq!(to.map(|block| block.id), Some(anchor.to.block));
            let length = |block: Option<&Block>| block.map_or(0, |one| one.body.chars().count());
            assert!(anchor.from.at <= length(from) && anchor.to.at <= length(to));
            assert!(anchor.from.block != anchor.to.block || anchor.from.at <= anchor.to.at);
        }
    }
}

fn block(place: i64, body: &str) -> Block {
    Block {
        id: Id::from(Uuid::from_u128(place.unsigned_abs().into())),
        source: Id::from(Uuid::nil()),
        place,
        kind: BlockKind::Prose,
        speaker: None,
        speaker_label: None,
        side: None,
        time: None,
        body: body.to_owned(),
        chars: i64::try_from(body.chars().count()).unwrap_or(i64::MAX),
        gap: 1,
    }
}

fn code(n: u128, name: &str) -> Code {
    let bare = name.strip_prefix('*').unwrap_or(name);
    Code {
        id: Id::from(Uuid::from_u128(n)),
        parent: None,
        place: 1,
        name: bare.to_owned(),
        description: String::new(),
        colour: "#0b7a75".to_owned(),
        sign: bare.chars().take(1).collect(),
        codable: bare == name,
        guid: Uuid::from_u128(n),
        depth: 0,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Everything in this folder, seen from the repository's root.
    fn again(folder: &str, target: fn(&[u8])) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let files = std::fs::read_dir(root.join(folder)).unwrap();
        let files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        assert!(!files.is_empty(), "{folder}: the corpus is empty");
        for file in files {
            target(&std::fs::read(file).unwrap());
        }
    }

    #[test]
    fn projects_and_codebooks_that_fuzzers_found_are_read_again() {
        let of_the_format = ["project", "container", "codebook"];
        for name in of_the_format {
            again(&format!("formats/refi-qda/fuzz/corpus/{name}"), exchange);
        }
        again("fuzz/corpus/exchange", exchange);
    }

    #[test]
    fn typed_lines_that_fuzzers_found_are_read_again() {
        again("fuzz/corpus/paper", paper);
    }
}
