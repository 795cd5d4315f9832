//! Prints every marked passage of a project with the names of its codes:
//! `cargo run --example quotes -- FILE.qdpx`.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::collections::HashMap;
use std::fs::File;

use refi_qda::{Code, Error, Item, Limits, Producer, Reader, SourceText, TextBody, Uuid};

fn main() -> Result<(), Error> {
    let Some(path) = std::env::args().nth(1) else {
        println!("quotes FILE.qdpx");
        return Ok(());
    };
    let file = File::open(path).map_err(Error::Io)?;
    // Reads the whole XML once: a project that is broken anywhere is refused here.
    let mut reader = Reader::open(file, Limits::default())?;
    let habit = Producer::from_origin(reader.project().origin.as_deref()).reading();
    let names = names(&reader.project().codes);
    reader.read(|item, files| {
        let Item::Text(source) = item else {
            return Ok(());
        };
        println!("# {}", source.name.as_deref().unwrap_or_default());
        let text = match &source.body {
            TextBody::File { path } => files.open_text(path)?,
            TextBody::Inline(words) => SourceText::new(words.as_str()),
            TextBody::Missing { .. } | TextBody::Absent => {
                println!("(the text is missing)");
                return Ok(());
            }
        };
        let verdict = text.judge(&source.selections, &[habit]);
        let Some(reading) = verdict.reading() else {
            println!("(these marks were made on another text)");
            return Ok(());
        };
        let words: Vec<char> = text.to_lf().chars().collect();
        let places = text.place(reading, &source.selections);
        for (mark, place) in source.selections.iter().zip(places) {
            let quote = place.and_then(|place| words.get(place.start..place.end));
            let quote = quote.map_or_else(|| "?".to_owned(), String::from_iter);
            let codes = mark.codings.iter().filter_map(|one| names.get(&one.code));
            let codes: Vec<&str> = codes.map(String::as_str).collect();
            println!("[{}] {quote}", codes.join(", "));
        }
        Ok::<(), Error>(())
    })
}

/// Names of codes at all levels of the tree.
fn names(codes: &[Code]) -> HashMap<Uuid, String> {
    let mut names = HashMap::new();
    let mut open: Vec<&Code> = codes.iter().collect();
    while let Some(code) = open.pop() {
        names.insert(code.guid, code.name.clone());
        open.extend(&code.children);
    }
    names
}
