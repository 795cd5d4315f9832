//! Real projects lose nothing: what comes out is compared with what came in, element by element.

use std::collections::BTreeMap;

use refi_qda::{
    Error, Files, Item, Leftover, Limits, Project, Reader, Stamp, TextBody, TextSource,
};

use super::*;

type Bytes = Cursor<Vec<u8>>;

/// A mark: GUID, start, end, codes.
type MarkAt = (Uuid, u64, u64, Vec<Uuid>);

/// A project in a form in which two of them can be compared.
#[derive(Debug, PartialEq)]
pub(super) struct Content {
    project: Project,
    items: BTreeMap<String, (Item, Vec<String>)>,
}

impl Content {
    /// Each text with its words, and its marks with their positions and codes.
    pub(super) fn marks(self) -> Vec<(Vec<String>, Vec<MarkAt>)> {
        let texts = self
            .items
            .into_values()
            .filter_map(|(item, words)| match item {
                Item::Text(text) => Some((words, text)),
                _ => None,
            });
        texts
            .map(|(words, text)| {
                let marks = text.selections.iter().map(|one| {
                    let codes = one.codings.iter().map(|coding| coding.code).collect();
                    (one.guid, one.start, one.end, codes)
                });
                (words, marks.collect())
            })
            .collect()
    }
}

pub(super) fn content(bytes: &[u8]) -> Content {
    let mut reader = Reader::open(Cursor::new(bytes.to_vec()), Limits::default()).unwrap();
    let mut project = reader.project().clone();
    // The program that writes names itself, and when.
    project.origin = None;
    project.name = String::new();
    project.modified = Stamp::default();
    project.users.sort_by_key(|user| user.guid);
    project.sets.sort_by_key(|set| set.guid);
    project.codes.iter_mut().for_each(plain_code);
    let mut items = BTreeMap::new();
    reader
        .read(|mut item, files| {
            let words = match &mut item {
                Item::Text(text) | Item::Note(text) => vec![plain(text, files)],
                Item::Media(media) => {
                    sorted(&mut media.leftovers);
                    media.codings.sort_by_key(|one| one.guid);
                    media
                        .texts
                        .iter_mut()
                        .map(|text| plain(text, files))
                        .collect()
                }
                Item::Leftover(_) => Vec::new(),
            };
            items.insert(key(&item), (item, words));
            Ok::<(), Error>(())
        })
        .unwrap();
    Content { project, items }
}

fn key(item: &Item) -> String {
    match item {
        Item::Text(text) | Item::Note(text) => text.guid.to_string(),
        Item::Media(media) => media.guid.to_string(),
        Item::Leftover(left) => left.xml.clone(),
    }
}

fn sorted(all: &mut [Leftover]) {
    all.sort_by(|a, b| a.xml.cmp(&b.xml));
}

/// A code without a colour gets one here.
fn plain_code(code: &mut refi_qda::Code) {
    code.color = None;
    code.children.iter_mut().for_each(plain_code);
}

fn plain(text: &mut TextSource, files: &mut Files<Bytes>) -> String {
    sorted(&mut text.leftovers);
    text.selections.sort_by_key(|one| one.guid);
    for one in &mut text.selections {
        // Who changed it last is told when that is somebody else, or another time.
        if one.modified == one.created {
            one.modified = Stamp::default();
        }
        one.codings.sort_by_key(|one| one.guid);
    }
    let words = match &text.body {
        TextBody::File { path } => files.open_text(path).unwrap().to_lf().into_owned(),
        TextBody::Inline(words) => words.clone(),
        TextBody::Missing { path } => return path.clone(),
        TextBody::Absent => return "absent".to_owned(),
    };
    text.body = TextBody::Absent;
    words.trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn real_projects_lose_nothing() {
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
            let bytes = std::fs::read(path).unwrap();
            let outcome = bring_in(&hub, &first, bytes.clone()).await;
            assert_eq!(outcome.refused, None, "{name}");
            let lost: Vec<_> = outcome.notices.iter().filter(|told| told.loss).collect();
            assert_eq!(lost, Vec::<&voices::Told>::new(), "{name}");
            let file = take_out(&hub, &first, Format::Qdpx).await;
            validate(&file);
            let (before, after) = (content(&bytes), content(&file));
            // The folder that only its writer has goes out where a path needs it.
            assert_eq!(after.project, before.project, "{name}");
            let names = |content: &Content| content.items.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(&after), names(&before), "{name}");
            for (guid, item) in &before.items {
                assert_eq!(after.items.get(guid), Some(item), "{name}: {guid}");
            }
            let second = an_empty_study(&hub, &format!("{name} b")).await;
            bring_in(&hub, &second, file.clone()).await;
            assert_eq!(
                shape(&hub, &second).await,
                shape(&hub, &first).await,
                "{name}"
            );
            let again = take_out(&hub, &second, Format::Qdpx).await;
            assert_eq!(content(&again), content(&file), "{name}");
        }
    })
    .await;
}

/// A project with one of everything: a recording with transcript, a PDF with its text, a picture.
pub(super) fn everything() -> Vec<u8> {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <Project name=\"p\" origin=\"Other 1\" basePath=\"C:\\Users\\kari\" creatingUserGUID=\"{u}\" \
         creationDateTime=\"2024-01-01T00:00:00Z\" xmlns=\"urn:QDA-XML:project:1.0\">\
         <Users><User guid=\"{u}\" name=\"Åse\" id=\"ÅS\"/></Users>\
         <CodeBook><Codes><Code guid=\"{c}\" name=\"Håp\" isCodable=\"true\" color=\"#112233\">\
         <NoteRef targetGUID=\"{n1}\"/></Code></Codes></CodeBook>\
         <Variables><Variable guid=\"{v}\" name=\"alder\" typeOfVariable=\"Integer\"/></Variables>\
         <Cases><Case guid=\"{k}\" name=\"Kari\"><CodeRef targetGUID=\"{c}\"/>\
         <VariableValue><VariableRef targetGUID=\"{v}\"/><IntegerValue>44</IntegerValue></VariableValue>\
         <SourceRef targetGUID=\"{t}\"/><SelectionRef targetGUID=\"{s}\"/></Case></Cases>\
         <Sources>\
         <TextSource guid=\"{t}\" name=\"Intervju\" plainTextPath=\"internal://{t}.txt\" \
         richTextPath=\"internal://{t}.docx\" creatingUser=\"{u}\" creationDateTime=\"2024-02-01T00:00:00Z\" \
         modifyingUser=\"{u}\" modifiedDateTime=\"2024-02-02T00:00:00Z\">\
         <Description>om intervjuet</Description>\
         <PlainTextSelection guid=\"{s}\" name=\"viktig sted\" startPosition=\"0\" endPosition=\"3\" \
         creatingUser=\"{u}\" creationDateTime=\"2024-02-01T00:00:00Z\" modifyingUser=\"{u}\" \
         modifiedDateTime=\"2024-02-03T00:00:00Z\"><Description>se her</Description>\
         <Coding guid=\"{g1}\" creatingUser=\"{u}\" creationDateTime=\"2024-02-01T00:00:00Z\">\
         <CodeRef targetGUID=\"{c}\"/><NoteRef targetGUID=\"{n2}\"/></Coding></PlainTextSelection>\
         <Coding guid=\"{g2}\"><CodeRef targetGUID=\"{c}\"/></Coding><NoteRef targetGUID=\"{n1}\"/>\
         <VariableValue><VariableRef targetGUID=\"{v}\"/><IntegerValue>44</IntegerValue></VariableValue>\
         </TextSource>\
         <PictureSource guid=\"{p}\" name=\"Bilde\" path=\"internal://{p}.png\"><Description>et bilde</Description>\
         <PictureSelection guid=\"{ps}\" firstX=\"1\" firstY=\"2\" secondX=\"3\" secondY=\"4\">\
         <Coding guid=\"{g3}\"><CodeRef targetGUID=\"{c}\"/></Coding></PictureSelection>\
         <Coding guid=\"{g4}\"><CodeRef targetGUID=\"{c}\"/></Coding><NoteRef targetGUID=\"{n3}\"/></PictureSource>\
         <PDFSource guid=\"{d}\" name=\"Hefte.pdf\" path=\"internal://{d}.pdf\">\
         <PDFSelection guid=\"{ds}\" page=\"0\" firstX=\"1\" firstY=\"2\" secondX=\"3\" secondY=\"4\">\
         <Representation guid=\"{dr}\"><PlainTextContent>hemmelige ord</PlainTextContent></Representation></PDFSelection>\
         <Representation guid=\"{dt}\" plainTextPath=\"internal://{dt}.txt\">\
         <PlainTextSelection guid=\"{dm}\" name=\"hemmelige\" creatingUser=\"{u}\" creationDateTime=\"2024-02-01T00:00:00Z\" startPosition=\"0\" endPosition=\"9\">\
         <Coding guid=\"{g5}\" creatingUser=\"{u}\" creationDateTime=\"2024-02-01T00:00:00Z\"><CodeRef targetGUID=\"{c}\"/></Coding></PlainTextSelection></Representation>\
         <NoteRef targetGUID=\"{n3}\"/></PDFSource>\
         <AudioSource guid=\"{a}\" name=\"Opptak\" path=\"internal://{a}.m4a\">\
         <Transcript guid=\"{at}\" plainTextPath=\"internal://{at}.txt\">\
         <SyncPoint guid=\"{y1}\" timeStamp=\"0\" position=\"0\"/><SyncPoint guid=\"{y2}\" timeStamp=\"2500\" position=\"11\"/>\
         <TranscriptSelection guid=\"{am}\" name=\"Ja, det var\" creatingUser=\"{u}\" creationDateTime=\"2024-02-01T00:00:00Z\" fromSyncPoint=\"{y1}\" toSyncPoint=\"{y2}\">\
         <Coding guid=\"{g6}\" creatingUser=\"{u}\" creationDateTime=\"2024-02-01T00:00:00Z\"><CodeRef targetGUID=\"{c}\"/></Coding></TranscriptSelection></Transcript>\
         <AudioSelection guid=\"{asel}\" begin=\"0\" end=\"2500\"><Description>stille her</Description></AudioSelection>\
         </AudioSource>\
         <VideoSource guid=\"{f}\" name=\"Film\" path=\"relative:///film.mp4\"/></Sources>\
         <Notes><Note guid=\"{n1}\" name=\"Om håp\" creatingUser=\"{u}\" creationDateTime=\"2024-02-01T00:00:00Z\">\
         <Description>en lapp</Description><PlainTextContent>Håp er mye.</PlainTextContent></Note>\
         <Note guid=\"{n2}\" name=\"Hvorfor\"><PlainTextContent>Fordi hun sa det.</PlainTextContent></Note>\
         <Note guid=\"{n3}\"><PlainTextContent>Se også bildet.</PlainTextContent></Note>\
         <Note guid=\"{n4}\" name=\"Fritt\"><PlainTextContent>Om ingenting.</PlainTextContent>\
         <PlainTextSelection guid=\"{nm}\" startPosition=\"3\" endPosition=\"12\">\
         <Coding guid=\"{g7}\"><CodeRef targetGUID=\"{c}\"/></Coding></PlainTextSelection></Note></Notes>\
         <Links><Link guid=\"{l}\" name=\"hører til\" direction=\"OneWay\" originGUID=\"{s}\" targetGUID=\"{am}\"/></Links>\
         <Sets><Set guid=\"{z}\" name=\"Alle\"><MemberCode targetGUID=\"{c}\"/><MemberSource targetGUID=\"{t}\"/>\
         <MemberSource targetGUID=\"{a}\"/></Set></Sets>\
         <Graphs><Graph guid=\"{gr}\" name=\"Kart\"><Vertex guid=\"{x1}\" representedGUID=\"{t}\" name=\"Intervju\" firstX=\"0\" firstY=\"0\"/>\
         <Vertex guid=\"{x2}\" representedGUID=\"{c}\" firstX=\"5\" firstY=\"5\"/>\
         <Edge guid=\"{e}\" sourceVertex=\"{x1}\" targetVertex=\"{x2}\"/></Graph></Graphs>\
         <Description>om prosjektet</Description><NoteRef targetGUID=\"{n3}\"/></Project>",
        u = guid(1),
        c = guid(10),
        v = guid(20),
        k = guid(21),
        t = guid(30),
        s = guid(31),
        g1 = guid(32),
        g2 = guid(33),
        n1 = guid(40),
        n2 = guid(41),
        n3 = guid(42),
        n4 = guid(43),
        nm = guid(44),
        p = guid(50),
        ps = guid(51),
        g3 = guid(52),
        g4 = guid(53),
        d = guid(60),
        ds = guid(61),
        dr = guid(62),
        dt = guid(63),
        dm = guid(64),
        g5 = guid(65),
        a = guid(70),
        at = guid(71),
        y1 = guid(72),
        y2 = guid(73),
        am = guid(74),
        g6 = guid(75),
        asel = guid(76),
        f = guid(80),
        g7 = guid(45),
        l = guid(90),
        z = guid(91),
        gr = guid(92),
        x1 = guid(93),
        x2 = guid(94),
        e = guid(95),
    );
    let files: [(String, &str); 8] = [
        ("project.qde".to_owned(), &xml),
        (format!("sources/{}.txt", guid(30)), "Hei 👋 du."),
        (format!("sources/{}.docx", guid(30)), "not a real docx"),
        (format!("sources/{}.png", guid(50)), "not a real picture"),
        (format!("sources/{}.pdf", guid(60)), "not a real pdf"),
        (
            format!("sources/{}.txt", guid(63)),
            "hemmelige ord i heftet",
        ),
        (format!("sources/{}.m4a", guid(70)), "not a real recording"),
        (format!("sources/{}.txt", guid(71)), "Ja, det var\nså fint."),
    ];
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name, zip::write::SimpleFileOptions::DEFAULT)
            .unwrap();
        zip.write_all(bytes.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Names and contents of all files of a project but its texts.
pub(super) fn files_of(archive: &[u8]) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut all = BTreeMap::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let name = file.name().unwrap().to_string();
        if !name.ends_with(".txt") && !name.ends_with(".qde") {
            let mut content = String::new();
            file.read_to_string(&mut content).unwrap();
            all.insert(name, content);
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_everything_comes_in_and_goes_out() {
    each_engine(async |store, clock| {
        let hub = a_hub(store, clock, areas());
        let study = an_empty_study(&hub, "Alt").await;
        let bytes = everything();
        let outcome = bring_in(&hub, &study, bytes.clone()).await;
        assert_eq!(outcome.refused, None);
        assert_eq!(outcome.notices.iter().filter(|told| told.loss).count(), 0);
        let kept: BTreeMap<String, i64> = told(&outcome)
            .into_iter()
            .filter(|(key, _)| key.starts_with("analysis-kept-"))
            .collect();
        let expected: BTreeMap<String, i64> = [
            ("audio", 1),
            ("cases", 1),
            ("graphs", 1),
            ("links", 1),
            ("note-marks", 1),
            ("pdf-marks", 1),
            ("pdfs", 1),
            ("picture-marks", 1),
            ("pictures", 1),
            ("sets", 1),
            ("source-codings", 2),
            ("sync-points", 2),
            ("time-marks", 1),
            ("values", 1),
            ("variables", 1),
            ("videos", 1),
        ]
        .map(|(key, n)| (format!("analysis-kept-{key}"), n))
        .into();
        assert_eq!(kept, expected);
        let file = take_out(&hub, &study, Format::Qdpx).await;
        validate(&file);
        let (before, after) = (content(&bytes), content(&file));
        assert_eq!(after.project, before.project);
        for (guid, item) in &before.items {
            assert_eq!(after.items.get(guid), Some(item), "{guid}");
        }
        assert_eq!(after.items.len(), before.items.len());
        assert_eq!(files_of(&file), files_of(&bytes));
        // A second copy in the same study stands on its own and is as valid.
        bring_in(&hub, &study, bytes).await;
        validate(&take_out(&hub, &study, Format::Qdpx).await);
        let source = findings::all_sources(&store.read(), study.id)
            .await
            .unwrap();
        assert_eq!(source.len(), 10);
        // The times of the recording stand at the paragraphs.
        let transcript = source.iter().find(|one| one.guid == guid(71)).unwrap();
        let blocks = voices::blocks(&store.read(), transcript.id, 0, 10)
            .await
            .unwrap();
        let times: Vec<_> = blocks.iter().map(|block| block.time).collect();
        assert_eq!(times, [Some(0), None]);
    })
    .await;
}
