//! Reading a project.

mod pieces;
mod project;
mod sources;
mod xml;

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use self::sources::Context;
use crate::container::ProjectFile;
use crate::error::{Error, Result};
use crate::{Code, Files, Item, Leftover, Limits, Project, TextBody, TextSource};

pub(crate) use self::pieces::{
    PieceHead, coding_piece, media_piece, project_piece, selection_piece, set_piece, sync_piece,
    text_piece, user_piece,
};
pub(crate) use self::xml::{Keeping, Tag, Token, Xml, is_one_element, written_guid};

/// Nesting deeper than this would cost stack when a tree is dropped; [`Limits::depth`] cannot ask
/// for more.
const MAX_DEPTH: usize = 1024;

/// The limits with a depth that can be had.
pub(crate) fn bounded(limits: Limits) -> Limits {
    Limits {
        depth: limits.depth.min(MAX_DEPTH),
        ..limits
    }
}

/// Reads a codebook on its own, or the codes and sets of a project.
pub(crate) fn codebook(xml: &mut Xml<'_>) -> Result<Project> {
    let mut project = Project::default();
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.name() {
                "CodeBook" => {
                    for attribute in tag.attributes() {
                        let (name, value) = attribute?;
                        if name == "origin" {
                            project.origin = Some(value.into_owned());
                        }
                    }
                    project::codebook(xml, &mut project)?;
                    break;
                }
                "Project" => {
                    let head = project::head(&tag)?;
                    let context = Context {
                        names: std::sync::Arc::default(),
                    };
                    return project::rest(xml, head, &context, &mut |_| Ok(()));
                }
                _ => return Err(Error::NotAProject),
            },
            Token::Eof => return Err(Error::NotAProject),
            _ => {}
        }
    }
    while !matches!(xml.next()?, Token::Eof) {}
    Ok(project)
}

/// A project, read and found whole.
pub struct Reader<R> {
    source: ProjectFile<R>,
    files: Files<R>,
    limits: Limits,
    project: Project,
    inventory: Inventory,
}

/// How much of everything a project holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// Users.
    pub users: u64,
    /// Codes at all levels of the tree.
    pub codes: u64,
    /// Sets.
    pub sets: u64,
    /// Text sources.
    pub text_sources: u64,
    /// PDF, picture, audio and video sources.
    pub media_sources: u64,
    /// Texts inside media sources.
    pub media_texts: u64,
    /// Notes.
    pub notes: u64,
    /// Selections in texts and notes.
    pub selections: u64,
    /// Codings of selections and of whole texts and media sources.
    pub codings: u64,
    /// Texts and notes whose file is named and not there.
    pub missing_texts: u64,
    /// What is kept as [`Leftover`], by element.
    pub leftovers: BTreeMap<String, u64>,
}

impl<R: Read + Seek> Reader<R> {
    /// Opens a `.qdpx` archive, or a `project.qde` on its own (all its texts are then missing).
    ///
    /// The whole XML is read once here, and each source dropped again. So a project that ends
    /// early, is damaged, or passes a limit is refused before anybody has seen a part of it; the
    /// texts are not opened.
    ///
    /// # Errors
    /// All of [`Error`] that concern reading, except those about a single text.
    pub fn open(file: R, limits: Limits) -> Result<Self> {
        let limits = bounded(limits);
        let files = Files::open(file, limits)?;
        let mut source = files.project();
        let context = Context {
            names: files.names(),
        };
        let mut inventory = Inventory::default();
        let project = source.with(|from| {
            let mut xml = Xml::new(from, limits);
            project::read(&mut xml, &context, &mut |item| {
                inventory.count(&item);
                Ok::<(), Error>(())
            })
        })?;
        inventory.count_head(&project);
        Ok(Self {
            source,
            files,
            limits,
            project,
            inventory,
        })
    }

    /// Head, users, codes and sets.
    #[must_use]
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// How much there is of everything.
    #[must_use]
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// The files beside the XML.
    pub fn files(&mut self) -> &mut Files<R> {
        &mut self.files
    }

    /// Reads all items in the file's order and hands them to `visit`, one at a time, with the files
    /// to load their words from. May be called again.
    ///
    /// # Errors
    /// What `visit` answers, at once; and the faults of the file that [`Reader::open`] would have
    /// met, if it has changed since.
    pub fn read<E: From<Error>>(
        &mut self,
        mut visit: impl FnMut(Item, &mut Files<R>) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let context = Context {
            names: self.files.names(),
        };
        let (files, limits) = (&mut self.files, self.limits);
        self.source.with(|from| {
            let mut xml = Xml::new(from, limits);
            project::read(&mut xml, &context, &mut |item| visit(item, files))
        })?;
        Ok(())
    }
}

impl Inventory {
    fn count_head(&mut self, project: &Project) {
        self.users = project.users.len() as u64;
        self.sets = project.sets.len() as u64;
        self.keep(&project.leftovers);
        let mut open: Vec<&Code> = project.codes.iter().collect();
        while let Some(code) = open.pop() {
            self.codes += 1;
            open.extend(&code.children);
        }
    }

    fn count(&mut self, item: &Item) {
        match item {
            Item::Text(text) => {
                self.text_sources += 1;
                self.text(text);
            }
            Item::Note(note) => {
                self.notes += 1;
                self.text(note);
            }
            Item::Media(media) => {
                self.media_sources += 1;
                self.media_texts += media.texts.len() as u64;
                self.codings += media.codings.len() as u64;
                self.keep(&media.leftovers);
                media.texts.iter().for_each(|text| self.text(text));
            }
            Item::Leftover(leftover) => self.keep(std::slice::from_ref(leftover)),
        }
    }

    fn text(&mut self, text: &TextSource) {
        self.selections += text.selections.len() as u64;
        let on_selections: usize = text.selections.iter().map(|s| s.codings.len()).sum();
        self.codings += (text.codings.len() + on_selections) as u64;
        self.missing_texts += u64::from(matches!(text.body, TextBody::Missing { .. }));
        self.keep(&text.leftovers);
    }

    fn keep(&mut self, leftovers: &[Leftover]) {
        for leftover in leftovers {
            match self.leftovers.get_mut(&leftover.kind) {
                Some(count) => *count += 1,
                None => {
                    self.leftovers.insert(leftover.kind.clone(), 1);
                }
            }
        }
    }
}
