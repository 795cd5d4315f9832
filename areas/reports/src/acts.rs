//! What is done with reports: each act opens its door, changes the rows and is recorded. Pages, the demo hub and the
//! command line call the same.

use std::sync::OnceLock;

use base::{DAY, Digest, Id, Lang};
use frame::{Failure, Hub};
use people::{Act, Visitor};
use serde_json::json;
use store::objects::Object;
use store::{Conn, Fault, Tx, objects};
use tokio::sync::Semaphore;
use voices::Study;

use crate::checks::{self, Issue};
use crate::docx;
pub use crate::fixing::{begin_final, fix};
use crate::html;
use crate::material::{gather, report_or_new};
use crate::paper::{Kind, Paper};
use crate::pdf::{self, Fonts, PdfError};
use crate::publish::not_readable;
use crate::report::{HandOver, MOST_DAYS, MOST_TEXT, PartKey, Stamp};
use crate::store::{self as rows, HandOverRow, PartText, ReportRow, Version};

/// A form a report can have outside the hub.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// PDF/UA-1.
    Pdf,
    /// Word.
    Docx,
    /// A page of its own.
    Html,
}

/// What stands on the cover.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Title; the study's when empty.
    pub title: String,
    /// Subtitle; may be empty.
    pub subtitle: String,
    /// When the interviews were held, in words; may be empty.
    pub period: String,
    /// The language of the report.
    pub lang: Lang,
}

/// Why a part was not saved.
#[derive(Debug)]
pub enum NotSaved {
    /// Somebody else changed it since; nothing was written. What is stored now.
    Stale(Box<PartText>),
    /// Something else.
    Failure(Failure),
}

impl From<Fault> for NotSaved {
    fn from(fault: Fault) -> Self {
        Self::Failure(fault.into())
    }
}

impl From<Failure> for NotSaved {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// Opens the door to a report and makes its row when it is not there.
pub(crate) async fn enter(
    tx: &Tx,
    visitor: &Visitor,
    study: &Study,
    kind: Kind,
) -> Result<ReportRow, Failure> {
    let report = report_or_new(tx, visitor.hub(), study, kind).await?;
    visitor.enter(tx, Act::Change, report.clone()).await?;
    if rows::report(tx, study.id, kind).await?.is_none() {
        rows::set_report(tx, &report, visitor.hub().now()).await?;
    }
    Ok(report)
}

/// Writes the cover and chooses the language.
///
/// # Errors
/// [`Failure::NotFound`] when this person may not.
pub async fn set_settings(
    tx: &Tx,
    visitor: &Visitor,
    study: &Study,
    kind: Kind,
    settings: &Settings,
) -> Result<(), Failure> {
    let report = enter(tx, visitor, study, kind).await?;
    let title = if settings.title.trim().is_empty() {
        &study.title
    } else {
        &settings.title
    };
    let report = ReportRow {
        title: title.clone(),
        subtitle: settings.subtitle.clone(),
        period: settings.period.clone(),
        lang: settings.lang,
        ..report
    };
    rows::set_report(tx, &report, visitor.hub().now()).await?;
    voices::record(
        tx,
        visitor,
        study.id,
        "reports-did-set-cover",
        &json!({ "title": title }),
        None,
    )
    .await?;
    Ok(())
}

/// Where a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Which report.
    pub kind: Kind,
    /// Which part.
    pub part: PartKey,
    /// The revision that the writer saw; 0 when nothing was there.
    pub expected: i64,
}

/// Writes the own text of a part; gives its new revision.
///
/// # Errors
/// [`NotSaved::Stale`] when somebody else changed it since, with nothing written; `RE0001` when the text is too long;
/// [`Failure::NotFound`] when this person may not.
pub async fn set_part(
    tx: &Tx,
    visitor: &Visitor,
    study: &Study,
    target: Target,
    text: &str,
) -> Result<i64, NotSaved> {
    let text = text.replace("\r\n", "\n").replace('\0', "");
    if text.chars().count() > MOST_TEXT {
        return Err(Failure::bad("RE0001", "reports-too-long").into());
    }
    let report = enter(tx, visitor, study, target.kind).await?;
    let before = rows::part(tx, report.id, target.part).await?;
    let new = PartText {
        part: target.part,
        text,
        revision: target.expected,
        changed_by: visitor.actor().account,
        changed_at: visitor.hub().now(),
    };
    if !rows::set_part(tx, report.id, target.expected, &new).await? {
        let stored = rows::part(tx, report.id, target.part).await?;
        return Err(stored.map_or(NotSaved::Failure(Failure::NotFound), |text| {
            NotSaved::Stale(Box::new(text))
        }));
    }
    let payload = json!({
        "part": target.part.to_string(),
        "revision": target.expected + 1,
        "before": before.map(|before| before.text),
    });
    voices::record(
        tx,
        visitor,
        study.id,
        "reports-did-write-part",
        &payload,
        None,
    )
    .await?;
    Ok(target.expected + 1)
}

/// Keeps why something that the checks found may stand; without a reason, takes that back.
///
/// # Errors
/// [`Failure::NotFound`] when this person may not.
pub async fn decide(
    tx: &Tx,
    visitor: &Visitor,
    study: &Study,
    kind: Kind,
    decision: (&str, Option<&str>),
) -> Result<(), Failure> {
    let report = enter(tx, visitor, study, kind).await?;
    let (mark, reason) = decision;
    let (by, now) = (visitor.actor().account, visitor.hub().now());
    match reason {
        Some(reason) => rows::set_decided(tx, report.id, mark, reason, by, now).await?,
        None => rows::drop_decided(tx, report.id, mark).await?,
    }
    let payload = json!({ "mark": mark, "stands": reason.is_some() });
    voices::record(tx, visitor, study.id, "reports-did-decide", &payload, None).await?;
    Ok(())
}

/// What the checks find in the report as it stands. Open the door first.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn issues(hub: &Hub, study: &Study, kind: Kind) -> Result<Vec<Issue>, Fault> {
    let gathered = gather(&hub.store().read(), hub, study, kind).await?;
    let (composed, facts) = gathered.compose(Stamp::Draft, hub);
    Ok(checks::check(&composed, &facts))
}

/// A link that was just made.
#[derive(Debug)]
pub struct HandedOver {
    /// Its row.
    pub id: Id<HandOver>,
    /// The secret in its address; nobody can find it again.
    pub token: String,
}

impl HandedOver {
    /// The path it has on this hub.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/handed-over/{}", self.token)
    }
}

/// Hands a version over: makes a link that holds for some days.
///
/// # Errors
/// `RE0006` when no recipient is named, or the days are not 1 to 365; `RE0009` when words in it were taken out; [`Failure::NotFound`] for who does not lead the
/// study.
pub async fn hand_over(
    tx: &Tx,
    visitor: &Visitor,
    version: &Version,
    recipient: &str,
    days: i64,
) -> Result<HandedOver, Failure> {
    if recipient.trim().is_empty() || !(1..=MOST_DAYS).contains(&days) {
        return Err(Failure::bad("RE0006", "reports-recipient-missing"));
    }
    visitor.enter(tx, Act::HandOver, version.clone()).await?;
    // As it is now, not as the page that was shown saw it.
    if rows::paper(tx, version.id).await?.is_none() {
        return Err(not_readable());
    }
    let study = voices::study(tx, version.study)
        .await?
        .ok_or(Failure::NotFound)?;
    voices::goes_out(&study)?;
    let hub = visitor.hub();
    let now = hub.now();
    let made = HandedOver {
        id: hub.chance().id(now),
        token: hub.chance().token(),
    };
    let row = HandOverRow {
        id: made.id,
        version: version.id,
        recipient: recipient.trim().to_owned(),
        made_at: now,
        ends_at: now.plus(days * DAY),
        ended_at: None,
    };
    rows::add_handover(tx, &row, digest(&made.token), visitor.actor().account).await?;
    let payload = json!({ "number": version.number, "recipient": row.recipient, "days": days });
    voices::record(
        tx,
        visitor,
        version.study,
        "reports-did-hand-over",
        &payload,
        None,
    )
    .await?;
    Ok(made)
}

/// Ends a link before its time.
///
/// # Errors
/// [`Failure::NotFound`] when there is none that holds, or for who does not lead the study.
pub async fn end_handover(
    tx: &Tx,
    visitor: &Visitor,
    version: &Version,
    id: Id<HandOver>,
) -> Result<(), Failure> {
    visitor.enter(tx, Act::HandOver, version.clone()).await?;
    if !rows::end_handover(tx, version.id, id, visitor.hub().now()).await? {
        return Err(Failure::NotFound);
    }
    let payload = json!({ "number": version.number });
    voices::record(
        tx,
        visitor,
        version.study,
        "reports-did-end-link",
        &payload,
        None,
    )
    .await?;
    Ok(())
}

/// The digest under which a secret is kept.
pub(crate) fn digest(token: &str) -> Digest {
    Digest::of_file(token.as_bytes())
}

/// The report as it stands, marked as a draft.
///
/// # Errors
/// `RE0004` when it can't be set; [`Failure::NotFound`] when this person may not.
pub async fn draft(
    hub: &Hub,
    visitor: &Visitor,
    study: &Study,
    kind: Kind,
    format: Format,
) -> Result<Vec<u8>, Failure> {
    let gathered = gather(&hub.store().read(), hub, study, kind).await?;
    visitor.read(gathered.report.clone()).await?;
    let (composed, _) = gathered.compose(Stamp::Draft, hub);
    match format {
        Format::Pdf => pdf_bytes(composed.paper).await,
        Format::Docx => docx_bytes(composed.paper).await,
        Format::Html => Ok(html::document(&composed.paper).into_bytes()),
    }
}

/// The newest fixed version; `None` when there is none.
///
/// # Errors
/// `RE0009` when words in it were taken out; [`Failure::NotFound`] when this person may not; [`Failure`] of the database.
pub async fn newest(
    hub: &Hub,
    visitor: &Visitor,
    study: &Study,
    kind: Kind,
    format: Format,
) -> Result<Option<Vec<u8>>, Failure> {
    let Some(version) = rows::versions(&hub.store().read(), study.id, kind, 1)
        .await?
        .pop()
    else {
        return Ok(None);
    };
    let version = visitor.read(version).await?;
    if version.outdated {
        return Err(Failure::conflict("RE0009", "reports-newest-not-readable"));
    }
    file(hub, &version, format).await.map(Some)
}

/// A fixed version as a file; `RE0009` when its words were taken out. Open the door first.
pub(crate) async fn file(hub: &Hub, version: &Version, format: Format) -> Result<Vec<u8>, Failure> {
    let db = hub.store().read();
    if version.outdated {
        return Err(not_readable());
    }
    match format {
        Format::Html => Ok(html::document(&paper_of(hub, version).await?).into_bytes()),
        Format::Pdf => kept(hub, &db, version.object).await,
        Format::Docx => match version.docx {
            Some(object) => kept(hub, &db, object).await,
            None => docx_bytes(paper_of(hub, version).await?).await,
        },
    }
}

async fn kept(hub: &Hub, db: &Conn, object: Id<Object>) -> Result<Vec<u8>, Failure> {
    // Words may have been taken out since the version was asked for.
    let object = objects::get(db, object).await?.ok_or_else(not_readable)?;
    Ok(hub.store().objects().get(&object).await?.to_vec())
}

/// The document of a fixed version; `RE0009` when its words were taken out.
pub(crate) async fn paper_of(hub: &Hub, version: &Version) -> Result<Paper, Failure> {
    let json = rows::paper(&hub.store().read(), version.id)
        .await?
        .ok_or_else(not_readable)?;
    Ok(serde_json::from_str(&json).map_err(Fault::from)?)
}

/// One PDF at a time: each takes a core for seconds.
static DESK: Semaphore = Semaphore::const_new(1);

/// Sets a paper, where blocking is allowed.
pub(crate) async fn pdf_bytes(paper: Paper) -> Result<Vec<u8>, Failure> {
    let _seat = DESK
        .acquire()
        .await
        .map_err(|error| Failure::Fault(error.to_string()))?;
    let built = tokio::task::spawn_blocking(move || pdf::build(&paper, fonts()?))
        .await
        .map_err(|error| Failure::Fault(error.to_string()))?;
    match built {
        Ok(pdf) => Ok(pdf.bytes),
        Err(PdfError::Refused { .. }) => Err(Failure::bad("RE0004", "reports-pdf-too-large")),
        // Its text shows nothing of the report.
        Err(error @ PdfError::Fault { .. }) => Err(Failure::Fault(error.to_string())),
    }
}

/// Writes a Word document, where blocking is allowed.
pub(crate) async fn docx_bytes(paper: Paper) -> Result<Vec<u8>, Failure> {
    tokio::task::spawn_blocking(move || docx::build(&paper))
        .await
        .map_err(|error| Failure::Fault(error.to_string()))?
        .map_err(|error| Failure::Fault(error.to_string()))
}

/// The fonts, read once.
fn fonts() -> Result<&'static Fonts, PdfError> {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    if let Some(fonts) = FONTS.get() {
        return Ok(fonts);
    }
    let fonts = Fonts::new(ui::assets::report_fonts())?;
    Ok(FONTS.get_or_init(|| fonts))
}
