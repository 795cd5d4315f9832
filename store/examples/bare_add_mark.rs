//! The bare twin of the measurement `add-mark`: the same rows as marking a passage writes, one
//! transaction each on a plain connection, and 64 bytes appended and flushed.
//!
//! `bare_add_mark DATABASE TIMES` works on a hub's SQLite file that nobody serves, and prints the
//! median in milliseconds.

mod bare;

use std::io::Write;
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
    let mut args = std::env::args().skip(1);
    let (Some(path), Some(times)) = (args.next(), args.next()) else {
        return Err("bare_add_mark DATABASE TIMES".into());
    };
    let path = Path::new(&path);
    let db = connect(path).await?;
    let place = Place::find(&db).await?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = std::fs::File::create(folder.join("bare.log"))?;
    let (chance, clock) = (Chance::from_system()?, Clock::System);
    let mut taken = Vec::new();
    for n in 0..times.parse::<i64>()? {
        let ids: Vec<Uuid> = (0..4).map(|_| chance.uuid(clock.now())).collect();
        #[expect(clippy::disallowed_methods, reason = "this is a measurement")]
        let begun = Instant::now();
        place.mark(&db, &ids, n, clock.now().micros()).await?;
        file.write_all(&[b'x'; 64])?;
        file.sync_data()?;
        taken.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    writeln!(std::io::stdout(), "{:.3}", median(taken))?;
    Ok(())
}

/// Where the marks go: any block, code and coder of the same study.
struct Place {
    study: Uuid,
    source: Uuid,
    block: Uuid,
    code: Uuid,
    coder: Uuid,
}

impl Place {
    async fn find(db: &DatabaseConnection) -> Result<Self, Fault> {
        let row = db
            .query_one_raw(sql(
                "SELECT s.study AS study, s.id AS source, b.id AS block, c.id AS code, k.id AS coder \
                 FROM source s JOIN block b ON b.source = s.id JOIN code c ON c.study = s.study \
                 JOIN coder k ON k.study = s.study WHERE c.codable LIMIT 1",
                vec![],
            ))
            .await?
            .ok_or("nothing to mark in this database")?;
        Ok(Self {
            study: row.try_get("", "study")?,
            source: row.try_get("", "source")?,
            block: row.try_get("", "block")?,
            code: row.try_get("", "code")?,
            coder: row.try_get("", "coder")?,
        })
    }

    async fn mark(
        &self,
        db: &DatabaseConnection,
        ids: &[Uuid],
        n: i64,
        now: i64,
    ) -> Result<(), Fault> {
        let [passage, guid, coding, trail] = ids else {
            return Err("four ids".into());
        };
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let tx = db.begin_with_options(options).await?;
        let row = tx
            .query_one_raw(sql(
                "UPDATE study SET seq = seq + 1 WHERE id = $1 RETURNING seq",
                vec![self.study.into()],
            ))
            .await?
            .ok_or("the study is gone")?;
        let seq: i64 = row.try_get("", "seq")?;
        for statement in [
            sql(
                "INSERT INTO passage (id, study, source, from_block, from_at, to_block, to_at, guid, made_by, made_at) \
                 VALUES ($1, $2, $3, $4, $5, $4, $6, $7, $8, $9)",
                vec![
                    (*passage).into(),
                    self.study.into(),
                    self.source.into(),
                    self.block.into(),
                    (n % 5).into(),
                    (n % 5 + 3).into(),
                    (*guid).into(),
                    self.coder.into(),
                    now.into(),
                ],
            ),
            sql(
                "INSERT INTO passage_block (block, passage) VALUES ($1, $2)",
                vec![self.block.into(), (*passage).into()],
            ),
            sql(
                "INSERT INTO coding (id, passage, code, coder, guid, made_at) VALUES ($1, $2, $3, $4, $1, $5)",
                vec![
                    (*coding).into(),
                    (*passage).into(),
                    self.code.into(),
                    self.coder.into(),
                    now.into(),
                ],
            ),
            sql(
                "INSERT INTO tally (code, source, n) VALUES ($1, $2, 1) ON CONFLICT (code, source) DO UPDATE SET n = tally.n + 1",
                vec![self.code.into(), self.source.into()],
            ),
            sql(
                "INSERT INTO command (study, seq, at, actor, kind, body) VALUES ($1, $2, $3, $4, 'bare', $5)",
                vec![
                    self.study.into(),
                    seq.into(),
                    now.into(),
                    self.coder.into(),
                    vec![b'{'; 200].into(),
                ],
            ),
            sql(
                "INSERT INTO trail (id, at, actor, role, act, kind, subject, ground, digest, instance) \
                 VALUES ($1, $2, $3, 'account', 'change', 'source', $4, 'bare', $5, $3)",
                vec![
                    (*trail).into(),
                    now.into(),
                    self.coder.into(),
                    self.source.into(),
                    vec![0_u8; 32].into(),
                ],
            ),
        ] {
            tx.execute_raw(statement).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
