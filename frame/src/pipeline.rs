//! What every request goes through, on the way in and on the way out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, MatchedPath, Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base::{Actor, Lang};
use maud::html;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::timeout::TimeoutLayer;
use ui::{Page, Who, Words, assets, parts};

use crate::failure::{SAID, redirect};
use crate::{Ask, Failure, Hub, Routes};

/// What the pipeline found out about a request.
#[derive(Clone)]
pub(crate) struct Asker {
    pub(crate) hub: Hub,
    pub(crate) actor: Option<Arc<Actor>>,
    pub(crate) lang: Lang,
    pub(crate) base: String,
    pub(crate) secure: bool,
    /// The page before has saved something.
    pub(crate) saved: bool,
}

/// No request may take longer: time enough for 200 MB over a slow line. What works for long is a job.
const TIMEOUT: Duration = Duration::from_secs(900);

/// Everything, for the hub's own listener.
pub fn router(hub: &Hub, routes: Routes) -> Router {
    finish(hub, routes.into_all())
}

/// Only the public side, for `--public-listen`: no raw route exists on it.
pub fn public_router(hub: &Hub, routes: &Routes) -> Router {
    finish(hub, routes.public())
}

fn finish(hub: &Hub, routes: Router<Hub>) -> Router {
    let mut router = routes
        .route("/assets/{*name}", get(asset))
        .route("/icon.svg", get(icon))
        .route("/exit", get(exit))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready));
    if hub.config().dev {
        router = router.route("/dev/alive", get(alive));
    }
    router
        .fallback(async || Failure::NotFound)
        .layer(from_fn_with_state(hub.clone(), explain))
        .layer(from_fn_with_state(hub.clone(), find_out))
        .layer(from_fn_with_state(hub.clone(), same_origin))
        .layer(from_fn_with_state(hub.clone(), right_host))
        .layer(from_fn_with_state(hub.clone(), headers))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            TIMEOUT,
        ))
        .layer(
            CompressionLayer::new()
                // Pages are packed each time they are asked for: the quickest packing takes a quarter of
                // the time and gives a sixth more bytes.
                .quality(CompressionLevel::Precise(1))
                .compress_when(
                    SizeAbove::new(1024)
                        .and(NotForContentType::GRPC)
                        .and(NotForContentType::IMAGES)
                        .and(NotForContentType::SSE)
                        .and(NotForContentType::const_new("application/pdf"))
                        .and(NotForContentType::const_new("application/zip"))
                        .and(NotForContentType::const_new("font/")),
                ),
        )
        .layer(from_fn(log))
        .with_state(hub.clone())
}

/// One line a request: method, route (never the path that was asked for), status, time. No
/// addresses of machines, no names.
async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    #[expect(
        clippy::disallowed_methods,
        reason = "how long an answer took is no moment of the domain"
    )]
    let begun = std::time::Instant::now();
    let response = next.run(request).await;
    let ms = begun.elapsed().as_millis();
    let status = response.status().as_u16();
    tracing::info!(%method, route = route.as_deref().unwrap_or("-"), status, ms, "request");
    response
}

/// Where a request came to: the host it names, and whether over https.
fn arrival(hub: &Hub, request: &Request) -> (Option<String>, bool) {
    let config = hub.config();
    let own = request
        .headers()
        .get(header::HOST)
        .or(None)
        .and_then(|host| host.to_str().ok());
    let own = own.or_else(|| request.uri().authority().map(|host| host.as_str()));
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let through_proxy = config.trusted_proxy.is_some() && config.trusted_proxy == peer;
    let told = |name: &str| {
        through_proxy
            .then(|| request.headers().get(name)?.to_str().ok())
            .flatten()
            .and_then(|value| value.rsplit(',').next())
            .map(str::trim)
    };
    let host = told("x-forwarded-host")
        .or(own)
        .map(str::to_ascii_lowercase);
    let secure = match told("x-forwarded-proto") {
        Some(scheme) => scheme == "https",
        // Without a trusted proxy, the address that was configured says what is in front.
        None => config
            .public_url
            .as_ref()
            .is_some_and(|url| url.secure && host.as_deref() == Some(url.host.as_str())),
    };
    (host, secure)
}

fn is_loopback(host: &str) -> bool {
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.parse::<u16>().is_ok())
        .map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// Answers only to the hub's own names, so that no other site's name can be pointed at it.
async fn right_host(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    let (host, _) = arrival(&hub, &request);
    let known = host.as_deref().is_some_and(|host| {
        is_loopback(host)
            || hub
                .config()
                .public_url
                .as_ref()
                .is_some_and(|url| url.host == host)
    });
    if known {
        next.run(request).await
    } else {
        let help = "421: this hub is not reached by that name. Start it with --public-url.\n";
        (StatusCode::MISDIRECTED_REQUEST, help).into_response()
    }
}

/// What changes something must come from the hub's own pages. Browsers say where a request comes
/// from (`Sec-Fetch-Site`, else `Origin`) and pages can't change it; programs without a browser
/// send neither and carry no session by accident. Together with `SameSite=Lax` cookies.
async fn same_origin(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if safe || is_same_origin(&hub, &request) {
        next.run(request).await
    } else {
        Failure::Refused {
            status: StatusCode::FORBIDDEN,
            code: "FR0403",
            text: "frame-other-origin",
        }
        .into_response()
    }
}

fn is_same_origin(hub: &Hub, request: &Request) -> bool {
    let text = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let (host, secure) = arrival(hub, request);
            let scheme = if secure { "https" } else { "http" };
            host.is_some_and(|host| origin.eq_ignore_ascii_case(&format!("{scheme}://{host}")))
        }
        (None, None) => true,
    }
}

/// Who asks, and in which language.
async fn find_out(State(hub): State<Hub>, mut request: Request, next: Next) -> Response {
    let (host, secure) = arrival(&hub, &request);
    let actor = match hub.identify() {
        Some(identify) => match identify(hub.clone(), request.headers().clone()).await {
            Ok(actor) => actor,
            Err(fault) => return Failure::from(fault).into_response(),
        },
        None => None,
    };
    let asked = asked_language(request.uri().query());
    let lang = asked
        .or_else(|| {
            cookie(request.headers(), LANG_COOKIE)
                .as_deref()
                .and_then(Lang::from_tag)
        })
        .or(actor.as_ref().and_then(|actor| actor.lang))
        .or_else(|| {
            let accept = request
                .headers()
                .get(header::ACCEPT_LANGUAGE)?
                .to_str()
                .ok()?;
            Lang::from_accept(accept)
        })
        .unwrap_or_default();
    let scheme = if secure { "https" } else { "http" };
    let base = format!("{scheme}://{}", host.unwrap_or_default());
    let is_get = request.method() == Method::GET;
    let saved = is_get && cookie(request.headers(), SAID).is_some();
    request.extensions_mut().insert(Asker {
        hub: hub.clone(),
        actor,
        lang,
        base,
        secure,
        saved,
    });
    let mut response = next.run(request).await;
    // What is fetched beside a page has not said it.
    if saved && is_page(&response) {
        let gone = HeaderValue::from_static("said=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    if let Some(lang) = asked {
        let value = format!(
            "{LANG_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax",
            lang.tag()
        );
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

fn is_page(response: &Response) -> bool {
    let media = response.headers().get(header::CONTENT_TYPE);
    response.status().is_success()
        && media.is_some_and(|media| media.as_bytes().starts_with(b"text/html"))
}

const LANG_COOKIE: &str = "lang";

fn asked_language(query: Option<&str>) -> Option<Lang> {
    query?
        .split('&')
        .find_map(|part| Lang::from_tag(part.strip_prefix("lang=")?))
}

/// The value of a cookie, by its whole name.
#[must_use]
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            pair.trim()
                .strip_prefix(name)?
                .strip_prefix('=')
                .map(str::to_owned)
        })
}

/// Turns a [`Failure`] into a page, or into JSON for the API.
async fn explain(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    let asker = request.extensions().get::<Asker>().cloned();
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str())
        .to_owned();
    let is_get = request.method() == Method::GET;
    let mut response = next.run(request).await;
    let told = response.extensions_mut().remove::<Failure>();
    let Some(failure) = told.or_else(|| plain_refusal(&response, is_get)) else {
        return response;
    };
    let lang = asker
        .as_ref()
        .map_or_else(Lang::default, |asker| asker.lang);
    let words = hub.words(lang);
    let is_api = path.starts_with("/api/");
    if matches!(failure, Failure::SignIn) && is_get && !is_api {
        return redirect(&format!("/sign-in?next={}", ask_encoded(&path)));
    }
    let number = match &failure {
        Failure::Fault(why) => {
            let number = hub.chance().uuid(hub.now()).simple().to_string();
            tracing::error!(code = failure.code(), number, %why, "fault");
            Some(number)
        }
        _ => None,
    };
    if is_api {
        return as_json(&failure, &words, number.as_deref());
    }
    as_page(
        &hub,
        &failure,
        &words,
        asker.as_ref(),
        (&path, number.as_deref()),
    )
}

/// What axum itself refuses, in a sentence for programmers: a path that holds no id, a body that is
/// no JSON, a method nobody answers. A person gets our own page for it.
fn plain_refusal(response: &Response, is_get: bool) -> Option<Failure> {
    let media = response.headers().get(header::CONTENT_TYPE);
    let is_plain = media.is_none_or(|media| media.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        StatusCode::BAD_REQUEST if is_plain && is_get => Some(Failure::NotFound),
        status @ (StatusCode::BAD_REQUEST
        | StatusCode::UNPROCESSABLE_ENTITY
        | StatusCode::UNSUPPORTED_MEDIA_TYPE)
            if is_plain =>
        {
            Some(Failure::Refused {
                status,
                code: "FR0422",
                text: "frame-bad-form",
            })
        }
        StatusCode::PAYLOAD_TOO_LARGE if is_plain => Some(Failure::Refused {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            code: "FR0413",
            text: "frame-too-large",
        }),
        StatusCode::METHOD_NOT_ALLOWED => Some(Failure::Refused {
            status: StatusCode::METHOD_NOT_ALLOWED,
            code: "FR0405",
            text: "frame-not-found-what",
        }),
        _ => None,
    }
}

fn ask_encoded(text: &str) -> String {
    serde_urlencoded::to_string([("next", text)])
        .ok()
        .and_then(|pair| pair.strip_prefix("next=").map(str::to_owned))
        .unwrap_or_default()
}

fn text_of(failure: &Failure) -> (&'static str, &'static str) {
    match failure {
        Failure::NotFound => ("frame-not-found", "frame-not-found-what"),
        Failure::SignIn => ("frame-sign-in", "frame-sign-in-what"),
        Failure::Refused { text, .. } => ("frame-refused", text),
        Failure::Fault(_) => ("frame-fault", "frame-fault-what"),
    }
}

fn as_json(failure: &Failure, words: &Words, number: Option<&str>) -> Response {
    let (_, what) = text_of(failure);
    let body = serde_json::json!({
        "code": failure.code(),
        "message": words.t(what),
        "number": number,
    });
    (failure.status(), axum::Json(body)).into_response()
}

fn as_page(
    hub: &Hub,
    failure: &Failure,
    words: &Words,
    asker: Option<&Asker>,
    (path, number): (&str, Option<&str>),
) -> Response {
    let (title, what) = text_of(failure);
    let who = asker
        .and_then(|asker| asker.actor.as_ref())
        .map(|actor| Who {
            name: Some(actor.name.clone()),
            menu: hub.menu(actor, words),
        })
        .unwrap_or_default();
    let body = html! {
        (parts::h1(&words.t(title)))
        p { (words.t(what)) }
        p class="code" {
            (words.t("frame-code")) " " (failure.code())
            @if let Some(number) = number { " · " (number) }
        }
        p { a class="ds-link" href="/" { (words.t("frame-home")) } }
    };
    let page = Page::new(words, words.t(title), body)
        .hub(hub.name())
        .who(who)
        .path(path)
        .trial(true);
    (failure.status(), axum::response::Html(page.render())).into_response()
}

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Security headers, on every answer.
async fn headers(State(hub): State<Hub>, request: Request, next: Next) -> Response {
    let is_asset = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    let all = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        all.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CSP);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    );
    if !is_asset {
        // Someone else may open this browser next.
        set(header::CACHE_CONTROL, "no-store");
        set(HeaderName::from_static("x-robots-tag"), "noindex, nofollow");
    }
    if hub
        .config()
        .public_url
        .as_ref()
        .is_some_and(|url| url.secure)
    {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

async fn asset(Path(name): Path<String>) -> Response {
    match assets::get(&name) {
        Some(asset) => {
            let media = HeaderValue::from_str(&asset.media)
                .unwrap_or(HeaderValue::from_static("application/octet-stream"));
            let mut response = asset.bytes.into_owned().into_response();
            response.headers_mut().insert(header::CONTENT_TYPE, media);
            // The name changes with the content.
            response.headers_mut().insert(
                header::CACHE_CONTROL,
                HeaderValue::from_static("public, max-age=31536000, immutable"),
            );
            response
        }
        None => Failure::NotFound.into_response(),
    }
}

async fn icon() -> Response {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\">\
        <g fill=\"none\" stroke=\"#0b5d57\" stroke-width=\"3\"><circle cx=\"12\" cy=\"16\" r=\"8\"/>\
        <circle cx=\"20\" cy=\"16\" r=\"8\"/></g></svg>";
    ([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response()
}

/// «Leave quickly»: forgets the session in this browser and goes somewhere harmless.
async fn exit(ask: Ask) -> Response {
    let to = HeaderValue::from_str(&ask.hub.config().quick_exit)
        .unwrap_or(HeaderValue::from_static("about:blank"));
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, to);
    headers.insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"cookies\", \"storage\""),
    );
    response
}

async fn ready(State(hub): State<Hub>) -> Response {
    match hub.store().is_up().await {
        Ok(_) => "ready\n".into_response(),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        )
            .into_response(),
    }
}

/// Which start of the program this is; a page that sees another one loads itself again.
async fn alive(State(hub): State<Hub>) -> String {
    format!("{}-{}", std::process::id(), hub.store().instance())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_with_and_without_port() {
        for yes in [
            "localhost",
            "localhost:7373",
            "127.0.0.1:1",
            "[::1]:7373",
            "[::1]",
        ] {
            assert!(is_loopback(yes), "{yes}");
        }
        for no in [
            "localhost.evil.example",
            "evil.example:80",
            "127.0.0.1.evil.example",
            "127.0.0.1:x",
        ] {
            assert!(!is_loopback(no), "{no}");
        }
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("xlang=en; lang=nn"),
        );
        assert_eq!(cookie(&headers, "lang"), Some("nn".into()));
        assert_eq!(cookie(&headers, "ang"), None);
    }
}
