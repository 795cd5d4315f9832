//! SQL of the codebook, coders, counts and notes.

use ::store::{Conn, Fault, Named, Owner, Row, Sealed, Tx, each, lines, params, places};
use base::{Account, Id, Time, Uuid};
use voices::{Source, Study};

use crate::codebook::{CODES_MAX, Code, in_tree};
use crate::coding::{Coder, Note};

fn code(row: &Row) -> Result<Code, Fault> {
    Ok(Code {
        id: row.id("id")?,
        parent: row.opt_id("parent")?,
        place: row.int("place")?,
        name: row.text("name")?,
        description: row.text("description")?,
        colour: row.text("colour")?,
        sign: row.text("sign")?,
        codable: row.flag("codable")?,
        guid: row.uuid("guid")?,
        depth: 0,
    })
}

const CODE: &str = "id, parent, place, name, description, colour, sign, codable, guid";

/// The code tree of a study, depth first.
pub async fn codes(db: &Conn, study: Id<Study>) -> Result<Vec<Code>, Fault> {
    let sql = format!("SELECT {CODE} FROM code WHERE study = $1 ORDER BY place, id LIMIT $2");
    let rows = db.all(&sql, params![study, CODES_MAX]).await?;
    Ok(in_tree(rows.iter().map(code).collect::<Result<_, _>>()?))
}

/// A code and the study it belongs to.
pub async fn code_by_id(db: &Conn, id: Id<Code>) -> Result<Option<(Code, Id<Study>)>, Fault> {
    let sql = format!("SELECT {CODE}, study FROM code WHERE id = $1");
    let row = db.one(&sql, params![id]).await?;
    row.map(|row| Ok((code(&row)?, row.id("study")?)))
        .transpose()
}

/// The study that a code belongs to.
pub async fn study_of_code(db: &Conn, id: Id<Code>) -> Result<Option<Uuid>, Fault> {
    let row = db
        .one("SELECT study FROM code WHERE id = $1", params![id])
        .await?;
    row.map(|row| row.uuid("study")).transpose()
}

/// Writes a new code.
pub async fn add_code(tx: &Tx, study: Id<Study>, code: &Code, now: Time) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO code (id, study, parent, place, name, description, colour, sign, codable, guid, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            code.id, study, code.parent, code.place, &code.name, &code.description,
            &code.colour, &code.sign, code.codable, code.guid, now
        ],
    )
    .await?;
    Ok(())
}

/// Writes all of a code but its id and guid.
pub async fn set_code(tx: &Tx, code: &Code) -> Result<(), Fault> {
    tx.exec(
        "UPDATE code SET parent = $2, place = $3, name = $4, description = $5, colour = $6, sign = $7, \
         codable = $8 WHERE id = $1",
        params![
            code.id, code.parent, code.place, &code.name, &code.description, &code.colour,
            &code.sign, code.codable
        ],
    )
    .await?;
    Ok(())
}

/// Puts everything below one code below another.
pub async fn move_children(tx: &Tx, from: Id<Code>, to: Option<Id<Code>>) -> Result<(), Fault> {
    tx.exec(
        "UPDATE code SET parent = $2 WHERE parent = $1",
        params![from, to],
    )
    .await?;
    Ok(())
}

/// Turns the codings of one code into codings of another. Where a coder has marked a passage with
/// both, one stays.
pub async fn move_codings(tx: &Tx, from: Id<Code>, to: Id<Code>) -> Result<(), Fault> {
    tx.exec(
        "DELETE FROM coding WHERE code = $1 AND EXISTS (SELECT 1 FROM coding other \
         WHERE other.passage = coding.passage AND other.coder = coding.coder AND other.code = $2)",
        params![from, to],
    )
    .await?;
    tx.exec(
        "UPDATE coding SET code = $2 WHERE code = $1",
        params![from, to],
    )
    .await?;
    Ok(())
}

/// The themes that hold one code hold another instead.
pub async fn move_theme_codes(tx: &Tx, from: Id<Code>, to: Id<Code>) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO theme_code (theme, code) SELECT theme, $2 FROM theme_code WHERE code = $1 \
         ON CONFLICT (theme, code) DO NOTHING",
        params![from, to],
    )
    .await?;
    Ok(())
}

/// The notes about one code are about another from now on.
pub async fn move_code_notes(tx: &Tx, from: Id<Code>, to: Id<Code>) -> Result<(), Fault> {
    tx.exec(
        "UPDATE note SET about = $2 WHERE about_kind = 'code' AND about = $1",
        params![from, to],
    )
    .await?;
    Ok(())
}

/// Removes a code that no coding names any more, with its notes.
pub async fn remove_code(tx: &Tx, code: Id<Code>) -> Result<(), Fault> {
    tx.exec(
        "DELETE FROM note WHERE about_kind = 'code' AND about = $1",
        params![code],
    )
    .await?;
    tx.exec("DELETE FROM code WHERE id = $1", params![code])
        .await?;
    Ok(())
}

/// Removes all codings of a code.
pub async fn remove_codings_of(tx: &Tx, code: Id<Code>) -> Result<(), Fault> {
    tx.exec("DELETE FROM coding WHERE code = $1", params![code])
        .await?;
    Ok(())
}

/// Removes passages of a study that nothing holds: no coding, no finding, no note, no number.
pub async fn remove_idle_passages(tx: &Tx, study: Id<Study>) -> Result<(), Fault> {
    tx.exec(
        "DELETE FROM passage WHERE study = $1 AND quote_number IS NULL \
         AND NOT EXISTS (SELECT 1 FROM coding WHERE coding.passage = passage.id) \
         AND NOT EXISTS (SELECT 1 FROM evidence WHERE evidence.passage = passage.id) \
         AND NOT EXISTS (SELECT 1 FROM note WHERE note.about_kind = 'passage' AND note.about = passage.id)",
        params![study],
    )
    .await?;
    Ok(())
}

/// Counts the codings of some codes anew, after an act that moved many at once.
pub async fn recount(tx: &Tx, codes: &[Id<Code>]) -> Result<(), Fault> {
    for code in codes {
        tx.exec("DELETE FROM tally WHERE code = $1", params![*code])
            .await?;
        tx.exec(
            "INSERT INTO tally (code, source, n) SELECT coding.code, passage.source, COUNT(*) FROM coding \
             JOIN passage ON passage.id = coding.passage WHERE coding.code = $1 \
             GROUP BY coding.code, passage.source",
            params![*code],
        )
        .await?;
    }
    Ok(())
}

/// Adds to the counts of some codes in a source, each code once.
pub async fn count_up(
    tx: &Tx,
    source: Id<Source>,
    counts: &[(Id<Code>, i64)],
) -> Result<(), Fault> {
    if counts.is_empty() {
        return Ok(());
    }
    let values = counts
        .iter()
        .flat_map(|(code, n)| params![*code, source, *n])
        .collect();
    let sql = format!(
        "INSERT INTO tally (code, source, n) VALUES {} \
         ON CONFLICT (code, source) DO UPDATE SET n = tally.n + excluded.n",
        lines(counts.len(), 3)
    );
    tx.exec(&sql, values).await?;
    Ok(())
}

/// Codings per code, in one source or in the whole study.
pub async fn counts(
    db: &Conn,
    study: Id<Study>,
    source: Option<Id<Source>>,
) -> Result<Vec<(Id<Code>, i64)>, Fault> {
    let mut values = params![study];
    // In one source it is one row a code; in the study, as many as it has sources.
    let in_source = match source {
        Some(source) => {
            values.extend(params![source]);
            "AND tally.source = $2"
        }
        None => "",
    };
    let sql = format!(
        "SELECT tally.code, CAST(SUM(tally.n) AS BIGINT) AS n FROM code JOIN tally ON tally.code = code.id \
         WHERE code.study = $1 {in_source} GROUP BY tally.code"
    );
    let rows = db.all(&sql, values).await?;
    rows.iter()
        .map(|row| Ok((row.id("code")?, row.int("n")?)))
        .collect()
}

/// In how many sources of each of these studies something is marked; from the counts that are kept.
pub async fn marked_sources(db: &Conn, studies: &[Uuid]) -> Result<Vec<(Uuid, i64)>, Fault> {
    if studies.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT c.study AS study, COUNT(DISTINCT t.source) AS n FROM code c JOIN tally t ON t.code = c.id \
         WHERE c.study IN ({}) AND t.n > 0 GROUP BY c.study",
        places(1, studies.len())
    );
    let rows = db.all(&sql, each(studies)).await?;
    rows.iter()
        .map(|row| Ok((row.uuid("study")?, row.int("n")?)))
        .collect()
}

/// Codes whose kept count differs from the codings themselves: (code, source, kept, true).
pub async fn wrong_counts(db: &Conn) -> Result<Vec<(Uuid, Uuid, i64, i64)>, Fault> {
    let rows = db
        .all(
            "SELECT code, source, CAST(SUM(kept) AS BIGINT) AS kept, CAST(SUM(found) AS BIGINT) AS found FROM ( \
               SELECT code, source, n AS kept, 0 AS found FROM tally \
               UNION ALL \
               SELECT coding.code, passage.source, 0, COUNT(*) FROM coding \
               JOIN passage ON passage.id = coding.passage GROUP BY coding.code, passage.source \
             ) AS both_counts GROUP BY code, source HAVING SUM(kept) <> SUM(found) LIMIT 100",
            params![],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.uuid("code")?,
                row.uuid("source")?,
                row.int("kept")?,
                row.int("found")?,
            ))
        })
        .collect()
}

/// Somebody's coder in a study.
pub async fn coder_of(
    db: &Conn,
    study: Id<Study>,
    account: Option<Id<Account>>,
    name: &str,
) -> Result<Option<Id<Coder>>, Fault> {
    let row = match account {
        Some(account) => {
            db.one("SELECT id FROM coder WHERE study = $1 AND account = $2", params![study, account]).await?
        }
        None => {
            db.one(
                "SELECT id FROM coder WHERE study = $1 AND account IS NULL AND name = $2 ORDER BY id LIMIT 1",
                params![study, name],
            )
            .await?
        }
    };
    row.map(|row| row.id("id")).transpose()
}

/// Writes a coder.
pub async fn add_coder(
    tx: &Tx,
    id: Id<Coder>,
    study: Id<Study>,
    account: Option<Id<Account>>,
    name: &str,
    guid: Uuid,
) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO coder (id, study, account, name, guid) VALUES ($1, $2, $3, $4, $5)",
        params![id, study, account, name, guid],
    )
    .await?;
    Ok(())
}

/// Coders of a study that stand for no account, oldest first.
pub async fn coders_without_account(
    db: &Conn,
    study: Id<Study>,
) -> Result<Vec<(Id<Coder>, String)>, Fault> {
    let rows = db
        .all(
            "SELECT id, name FROM coder WHERE study = $1 AND account IS NULL ORDER BY id LIMIT 1000",
            params![study],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("id")?, row.text("name")?)))
        .collect()
}

/// The coders of a study, by name.
pub async fn coders(db: &Conn, study: Id<Study>) -> Result<Vec<(Id<Coder>, String)>, Fault> {
    let rows = db
        .all(
            "SELECT id, name FROM coder WHERE study = $1 ORDER BY name, id LIMIT 1000",
            params![study],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.id("id")?, row.text("name")?)))
        .collect()
}

/// What was made by an account is made by nobody from now on; gives the studies where its name stood.
pub async fn forget_account(tx: &Tx, account: Id<Account>) -> Result<Vec<Uuid>, Fault> {
    let rows = tx
        .all(
            "UPDATE coder SET account = NULL, name = '–' WHERE account = $1 RETURNING study",
            params![account],
        )
        .await?;
    rows.iter().map(|row| row.uuid("study")).collect()
}

/// The texts of notes.
pub const NOTE_BODY: Sealed = Sealed {
    table: "note",
    row: &[("id", Named::Id)],
    study: "t.study",
};

fn note(row: &Row) -> Result<Note, Fault> {
    let id = row.id("id")?;
    Ok(Note {
        id,
        study: row.id("study")?,
        about_kind: row.text("about_kind")?,
        about: row.uuid("about")?,
        text: row.body(&NOTE_BODY.at(id))?,
        author: row.id("author")?,
        author_name: row.text("name")?,
        made_at: row.time("made_at")?,
    })
}

const NOTE: &str = "SELECT note.id, note.study, about_kind, about, body, key_ref, author, coder.name, note.made_at \
     FROM note JOIN coder ON coder.id = note.author";

/// The notes about some things of one kind.
pub async fn notes(db: &Conn, kind: &str, about: &[Uuid]) -> Result<Vec<Note>, Fault> {
    if about.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "{NOTE} WHERE about_kind = $1 AND about IN ({}) ORDER BY note.made_at, note.id",
        places(2, about.len())
    );
    let mut values = params![kind];
    values.extend(each(about));
    let rows = db.all(&sql, values).await?;
    rows.iter().map(note).collect()
}

/// A note.
pub async fn note_by_id(db: &Conn, id: Id<Note>) -> Result<Option<Note>, Fault> {
    let row = db
        .one(&format!("{NOTE} WHERE note.id = $1"), params![id])
        .await?;
    row.as_ref().map(note).transpose()
}

/// Writes new notes.
pub async fn add_notes(tx: &Tx, new: &[Note], now: Time) -> Result<(), Fault> {
    let Some(study) = new.first().map(|note| note.study) else {
        return Ok(());
    };
    let sealer = tx.sealer(Owner::Study(study.uuid())).await?;
    for some in new.chunks(100) {
        let mut values = Vec::with_capacity(some.len() * 9);
        for note in some {
            let body = sealer.seal(&NOTE_BODY.at(note.id), &note.text)?;
            values.extend(params![note.id, note.study, &note.about_kind, note.about]);
            values.extend([body.bytes(), body.key_ref()]);
            values.extend(params![note.author, note.made_at, now]);
        }
        let sql = format!(
            "INSERT INTO note (id, study, about_kind, about, body, key_ref, author, made_at, changed_at) VALUES {}",
            lines(some.len(), 9)
        );
        tx.exec(&sql, values).await?;
    }
    Ok(())
}

/// Writes the text of a note anew.
pub async fn set_note(tx: &Tx, id: Id<Note>, text: &str, now: Time) -> Result<(), Fault> {
    let sealer = tx.sealer_of(&NOTE_BODY, params![id]).await?;
    let body = sealer.seal(&NOTE_BODY.at(id), text)?;
    let mut values = params![id, now];
    values.extend([body.bytes(), body.key_ref()]);
    tx.exec(
        "UPDATE note SET changed_at = $2, body = $3, key_ref = $4 WHERE id = $1",
        values,
    )
    .await?;
    Ok(())
}

/// Removes notes.
pub async fn remove_notes(tx: &Tx, gone: &[Id<Note>]) -> Result<(), Fault> {
    if gone.is_empty() {
        return Ok(());
    }
    let sql = format!("DELETE FROM note WHERE id IN ({})", places(1, gone.len()));
    tx.exec(&sql, each(gone)).await?;
    Ok(())
}

/// Removes the notes about a source, and about its passages.
pub async fn forget_source_notes(tx: &Tx, source: Id<Source>) -> Result<(), Fault> {
    tx.exec(
        "DELETE FROM note WHERE (about_kind = 'source' AND about = $1) OR (about_kind = 'passage' \
         AND about IN (SELECT id FROM passage WHERE source = $1))",
        params![source],
    )
    .await?;
    Ok(())
}

/// Removes everything this area made in a study, in this order: what points to a row goes before it.
pub async fn forget_study(tx: &Tx, study: Id<Study>) -> Result<(), Fault> {
    for sql in [
        "DELETE FROM finding WHERE study = $1",
        "DELETE FROM theme WHERE study = $1",
        "DELETE FROM note WHERE study = $1",
        "DELETE FROM coding WHERE passage IN (SELECT id FROM passage WHERE study = $1)",
        "DELETE FROM passage WHERE study = $1",
        "DELETE FROM code WHERE study = $1",
        "DELETE FROM coder WHERE study = $1",
        "DELETE FROM numbering WHERE study = $1",
        "DELETE FROM kept WHERE study = $1",
        "DELETE FROM export WHERE study = $1",
    ] {
        tx.exec(sql, params![study]).await?;
    }
    Ok(())
}

/// Removes the passages of a source and all that hangs on them.
pub async fn forget_source(tx: &Tx, source: Id<Source>) -> Result<(), Fault> {
    tx.exec(
        "DELETE FROM evidence WHERE passage IN (SELECT id FROM passage WHERE source = $1)",
        params![source],
    )
    .await?;
    tx.exec(
        "DELETE FROM coding WHERE passage IN (SELECT id FROM passage WHERE source = $1)",
        params![source],
    )
    .await?;
    tx.exec("DELETE FROM passage WHERE source = $1", params![source])
        .await?;
    tx.exec("DELETE FROM tally WHERE source = $1", params![source])
        .await?;
    Ok(())
}
