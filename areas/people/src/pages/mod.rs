//! Pages of this area.

mod account;
mod link;
mod me;
mod sign_in;

use frame::{Door, Routes};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/sign-in", Door::Anyone, sign_in::page)
        .post("/sign-in", Door::Anyone, sign_in::enter)
        .post("/sign-out", Door::Anyone, sign_in::leave)
        .get("/demo/{token}", Door::Anyone, sign_in::demo)
        .get("/link/{token}", Door::Anyone, link::page)
        .post("/link/{token}", Door::Anyone, link::use_up)
        .get("/me", Door::SignedIn, me::page)
        .post("/me/language", Door::SignedIn, me::language)
        .post("/me/passphrase", Door::SignedIn, me::passphrase)
        .post("/me/sessions/end", Door::SignedIn, me::end_session)
        .get("/people", Door::HubLead, account::list)
        .post("/people", Door::HubLead, account::invite)
        .get("/people/hub", Door::HubLead, account::hub)
        .post("/people/hub", Door::HubLead, account::change_hub)
        .get("/people/{id}", Door::HubLead, account::one)
        .post("/people/{id}/roles", Door::HubLead, account::roles)
        .post("/people/{id}/link", Door::HubLead, account::link)
        .post("/people/{id}/close", Door::HubLead, account::close)
}

/// Notes at the field what a new passphrase lacks.
pub(crate) fn new_passphrase(form: &mut ui::form::Form) -> String {
    use crate::passphrase::{LONGEST, SHORTEST};
    let typed = form.raw("passphrase").to_owned();
    let length = typed.chars().count();
    if length < SHORTEST {
        form.wrong("passphrase", "people-passphrase-short");
    } else if length > LONGEST {
        form.wrong("passphrase", "ui-field-too-long");
    }
    typed
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode, header};
    use base::{Chance, Clock, HOUR};
    use frame::{Config, Hub};
    use store::Store;
    use store::testing::each_engine;
    use tower::ServiceExt;

    struct Browser {
        router: Router,
        cookies: HashMap<String, String>,
    }

    struct Answer {
        status: StatusCode,
        to: Option<String>,
        text: String,
    }

    impl Browser {
        async fn send(&mut self, request: axum::http::request::Builder, body: String) -> Answer {
            let mut request = request.header(header::HOST, "127.0.0.1:7373");
            for (name, value) in &self.cookies {
                request = request.header(header::COOKIE, format!("{name}={value}"));
            }
            let request = request.body(Body::from(body)).unwrap();
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (status, headers) = (response.status(), response.headers().clone());
            for cookie in headers.get_all(header::SET_COOKIE) {
                let cookie = cookie.to_str().unwrap();
                let pair = cookie.split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.remove(name);
                if !cookie.contains("Max-Age=0") {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
            let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
            Answer {
                status,
                to: headers
                    .get(header::LOCATION)
                    .map(|to| to.to_str().unwrap().to_owned()),
                text: String::from_utf8(bytes.to_vec()).unwrap(),
            }
        }

        async fn get(&mut self, path: &str) -> Answer {
            self.send(Request::get(path), String::new()).await
        }

        async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
            let body = serde_urlencoded::to_string(form).unwrap();
            let request = Request::post(path)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            self.send(request, body).await
        }
    }

    fn a_hub(store: &Store, clock: &Clock, config: Config) -> (Hub, Browser) {
        let areas = vec![crate::area()];
        let (hub, routes) = Hub::assemble(
            store.clone(),
            clock.clone(),
            Chance::seeded(1),
            config,
            areas,
        )
        .unwrap();
        let router = frame::router(&hub, routes);
        (
            hub,
            Browser {
                router,
                cookies: HashMap::new(),
            },
        )
    }

    const SECRET: &str = "fire hester i fjæra";

    async fn led_hub(store: &Store, clock: &Clock) -> (Hub, Browser) {
        let (hub, mut browser) = a_hub(store, clock, Config::default());
        let path = crate::first_start(&hub).await.unwrap().unwrap();
        let form = [
            ("hub_name", "Skoddelykta"),
            ("name", "Åse"),
            ("email", "Ase@hub.example"),
            ("passphrase", SECRET),
        ];
        let answer = browser.post(&path, &form).await;
        assert_eq!(
            (answer.status, answer.to.as_deref()),
            (StatusCode::SEE_OTHER, Some("/"))
        );
        (hub, browser)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_first_link_makes_one_hub_lead_and_works_once() {
        each_engine(async |store, clock| {
            let (hub, mut browser) = a_hub(store, clock, Config::default());
            let path = crate::first_start(&hub).await.unwrap().unwrap();
            // Looking at it does not use it up, and a bad form keeps what was typed.
            assert_eq!(browser.get(&path).await.status, StatusCode::OK);
            let bad = [
                ("hub_name", "Skoddelykta"),
                ("name", "Åse"),
                ("email", "Åse"),
                ("passphrase", "kort"),
            ];
            let answer = browser.post(&path, &bad).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                answer.text.contains("value=\"Skoddelykta\"")
                    && !answer.text.contains("value=\"kort\"")
            );
            let good = [
                ("hub_name", "Skoddelykta"),
                ("name", "Åse"),
                ("email", "ase@hub.example"),
                ("passphrase", SECRET),
            ];
            assert_eq!(
                browser.post(&path, &good).await.status,
                StatusCode::SEE_OTHER
            );
            assert_eq!(hub.name(), "Skoddelykta");
            assert_eq!(browser.get("/people").await.status, StatusCode::OK);
            assert_eq!(browser.get(&path).await.status, StatusCode::GONE);
            assert_eq!(crate::first_start(&hub).await.unwrap(), None);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn wrong_and_unknown_look_alike_and_the_right_passphrase_opens() {
        each_engine(async |store, clock| {
            let (_, mut browser) = led_hub(store, clock).await;
            assert_eq!(
                browser.post("/sign-out", &[]).await.to.as_deref(),
                Some("/")
            );
            assert_eq!(
                browser.get("/people").await.to.as_deref(),
                Some("/sign-in?next=%2Fpeople")
            );
            let wrong = browser
                .post(
                    "/sign-in",
                    &[
                        ("email", "ase@hub.example"),
                        ("passphrase", "feil frase her"),
                    ],
                )
                .await;
            let unknown = browser
                .post(
                    "/sign-in",
                    &[
                        ("email", "ola@hub.example"),
                        ("passphrase", "feil frase her"),
                    ],
                )
                .await;
            assert_eq!(
                (wrong.status, unknown.status),
                (
                    StatusCode::UNPROCESSABLE_ENTITY,
                    StatusCode::UNPROCESSABLE_ENTITY
                )
            );
            assert_eq!(
                wrong.text.replace("ase@", ""),
                unknown.text.replace("ola@", "")
            );
            let right = browser
                .post(
                    "/sign-in",
                    &[
                        ("email", " ASE@hub.example"),
                        ("passphrase", SECRET),
                        ("next", "/people"),
                    ],
                )
                .await;
            assert_eq!(right.to.as_deref(), Some("/people"));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_session_ends_when_it_is_left_alone_and_when_its_owner_says_so() {
        each_engine(async |store, clock| {
            let (_, mut browser) = led_hub(store, clock).await;
            assert_eq!(browser.get("/me").await.status, StatusCode::OK);
            clock.advance(5 * HOUR);
            assert_eq!(browser.get("/me").await.status, StatusCode::SEE_OTHER);
            browser
                .post(
                    "/sign-in",
                    &[("email", "ase@hub.example"), ("passphrase", SECRET)],
                )
                .await;
            let page = browser.get("/me").await.text;
            let id = page
                .split("name=\"session\" value=\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap()
                .to_owned();
            assert_eq!(
                browser
                    .post("/me/sessions/end", &[("session", &id)])
                    .await
                    .to
                    .as_deref(),
                Some("/")
            );
            assert_eq!(browser.get("/me").await.status, StatusCode::SEE_OTHER);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_invited_researcher_comes_in_and_can_not_lead_the_hub() {
        each_engine(async |store, clock| {
            let (_, mut lead) = led_hub(store, clock).await;
            let form = [
                ("name", "Mona"),
                ("email", "mona@hub.example"),
                ("role-peer_researcher", "on"),
            ];
            let page = lead.post("/people", &form).await.text;
            let link = page
                .split("<code>http://127.0.0.1:7373")
                .nth(1)
                .unwrap()
                .split('<')
                .next()
                .unwrap()
                .to_owned();
            let again = lead.post("/people", &form).await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
            let mut mona = Browser {
                router: lead.router.clone(),
                cookies: HashMap::new(),
            };
            assert_eq!(
                mona.post(&link, &[("passphrase", SECRET)]).await.status,
                StatusCode::SEE_OTHER
            );
            assert_eq!(
                mona.post(&link, &[("passphrase", SECRET)]).await.status,
                StatusCode::GONE
            );
            assert_eq!(mona.get("/me").await.status, StatusCode::OK);
            assert_eq!(mona.get("/people").await.status, StatusCode::NOT_FOUND);
            assert_eq!(
                mona.post("/people", &form).await.status,
                StatusCode::NOT_FOUND
            );
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_saved_is_said_once_on_the_next_page() {
        each_engine(async |store, clock| {
            let (hub, mut browser) = led_hub(store, clock).await;
            let said = |text: &str| text.contains("class=\"ds-alert said\"");
            assert!(!said(&browser.get("/me").await.text));
            let form = [("hub_name", "Tåkeheimen")];
            let saved = browser.post("/people/hub", &form).await;
            assert_eq!(saved.to.as_deref(), Some("/people"));
            assert_eq!(hub.name(), "Tåkeheimen");
            // A style sheet or a picture on the way has not said it.
            browser.get("/icon.svg").await;
            let page = browser.get("/people?lang=en").await.text;
            assert!(said(&page) && page.contains("<p>Saved</p>"), "{page}");
            assert!(!said(&browser.get("/people").await.text));
            let refused = browser.post("/people/hub", &[("hub_name", "")]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(!said(&refused.text));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_address_that_holds_no_id_is_a_page_that_is_not_there() {
        each_engine(async |store, clock| {
            let (_, mut browser) = led_hub(store, clock).await;
            for path in ["/people/nobody", "/people?page=x"] {
                let answer = browser.get(path).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
                assert!(
                    answer.text.contains("<h1") && answer.text.contains("FR0404"),
                    "{path}"
                );
            }
            let wrong = browser.send(Request::delete("/me"), String::new()).await;
            assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
            assert!(wrong.text.contains("<h1"));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn other_hosts_and_other_origins_are_refused() {
        each_engine(async |store, clock| {
            let (_, mut browser) = led_hub(store, clock).await;
            let elsewhere = Request::get("/me").header(header::HOST, "evil.example");
            let request = elsewhere.body(Body::empty()).unwrap();
            let answer = browser.router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST);
            for (name, value) in [
                ("origin", "https://evil.example"),
                ("sec-fetch-site", "cross-site"),
                ("origin", "null"),
            ] {
                let forged = Request::post("/sign-out").header(name, value);
                assert_eq!(
                    browser.send(forged, String::new()).await.status,
                    StatusCode::FORBIDDEN,
                    "{value}"
                );
            }
            assert_eq!(
                browser.get("/me").await.status,
                StatusCode::OK,
                "still signed in"
            );
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_demo_link_opens_nothing_on_a_hub_that_is_no_demo() {
        each_engine(async |store, clock| {
            let (hub, _) = led_hub(store, clock).await;
            let new = crate::NewAccount {
                name: "Kim".into(),
                email: None,
                roles: vec![],
                lang: None,
            };
            let asked = hub.clone();
            let path = hub
                .store()
                .write(move |tx| {
                    Box::pin(async move {
                        let account = crate::add_account(tx, &asked, &new).await?;
                        crate::demo_sign_in(tx, &asked, account).await
                    })
                })
                .await
                .map_err(|fault: store::Fault| fault)
                .unwrap();
            let (_, mut real) = a_hub(store, clock, Config::default());
            assert_eq!(real.get(&path).await.status, StatusCode::NOT_FOUND);
            assert_eq!(
                real.get(&path.replace("/demo/", "/link/")).await.status,
                StatusCode::GONE
            );
            let (_, mut demo) = a_hub(
                store,
                clock,
                Config {
                    demo: true,
                    ..Config::default()
                },
            );
            for _ in 0..2 {
                assert_eq!(demo.get(&path).await.to.as_deref(), Some("/"));
            }
            assert_eq!(demo.get("/me").await.status, StatusCode::OK);
        })
        .await;
    }
}
