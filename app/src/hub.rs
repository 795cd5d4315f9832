//! Puts the areas together.

use std::fs::File;
use std::path::Path;

use base::{Chance, Clock};
use frame::{Area, Config, Hub, Routes};
use store::Store;

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
    let store = Store::open(crate::keeping::options(settings, witness))
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

    /// Columns of these names, of tables that are there.
    async fn columns(store: &Store, what: &str) -> Vec<String> {
        let sql = format!(
            "SELECT m.name || '.' || p.name AS at FROM sqlite_master m JOIN pragma_table_info(m.name) p \
             WHERE m.type = 'table' AND {what} ORDER BY 1"
        );
        let rows = store.read().all(&sql, Vec::new()).await.unwrap();
        rows.iter().map(|row| row.text("at").unwrap()).collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn every_sealed_column_and_every_file_is_declared_by_its_area() {
        let dir = tempfile::tempdir().unwrap();
        let options = store::OpenOptions {
            dir: dir.path().to_path_buf(),
            database: None,
            objects: None,
            witness: "serve",
            unlock: store::Unlock::default(),
            keys: None,
            clock: Clock::System,
        };
        let store = Store::open(options).await.unwrap();
        let areas = areas();
        let sealed = areas.iter().flat_map(|area| &area.sealed);
        let mut declared: Vec<String> = sealed
            .map(|sealed| format!("{}.body", sealed.table))
            .collect();
        declared.sort();
        assert_eq!(declared, columns(&store, "p.name = 'body'").await);
        let holders = areas.iter().flat_map(|area| &area.holders);
        let mut declared: Vec<String> = holders
            .map(|holder| format!("{}.{}", holder.table, holder.column))
            .collect();
        declared.sort();
        let named = "EXISTS (SELECT 1 FROM pragma_foreign_key_list(m.name) f \
                     WHERE f.\"from\" = p.name AND f.\"table\" = 'object')";
        assert_eq!(declared, columns(&store, named).await);
        store.close().await;
    }

    #[test]
    fn a_folder_is_held_by_one_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let held = lock(dir.path()).unwrap();
        assert!(lock(dir.path()).is_err());
        drop(held);
        assert!(lock(dir.path()).is_ok());
    }
}
