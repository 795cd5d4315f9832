//! Puts the areas together.

use std::fs::File;
use std::path::Path;

use base::{Chance, Clock};
use frame::{Area, Config, Hub, Routes};
use store::{OpenOptions, Store};

use crate::config::Settings;
use crate::home;

/// All areas; nothing else lists them.
pub(crate) fn areas() -> Vec<Area> {
    vec![
        people::area(),
        voices::area(),
        analysis::area(),
        reports::area(),
        home::area(),
    ]
}

/// Opens the store and puts the hub together. `witness` names the file this process writes.
pub(crate) async fn open(
    settings: &Settings,
    witness: &'static str,
    config: Config,
) -> Result<(Hub, Routes), String> {
    let chance = Chance::from_system().map_err(|error| error.to_string())?;
    let options = OpenOptions {
        dir: settings.dir.clone(),
        database: settings.database.clone(),
        objects: settings.objects.clone(),
        witness,
        clock: Clock::System,
    };
    let store = Store::open(options)
        .await
        .map_err(|fault| fault.to_string())?;
    let areas = areas();
    let at_start: Vec<_> = areas.iter().filter_map(|area| area.at_start).collect();
    let (hub, routes) = Hub::assemble(store, Clock::System, chance, config, areas)?;
    for begin in at_start {
        begin(hub.clone())
            .await
            .map_err(|fault| fault.to_string())?;
    }
    Ok((hub, routes))
}

/// Holds the data folder for one `serve` at a time, until it is dropped or the process dies.
pub(crate) fn lock(dir: &Path) -> Result<File, String> {
    std::fs::create_dir_all(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    let path = dir.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    file.try_lock().map_err(|_| {
        format!(
            "Another `knutepunkt serve` or `demo` is using {}. Stop that one first.",
            dir.display()
        )
    })?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_by_one_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let held = lock(dir.path()).unwrap();
        assert!(lock(dir.path()).is_err());
        drop(held);
        assert!(lock(dir.path()).is_ok());
    }
}
