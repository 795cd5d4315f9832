//! Somebody who uses a program over HTTP on one kept connection: our hub's people, and the peers'.

use std::time::Duration;

use serde_json::Value;
use ureq::http::Response;
use ureq::typestate::WithBody;
use ureq::{Agent, Body, RequestBuilder};

use super::hub::Hub;

/// What browsers ask for over https; the body stays packed here, as unpacking is the browser's work.
const AS_A_BROWSER: &str = "gzip, deflate, br, zstd";
/// Bytes of one answer at most.
const ANSWER: u64 = 200 << 20;

/// One who asks.
#[derive(Clone)]
pub struct Person {
    agent: Agent,
    base: String,
    cookie: String,
    /// Further headers of each request that changes something.
    token: Option<(&'static str, String)>,
    packed: bool,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    /// Where a redirect leads.
    pub to: Option<String>,
    /// Cookies as they are sent back.
    pub cookies: Vec<String>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The answer again, when it is no refusal.
    pub fn fine(self, path: &str) -> Result<Self, String> {
        match self.status {
            200..400 => Ok(self),
            status => Err(format!("{path} answered {status}: {}", self.text())),
        }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Person {
    /// Somebody without a session.
    pub fn at(base: &str) -> Self {
        let agent: Agent = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(300)))
            .build()
            .into();
        Self {
            agent,
            base: base.to_owned(),
            cookie: String::new(),
            token: None,
            packed: false,
        }
    }

    /// The demo's person with this role, signed in.
    pub fn sign_in(hub: &Hub, role: &str) -> Result<Self, String> {
        let demo = hub.demo()?;
        let link = demo.pointer(&format!("/people/{role}/sign_in"));
        let link = link
            .and_then(Value::as_str)
            .ok_or_else(|| format!("demo.json has no {role}"))?;
        let nobody = Self::at(hub.base());
        let path = link.strip_prefix(hub.base()).ok_or("a link elsewhere")?;
        let answer = nobody.get(path)?.fine("signing in")?;
        nobody.with_session(&answer)
    }

    /// The same with the session that an answer began.
    pub fn with_session(mut self, answer: &Answer) -> Result<Self, String> {
        if answer.cookies.is_empty() {
            return Err("no session began".to_owned());
        }
        self.cookie = answer.cookies.join("; ");
        Ok(self)
    }

    /// The same with a header that the program wants with each change.
    pub fn with_token(mut self, header: &'static str, value: &str) -> Self {
        self.token = Some((header, value.to_owned()));
        self
    }

    /// The same on a connection of its own, asking for packed answers as a browser does.
    pub fn as_a_browser(&self) -> Self {
        let mut own = Self::at(&self.base);
        own.cookie.clone_from(&self.cookie);
        own.token.clone_from(&self.token);
        own.packed = true;
        own
    }

    /// Asks for a path.
    pub fn get(&self, path: &str) -> Result<Answer, String> {
        let mut request = self
            .agent
            .get(format!("{}{path}", self.base))
            .header("cookie", &self.cookie);
        if self.packed {
            request = request.header("accept-encoding", AS_A_BROWSER);
        }
        answer(path, request.call())
    }

    /// Asks for JSON.
    pub fn json(&self, path: &str) -> Result<Value, String> {
        let text = self.get(path)?.fine(path)?.text();
        serde_json::from_str(&text).map_err(|_| format!("{path} answered: {text}"))
    }

    /// Sends something.
    pub fn send(&self, path: &str, kind: &str, body: &[u8]) -> Result<Answer, String> {
        answer(path, self.post(path).content_type(kind).send(body))
    }

    /// Sends a form.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer, String> {
        answer(path, self.post(path).send_form(fields.iter().copied()))
    }

    fn post(&self, path: &str) -> RequestBuilder<WithBody> {
        let request = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("cookie", &self.cookie);
        match &self.token {
            Some((name, value)) => request.header(*name, value),
            None => request,
        }
    }

    /// Sends a form with one file.
    pub fn upload(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        (field, name, kind, bytes): (&str, &str, &str, &[u8]),
    ) -> Result<Answer, String> {
        const BORDER: &str = "----measure-7d3f0a51c2";
        let mut body = Vec::with_capacity(bytes.len() + 1000);
        for (name, value) in fields {
            body.extend_from_slice(
                format!("--{BORDER}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .as_bytes(),
            );
        }
        body.extend_from_slice(
            format!(
                "--{BORDER}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
                 Content-Type: {kind}\r\n\r\n"
            )
            .as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BORDER}--\r\n").as_bytes());
        self.send(
            path,
            &format!("multipart/form-data; boundary={BORDER}"),
            &body,
        )
    }
}

fn answer(path: &str, came: Result<Response<Body>, ureq::Error>) -> Result<Answer, String> {
    let mut came = came.map_err(|error| format!("{path}: {error}"))?;
    let header = |name: &str| {
        let all = came.headers().get_all(name).iter();
        all.filter_map(|value| value.to_str().ok().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let cookies = header("set-cookie");
    let pair = |cookie: &String| Some(cookie.split(';').next()?.to_owned());
    Ok(Answer {
        status: came.status().as_u16(),
        to: header("location").pop(),
        cookies: cookies.iter().filter_map(pair).collect(),
        body: came
            .body_mut()
            .with_config()
            .limit(ANSWER)
            .read_to_vec()
            .map_err(|error| format!("{path}: {error}"))?,
    })
}
