//! `qrmint`: QR images of raw content, one by one or as a stream of JSON lines.
//!
//! This file joins the command line to the commands and their outcome to the exit code: 0 done, 1 failed, 2 asked for
//! in a way that makes no sense. It knows nothing of how a command works.

mod args;
mod batch;
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
