//! Many marks, read as programs count, come in on their words and stay there.

use super::*;

/// A text with emoji and CRLF, as a Windows program writes it, and passages of it by words.
struct Talk {
    text: String,
    spans: Vec<(usize, usize)>,
}

/// 120 turns; passages that overlap, nest and coincide, in bytes of the text.
fn talk() -> Talk {
    let (mut text, mut words) = (String::new(), Vec::new());
    for turn in 0..120 {
        let signs = ["👋", "🙂", "👩‍👧", "å", "👍🏽"];
        let sign = signs[turn % signs.len()];
        for part in [
            format!("Svar{turn}"),
            sign.to_owned(),
            "de kom".into(),
            format!("hver{turn}"),
            "uke".into(),
        ] {
            let start = text.len();
            text.push_str(&part);
            words.push((start, text.len()));
            text.push(' ');
        }
        text.push_str("\r\n");
    }
    let spans = (0..200)
        .map(|n| {
            let (first, last) = match n % 4 {
                0 => (n * 2, n * 2 + 3),
                1 => (n * 2 - 1, n * 2 + 6),
                2 => (n * 2 - 2, n * 2 - 1),
                _ => (n * 2 - 6, n * 2 - 3),
            };
            (words[first].0, words[last].1)
        })
        .collect();
    Talk { text, spans }
}

fn project_of(talk: &Talk) -> (Vec<u8>, Vec<(Uuid, String)>) {
    let units = |byte: usize| talk.text[..byte].encode_utf16().count();
    let mut marks = String::new();
    let mut quotes = Vec::new();
    for (n, (start, end)) in (0_u32..).zip(&talk.spans) {
        let id = guid(1000 + n);
        marks.push_str(&format!(
            "<PlainTextSelection guid=\"{id}\" startPosition=\"{}\" endPosition=\"{}\" creatingUser=\"{u}\">\
             <Coding guid=\"{}\" creatingUser=\"{u}\"><CodeRef targetGUID=\"{}\"/></Coding></PlainTextSelection>",
            units(*start),
            units(*end),
            guid(3000 + n),
            guid(10 + n % 7),
            u = guid(1 + n % 2),
        ));
        quotes.push((id, talk.text[*start..*end].replace("\r\n", "\n")));
    }
    let codes: String = (0..7)
        .map(|n| {
            format!(
                "<Code guid=\"{}\" name=\"Kode {n}\" isCodable=\"true\"/>",
                guid(10 + n)
            )
        })
        .collect();
    let xml = format!(
        "<Project name=\"p\" origin=\"NVivo 12\" xmlns=\"urn:QDA-XML:project:1.0\">\
         <Users><User guid=\"{}\" name=\"Åse\"/><User guid=\"{}\" name=\"Bo\"/></Users>\
         <CodeBook><Codes>{codes}</Codes></CodeBook><Sources><TextSource guid=\"{t}\" name=\"Samtale\" \
         plainTextPath=\"internal://{t}.txt\">{marks}</TextSource></Sources></Project>",
        guid(1),
        guid(2),
        t = guid(500),
    );
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::DEFAULT;
    zip.start_file("Project.qde", options).unwrap();
    zip.write_all(xml.as_bytes()).unwrap();
    zip.start_file(format!("Sources/{}.txt", guid(500)), options)
        .unwrap();
    zip.write_all(format!("\u{FEFF}{}", talk.text).as_bytes())
        .unwrap();
    quotes.sort();
    (zip.finish().unwrap().into_inner(), quotes)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_codings_by_two_coders_keep_their_words() {
    let (bytes, quotes) = project_of(&talk());
    each_engine(async |store, clock| {
        let hub = a_hub(store, clock, areas());
        let first = an_empty_study(&hub, "Mange").await;
        let outcome = bring_in(&hub, &first, bytes.clone()).await;
        let told = told(&outcome);
        assert_eq!(told["analysis-came-codings"], 200);
        assert_eq!(told["analysis-read-utf16-crlf2"], 1);
        assert_eq!(outcome.notices.iter().filter(|told| told.loss).count(), 0);
        let came = shape(&hub, &first).await;
        let words = |shape: &Shape| -> Vec<(Uuid, String)> {
            let marks = &shape.sources[&guid(500)].3;
            marks.iter().map(|mark| (mark.0, mark.1.clone())).collect()
        };
        assert_eq!(words(&came), quotes);
        let coders: std::collections::BTreeSet<String> = came.sources[&guid(500)]
            .3
            .iter()
            .flat_map(|mark| mark.3.values().map(|coding| coding.1.clone()))
            .collect();
        assert_eq!(coders.into_iter().collect::<Vec<_>>(), ["Bo", "Åse"]);
        let file = take_out(&hub, &first, Format::Qdpx).await;
        validate(&file);
        let second = an_empty_study(&hub, "Igjen").await;
        bring_in(&hub, &second, file.clone()).await;
        assert_eq!(shape(&hub, &second).await, came);
        let again = take_out(&hub, &second, Format::Qdpx).await;
        assert_eq!(
            super::lossless::content(&again),
            super::lossless::content(&file)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_that_fit_no_reading_are_kept_and_stand_on_no_words() {
    let talk = talk();
    let (bytes, _) = project_of(&talk);
    // Another text in the place of the one that was marked: every word is as long as the text.
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let other = "bokstaver".repeat(2000) + "😀";
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        let name = file.name().unwrap().to_string();
        out.start_file(&name, zip::write::SimpleFileOptions::DEFAULT)
            .unwrap();
        let content = if name.ends_with(".txt") {
            other.clone()
        } else {
            content
        };
        out.write_all(content.as_bytes()).unwrap();
    }
    let bytes = out.finish().unwrap().into_inner();
    each_engine(async |store, clock| {
        let hub = a_hub(store, clock, areas());
        let study = an_empty_study(&hub, "Feil tekst").await;
        let outcome = bring_in(&hub, &study, bytes.clone()).await;
        let told = told(&outcome);
        assert_eq!(told["analysis-lost-unplaced-marks"], 200);
        assert_eq!(told["analysis-lost-unplaced-texts"], 1);
        let came = shape(&hub, &study).await;
        let marks = &came.sources[&guid(500)].3;
        assert_eq!(marks.len(), 200);
        assert!(
            marks
                .iter()
                .all(|mark| mark.1.contains('-') && mark.3.len() == 1)
        );
        let json: serde_json::Value =
            serde_json::from_slice(&take_out(&hub, &study, Format::Json).await).unwrap();
        let quotes = json["codings"].as_array().unwrap();
        assert!(quotes.iter().all(|coding| coding["quote"].is_null()));
        // Untouched it goes out as it came: the other program finds its own positions in its own text.
        let file = take_out(&hub, &study, Format::Qdpx).await;
        validate(&file);
        assert_eq!(
            super::lossless::content(&file).marks(),
            super::lossless::content(&bytes).marks()
        );
    })
    .await;
}
