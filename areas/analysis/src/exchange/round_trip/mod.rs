//! What comes in goes out, and comes in again the same.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use ::store::testing::each_engine;
use base::{Id, Uuid};
use bytes::Bytes;
use frame::Hub;
use people::Visitor;
use voices::testing::{a_hub, a_study};
use voices::{Basis, Outcome, Study};

use super::export::{Whole, export};
use super::{Format, store};
use crate::findings::{self, Level, NewFinding, NewTheme, Polarity, Stance};

mod erased;
mod formats;
mod lossless;
mod many;

const TEXT: &str = "Hei 👋 du\r\n\r\nDet var 🙂 fint.\r\n  \r\nHa det 👩‍👧 bra\r\n";

/// A project with emoji, CRLF, overlaps, nesting and two coders, positions in code points.
fn project() -> String {
    let at = |words: &str| {
        let byte = TEXT.find(words).unwrap();
        let start = TEXT[..byte].chars().count();
        (start, start + words.chars().count())
    };
    let mark = |n: u32, words: &str, inner: &str| {
        let (start, end) = at(words);
        format!(
            "<PlainTextSelection guid=\"{}\" startPosition=\"{start}\" endPosition=\"{end}\" \
             creatingUser=\"{}\" creationDateTime=\"2024-05-01T10:00:00Z\">{inner}</PlainTextSelection>",
            guid(100 + n),
            guid(1 + n % 2)
        )
    };
    let coding = |n: u32, code: u32, user: u32| {
        format!(
            "<Coding guid=\"{}\" creatingUser=\"{}\" creationDateTime=\"2024-05-02T10:00:00Z\">\
             <CodeRef targetGUID=\"{}\"/></Coding>",
            guid(200 + n),
            guid(user),
            guid(code)
        )
    };
    let marks = [
        mark(
            1,
            "Hei 👋 du",
            &format!("{}{}", coding(1, 10, 1), coding(2, 11, 2)),
        ),
        mark(2, "👋 du\r\n\r\nDet var", &coding(3, 11, 2)),
        mark(
            3,
            "var 🙂",
            &format!(
                "<Description>viktig</Description>{}{}",
                coding(4, 12, 1),
                coding(5, 12, 2)
            ),
        ),
        mark(
            4,
            "fint.\r\n  \r\nHa det 👩‍👧 bra",
            &format!(
                "{}<NoteRef targetGUID=\"{}\"/>",
                coding(6, 10, 1),
                guid(300)
            ),
        ),
    ]
    .concat();
    let text = TEXT;
    let missing = format!(
        "<PlainTextSelection guid=\"{}\" startPosition=\"5\" endPosition=\"9\">{}</PlainTextSelection>",
        guid(150),
        coding(50, 13, 1)
    );
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Project name=\"p\" origin=\"Other 1\" xmlns=\"urn:QDA-XML:project:1.0\">\
         <Users><User guid=\"{u1}\" name=\"Åse\"/><User guid=\"{u2}\" name=\"Bo\"/></Users>\
         <CodeBook><Codes><Code guid=\"{c10}\" name=\"Å bli møtt\" isCodable=\"true\" color=\"#ff8800\">\
         <Description>når noen ser deg</Description>\
         <Code guid=\"{c11}\" name=\"Tid\" isCodable=\"true\"><Code guid=\"{c12}\" name=\"Venting\" isCodable=\"true\"/></Code>\
         </Code><Code guid=\"{c13}\" name=\"Mappe\" isCodable=\"false\"/></Codes></CodeBook>\
         <Cases><Case guid=\"{k}\" name=\"Kari\"/></Cases>\
         <Sources><TextSource guid=\"{s}\" name=\"Intervju 👋\"><PlainTextContent>{text}</PlainTextContent>{marks}</TextSource>\
         <TextSource guid=\"{m}\" name=\"Borte\" plainTextPath=\"internal://borte.txt\">{missing}</TextSource></Sources>\
         <Notes><Note guid=\"{n}\" name=\"Husk\" creatingUser=\"{u2}\"><PlainTextContent>Husk dette.</PlainTextContent></Note></Notes>\
         <Sets><Set guid=\"{k2}\" name=\"Gruppe\"><MemberCode targetGUID=\"{c10}\"/></Set></Sets></Project>",
        u1 = guid(1),
        u2 = guid(2),
        c10 = guid(10),
        c11 = guid(11),
        c12 = guid(12),
        c13 = guid(13),
        k = guid(400),
        k2 = guid(401),
        s = guid(500),
        m = guid(501),
        n = guid(300),
    )
}

fn guid(n: u32) -> Uuid {
    Uuid::from_u128(u128::from(n) + (0xfeed << 64))
}

/// A code as it is compared: guid, name, depth, colour, description, codable.
type CodeShape = (Uuid, String, usize, String, String, bool);
/// A mark: guid, words or positions, notes, codings.
type MarkShape = (Uuid, String, Vec<String>, BTreeMap<Uuid, (Uuid, String)>);

/// All that must be the same after a journey.
#[derive(Debug, PartialEq)]
struct Shape {
    codes: Vec<CodeShape>,
    coders: BTreeMap<Uuid, String>,
    sources: BTreeMap<Uuid, (String, bool, String, Vec<MarkShape>)>,
    themes: Vec<(Uuid, String, String, usize)>,
}

async fn shape(hub: &Hub, study: &Study) -> Shape {
    let db = hub.store().read();
    let whole = Whole::load(&db, study).await.unwrap();
    let guid_of: BTreeMap<_, _> = whole
        .codes
        .iter()
        .map(|code| (code.id, code.guid))
        .collect();
    let mut sources = BTreeMap::new();
    for source in &whole.sources {
        let loaded = whole.source(source).await.unwrap();
        let mut marks = Vec::new();
        for mark in &loaded.marks {
            let words = match mark.quote(&loaded.text) {
                Some(quote) => quote.to_owned(),
                None => format!("{}-{}", mark.from, mark.to),
            };
            let notes = crate::store::notes(&db, "passage", &[mark.passage.id.uuid()])
                .await
                .unwrap();
            let codings = mark
                .codings
                .iter()
                .map(|one| {
                    (
                        one.guid,
                        (
                            guid_of[&one.code],
                            whole.coder(one.coder).unwrap().name.clone(),
                        ),
                    )
                })
                .collect();
            marks.push((
                mark.passage.guid,
                words,
                notes.into_iter().map(|note| note.text).collect(),
                codings,
            ));
        }
        marks.sort();
        sources.insert(
            source.guid,
            (source.name.clone(), source.has_text, loaded.text, marks),
        );
    }
    Shape {
        codes: whole
            .codes
            .iter()
            .map(|code| {
                let (name, colour) = (code.name.clone(), code.colour.clone());
                (
                    code.guid,
                    name,
                    code.depth,
                    colour,
                    code.description.clone(),
                    code.codable,
                )
            })
            .collect(),
        coders: whole
            .coders
            .iter()
            .filter(|one| !one.guid.is_nil())
            .map(|one| (one.guid, one.name.clone()))
            .collect(),
        sources,
        themes: whole
            .themes
            .iter()
            .map(|theme| {
                (
                    theme.guid,
                    theme.title.clone(),
                    theme.text.clone(),
                    theme.codes.len(),
                )
            })
            .collect(),
    }
}

async fn an_empty_study(hub: &Hub, title: &str) -> Study {
    a_study(hub).titled(title).make().await.unwrap().study
}

async fn bring_in(hub: &Hub, study: &Study, bytes: Vec<u8>) -> Outcome {
    bring_in_as(hub, study, "p.qdpx", bytes).await
}

async fn bring_in_as(hub: &Hub, study: &Study, name: &str, bytes: Vec<u8>) -> Outcome {
    let visitor = Visitor::operator(hub, "ops");
    let files = vec![(name.to_owned(), Bytes::from(bytes))];
    let report = voices::import_files(hub, &visitor, study, files, Basis::Fictional)
        .await
        .unwrap();
    assert_eq!(report.state, voices::ImportState::Done);
    report.files.into_iter().next().unwrap().outcome.unwrap()
}

async fn take_out(hub: &Hub, study: &Study, format: Format) -> Vec<u8> {
    let visitor = Visitor::operator(hub, "ops");
    let exported = export(
        &visitor,
        study,
        format,
        base::Lang::En,
        Cursor::new(Vec::new()),
    )
    .await
    .unwrap();
    let bytes = exported.out.into_inner();
    assert_eq!(exported.digest, base::Digest::of_file(&bytes));
    bytes
}

/// The file beside the repository, or a word that it is not there.
fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KNUTEPUNKT_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let path = root.join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there", path.display());
    None
}

/// The project must be what the schema asks for; told as skipped without `xmllint`.
fn validate(archive: &[u8]) {
    let Some(schema) = shared("conformance/refi-qda/Project.xsd") else {
        return;
    };
    let mut xml = String::new();
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    zip.by_name("project.qde")
        .unwrap()
        .read_to_string(&mut xml)
        .unwrap();
    let child = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        eprintln!("skipped: no xmllint");
        return;
    };
    child
        .stdin
        .take()
        .unwrap()
        .write_all(xml.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn told(outcome: &Outcome) -> BTreeMap<String, i64> {
    outcome
        .notices
        .iter()
        .map(|told| (told.code.clone(), told.count.unwrap_or(0)))
        .collect()
}

fn areas() -> Vec<frame::Area> {
    vec![voices::area(), crate::area()]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_comes_in_goes_out_and_comes_in_again_the_same() {
    each_engine(async |store, clock| {
        let hub = a_hub(store, clock, areas());
        let first = an_empty_study(&hub, "Første").await;
        let outcome = bring_in(&hub, &first, project().into_bytes()).await;
        let expected: BTreeMap<String, i64> = [
            ("analysis-came-users", 2),
            ("analysis-came-codes", 4),
            ("analysis-came-texts", 2),
            ("analysis-came-marks", 5),
            ("analysis-came-codings", 7),
            ("analysis-came-notes", 2),
            ("analysis-came-missing", 1),
            ("analysis-kept-cases", 1),
            ("analysis-kept-sets", 1),
            ("analysis-read-codepoints-crlf2", 1),
        ]
        .map(|(key, n)| (key.to_owned(), n))
        .into();
        assert_eq!(told(&outcome), expected);
        assert_eq!(outcome.refused, None);
        let came = shape(&hub, &first).await;
        let (name, has_text, text, marks) = &came.sources[&guid(500)];
        assert_eq!(
            (name.as_str(), *has_text, text.as_str()),
            ("Intervju 👋", true, TEXT.replace("\r\n", "\n").as_str())
        );
        let words: Vec<&str> = marks.iter().map(|mark| mark.1.as_str()).collect();
        assert_eq!(
            words,
            [
                "Hei 👋 du",
                "👋 du\n\nDet var",
                "var 🙂",
                "fint.\n  \nHa det 👩‍👧 bra"
            ]
        );
        assert_eq!(marks[2].2, ["viktig"]);
        assert_eq!(marks[3].2, ["Husk dette."]);
        assert_eq!(marks[0].3[&guid(202)], (guid(11), "Bo".to_owned()));
        assert_eq!(came.sources[&guid(501)].3[0].1, "5-9");
        let depths: Vec<(Uuid, usize)> = came.codes.iter().map(|code| (code.0, code.2)).collect();
        assert_eq!(
            depths,
            [(guid(10), 0), (guid(11), 1), (guid(12), 2), (guid(13), 0)]
        );
        assert_eq!(crate::store::wrong_counts(&store.read()).await.unwrap(), []);

        let file = take_out(&hub, &first, Format::Qdpx).await;
        validate(&file);
        let second = an_empty_study(&hub, "Andre").await;
        let outcome = bring_in(&hub, &second, file).await;
        assert_eq!(
            outcome.notices.iter().filter(|told| told.loss).count(),
            0,
            "{outcome:?}"
        );
        assert_eq!(shape(&hub, &second).await, came);
        let listed = store::exports(&store.read(), first.id, 10, 0)
            .await
            .unwrap();
        assert_eq!(
            listed
                .iter()
                .map(|row| row.format.as_str())
                .collect::<Vec<_>>(),
            ["qdpx"]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_project_twice_in_one_study_shares_codes_and_coders() {
    each_engine(async |store, clock| {
        let hub = a_hub(store, clock, areas());
        let study = an_empty_study(&hub, "To ganger").await;
        bring_in(&hub, &study, project().into_bytes()).await;
        bring_in(&hub, &study, project().into_bytes()).await;
        let twice = shape(&hub, &study).await;
        assert_eq!(
            (twice.codes.len(), twice.coders.len(), twice.sources.len()),
            (4, 2, 4)
        );
        validate(&take_out(&hub, &study, Format::Qdpx).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_project_is_refused_whole_and_leaves_nothing() {
    each_engine(async |store, clock| {
        let hub = a_hub(store, clock, areas());
        let study = an_empty_study(&hub, "Ødelagt").await;
        let whole = project().into_bytes();
        let half = whole[..whole.len() - 200].to_vec();
        for (bytes, why) in [
            (half, "analysis-refused-truncated"),
            (b"hei".to_vec(), "analysis-refused-no-project"),
        ] {
            let outcome = bring_in(&hub, &study, bytes).await;
            assert_eq!(outcome.refused.map(|told| told.code), Some(why.to_owned()));
        }
        let left = shape(&hub, &study).await;
        assert_eq!(
            (left.codes.len(), left.coders.len(), left.sources.len()),
            (0, 0, 0)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn themes_and_speakers_of_our_own_go_out_and_come_in() {
    each_engine(async |store, clock| {
        let hub = a_hub(store, clock, areas());
        let made = a_study(&hub)
            .titled("Egen")
            .with_source(
                "Intervju 1",
                &["Intervjuer: Hva hjalp?", "Kari: At hun kom 🙂 hver uke."],
            )
            .make()
            .await
            .unwrap();
        let visitor = Visitor::operator(&hub, "ops");
        let study = made.study.clone();
        bring_in(&hub, &study, project().into_bytes()).await;
        let codes = crate::codes(&store.read(), study.id).await.unwrap();
        let (id, code) = (study.id, codes[0].id);
        let finding: Id<findings::Finding> = hub
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    let new = NewTheme {
                        title: "Å bli møtt".into(),
                        text: "Om å bli sett".into(),
                        codes: vec![code],
                    };
                    let theme = findings::add_theme(tx, &visitor, id, &new).await?;
                    let new = NewFinding {
                        sentence: "Folk blir møtt der de er.".into(),
                        polarity: Polarity::Strength,
                        level: Level::Service,
                        theme: Some(theme),
                        chime: None,
                        sides: vec![voices::Side::User],
                    };
                    findings::add_finding(tx, &visitor, id, &new).await
                })
            })
            .await
            .unwrap();
        let source = findings::all_sources(&store.read(), study.id)
            .await
            .unwrap();
        let source = source
            .iter()
            .find(|source| source.guid == guid(500))
            .unwrap();
        let passage = store::passages(&store.read(), source.id).await.unwrap()[0];
        let visitor = Visitor::operator(&hub, "ops");
        let number = hub
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    findings::add_evidence(tx, &visitor, id, finding, passage.id, Stance::Supports)
                        .await
                })
            })
            .await
            .unwrap();
        assert_eq!(number, 1);

        let json: serde_json::Value =
            serde_json::from_slice(&take_out(&hub, &study, Format::Json).await).unwrap();
        assert_eq!(json["findings"][0]["sentence"], "Folk blir møtt der de er.");
        assert_eq!(json["findings"][0]["evidence"][0]["quote_number"], 1);
        assert_eq!(json["codings"].as_array().unwrap().len(), 7);
        assert_eq!(json["themes"][0]["codes"][0], codes[0].id.to_string());
        let first = &json["codes"][0];
        assert_eq!(
            (first["id"].as_str(), first["guid"].as_str()),
            (
                Some(codes[0].id.to_string().as_str()),
                Some(codes[0].guid.to_string().as_str())
            )
        );
        assert_eq!(
            json["findings"][0]["evidence"][0]["passage"],
            passage.id.to_string()
        );

        let file = take_out(&hub, &study, Format::Qdpx).await;
        validate(&file);
        let second = an_empty_study(&hub, "Hos andre").await;
        bring_in(&hub, &second, file).await;
        let (before, after) = (shape(&hub, &study).await, shape(&hub, &second).await);
        assert_eq!(after, before);
        assert_eq!(after.themes.len(), 1);
        let texts: Vec<&str> = after
            .sources
            .values()
            .map(|source| source.2.as_str())
            .collect();
        assert!(
            texts
                .iter()
                .any(|text| text.contains("Kari: At hun kom 🙂 hver uke.")),
            "{texts:?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn real_projects_come_in_and_go_out() {
    let Some(folder) = shared("real/projects") else {
        return;
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    each_engine(async |store, clock| {
        let hub = a_hub(store, clock, areas());
        for path in &files {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let first = an_empty_study(&hub, &format!("{name} a")).await;
            let outcome = bring_in(&hub, &first, std::fs::read(path).unwrap()).await;
            assert_eq!(outcome.refused, None, "{name}");
            eprintln!("{name}: {:?}", told(&outcome));
            let file = take_out(&hub, &first, Format::Qdpx).await;
            validate(&file);
            let second = an_empty_study(&hub, &format!("{name} b")).await;
            let again = bring_in(&hub, &second, file).await;
            assert_eq!(
                again.notices.iter().filter(|told| told.loss).count(),
                0,
                "{name}: {again:?}"
            );
            assert_eq!(
                shape(&hub, &second).await,
                shape(&hub, &first).await,
                "{name}"
            );
        }
    })
    .await;
}
