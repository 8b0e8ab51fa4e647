//! The server over real sockets, driven by requests written by hand.

mod dialects;
mod injections;
mod login;
mod permissions;
mod raw;
mod recording;
mod refusals;
mod retrieve;
mod secure;
mod updates;
