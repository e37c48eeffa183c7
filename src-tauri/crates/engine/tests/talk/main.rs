//! Tools and sandbox against services that the test plays itself: a calendar and a language model over HTTP (acceptance 34,
//! 35).

mod cases;
mod double;
mod sandbox;
mod tools;
