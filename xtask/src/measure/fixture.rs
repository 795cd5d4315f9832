//! A hub with a marked text in it, made once under the target folder and copied for each run.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::Ground;
use super::hub::{Hub, empty_folder};
use super::person::Person;
use super::text::Interview;
use crate::{files, stamp};

/// Raised when what is made here changes.
const EDITION: &str = "2";
/// Who has made the study and reads in it.
const READER: &str = "process_manager";
const TITLE: &str = "Målt samtale";

/// A running hub with the text, in a copy of its own.
pub struct Marked {
    pub hub: Hub,
    pub slug: String,
    pub source: String,
}

impl Marked {
    /// Opens the hub for a text; makes it when it is not there, or was made for another schema.
    pub fn open(ground: &Ground, text: &Interview) -> Result<Self, String> {
        let home = home(ground, text)?;
        let told = home.join("made.json");
        if !told.exists() {
            files::remove(&home)?;
            let made = make(ground, text, &home)?;
            files::write(&told, &made.to_string())?;
        }
        let made = std::fs::read(&told).map_err(files::told(&told))?;
        let made: Value = serde_json::from_slice(&made).map_err(|error| error.to_string())?;
        let word = |name: &str| {
            let word = made.get(name).and_then(Value::as_str);
            word.map(str::to_owned)
                .ok_or_else(|| format!("{} has no {name}", told.display()))
        };
        let folder = empty_folder()?;
        files::mirror(&home.join("hub"), &folder.path().join("data"))?;
        Ok(Self {
            slug: word("slug")?,
            source: word("source")?,
            hub: Hub::open(&ground.program, "demo", folder)?,
        })
    }

    /// The link by which the text's reader signs in.
    pub fn sign_in(&self) -> Result<String, String> {
        let demo = self.hub.demo()?;
        let link = demo.pointer(&format!("/people/{READER}/sign_in"));
        let link = link.and_then(Value::as_str);
        link.map(str::to_owned)
            .ok_or_else(|| format!("demo.json has no {READER}"))
    }

    /// Somebody who may read the text, signed in.
    pub fn reader(&self) -> Result<Person, String> {
        Person::sign_in(&self.hub, READER)
    }

    /// So many people, each with an account and a session, as peer researchers in the text's study.
    pub fn readers(&self, count: usize) -> Result<Vec<Person>, String> {
        let lead = Person::sign_in(&self.hub, "hub_lead")?;
        let manager = self.reader()?;
        let mut links = Vec::with_capacity(count);
        for n in 1..=count {
            let name = format!("Leser {n:02}");
            let page = lead.form(
                "/people",
                &[("name", &name), ("role-peer_researcher", "on")],
            )?;
            let page = page.fine("/people")?.text();
            let shown = format!("<code>{}", self.hub.base());
            let link = page
                .split(&shown)
                .nth(1)
                .and_then(|rest| rest.split('<').next());
            links.push((name, link.ok_or("an invitation shows no link")?.to_owned()));
        }
        let study = format!("/studies/{}", self.slug);
        let page = manager.get(&study)?.fine(&study)?.text();
        let mut readers = Vec::with_capacity(count);
        for (name, link) in links {
            let before = page.split(&format!("\">{name}</option>")).next();
            let account = before.and_then(|before| before.rsplit("value=\"").next());
            let account = account.ok_or_else(|| format!("{name} can't be chosen"))?;
            let fields = [("account", account), ("role", "peer_researcher")];
            let members = format!("{study}/members");
            manager.form(&members, &fields)?.fine(&members)?;
            let nobody = Person::at(self.hub.base());
            let session = nobody.form(&link, &[])?.fine(&link)?;
            readers.push(nobody.with_session(&session)?.as_a_browser());
        }
        Ok(readers)
    }

    /// The path of the workspace at a block.
    pub fn workspace(&self, at: usize) -> String {
        format!(
            "/studies/{}/coding?source={}&at={at}",
            self.slug, self.source
        )
    }

    /// How many marks the hub counts in the text.
    pub fn count(&self, person: &Person) -> Result<u64, String> {
        let path = format!("/api/v1/studies/{}/codes?source={}", self.slug, self.source);
        let told = person.json(&path)?;
        let codes = told
            .get("codes")
            .and_then(Value::as_array)
            .ok_or("no codes")?;
        Ok(codes
            .iter()
            .filter_map(|code| code.get("n")?.as_u64())
            .sum())
    }
}

fn home(ground: &Ground, text: &Interview) -> Result<PathBuf, String> {
    let migrations = files::list(&ground.places.root.join("migrations"))?;
    let key = stamp::digest(migrations, EDITION)?;
    let name = format!("{}-{}", text.name, key.get(..12).unwrap_or(&key));
    Ok(ground.places.target.join("measure").join(name))
}

/// A demo with a study of its own, into which the text comes with its marks as a project of REFI-QDA.
fn make(ground: &Ground, text: &Interview, home: &std::path::Path) -> Result<Value, String> {
    let mut hub = Hub::start(&ground.program, "demo")?;
    let leader = Person::sign_in(&hub, READER)?;
    let slug = new_study(&leader)?;
    let file = hub.data().join(format!("{}.qdpx", text.name));
    text.write_qdpx(&file)?;
    let report = hub.import(&ground.program, &slug, &file)?;
    std::fs::remove_file(&file).map_err(files::told(&file))?;
    let source = report
        .pointer("/files/0/outcome/sources/0")
        .and_then(Value::as_str);
    let source = source
        .ok_or_else(|| format!("no text came in: {report}"))?
        .to_owned();
    hub.stop();
    files::mirror(&hub.data(), &home.join("hub"))?;
    Ok(json!({ "slug": slug, "source": source }))
}

/// Begins a study; gives its short name.
pub fn new_study(leader: &Person) -> Result<String, String> {
    let answer = leader.form("/studies/new", &[("title", TITLE)])?;
    let to = answer
        .to
        .as_deref()
        .and_then(|to| to.strip_prefix("/studies/"));
    to.map(str::to_owned)
        .ok_or_else(|| format!("no study was made: {} {}", answer.status, answer.text()))
}
