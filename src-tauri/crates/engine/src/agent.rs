//! What a voice agent is handed with its call: the document that speaks, the prompt built of it, its tools. Owns the form
//! of that metadata, which is the interface to agents in other languages (docs/skillbases.md); refuses secrets.

use std::io::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use callboard_core::{skillbase::prompt, tool};
use callboard_db::{admission::Admitted, skillbases::Spoken};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

/// Bytes that the plain form may have; a line carries 64 KiB in all.
const PLAIN: usize = 56 * 1024;

/// The metadata of a call. `skillbase`, `prompt` and `tools` are long for a large skillbase: they are then one field
/// `packed`, base64 of the gzip of the JSON object that holds the three.
pub(crate) fn metadata(admitted: &Admitted, spoken: &Spoken) -> Value {
    let document = &spoken.document;
    let built = prompt::build(document, &spoken.company, &spoken.base_prompt);
    let tools: Vec<Value> = tool::schemas(&document.tools).iter().map(tool::ToolSchema::to_json).collect();
    let content = json!({ "skillbase": document, "prompt": built.text(), "tools": tools });
    let mut metadata = json!({
        "callboard": 2,
        "callId": admitted.call_id,
        "taskId": admitted.task_id,
        "campaignId": admitted.campaign_id,
        "campaign": admitted.campaign_name,
        "company": spoken.company,
        "attempt": admitted.attempt,
        "skillbaseId": admitted.skillbase_id,
        "skillbaseVersion": spoken.version,
        "skillbaseHash": spoken.hash,
        "variant": spoken.variant,
        "opening": document.opening(),
        "knowledge": spoken.knowledge.iter().map(|(id, title)| json!({ "id": id, "title": title })).collect::<Vec<_>>(),
        "contact": { "name": admitted.contact_name, "data": admitted.contact_data },
    });
    let plain = content.to_string();
    if let (Value::Object(all), Value::Object(content)) = (&mut metadata, content) {
        if plain.len() <= PLAIN {
            all.extend(content);
        } else {
            all.insert("packed".to_owned(), BASE64_STANDARD.encode(gzip(plain.as_bytes())).into());
        }
    }
    metadata
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
