//! Tests of the pages of studies.

use axum::http::StatusCode;
use base::{Actor, Lang};
use store::testing;

use super::*;
use crate::testing::a_study;
use crate::testing::web::{a_site, get, post, send};

#[tokio::test(flavor = "multi_thread")]
async fn a_study_is_begun_edited_and_moved_on() {
    testing::each_engine(async |store, clock| {
        let (_, site) = a_site(store, clock);
        assert_eq!(get(&site, "/studies/new", "").await.status, StatusCode::OK);
        let bad = post(
            &site,
            "/studies/new",
            &[("guide", "- Hva?"), ("services", "A")],
        )
        .await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            bad.text.contains("- Hva?")
                && bad.text.contains("title-wrong")
                && bad.text.contains("guide-wrong")
        );
        let form = [
            ("title", "Ås bo"),
            ("services", "Boligen\r\n\r\nTeamet"),
            ("guide", "Hjem\r\n- Hva?"),
        ];
        let made = post(&site, "/studies/new", &form).await;
        assert_eq!(
            (made.status, made.to.as_str()),
            (StatusCode::SEE_OTHER, "/studies/as-bo")
        );
        let page = get(&site, "/studies/as-bo", "").await;
        assert!(
            page.text.contains("Boligen") && page.text.contains("Hjem"),
            "{}",
            page.text
        );
        // The question is missing, so a reason is asked for.
        let refused = post(&site, "/studies/as-bo/state", &[("to", "anchored")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text.contains("id=\"reason-wrong\"")
                && refused.text.contains("href=\"#reason\"")
        );
        let long = "x".repeat(2_001);
        let refused = post(
            &site,
            "/studies/as-bo/state",
            &[("to", "anchored"), ("reason", &long)],
        )
        .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(&long) && refused.text.contains("reason-wrong"));
        let moved = post(
            &site,
            "/studies/as-bo/state",
            &[("to", "anchored"), ("reason", "Haster")],
        )
        .await;
        assert_eq!(moved.status, StatusCode::SEE_OTHER);
        // Back again without saying why: the form that was sent is the one that is open.
        let refused = post(&site, "/studies/as-bo/state", &[("to", "draft")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text.contains("id=\"back-reason-wrong\"")
                && !refused.text.contains("id=\"reason-wrong\"")
                && refused.text.contains("<details class=\"ds-details\" open>")
        );
        let nobody = post(
            &site,
            "/studies/as-bo/members",
            &[("account", "x"), ("role", "service")],
        )
        .await;
        assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            nobody.text.contains("id=\"account-wrong\"")
                && !nobody.text.contains("id=\"role-wrong\"")
                && nobody.text.contains("<option value=\"service\" selected>")
        );
        assert_eq!(
            get(&site, "/studies/as-bo/edit", "").await.status,
            StatusCode::OK
        );
        let saved = post(
            &site,
            "/studies/as-bo/edit",
            &[("title", "Ås bu"), ("questions", "Hva?")],
        )
        .await;
        assert_eq!(saved.to, "/studies/as-bo");
        let history = get(&site, "/studies/as-bo/history", "").await;
        assert_eq!(
            history.text.matches("<li><span class=\"quiet\">").count(),
            3,
            "{}",
            history.text
        );
        assert!(
            get(&site, "/studies?lang=en", "")
                .await
                .text
                .contains("Ås bu")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_work_in_a_study_sees_its_card_or_nothing() {
    testing::each_engine(async |store, clock| {
        let (hub, site) = a_site(store, clock);
        let made = a_study(&hub)
            .titled("Natt")
            .with_source("Hemmelig", &["Kari: hei"])
            .make()
            .await
            .unwrap();
        let source = format!("/sources/{}", made.sources[0]);
        let member = |role: &str| format!("{role} {}", made.study.id);
        for (who, card, history, text) in [
            ("hub_lead".to_owned(), 200, 404, 404),
            (member("service"), 200, 404, 404),
            (member("peer_researcher"), 200, 200, 200),
            ("process_manager".to_owned(), 404, 404, 404),
            ("volunteer".to_owned(), 404, 404, 404),
        ] {
            let pages = ["/studies/natt", "/studies/natt/history", source.as_str()];
            let mut found = Vec::new();
            for page in pages {
                found.push(get(&site, page, &who).await);
            }
            let codes: Vec<u16> = found.iter().map(|answer| answer.status.as_u16()).collect();
            assert_eq!(codes, [card, history, text], "{who}");
            assert_eq!(found[0].text.contains("Hemmelig"), text == 200, "{who}");
        }
        assert!(
            get(&site, "/studies", "hub_lead")
                .await
                .text
                .contains("Natt")
        );
        assert!(
            !get(&site, "/studies", "volunteer")
                .await
                .text
                .contains("Natt")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_is_asked_before_a_form_is_read() {
    testing::each_engine(async |store, clock| {
        let (hub, site) = a_site(store, clock);
        let made = a_study(&hub)
            .titled("Natt")
            .with_source("Kveld", &["Kari: hei"])
            .make()
            .await
            .unwrap();
        let (source, block) = (made.sources[0], made.blocks[0][0]);
        let member = format!("service {}", made.study.id);
        let paths = [
            "/studies/natt/edit".to_owned(),
            "/studies/natt/state".to_owned(),
            "/studies/natt/import".to_owned(),
            format!("/sources/{source}/facts"),
            format!("/sources/{source}/blocks/{block}/edit"),
            format!("/sources/{source}/delete"),
        ];
        let rubbish = [
            ("application/x-www-form-urlencoded", "%%%=&role"),
            ("multipart/form-data", "no boundary"),
            ("text/plain", ""),
        ];
        for path in &paths {
            for who in ["volunteer", "hub_lead", "process_manager", member.as_str()] {
                for body in rubbish {
                    let answer = send(&site, path, who, body).await;
                    assert_eq!(
                        answer.status,
                        StatusCode::NOT_FOUND,
                        "{who} {path} {body:?}"
                    );
                }
            }
            let own = format!("process_manager {}", made.study.id);
            let answer = send(&site, path, &own, rubbish[0]).await;
            assert_ne!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        let members = "/studies/natt/members";
        let refused = send(&site, members, "volunteer", rubbish[0]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        let begun = send(&site, "/studies/new", "peer_researcher", rubbish[0]).await;
        assert_eq!(begun.status, StatusCode::NOT_FOUND);
        // Who was not let in stands on the trail.
        let db = store.read();
        let trail = store::trail::about(&db, people::STUDY, made.study.id.uuid(), 500)
            .await
            .unwrap();
        assert!(trail.iter().any(|line| line.act == "refused"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_who_are_in_a_study_see_that_a_hub_lead_joined_and_when() {
    testing::each_engine(async |store, clock| {
        let (hub, site) = a_site(store, clock);
        let made = a_study(&hub).titled("Natt").make().await.unwrap();
        let (asked, study) = (hub.clone(), made.study.id);
        let joined: Result<(), Failure> = store
            .write(move |tx| {
                Box::pin(async move {
                    let new = people::NewAccount {
                        name: "Åse".into(),
                        email: None,
                        roles: vec![Role::HubLead],
                        lang: None,
                    };
                    let lead = people::add_account(tx, &asked, &new).await?;
                    let who = Visitor::operator(&asked, "test");
                    acts::set_member(tx, &who, study, lead, Role::PeerResearcher).await?;
                    let mut actor = Actor::operator("test");
                    actor.account = Some(lead);
                    actor.roles = vec![Role::HubLead];
                    let own = Visitor::new(&asked, std::sync::Arc::new(actor));
                    acts::set_member(tx, &own, study, lead, Role::ProcessManager).await
                })
            })
            .await;
        joined.unwrap();
        let manager = format!("process_manager {study}");
        let page = get(&site, "/studies/natt?lang=en", &manager).await.text;
        let day = dates::day(clock.now(), Lang::En);
        let words = hub.words(Lang::En);
        let line = format!(
            "Åse <span class=\"quiet\">Process manager, since {day}</span> \
             <span class=\"ds-tag\" data-color=\"warning\">{}</span>",
            words.t(&["voices", "member", "lead"].join("-"))
        );
        assert!(page.contains(&line), "{line} in {page}");
        for told in ["joined the evaluation as hub lead", "added a hub lead"] {
            assert!(page.contains(told), "{told}");
        }
    })
    .await;
}
