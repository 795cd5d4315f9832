//! SQL of what is public, and of whose words a version holds.

use base::{Account, Id, Lang, Time, Uuid};
use store::objects::Object;
use store::{Body, Conn, Fault, Row, Tx, each, lines, params, places};
use voices::Study;

use super::Publication;
use crate::report::{Report, Version};

/// Blocks in one question to the database.
const AT_ONCE: usize = 500;

const PUBLICATION: &str = "SELECT p.report AS report, p.version AS version, p.slug AS slug, p.title AS title, \
    p.subtitle AS subtitle, p.lang AS lang, p.published_at AS published_at, p.taken_back_at AS taken_back_at, \
    v.outdated AS outdated FROM report_publication p JOIN report_version v ON v.id = p.version";

fn publication_of(row: &Row) -> Result<Publication, Fault> {
    Ok(Publication {
        report: row.id("report")?,
        version: row.id("version")?,
        slug: row.text("slug")?,
        title: row.text("title")?,
        subtitle: row.text("subtitle")?,
        lang: Lang::from_tag(&row.text("lang")?).unwrap_or_default(),
        published_at: row.time("published_at")?,
        taken_back_at: row.opt_time("taken_back_at")?,
        outdated: row.flag("outdated")?,
    })
}

/// What is public of a report.
pub async fn of_report(db: &Conn, report: Id<Report>) -> Result<Option<Publication>, Fault> {
    let sql = format!("{PUBLICATION} WHERE p.report = $1");
    let row = db.one(&sql, params![report]).await?;
    row.as_ref().map(publication_of).transpose()
}

/// What is public at an address.
pub async fn at(db: &Conn, slug: &str) -> Result<Option<Publication>, Fault> {
    let sql = format!("{PUBLICATION} WHERE p.slug = $1");
    let row = db.one(&sql, params![slug]).await?;
    row.as_ref().map(publication_of).transpose()
}

/// How much everybody can read.
pub async fn count(db: &Conn) -> Result<i64, Fault> {
    db.count(
        "SELECT COUNT(*) AS n FROM report_publication p JOIN report_version v ON v.id = p.version \
         WHERE p.taken_back_at IS NULL AND v.outdated = FALSE",
        params![],
    )
    .await
}

/// One page of what everybody can read, newest first.
pub async fn list(db: &Conn, limit: i64, offset: i64) -> Result<Vec<Publication>, Fault> {
    let sql = format!(
        "{PUBLICATION} WHERE p.taken_back_at IS NULL AND v.outdated = FALSE \
         ORDER BY p.published_at DESC, p.report DESC LIMIT $1 OFFSET $2"
    );
    let rows = db.all(&sql, params![limit, offset]).await?;
    rows.iter().map(publication_of).collect()
}

/// Makes a version the public one, in place of the one before.
pub async fn set(tx: &Tx, new: &Publication, by: Option<Id<Account>>) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO report_publication \
         (report, version, slug, title, subtitle, lang, published_by, published_at, taken_back_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL) ON CONFLICT (report) \
         DO UPDATE SET version = $2, title = $4, subtitle = $5, lang = $6, published_by = $7, \
         published_at = $8, taken_back_at = NULL",
        params![
            new.report,
            new.version,
            &new.slug,
            &new.title,
            &new.subtitle,
            new.lang.tag(),
            by,
            new.published_at
        ],
    )
    .await?;
    Ok(())
}

/// Takes the report back as a whole; false when nothing is public.
pub async fn take_back(tx: &Tx, report: Id<Report>, now: Time) -> Result<bool, Fault> {
    let taken = tx
        .exec(
            "UPDATE report_publication SET taken_back_at = $1 WHERE report = $2 AND taken_back_at IS NULL",
            params![now, report],
        )
        .await?;
    Ok(taken == 1)
}

/// Leaves what an account published without its maker.
pub async fn forget_account(tx: &Tx, account: Id<Account>) -> Result<(), Fault> {
    tx.exec(
        "UPDATE report_publication SET published_by = NULL WHERE published_by = $1",
        params![account],
    )
    .await?;
    Ok(())
}

/// Keeps which blocks the quotes of a version come from.
pub async fn add_blocks(
    tx: &Tx,
    version: Id<Version>,
    blocks: &[(Uuid, Uuid)],
) -> Result<(), Fault> {
    for some in blocks.chunks(AT_ONCE) {
        let sql = format!(
            "INSERT INTO report_version_block (version, block, source) VALUES {} \
             ON CONFLICT (version, block) DO NOTHING",
            lines(some.len(), 3)
        );
        let values = some.iter();
        let values = values.flat_map(|(block, source)| params![version, *block, *source]);
        tx.exec(&sql, values.collect()).await?;
    }
    Ok(())
}

/// The words of a block lie, or may lie, in another one as well from now on.
pub async fn block_goes_on_in(tx: &Tx, block: Uuid, other: Uuid) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO report_version_block (version, block, source) \
         SELECT version, $2, source FROM report_version_block WHERE block = $1 \
         ON CONFLICT (version, block) DO NOTHING",
        params![block, other],
    )
    .await?;
    Ok(())
}

/// The versions that hold words of these blocks and still stand, each once.
pub async fn holding(db: &Conn, study: Id<Study>, blocks: &[Uuid]) -> Result<Vec<Uuid>, Fault> {
    let mut all = Vec::new();
    for some in blocks.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT DISTINCT b.version AS version FROM report_version_block b \
             JOIN report_version v ON v.id = b.version JOIN report r ON r.id = v.report \
             WHERE r.study = $1 AND v.outdated = FALSE AND b.block IN ({})",
            places(2, some.len())
        );
        let mut values = params![study];
        values.extend(each(some));
        for row in db.all(&sql, values).await? {
            all.push(row.uuid("version")?);
        }
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// The versions that hold words of a source and still stand.
pub async fn holding_source(db: &Conn, source: Uuid) -> Result<Vec<Uuid>, Fault> {
    let rows = db
        .all(
            "SELECT DISTINCT b.version AS version FROM report_version_block b \
             JOIN report_version v ON v.id = b.version WHERE b.source = $1 AND v.outdated = FALSE",
            params![source],
        )
        .await?;
    rows.iter().map(|row| row.uuid("version")).collect()
}

/// In how many versions that still stand words of a block are quoted.
pub async fn fixed_with(db: &Conn, block: Uuid) -> Result<i64, Fault> {
    db.count(
        "SELECT COUNT(*) AS n FROM report_version_block b JOIN report_version v ON v.id = b.version \
         WHERE b.block = $1 AND v.outdated = FALSE",
        params![block],
    )
    .await
}

/// The files of versions.
pub async fn files(db: &Conn, versions: &[Uuid]) -> Result<Vec<Id<Object>>, Fault> {
    let mut all = Vec::new();
    for some in versions.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT object, docx FROM report_version WHERE id IN ({})",
            places(1, some.len())
        );
        for row in db.all(&sql, each(some)).await? {
            all.push(row.id("object")?);
            all.extend(row.opt_id("docx")?);
        }
    }
    Ok(all)
}

/// Marks versions as outdated, and takes their documents away.
pub async fn set_outdated(tx: &Tx, versions: &[Uuid]) -> Result<(), Fault> {
    let nothing = Body::nothing();
    for some in versions.chunks(AT_ONCE) {
        let sql = format!(
            "UPDATE report_version SET outdated = TRUE, body = $1, key_ref = $2 WHERE id IN ({})",
            places(3, some.len())
        );
        let mut values = vec![nothing.bytes(), nothing.key_ref()];
        values.extend(each(some));
        tx.exec(&sql, values).await?;
    }
    Ok(())
}

/// Lets the links that hold, and that lead to outdated versions of the same report before this one, lead to this one;
/// gives how many.
pub async fn hand_on(tx: &Tx, to: Id<Version>, now: Time) -> Result<u64, Fault> {
    tx.exec(
        "UPDATE handover SET version = $1 WHERE ended_at IS NULL AND ends_at > $2 AND version IN \
         (SELECT old.id FROM report_version old JOIN report_version new ON new.report = old.report \
         WHERE new.id = $1 AND new.outdated = FALSE AND old.outdated = TRUE AND old.number < new.number)",
        params![to, now],
    )
    .await
}

/// How many links that hold lead to outdated versions of a report.
pub async fn waiting_links(db: &Conn, report: Id<Report>, now: Time) -> Result<i64, Fault> {
    db.count(
        "SELECT COUNT(*) AS n FROM handover h JOIN report_version v ON v.id = h.version \
         WHERE v.report = $1 AND v.outdated = TRUE AND h.ended_at IS NULL AND h.ends_at > $2",
        params![report, now],
    )
    .await
}

/// The newest versions that still stand and were handed over before, of the reports that these versions belong to.
pub async fn handed_over_beside(db: &Conn, versions: &[Uuid]) -> Result<Vec<Id<Version>>, Fault> {
    let mut all = Vec::new();
    for some in versions.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT v.id AS id FROM report_version v WHERE v.outdated = FALSE \
             AND v.report IN (SELECT report FROM report_version WHERE id IN ({})) \
             AND EXISTS (SELECT 1 FROM handover h WHERE h.version = v.id) \
             AND NOT EXISTS (SELECT 1 FROM report_version w JOIN handover g ON g.version = w.id \
             WHERE w.report = v.report AND w.outdated = FALSE AND w.number > v.number)",
            places(1, some.len())
        );
        for row in db.all(&sql, each(some)).await? {
            all.push(row.id("id")?);
        }
    }
    Ok(all)
}
