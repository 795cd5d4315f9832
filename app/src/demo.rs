//! `knutepunkt demo`: a believable, fictional hub, and a file that tells scripts how to get in.

mod content;
mod seed;

use std::collections::BTreeMap;
use std::path::Path;

use base::{Account, Id};
use frame::Hub;
use serde::{Deserialize, Serialize};
use store::Fault;

use crate::commands::write_bytes;
use crate::config::Settings;
use crate::serve::{Listening, config};
use crate::{answer, say};

/// `DIR/demo.json`. Written last, by rename, when the hub listens; a script that sees it can begin.
#[derive(Serialize, Deserialize)]
struct DemoFile {
    base: String,
    people: BTreeMap<String, DemoPerson>,
    studies: Vec<String>,
    /// The accounts behind the people, so that a demo that is opened again finds them.
    accounts: BTreeMap<String, Id<Account>>,
}

#[derive(Serialize, Deserialize)]
struct DemoPerson {
    name: String,
    sign_in: String,
}

const FILE: &str = "demo.json";

/// Makes the demo, or opens the one that is there, and serves it.
pub(crate) async fn run(settings: Settings) -> Result<(), String> {
    ui::assets::ready()?;
    let known = known_demo(&settings.dir)?;
    let _lock = crate::hub::lock(&settings.dir)?;
    let (hub, routes) = crate::hub::open(&settings, "serve", config(&settings, true)).await?;
    let cast = match known {
        Some(file) => seed::Cast {
            people: names(file.people),
            accounts: file.accounts,
            studies: file.studies,
        },
        None if people::hub_row(&hub.store().read())
            .await
            .map_err(|fault| fault.to_string())?
            .is_some() =>
        {
            return Err(
                "That database holds a hub already; the demo needs an empty one.".to_owned(),
            );
        }
        None => {
            say("Making the demo hub …");
            seed::make(&hub).await?
        }
    };
    let listening = Listening::begin(&settings).await?;
    let file = demo_file(&hub, &listening.base, cast)
        .await
        .map_err(|fault| fault.to_string())?;
    answer(&format!("listening on {}", listening.base));
    for person in file.people.values() {
        answer(&format!("  {}: {}", person.name, person.sign_in));
    }
    let path = settings.dir.join(FILE);
    let serving = tokio::spawn(listening.run(hub, routes));
    let json = serde_json::to_vec_pretty(&file).map_err(|error| error.to_string())?;
    write_bytes(&path, &json)?;
    serving.await.map_err(|error| error.to_string())?
}

/// The demo that lies in this folder; `None` for a fresh one.
fn known_demo(dir: &Path) -> Result<Option<DemoFile>, String> {
    let path = dir.join(FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text)
            .map(Some)
            .map_err(|error| format!("{}: {error}", path.display())),
        Err(_) if is_fresh(dir) => Ok(None),
        Err(_) => Err(format!(
            "{} is not empty and holds no demo. Give an empty folder with --data.",
            dir.display()
        )),
    }
}

fn is_fresh(dir: &Path) -> bool {
    match std::fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

fn names(people: BTreeMap<String, DemoPerson>) -> BTreeMap<String, String> {
    people
        .into_iter()
        .map(|(role, person)| (role, person.name))
        .collect()
}

/// New sign-in links for everyone, which hold while this demo runs.
async fn demo_file(hub: &Hub, base: &str, cast: seed::Cast) -> Result<DemoFile, Fault> {
    let asked = hub.clone();
    let seed::Cast {
        people,
        accounts,
        studies,
    } = cast;
    let wanted: Vec<_> = accounts
        .iter()
        .map(|(role, account)| (role.clone(), *account))
        .collect();
    let links: Vec<(String, String)> = hub
        .store()
        .write(move |tx| {
            Box::pin(async move {
                let mut links = Vec::with_capacity(wanted.len());
                for (role, account) in wanted {
                    links.push((role, people::demo_sign_in(tx, &asked, account).await?));
                }
                Ok::<_, Fault>(links)
            })
        })
        .await?;
    let people = links
        .into_iter()
        .map(|(role, path)| {
            let name = people.get(&role).cloned().unwrap_or_default();
            (
                role,
                DemoPerson {
                    name,
                    sign_in: format!("{base}{path}"),
                },
            )
        })
        .collect();
    Ok(DemoFile {
        base: base.to_owned(),
        people,
        studies,
        accounts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_other_things_is_refused_and_an_empty_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        assert!(known_demo(dir.path()).unwrap().is_none());
        assert!(known_demo(&dir.path().join("new")).unwrap().is_none());
        std::fs::write(dir.path().join("letter.txt"), "hei").unwrap();
        assert!(known_demo(dir.path()).is_err());
        std::fs::write(dir.path().join(FILE), "{").unwrap();
        assert!(known_demo(dir.path()).is_err());
    }
}
