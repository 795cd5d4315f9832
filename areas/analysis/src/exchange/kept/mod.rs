//! What came with a project and has no place of its own here: kept, shown by name, given out again,
//! and gone with the source it belongs to. No HTTP, no SQL.

pub(super) mod pages;
pub(crate) mod store;

use std::collections::HashSet;

use ::store::objects::{self, Object};
use ::store::{Fault, Tx, jobs};
use base::{Id, Time, Uuid};
use frame::jobs::{JobEnd, Work};
use futures::future::BoxFuture;
use refi_qda::{Leftover, MediaSource, Piece, Reason};
use voices::{Source, Study};

use super::parse::READING;

/// The kind of job that takes a file away after the act that forgot it.
pub const FILE_JOB: &str = "analysis.delete_file";

/// Something kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// Its id.
    pub id: Id<Kept>,
    /// The study.
    pub study: Id<Study>,
    /// The source it goes with; none for what belongs to the project as a whole.
    pub source: Option<Id<Source>>,
    /// Order in the project.
    pub place: i64,
    /// Name of the element, or one of the kinds of [`parse`](super::parse).
    pub kind: String,
    /// Code of a [`Reason`].
    pub reason: String,
    /// Its identity in the project.
    pub guid: Option<Uuid>,
    /// What it stands in or points to.
    pub target: Option<Uuid>,
    /// The note or passage that it completes.
    pub about: Option<Uuid>,
    /// The element as XML; the path of a file.
    pub body: String,
    /// Its file.
    pub object: Option<Id<Object>>,
}

/// Text of a source as an element: what the source was in its project.
const TEXTS: [&str; 4] = [
    "TextSource",
    "Representation",
    "Transcript",
    "TextDescription",
];
/// Sources that are more than text.
const MEDIA: [&str; 4] = ["PDFSource", "PictureSource", "AudioSource", "VideoSource"];

/// Whether an element is the head of a text.
pub fn is_text(kind: &str) -> bool {
    TEXTS.contains(&kind)
}

impl Kept {
    /// What was read of a project, on its way into the database.
    pub fn of(
        (id, study): (Id<Self>, Id<Study>),
        source: Option<Id<Source>>,
        place: i64,
        left: Leftover,
        about: Option<Uuid>,
    ) -> Self {
        Self {
            id,
            study,
            source,
            place,
            kind: left.kind,
            reason: left.reason.code().to_owned(),
            guid: left.guid,
            target: left.target,
            about,
            body: left.xml,
            object: None,
        }
    }

    /// The element again; `None` for what is none, or cannot go out.
    pub fn element(&self) -> Option<Leftover> {
        let kept = self.reason == Reason::Kept.code();
        let left = Leftover::from_xml(&self.body).ok().filter(|_| kept)?;
        Some(Leftover {
            target: self.target,
            ..left
        })
    }

    /// A text's head: what it was in the project.
    pub fn is_text(&self) -> bool {
        is_text(&self.kind)
    }

    /// The head of a source that is more than text.
    pub fn is_media(&self) -> bool {
        MEDIA.contains(&self.kind.as_str())
    }

    /// The source that is more than text of which this is a text.
    pub fn text_of(&self) -> Option<Uuid> {
        self.target
            .filter(|owner| self.is_text() && Some(*owner) != self.guid)
    }

    /// Holds no words of anybody: numbers, references.
    fn is_wordless(&self) -> bool {
        self.is_text()
            || matches!(self.kind.as_str(), "SyncPoint" | READING)
            || (self.kind == "Coding" && self.about.is_none())
    }
}

/// Everything that is kept of a source goes, its files too; and what refers to it elsewhere.
pub async fn forget_source(tx: &Tx, source: Id<Source>) -> Result<(), Fault> {
    let Some(row) = voices::source(tx, source).await? else {
        return Ok(());
    };
    let own = store::of_source(tx, source).await?;
    let mut gone: HashSet<Uuid> = store::guids_of_marks(tx, source)
        .await?
        .into_iter()
        .collect();
    gone.insert(row.guid);
    // A recording holds what all of its transcripts say: it goes with the first of them.
    let media: Vec<Uuid> = own.iter().filter_map(Kept::text_of).collect();
    let around = store::around(tx, row.study, &media).await?;
    let others = |one: &&Kept| one.source != Some(source) && !one.is_text();
    let all: Vec<&Kept> = own.iter().chain(around.iter().filter(others)).collect();
    gone.extend(&media);
    remove(tx, &all, &mut gone).await?;
    cut_references(tx, row.study, &gone).await
}

/// Words were taken back: every kept thing of their sources that may hold words goes.
pub async fn withdraw(tx: &Tx, study: Id<Study>, blocks: &[Uuid]) -> Result<(), Fault> {
    let (all, mut gone) = touched(tx, study, blocks).await?;
    let (heads, words): (Vec<&Kept>, Vec<&Kept>) = all.iter().partition(|one| one.is_media());
    for head in heads {
        // The description of a recording may tell what is said in it.
        if let Ok(media) = MediaSource::from_piece(&head.body) {
            let bare = MediaSource {
                description: None,
                ..media
            };
            store::set_body(tx, head.id, &bare.to_piece().xml).await?;
        }
    }
    remove(tx, &words, &mut gone).await?;
    cut_references(tx, study, &gone).await
}

/// How many kept things a withdrawal would take.
pub async fn count_withdrawn(tx: &Tx, study: Id<Study>, blocks: &[Uuid]) -> Result<i64, Fault> {
    let (all, _) = touched(tx, study, blocks).await?;
    let n = all.iter().filter(|one| !one.is_media()).count();
    Ok(i64::try_from(n).unwrap_or(i64::MAX))
}

/// What may hold words of these blocks, and the GUIDs of the passages that go with them.
async fn touched(
    tx: &Tx,
    study: Id<Study>,
    blocks: &[Uuid],
) -> Result<(Vec<Kept>, HashSet<Uuid>), Fault> {
    let mut sources: Vec<Id<Source>> = Vec::new();
    let mut gone = HashSet::new();
    for some in blocks.chunks(500) {
        let ids: Vec<_> = some.iter().map(|id| Id::from(*id)).collect();
        sources.extend(
            voices::blocks_by_id(tx, &ids)
                .await?
                .iter()
                .map(|block| block.source),
        );
        gone.extend(store::guids_touching(tx, some).await?);
    }
    sources.sort_unstable();
    sources.dedup();
    let own = store::of_sources(tx, &sources).await?;
    let media: Vec<Uuid> = own.iter().filter_map(Kept::text_of).collect();
    let mut all = store::around(tx, study, &media).await?;
    all.extend(own);
    all.retain(|one| !one.is_wordless());
    all.sort_by_key(|one| one.id);
    all.dedup_by_key(|one| one.id);
    Ok((all, gone))
}

/// Removes kept things and their files; notes their GUIDs.
async fn remove(tx: &Tx, all: &[&Kept], gone: &mut HashSet<Uuid>) -> Result<(), Fault> {
    for one in all {
        if let Ok(left) = Leftover::from_xml(&one.body) {
            gone.extend(left.own_guids());
        }
    }
    let ids: Vec<Id<Kept>> = all.iter().map(|one| one.id).collect();
    store::remove(tx, &ids).await?;
    let files: Vec<Id<Object>> = all.iter().filter_map(|one| one.object).collect();
    for file in files {
        objects::forget(tx, file).await?;
        // An act has no more than this to name a job by; a file is forgotten once. Its id tells
        // when it came.
        let job = jobs::NewJob {
            id: Id::from(file.uuid()),
            kind: FILE_JOB,
            study: None,
            account: None,
            payload: serde_json::json!({ "object": file }),
        };
        jobs::add(tx, &job, made_at(file)).await?;
    }
    Ok(())
}

fn made_at(file: Id<Object>) -> Time {
    let stamp = file.uuid().get_timestamp().map(|stamp| stamp.to_unix());
    let (seconds, nanos) = stamp.unwrap_or_default();
    let seconds = i64::try_from(seconds).unwrap_or_default();
    Time::from_micros(seconds.saturating_mul(1_000_000) + i64::from(nanos / 1_000))
}

/// Takes references to what is gone out of cases, sets, links and graphs. What gathered things and
/// has none left goes as well: a case without its source is only a name.
async fn cut_references(tx: &Tx, study: Id<Study>, gone: &HashSet<Uuid>) -> Result<(), Fault> {
    let all: Vec<Uuid> = gone.iter().copied().collect();
    for one in store::mentioning(tx, study, &all).await? {
        let left = Leftover::from_xml(&one.body)
            .ok()
            .and_then(|left| left.without(gone))
            .filter(|left| !is_empty(left));
        match left {
            Some(left) => {
                store::set_body(tx, one.id, &left.xml).await?;
                store::set_refs(tx, one.id, &left.refs).await?;
            }
            None => store::remove(tx, &[one.id]).await?,
        }
    }
    Ok(())
}

/// A thing that gathers others and has none of them left.
fn is_empty(left: &Leftover) -> bool {
    let holds = |names: &[&str]| {
        names
            .iter()
            .any(|name| left.xml.contains(&format!("<{name} ")))
    };
    match left.kind.as_str() {
        "Case" => !holds(&["SourceRef", "SelectionRef"]),
        "Set" => !holds(&["MemberCode", "MemberSource", "MemberNote"]),
        "Graph" => !holds(&["Vertex"]),
        _ => false,
    }
}

/// The worker function of [`FILE_JOB`].
pub fn delete_file(work: Work) -> BoxFuture<'static, Result<serde_json::Value, JobEnd>> {
    Box::pin(async move {
        let id = work.job.payload.get("object").and_then(|id| id.as_str());
        let id: Id<Object> = id
            .and_then(|id| id.parse().ok())
            .ok_or(JobEnd::Failed("bad_payload"))?;
        work.hub.store().objects().delete(id).await?;
        Ok(serde_json::json!({}))
    })
}
