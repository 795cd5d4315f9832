//! References that stand inside a sentence: «… slik flere fortalte ([[funn:3]])».
//!
//! Alone on a line a reference brings in the whole finding; inside a sentence it only leads there. Quotes are not
//! referred to in this way: not all of them are printed.

use super::markdown::named;
use super::{Block, Inline, ReferenceKind, Row};

/// Puts what `find` gives in the place of each reference to a finding. `find` giving `None` leaves it as it was typed.
pub fn refer(blocks: Vec<Block>, find: &dyn Fn(&str) -> Option<Inline>) -> Vec<Block> {
    blocks
        .into_iter()
        .map(|block| in_block(block, find))
        .collect()
}

fn in_block(block: Block, find: &dyn Fn(&str) -> Option<Inline>) -> Block {
    match block {
        Block::Paragraph(text) => Block::Paragraph(in_text(text, find)),
        Block::List {
            ordered,
            start,
            items,
        } => Block::List {
            ordered,
            start,
            items: items.into_iter().map(|item| refer(item, find)).collect(),
        },
        Block::Aside(blocks) => Block::Aside(refer(blocks, find)),
        Block::FactBox { heading, blocks } => Block::FactBox {
            heading,
            blocks: refer(blocks, find),
        },
        Block::Table(mut table) => {
            for row in &mut table.rows {
                if let Row::Cells(cells) = row {
                    for cell in cells {
                        *cell = in_text(std::mem::take(cell), find);
                    }
                }
            }
            Block::Table(table)
        }
        other => other,
    }
}

fn in_text(inlines: Vec<Inline>, find: &dyn Fn(&str) -> Option<Inline>) -> Vec<Inline> {
    let mut out = Vec::with_capacity(inlines.len());
    for inline in inlines {
        match inline {
            Inline::Text(text) => cut(&text, find, &mut out),
            Inline::Strong(inner) => out.push(Inline::Strong(in_text(inner, find))),
            Inline::Emph(inner) => out.push(Inline::Emph(in_text(inner, find))),
            other => out.push(other),
        }
    }
    out
}

fn cut(text: &str, find: &dyn Fn(&str) -> Option<Inline>, out: &mut Vec<Inline>) {
    let mut rest = text;
    let mut plain = String::new();
    while let Some((before, after)) = rest.split_once("[[") {
        plain.push_str(before);
        let found = after.split_once("]]").and_then(|(words, behind)| {
            let (kind, id) = named(words)?;
            let inline = (kind == ReferenceKind::Finding)
                .then(|| find(id))
                .flatten()?;
            Some((inline, behind))
        });
        match found {
            Some((inline, behind)) => {
                if !plain.is_empty() {
                    out.push(Inline::Text(std::mem::take(&mut plain)));
                }
                out.push(inline);
                rest = behind;
            }
            None => {
                plain.push_str("[[");
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        out.push(Inline::Text(plain));
    }
}

/// What stands in double brackets as a reference in these words, as it was typed.
pub fn left_over(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("[[") {
        rest = after;
        if let Some((words, behind)) = after.split_once("]]")
            && named(words).is_some()
        {
            found.push(format!("[[{words}]]"));
            rest = behind;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::{markdown, plain};

    fn find(id: &str) -> Option<Inline> {
        let known = ["3", "7"].contains(&id);
        known.then(|| Inline::Goto {
            id: format!("finding-{id}"),
            text: vec![Inline::text(format!("funn {id}"))],
        })
    }

    #[test]
    fn a_reference_in_a_sentence_leads_to_its_finding_and_what_is_unknown_stays_as_typed() {
        let text = "- Ring først ([[funn:3]], **[[finding: 7]]**)\n- [[funn:9]] og [[sitat:3]] og [[x]] og [[";
        let blocks = refer(markdown(text), &find);
        let Some(Block::List { items, .. }) = blocks.first() else {
            panic!("{blocks:?}");
        };
        let texts: Vec<&Vec<Inline>> = items
            .iter()
            .map(|item| match item.as_slice() {
                [Block::Paragraph(text)] => text,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            *texts[0],
            vec![
                Inline::text("Ring først ("),
                find("3").unwrap(),
                Inline::text(", "),
                Inline::Strong(vec![find("7").unwrap()]),
                Inline::text(")"),
            ]
        );
        let typed = plain(texts[1]);
        assert_eq!(typed, "[[funn:9]] og [[sitat:3]] og [[x]] og [[");
        assert_eq!(left_over(&typed), ["[[funn:9]]", "[[sitat:3]]"]);
    }
}
