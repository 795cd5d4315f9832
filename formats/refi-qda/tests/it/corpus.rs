//! What fuzzing has found, replayed.

#[path = "../../fuzz/targets.rs"]
mod targets;

use std::path::Path;

fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus")).join(name);
    let mut files = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        target(&std::fs::read(file.unwrap().path()).unwrap());
        files += 1;
    }
    assert!(files > 0, "{name}: the corpus is empty");
}

#[test]
fn projects() {
    replay("project", targets::project);
}

#[test]
fn codebooks() {
    replay("codebook", targets::codebook);
}

#[test]
fn containers() {
    replay("container", targets::container);
}

#[test]
fn offsets() {
    replay("offsets", targets::offsets);
}
