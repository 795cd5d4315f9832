//! What marks do when something happens to their texts, sources or makers, inside the act.

use ::store::{Fault, Store, Tx};
use base::{Id, Uuid};
use frame::{
    Failure, Forget, Hooks, PracticeLaid, TextChange, TextChangeKind, Withdrawal, WithdrawalCount,
};
use futures::future::BoxFuture;
use people::Visitor;

use super::store as rows;
use crate::anchor::moved;
use crate::codebook::Frame;
use crate::codes::lay_frame;
use crate::exchange::kept;
use crate::from_file::source_came;
use crate::store as book;

/// The hooks of this area.
pub fn hooks() -> Hooks {
    Hooks {
        text_changed: Some(|tx, change| Box::pin(text_changed(tx, change))),
        withdrawal_preview: Some(|tx, what| Box::pin(withdrawal_preview(tx, what))),
        withdraw: Some(|tx, what| Box::pin(withdraw(tx, what))),
        forget: Some(|tx, what| Box::pin(forget(tx, what))),
        practice_laid: Some(|tx, what| Box::pin(practice_laid(tx, what))),
        source_came: Some(|tx, what| Box::pin(source_came(tx, what))),
    }
}

/// Moves the borders that lie in the changed block: as many rows as have a border there.
async fn text_changed(tx: &Tx, change: &TextChange) -> Result<(), Fault> {
    let block = Id::from(change.block);
    for passage in rows::bordering(tx, block).await? {
        let Some(before) = passage.anchor else {
            continue;
        };
        let after = moved(before, block, &change.kind);
        if after != before {
            rows::set_anchor(tx, passage.id, &after).await?;
        }
    }
    match &change.kind {
        TextChangeKind::Spliced(_) => Ok(()),
        TextChangeKind::Split { new_block, .. } => {
            rows::blocks_split(tx, block, Id::from(*new_block)).await
        }
        TextChangeKind::Joined { into, .. } => {
            rows::blocks_joined(tx, block, Id::from(*into)).await
        }
    }
}

async fn withdrawal_preview(tx: &Tx, what: &Withdrawal) -> Result<Vec<WithdrawalCount>, Fault> {
    let count = |what, n| WithdrawalCount { what, n };
    let study = Id::from(what.study);
    Ok(vec![
        count(
            "analysis-withdraw-passages",
            rows::passages_touching(tx, &what.blocks).await?,
        ),
        count(
            "analysis-withdraw-kept",
            kept::count_withdrawn(tx, study, &what.blocks).await?,
        ),
    ])
}

/// Every passage that touches words that are taken back goes, with what was made of it.
async fn withdraw(tx: &Tx, what: &Withdrawal) -> Result<(), Fault> {
    kept::withdraw(tx, Id::from(what.study), &what.blocks).await?;
    for blocks in what.blocks.chunks(500) {
        let codes = rows::remove_touching(tx, blocks).await?;
        book::recount(tx, &codes).await?;
    }
    voices::raise_seq(tx, &[what.study]).await
}

async fn forget(tx: &Tx, what: &Forget) -> Result<(), Fault> {
    match what {
        Forget::Source { source, .. } => {
            kept::forget_source(tx, Id::from(*source)).await?;
            book::forget_source_notes(tx, Id::from(*source)).await?;
            book::forget_source(tx, Id::from(*source)).await
        }
        Forget::Account(account) => {
            // The coder's name stands beside every mark: that is shown otherwise, and is no command.
            let studies = book::forget_account(tx, *account).await?;
            voices::raise_seq(tx, &studies).await
        }
        Forget::StudyWork { study } => book::forget_study(tx, Id::from(*study)).await,
    }
}

/// A practice study begins with the ten features of a good service as codes.
async fn practice_laid(tx: &Tx, what: &PracticeLaid) -> Result<(), Fault> {
    let visitor = Visitor::new(&what.hub, what.actor.clone());
    let words = what.hub.words(what.lang);
    lay_frame(
        tx,
        &visitor,
        Id::from(what.study),
        Frame::TenFeatures,
        &words,
    )
    .await
    .map_err(|failure| match failure {
        Failure::Fault(fault) => Fault::Row(fault),
        other => Fault::Row(format!("the frame of a practice study: {other:?}")),
    })
}

/// Passages looked at in one go.
const CHECKED_AT_ONCE: i64 = 300;

/// Looks over counts and borders: one line per fault.
pub fn check(store: &Store) -> BoxFuture<'_, Result<Vec<String>, Fault>> {
    Box::pin(async move {
        let db = store.read();
        let mut faults: Vec<String> = book::wrong_counts(&db)
            .await?
            .into_iter()
            .map(|(code, source, kept, found)| {
                format!("tally: code {code} in source {source} is kept as {kept} and is {found}")
            })
            .collect();
        for id in rows::without_border_block(&db).await? {
            faults.push(format!(
                "passage {id}: a border block is not noted among its blocks"
            ));
        }
        let mut after = Uuid::nil();
        loop {
            let page = rows::passages_after(&db, after, CHECKED_AT_ONCE).await?;
            let Some(last) = page.last() else {
                return Ok(faults);
            };
            after = last.id.uuid();
            let mut ends: Vec<_> = page
                .iter()
                .filter_map(|passage| passage.anchor)
                .flat_map(|anchor| [anchor.from.block, anchor.to.block])
                .collect();
            ends.sort();
            ends.dedup();
            let blocks = voices::blocks_by_id(&db, &ends).await?;
            for passage in page {
                let Some(anchor) = passage.anchor else {
                    continue;
                };
                let place = |point: crate::anchor::Point| {
                    let block = blocks.iter().find(|block| block.id == point.block)?;
                    let fits = block.source == passage.source
                        && i64::try_from(point.at).is_ok_and(|at| at <= block.chars);
                    fits.then_some((block.place, point.at))
                };
                let in_order = place(anchor.from)
                    .zip(place(anchor.to))
                    .is_some_and(|(from, to)| from <= to);
                if !in_order {
                    faults.push(format!(
                        "passage {}: its borders are not in its text",
                        passage.id
                    ));
                }
            }
        }
    })
}
