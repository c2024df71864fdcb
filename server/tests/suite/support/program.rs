//! The program as a child process.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Wire;

/// A running program. On drop it is killed, and its standard error must contain no secret and no panic.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    told: Arc<Mutex<String>>,
    /// The thread that reads standard error.
    reader: Option<JoinHandle<()>>,
    /// The secrets of the codes that it created, from the answers that the test has read.
    secrets: Arc<Mutex<HashSet<String>>>,
}

/// The length of a code's secret in characters.
const SECRET_LEN: usize = 43;

/// Returns the command with piped output and without `QRMINT_STORE` in its environment.
fn set_up(command: &mut Command) -> &mut Command {
    command.env_remove("QRMINT_STORE").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped())
}

impl Program {
    /// Starts the program on a free port, and waits until it listens.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_by(&mut Command::new(env!("CARGO_BIN_EXE_qrmint-server")), arguments)
    }

    /// Starts the program by another command and waits until it listens.
    pub(crate) fn start_by(command: &mut Command, arguments: &[&str]) -> Self {
        let mut child = set_up(command).args(["--listen", "127.0.0.1:0"]).args(arguments).spawn().unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let (mut line, mut seen) = (String::new(), String::new());
        let address = loop {
            line.clear();
            assert!(errors.read_line(&mut line).unwrap() > 0, "it ended: {seen}");
            seen += &line;
            if let Some(address) = line.trim().strip_prefix("qrmint-server: listening on http://") {
                break address.parse().unwrap();
            }
        };
        let told = Arc::new(Mutex::new(seen));
        let sink = told.clone();
        let reader = std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                *sink.lock().unwrap() += &(line + "\n");
            }
        });
        let mut token = String::new();
        if !arguments.contains(&"--issuer") {
            BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut token).unwrap();
        }
        let token = token.trim().to_owned();
        Self { child, address, token, told, reader: Some(reader), secrets: Arc::default() }
    }

    pub(crate) fn wire(&self) -> Wire {
        Wire::connect(self.address, self.secrets.clone())
    }

    /// Returns the process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the standard error so far; all of it after [`wait`](Self::wait).
    pub(crate) fn told(&self) -> String {
        self.told.lock().unwrap().clone()
    }

    /// Kills the program.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.wait();
    }

    /// Sends SIGTERM to the program.
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends a signal to the program.
    pub(crate) fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// Waits until the program has ended, for at most half a minute.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                if let Some(reader) = self.reader.take() {
                    reader.join().unwrap();
                }
                return status;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Sends a signal to a process.
pub(crate) fn signal(child: &Child, name: &str) {
    // The shell's `kill`, since not every machine has the program.
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status().unwrap();
    assert!(sent.success());
}

impl Drop for Program {
    fn drop(&mut self) {
        _ = self.child.kill();
        if std::thread::panicking() {
            _ = self.child.wait();
            return;
        }
        self.wait();
        let told = self.told();
        assert!(self.token.is_empty() || !told.contains(&self.token), "its token is in its log");
        for hidden in ["panicked", "ms-qrpin:", "bXMtcXJwaW46"] {
            assert!(!told.contains(hidden), "{hidden}");
        }
        let secrets = self.secrets.lock().unwrap();
        let words = told.as_bytes().split(|byte| !byte.is_ascii_alphanumeric() && !b"-_".contains(byte));
        let mut like_secrets =
            words.flat_map(|word| word.windows(SECRET_LEN)).map(|word| str::from_utf8(word).unwrap());
        assert_eq!(like_secrets.find(|word| secrets.contains(*word)), None);
    }
}

/// Runs the program and returns exit code, standard output and standard error.
pub(crate) fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut child = set_up(&mut Command::new(env!("CARGO_BIN_EXE_qrmint-server"))).args(arguments).spawn().unwrap();
    let (mut out, mut errors) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    (child.wait().unwrap().code(), out, errors)
}
