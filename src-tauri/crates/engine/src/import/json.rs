//! Cells as JSON, written by hand because a million rows pay for every allocation. Owns no meaning.

use super::cells::Row;

/// The cells of a row as a JSON array.
pub(super) fn write_cells(json: &mut String, row: &Row) {
    json.clear();
    json.push('[');
    for (index, cell) in row.cells().enumerate() {
        if index > 0 {
            json.push(',');
        }
        push_json(json, cell);
    }
    json.push(']');
}

/// A text as a JSON string.
pub(super) fn push_json(json: &mut String, text: &str) {
    if text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        // A text always has a JSON form.
        json.push_str(&serde_json::to_string(text).unwrap_or_default());
    } else {
        json.push('"');
        json.push_str(text);
        json.push('"');
    }
}
