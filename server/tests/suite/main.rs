//! The service from outside: its routes, its stores, its callers, and the program.

#![allow(clippy::unwrap_used)]

mod administration;
mod audit;
mod authorization;
mod databases;
mod description;
mod documentation;
mod durability;
mod fire;
mod images;
mod issuers;
mod key_rolls;
mod leavers;
mod limits;
mod operation;
mod program;
mod retries;
mod routes;
mod stores;
mod support;
mod verification;
