//! What every fuzzer asks of the readers: no panic, and what came in can be stored and marked.

#![warn(missing_docs)]
#![allow(
    unfulfilled_lint_expectations,
    reason = "what is public in the program is not public here"
)]

#[path = "../../areas/voices/src/intake/mod.rs"]
#[expect(dead_code, reason = "the program uses what is not used here")]
mod intake;
mod parts;

use intake::{BLOCK_CODE_POINTS, Kind, Limits, Refused};

/// Reads a document of this kind that is put together of the parts in `bytes`.
///
/// # Panics
/// When something is not as it must be.
pub fn read_parts(kind: &str, bytes: &[u8]) {
    read(&format!("a.{kind}"), &parts::packed(kind, bytes));
}

/// Reads a file of this name and looks over what came in.
///
/// # Panics
/// When something is not as it must be.
pub fn read(name: &str, bytes: &[u8]) {
    let read = match intake::read(name, bytes, &Limits::default(), &|_, _| true) {
        Ok(read) => read,
        Err(Refused::Broken {
            what: "the library gave up",
        }) if !name.ends_with(".pdf") => panic!("a panic was caught"),
        Err(_) => return,
    };
    assert!(!read.paragraphs.is_empty());
    for one in &read.paragraphs {
        assert!(!one.text.trim().is_empty());
        assert!(one.text.chars().count() <= BLOCK_CODE_POINTS);
        assert!(
            one.text
                .chars()
                .all(|sign| !sign.is_control() || sign == '\n' || sign == '\t')
        );
        assert_eq!(one.kind == Kind::Turn, one.speaker.is_some());
    }
    for mark in &read.marks {
        assert!(mark.from < mark.to);
        for spot in [mark.from, mark.to] {
            let text = &read.paragraphs[spot.paragraph].text;
            assert!(spot.at <= text.chars().count());
        }
    }
}
