//! What is done with imports.

use base::{Account, Id, Uuid};
use bytes::Bytes;
use frame::{Failure, Hub};
use people::{Act, Layer, StudyPart, Visitor, members};
use serde_json::json;
use store::jobs::{self, Job, NewJob};
use store::objects::{self, Object, Writing};
use store::{Fault, Owner, Tx};

use super::{
    FileReport, Import, ImportFileId, ImportState, Outcome, PROJECT_JOB, Report, TEXT_JOB,
    is_known, is_project, store as rows,
};
use crate::source::store::forget_object;
use crate::study::acts::record;
use crate::{Basis, Study};

/// A file that was put among the objects and is not named in the database yet.
#[derive(Clone, Debug)]
pub struct Put {
    /// The name it came with.
    pub name: String,
    /// The file.
    pub object: Object,
}

/// Puts a file among the objects.
///
/// # Errors
/// [`Fault::File`].
pub async fn put(hub: &Hub, study: Id<Study>, name: &str, bytes: Bytes) -> Result<Put, Fault> {
    let mut file = begin_file(hub, study, name).await?;
    file.write(bytes).await?;
    Ok(Put {
        name: clean_name(name),
        object: file.finish().await?,
    })
}

/// Begins a file among the objects that comes in pieces.
///
/// # Errors
/// [`Fault::File`].
pub async fn begin_file(hub: &Hub, study: Id<Study>, name: &str) -> Result<Writing, Fault> {
    let id = hub.chance().id(hub.now());
    let sealer = hub.store().sealer(Owner::Study(study.uuid())).await?;
    hub.store().objects().begin(&sealer, id, media(name)).await
}

/// The last part of the name a file came with.
#[must_use]
pub fn clean_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.chars()
        .filter(|sign| !sign.is_control())
        .take(255)
        .collect()
}

fn media(name: &str) -> &'static str {
    match super::ending(name).as_str() {
        "pdf" => "application/pdf",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "odt" => "application/vnd.oasis.opendocument.text",
        "rtf" => "application/rtf",
        "html" | "htm" | "xhtml" => "text/html",
        "md" | "markdown" => "text/markdown",
        "vtt" => "text/vtt",
        "qdpx" => "application/zip",
        _ => "text/plain",
    }
}

/// Begins an import: its rows, its files and one job for all of them, in one act.
///
/// # Errors
/// [`Failure::NotFound`]; `VO0020` without files or with files of unknown kind; `VO0021` when a
/// project of another program comes together with other files; `VO0032` for a practice study.
pub async fn begin_import(
    tx: &Tx,
    visitor: &Visitor,
    study: &Study,
    basis: Basis,
    files: &[Put],
) -> Result<Import, Failure> {
    visitor
        .enter(tx, Act::Create, StudyPart(study.id.uuid(), Layer::Raw))
        .await?;
    if study.practice {
        return Err(Failure::conflict("VO0032", "voices-practice-no-import"));
    }
    if files.is_empty() || !files.iter().all(|file| is_known(&file.name)) {
        return Err(Failure::bad("VO0020", "voices-file-missing"));
    }
    let projects = files.iter().filter(|file| is_project(&file.name)).count();
    if projects > 0 && files.len() > 1 {
        return Err(Failure::bad("VO0021", "voices-project-alone"));
    }
    let hub = visitor.hub();
    let now = hub.now();
    let job: Id<Job> = hub.chance().id(now);
    let import = Import {
        id: hub.chance().id(now),
        study: study.id,
        job: Some(job),
        state: ImportState::Open,
        basis,
        made_by: visitor.actor().account,
        made_at: now,
    };
    rows::add(tx, &import).await?;
    for (place, file) in files.iter().enumerate() {
        objects::add(tx, &file.object, now).await?;
        let id: Id<ImportFileId> = hub.chance().id(now);
        rows::add_file(tx, id, import.id, place, &file.name, &file.object).await?;
    }
    let operator = visitor
        .actor()
        .is_operator()
        .then(|| visitor.actor().name.clone());
    let new = NewJob {
        id: job,
        kind: if projects > 0 { PROJECT_JOB } else { TEXT_JOB },
        study: Some(study.id.uuid()),
        account: visitor.actor().account.map(Id::uuid),
        payload: json!({ "import": import.id, "operator": operator }),
    };
    jobs::add(tx, &new, now).await?;
    let payload = json!({ "import": import.id, "files": files.len() });
    record(
        tx,
        visitor,
        study.id,
        "voices-did-begin-import",
        &payload,
        None,
    )
    .await?;
    Ok(import)
}

/// In whose name a job goes on: the account that asked, or the operator. `None` when the account
/// is closed.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn visitor_of(hub: &Hub, job: &Job) -> Result<Option<Visitor>, Fault> {
    let Some(account) = job.account else {
        let name = job
            .payload
            .get("operator")
            .and_then(|name| name.as_str())
            .unwrap_or("operator");
        return Ok(Some(Visitor::operator(hub, name)));
    };
    let account: Id<Account> = Id::from(account);
    let actor = members::actor(&hub.store().read(), account).await?;
    Ok(actor.map(|actor| Visitor::new(hub, std::sync::Arc::new(actor))))
}

/// Makes everything an import brought visible at once, with what came of each file, and writes
/// down that it was done. Returns files that were not kept, to be deleted after the commit.
///
/// # Errors
/// [`Failure::NotFound`] when this person may not any more, or the import is not open.
pub async fn finish_import(
    tx: &Tx,
    visitor: &Visitor,
    import: &Import,
    outcomes: &[(Id<ImportFileId>, Outcome)],
) -> Result<Vec<Id<Object>>, Failure> {
    visitor
        .enter(tx, Act::Create, StudyPart(import.study.uuid(), Layer::Raw))
        .await?;
    for (file, outcome) in outcomes {
        rows::set_outcome(tx, *file, outcome).await?;
    }
    if !rows::end(tx, import.id, ImportState::Done).await? {
        return Err(Failure::NotFound);
    }
    rows::show_sources(tx, import.id).await?;
    let sources: usize = outcomes
        .iter()
        .map(|(_, outcome)| outcome.sources.len())
        .sum();
    let payload = json!({ "import": import.id, "sources": sources });
    record(
        tx,
        visitor,
        import.study,
        "voices-did-import",
        &payload,
        None,
    )
    .await?;
    Ok(drop_useless(tx, import.id).await?)
}

async fn drop_useless(tx: &Tx, import: Id<Import>) -> Result<Vec<Id<Object>>, Fault> {
    let mut gone = Vec::new();
    for object in rows::useless_objects(tx, import).await? {
        if forget_object(tx, object).await? {
            gone.push(object);
        }
    }
    Ok(gone)
}

/// Deletes files after the commit that forgot them. One that can't be deleted now is swept later.
pub async fn delete_objects(hub: &Hub, objects: Vec<Id<Object>>) {
    for object in objects {
        if let Err(fault) = hub.store().objects().delete(object).await {
            tracing::warn!(code = "VO0101", %fault, "a file stays until it is swept");
        }
    }
}

/// Takes away what an import has left that nobody sees: in acts of bounded size, so that it can
/// be broken off and begun again.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn drop_leftovers(hub: &Hub, import: Id<Import>) -> Result<(), Fault> {
    loop {
        let more: bool = hub
            .store()
            .write(move |tx| Box::pin(async move { rows::drop_blocks(tx, import).await }))
            .await?;
        if !more {
            break;
        }
    }
    hub.store()
        .write(move |tx| Box::pin(async move { rows::drop_sources(tx, import).await }))
        .await
}

/// Gives an import up: leftovers and files go, and it is marked as stopped.
///
/// # Errors
/// [`Fault`] of the database.
pub async fn give_up(hub: &Hub, import: Id<Import>) -> Result<(), Fault> {
    drop_leftovers(hub, import).await?;
    let gone: Vec<Id<Object>> = hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                if rows::end(tx, import, ImportState::Cancelled).await? {
                    drop_useless(tx, import).await
                } else {
                    Ok(Vec::new())
                }
            })
        })
        .await?;
    delete_objects(hub, gone).await;
    Ok(())
}

/// Open imports looked at together at start.
const AT_ONCE: i64 = 500;

/// Before the first request: gives up imports whose job ended without finishing them. (A job that
/// was broken off with the program is taken up again, and begins by removing its own leftovers.)
///
/// # Errors
/// [`Fault`] of the database.
pub async fn clean_at_start(hub: &Hub) -> Result<(), Fault> {
    let db = hub.store().read();
    let mut after = Id::from(Uuid::nil());
    loop {
        let open = rows::open(&db, after, AT_ONCE).await?;
        let Some((last, _)) = open.last() else {
            return Ok(());
        };
        after = *last;
        let jobs: Vec<Id<Job>> = open.iter().filter_map(|(_, job)| *job).collect();
        let going_on = jobs::going_on(&db, &jobs).await?;
        let broken_off = open
            .iter()
            .filter(|(_, job)| job.is_none_or(|job| !going_on.contains(&job)));
        for (import, _) in broken_off {
            give_up(hub, *import).await?;
        }
    }
}

/// Stops an import: at once when its job waits, at the job's next step when it runs.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn cancel_import(visitor: &Visitor, import: &Import) -> Result<(), Failure> {
    let hub = visitor.hub().clone();
    let (who, what, now) = (visitor.clone(), import.clone(), hub.now());
    let over: bool = hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                who.enter(tx, Act::Change, StudyPart(what.study.uuid(), Layer::Raw))
                    .await?;
                let Some(job) = what.job else { return Ok(true) };
                jobs::cancel(tx, job, now).await?;
                let is_over = jobs::get(tx, job)
                    .await?
                    .is_none_or(|job| job.state.is_over());
                Ok::<_, Failure>(is_over)
            })
        })
        .await?;
    if over {
        give_up(&hub, import.id).await?;
    }
    Ok(())
}

/// Brings files in at once, for commands: the same job, worked on in this process.
///
/// # Errors
/// [`Failure`] of [`begin_import`]; a file that can't be read is no error but told in the report.
pub async fn import_files(
    hub: &Hub,
    visitor: &Visitor,
    study: &Study,
    files: Vec<(String, Bytes)>,
    basis: Basis,
) -> Result<Report, Failure> {
    let mut all = Vec::with_capacity(files.len());
    for (name, bytes) in files {
        all.push(put(hub, study.id, &name, bytes).await?);
    }
    let (who, of) = (visitor.clone(), study.clone());
    let import: Import = hub
        .store()
        .write(move |tx| Box::pin(async move { begin_import(tx, &who, &of, basis, &all).await }))
        .await?;
    if let Some(job) = import.job {
        work_on(hub, job).await?;
    }
    report(hub, study, import.id).await
}

/// Works on a job here, or waits for the running hub when it was quicker.
async fn work_on(hub: &Hub, id: Id<Job>) -> Result<(), Fault> {
    let (worker, now) = (hub.chance().uuid(hub.now()), hub.now());
    let mine: bool = hub
        .store()
        .write(move |tx| Box::pin(async move { jobs::claim_this(tx, id, worker, now).await }))
        .await?;
    let job = jobs::get(&hub.store().read(), id).await?;
    match job {
        Some(job) if mine => frame::jobs::work(hub.clone(), job).await,
        _ => loop {
            let job = jobs::get(&hub.store().read(), id).await?;
            if job.is_none_or(|job| job.state.is_over()) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        },
    }
    Ok(())
}

/// What came of an import.
///
/// # Errors
/// [`Failure::NotFound`] when there is no such import.
pub async fn report(hub: &Hub, study: &Study, import: Id<Import>) -> Result<Report, Failure> {
    let db = hub.store().read();
    let import = rows::import(&db, import).await?.ok_or(Failure::NotFound)?;
    let files = rows::files(&db, import.id).await?;
    let files = files
        .into_iter()
        .map(|file| FileReport {
            name: file.name,
            bytes: file.size,
            outcome: file.outcome,
        })
        .collect();
    Ok(Report {
        import: import.id,
        study: study.slug.clone(),
        state: import.state,
        files,
    })
}
