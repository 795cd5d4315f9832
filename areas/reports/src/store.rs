//! All SQL of this area.

use base::{Account, Digest, Id, Lang, Time, Uuid};
use people::{Layer, Scope, Thing};
use store::objects::Object;
use store::{
    Conn, Fault, Holder, Named, Owner, Row, Sealed, Sealer, Tx, each, lines, params, places,
};
use voices::Study;

use crate::checks::Decided;
use crate::paper::Kind;
use crate::report::{HandOver, PartKey, Report};

/// A report on its way: its cover and its language. The parts are rows of their own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReportRow {
    /// Its id.
    pub id: Id<Report>,
    /// The study.
    pub study: Id<Study>,
    /// Which report.
    pub kind: Kind,
    /// Title.
    pub title: String,
    /// Subtitle; may be empty.
    pub subtitle: String,
    /// When the interviews were held, in words; may be empty.
    pub period: String,
    /// Its language.
    pub lang: Lang,
}

impl Thing for ReportRow {
    const KIND: &'static str = "report";
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn scope(&self) -> Scope {
        Scope::Study(self.study.uuid(), Layer::Raw)
    }
}

/// The own text of a part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartText {
    /// Which part.
    pub part: PartKey,
    /// Markdown.
    pub text: String,
    /// Raised by each change; 0 before the first.
    pub revision: i64,
    /// Who changed it last.
    pub changed_by: Option<Id<Account>>,
    /// When.
    pub changed_at: Time,
}

/// A fixed version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// Its id.
    pub id: Id<crate::report::Version>,
    /// The report.
    pub report: Id<Report>,
    /// The study.
    pub study: Id<Study>,
    /// Which report.
    pub kind: Kind,
    /// Its number, from 1.
    pub number: i64,
    /// The PDF.
    pub object: Id<Object>,
    /// The Word document; versions that were fixed before it was made have none.
    pub docx: Option<Id<Object>>,
    /// Words in it were taken out since: it holds nothing any more, and a new version is to be fixed.
    pub outdated: bool,
    /// Who fixed it.
    pub fixed_by: Option<Id<Account>>,
    /// When.
    pub fixed_at: Time,
}

impl Thing for Version {
    const KIND: &'static str = "report_version";
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn scope(&self) -> Scope {
        Scope::Study(self.study.uuid(), Layer::Released)
    }
}

/// A link that was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HandOverRow {
    /// Its id.
    pub id: Id<HandOver>,
    /// The version it leads to.
    pub version: Id<crate::report::Version>,
    /// Whom it was given to, as a role.
    pub recipient: String,
    /// When it was made.
    pub made_at: Time,
    /// When it ends by itself.
    pub ends_at: Time,
    /// When somebody ended it.
    pub ended_at: Option<Time>,
}

impl HandOverRow {
    /// Does it lead anywhere now?
    #[must_use]
    pub fn holds(&self, now: Time) -> bool {
        self.ended_at.is_none() && now < self.ends_at
    }
}

/// The report of a study, once something was written in it.
pub async fn report(db: &Conn, study: Id<Study>, kind: Kind) -> Result<Option<ReportRow>, Fault> {
    let row = db
        .one(
            "SELECT id, study, kind, title, subtitle, period, lang FROM report WHERE study = $1 AND kind = $2",
            params![study, kind.word()],
        )
        .await?;
    row.map(|row| {
        Ok(ReportRow {
            id: row.id("id")?,
            study: row.id("study")?,
            kind: row.word("kind")?,
            title: row.text("title")?,
            subtitle: row.text("subtitle")?,
            period: row.text("period")?,
            lang: Lang::from_tag(&row.text("lang")?).unwrap_or_default(),
        })
    })
    .transpose()
}

/// Writes a new report, or its cover anew.
pub async fn set_report(tx: &Tx, report: &ReportRow, now: Time) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO report (id, study, kind, title, subtitle, period, lang, made_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (study, kind) \
         DO UPDATE SET title = $4, subtitle = $5, period = $6, lang = $7, changed_at = $8",
        params![
            report.id,
            report.study,
            report.kind.word(),
            &report.title,
            &report.subtitle,
            &report.period,
            report.lang.tag(),
            now
        ],
    )
    .await?;
    Ok(())
}

/// The own texts of a report's parts.
pub const PART: Sealed = Sealed {
    table: "report_part",
    row: &[("report", Named::Id), ("part", Named::Word)],
    study: "(SELECT r.study FROM report r WHERE r.id = t.report)",
};

/// Why something was let stand.
pub const CHECK: Sealed = Sealed {
    table: "report_check",
    row: &[("report", Named::Id), ("mark", Named::Word)],
    study: "(SELECT r.study FROM report r WHERE r.id = t.report)",
};

/// The documents of fixed versions.
pub const PAPER: Sealed = Sealed {
    table: "report_version",
    row: &[("id", Named::Id)],
    study: "(SELECT r.study FROM report r WHERE r.id = t.report)",
};

/// The PDFs of fixed versions.
pub const PDF: Holder = Holder {
    table: "report_version",
    column: "object",
    study: PAPER.study,
};

/// The Word documents of fixed versions.
pub const DOCX: Holder = Holder {
    column: "docx",
    ..PDF
};

/// What seals for the study of a report.
async fn sealer(tx: &Tx, report: Id<Report>) -> Result<Sealer, Fault> {
    let row = tx
        .one("SELECT study FROM report WHERE id = $1", params![report])
        .await?
        .ok_or_else(|| Fault::Row("no such report".into()))?;
    tx.sealer(Owner::Study(row.uuid("study")?)).await
}

fn part_of(report: Id<Report>, row: &Row) -> Result<PartText, Fault> {
    let part: PartKey = row.word("part")?;
    Ok(PartText {
        text: row.body(&PART.at(format_args!("{report}/{part}")))?,
        part,
        revision: row.int("revision")?,
        changed_by: row.opt_id("changed_by")?,
        changed_at: row.time("changed_at")?,
    })
}

/// The own texts of a report: at most one for each part.
pub async fn parts(db: &Conn, report: Id<Report>) -> Result<Vec<PartText>, Fault> {
    let rows = db
        .all(
            "SELECT part, body, key_ref, revision, changed_by, changed_at FROM report_part \
             WHERE report = $1 ORDER BY part",
            params![report],
        )
        .await?;
    rows.iter().map(|row| part_of(report, row)).collect()
}

/// The own text of one part.
pub async fn part(db: &Conn, report: Id<Report>, part: PartKey) -> Result<Option<PartText>, Fault> {
    let row = db
        .one(
            "SELECT part, body, key_ref, revision, changed_by, changed_at FROM report_part \
             WHERE report = $1 AND part = $2",
            params![report, part.to_string()],
        )
        .await?;
    row.as_ref().map(|row| part_of(report, row)).transpose()
}

/// Writes the own text of a part; false when the stored text is not of the revision that was expected.
pub async fn set_part(
    tx: &Tx,
    report: Id<Report>,
    expected: i64,
    new: &PartText,
) -> Result<bool, Fault> {
    let place = PART.at(format_args!("{report}/{}", new.part));
    let body = sealer(tx, report).await?.seal(&place, &new.text)?;
    let values = params![
        report,
        new.part.to_string(),
        body.bytes(),
        body.key_ref(),
        new.changed_by,
        new.changed_at,
        expected
    ];
    let sql = if expected == 0 {
        "INSERT INTO report_part (report, part, body, key_ref, revision, changed_by, changed_at) \
         VALUES ($1, $2, $3, $4, $7 + 1, $5, $6) ON CONFLICT (report, part) DO NOTHING"
    } else {
        "UPDATE report_part SET body = $3, key_ref = $4, revision = revision + 1, changed_by = $5, \
         changed_at = $6 WHERE report = $1 AND part = $2 AND revision = $7"
    };
    Ok(tx.exec(sql, values).await? == 1)
}

/// Copies the own texts of a report into one that has none, but for some parts; gives how many.
pub async fn copy_parts(
    tx: &Tx,
    from: Id<Report>,
    to: Id<Report>,
    without: &[PartKey],
    now: Time,
) -> Result<usize, Fault> {
    let texts = parts(tx, from).await?;
    let texts: Vec<&PartText> = texts
        .iter()
        .filter(|text| !without.contains(&text.part))
        .collect();
    let sealer = sealer(tx, to).await?;
    for some in texts.chunks(100) {
        let mut values = Vec::with_capacity(some.len() * 7);
        for text in some {
            let place = PART.at(format_args!("{to}/{}", text.part));
            let body = sealer.seal(&place, &text.text)?;
            values.extend(params![to, text.part.to_string()]);
            values.extend([body.bytes(), body.key_ref()]);
            values.extend(params![1_i64, text.changed_by, now]);
        }
        let sql = format!(
            "INSERT INTO report_part (report, part, body, key_ref, revision, changed_by, changed_at) VALUES {}",
            lines(some.len(), 7)
        );
        tx.exec(&sql, values).await?;
    }
    Ok(texts.len())
}

/// What was let stand, with the reasons.
pub async fn decided(db: &Conn, report: Id<Report>) -> Result<Decided, Fault> {
    let rows = db
        .all(
            "SELECT mark, body, key_ref FROM report_check WHERE report = $1 ORDER BY mark",
            params![report],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let mark = row.text("mark")?;
            let reason = row.body(&CHECK.at(format_args!("{report}/{mark}")))?;
            Ok((mark, reason))
        })
        .collect()
}

/// Keeps why something may stand.
pub async fn set_decided(
    tx: &Tx,
    report: Id<Report>,
    mark: &str,
    reason: &str,
    by: Option<Id<Account>>,
    now: Time,
) -> Result<(), Fault> {
    let place = CHECK.at(format_args!("{report}/{mark}"));
    let body = sealer(tx, report).await?.seal(&place, reason)?;
    tx.exec(
        "INSERT INTO report_check (report, mark, body, key_ref, decided_by, decided_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (report, mark) \
         DO UPDATE SET body = $3, key_ref = $4, decided_by = $5, decided_at = $6",
        params![report, mark, body.bytes(), body.key_ref(), by, now],
    )
    .await?;
    Ok(())
}

/// Takes back that something may stand.
pub async fn drop_decided(tx: &Tx, report: Id<Report>, mark: &str) -> Result<(), Fault> {
    tx.exec(
        "DELETE FROM report_check WHERE report = $1 AND mark = $2",
        params![report, mark],
    )
    .await?;
    Ok(())
}

const VERSION: &str = "SELECT v.id AS id, v.report AS report, r.study AS study, r.kind AS kind, \
    v.number AS number, v.object AS object, v.docx AS docx, v.outdated AS outdated, v.fixed_by AS fixed_by, v.fixed_at AS fixed_at \
    FROM report_version v JOIN report r ON r.id = v.report";

fn version_of(row: &Row) -> Result<Version, Fault> {
    Ok(Version {
        id: row.id("id")?,
        report: row.id("report")?,
        study: row.id("study")?,
        kind: row.word("kind")?,
        number: row.int("number")?,
        object: row.id("object")?,
        docx: row.opt_id("docx")?,
        outdated: row.flag("outdated")?,
        fixed_by: row.opt_id("fixed_by")?,
        fixed_at: row.time("fixed_at")?,
    })
}

/// The newest versions of a report, newest first.
pub async fn versions(
    db: &Conn,
    study: Id<Study>,
    kind: Kind,
    limit: i64,
) -> Result<Vec<Version>, Fault> {
    let sql =
        format!("{VERSION} WHERE r.study = $1 AND r.kind = $2 ORDER BY v.number DESC LIMIT $3");
    let rows = db.all(&sql, params![study, kind.word(), limit]).await?;
    rows.iter().map(version_of).collect()
}

/// One version by its number.
pub async fn version_by_number(
    db: &Conn,
    study: Id<Study>,
    kind: Kind,
    number: i64,
) -> Result<Option<Version>, Fault> {
    let sql = format!("{VERSION} WHERE r.study = $1 AND r.kind = $2 AND v.number = $3");
    db.one(&sql, params![study, kind.word(), number])
        .await?
        .as_ref()
        .map(version_of)
        .transpose()
}

/// One version.
pub async fn version(db: &Conn, id: Id<crate::report::Version>) -> Result<Option<Version>, Fault> {
    let sql = format!("{VERSION} WHERE v.id = $1");
    db.one(&sql, params![id])
        .await?
        .as_ref()
        .map(version_of)
        .transpose()
}

/// Versions after one in the order of their ids, for `check`.
pub async fn versions_after(db: &Conn, after: Uuid, limit: i64) -> Result<Vec<Version>, Fault> {
    let sql = format!("{VERSION} WHERE v.id > $1 ORDER BY v.id LIMIT $2");
    let rows = db.all(&sql, params![after, limit]).await?;
    rows.iter().map(version_of).collect()
}

/// The document of a version, as JSON; none when its words were taken out.
pub async fn paper(db: &Conn, id: Id<crate::report::Version>) -> Result<Option<String>, Fault> {
    let row = db
        .one(
            "SELECT body, key_ref FROM report_version WHERE id = $1",
            params![id],
        )
        .await?;
    let paper = row.map(|row| row.body(&PAPER.at(id))).transpose()?;
    Ok(paper.filter(|paper| !paper.is_empty()))
}

/// The number of the next version.
pub async fn next_number(db: &Conn, report: Id<Report>) -> Result<i64, Fault> {
    db.count(
        "SELECT COALESCE(MAX(number), 0) + 1 AS n FROM report_version WHERE report = $1",
        params![report],
    )
    .await
}

/// Adds a version.
pub async fn add_version(tx: &Tx, version: &Version, paper: &str) -> Result<(), Fault> {
    let sealer = sealer(tx, version.report).await?;
    let body = sealer.seal(&PAPER.at(version.id), paper)?;
    tx.exec(
        "INSERT INTO report_version (id, report, number, object, docx, body, key_ref, fixed_by, fixed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            version.id,
            version.report,
            version.number,
            version.object,
            version.docx,
            body.bytes(),
            body.key_ref(),
            version.fixed_by,
            version.fixed_at
        ],
    )
    .await?;
    Ok(())
}

const HANDOVER: &str = "SELECT id, version, recipient, made_at, ends_at, ended_at FROM handover";

fn handover_of(row: &Row) -> Result<HandOverRow, Fault> {
    Ok(HandOverRow {
        id: row.id("id")?,
        version: row.id("version")?,
        recipient: row.text("recipient")?,
        made_at: row.time("made_at")?,
        ends_at: row.time("ends_at")?,
        ended_at: row.opt_time("ended_at")?,
    })
}

/// Keeps a link; of its secret only the digest.
pub async fn add_handover(
    tx: &Tx,
    row: &HandOverRow,
    token: Digest,
    by: Option<Id<Account>>,
) -> Result<(), Fault> {
    tx.exec(
        "INSERT INTO handover (id, version, token, recipient, made_by, made_at, ends_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            row.id,
            row.version,
            token,
            &row.recipient,
            by,
            row.made_at,
            row.ends_at
        ],
    )
    .await?;
    Ok(())
}

/// The newest links to a version.
pub async fn handovers(
    db: &Conn,
    version: Id<crate::report::Version>,
) -> Result<Vec<HandOverRow>, Fault> {
    let sql = format!("{HANDOVER} WHERE version = $1 ORDER BY made_at DESC, id DESC LIMIT 100");
    let rows = db.all(&sql, params![version]).await?;
    rows.iter().map(handover_of).collect()
}

/// The versions of a study's report that somebody was ever given a link to, newest first, also those that are outdated.
pub async fn handed_over(
    db: &Conn,
    study: Id<Study>,
    kind: Kind,
    limit: i64,
) -> Result<Vec<Version>, Fault> {
    let sql = format!(
        "{VERSION} WHERE r.study = $1 AND r.kind = $2 \
         AND EXISTS (SELECT 1 FROM handover h WHERE h.version = v.id) ORDER BY v.number DESC LIMIT $3"
    );
    let rows = db.all(&sql, params![study, kind.word(), limit]).await?;
    rows.iter().map(version_of).collect()
}

/// How many links to each version of a report hold now.
pub async fn open_links(
    db: &Conn,
    report: Id<Report>,
    now: Time,
) -> Result<Vec<(Uuid, i64)>, Fault> {
    let rows = db
        .all(
            "SELECT h.version AS version, COUNT(*) AS n FROM handover h JOIN report_version v ON v.id = h.version \
             WHERE v.report = $1 AND h.ended_at IS NULL AND h.ends_at > $2 GROUP BY h.version",
            params![report, now],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.uuid("version")?, row.int("n")?)))
        .collect()
}

/// A link that ends soon.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ending {
    /// The study.
    pub study: Uuid,
    /// Which report it leads into.
    pub kind: Kind,
    /// Whom it was given to.
    pub recipient: String,
    /// When it ends.
    pub at: Time,
}

/// The links into reports of these studies that end before a moment, soonest first.
pub async fn ending_links(
    db: &Conn,
    studies: &[Uuid],
    now: Time,
    before: Time,
) -> Result<Vec<Ending>, Fault> {
    if studies.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT r.study AS study, r.kind AS kind, h.recipient AS recipient, h.ends_at AS ends_at FROM report r \
         JOIN report_version v ON v.report = r.id JOIN handover h ON h.version = v.id \
         WHERE h.ended_at IS NULL AND h.ends_at > $1 AND h.ends_at < $2 AND r.study IN ({}) \
         ORDER BY h.ends_at LIMIT 20",
        places(3, studies.len())
    );
    let mut values = params![now, before];
    values.extend(each(studies));
    let rows = db.all(&sql, values).await?;
    rows.iter()
        .map(|row| {
            Ok(Ending {
                study: row.uuid("study")?,
                kind: row.word("kind")?,
                recipient: row.text("recipient")?,
                at: row.time("ends_at")?,
            })
        })
        .collect()
}

/// A report that was given out and whose words were taken out since.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// The study.
    pub study: Uuid,
    /// Which report.
    pub kind: Kind,
}

/// The reports of these studies that are public, or that links lead to, in a version that is outdated.
pub async fn waiting(db: &Conn, studies: &[Uuid], now: Time) -> Result<Vec<Waiting>, Fault> {
    if studies.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT r.study AS study, r.kind AS kind FROM report r WHERE r.study IN ({}) AND EXISTS \
         (SELECT 1 FROM report_version v WHERE v.report = r.id AND v.outdated = TRUE AND (EXISTS \
         (SELECT 1 FROM report_publication p WHERE p.version = v.id AND p.taken_back_at IS NULL) OR EXISTS \
         (SELECT 1 FROM handover h WHERE h.version = v.id AND h.ended_at IS NULL AND h.ends_at > $1))) \
         ORDER BY r.id LIMIT 20",
        places(2, studies.len())
    );
    let mut values = params![now];
    values.extend(each(studies));
    let rows = db.all(&sql, values).await?;
    rows.iter()
        .map(|row| {
            Ok(Waiting {
                study: row.uuid("study")?,
                kind: row.word("kind")?,
            })
        })
        .collect()
}

/// How often the process report of a study was handed over, also by links that have ended.
pub async fn times_handed_over(db: &Conn, study: Id<Study>) -> Result<i64, Fault> {
    db.count(
        "SELECT COUNT(*) AS n FROM handover h JOIN report_version v ON v.id = h.version \
         JOIN report r ON r.id = v.report WHERE r.study = $1 AND r.kind = 'process'",
        params![study],
    )
    .await
}

/// The link behind a secret.
pub async fn handover_by_token(db: &Conn, token: Digest) -> Result<Option<HandOverRow>, Fault> {
    let sql = format!("{HANDOVER} WHERE token = $1");
    db.one(&sql, params![token])
        .await?
        .as_ref()
        .map(handover_of)
        .transpose()
}

/// Ends a link to a version; false when there is none that holds.
pub async fn end_handover(
    tx: &Tx,
    version: Id<crate::report::Version>,
    id: Id<HandOver>,
    now: Time,
) -> Result<bool, Fault> {
    let ended = tx
        .exec(
            "UPDATE handover SET ended_at = $1 WHERE id = $2 AND version = $3 AND ended_at IS NULL",
            params![now, id, version],
        )
        .await?;
    Ok(ended == 1)
}

/// Was a version opened by this link since then? One opening counts once in a while.
pub async fn was_opened(
    db: &Conn,
    version: Id<crate::report::Version>,
    ground: &str,
    since: Time,
) -> Result<bool, Fault> {
    let row = db
        .one(
            "SELECT id FROM trail WHERE kind = $1 AND subject = $2 AND at > $3 AND role = 'link' \
             AND ground = $4 LIMIT 1",
            params![Version::KIND, version, since, ground],
        )
        .await?;
    Ok(row.is_some())
}

/// Takes the reports of a study away, with their texts and versions.
pub async fn forget_study(tx: &Tx, study: Id<Study>) -> Result<(), Fault> {
    tx.exec("DELETE FROM report WHERE study = $1", params![study])
        .await?;
    Ok(())
}

/// Leaves what an account made without its maker.
pub async fn forget_account(tx: &Tx, account: Id<Account>) -> Result<(), Fault> {
    for sql in [
        "UPDATE report_part SET changed_by = NULL WHERE changed_by = $1",
        "UPDATE report_check SET decided_by = NULL WHERE decided_by = $1",
        "UPDATE report_version SET fixed_by = NULL WHERE fixed_by = $1",
        "UPDATE handover SET made_by = NULL WHERE made_by = $1",
    ] {
        tx.exec(sql, params![account]).await?;
    }
    Ok(())
}
