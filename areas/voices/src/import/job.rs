//! The job that brings texts in.
//!
//! Each file is read outside any act, with its progress; its rows arrive in acts of at most
//! [`BATCH`] blocks, and nobody sees them until the last act. Broken off at any point, the job
//! begins again by removing what it left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use base::Id;
use bytes::Bytes;
use frame::jobs::{JobEnd, Work};
use frame::{Failure, FileMark, FileMarkKind, SourceCame};
use futures::future::BoxFuture;
use people::Visitor;
use serde_json::json;
use store::{Fault, objects};

use super::acts::{delete_objects, drop_leftovers, finish_import, give_up, visitor_of};
use super::{
    Import, ImportFile, ImportFileId, ImportState, Outcome, Told, blocks_of, line_ends_word,
    source_name, store as rows,
};
use crate::intake::{self, Intake, Limits, Mark, MarkKind, Refused};
use crate::source::acts::{add_blocks, add_source};
use crate::source::{AddedSource, Block, NewBlock, NewSource};

/// Blocks written in one act at most.
pub const BATCH: usize = 500;
/// Steps of progress for each file: half for reading it, half for writing it.
const STEPS: i64 = 1_000;
/// How often the progress of reading is told.
const LOOK: Duration = Duration::from_millis(300);

/// The worker function.
pub fn import(work: Work) -> BoxFuture<'static, Result<serde_json::Value, JobEnd>> {
    Box::pin(async move {
        match take_up(&work).await? {
            Some(import) => {
                let end = run(&work, &import).await;
                lay_down(&work, &import, end).await
            }
            None => Ok(json!({})),
        }
    })
}

/// The import a job is to work on; `None` when it was begun again after its last act and everything
/// is there. Every job that brings something in begins with this and ends with [`lay_down`].
///
/// # Errors
/// [`JobEnd::Stopped`] when the import was cancelled.
pub async fn take_up(work: &Work) -> Result<Option<Import>, JobEnd> {
    let id = work.job.payload.get("import").and_then(|id| id.as_str());
    let id: Option<Id<Import>> = id.and_then(|id| id.parse().ok());
    let id = id.ok_or(JobEnd::Failed("bad_payload"))?;
    let import = rows::import(&work.hub.store().read(), id)
        .await?
        .ok_or(JobEnd::Failed("no_import"))?;
    match import.state {
        ImportState::Done => Ok(None),
        ImportState::Cancelled => Err(JobEnd::Stopped),
        ImportState::Open => Ok(Some(import)),
    }
}

/// After a stop: gives the import up when a person asked for it. When another worker has the job
/// by now, what lies there is that worker's.
///
/// # Errors
/// The end that was handed in, or a fault of the database.
pub async fn lay_down(
    work: &Work,
    import: &Import,
    end: Result<serde_json::Value, JobEnd>,
) -> Result<serde_json::Value, JobEnd> {
    if let Err(JobEnd::Stopped | JobEnd::Failed(_)) = &end {
        let job = store::jobs::get(&work.hub.store().read(), work.job.id).await?;
        if job.is_some_and(|job| job.attempts == work.job.attempts) {
            give_up(&work.hub, import.id).await?;
        }
    }
    end
}

async fn run(work: &Work, import: &Import) -> Result<serde_json::Value, JobEnd> {
    let (hub, id) = (&work.hub, import.id);
    let db = hub.store().read();
    let visitor = visitor_of(hub, &work.job)
        .await?
        .ok_or(JobEnd::Failed("no_account"))?;
    drop_leftovers(hub, id).await?;
    let files = rows::files(&db, id).await?;
    let total = STEPS * i64::try_from(files.len()).unwrap_or(1);
    work.progress(0, total).await?;
    let mut outcomes = Vec::with_capacity(files.len());
    let mut marked = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let step = Step {
            work,
            total,
            done: STEPS * i64::try_from(at).unwrap_or(0),
        };
        let (outcome, came) = one_file(&step, &visitor, import, file).await?;
        marked.extend(came.map(|came| (outcomes.len(), came)));
        outcomes.push((file.id, outcome));
    }
    work.progress(total, total).await?;
    finish(work, visitor, import.clone(), outcomes, marked).await
}

async fn finish(
    work: &Work,
    visitor: Visitor,
    import: Import,
    mut outcomes: Vec<(Id<ImportFileId>, Outcome)>,
    marked: Vec<(usize, SourceCame)>,
) -> Result<serde_json::Value, JobEnd> {
    let id = import.id;
    let study = import.study;
    let result = json!({ "import": id, "files": outcomes.len() });
    let gone = work
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                for (at, came) in &marked {
                    let told = visitor.hub().source_came(tx, came).await?;
                    if let Some((_, outcome)) = outcomes.get_mut(*at) {
                        outcome.notices.extend(told.iter().map(Told::from));
                    }
                }
                finish_import(tx, &visitor, &import, &outcomes).await
            })
        })
        .await
        .map_err(|failure| match failure {
            Failure::Fault(why) => JobEnd::Fault(Fault::Database(why)),
            _ => JobEnd::Failed("no_access"),
        })?;
    delete_objects(&work.hub, gone).await;
    work.hub.tell(study.uuid());
    Ok(result)
}

/// Where the job is when a file begins.
struct Step<'a> {
    work: &'a Work,
    total: i64,
    done: i64,
}

impl Step<'_> {
    async fn at(&self, part: i64) -> Result<(), JobEnd> {
        self.work
            .progress(self.done + part.clamp(0, STEPS), self.total)
            .await
    }
}

async fn one_file(
    step: &Step<'_>,
    visitor: &Visitor,
    import: &Import,
    file: &ImportFile,
) -> Result<(Outcome, Option<SourceCame>), JobEnd> {
    let hub = &step.work.hub;
    let object = file.object.ok_or(JobEnd::Failed("no_file"))?;
    let object = objects::get(&hub.store().read(), object)
        .await?
        .ok_or(JobEnd::Failed("no_file"))?;
    let bytes = hub.store().objects().get(&object).await?;
    match read(step, &file.name, bytes).await? {
        Ok(intake) => write(step, visitor, import, file, intake).await,
        Err(Refused::Cancelled) => Err(JobEnd::Stopped),
        Err(refused) => {
            let outcome = Outcome {
                refused: Some(Told::from(&refused)),
                ..Outcome::default()
            };
            Ok((outcome, None))
        }
    }
}

/// Stack of the thread that reads: foreign libraries may call themselves.
const STACK: usize = 16 << 20;

/// Reads a file on a thread of its own, tells how far it is, and stops it when told to. As many
/// read at once as the hub works on jobs, and whoever waits for a page goes first.
async fn read(
    step: &Step<'_>,
    name: &str,
    bytes: Bytes,
) -> Result<Result<Intake, Refused>, JobEnd> {
    let seen = Arc::new(AtomicU64::new(0));
    let go = Arc::new(AtomicBool::new(true));
    let (name, told, going) = (name.to_owned(), seen.clone(), go.clone());
    let (give, mut reading) = tokio::sync::oneshot::channel();
    let started = std::thread::Builder::new()
        .name("intake".to_owned())
        .stack_size(STACK)
        .spawn(move || {
            step_back();
            let progress = |done: u64, total: u64| {
                let part = done
                    .saturating_mul(STEPS as u64 / 2)
                    .checked_div(total)
                    .unwrap_or(0);
                told.store(part, Ordering::Relaxed);
                going.load(Ordering::Relaxed)
            };
            let read = intake::read(&name, &bytes, &Limits::default(), &progress);
            // Nobody listens when the job was stopped.
            drop(give.send(read));
        });
    started.map_err(|_| JobEnd::Failed("no_thread"))?;
    loop {
        tokio::select! {
            read = &mut reading => return read.map_err(|_| JobEnd::Failed("panicked")),
            () = tokio::time::sleep(LOOK) => {}
        }
        if let Err(end) = step
            .at(i64::try_from(seen.load(Ordering::Relaxed)).unwrap_or(0))
            .await
        {
            go.store(false, Ordering::Relaxed);
            // Its answer is not needed any more; it ends at its next step.
            drop(reading.await);
            return Err(end);
        }
    }
}

/// This thread lets others go first. On Linux this holds for the thread alone; elsewhere it would
/// hold for the whole program, and is left.
fn step_back() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(10);
}

async fn write(
    step: &Step<'_>,
    visitor: &Visitor,
    import: &Import,
    file: &ImportFile,
    mut intake: Intake,
) -> Result<(Outcome, Option<SourceCame>), JobEnd> {
    let mut outcome = outcome_of(&intake);
    let format = intake.kind.word();
    let marks = std::mem::take(&mut intake.marks);
    let (encoding, line_ends) = (outcome.encoding.clone(), outcome.line_ends.clone());
    let (speakers, mut blocks) = blocks_of(intake);
    let lengths: Vec<usize> = blocks
        .iter()
        .map(|block| block.text.chars().count())
        .collect();
    let mut ids = Vec::with_capacity(blocks.len());
    let (who, home, name, object) = (
        visitor.clone(),
        import.clone(),
        source_name(&file.name),
        file.object,
    );
    let added: AddedSource = step
        .work
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                let new = NewSource {
                    name: &name,
                    format,
                    basis: home.basis,
                    encoding: encoding.as_deref(),
                    line_ends: line_ends.as_deref(),
                    object,
                    guid: None,
                    has_text: true,
                    lead: 0,
                };
                add_source(tx, &who, home.id, home.study, &new, &speakers).await
            })
        })
        .await?;
    outcome.sources = vec![added.id];
    let all = blocks.len().max(1);
    let mut place = 1;
    while !blocks.is_empty() {
        let rest = blocks.split_off(blocks.len().min(BATCH));
        let batch = std::mem::replace(&mut blocks, rest);
        let count = batch.len();
        ids.extend(write_batch(step, visitor, &added, place, batch).await?);
        place += i64::try_from(count).unwrap_or(0);
        let written = all - blocks.len();
        step.at(STEPS / 2 + i64::try_from(written * 500 / all).unwrap_or(0))
            .await?;
    }
    let marks: Vec<FileMark> = marks
        .into_iter()
        .filter_map(|mark| mark_on(mark, &ids, &lengths))
        .collect();
    let came = SourceCame {
        hub: step.work.hub.clone(),
        actor: Arc::new(visitor.actor().clone()),
        lang: visitor.actor().lang.unwrap_or_default(),
        study: import.study.uuid(),
        source: added.id.uuid(),
        marks,
    };
    Ok((outcome, Some(came).filter(|came| !came.marks.is_empty())))
}

/// Blocks that one mark of a file may hold; one that holds more ends with the last of them.
const MARK_BLOCKS: usize = 400;

/// A mark of the file on the blocks its paragraphs became.
fn mark_on(mark: Mark, ids: &[Id<Block>], lengths: &[usize]) -> Option<FileMark> {
    let first = mark.from.paragraph;
    let last = mark.to.paragraph.min(first + MARK_BLOCKS - 1);
    let blocks: Vec<_> = ids.get(first..=last)?.iter().map(|id| id.uuid()).collect();
    let end = if last < mark.to.paragraph {
        *lengths.get(last)?
    } else {
        mark.to.at
    };
    let from = (*blocks.first()?, mark.from.at);
    let to = (*blocks.last()?, end);
    let kind = match mark.kind {
        MarkKind::Highlight(colour) => FileMarkKind::Highlight {
            colour: colour.word(),
        },
        MarkKind::Comment { author, text } => FileMarkKind::Comment { author, text },
    };
    Some(FileMark {
        from,
        to,
        blocks,
        kind,
    })
}

async fn write_batch(
    step: &Step<'_>,
    visitor: &Visitor,
    source: &AddedSource,
    place: i64,
    batch: Vec<NewBlock>,
) -> Result<Vec<Id<Block>>, Fault> {
    let (who, source) = (visitor.clone(), source.clone());
    step.work
        .hub
        .store()
        .write(move |tx| {
            Box::pin(async move { add_blocks(tx, &who, &source, place, &batch).await })
        })
        .await
}

fn outcome_of(intake: &Intake) -> Outcome {
    let size = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let turns = intake
        .paragraphs
        .iter()
        .filter(|one| one.kind == intake::Kind::Turn)
        .count();
    let is_text = intake.encoding.is_some();
    Outcome {
        sources: Vec::new(),
        turns: size(turns),
        paragraphs: size(intake.paragraphs.len() - turns),
        chars: size(
            intake
                .paragraphs
                .iter()
                .map(|one| one.text.chars().count())
                .sum(),
        ),
        speakers: size(intake.speakers.len()),
        encoding: intake.encoding.map(str::to_owned),
        line_ends: is_text.then(|| line_ends_word(intake.line_ends).to_owned()),
        notices: intake.notices.iter().map(Told::from).collect(),
        refused: None,
    }
}

#[cfg(test)]
mod tests;
