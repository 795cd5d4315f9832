//! The other formats: codebooks in and out, tables.

use super::*;

fn codebook() -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\"?><CodeBook xmlns=\"urn:QDA-XML:codebook:0:4\" origin=\"ATLAS.ti 9\"><Codes>\
         <Code guid=\"{{{}}}\" name=\"Å bli møtt\" isCodable=\"true\" color=\"#ff8800\"><Description>når noen ser deg</Description>\
         <Code guid=\"{}\" name=\"Tid\" isCodable=\"true\"/></Code></Codes>\
         <Sets><Set guid=\"{}\" name=\"Gruppe\"><MemberCode guid=\"{}\"/></Set></Sets></CodeBook>",
        guid(10), guid(11), guid(20), guid(11)
    )
    .into_bytes()
}

/// The codebook must be what the schema asks for; told as skipped without `xmllint`.
fn validate_codebook(xml: &[u8]) {
    let Some(schema) = shared("conformance/refi-qda/Codebook.xsd") else {
        return;
    };
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
    child.stdin.take().unwrap().write_all(xml).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_codebook_comes_in_once_and_goes_out() {
    each_engine(async |store, clock| {
        let hub = a_hub(store, clock, areas());
        let study = an_empty_study(&hub, "Kodebok").await;
        let visitor = Visitor::operator(&hub, "ops");
        let empty = export(
            &visitor,
            &study,
            Format::Qdc,
            base::Lang::En,
            Cursor::new(Vec::new()),
        )
        .await;
        assert!(matches!(
            empty,
            Err(frame::Failure::Refused { code: "AN0041", .. })
        ));
        let outcome = bring_in_as(&hub, &study, "bok.qdc", codebook()).await;
        let expected: BTreeMap<String, i64> =
            [("analysis-came-codes", 2), ("analysis-kept-sets", 1)]
                .map(|(key, n)| (key.to_owned(), n))
                .into();
        assert_eq!((told(&outcome), outcome.refused), (expected, None));
        // The same codebook again brings nothing new.
        let again = bring_in_as(&hub, &study, "bok.qdc", codebook()).await;
        assert_eq!(told(&again).get("analysis-came-codes"), None);
        let came = shape(&hub, &study).await;
        let tree: Vec<(Uuid, &str, usize, &str)> = came
            .codes
            .iter()
            .map(|code| (code.0, code.1.as_str(), code.2, code.4.as_str()))
            .collect();
        assert_eq!(
            tree,
            [
                (guid(10), "Å bli møtt", 0, "når noen ser deg"),
                (guid(11), "Tid", 1, "")
            ]
        );
        let file = take_out(&hub, &study, Format::Qdc).await;
        validate_codebook(&file);
        let book = refi_qda::Codebook::read(Cursor::new(file.clone()), refi_qda::Limits::default())
            .unwrap();
        assert_eq!(
            book.sets.iter().map(|set| set.guid).collect::<Vec<_>>(),
            [guid(20)]
        );
        let second = an_empty_study(&hub, "Bok to").await;
        bring_in_as(&hub, &second, "bok.qdc", file).await;
        assert_eq!(shape(&hub, &second).await, came);
        for (bytes, why) in [
            (b"hei".to_vec(), "analysis-refused-no-codebook"),
            (
                b"<CodeBook><Codes><Code".to_vec(),
                "analysis-refused-truncated",
            ),
        ] {
            let outcome = bring_in_as(&hub, &second, "bok.qdc", bytes).await;
            assert_eq!(outcome.refused.map(|told| told.code), Some(why.to_owned()));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_hold_every_mark_and_no_formula() {
    each_engine(async |store, clock| {
        let hub = a_hub(store, clock, areas());
        let study = an_empty_study(&hub, "Tabell").await;
        let xml = format!(
            "<Project name=\"p\" xmlns=\"urn:QDA-XML:project:1.0\"><CodeBook><Codes>\
             <Code guid=\"{c}\" name=\"=HYPERLINK(1)\" isCodable=\"true\"><Code guid=\"{d}\" name=\"Under\" isCodable=\"true\"/></Code>\
             </Codes></CodeBook><Sources><TextSource guid=\"{t}\" name=\"Samtale, én\"><PlainTextContent>=1+1 sa «hun», 👋.</PlainTextContent>\
             <PlainTextSelection guid=\"{s}\" startPosition=\"0\" endPosition=\"17\"><Coding guid=\"{g}\"><CodeRef targetGUID=\"{d}\"/></Coding></PlainTextSelection>\
             </TextSource></Sources></Project>",
            c = guid(10), d = guid(11), t = guid(30), s = guid(31), g = guid(32)
        );
        bring_in(&hub, &study, xml.into_bytes()).await;
        let file = take_out(&hub, &study, Format::Csv).await;
        let mut table = csv::Reader::from_reader(file.as_slice());
        let rows: Vec<Vec<String>> = table
            .records()
            .map(|row| row.unwrap().iter().take(6).map(str::to_owned).collect())
            .collect();
        assert_eq!(
            rows,
            [["Samtale, én", "", "", "'=1+1 sa «hun», 👋.", "Under", "'=HYPERLINK(1) / Under"]]
        );
        let book = take_out(&hub, &study, Format::Xlsx).await;
        let mut zip = zip::ZipArchive::new(Cursor::new(book)).unwrap();
        let mut all = String::new();
        for at in 0..zip.len() {
            let mut part = zip.by_index(at).unwrap();
            part.read_to_string(&mut all).unwrap();
        }
        assert!(all.contains("=1+1 sa «hun», 👋"), "the words");
        assert!(!all.contains("<f>"), "a formula");
        assert!(all.contains("Marks") && all.contains("Place in the codebook"));
        let listed = store::exports(&store.read(), study.id, 10, 0).await.unwrap();
        let mut formats: Vec<&str> = listed.iter().map(|row| row.format.as_str()).collect();
        formats.sort_unstable();
        assert_eq!(formats, ["csv", "xlsx"]);
    })
    .await;
}
