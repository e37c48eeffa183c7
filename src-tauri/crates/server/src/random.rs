//! Randomness of this process. Owns the way from the operating system's generator to an id; everything below the
//! binaries takes its randomness as an argument.

use rand::{
    TryRng,
    rngs::{SysError, SysRng},
};
use uuid::Uuid;

/// A random id, for what lives no longer than the process: uploads, incidents.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn uuid() -> Result<Uuid, SysError> {
    let mut bytes = [0; 16];
    SysRng.try_fill_bytes(&mut bytes)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}
