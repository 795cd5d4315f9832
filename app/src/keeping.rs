//! Commands that keep a hub: backup, restore, moving to another database, recovery sheets.

use std::io::BufRead;
use std::path::Path;

use base::Clock;
use frame::{Config, Hub};
use people::{Act, TheHub, Visitor};
use store::{KeyCopy, OpenOptions, Sheet, backup};

use crate::config::{Move, Recovery, Restore, Settings};
use crate::{answer, commands, say};

fn told(fault: store::Fault) -> String {
    fault.to_string()
}

/// How the settings open a store.
pub(crate) fn options(settings: &Settings, witness: &'static str) -> OpenOptions {
    OpenOptions {
        dir: settings.dir.clone(),
        database: settings.database.clone(),
        objects: settings.objects.clone(),
        witness,
        unlock: settings.unlock.clone(),
        keys: None,
        clock: Clock::System,
    }
}

/// A line on the trail, by the one at the keyboard.
async fn note(hub: &Hub, act: Act) -> Result<(), String> {
    let visitor = Visitor::operator(hub, &commands::system_user());
    hub.store()
        .write(move |tx| Box::pin(async move { visitor.enter(tx, act, TheHub).await.map(|_| ()) }))
        .await
        .map_err(commands::sentence(hub))
}

/// `knutepunkt backup FILE`.
pub(crate) async fn write_backup(hub: Hub, file: &Path) -> Result<(), String> {
    note(&hub, Act::Export).await?;
    let done = backup::write(hub.store(), file, hub.sealed())
        .await
        .map_err(told)?;
    answer(&format!(
        "{}: {} rows in {} tables, {} bytes; restored into a scratch place and read through.",
        file.display(),
        done.rows,
        done.tables,
        done.bytes
    ));
    answer(&format!(
        "{}: the keys that open it. Keep it apart, and no longer than 14 days.",
        backup::keys_beside(file).display()
    ));
    Ok(())
}

/// `knutepunkt restore FILE`.
pub(crate) async fn restore(settings: Settings, restore: Restore) -> Result<(), String> {
    let beside = restore
        .keys
        .unwrap_or_else(|| backup::keys_beside(&restore.file));
    let keys = read_keys(&beside)?;
    let sheets = match restore.sheets {
        true => Some(two_sheets()?),
        false => None,
    };
    let store = backup::restore(
        &restore.file,
        (&keys, sheets.as_ref()),
        options(&settings, "operator"),
    )
    .await
    .map_err(told)?;
    store.close().await;
    let (hub, _) = crate::hub::open(&settings, "operator", Config::default()).await?;
    let result = after_restore(&hub).await;
    hub.store().close().await;
    result
}

async fn after_restore(hub: &Hub) -> Result<(), String> {
    note(hub, Act::Create).await?;
    answer("Restored.");
    commands::check(hub.clone(), false).await
}

fn read_keys(file: &Path) -> Result<KeyCopy, String> {
    let bytes = std::fs::read(file).map_err(|error| {
        format!(
            "{}: {error}. The keys of a backup lie beside it; name them with --keys.",
            file.display()
        )
    })?;
    KeyCopy::read(&bytes).map_err(told)
}

/// `knutepunkt move --to URL`.
pub(crate) async fn move_to(hub: Hub, settings: &Settings, to: Move) -> Result<(), String> {
    let database = match to.to.as_str() {
        "sqlite" | "sqlite:" | "sqlite://" => None,
        url if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            Some(url.to_owned())
        }
        other => return Err(format!("{other} is neither postgres://… nor sqlite")),
    };
    if database.is_none() && settings.dir.join("knutepunkt.db").exists() {
        return Err(format!(
            "There is a database in {} already; take it away first.",
            settings.dir.display()
        ));
    }
    note(&hub, Act::Export).await?;
    let target = OpenOptions {
        database: database.clone(),
        ..options(settings, "moved")
    };
    let sums = backup::move_to(hub.store(), target).await.map_err(told)?;
    for (table, sum) in &sums {
        answer(&format!("{table}: {sum}"));
    }
    answer("Every table has the same rows on both sides (count and sum of digests).");
    answer(match database {
        Some(_) => {
            "From now on start with --database; then take knutepunkt.db and keys.db out of the data folder."
        }
        None => "From now on start without --database; then drop the old database.",
    });
    Ok(())
}

/// `knutepunkt recovery …`, but for what opens a locked hub.
pub(crate) async fn recovery(hub: Hub, what: Recovery) -> Result<(), String> {
    let keys = hub.store().keys();
    match what {
        Recovery::Sheets => {
            note(&hub, Act::Change).await?;
            let sheets = keys.make_sheets().await.map_err(told)?;
            for sheet in &sheets {
                answer(&format!(
                    "Sheet {} of 3, any two open the hub's keys:",
                    sheet.number()
                ));
                answer(&sheet.letters());
            }
            say(
                "They are shown this once. Write or print each on a sheet of its own, keep the three in three places, \
                 and type one back: knutepunkt recovery typed-back. Sheets of before open nothing any more.",
            );
            Ok(())
        }
        Recovery::TypedBack => {
            let sheet = sheet("One sheet, as it was written down:")?;
            let fine = keys.typed_back(&sheet).await.map_err(told)?;
            fine.map_err(|fault| fault.to_string())?;
            answer(&format!("Sheet {} is right.", sheet.number()));
            Ok(())
        }
        Recovery::Drill => {
            let (one, other) = two_sheets()?;
            let fine = keys.drill(&one, &other).await.map_err(told)?;
            fine.map_err(|fault| fault.to_string())?;
            answer("These two sheets open the hub's keys.");
            Ok(())
        }
        Recovery::Open => Err("the hub opens already".to_owned()),
    }
}

/// `knutepunkt recovery open`: a hub that nobody can open any more opens again with two sheets.
pub(crate) async fn open(settings: Settings) -> Result<(), String> {
    let (one, other) = two_sheets()?;
    store::recover(&options(&settings, "operator"), (&one, &other))
        .await
        .map_err(told)?;
    let (hub, _) = crate::hub::open(&settings, "operator", Config::default()).await?;
    let noted = note(&hub, Act::Change).await;
    hub.store().close().await;
    noted?;
    answer("The hub's keys open again.");
    Ok(())
}

fn two_sheets() -> Result<(Sheet, Sheet), String> {
    Ok((sheet("The first sheet:")?, sheet("Another one:")?))
}

/// A sheet as somebody types it: the next line that comes in.
fn sheet(asked: &str) -> Result<Sheet, String> {
    say(asked);
    let mut line = zeroize::Zeroizing::new(String::new());
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| error.to_string())?;
    Sheet::typed(&line).map_err(|fault| fault.to_string())
}
