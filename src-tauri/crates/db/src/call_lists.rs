//! Imports of call lists: staging by COPY, commit, rejected rows.
