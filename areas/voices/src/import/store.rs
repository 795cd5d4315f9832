//! SQL of imports.

use base::{Account, Id, Uuid};
use store::jobs::Job;
use store::objects::Object;
use store::{Conn, Fault, Holder, IntoValue, Row, Tx, each, params, places};

use super::{Import, ImportFile, ImportFileId, ImportState, Outcome};
use crate::{Source, Study};

fn import_of(row: &Row) -> Result<Import, Fault> {
    Ok(Import {
        id: row.id("id")?,
        study: row.id("study")?,
        job: row.opt_id("job")?,
        state: row.word("state")?,
        basis: row.word("basis")?,
        made_by: row.opt_id("made_by")?,
        made_at: row.time("made_at")?,
    })
}

/// The files of imports.
pub const FILE: Holder = Holder {
    table: "import_file",
    column: "object",
    study: "(SELECT i.study FROM import i WHERE i.id = t.import)",
};

const IMPORT: &str = "SELECT id, study, job, state, basis, made_by, made_at FROM import";

/// An import.
pub async fn import(db: &Conn, id: Id<Import>) -> Result<Option<Import>, Fault> {
    let sql = format!("{IMPORT} WHERE id = $1");
    db.one(&sql, params![id])
        .await?
        .map(|row| import_of(&row))
        .transpose()
}

/// The newest imports of a study.
pub async fn imports(db: &Conn, study: Id<Study>, limit: i64) -> Result<Vec<Import>, Fault> {
    let sql = format!("{IMPORT} WHERE study = $1 ORDER BY made_at DESC, id DESC LIMIT $2");
    let rows = db.all(&sql, params![study, limit]).await?;
    rows.iter().map(import_of).collect()
}

/// Of the imports into these studies, those that somebody began and that are not over.
pub async fn under_way(
    db: &Conn,
    studies: &[Uuid],
    account: Id<Account>,
) -> Result<Vec<Import>, Fault> {
    if studies.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "{IMPORT} WHERE study IN ({}) AND made_by = $1 AND state = 'open' ORDER BY made_at DESC LIMIT 5",
        places(2, studies.len())
    );
    let mut values = vec![account.into_value()];
    values.extend(each(studies));
    let rows = db.all(&sql, values).await?;
    rows.iter().map(import_of).collect()
}

/// Adds an import.
pub async fn add(tx: &Tx, import: &Import) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO import (id, study, job, state, basis, made_by, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            import.id,
            import.study,
            import.job,
            import.state.word(),
            import.basis.word(),
            import.made_by,
            import.made_at
        ],
    )
    .await?;
    Ok(())
}

/// Adds a file to an import.
pub async fn add_file(
    tx: &Tx,
    id: Id<ImportFileId>,
    import: Id<Import>,
    place: usize,
    name: &str,
    object: &Object,
) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO import_file (id, import, place, name, object, size, state) \
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting')",
        params![id, import, place, name, object.id, object.size],
    )
    .await?;
    Ok(())
}

/// The files of an import in order.
pub async fn files(db: &Conn, import: Id<Import>) -> Result<Vec<ImportFile>, Fault> {
    let rows = db
        .all(
            "SELECT id, name, object, size, state, outcome FROM import_file WHERE import = $1 ORDER BY place",
            params![import],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let outcome = row.opt_text("outcome")?;
            Ok(ImportFile {
                id: row.id("id")?,
                name: row.text("name")?,
                object: row.opt_id("object")?,
                size: row.int("size")?,
                state: row.text("state")?,
                outcome: outcome
                    .map(|text| serde_json::from_str(&text))
                    .transpose()?,
            })
        })
        .collect()
}

/// Writes what came of a file.
pub async fn set_outcome(tx: &Tx, id: Id<ImportFileId>, outcome: &Outcome) -> Result<(), Fault> {
    let state = if outcome.refused.is_some() {
        "refused"
    } else {
        "done"
    };
    tx.exec(
        "UPDATE import_file SET state = $1, outcome = $2 WHERE id = $3",
        params![state, serde_json::to_string(outcome)?, id],
    )
    .await?;
    Ok(())
}

/// Ends an import that is open; false when it was not.
pub async fn end(tx: &Tx, id: Id<Import>, state: ImportState) -> Result<bool, Fault> {
    let ended = tx
        .exec(
            "UPDATE import SET state = $1 WHERE id = $2 AND state = 'open'",
            params![state.word(), id],
        )
        .await?;
    Ok(ended == 1)
}

/// Makes the sources of an import visible.
pub async fn show_sources(tx: &Tx, id: Id<Import>) -> Result<(), Fault> {
    tx.exec(
        "UPDATE source SET visible = TRUE WHERE import = $1",
        params![id],
    )
    .await?;
    Ok(())
}

/// Blocks taken away in one act.
const AT_ONCE: i64 = 2_000;

/// Takes away some blocks that an import has left and nobody sees; false when none are left.
pub async fn drop_blocks(tx: &Tx, id: Id<Import>) -> Result<bool, Fault> {
    let gone = tx
        .exec(
            "DELETE FROM block WHERE id IN (SELECT b.id FROM block b JOIN source s ON s.id = b.source \
             WHERE s.import = $1 AND NOT s.visible LIMIT $2)",
            params![id, AT_ONCE],
        )
        .await?;
    Ok(gone > 0)
}

/// Takes away the sources that an import has left and nobody sees.
pub async fn drop_sources(tx: &Tx, id: Id<Import>) -> Result<(), Fault> {
    tx.exec(
        "DELETE FROM source WHERE import = $1 AND NOT visible",
        params![id],
    )
    .await?;
    Ok(())
}

/// The files of an import that no source needs: it was stopped, they were refused, or they were
/// projects, of which everything stands in rows of its own.
pub async fn useless_objects(db: &Conn, id: Id<Import>) -> Result<Vec<Id<Object>>, Fault> {
    let rows = db
        .all(
            "SELECT f.object AS id FROM import_file f JOIN import i ON i.id = f.import \
             WHERE f.import = $1 AND f.object IS NOT NULL AND (f.state = 'refused' OR i.state = 'cancelled' \
             OR NOT EXISTS (SELECT 1 FROM source s WHERE s.object = f.object))",
            params![id],
        )
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// Imports that are open, with their jobs, after one of them in the order of their ids.
pub async fn open(
    db: &Conn,
    after: Id<Import>,
    limit: i64,
) -> Result<Vec<(Id<Import>, Option<Id<Job>>)>, Fault> {
    let rows = db
        .all(
            "SELECT id, job FROM import WHERE state = 'open' AND id > $1 ORDER BY id LIMIT $2",
            params![after, limit],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("id")?, row.opt_id("job")?)))
        .collect()
}

/// Finished imports whose sources are not visible, and visible sources of imports that did not
/// finish: for `check`.
pub async fn half_visible(db: &Conn, limit: i64) -> Result<Vec<Id<Source>>, Fault> {
    let rows = db
        .all(
            "SELECT s.id AS id FROM source s JOIN import i ON i.id = s.import \
             WHERE (s.visible AND i.state <> 'done') OR (NOT s.visible AND i.state <> 'open') LIMIT $1",
            params![limit],
        )
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}
