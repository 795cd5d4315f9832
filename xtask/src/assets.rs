//! The page assets: style sheets, islands and fonts, built from npm packages and our own sources into `ui/assets/dist`.
//!
//! The folder is git-ignored and the same for every build profile. `manifest.json` in it maps a logical name (`app.css`,
//! `coding.js`) to the file that has its digest in the name. To add an island, put `NAME.ts` in `ui/islands` or in an
//! area's `islands` folder; to add a style sheet, import it from `ui/assets/app.css`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::places::Places;
use crate::{files, node, process, stamp};

/// Designsystemet's style sheet uses cascade layers; these are the first browsers that know them.
const BROWSERS: &str = "chrome99,firefox97,safari15.4";

/// The PDF's typeface: regular and the two weights of headings, each with its italic.
const PDF_FONTS: [&str; 6] = [
    "SourceSans3-Regular.ttf",
    "SourceSans3-It.ttf",
    "SourceSans3-Semibold.ttf",
    "SourceSans3-SemiboldIt.ttf",
    "SourceSans3-Bold.ttf",
    "SourceSans3-BoldIt.ttf",
];

/// What the program carries along from others, and where its licence is.
const LICENCES: [(&str, &str); 3] = [
    ("designsystemet.txt", "@digdir/designsystemet-theme/LICENSE"),
    ("inter.txt", "@fontsource-variable/inter/LICENSE"),
    ("source-sans.md", "source-sans/LICENSE.md"),
];

/// Builds the assets unless nothing they are made from has changed.
///
/// # Errors
/// Says which step failed; the last good assets are left as they are.
pub fn build(places: &Places) -> Result<(), String> {
    node::install(places)?;
    let entries = entries(&places.root)?;
    let wanted = stamp::digest(sources(places)?, include_str!("assets.rs"))?;
    let stamp = places.cache().join("assets-stamp");
    let dist = places.root.join("ui/assets/dist");
    if stamp::says(&stamp, &wanted) && is_whole(&dist) {
        return Ok(());
    }
    let draft = places.cache().join("assets-draft");
    files::remove(&draft)?;
    bundle(places, &entries, &draft)?;
    add_fonts(places, &draft)?;
    files::mirror(&draft, &dist)?;
    stamp::write(&stamp, &wanted)?;
    eprintln!("assets: built into ui/assets/dist");
    Ok(())
}

/// The entry points: logical name without its ending → source, relative to the root.
fn entries(root: &Path) -> Result<BTreeMap<String, PathBuf>, String> {
    let mut found = BTreeMap::from([
        ("app".to_owned(), PathBuf::from("ui/assets/app.css")),
        ("inter".to_owned(), PathBuf::from("ui/assets/inter.css")),
        ("public".to_owned(), PathBuf::from("ui/assets/public.css")),
    ]);
    for island in islands(root)? {
        let name = island.file_stem().unwrap_or_default().to_string_lossy();
        let island = files::below(root, &island);
        if let Some(other) = found.insert(name.into_owned(), island.clone()) {
            return Err(format!(
                "{} and {} would get the same name in the pages: rename one",
                other.display(),
                island.display()
            ));
        }
    }
    Ok(found)
}

/// Every island: `*.ts` directly in an `islands` folder, apart from tests and declarations.
fn islands(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut folders = vec![root.join("ui/islands")];
    folders.extend(
        files::list(&root.join("areas"))?
            .into_iter()
            .map(|area| area.join("islands")),
    );
    let mut found = Vec::new();
    for folder in folders {
        found.extend(files::list(&folder)?.into_iter().filter(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".ts") && !name.ends_with(".test.ts") && !name.ends_with(".d.ts")
        }));
    }
    Ok(found)
}

/// Everything that the assets are made from. The lock file stands for all packages.
fn sources(places: &Places) -> Result<Vec<PathBuf>, String> {
    let root = &places.root;
    let mut all = vec![root.join("package-lock.json"), root.join("tsconfig.json")];
    let of =
        |folder: &Path, ending: &str| files::tree(folder, &|file| files::ends_with(file, ending));
    all.extend(of(&root.join("ui/assets"), "css")?);
    all.extend(of(&root.join("ui/islands"), "ts")?);
    for area in files::list(&root.join("areas"))? {
        all.extend(of(&area.join("islands"), "ts")?);
    }
    Ok(all)
}

fn bundle(
    places: &Places,
    entries: &BTreeMap<String, PathBuf>,
    draft: &Path,
) -> Result<(), String> {
    let account = places.cache().join("assets-account.json");
    let mut esbuild = node::tool(places, "esbuild");
    for (name, source) in entries {
        esbuild.arg(format!("{name}={}", source.display()));
    }
    esbuild
        .args([
            "--bundle",
            "--minify",
            "--format=esm",
            "--splitting",
            "--log-level=warning",
        ])
        .args([
            "--entry-names=[name]-[hash]",
            "--asset-names=[name]-[hash]",
            "--chunk-names=chunk-[hash]",
        ])
        .args(["--loader:.woff2=file", "--legal-comments=eof"])
        .arg(format!("--target={BROWSERS}"))
        .arg(format!("--outdir={}", draft.display()))
        .arg(format!("--metafile={}", account.display()));
    process::run(&mut esbuild)?;
    let text = fs::read_to_string(&account).map_err(|e| format!("{}: {e}", account.display()))?;
    let manifest = manifest(&text, entries)?;
    let text = serde_json::to_string_pretty(&manifest).map_err(|e| e.to_string())?;
    files::write(&draft.join("manifest.json"), &format!("{text}\n"))
}

#[derive(Deserialize)]
struct Account {
    outputs: BTreeMap<PathBuf, Output>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    entry_point: Option<PathBuf>,
    inputs: BTreeMap<PathBuf, serde::de::IgnoredAny>,
}

/// Logical name → file name, from esbuild's account of its work (its "metafile"). Chunks shared by islands have no
/// logical name: only islands ask for them.
fn manifest(
    account: &str,
    entries: &BTreeMap<String, PathBuf>,
) -> Result<BTreeMap<String, String>, String> {
    let account: Account = serde_json::from_str(account)
        .map_err(|e| format!("esbuild's account cannot be read: {e}"))?;
    let mut manifest = BTreeMap::new();
    for (file, output) in account.outputs {
        let ending = file
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let name = match (&output.entry_point, output.inputs.keys().next()) {
            (Some(source), _) => entries
                .iter()
                .find(|(_, entry)| *entry == source)
                .map(|(name, _)| format!("{name}.{ending}")),
            (None, Some(input)) if ending == "woff2" => input
                .file_name()
                .map(|name| name.to_string_lossy().into_owned()),
            _ => None,
        };
        let file = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if let Some(name) = name {
            manifest.insert(name, file);
        }
    }
    match entries.len() <= manifest.len() {
        true => Ok(manifest),
        false => Err("esbuild's account does not tell of every entry point".to_owned()),
    }
}

fn add_fonts(places: &Places, draft: &Path) -> Result<(), String> {
    for name in PDF_FONTS {
        let from = node::package(places, "source-sans").join("TTF").join(name);
        files::copy(&from, &draft.join("fonts").join(name))?;
    }
    for (name, from) in LICENCES {
        files::copy(
            &node::package(places, from),
            &draft.join("licences").join(name),
        )?;
    }
    Ok(())
}

/// Are all files there that the manifest names? Somebody may have tidied up by hand.
fn is_whole(dist: &Path) -> bool {
    let named = fs::read_to_string(dist.join("manifest.json"))
        .ok()
        .and_then(|text| serde_json::from_str::<BTreeMap<String, String>>(&text).ok());
    named.is_some_and(|named| {
        let fonts = PDF_FONTS.iter().map(|name| dist.join("fonts").join(name));
        let mut all = named.values().map(|name| dist.join(name)).chain(fonts);
        all.all(|file| file.is_file())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_names_entries_and_fonts_but_no_chunks() {
        let entries = BTreeMap::from([
            ("app".to_owned(), PathBuf::from("ui/assets/app.css")),
            (
                "board".to_owned(),
                PathBuf::from("areas/x/islands/board.ts"),
            ),
        ]);
        let account = r#"{"inputs": {}, "outputs": {
            "draft/app-AAAA.css": {"entryPoint": "ui/assets/app.css", "inputs": {"ui/assets/app.css": {"bytesInOutput": 1}}},
            "draft/board-BBBB.js": {"entryPoint": "areas/x/islands/board.ts", "inputs": {}},
            "draft/chunk-CCCC.js": {"inputs": {"node_modules/lit/lit.js": {"bytesInOutput": 1}}},
            "draft/inter-latin-DDDD.woff2": {"inputs": {"node_modules/f/inter-latin.woff2": {"bytesInOutput": 1}}}}}"#;
        let wanted = [
            ("app.css", "app-AAAA.css"),
            ("board.js", "board-BBBB.js"),
            ("inter-latin.woff2", "inter-latin-DDDD.woff2"),
        ];
        assert_eq!(
            manifest(account, &entries),
            Ok(wanted.map(|(a, b)| (a.to_owned(), b.to_owned())).into())
        );
        assert_eq!(
            manifest(r#"{"outputs": {}}"#, &entries),
            Err("esbuild's account does not tell of every entry point".to_owned())
        );
    }

    #[test]
    fn two_islands_of_one_name_are_refused_and_tests_are_no_islands() {
        let root = tempfile::tempdir().unwrap();
        for file in [
            "ui/islands/a.ts",
            "ui/islands/a.test.ts",
            "areas/x/islands/b.ts",
            "areas/x/islands/b.d.ts",
        ] {
            files::write(&root.path().join(file), "").unwrap();
        }
        let names: Vec<String> = entries(root.path()).unwrap().into_keys().collect();
        assert_eq!(names, ["a", "app", "b", "inter", "public"]);
        files::write(&root.path().join("areas/y/islands/a.ts"), "").unwrap();
        assert_eq!(
            entries(root.path()),
            Err("ui/islands/a.ts and areas/y/islands/a.ts would get the same name in the pages: rename one".to_owned())
        );
    }
}
