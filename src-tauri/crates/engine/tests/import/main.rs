//! Imports on a real `PostgreSQL`: acceptance 7 to 14 and 85 to 89, a corpus of nasty files, and what must hold for
//! any file at all.

mod any_file;
mod corpus;
mod lists;
mod report;
mod steps;
mod together;
mod workbook;
mod workbooks;
mod world;
