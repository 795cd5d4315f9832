//! The house rules that a machine can check: arrows between rooms, where SQL and HTTP may stand,
//! and that every text is there in every language and used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use base::Lang;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Rooms, and what each may use. `people` uses no other area; arrows between areas go one way.
const ARROWS: &[(&str, &str)] = &[
    ("base", ""),
    ("store", "base"),
    ("ui", "base"),
    ("frame", "base store ui"),
    ("areas/people", "base store ui frame"),
    ("areas/voices", "base store ui frame people"),
    (
        "areas/analysis",
        "base store ui frame people voices refi-qda small-cells",
    ),
    (
        "areas/reports",
        "base store ui frame people voices analysis small-cells",
    ),
    ("app", "base store ui frame people voices analysis reports"),
    ("formats/refi-qda", ""),
    ("formats/small-cells", ""),
    // Measurements make project files to bring in.
    ("xtask", "refi-qda"),
    // The fuzzers, which stand outside the workspace.
    ("fuzz", "voices analysis"),
];

#[test]
fn each_room_uses_only_what_it_may() {
    let rooms: BTreeSet<&str> = ARROWS
        .iter()
        .filter_map(|(room, _)| room.rsplit('/').next())
        .collect();
    for (room, may) in ARROWS {
        let manifest = std::fs::read_to_string(root().join(room).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = manifest.parse().unwrap();
        let own = room.rsplit('/').next().unwrap();
        let uses: BTreeSet<&str> = ["dependencies", "dev-dependencies", "build-dependencies"]
            .iter()
            .filter_map(|section| manifest.get(*section)?.as_table())
            .flat_map(|section| section.keys().map(String::as_str))
            .filter(|name| rooms.contains(name) && *name != own)
            .collect();
        let may: BTreeSet<&str> = may.split_whitespace().collect();
        let beyond: Vec<_> = uses.difference(&may).collect();
        assert!(
            beyond.is_empty(),
            "{room} reaches for {beyond:?}; see ARCHITECTURE.md"
        );
    }
}

#[test]
fn the_workspace_has_no_room_that_the_arrows_do_not_name() {
    let named: BTreeSet<PathBuf> = ARROWS.iter().map(|(room, _)| PathBuf::from(room)).collect();
    let mut found = BTreeSet::new();
    for folder in ["", "areas", "formats"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.join("Cargo.toml").exists() {
                found.insert(Path::new(folder).join(path.file_name().unwrap()));
            }
        }
    }
    assert_eq!(found, named);
}

/// Every source file of the rooms, with its path from the root and its text before the tests.
fn sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (room, _) in ARROWS.iter().filter(|(room, _)| *room != "fuzz") {
        collect(&root().join(room).join("src"), &mut files);
    }
    let root = root();
    files
        .into_iter()
        .map(|path| {
            let name = path
                .strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            let text = std::fs::read_to_string(&path).unwrap();
            let before_tests = text
                .split("#[cfg(test)]\nmod tests")
                .next()
                .unwrap_or_default()
                .to_owned();
            (name, before_tests)
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !is_test(&path) {
            files.push(path);
        }
    }
}

/// Test modules that stand in a file of their own beside what they test.
fn is_test(path: &Path) -> bool {
    let name = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let tests = ["tests", "testing", "round_trip", "sample", "house"];
    let folder = path.parent().and_then(Path::file_name);
    tests.contains(&name.as_str())
        || folder.is_some_and(|folder| tests.iter().any(|test| folder == *test))
}

fn in_areas() -> impl Iterator<Item = (String, String)> {
    sources()
        .into_iter()
        .filter(|(name, _)| name.starts_with("areas/"))
}

#[test]
fn sql_stands_in_store_rs_only() {
    let words = [
        "\"SELECT ",
        "\"INSERT INTO ",
        "\"UPDATE ",
        "\"DELETE FROM ",
        "\"WITH RECURSIVE",
        "CREATE TABLE",
    ];
    for (name, text) in sources() {
        let may =
            name.starts_with("store/") || name.ends_with("/store.rs") || name == "app/src/house.rs";
        let found: Vec<_> = words.iter().filter(|word| text.contains(*word)).collect();
        assert!(may || found.is_empty(), "{name} has SQL: {found:?}");
    }
}

/// Parts of an area that may speak HTTP or write markup.
fn may_speak_http(name: &str) -> bool {
    name.contains("/pages/")
        || ["/pages.rs", "/api.rs", "/html.rs", "/session.rs", "/lib.rs"]
            .iter()
            .any(|end| name.ends_with(end))
        || name.contains("/api/")
}

#[test]
fn http_and_markup_stand_in_pages() {
    for (name, text) in in_areas().filter(|(name, _)| !may_speak_http(name)) {
        for word in ["axum::", "maud::", "ui::html", "StatusCode"] {
            assert!(
                !text.contains(word),
                "{name} names {word}: rules and stores know nothing of pages"
            );
        }
    }
}

#[test]
fn rules_know_neither_pages_nor_database() {
    let rules = [
        "areas/people/src/rules.rs",
        "areas/voices/src/intake/",
        "areas/analysis/src/anchor.rs",
        "areas/reports/src/paper.rs",
        "areas/reports/src/checks",
    ];
    for start in rules {
        let files: Vec<_> = in_areas()
            .filter(|(name, _)| name.starts_with(start))
            .collect();
        assert!(
            !files.is_empty(),
            "{start} is gone: name the new place of these rules"
        );
        for (name, text) in files {
            for word in [
                "store::",
                "frame::Ask",
                "frame::Failure",
                "sea_orm",
                "axum",
                "maud",
                ".await",
            ] {
                assert!(!text.contains(word), "{name} names {word}");
            }
        }
    }
}

#[test]
fn an_area_is_reached_by_its_face_only() {
    let areas = ["people", "voices", "analysis", "reports"];
    let views = regexless_tables();
    for (name, text) in in_areas().filter(|(name, _)| name.ends_with("/store.rs")) {
        let own = name.split('/').nth(1).unwrap_or_default().to_owned();
        for area in areas.iter().filter(|area| **area != own) {
            for table in &views[*area] {
                for word in [
                    format!("FROM {table} "),
                    format!("JOIN {table} "),
                    format!("INTO {table} "),
                    format!("UPDATE {table} "),
                ] {
                    assert!(
                        !text.contains(&word),
                        "{name} names {area}'s table {table}: ask its face, or a view {area}_face_…"
                    );
                }
            }
        }
    }
}

/// The tables of each area, from its migrations.
fn regexless_tables() -> BTreeMap<&'static str, Vec<String>> {
    let mut tables: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for area in ["people", "voices", "analysis", "reports"] {
        let own = tables.entry(area).or_default();
        for entry in std::fs::read_dir(root().join("migrations")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.ends_with(".sql") && name.get(5..).is_some_and(|rest| rest.starts_with(area)) {
                let sql = std::fs::read_to_string(&path).unwrap();
                own.extend(
                    sql.split("CREATE TABLE ")
                        .skip(1)
                        .filter_map(|rest| Some(rest.split_whitespace().next()?.to_owned())),
                );
            }
        }
        assert!(!own.is_empty(), "{area} has no migration");
    }
    tables
}

/// Key → names of its arguments, of one language file.
fn keys(ftl: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in ftl.lines() {
        let begins = line.starts_with(|letter: char| letter.is_ascii_lowercase());
        if begins && let Some((key, _)) = line.split_once('=') {
            current = key.trim().to_owned();
            let new = keys.insert(current.clone(), BTreeSet::new()).is_none();
            assert!(new, "the key {current} stands twice");
        }
        for part in line.split('$').skip(1) {
            let argument: String = part
                .chars()
                .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
                .collect();
            keys.entry(current.clone()).or_default().insert(argument);
        }
    }
    keys
}

fn text_sets() -> Vec<ui::TextSet> {
    let mut sets = vec![ui::texts(), frame::texts()];
    sets.extend(crate::hub::areas().iter().map(|area| area.texts));
    sets
}

#[test]
fn every_text_is_there_in_every_language_with_the_same_arguments() {
    for set in text_sets() {
        let nb = keys(set.of(Lang::Nb));
        for lang in [Lang::Nn, Lang::En] {
            assert_eq!(keys(set.of(lang)), nb, "{} in {}", set.room, lang.tag());
        }
    }
    ui::Texts::new(&text_sets()).unwrap();
}

#[test]
fn every_text_is_used_and_every_text_that_is_asked_for_is_there() {
    let all: String = sources().into_iter().map(|(_, text)| text).collect();
    let there: BTreeSet<String> = text_sets()
        .iter()
        .flat_map(|set| keys(set.nb).into_keys())
        .collect();
    let unused: Vec<_> = there
        .iter()
        .filter(|key| !all.contains(&format!("\"{key}\"")))
        .collect();
    assert!(unused.is_empty(), "nobody asks for {unused:#?}");
    let mut missing = BTreeSet::new();
    for call in [".t(\"", ".tv(\""] {
        for rest in all.split(call).skip(1) {
            let key = rest.split('"').next().unwrap_or_default().to_owned();
            if !there.contains(&key) && !key.is_empty() {
                missing.insert(key);
            }
        }
    }
    assert!(missing.is_empty(), "these texts are nowhere: {missing:#?}");
}

#[test]
fn the_words_we_do_not_use_stand_in_no_text() {
    for set in text_sets() {
        for lang in Lang::ALL {
            let text = set.of(lang).to_lowercase();
            for word in [
                "klient",
                "pasient",
                "rusmisbruker",
                "rusmisbrukar",
                "likemann",
                "nødbolig",
            ] {
                assert!(
                    !text.contains(word),
                    "{} {} says «{word}»",
                    set.room,
                    lang.tag()
                );
            }
        }
    }
}
