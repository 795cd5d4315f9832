//! All SQL of themes and findings.

use ::store::{Body, Conn, Fault, Named, Owner, Sealed, Tx, each, params, places};
use base::{Id, Time, Uuid};
use voices::Side;

use super::{Finding, NewFinding, NewTheme, Stance, StudyId, Theme};
use crate::codebook::Code;
use crate::coding::Passage;
use crate::coding::store::{PASSAGE, passage};

/// A quote's place in a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// The finding.
    pub finding: Id<Finding>,
    /// What the quote does to it.
    pub stance: Stance,
    /// The passage.
    pub span: Passage,
}

/// How much stands behind a theme.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tally {
    /// The theme.
    pub theme: Id<Theme>,
    /// Different passages marked with its codes.
    pub passages: i64,
    /// Different sources they stand in.
    pub sources: i64,
}

/// The numbers of quotes.
pub const QUOTE: &str = "quote";
/// The numbers of findings.
pub const FINDING: &str = "finding";

/// The themes of a study in their order, with their codes.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn themes(db: &Conn, study: StudyId) -> Result<Vec<Theme>, Fault> {
    let rows = db
        .all(
            "SELECT id, guid, place, title, body, key_ref FROM theme WHERE study = $1 ORDER BY place, id",
            params![study],
        )
        .await?;
    let codes = db
        .all(
            "SELECT tc.theme AS theme, tc.code AS code FROM theme_code tc JOIN theme t ON t.id = tc.theme \
             JOIN code c ON c.id = tc.code WHERE t.study = $1 ORDER BY c.place, c.id",
            params![study],
        )
        .await?;
    let codes: Vec<(Id<Theme>, Id<Code>)> = codes
        .iter()
        .map(|row| Ok((row.id("theme")?, row.id("code")?)))
        .collect::<Result<_, Fault>>()?;
    rows.iter()
        .map(|row| {
            let id = row.id("id")?;
            Ok(Theme {
                id,
                guid: row.uuid("guid")?,
                place: row.int("place")?,
                title: row.text("title")?,
                text: row.body(&THEME_BODY.at(id))?,
                codes: codes
                    .iter()
                    .filter(|(theme, _)| *theme == id)
                    .map(|(_, code)| *code)
                    .collect(),
            })
        })
        .collect()
}

/// The texts of themes.
pub const THEME_BODY: Sealed = Sealed {
    table: "theme",
    row: &[("id", Named::Id)],
    study: "t.study",
};

/// The sentences of findings.
pub const FINDING_BODY: Sealed = Sealed {
    table: "finding",
    row: &[("id", Named::Id)],
    study: "t.study",
};

/// How much stands behind each theme of a study; themes without passages are not there.
pub async fn tallies(db: &Conn, study: StudyId) -> Result<Vec<Tally>, Fault> {
    let rows = db
        .all(
            "SELECT t.id AS theme, COUNT(DISTINCT c.passage) AS passages, \
             COUNT(DISTINCT p.source) AS sources FROM theme t \
             JOIN theme_code tc ON tc.theme = t.id JOIN coding c ON c.code = tc.code \
             JOIN passage p ON p.id = c.passage WHERE t.study = $1 GROUP BY t.id",
            params![study],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Tally {
                theme: row.id("theme")?,
                passages: row.int("passages")?,
                sources: row.int("sources")?,
            })
        })
        .collect()
}

/// Adds a theme at the end.
pub async fn add_theme(
    tx: &Tx,
    study: StudyId,
    id: Id<Theme>,
    guid: Uuid,
    theme: &NewTheme,
) -> Result<(), Fault> {
    let sealer = tx.sealer(Owner::Study(study.uuid())).await?;
    let body = sealer.seal(&THEME_BODY.at(id), &theme.text)?;
    tx.exec(
        "INSERT INTO theme (id, study, place, title, body, key_ref, guid) VALUES ($1, $2, \
         (SELECT COALESCE(MAX(place), 0) + 1 FROM theme WHERE study = $2), $3, $4, $5, $6)",
        params_with(params![id, study, &theme.title], &body, params![guid]),
    )
    .await?;
    set_theme_codes(tx, study, id, &theme.codes).await
}

fn params_with(
    mut before: Vec<::store::Value>,
    body: &Body,
    after: Vec<::store::Value>,
) -> Vec<::store::Value> {
    before.push(body.bytes());
    before.push(body.key_ref());
    before.extend(after);
    before
}

/// Writes a theme again; false when the study has none with this id.
pub async fn change_theme(
    tx: &Tx,
    study: StudyId,
    id: Id<Theme>,
    theme: &NewTheme,
) -> Result<bool, Fault> {
    let sealer = tx.sealer(Owner::Study(study.uuid())).await?;
    let body = sealer.seal(&THEME_BODY.at(id), &theme.text)?;
    let changed = tx
        .exec(
            "UPDATE theme SET title = $3, body = $4, key_ref = $5 WHERE id = $1 AND study = $2",
            params_with(params![id, study, &theme.title], &body, params![]),
        )
        .await?;
    if changed == 1 {
        set_theme_codes(tx, study, id, &theme.codes).await?;
    }
    Ok(changed == 1)
}

/// Gives a theme exactly these codes; codes of other studies are passed over.
async fn set_theme_codes(
    tx: &Tx,
    study: StudyId,
    id: Id<Theme>,
    codes: &[Id<Code>],
) -> Result<(), Fault> {
    tx.exec("DELETE FROM theme_code WHERE theme = $1", params![id])
        .await?;
    for some in codes.chunks(500) {
        let sql = format!(
            "INSERT INTO theme_code (theme, code) SELECT t.id, c.id FROM theme t \
             JOIN code c ON c.study = t.study WHERE t.id = $1 AND t.study = $2 AND c.id IN ({})",
            places(3, some.len())
        );
        let mut values = params![id, study];
        values.extend(each(some));
        tx.exec(&sql, values).await?;
    }
    Ok(())
}

/// Takes a theme away; its findings stay, without a theme. False when there was none.
pub async fn delete_theme(tx: &Tx, study: StudyId, id: Id<Theme>) -> Result<bool, Fault> {
    tx.exec(
        "UPDATE finding SET theme = NULL WHERE theme = $1 AND study = $2",
        params![id, study],
    )
    .await?;
    let gone = tx
        .exec(
            "DELETE FROM theme WHERE id = $1 AND study = $2",
            params![id, study],
        )
        .await?;
    Ok(gone == 1)
}

/// Puts themes in this order.
pub async fn order_themes(tx: &Tx, study: StudyId, order: &[Id<Theme>]) -> Result<(), Fault> {
    // Few rows, and an order is written once: one statement for each is plain.
    for (at, id) in order.iter().enumerate() {
        tx.exec(
            "UPDATE theme SET place = $1 WHERE id = $2 AND study = $3",
            params![at + 1, *id, study],
        )
        .await?;
    }
    Ok(())
}

/// The next number of a kind in a study; a number is given once.
pub async fn next_number(tx: &Tx, study: StudyId, what: &str) -> Result<i64, Fault> {
    let row = tx
        .one(
            "INSERT INTO numbering (study, what, last) VALUES ($1, $2, 1) \
             ON CONFLICT (study, what) DO UPDATE SET last = numbering.last + 1 RETURNING last",
            params![study, what],
        )
        .await?;
    row.ok_or_else(|| Fault::Row("no number was given".into()))?
        .int("last")
}

/// Adds a finding at the end.
pub async fn add_finding(
    tx: &Tx,
    study: StudyId,
    (id, number): (Id<Finding>, i64),
    finding: &NewFinding,
    now: Time,
) -> Result<(), Fault> {
    let sealer = tx.sealer(Owner::Study(study.uuid())).await?;
    let body = sealer.seal(&FINDING_BODY.at(id), &finding.sentence)?;
    tx.exec(
        "INSERT INTO finding (id, study, number, body, key_ref, theme, polarity, level, chime, \
         made_at, changed_at, place) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, \
         (SELECT COALESCE(MAX(place), 0) + 1 FROM finding WHERE study = $2))",
        params_with(params![id, study, number], &body, fields(finding, now)),
    )
    .await?;
    set_sides(tx, id, &finding.sides).await
}

fn fields(finding: &NewFinding, now: Time) -> Vec<::store::Value> {
    params![
        finding.theme,
        finding.polarity.word(),
        finding.level.word(),
        finding.chime.map(super::Chime::word),
        now,
    ]
}

/// Writes a finding again; false when the study has none with this id.
pub async fn change_finding(
    tx: &Tx,
    study: StudyId,
    id: Id<Finding>,
    finding: &NewFinding,
    now: Time,
) -> Result<bool, Fault> {
    let sealer = tx.sealer(Owner::Study(study.uuid())).await?;
    let body = sealer.seal(&FINDING_BODY.at(id), &finding.sentence)?;
    let changed = tx
        .exec(
            "UPDATE finding SET body = $3, key_ref = $4, theme = $5, polarity = $6, level = $7, \
             chime = $8, changed_at = $9 WHERE id = $1 AND study = $2",
            params_with(params![id, study], &body, fields(finding, now)),
        )
        .await?;
    if changed == 1 {
        set_sides(tx, id, &finding.sides).await?;
    }
    Ok(changed == 1)
}

async fn set_sides(tx: &Tx, id: Id<Finding>, sides: &[Side]) -> Result<(), Fault> {
    tx.exec("DELETE FROM finding_side WHERE finding = $1", params![id])
        .await?;
    for side in sides {
        tx.exec(
            "INSERT INTO finding_side (finding, side) VALUES ($1, $2) ON CONFLICT (finding, side) DO NOTHING",
            params![id, side.word()],
        )
        .await?;
    }
    Ok(())
}

/// Takes a finding away; false when there was none.
pub async fn delete_finding(tx: &Tx, study: StudyId, id: Id<Finding>) -> Result<bool, Fault> {
    let gone = tx
        .exec(
            "DELETE FROM finding WHERE id = $1 AND study = $2",
            params![id, study],
        )
        .await?;
    Ok(gone == 1)
}

/// Is this theme one of the study's?
pub async fn has_theme(db: &Conn, study: StudyId, id: Id<Theme>) -> Result<bool, Fault> {
    let row = db
        .one(
            "SELECT id FROM theme WHERE id = $1 AND study = $2",
            params![id, study],
        )
        .await?;
    Ok(row.is_some())
}

/// Is this finding one of the study's?
pub async fn has_finding(db: &Conn, study: StudyId, id: Id<Finding>) -> Result<bool, Fault> {
    let row = db
        .one(
            "SELECT id FROM finding WHERE id = $1 AND study = $2",
            params![id, study],
        )
        .await?;
    Ok(row.is_some())
}

/// The quote number of a passage of the study, `None` inside when it has none yet.
pub async fn quote_number(
    db: &Conn,
    study: StudyId,
    id: Id<Passage>,
) -> Result<Option<Option<i64>>, Fault> {
    let row = db
        .one(
            "SELECT quote_number FROM passage WHERE id = $1 AND study = $2",
            params![id, study],
        )
        .await?;
    row.map(|row| row.opt_int("quote_number")).transpose()
}

/// Gives a passage its number as a quote.
pub async fn set_quote_number(tx: &Tx, id: Id<Passage>, number: i64) -> Result<(), Fault> {
    tx.exec(
        "UPDATE passage SET quote_number = $1 WHERE id = $2",
        params![number, id],
    )
    .await?;
    Ok(())
}

/// Puts a quote into a finding, or changes what it does there.
pub async fn set_evidence(
    tx: &Tx,
    finding: Id<Finding>,
    passage: Id<Passage>,
    stance: Stance,
) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO evidence (finding, passage, stance, place) VALUES ($1, $2, $3, \
         (SELECT COALESCE(MAX(place), 0) + 1 FROM evidence WHERE finding = $1)) \
         ON CONFLICT (finding, passage) DO UPDATE SET stance = $3",
        params![finding, passage, stance.word()],
    )
    .await?;
    Ok(())
}

/// Takes a quote out of a finding.
pub async fn remove_evidence(
    tx: &Tx,
    finding: Id<Finding>,
    passage: Id<Passage>,
) -> Result<(), Fault> {
    tx.exec(
        "DELETE FROM evidence WHERE finding = $1 AND passage = $2",
        params![finding, passage],
    )
    .await?;
    Ok(())
}

/// The findings of a study in their order, without their quotes.
pub async fn bare_findings(db: &Conn, study: StudyId) -> Result<Vec<Finding>, Fault> {
    let rows = db
        .all(
            "SELECT id, number, place, theme, body, key_ref, polarity, level, chime FROM finding \
             WHERE study = $1 ORDER BY place, number",
            params![study],
        )
        .await?;
    let sides = db
        .all(
            "SELECT s.finding AS finding, s.side AS side FROM finding_side s \
             JOIN finding f ON f.id = s.finding WHERE f.study = $1 ORDER BY s.side",
            params![study],
        )
        .await?;
    let sides: Vec<(Id<Finding>, Side)> = sides
        .iter()
        .map(|row| Ok((row.id("finding")?, row.word("side")?)))
        .collect::<Result<_, Fault>>()?;
    rows.iter()
        .map(|row| {
            let id = row.id("id")?;
            let chime = row.opt_text("chime")?;
            let chime = chime.map(|word| word.parse()).transpose();
            Ok(Finding {
                id,
                number: row.int("number")?,
                place: row.int("place")?,
                theme: row.opt_id("theme")?,
                sentence: row.body(&FINDING_BODY.at(id))?,
                polarity: row.word("polarity")?,
                level: row.word("level")?,
                chime: chime.map_err(|()| Fault::Row("chime: unknown word".into()))?,
                sides: sides
                    .iter()
                    .filter(|(finding, _)| *finding == id)
                    .map(|(_, side)| *side)
                    .collect(),
                evidence: Vec::new(),
            })
        })
        .collect()
}

/// All quotes of all findings of a study, in their order.
pub async fn links(db: &Conn, study: StudyId) -> Result<Vec<Link>, Fault> {
    let sql = format!(
        "SELECT e.finding AS finding, e.stance AS stance, {PASSAGE} FROM evidence e \
         JOIN passage ON passage.id = e.passage JOIN finding f ON f.id = e.finding \
         WHERE f.study = $1 ORDER BY e.finding, e.place, passage.id"
    );
    let rows = db.all(&sql, params![study]).await?;
    rows.iter()
        .map(|row| {
            Ok(Link {
                finding: row.id("finding")?,
                stance: row.word("stance")?,
                span: passage(row)?,
            })
        })
        .collect()
}

/// Passages of a study marked with any of these codes: one page of them, source by source.
pub async fn spans(
    db: &Conn,
    study: StudyId,
    codes: &[Id<Code>],
    (limit, offset): (i64, i64),
) -> Result<Vec<Passage>, Fault> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {PASSAGE} FROM passage WHERE passage.study = $1 AND passage.id IN \
         (SELECT c.passage FROM coding c WHERE c.code IN ({})) \
         ORDER BY passage.source, passage.made_at, passage.id LIMIT $2 OFFSET $3",
        places(4, codes.len())
    );
    let mut values = params![study, limit, offset];
    values.extend(each(codes));
    db.all(&sql, values).await?.iter().map(passage).collect()
}

/// How many different passages of a study are marked with any of these codes.
pub async fn span_count(db: &Conn, study: StudyId, codes: &[Id<Code>]) -> Result<i64, Fault> {
    if codes.is_empty() {
        return Ok(0);
    }
    let sql = format!(
        "SELECT COUNT(*) AS n FROM passage p WHERE p.study = $1 AND p.id IN \
         (SELECT c.passage FROM coding c WHERE c.code IN ({}))",
        places(2, codes.len())
    );
    let mut values = params![study];
    values.extend(each(codes));
    db.count(&sql, values).await
}

/// How many findings without a quote each of these studies has; studies without are left out.
pub async fn without_evidence(db: &Conn, studies: &[Uuid]) -> Result<Vec<(Uuid, i64)>, Fault> {
    if studies.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT f.study AS study, COUNT(*) AS n FROM finding f WHERE f.study IN ({}) \
         AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.finding = f.id) GROUP BY f.study",
        places(1, studies.len())
    );
    let rows = db.all(&sql, each(studies)).await?;
    rows.iter()
        .map(|row| Ok((row.uuid("study")?, row.int("n")?)))
        .collect()
}

/// How many findings a study has.
pub async fn count(db: &Conn, study: Uuid) -> Result<i64, Fault> {
    db.count(
        "SELECT COUNT(*) AS n FROM finding WHERE study = $1",
        params![study],
    )
    .await
}
