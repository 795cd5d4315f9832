//! The codebook of a study as a file of its own (`.qdc`).

use std::collections::HashMap;
use std::io::Write;

use frame::Failure;
use refi_qda::{Codebook, Error, Piece, Set};

use super::ORIGIN;
use super::export::{Left, Whole, fault};
use super::kept;
use super::project::{sets, tree};

/// Writes codes, themes, and the sets of codes that came with other codebooks.
pub(super) async fn write<W: Write>(
    whole: &Whole<'_>,
    out: W,
    left: &mut Left,
) -> Result<(), Failure> {
    let mut all = sets(whole);
    let kept = kept::store::of_study(&whole.db, whole.study.id).await?;
    let kept = kept.iter().filter(|one| one.kind == "Set");
    let (of_codes, others): (Vec<Set>, Vec<Set>) = kept
        .filter_map(|one| Set::from_piece(&one.body).ok())
        .partition(|set| set.sources.is_empty() && set.notes.is_empty());
    all.extend(of_codes);
    left.tell("analysis-left-sets", others.len());
    let book = Codebook {
        origin: Some(format!("{ORIGIN} {}", env!("CARGO_PKG_VERSION"))),
        codes: tree(&whole.codes, &HashMap::new()),
        sets: all,
        leftovers: Vec::new(),
    };
    match book.write(out) {
        Err(Error::NoCodes) => Err(Failure::bad("AN0041", "analysis-export-no-codes")),
        done => done.map_err(fault),
    }
}
