//! The port: connections as they come, within limits, until somebody says stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderMap;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use prometheus_client::registry::Registry;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tracing::{Span, debug, info, warn};

use crate::access::Access;
use crate::inbox::Inbox;
use crate::memory::Memory;
use crate::metrics::Metrics;
use crate::ready::Ready;
use crate::router::{Desk, router};

/// What a connection may hold of a request that is not read yet, in bytes: a stream can have 50 common attributes of
/// 256 and 1,024 characters, which come in one header.
const CONNECTION_BUFFER_BYTES: usize = 128 << 10;

/// How long nobody is let in after the system could not open a connection, for want of file handles as a rule.
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(200);

/// Makes the span of a delivery a part of the trace that the headers of its request name.
pub type JoinTrace = fn(&Span, &HeaderMap);

/// Who may deliver, and within which limits. Firehose gives a request up after three minutes, so all that it may
/// wait for together is less.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Who may deliver.
    pub access: Access,
    /// The most memory that deliveries in work take together, in bytes. A larger one goes alone.
    pub memory_bytes: u64,
    /// How many connections there may be at a time, of up to 128 KiB each; more wait to be let in.
    pub most_connections: usize,
    /// How long the headers of a request may take, and how long a connection may lie idle.
    pub header_timeout: Duration,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// How long a delivery waits for memory, before it comes and again before it is unpacked.
    pub memory_timeout: Duration,
    /// How long the lake may take to keep a delivery.
    pub store_timeout: Duration,
    /// How long requests in work may take to finish once the server is told to stop.
    pub stop_timeout: Duration,
    /// What answers the requests that are none of this crate's.
    pub others: Option<Router>,
    /// How a delivery's span becomes a part of its sender's trace; as it is, it does not.
    pub join_trace: JoinTrace,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            access: Access::Nobody,
            memory_bytes: 256 << 20,
            most_connections: 512,
            header_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_mins(1),
            memory_timeout: Duration::from_secs(20),
            store_timeout: Duration::from_mins(1),
            stop_timeout: Duration::from_secs(25),
            others: None,
            join_trace: |_, _| {},
        }
    }
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// As it was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// Anybody could deliver from another machine.
    #[error("deliveries without an access key are taken on loopback addresses only, and {address} is none")]
    Open {
        /// As it was asked for.
        address: SocketAddr,
    },
}

/// How the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Every request in work was answered.
    Drained,
    /// Some were not, within the time limit. Firehose sends again what was not answered, so nothing is lost.
    TimedOut,
}

/// A port that is listened on, where nothing is answered yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    options: ServeOptions,
}

impl Server {
    /// Listens on `address`; port 0 is one that is free, which [`Self::address`] says. Metrics of the caller's are
    /// in `registry` already.
    ///
    /// # Errors
    /// The address cannot be listened on, or [`Access::Anybody`] is asked for where others reach it.
    pub async fn bind(
        address: SocketAddr,
        options: ServeOptions,
        inbox: Inbox,
        ready: Arc<dyn Ready>,
        registry: Registry,
    ) -> Result<Self, ServeError> {
        if matches!(options.access, Access::Anybody) && !address.ip().is_loopback() {
            return Err(ServeError::Open { address });
        }
        let failed = |source| ServeError::Bind { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        let metrics = Metrics::new(registry);
        let desk = Desk {
            inbox,
            access: options.access.clone(),
            memory: Memory::new(options.memory_bytes, options.memory_timeout, &metrics.held_bytes),
            metrics,
            ready,
            body_timeout: options.body_timeout,
            store_timeout: options.store_timeout,
            join_trace: options.join_trace,
        };
        Ok(Self {
            listener,
            address: bound,
            router: router(Arc::new(desk), options.others.clone()),
            options,
        })
    }

    /// Where it listens, with the port it was given.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` is done. Then nobody is let in any more, idle connections are closed, and requests in
    /// work are finished, for [`ServeOptions::stop_timeout`] at most.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Stopped {
        let connections = Arc::new(Semaphore::new(self.options.most_connections));
        let graceful = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        info!(address = %self.address, "listening");
        loop {
            let accepted = tokio::select! {
                biased;
                () = &mut stop => break,
                accepted = self.accept(&connections) => accepted,
            };
            if let Some((stream, place)) = accepted {
                self.answer(stream, place, &graceful);
            }
        }
        drop(self.listener);
        info!(
            connections = graceful.count(),
            "stopping: requests in work are finished"
        );
        if timeout(self.options.stop_timeout, graceful.shutdown()).await.is_ok() {
            return Stopped::Drained;
        }
        let limit_s = self.options.stop_timeout.as_secs();
        warn!(limit_s, "requests are left unfinished; they are sent again");
        Stopped::TimedOut
    }

    /// The next connection, once there is a place for it.
    async fn accept(&self, connections: &Arc<Semaphore>) -> Option<(TcpStream, OwnedSemaphorePermit)> {
        // Never closed, so there is always a place in the end.
        let place = Arc::clone(connections).acquire_owned().await.ok()?;
        match self.listener.accept().await {
            Ok((stream, _)) => Some((stream, place)),
            Err(error) => {
                warn!(%error, "a connection could not be opened");
                sleep(AFTER_FAILED_ACCEPT).await;
                None
            }
        }
    }

    fn answer(&self, stream: TcpStream, place: OwnedSemaphorePermit, graceful: &GracefulShutdown) {
        let service = TowerToHyperService::new(self.router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.options.header_timeout)
            .max_buf_size(CONNECTION_BUFFER_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
}
