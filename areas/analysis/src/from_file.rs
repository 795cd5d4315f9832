//! What a file had marked comes in with its text: colours behind words become codes, one for each
//! colour, and comments become notes by whoever wrote them. No SQL, no HTTP.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use ::store::{Fault, Tx};
use base::{Id, Lang, Time};
use frame::{Came, Failure, FileMark, FileMarkKind, SourceCame};
use people::Visitor;
use voices::{Block, Study};

use crate::anchor::{Anchor, Point};
use crate::codebook::Code;
use crate::codes::{NewCode, find_or_add};
use crate::coding::acts::coder;
use crate::coding::store as bulk;
use crate::coding::{Coder, Coding, NOTE_MAX, Note, Passage};
use crate::exchange;
use crate::store as book;

/// People who wrote comments in one file, at most, that become coders of their own.
const AUTHORS: usize = 100;

/// A colour's word, the key of its code's name, and the code's own colour: one of the same kind
/// that can be told from light and dark paper.
const COLOURS: [(&str, &str, &str); 16] = [
    ("yellow", "analysis-highlight-yellow", "#8a6d00"),
    ("orange", "analysis-highlight-orange", "#b5541c"),
    ("red", "analysis-highlight-red", "#b83d30"),
    ("pink", "analysis-highlight-pink", "#c2356b"),
    ("purple", "analysis-highlight-purple", "#9447b4"),
    ("blue", "analysis-highlight-blue", "#1f6fb2"),
    ("turquoise", "analysis-highlight-turquoise", "#0b7a75"),
    ("green", "analysis-highlight-green", "#3f7d20"),
    ("brown", "analysis-highlight-brown", "#7f6046"),
    ("grey", "analysis-highlight-grey", "#5f6b7a"),
    ("black", "analysis-highlight-black", "#5f6b7a"),
    ("dark_yellow", "analysis-highlight-dark-yellow", "#8a6d00"),
    ("dark_red", "analysis-highlight-dark-red", "#b83d30"),
    ("dark_blue", "analysis-highlight-dark-blue", "#4a6fa5"),
    (
        "dark_turquoise",
        "analysis-highlight-dark-turquoise",
        "#2e7d6b",
    ),
    ("dark_green", "analysis-highlight-dark-green", "#5b7f2b"),
];

/// The hook: runs in the act that makes the source visible.
///
/// # Errors
/// [`Fault`] of the database; the act must then fail.
pub(crate) async fn source_came(tx: &Tx, came: &SourceCame) -> Result<Vec<Came>, Fault> {
    if came.marks.is_empty() {
        return Ok(Vec::new());
    }
    let visitor = Visitor::new(&came.hub, came.actor.clone());
    let study: Id<Study> = Id::from(came.study);
    let own = coder(tx, &visitor, study).await?;
    let codes = codes_of(tx, &visitor, study, came).await?;
    let authors = authors_of(tx, &visitor, study, came).await?;
    let mut making = Making {
        came,
        own,
        now: came.hub.now(),
        passages: HashMap::new(),
        rows: Vec::new(),
        touched: Vec::new(),
        codings: Vec::new(),
        notes: Vec::new(),
        left_out: 0,
    };
    for mark in &came.marks {
        match &mark.kind {
            FileMarkKind::Highlight { colour } => making.highlight(mark, codes.get(colour)),
            FileMarkKind::Comment { author, text } => {
                let author = author
                    .as_deref()
                    .and_then(|name| authors.get(&known_as(name)));
                making.comment(mark, author.copied(), text);
            }
        }
    }
    making.write(tx).await
}

/// The rows that marks become.
struct Making<'a> {
    came: &'a SourceCame,
    own: Id<Coder>,
    now: Time,
    /// What is marked twice with the same borders is one passage.
    passages: HashMap<Anchor, Id<Passage>>,
    rows: Vec<Passage>,
    touched: Vec<(Id<Block>, Id<Passage>)>,
    codings: Vec<Coding>,
    notes: Vec<Note>,
    left_out: i64,
}

impl Making<'_> {
    fn fresh<K>(&self) -> Id<K> {
        self.came.hub.chance().id(self.now)
    }

    fn passage(&mut self, mark: &FileMark) -> Id<Passage> {
        let point = |(block, at): (base::Uuid, usize)| Point {
            block: Id::from(block),
            at,
        };
        let anchor = Anchor {
            from: point(mark.from),
            to: point(mark.to),
        };
        if let Some(known) = self.passages.get(&anchor) {
            return *known;
        }
        let id = self.fresh();
        self.passages.insert(anchor, id);
        self.rows.push(Passage {
            id,
            study: Id::from(self.came.study),
            source: Id::from(self.came.source),
            anchor: Some(anchor),
            raw: None,
            guid: self.came.hub.chance().uuid(self.now),
            quote_number: None,
            made_by: self.own,
            made_at: self.now,
        });
        let blocks = mark.blocks.iter().map(|block| (Id::from(*block), id));
        self.touched.extend(blocks);
        id
    }

    fn highlight(&mut self, mark: &FileMark, code: Option<&Id<Code>>) {
        let Some(code) = code else {
            self.left_out += 1;
            return;
        };
        let passage = self.passage(mark);
        let row = Coding {
            id: self.fresh(),
            passage,
            code: *code,
            coder: self.own,
            guid: self.came.hub.chance().uuid(self.now),
            made_at: self.now,
        };
        self.codings.push(row);
    }

    fn comment(&mut self, mark: &FileMark, author: Option<Id<Coder>>, text: &str) {
        let passage = self.passage(mark);
        let signs: Vec<char> = text.chars().filter(|sign| *sign != '\0').collect();
        for part in signs.chunks(NOTE_MAX) {
            let note = Note {
                id: self.fresh(),
                study: Id::from(self.came.study),
                about_kind: "passage".to_owned(),
                about: passage.uuid(),
                text: part.iter().collect(),
                author: author.unwrap_or(self.own),
                author_name: String::new(),
                made_at: self.now,
            };
            self.notes.push(note);
        }
    }

    async fn write(self, tx: &Tx) -> Result<Vec<Came>, Fault> {
        bulk::add_passages(tx, &self.rows, &self.touched).await?;
        bulk::add_codings(tx, &self.codings).await?;
        exchange::store::count_source(tx, Id::from(self.came.source)).await?;
        book::add_notes(tx, &self.notes, self.now).await?;
        let told = |what, n: usize, loss| Came {
            what,
            n: i64::try_from(n).unwrap_or(i64::MAX),
            loss,
        };
        let left_out = usize::try_from(self.left_out).unwrap_or(0);
        Ok(vec![
            told("analysis-came-highlights", self.codings.len(), false),
            told("analysis-came-comments", self.notes.len(), false),
            told("analysis-lost-highlights", left_out, true),
        ]
        .into_iter()
        .filter(|one| one.n > 0)
        .collect())
    }
}

/// The code of each colour in the file: the one that is there, under its name in any language, or
/// a new one. None when the study can have no more codes.
async fn codes_of(
    tx: &Tx,
    visitor: &Visitor,
    study: Id<Study>,
    came: &SourceCame,
) -> Result<HashMap<&'static str, Id<Code>>, Fault> {
    let wanted: BTreeSet<&str> = came
        .marks
        .iter()
        .filter_map(|mark| match &mark.kind {
            FileMarkKind::Highlight { colour } => Some(*colour),
            FileMarkKind::Comment { .. } => None,
        })
        .collect();
    let mut there = book::codes(tx, study).await?;
    let mut codes = HashMap::new();
    for (word, key, light) in COLOURS.iter().filter(|colour| wanted.contains(colour.0)) {
        let names = Lang::ALL.map(|lang| came.hub.words(lang).t(key).to_lowercase());
        let known = there
            .iter()
            .find(|code| code.codable && names.contains(&code.name.to_lowercase()));
        if let Some(known) = known {
            codes.insert(*word, known.id);
            continue;
        }
        let words = came.hub.words(came.lang);
        let new = NewCode {
            colour: Some((*light).to_owned()),
            description: words.t("analysis-highlight-what"),
            ..NewCode::named(&words.t(key))
        };
        match find_or_add(tx, visitor, study, &mut there, new).await {
            Ok((code, _)) => {
                codes.insert(*word, code.id);
            }
            Err(Failure::Fault(why)) => return Err(Fault::Database(why)),
            // No room for more codes: told as left out.
            Err(_) => {}
        }
    }
    Ok(codes)
}

/// A name as it is held against others.
fn known_as(name: &str) -> String {
    let name: String = name.chars().filter(|sign| !sign.is_control()).collect();
    let name: String = name.trim().chars().take(200).collect();
    name
}

/// The coders of those who wrote comments. A name in a file is no proof of who it was, so it never
/// stands for an account.
async fn authors_of(
    tx: &Tx,
    visitor: &Visitor,
    study: Id<Study>,
    came: &SourceCame,
) -> Result<HashMap<String, Id<Coder>>, Fault> {
    let wanted: BTreeSet<String> = came
        .marks
        .iter()
        .filter_map(|mark| match &mark.kind {
            FileMarkKind::Comment {
                author: Some(author),
                ..
            } => Some(known_as(author)),
            _ => None,
        })
        .filter(|name| !name.is_empty())
        .take(AUTHORS)
        .collect();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let mut authors: HashMap<String, Id<Coder>> = HashMap::new();
    for (id, name) in book::coders_without_account(tx, study).await? {
        authors.entry(name).or_insert(id);
    }
    let hub = visitor.hub();
    for name in wanted {
        if let Entry::Vacant(new) = authors.entry(name) {
            let (id, guid) = (hub.chance().id(hub.now()), hub.chance().uuid(hub.now()));
            book::add_coder(tx, id, study, None, new.key(), guid).await?;
            new.insert(id);
        }
    }
    Ok(authors)
}

#[cfg(test)]
mod tests;
