//! The end of bringing a project in: what is told about it, and its last act.

use ::store::Fault;
use base::Id;
use frame::Failure;
use frame::jobs::JobEnd;
use serde_json::json;
use voices::{ImportFileId, Outcome, Told};

use super::super::last_act::write;
use super::Bringing;

impl Bringing<'_> {
    /// What came in, and what could not be carried.
    fn tell(&mut self) {
        let came = [
            (
                "analysis-came-users",
                self.rows
                    .coders
                    .iter()
                    .filter(|(_, guid, _)| !guid.is_nil())
                    .count(),
            ),
            ("analysis-came-codes", self.rows.codes.len()),
            ("analysis-came-texts", self.rows.sources.len()),
            ("analysis-came-marks", self.rows.passages.len()),
            ("analysis-came-codings", self.rows.codings.len()),
            ("analysis-came-notes", self.rows.notes.len()),
            ("analysis-came-themes", self.rows.themes.len()),
            ("analysis-came-missing", self.missing),
        ];
        let told = |code: &str, count: i64, loss: bool| Told {
            code: code.to_owned(),
            count: Some(count),
            word: None,
            loss,
        };
        for (code, n) in came.into_iter().filter(|(_, n)| *n > 0) {
            self.outcome
                .notices
                .push(told(code, i64::try_from(n).unwrap_or(i64::MAX), false));
        }
        for (code, n) in &self.losses {
            let lost = code.starts_with("analysis-lost-");
            self.outcome.notices.push(told(code, *n, lost));
        }
    }

    pub(super) async fn finish(mut self) -> Result<serde_json::Value, JobEnd> {
        if self.outcome.refused.is_none() {
            self.tell();
        }
        let Self {
            work,
            visitor,
            import,
            file,
            rows,
            outcome,
            now,
            ..
        } = self;
        let (id, study) = (import.id, import.study);
        let outcomes: Vec<(Id<ImportFileId>, Outcome)> = vec![(file.id, outcome)];
        let gone = work
            .hub
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    write(tx, &visitor, &import, &rows, now).await?;
                    voices::finish_import(tx, &visitor, &import, &outcomes).await
                })
            })
            .await
            .map_err(|failure| match failure {
                Failure::Fault(why) => JobEnd::Fault(Fault::Database(why)),
                _ => JobEnd::Failed("no_access"),
            })?;
        voices::delete_objects(&work.hub, gone).await;
        work.hub.tell(study.uuid());
        Ok(json!({ "import": id, "files": 1 }))
    }
}

/// Key of the text that says why a project was refused, and what to do.
pub(super) fn refusal(error: &refi_qda::Error, is_codebook: bool) -> &'static str {
    match error.code() {
        "not-a-zip" | "no-project" | "not-a-project" if is_codebook => {
            "analysis-refused-no-codebook"
        }
        "not-a-zip" | "no-project" | "not-a-project" => "analysis-refused-no-project",
        "encrypted" => "analysis-refused-locked",
        "truncated" => "analysis-refused-truncated",
        "too-large" | "too-deep" => "analysis-refused-too-large",
        _ => "analysis-refused-damaged",
    }
}
