//! Beginning a final report, and fixing a version of either.

use analysis::Passage;
use base::{Id, Uuid};
use frame::{Failure, Hub};
use people::{Act, Visitor};
use serde_json::json;
use store::objects::Object;
use store::{Conn, Fault, Owner, Tx, objects};
use voices::{Source, Study};

use crate::acts::{docx_bytes, enter, pdf_bytes};
use crate::checks;
use crate::docx;
use crate::material::{Gathered, gather};
use crate::paper::{Block, Kind, Paper};
use crate::publish;
use crate::report::{PartKey, Stamp, parts};
use crate::store::{self as rows, ReportRow, Version};

/// Begins the final report from the process report: its cover and its own texts are copied, those that only a process
/// report has are left. Without a process report it begins empty.
///
/// # Errors
/// `RE0007` when it was begun already, with nothing changed; [`Failure::NotFound`] when this person may not.
pub async fn begin_final(tx: &Tx, visitor: &Visitor, study: &Study) -> Result<(), Failure> {
    if rows::report(tx, study.id, Kind::Final).await?.is_some() {
        return Err(Failure::conflict("RE0007", "reports-begun-already"));
    }
    let report = enter(tx, visitor, study, Kind::Final).await?;
    let before = rows::report(tx, study.id, Kind::Process).await?;
    let mut copied = 0;
    if let Some(before) = before {
        let now = visitor.hub().now();
        let cover = ReportRow {
            title: before.title,
            subtitle: before.subtitle,
            period: before.period,
            lang: before.lang,
            ..report.clone()
        };
        rows::set_report(tx, &cover, now).await?;
        let left: Vec<PartKey> = parts(Kind::Process, &[])
            .into_iter()
            .filter(|part| !part.is_in(Kind::Final))
            .collect();
        copied = rows::copy_parts(tx, before.id, report.id, &left, now).await?;
    }
    let payload = json!({ "copied": copied });
    voices::record(
        tx,
        visitor,
        study.id,
        "reports-did-begin-final",
        &payload,
        None,
    )
    .await?;
    Ok(())
}

/// What is about to become a version.
struct Ready {
    gathered: Gathered,
    number: i64,
    paper: Paper,
}

/// The paper as it would be fixed now, when nothing keeps it from being so.
async fn ready(db: &Conn, hub: &Hub, study: &Study, kind: Kind) -> Result<Ready, Failure> {
    voices::goes_out(study)?;
    let gathered = gather(db, hub, study, kind).await?;
    let (mut composed, facts) = gathered.compose(Stamp::fixed(kind), hub);
    let found = checks::check(&composed, &facts);
    let decided = rows::decided(db, gathered.report.id).await?;
    if !checks::open(&found, &decided).is_empty() {
        return Err(Failure::conflict("RE0002", "reports-not-ready"));
    }
    let number = rows::next_number(db, gathered.report.id).await?;
    composed.paper.ident = format!("{}-{number}", gathered.report.id);
    Ok(Ready {
        gathered,
        number,
        paper: composed.paper,
    })
}

/// Fixes a version: what was looked over is what is kept. It never changes again. Links into versions whose words were
/// taken out show it from now on, when this person leads the study.
///
/// # Errors
/// `RE0002` when something still keeps it from being fixed; `RE0003` when somebody changed or fixed it at the same
/// moment; `RE0004` when it can't be set; `VO0033` for a practice study; [`Failure::NotFound`] when this person may not.
pub async fn fix(visitor: &Visitor, study: &Study, kind: Kind) -> Result<Version, Failure> {
    let hub = visitor.hub().clone();
    let ready = ready(&hub.store().read(), &hub, study, kind).await?;
    visitor.read(ready.gathered.report.clone()).await?;
    let pdf = pdf_bytes(ready.paper.clone()).await?;
    let docx = docx_bytes(ready.paper.clone()).await?;
    let objects = hub.store().objects();
    let id = || hub.chance().id(hub.now());
    let sealer = hub.store().sealer(Owner::Study(study.id.uuid())).await?;
    let pdf = objects
        .put(&sealer, id(), "application/pdf", pdf.into())
        .await?;
    let docx = objects.put(&sealer, id(), docx::MEDIA, docx.into()).await?;
    let (visitor, study) = (visitor.clone(), study.clone());
    let fixed = hub
        .store()
        .write(move |tx| {
            Box::pin(async move { keep(tx, &visitor, &study, ready, (pdf, docx)).await })
        })
        .await?;
    hub.tell(fixed.study.uuid());
    Ok(fixed)
}

async fn keep(
    tx: &Tx,
    visitor: &Visitor,
    study: &Study,
    made: Ready,
    (pdf, docx): (Object, Object),
) -> Result<Version, Failure> {
    let (hub, kind) = (visitor.hub(), made.paper.kind);
    let report = enter(tx, visitor, study, kind).await?;
    // Setting takes seconds. Words that were taken back meanwhile must not come in by that way.
    let again = self::ready(tx, hub, study, kind).await?;
    if !same(&again.paper, &made.paper) || again.number != made.number {
        return Err(Failure::conflict("RE0003", "reports-changed-meanwhile"));
    }
    let now = hub.now();
    for object in [&pdf, &docx] {
        objects::add(tx, object, now).await?;
    }
    let version = Version {
        id: hub.chance().id(now),
        report: report.id,
        study: study.id,
        kind,
        number: made.number,
        object: pdf.id,
        docx: Some(docx.id),
        outdated: false,
        fixed_by: visitor.actor().account,
        fixed_at: now,
    };
    let paper = serde_json::to_string(&made.paper).map_err(Fault::from)?;
    rows::add_version(tx, &version, &paper)
        .await
        .map_err(|fault| match fault {
            Fault::Taken(_) => Failure::conflict("RE0003", "reports-changed-meanwhile"),
            other => other.into(),
        })?;
    let blocks = blocks_of(tx, &again).await?;
    publish::store::add_blocks(tx, version.id, &blocks).await?;
    // What who leads the study fixes is what the links that wait are shown.
    if visitor.may(Act::HandOver, &version) {
        publish::links_on(tx, visitor, &version).await?;
    }
    let payload = json!({ "kind": kind.word(), "number": version.number });
    voices::record(tx, visitor, study.id, "reports-did-fix", &payload, None).await?;
    Ok(version)
}

/// Do two papers say the same? The id of a report that has no row yet differs each time.
fn same(one: &Paper, other: &Paper) -> bool {
    let other = Paper {
        ident: one.ident.clone(),
        ..other.clone()
    };
    *one == other
}

/// The blocks that the quotes of a paper come from, with their sources.
async fn blocks_of(db: &Conn, made: &Ready) -> Result<Vec<(Uuid, Uuid)>, Fault> {
    let mut numbers = Vec::new();
    let parts = made.paper.parts.iter();
    parts.for_each(|part| quotes_in(&part.blocks, &mut numbers));
    let quoted: Vec<(Id<Passage>, Id<Source>)> = numbers
        .iter()
        .filter_map(|number| made.gathered.quoted.get(number).copied())
        .collect();
    let passages: Vec<Id<Passage>> = quoted.iter().map(|(passage, _)| *passage).collect();
    let touched = analysis::blocks_of(db, &passages).await?;
    Ok(touched
        .into_iter()
        .filter_map(|(passage, block)| {
            let (_, source) = quoted.iter().find(|(one, _)| *one == passage)?;
            Some((block.uuid(), source.uuid()))
        })
        .collect())
}

fn quotes_in(blocks: &[Block], numbers: &mut Vec<i64>) {
    for block in blocks {
        match block {
            Block::Quote(quote) => numbers.push(i64::from(quote.number)),
            Block::List { items, .. } => {
                items.iter().for_each(|item| quotes_in(item, numbers));
            }
            Block::FactBox { blocks, .. } | Block::Aside(blocks) => quotes_in(blocks, numbers),
            _ => {}
        }
    }
}
