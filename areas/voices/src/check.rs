//! Looks over what this area derives: lengths, places, what is visible, files.

use base::Id;
use futures::future::BoxFuture;
use store::{Fault, Store};

use crate::{import, source};

/// Rows looked at in one go.
const PAGE: i64 = 500;
/// Faults of one kind that are told.
const TOLD: i64 = 50;

/// One line for each fault, with what to do.
pub fn check(store: &Store) -> BoxFuture<'_, Result<Vec<String>, Fault>> {
    Box::pin(async move {
        let db = store.read();
        let mut faults = Vec::new();
        let mut after = Id::from(base::Uuid::nil());
        loop {
            let page = source::store::page_of_blocks(&db, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for block in &page {
                let counted = i64::try_from(block.body.chars().count()).unwrap_or(i64::MAX);
                if counted != block.chars {
                    faults.push(format!(
                        "voices: block {} of source {} says {} characters and has {counted}; restore a backup",
                        block.id, block.source, block.chars
                    ));
                }
            }
        }
        for source in source::store::misplaced(&db, TOLD).await? {
            faults.push(format!(
                "voices: the blocks of source {source} are not numbered 1, 2, 3 …; restore a backup"
            ));
        }
        for source in import::store::half_visible(&db, TOLD).await? {
            faults.push(format!(
                "voices: source {source} is not as its import says; import it again"
            ));
        }
        Ok(faults)
    })
}
