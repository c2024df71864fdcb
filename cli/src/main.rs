//! `qrmint`: QR images of raw content, one by one or as a stream of JSON lines.
//!
//! Runs the command that the command line names. Exit codes: 0 done, 1 failed, 2 the command line is wrong.
//!
//! Knows nothing of how a command works.

mod args;
mod batch;
mod content;
mod encode;
mod error;
mod output;

use std::process::ExitCode;

use args::Command;
use error::Error;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error.report();
            ExitCode::from(error.exit_code())
        }
    }
}

fn run() -> Result<(), Error> {
    match args::read()? {
        None => Ok(()),
        Some(Command::Encode(arguments)) => encode::run(arguments),
        Some(Command::Batch(arguments)) => batch::run(arguments),
    }
}
