//! A server in the background, over a lake in a folder of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use flowtrail_lake::Lake;
use flowtrail_serve::prometheus_client::registry::Registry;
use flowtrail_serve::{Access, Inbox, Ready, ServeOptions, Server, Stopped};
use object_store::ObjectStore;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::KEY;

pub struct Running {
    pub address: SocketAddr,
    folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
    ended: JoinHandle<Stopped>,
}

struct Is(Vec<String>);

#[async_trait]
impl Ready for Is {
    async fn in_the_way(&self) -> Vec<String> {
        self.0.clone()
    }
}

pub fn options() -> ServeOptions {
    ServeOptions {
        access: Access::with_keys(["another-key", KEY]),
        stop_timeout: Duration::from_secs(10),
        ..ServeOptions::default()
    }
}

pub async fn start(options: ServeOptions) -> Running {
    start_over(options, |store| store, &[]).await
}

/// Starts a server over the lake's store as `wrap` makes it, which has `in_the_way` to say of being ready.
pub async fn start_over(
    options: ServeOptions,
    wrap: impl FnOnce(Arc<dyn ObjectStore>) -> Arc<dyn ObjectStore>,
    in_the_way: &[&str],
) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open_folder(folder.path().to_owned()).unwrap();
    let inbox = Inbox::new(wrap(Arc::clone(lake.store())), "inbox");
    let ready = Is(in_the_way.iter().map(|&reason| reason.to_owned()).collect());
    let loopback = "127.0.0.1:0".parse().unwrap();
    let server = Server::bind(loopback, options, inbox, Arc::new(ready), Registry::default())
        .await
        .unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let address = server.address();
    let ended = tokio::spawn(server.run(async move {
        let _ = stopped.await;
    }));
    Running {
        address,
        folder,
        stop: Some(stop),
        ended,
    }
}

impl Running {
    /// What is in the inbox: paths below it and contents, in the order of their names.
    pub fn inbox(&self) -> Vec<(String, Vec<u8>)> {
        let root = self.folder.path().join("inbox");
        let mut found = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path.strip_prefix(&root).unwrap().display().to_string();
                found.push((name, std::fs::read(path).unwrap()));
            }
        }
        found.sort();
        found
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("inbox").join(name)
    }

    /// Tells the server to stop, and does not wait for it.
    pub fn tell_to_stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub async fn stopped(mut self) -> Stopped {
        if self.stop.is_some() {
            self.tell_to_stop();
        }
        self.ended.await.unwrap()
    }
}

/// Runs what blocks beside the server.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}
