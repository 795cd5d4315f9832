//! What can go wrong in the store: never the person's fault.

/// A fault of the database or the disk. Its text may name tables and columns, never contents.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database refused or could not be reached.
    #[error("database: {0}")]
    Database(String),
    /// A unique rule stood in the way; the text is the engine's name for it. Areas turn this into
    /// a message at the field.
    #[error("already there: {0}")]
    Taken(String),
    /// A row holds something that this program did not write.
    #[error("row can't be read: {0}")]
    Row(String),
    /// A file or folder could not be read or written.
    #[error("file: {0}")]
    File(String),
    /// The keys can't be opened: what to do stands in it.
    #[error("{0}")]
    Locked(String),
    /// Something sealed does not open: it is damaged, was moved, or its key is gone.
    #[error("does not open: {0}")]
    Sealed(String),
    /// An act panicked; it was rolled back.
    #[error("an act stopped half way and was rolled back")]
    Panicked,
    /// The writer has stopped, as it does when the program ends.
    #[error("the store is closed")]
    Closed,
    /// Migrations do not fit this program.
    #[error("migration: {0}")]
    Migration(String),
}

impl From<sea_orm::DbErr> for Fault {
    fn from(error: sea_orm::DbErr) -> Self {
        match error.sql_err() {
            Some(sea_orm::SqlErr::UniqueConstraintViolation(what)) => Self::Taken(what),
            _ => Self::Database(error.to_string()),
        }
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::File(error.to_string())
    }
}

impl From<object_store::Error> for Fault {
    fn from(error: object_store::Error) -> Self {
        Self::File(error.to_string())
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Row(error.to_string())
    }
}
