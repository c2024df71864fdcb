//! The service from outside: its routes, its stores, its callers, and the program.

#![allow(clippy::unwrap_used)]

mod authorization;
mod databases;
mod description;
mod documentation;
mod durability;
mod fire;
mod issuers;
mod key_rolls;
mod limits;
mod program;
mod routes;
mod stores;
mod support;
mod verification;
