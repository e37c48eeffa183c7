//! Text of any encoding with any delimiter.
#![no_main]

use std::cell::RefCell;

use callboard_fuzz::Drop;
use libfuzzer_sys::fuzz_target;

thread_local! {
    static DROP: RefCell<Drop> = RefCell::default();
}

fuzz_target!(|bytes: &[u8]| DROP.with_borrow_mut(|drop| drop.read("list.csv", bytes)));
