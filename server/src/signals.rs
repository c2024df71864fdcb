//! The signals that the program acts on.

use tokio_util::sync::CancellationToken;

use crate::error::Error;

/// Cancels `stop` on the first interrupt or SIGTERM, and ends the program at once on the second.
pub(crate) fn watch(stop: CancellationToken) -> Result<(), Error> {
    ignore_file_size_limit()?;
    let mut signals = system::Stop::new()?;
    tokio::spawn(async move {
        signals.next().await;
        stop.cancel();
        signals.next().await;
        std::process::exit(Error::Stopped.exit_code().into());
    });
    Ok(())
}

/// Lets a write beyond the limit of a file's size fail, which ends the program otherwise.
#[cfg(unix)]
fn ignore_file_size_limit() -> Result<(), Error> {
    use tokio::signal::unix::{SignalKind, signal};
    // The handler stays after the stream of signals is dropped.
    drop(signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?);
    Ok(())
}

#[cfg(not(unix))]
fn ignore_file_size_limit() -> Result<(), Error> {
    Ok(())
}

pub(crate) use system::Hangup;

#[cfg(unix)]
mod system {
    use std::time::Duration;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    use crate::error::Error;

    pub(super) struct Stop {
        interrupt: Signal,
        terminate: Signal,
    }

    impl Stop {
        pub(super) fn new() -> Result<Self, Error> {
            Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
        }

        pub(super) async fn next(&mut self) {
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = self.terminate.recv() => {}
            }
        }
    }

    /// SIGHUP, which asks to read files again.
    pub(crate) struct Hangup(Signal);

    impl Hangup {
        pub(crate) fn new() -> Result<Self, Error> {
            Ok(Self(signal(SignalKind::hangup())?))
        }

        /// Waits for the signal, but no longer than this. Returns whether it came.
        pub(crate) async fn comes_within(&mut self, pause: Duration) -> bool {
            matches!(tokio::time::timeout(pause, self.0.recv()).await, Ok(Some(())))
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::time::Duration;

    use crate::error::Error;

    pub(super) struct Stop;

    impl Stop {
        pub(super) fn new() -> Result<Self, Error> {
            Ok(Self)
        }

        pub(super) async fn next(&mut self) {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending().await
            }
        }
    }

    /// A signal that this system does not have.
    pub(crate) struct Hangup;

    impl Hangup {
        pub(crate) fn new() -> Result<Self, Error> {
            Ok(Self)
        }

        /// Waits this long, and returns `false`.
        pub(crate) async fn comes_within(&mut self, pause: Duration) -> bool {
            tokio::time::sleep(pause).await;
            false
        }
    }
}
