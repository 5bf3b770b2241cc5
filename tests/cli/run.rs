//! The binary run once or talked to, in a folder and an environment of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine: reaching it is a failure.
const PATIENCE: Duration = Duration::from_mins(1);

/// A small briefing of an invented town: its facts and its article.
pub(crate) const BRIEFING: &str = include_str!("../discord/briefing/kettle-pier.toml");
pub(crate) const ARTICLE: &str = include_str!("../discord/briefing/kettle-pier.md");

/// A run that is to be started: in an empty folder but for the small briefing in `knowledge/`, in an empty environment.
#[must_use]
pub(crate) struct Run {
    home: TempDir,
    args: Vec<std::ffi::OsString>,
    variables: Vec<(String, String)>,
    input: Vec<u8>,
    code: Option<i32>,
}

/// What a run came to.
pub(crate) struct Ended {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A run that is talked to.
pub(crate) struct Talk {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    _home: TempDir,
}

/// A run with these arguments.
pub(crate) fn run<const N: usize>(args: [&str; N]) -> Run {
    let home = TempDir::new().expect("a temporary folder");
    let run = Run {
        home,
        args: args.iter().map(Into::into).collect(),
        variables: Vec::new(),
        input: Vec::new(),
        code: Some(0),
    };
    run.file("knowledge/kettle-pier.toml", BRIEFING).file("knowledge/kettle-pier.md", ARTICLE)
}

impl Run {
    /// An argument more, which need be no text.
    pub(crate) fn arg(mut self, arg: impl Into<std::ffi::OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes a file into its folder.
    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a name in the folder")).expect("a folder in a temporary folder");
        std::fs::write(path, content).expect("a file in a temporary folder");
        self
    }

    /// Takes a file or a folder out of its folder.
    pub(crate) fn without(self, name: &str) -> Self {
        let path = self.home.path().join(name);
        let gone = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
        gone.expect("a file that is there");
        self
    }

    /// What it reads from standard input.
    pub(crate) fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// The exit code that it must end with, instead of 0.
    pub(crate) fn code(mut self, code: i32) -> Self {
        self.code = Some(code);
        self
    }

    /// Whether it finds an answer doesn't matter: it may end with 0 or 1.
    pub(crate) fn any_code(mut self) -> Self {
        self.code = None;
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_briefing-bot"));
        // No `.env` and no settings of the one who runs the tests.
        command.args(&self.args).env_clear().envs(self.variables.clone()).current_dir(self.home.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end, and checks its exit code.
    #[track_caller]
    pub(crate) fn ends(self) -> Ended {
        let mut child = self.command().spawn().expect("the binary starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = self.input.clone();
        // A run may end without reading all.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let stdout = collect(child.stdout.take().expect("a pipe"));
        let stderr = collect(child.stderr.take().expect("a pipe"));
        let (Ok(stdout), Ok(stderr)) = (stdout.recv_timeout(PATIENCE), stderr.recv_timeout(PATIENCE)) else {
            child.kill().expect("a run can be ended");
            panic!("{:?} still runs after {PATIENCE:?}", self.args);
        };
        writer.join().expect("the writer does not panic");
        let code = child.wait().expect("a run that can be waited for").code();
        let right = code.is_some_and(|code| self.code.map_or(code <= 1, |wanted| code == wanted));
        assert!(right, "{:?} ended with {code:?} instead of {:?}\n{stdout}\n{stderr}", self.args, self.code);
        assert!(!stderr.contains("panicked at"), "{stderr}");
        Ended { stdout, stderr }
    }

    /// Starts it to be talked to.
    pub(crate) fn starts(self) -> Talk {
        let mut command = self.command();
        command.stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary starts");
        let (sender, lines) = channel();
        let stdout = child.stdout.take().expect("a pipe");
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take();
        Talk { child, input, lines, _home: self.home }
    }

    /// Starts it with a standard output that nobody reads, and gives its exit code.
    pub(crate) fn unread(self) -> Option<i32> {
        let mut child = self.command().spawn().expect("the binary starts");
        drop(child.stdout.take());
        let mut stdin = child.stdin.take().expect("a pipe");
        let _ = stdin.write_all(&self.input);
        drop(stdin);
        let stderr = collect(child.stderr.take().expect("a pipe")).recv_timeout(PATIENCE).expect("it ends");
        assert!(!stderr.contains("panicked at"), "{stderr}");
        child.wait().expect("a run that can be waited for").code()
    }
}

impl Ended {
    /// The lines of standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
    }
}

impl Talk {
    /// Sends a line.
    pub(crate) fn say(&mut self, line: &str) {
        let input = self.input.as_mut().expect("a pipe that is open");
        writeln!(input, "{line}").and_then(|()| input.flush()).expect("it reads");
    }

    /// The next line of its standard output.
    #[track_caller]
    pub(crate) fn hears(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line before the next is sent")
    }

    /// Closes its standard input and waits for its end: all lines that were left, and the exit code.
    pub(crate) fn ends(mut self) -> (Vec<String>, Option<i32>) {
        drop(self.input.take());
        let mut rest = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            rest.push(line);
        }
        (rest, self.child.wait().expect("a run that can be waited for").code())
    }
}

fn collect(mut pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// Lines, each with its break.
pub(crate) fn lines(items: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    items.into_iter().fold(String::new(), |lines, item| lines + &item.to_string() + "\n")
}

/// A file of the repository.
pub(crate) fn in_repository(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}
