//! Callboard without a screen: the worker, the command line, and the command list over HTTP and WebSocket.
//!
//! Owns how a person or a script reaches the command list without a window. Refuses to know what a command does
//! (`callboard-engine`) and to hold SQL.

pub mod http;
mod random;
