//! The commands beside `serve` and `demo`. They work on the same data folder while it is served,
//! and stand on the trail as `operator` with the system user's name.

use std::io::Write;
use std::path::Path;

use analysis::exchange::Format;
use frame::{Config, Failure, Hub, RouteInfo, Routes};
use people::Visitor;
use tempfile::NamedTempFile;

use crate::config::{
    Cli, Command, Export, ExportFormat, Import, Listen, Place, Recovery, Report, ReportFormat,
    ReportKind, Settings,
};
use crate::{answer, demo, keeping, say, serve};

pub(crate) async fn run(cli: Cli) -> Result<(), String> {
    let place = cli.place;
    match cli.command {
        Command::Serve(listen) => serve::run(Settings::new(place, listen)?).await,
        Command::Demo(listen) => demo::run(Settings::new(place, listen)?).await,
        Command::Import(import) => {
            let settings = Settings::new(place, Listen::default())?;
            with_hub(settings, async |hub| import_files(hub, import).await).await
        }
        Command::Export(export) => beside(place, async |hub| export_study(hub, export).await).await,
        Command::Report(report) => beside(place, async |hub| write_report(hub, report).await).await,
        Command::Check(json) => beside(place, async |hub| check(hub, json.json).await).await,
        Command::Backup(backup) => {
            beside(place, async |hub| {
                keeping::write_backup(hub, &backup.file).await
            })
            .await
        }
        Command::Restore(restore) => {
            keeping::restore(Settings::new(place, Listen::default())?, restore).await
        }
        Command::Move(to) => {
            let settings = Settings::new(place.clone(), Listen::default())?;
            beside(place, async |hub| {
                keeping::move_to(hub, &settings, to).await
            })
            .await
        }
        Command::Recovery(Recovery::Open) => {
            keeping::open(Settings::new(place, Listen::default())?).await
        }
        Command::Recovery(what) => {
            beside(place, async |hub| keeping::recovery(hub, what).await).await
        }
        Command::Routes(json) => routes(json.json),
    }
}

/// Opens the hub that lies in the data folder for one command and closes it again. A folder without
/// one is refused, so that a mistyped name makes no new hub; only `import` makes one.
async fn beside(
    place: Place,
    work: impl AsyncFnOnce(Hub) -> Result<(), String>,
) -> Result<(), String> {
    let settings = Settings::new(place, Listen::default())?;
    if !settings.dir.join("instance").exists() {
        return Err(format!(
            "There is no hub in {}. Name its folder with --data.",
            settings.dir.display()
        ));
    }
    with_hub(settings, work).await
}

async fn with_hub(
    settings: Settings,
    work: impl AsyncFnOnce(Hub) -> Result<(), String>,
) -> Result<(), String> {
    let (hub, _) = crate::hub::open(&settings, "operator", Config::default()).await?;
    let result = work(hub.clone()).await;
    hub.store().close().await;
    result
}

/// Who runs this command, for the trail.
pub(crate) fn system_user() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}

fn operator(hub: &Hub) -> Visitor {
    Visitor::operator(hub, &system_user())
}

/// A failure in the words of the one at the keyboard.
pub(crate) fn sentence(hub: &Hub) -> impl Fn(Failure) -> String {
    let words = hub.words(base::Lang::En);
    move |failure| match failure {
        Failure::Refused { code, text, .. } => format!("{} ({code})", words.t(text)),
        Failure::NotFound | Failure::SignIn => "There is no such thing here.".to_owned(),
        Failure::Fault(why) => why,
    }
}

async fn the_study(hub: &Hub, slug: &str) -> Result<voices::Study, String> {
    voices::study_by_slug(&hub.store().read(), slug)
        .await
        .map_err(|fault| fault.to_string())?
        .ok_or_else(|| format!("There is no study «{slug}» in this hub."))
}

async fn import_files(hub: Hub, import: Import) -> Result<(), String> {
    let mut files = Vec::with_capacity(import.files.len());
    for path in &import.files {
        let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        files.push((name, bytes.into()));
    }
    let visitor = operator(&hub);
    let (who, slug) = (visitor.clone(), import.study.clone());
    let study = hub
        .store()
        .write(move |tx| Box::pin(async move { voices::ensure_study(tx, &who, &slug).await }))
        .await
        .map_err(sentence(&hub))?;
    let report = voices::import_files(&hub, &visitor, &study, files, import.basis)
        .await
        .map_err(sentence(&hub))?;
    if import.json {
        answer(&serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?);
    } else {
        let words = hub.words(base::Lang::En);
        report
            .files
            .iter()
            .flat_map(|file| told(file, &words))
            .for_each(|line| answer(&line));
    }
    let refused = report.files.iter().filter(|file| !came_in(file)).count();
    match refused {
        0 => Ok(()),
        some => Err(format!(
            "{some} of {} files did not come in.",
            report.files.len()
        )),
    }
}

fn came_in(file: &voices::FileReport) -> bool {
    file.outcome
        .as_ref()
        .is_some_and(|outcome| outcome.refused.is_none())
}

/// What came of one file, line by line.
fn told(file: &voices::FileReport, words: &ui::Words) -> Vec<String> {
    let Some(outcome) = &file.outcome else {
        return vec![format!("{}: stopped", file.name)];
    };
    if let Some(refused) = &outcome.refused {
        return vec![format!(
            "{}: not read. {}",
            file.name,
            refused.as_refusal(words)
        )];
    }
    let mut lines = vec![format!(
        "{}: {} sources, {} turns, {} paragraphs, {} characters, {} speakers",
        file.name,
        outcome.sources.len(),
        outcome.turns,
        outcome.paragraphs,
        outcome.chars,
        outcome.speakers
    )];
    lines.extend(
        outcome
            .notices
            .iter()
            .map(|notice| format!("  {}", notice.as_notice(words))),
    );
    lines
}

/// A file beside the one that is asked for; [`keep`] gives it its name when it is whole.
fn new_file(path: &Path) -> Result<NamedTempFile, String> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    NamedTempFile::new_in(folder).map_err(|error| format!("{}: {error}", path.display()))
}

fn keep(file: NamedTempFile, path: &Path) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    file.as_file().sync_all().map_err(|error| told(&error))?;
    file.persist(path).map_err(|error| told(&error))?;
    Ok(())
}

/// Writes a file that appears whole or not at all.
pub(crate) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let mut file = new_file(path)?;
    file.write_all(bytes)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    keep(file, path)
}

pub(crate) async fn check(hub: Hub, json: bool) -> Result<(), String> {
    let mut faults = store::check::run(hub.store(), hub.sealed())
        .await
        .map_err(|fault| fault.to_string())?;
    faults.extend(hub.check_areas().await.map_err(|fault| fault.to_string())?);
    if json {
        let told = serde_json::json!({ "ok": faults.is_empty(), "faults": faults });
        answer(&told.to_string());
    } else if faults.is_empty() {
        answer("All is well.");
    } else {
        faults.iter().for_each(|fault| answer(fault));
    }
    match faults.len() {
        0 => Ok(()),
        some => Err(format!("{some} faults.")),
    }
}

/// Needs no hub: what a program answers to is in the program.
fn routes(json: bool) -> Result<(), String> {
    let all = crate::hub::areas()
        .into_iter()
        .fold(Routes::new(), |all, area| all.with(area.routes));
    if json {
        let list: Vec<_> = all.list().iter().map(as_json).collect();
        answer(&serde_json::to_string_pretty(&list).map_err(|error| error.to_string())?);
    } else {
        for route in all.list() {
            answer(&format!(
                "{:4} {:9} {}",
                route.method.as_str(),
                route.door.word(),
                route.path
            ));
        }
    }
    Ok(())
}

fn as_json(route: &RouteInfo) -> serde_json::Value {
    serde_json::json!({
        "method": route.method.as_str(),
        "route": route.path,
        "door": route.door.word(),
        "roles": route.door.roles(),
    })
}

async fn export_study(hub: Hub, export: Export) -> Result<(), String> {
    let study = the_study(&hub, &export.study).await?;
    let format = match export.to {
        ExportFormat::Qdpx => Format::Qdpx,
        ExportFormat::Qdc => Format::Qdc,
        ExportFormat::Xlsx => Format::Xlsx,
        ExportFormat::Csv => Format::Csv,
        ExportFormat::Json => Format::Json,
    };
    let file = new_file(&export.output)?;
    let done = analysis::exchange::export(&operator(&hub), &study, format, base::Lang::En, file)
        .await
        .map_err(sentence(&hub))?;
    let words = hub.words(base::Lang::En);
    for told in &done.told {
        say(&told.as_notice(&words));
    }
    keep(done.out, &export.output)
}

async fn write_report(hub: Hub, report: Report) -> Result<(), String> {
    let study = the_study(&hub, &report.study).await?;
    let kind = match report.kind {
        ReportKind::Process => reports::Kind::Process,
        ReportKind::Final => reports::Kind::Final,
    };
    let format = match report.format {
        ReportFormat::Pdf => reports::Format::Pdf,
        ReportFormat::Docx => reports::Format::Docx,
        ReportFormat::Html => reports::Format::Html,
    };
    let found = if report.draft {
        Some(
            reports::draft(&hub, &operator(&hub), &study, kind, format)
                .await
                .map_err(sentence(&hub))?,
        )
    } else {
        reports::newest(&hub, &operator(&hub), &study, kind, format)
            .await
            .map_err(sentence(&hub))?
    };
    let bytes = found.ok_or_else(|| {
        "No version of this report has been fixed yet; --draft builds it as it stands.".to_owned()
    })?;
    write_bytes(&report.output, &bytes)?;
    say(&format!(
        "{}: {} bytes",
        report.output.display(),
        bytes.len()
    ));
    Ok(())
}
