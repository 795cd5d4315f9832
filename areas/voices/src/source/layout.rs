//! A source as one text, as other programs see it.

use base::Id;

use super::Block;

/// The whole text of a source, and for each block the code point at which its body begins.
///
/// Where somebody begins to speak, their label and a colon stand before the body; the line ends
/// between blocks are LF. `blocks` are all blocks of the source in order, `lead` is
/// [`super::Source::lead`].
#[must_use]
pub fn layout(blocks: &[Block], lead: i64) -> (String, Vec<(Id<Block>, usize)>) {
    let mut text = String::new();
    let mut at = 0;
    let mut push = |text: &mut String, piece: &str| {
        text.push_str(piece);
        at += piece.chars().count();
        at
    };
    let mut before = push(&mut text, &line_ends(lead));
    let mut starts = Vec::with_capacity(blocks.len());
    let mut speaker = None;
    for block in blocks {
        if let Some(label) = block
            .speaker_label
            .as_deref()
            .filter(|_| block.speaker != speaker)
        {
            before = push(&mut text, &format!("{label}: "));
        }
        speaker = block.speaker;
        starts.push((block.id, before));
        push(&mut text, &block.body);
        before = push(&mut text, &line_ends(block.gap));
    }
    (text, starts)
}

fn line_ends(count: i64) -> String {
    "\n".repeat(usize::try_from(count).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use base::Uuid;
    use proptest::prelude::*;

    use super::*;
    use crate::source::{BlockKind, Side};

    fn block(at: u128, speaker: Option<u128>, body: &str, gap: i64) -> Block {
        Block {
            id: Id::from(Uuid::from_u128(at)),
            source: Id::from(Uuid::nil()),
            place: at as i64,
            kind: BlockKind::Turn,
            speaker: speaker.map(|id| Id::from(Uuid::from_u128(id))),
            speaker_label: speaker.map(|id| format!("Ås {id}")),
            side: speaker.map(|_| Side::Unknown),
            time: None,
            body: body.to_owned(),
            chars: body.chars().count() as i64,
            gap,
        }
    }

    #[test]
    fn labels_stand_where_somebody_begins_to_speak() {
        let blocks = [
            block(1, Some(1), "hei 👋", 2),
            block(2, Some(1), "du ", 0),
            block(3, Some(1), "der", 1),
            block(4, None, "Pause", 1),
        ];
        let (text, starts) = layout(&blocks, 1);
        assert_eq!(text, "\nÅs 1: hei 👋\n\ndu der\nPause\n");
        let starts: Vec<usize> = starts.into_iter().map(|(_, at)| at).collect();
        assert_eq!(starts, [7, 14, 17, 21]);
        assert_eq!(layout(&[], 0), (String::new(), vec![]));
    }

    proptest! {
        #[test]
        fn each_body_stands_where_its_offset_says(
            parts in prop::collection::vec((prop::option::of(0_u128..3), "\\PC{0,12}", 0_i64..3), 0..12),
            lead in 0_i64..3,
        ) {
            let blocks: Vec<Block> = parts
                .iter()
                .enumerate()
                .map(|(at, (speaker, body, gap))| block(at as u128, *speaker, body, *gap))
                .collect();
            let (text, starts) = layout(&blocks, lead);
            let signs: Vec<char> = text.chars().collect();
            prop_assert_eq!(starts.len(), blocks.len());
            for (block, (id, at)) in blocks.iter().zip(&starts) {
                prop_assert_eq!(block.id, *id);
                let body: String = signs[*at..*at + block.chars as usize].iter().collect();
                prop_assert_eq!(&body, &block.body);
            }
        }
    }
}
