//! Making a final report public, and knowing whose words a version holds.
//!
//! Public is always one version: the newest one that was published. A newer one takes its place at the same address,
//! and nothing tells what is different in it. Only a final report is ever public, only when the commission says that
//! the hub publishes, and never a version with words that were taken back.

pub(crate) mod store;

use ::store::jobs::{self, NewJob};
use ::store::objects::{self, Object};
use ::store::{Conn, Fault, Tx};
use base::{Id, Lang, Time, Uuid};
use frame::jobs::{JobEnd, Work};
use frame::{Failure, Forget, Hooks, TextChange, TextChangeKind, Withdrawal, WithdrawalCount};
use futures::future::BoxFuture;
use people::{Act, Visitor};
use serde_json::json;
use voices::{Publisher, Study};

use crate::paper::{Kind, Paper};
use crate::report::{Report, Version as VersionId};
use crate::store as rows;
use crate::store::Version;

/// What is public of a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Publication {
    /// The report.
    pub report: Id<Report>,
    /// The version that is public.
    pub version: Id<VersionId>,
    /// The study's name in addresses.
    pub slug: String,
    /// The version's title.
    pub title: String,
    /// Its subtitle; may be empty.
    pub subtitle: String,
    /// Its language.
    pub lang: Lang,
    /// When this version was made public.
    pub published_at: Time,
    /// When the report was taken back as a whole.
    pub taken_back_at: Option<Time>,
    /// Words in the public version were taken out: nobody reads it until another is published.
    pub outdated: bool,
}

impl Publication {
    /// Its path on the hub.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/reports/{}", self.slug)
    }
}

/// Why a version is not made public.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotPublic {
    /// A process report never is.
    ProcessReport,
    /// Nothing is agreed on who publishes.
    Undecided,
    /// The service publishes.
    Service,
    /// There is a newer version.
    NotNewest,
    /// It holds words that were taken back.
    Outdated,
}

impl NotPublic {
    /// Key of the sentence that says so and what to do.
    #[must_use]
    pub fn text_key(self) -> &'static str {
        match self {
            Self::ProcessReport => "reports-not-public-process",
            Self::Undecided => "reports-not-public-undecided",
            Self::Service => "reports-not-public-service",
            Self::NotNewest => "reports-not-public-not-newest",
            Self::Outdated => "reports-not-public-outdated",
        }
    }
}

/// May this version be made public? `newest` is the number of the report's newest version.
///
/// # Errors
/// [`NotPublic`].
pub fn may_be_public(
    version: &Version,
    newest: i64,
    publisher: Publisher,
) -> Result<(), NotPublic> {
    match (version.kind, publisher) {
        (Kind::Process, _) => Err(NotPublic::ProcessReport),
        // Before who publishes: such a version is not given to the service either.
        _ if version.outdated => Err(NotPublic::Outdated),
        (_, Publisher::Undecided) => Err(NotPublic::Undecided),
        (_, Publisher::Service) => Err(NotPublic::Service),
        _ if version.number != newest => Err(NotPublic::NotNewest),
        _ => Ok(()),
    }
}

/// Makes a version public, in the place of the one before.
///
/// # Errors
/// `RE0008` when it may not be public, see [`may_be_public`]; [`Failure::NotFound`] for who does not lead the study.
pub async fn publish(
    tx: &Tx,
    visitor: &Visitor,
    study: &Study,
    version: Id<VersionId>,
) -> Result<Publication, Failure> {
    let version = rows::version(tx, version).await?.ok_or(Failure::NotFound)?;
    if version.study != study.id {
        return Err(Failure::NotFound);
    }
    visitor.enter(tx, Act::HandOver, version.clone()).await?;
    let newest = rows::versions(tx, study.id, version.kind, 1).await?;
    let newest = newest.first().map_or(0, |version| version.number);
    // As it is now, not as the page that was shown saw it.
    let study = voices::study_by_slug(tx, &study.slug)
        .await?
        .ok_or(Failure::NotFound)?;
    voices::goes_out(&study)?;
    may_be_public(&version, newest, study.publisher)
        .map_err(|why| Failure::conflict("RE0008", why.text_key()))?;
    let paper = rows::paper(tx, version.id)
        .await?
        .ok_or(Failure::NotFound)?;
    let paper: Paper = serde_json::from_str(&paper).map_err(Fault::from)?;
    let publication = Publication {
        report: version.report,
        version: version.id,
        slug: study.slug.clone(),
        title: paper.title,
        subtitle: paper.subtitle.unwrap_or_default(),
        lang: paper.language.into(),
        published_at: visitor.hub().now(),
        taken_back_at: None,
        outdated: false,
    };
    store::set(tx, &publication, visitor.actor().account).await?;
    let payload = json!({ "number": version.number });
    voices::record(tx, visitor, study.id, "reports-did-publish", &payload, None).await?;
    Ok(publication)
}

/// Takes a public report back as a whole. Its address then says so, and nothing more.
///
/// # Errors
/// [`Failure::NotFound`] when nothing is public, or for who does not lead the study.
pub async fn take_back(tx: &Tx, visitor: &Visitor, study: &Study) -> Result<(), Failure> {
    let report = rows::report(tx, study.id, Kind::Final)
        .await?
        .ok_or(Failure::NotFound)?;
    let public = store::of_report(tx, report.id)
        .await?
        .ok_or(Failure::NotFound)?;
    let version = rows::version(tx, public.version)
        .await?
        .ok_or(Failure::NotFound)?;
    visitor.enter(tx, Act::HandOver, version).await?;
    if !store::take_back(tx, report.id, visitor.hub().now()).await? {
        return Err(Failure::NotFound);
    }
    let nothing = json!({});
    voices::record(
        tx,
        visitor,
        study.id,
        "reports-did-take-back",
        &nothing,
        None,
    )
    .await?;
    Ok(())
}

/// Lets the links that wait for a new version show this one.
///
/// # Errors
/// `RE0009` when it is outdated itself; [`Failure::NotFound`] when no link waits, or for who does not lead the study.
pub async fn hand_on(tx: &Tx, visitor: &Visitor, version: Id<VersionId>) -> Result<(), Failure> {
    let version = rows::version(tx, version).await?.ok_or(Failure::NotFound)?;
    visitor.enter(tx, Act::HandOver, version.clone()).await?;
    if version.outdated {
        return Err(not_readable());
    }
    let study = voices::study(tx, version.study)
        .await?
        .ok_or(Failure::NotFound)?;
    voices::goes_out(&study)?;
    match links_on(tx, visitor, &version).await? {
        0 => Err(Failure::NotFound),
        _ => Ok(()),
    }
}

/// The same for a version at hand, whose door was opened; gives how many links show it now.
pub(crate) async fn links_on(
    tx: &Tx,
    visitor: &Visitor,
    version: &Version,
) -> Result<u64, Failure> {
    let links = store::hand_on(tx, version.id, visitor.hub().now()).await?;
    if links > 0 {
        let payload = json!({ "number": version.number, "links": links });
        voices::record(
            tx,
            visitor,
            version.study,
            "reports-did-hand-on",
            &payload,
            None,
        )
        .await?;
    }
    Ok(links)
}

/// Words were taken out of a version, and it with them: `RE0009`.
pub(crate) fn not_readable() -> Failure {
    Failure::conflict("RE0009", "reports-not-readable")
}

/// Job that deletes the files of versions whose words were taken out.
pub(crate) const ERASE: &str = "reports.erase";

/// Takes versions away whose words were taken out: from this act on nobody reads them. Links go on to what was handed
/// over after them, and else wait for a new version.
async fn take_away(tx: &Tx, versions: &[Uuid], now: Time) -> Result<(), Fault> {
    let Some(first) = versions.first() else {
        return Ok(());
    };
    let files = store::files(tx, versions).await?;
    objects::erase(tx, &files, now).await?;
    store::set_outdated(tx, versions).await?;
    for newer in store::handed_over_beside(tx, versions).await? {
        store::hand_on(tx, newer, now).await?;
    }
    let job = NewJob {
        // A version is taken away once, so its id is free for this.
        id: Id::from(*first),
        kind: ERASE,
        study: None,
        account: None,
        payload: json!({ "files": files }),
    };
    jobs::add(tx, &job, now).await
}

/// Deletes the files; nobody could get them any more.
pub(crate) fn erase(work: Work) -> BoxFuture<'static, Result<serde_json::Value, JobEnd>> {
    Box::pin(async move {
        let files: Vec<Id<Object>> =
            serde_json::from_value(work.job.payload["files"].clone()).map_err(Fault::from)?;
        for file in &files {
            work.hub.store().objects().delete(*file).await?;
        }
        Ok(json!({ "deleted": files.len() }))
    })
}

/// How many versions that still stand quote a block.
pub(crate) fn fixed_with(db: &Conn, block: Uuid) -> BoxFuture<'_, Result<i64, Fault>> {
    Box::pin(store::fixed_with(db, block))
}

/// What happens to reports when something happens to words elsewhere. Drafts are composed anew each time, so words
/// that go are gone from them by themselves; versions that hold them go.
pub(crate) fn hooks() -> Hooks {
    Hooks {
        text_changed: Some(|tx, change| Box::pin(text_changed(tx, change))),
        withdrawal_preview: Some(|tx, what| Box::pin(withdrawal_preview(tx, what))),
        withdraw: Some(|tx, what| Box::pin(withdraw(tx, what))),
        forget: Some(|tx, what| Box::pin(forget(tx, what))),
        ..Hooks::default()
    }
}

async fn text_changed(tx: &Tx, change: &TextChange) -> Result<(), Fault> {
    let other = match &change.kind {
        TextChangeKind::Spliced(splices) => {
            let takes_out = splices.iter().any(|(_, removed, _)| *removed > 0);
            if change.may_stand || !takes_out {
                return Ok(());
            }
            let versions = store::holding(tx, Id::from(change.study), &[change.block]).await?;
            return take_away(tx, &versions, change.at).await;
        }
        TextChangeKind::Split { new_block, .. } => new_block,
        TextChangeKind::Joined { into, .. } => into,
    };
    store::block_goes_on_in(tx, change.block, *other).await
}

async fn holding(tx: &Tx, what: &Withdrawal) -> Result<Vec<Uuid>, Fault> {
    store::holding(tx, Id::from(what.study), &what.blocks).await
}

async fn withdrawal_preview(tx: &Tx, what: &Withdrawal) -> Result<Vec<WithdrawalCount>, Fault> {
    let versions = holding(tx, what).await?;
    Ok(vec![WithdrawalCount {
        what: "reports-withdraw-versions",
        n: i64::try_from(versions.len()).unwrap_or(i64::MAX),
    }])
}

async fn withdraw(tx: &Tx, what: &Withdrawal) -> Result<(), Fault> {
    let versions = holding(tx, what).await?;
    take_away(tx, &versions, what.at).await
}

/// What an account made stays, made by nobody.
async fn forget(tx: &Tx, what: &Forget) -> Result<(), Fault> {
    match what {
        Forget::Account(account) => {
            rows::forget_account(tx, *account).await?;
            store::forget_account(tx, *account).await
        }
        Forget::Source { source, at, .. } => {
            let versions = store::holding_source(tx, *source).await?;
            take_away(tx, &versions, *at).await
        }
        Forget::StudyWork { study } => rows::forget_study(tx, Id::from(*study)).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_final_report_without_taken_back_words_is_public_and_only_by_the_hub() {
        let version = |kind, number, outdated| Version {
            id: Uuid::nil().into(),
            report: Uuid::nil().into(),
            study: Uuid::nil().into(),
            kind,
            number,
            object: Uuid::nil().into(),
            docx: None,
            outdated,
            fixed_by: None,
            fixed_at: Time::from_micros(0),
        };
        let table = [
            (Kind::Final, 2, false, Publisher::Hub, Ok(())),
            (
                Kind::Process,
                2,
                false,
                Publisher::Hub,
                Err(NotPublic::ProcessReport),
            ),
            (
                Kind::Final,
                2,
                false,
                Publisher::Undecided,
                Err(NotPublic::Undecided),
            ),
            (
                Kind::Final,
                2,
                false,
                Publisher::Service,
                Err(NotPublic::Service),
            ),
            (
                Kind::Final,
                2,
                true,
                Publisher::Service,
                Err(NotPublic::Outdated),
            ),
            (
                Kind::Final,
                1,
                false,
                Publisher::Hub,
                Err(NotPublic::NotNewest),
            ),
            (
                Kind::Final,
                2,
                true,
                Publisher::Hub,
                Err(NotPublic::Outdated),
            ),
        ];
        for (kind, number, outdated, publisher, expected) in table {
            let answer = may_be_public(&version(kind, number, outdated), 2, publisher);
            assert_eq!(answer, expected);
        }
    }
}
