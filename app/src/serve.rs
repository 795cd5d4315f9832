//! Listening, and stopping without losing anything.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use frame::{Config, Hub, Routes};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::Settings;
use crate::{answer, say};

/// How the hub is run, from the settings.
pub(crate) fn config(settings: &Settings, demo: bool) -> Config {
    Config {
        public_url: settings.public_url.clone(),
        trusted_proxy: settings.trusted_proxy,
        demo,
        dev: std::env::var_os("KNUTEPUNKT_DEV").is_some(),
        quick_exit: settings.quick_exit.clone(),
    }
}

/// A hub that listens.
pub(crate) struct Listening {
    listener: TcpListener,
    public: Option<TcpListener>,
    /// The address of the pages, e.g. `http://127.0.0.1:7373`.
    pub(crate) base: String,
}

impl Listening {
    /// Takes the addresses.
    pub(crate) async fn begin(settings: &Settings) -> Result<Self, String> {
        let listener = bind(settings.listen).await?;
        let public = match settings.public_listen {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        Ok(Self {
            listener,
            public,
            base: format!("http://{address}"),
        })
    }

    /// Serves until told to stop; then lets requests that have begun come to their end.
    pub(crate) async fn run(self, hub: Hub, routes: Routes) -> Result<(), String> {
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(async move {
            until_told().await;
            // Everyone who listens has gone already when this fails.
            let _ = stop.send(true);
        });
        let jobs = tokio::spawn(frame::jobs::run(hub.clone(), told(stopped.clone())));
        let public = self.public.map(|listener| {
            tokio::spawn(serve(
                listener,
                frame::public_router(&hub, &routes),
                stopped.clone(),
            ))
        });
        let served = serve(self.listener, frame::router(&hub, routes), stopped).await;
        if let Some(public) = public {
            // What went wrong on the public side is told by the main one's end.
            let _ = public.await;
        }
        match jobs.await {
            Ok(Ok(())) => {}
            Ok(Err(fault)) => say(&format!("jobs stopped: {fault}")),
            Err(_) => say("jobs stopped without a word"),
        }
        hub.store().close().await;
        served
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address)
        .await
        .map_err(|error| format!("can't listen on {address}: {error}"))
}

/// Requests that have begun get this long to end.
const LAST_REQUESTS: Duration = Duration::from_secs(8);

async fn serve(
    listener: TcpListener,
    router: Router,
    stopped: watch::Receiver<bool>,
) -> Result<(), String> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let late = stopped.clone();
    let serving = axum::serve(listener, service).with_graceful_shutdown(told(stopped));
    tokio::select! {
        result = async { serving.await } => result.map_err(|error| error.to_string()),
        () = async { told(late).await; tokio::time::sleep(LAST_REQUESTS).await } => Ok(()),
    }
}

async fn told(mut stopped: watch::Receiver<bool>) {
    // The sender is gone only when the program ends anyway.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Waits for ctrl-c, or for the service manager.
async fn until_told() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}

/// `knutepunkt serve`.
pub(crate) async fn run(settings: Settings) -> Result<(), String> {
    ui::assets::ready()?;
    let _lock = crate::hub::lock(&settings.dir)?;
    let (hub, routes) = crate::hub::open(&settings, "serve", config(&settings, false)).await?;
    let listening = Listening::begin(&settings).await?;
    answer(&format!("listening on {}", listening.base));
    let first = people::first_start(&hub)
        .await
        .map_err(|fault| fault.to_string())?;
    if let Some(path) = first {
        answer(&format!(
            "first start: open {}{path} to take the hub into use",
            listening.base
        ));
    }
    listening.run(hub, routes).await
}
