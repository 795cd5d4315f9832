//! The bare twin of the measurement `import-1mb`: the rows of a source written once more in one transaction on a plain
//! connection, and its original file written and flushed.
//!
//! `bare_import DATABASE SOURCE TIMES` works on a hub's SQLite file that nobody serves, and prints the median in
//! milliseconds.

mod bare;

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use bare::{Fault, connect, median, sql};
use base::{Chance, Clock, Uuid};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [path, source, times] = args.as_slice() else {
        return Err("bare_import DATABASE SOURCE TIMES".into());
    };
    let path = Path::new(path);
    let source: Uuid = source.parse()?;
    let db = connect(path).await?;
    let beside = path.parent().unwrap_or(Path::new(".")).join("bare.object");
    let size = text_size(&db, source).await?;
    let (chance, clock) = (Chance::from_system()?, Clock::System);
    let mut taken = Vec::new();
    for _ in 0..times.parse::<usize>()? {
        let id = chance.uuid(clock.now());
        #[expect(clippy::disallowed_methods, reason = "this is a measurement")]
        let begun = Instant::now();
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(&vec![b'x'; size])?;
        file.sync_data()?;
        again(&db, source, id).await?;
        taken.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    writeln!(std::io::stdout(), "{:.3}", median(taken))?;
    Ok(())
}

async fn text_size(db: &DatabaseConnection, source: Uuid) -> Result<usize, Fault> {
    let text =
        "SELECT CAST(COALESCE(SUM(LENGTH(body)), 0) AS BIGINT) AS n FROM block WHERE source = $1";
    let row = db.query_one_raw(sql(text, vec![source.into()])).await?;
    let size: i64 = row.ok_or("no such source")?.try_get("", "n")?;
    Ok(usize::try_from(size)?)
}

/// The source and its blocks under new ids. The columns are asked for, so that this holds for each schema.
async fn again(db: &DatabaseConnection, source: Uuid, id: Uuid) -> Result<(), Fault> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let tx = db.begin_with_options(options).await?;
    for (table, key) in [("source", "id"), ("speaker", "source"), ("block", "source")] {
        let mut columns = Vec::new();
        for row in tx
            .query_all_raw(sql(
                "SELECT name FROM pragma_table_info($1)",
                vec![table.into()],
            ))
            .await?
        {
            columns.push(row.try_get::<String>("", "name")?);
        }
        let values: Vec<&str> = columns
            .iter()
            .map(|column| match (table, column.as_str()) {
                ("source", "id") | (_, "source") => "$2",
                // A speaker of the other source will do: only the writing is of interest.
                (_, "id" | "guid") => "randomblob(16)",
                (_, column) => column,
            })
            .collect();
        let text = format!(
            "INSERT INTO {table} ({}) SELECT {} FROM {table} WHERE {key} = $1",
            columns.join(", "),
            values.join(", ")
        );
        tx.execute_raw(sql(&text, vec![source.into(), id.into()]))
            .await?;
    }
    tx.commit().await?;
    Ok(())
}
