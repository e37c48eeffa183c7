//! Compiles the configuration, the icons and the capabilities into the desktop shell. Owns the list of the shell's own
//! commands: what is not named here cannot be permitted, and what is not permitted in a capability cannot be called.

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    tauri_build::try_build(
        tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*").app_manifest(
            tauri_build::AppManifest::new().commands(&[
                "rpc",
                "subscribe",
                "set_language",
                "draft_list",
                "draft_get",
                "draft_put",
                "draft_delete",
            ]),
        ),
    )
    .expect("the configuration of the desktop shell is valid");
}
