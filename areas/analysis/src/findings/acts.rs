//! What is done with themes and findings: door, change and command in one act.
//!
//! Used by the pages and by the demo hub alike.

use ::store::Tx;
use base::{Id, Uuid};
use frame::Failure;
use people::{Act, Layer, StudyPart, Visitor};
use serde_json::json;

use super::{Finding, NewFinding, NewTheme, Stance, StudyId, Theme, store};
use crate::coding::Passage;

async fn enter(tx: &Tx, visitor: &Visitor, act: Act, study: StudyId) -> Result<(), Failure> {
    visitor
        .enter(tx, act, StudyPart(study.uuid(), Layer::Raw))
        .await?;
    Ok(())
}

async fn log(
    tx: &Tx,
    visitor: &Visitor,
    study: StudyId,
    kind: &str,
    payload: serde_json::Value,
) -> Result<(), Failure> {
    voices::record(tx, visitor, study, kind, &payload, None).await?;
    Ok(())
}

/// Adds a theme at the end of the study's themes.
///
/// # Errors
/// [`Failure::NotFound`] for somebody who may not.
pub async fn add_theme(
    tx: &Tx,
    visitor: &Visitor,
    study: StudyId,
    theme: &NewTheme,
) -> Result<Id<Theme>, Failure> {
    enter(tx, visitor, Act::Create, study).await?;
    let (hub, now) = (visitor.hub(), visitor.hub().now());
    let id: Id<Theme> = hub.chance().id(now);
    store::add_theme(tx, study, id, hub.chance().uuid(now), theme).await?;
    log(
        tx,
        visitor,
        study,
        "analysis-did-add-theme",
        json!({ "theme": id, "title": theme.title }),
    )
    .await?;
    Ok(id)
}

/// Adds the themes of a project, with their identities; part of an import, which is recorded as a
/// whole. A theme that the study has already is left as it is.
pub(crate) async fn bring_in_themes<'a>(
    tx: &Tx,
    visitor: &Visitor,
    study: StudyId,
    themes: impl Iterator<Item = (Uuid, &'a NewTheme)> + Send,
) -> Result<(), Failure> {
    let known = store::themes(tx, study).await?;
    let hub = visitor.hub();
    for (guid, theme) in themes {
        if known.iter().all(|one| one.guid != guid) {
            store::add_theme(tx, study, hub.chance().id(hub.now()), guid, theme).await?;
        }
    }
    Ok(())
}

/// Writes a theme again: title, text and codes.
///
/// # Errors
/// [`Failure::NotFound`] when the study has no such theme, or for somebody who may not.
pub async fn change_theme(
    tx: &Tx,
    visitor: &Visitor,
    study: StudyId,
    id: Id<Theme>,
    theme: &NewTheme,
) -> Result<(), Failure> {
    enter(tx, visitor, Act::Change, study).await?;
    if !store::change_theme(tx, study, id, theme).await? {
        return Err(Failure::NotFound);
    }
    log(
        tx,
        visitor,
        study,
        "analysis-did-change-theme",
        json!({ "theme": id, "title": theme.title }),
    )
    .await
}

/// Moves a theme one step up or down; at the end of the row it stays.
///
/// # Errors
/// [`Failure::NotFound`] when the study has no such theme, or for somebody who may not.
pub async fn move_theme(
    tx: &Tx,
    visitor: &Visitor,
    study: StudyId,
    id: Id<Theme>,
    up: bool,
) -> Result<(), Failure> {
    enter(tx, visitor, Act::Change, study).await?;
    let mut order: Vec<Id<Theme>> = store::themes(tx, study)
        .await?
        .into_iter()
        .map(|theme| theme.id)
        .collect();
    let at = order
        .iter()
        .position(|one| *one == id)
        .ok_or(Failure::NotFound)?;
    let to = if up { at.checked_sub(1) } else { Some(at + 1) };
    if let Some(to) = to.filter(|to| *to < order.len()) {
        order.swap(at, to);
        store::order_themes(tx, study, &order).await?;
        log(
            tx,
            visitor,
            study,
            "analysis-did-move-theme",
            json!({ "theme": id, "up": up }),
        )
        .await?;
    }
    Ok(())
}

/// Takes a theme away. Its findings stay, without a theme.
///
/// # Errors
/// [`Failure::NotFound`] when the study has no such theme, or for somebody who may not.
pub async fn delete_theme(
    tx: &Tx,
    visitor: &Visitor,
    study: StudyId,
    id: Id<Theme>,
) -> Result<(), Failure> {
    // Part of ordinary work with a study: nothing that was said goes with it.
    enter(tx, visitor, Act::Change, study).await?;
    if !store::delete_theme(tx, study, id).await? {
        return Err(Failure::NotFound);
    }
    log(
        tx,
        visitor,
        study,
        "analysis-did-delete-theme",
        json!({ "theme": id }),
    )
    .await
}

async fn check_theme(tx: &Tx, study: StudyId, finding: &NewFinding) -> Result<(), Failure> {
    match finding.theme {
        Some(theme) if !store::has_theme(tx, study, theme).await? => Err(Failure::NotFound),
        _ => Ok(()),
    }
}

/// Adds a finding with the study's next number.
///
/// # Errors
/// [`Failure::NotFound`] when its theme is not one of the study's, or for somebody who may not.
pub async fn add_finding(
    tx: &Tx,
    visitor: &Visitor,
    study: StudyId,
    finding: &NewFinding,
) -> Result<Id<Finding>, Failure> {
    enter(tx, visitor, Act::Create, study).await?;
    check_theme(tx, study, finding).await?;
    let now = visitor.hub().now();
    let id: Id<Finding> = visitor.hub().chance().id(now);
    let number = store::next_number(tx, study, store::FINDING).await?;
    store::add_finding(tx, study, (id, number), finding, now).await?;
    log(
        tx,
        visitor,
        study,
        "analysis-did-add-finding",
        json!({ "finding": id, "number": number }),
    )
    .await?;
    Ok(id)
}

/// Writes a finding again; its quotes stay.
///
/// # Errors
/// As [`add_finding`], and when the study has no such finding.
pub async fn change_finding(
    tx: &Tx,
    visitor: &Visitor,
    study: StudyId,
    id: Id<Finding>,
    finding: &NewFinding,
) -> Result<(), Failure> {
    enter(tx, visitor, Act::Change, study).await?;
    check_theme(tx, study, finding).await?;
    if !store::change_finding(tx, study, id, finding, visitor.hub().now()).await? {
        return Err(Failure::NotFound);
    }
    log(
        tx,
        visitor,
        study,
        "analysis-did-change-finding",
        json!({ "finding": id }),
    )
    .await
}

/// Takes a finding away. Its number is not given again.
///
/// # Errors
/// [`Failure::NotFound`] when the study has no such finding, or for somebody who may not.
pub async fn delete_finding(
    tx: &Tx,
    visitor: &Visitor,
    study: StudyId,
    id: Id<Finding>,
) -> Result<(), Failure> {
    enter(tx, visitor, Act::Change, study).await?;
    if !store::delete_finding(tx, study, id).await? {
        return Err(Failure::NotFound);
    }
    log(
        tx,
        visitor,
        study,
        "analysis-did-delete-finding",
        json!({ "finding": id }),
    )
    .await
}

/// Puts a quote into a finding, or changes what it does there. A passage gets its number as a
/// quote the first time it is used; gives that number.
///
/// # Errors
/// [`Failure::NotFound`] when finding or passage are not of the study, or for somebody who may not.
pub async fn add_evidence(
    tx: &Tx,
    visitor: &Visitor,
    study: StudyId,
    finding: Id<Finding>,
    passage: Id<Passage>,
    stance: Stance,
) -> Result<i64, Failure> {
    enter(tx, visitor, Act::Change, study).await?;
    if !store::has_finding(tx, study, finding).await? {
        return Err(Failure::NotFound);
    }
    let number = match store::quote_number(tx, study, passage)
        .await?
        .ok_or(Failure::NotFound)?
    {
        Some(number) => number,
        None => {
            let number = store::next_number(tx, study, store::QUOTE).await?;
            store::set_quote_number(tx, passage, number).await?;
            number
        }
    };
    store::set_evidence(tx, finding, passage, stance).await?;
    let payload = json!({ "finding": finding, "passage": passage, "stance": stance.word() });
    log(tx, visitor, study, "analysis-did-set-evidence", payload).await?;
    Ok(number)
}

/// Takes a quote out of a finding. It keeps its number.
///
/// # Errors
/// [`Failure::NotFound`] when the study has no such finding, or for somebody who may not.
pub async fn remove_evidence(
    tx: &Tx,
    visitor: &Visitor,
    study: StudyId,
    finding: Id<Finding>,
    passage: Id<Passage>,
) -> Result<(), Failure> {
    enter(tx, visitor, Act::Change, study).await?;
    if !store::has_finding(tx, study, finding).await? {
        return Err(Failure::NotFound);
    }
    store::remove_evidence(tx, finding, passage).await?;
    log(
        tx,
        visitor,
        study,
        "analysis-did-remove-evidence",
        json!({ "finding": finding, "passage": passage }),
    )
    .await
}
