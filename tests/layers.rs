//! The walls between the layers (`docs/architecture.md`): who may depend on what, and which files hold the two secrets of
//! the trade: the one door to Tauri and the one request that must never be repeated.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn workspace() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        // The walls are between our own crates. The rest would also name crates of other systems, which nobody has fetched.
        .no_deps()
        // Nothing is downloaded or rewritten by a test.
        .other_options(["--offline".to_owned(), "--locked".to_owned()])
        .exec()
        .expect("cargo describes the workspace")
}

/// The crates of the workspace that name a dependency of one of these kinds.
fn who_names(metadata: &Metadata, kinds: &[DependencyKind], is: impl Fn(&str) -> bool) -> BTreeSet<String> {
    metadata
        .workspace_packages()
        .into_iter()
        .filter(|package| names(package, kinds).iter().any(|name| is(name)))
        .map(|package| package.name.to_string())
        .collect()
}

fn names(package: &Package, kinds: &[DependencyKind]) -> BTreeSet<String> {
    package
        .dependencies
        .iter()
        .filter(|dependency| kinds.contains(&dependency.kind))
        .map(|dependency| dependency.name.clone())
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

const SHIPPED: &[DependencyKind] = &[DependencyKind::Normal, DependencyKind::Build];
const ANY: &[DependencyKind] = &[DependencyKind::Normal, DependencyKind::Build, DependencyKind::Development];

#[test]
fn each_technology_has_one_home() {
    let metadata = workspace();
    let is_sql = |name: &str| ["sqlx", "tokio-postgres", "postgres", "diesel", "rusqlite"].contains(&name);
    assert_eq!(who_names(&metadata, SHIPPED, is_sql), set(&["callboard-db"]), "SQL");
    let is_tauri = |name: &str| name == "tauri" || name.starts_with("tauri-");
    assert_eq!(who_names(&metadata, ANY, is_tauri), set(&["callboard"]), "Tauri");
    let is_livekit = |name: &str| name.starts_with("livekit");
    assert_eq!(
        who_names(&metadata, ANY, is_livekit),
        set(&["callboard-telephony", "callboard-testkit"]),
        "LiveKit; the testkit plays the server"
    );
    let is_list = |name: &str| ["csv", "csv-core", "calamine"].contains(&name);
    assert_eq!(who_names(&metadata, SHIPPED, is_list), set(&["callboard-engine"]), "call lists");
    let is_web = |name: &str| ["axum", "tower-http", "hyper", "actix-web"].contains(&name);
    assert_eq!(
        who_names(&metadata, SHIPPED, is_web),
        set(&["callboard-server", "callboard-testkit"]),
        "HTTP; the testkit plays LiveKit's"
    );
}

#[test]
fn crates_of_the_workspace_depend_downwards_only() {
    let metadata = workspace();
    let allowed: BTreeMap<&str, &[&str]> = [
        ("callboard-core", &[][..]),
        ("callboard-postgres", &[]),
        ("callboard-contract", &["callboard-core"]),
        ("callboard-db", &["callboard-core"]),
        ("callboard-telephony", &["callboard-core"]),
        ("callboard-engine", &["callboard-contract", "callboard-core", "callboard-db", "callboard-telephony"]),
        ("callboard-testkit", &["callboard-core", "callboard-telephony"]),
        ("callboard-server", &["callboard-contract", "callboard-core", "callboard-engine", "callboard-postgres"]),
        ("callboard", &["callboard-contract", "callboard-core", "callboard-engine", "callboard-postgres"]),
    ]
    .into();
    for package in metadata.workspace_packages() {
        let name = package.name.to_string();
        let wall = allowed.get(name.as_str()).unwrap_or_else(|| panic!("{name} has no place in the layers yet"));
        let own: BTreeSet<String> =
            names(package, SHIPPED).into_iter().filter(|dependency| dependency.starts_with("callboard")).collect();
        let over: Vec<_> = own.difference(&set(wall)).cloned().collect();
        assert!(over.is_empty(), "{name} may not depend on {over:?}");
    }
}

/// Everything below a crate, with the features that it asks for itself. The graph of `cargo metadata` would not do: it
/// adds up the features of the whole workspace.
fn below(name: &str) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--package", name])
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let text = String::from_utf8_lossy(&tree.stdout);
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

/// The domain is ordinary code: no runtime, no database, no network anywhere below it.
#[test]
fn the_domain_and_the_contract_need_neither_runtime_nor_database() {
    for name in ["callboard-core", "callboard-contract"] {
        let below = below(name);
        let is_forbidden = |name: &&String| {
            [
                "tokio",
                "async-std",
                "smol",
                "futures",
                "futures-util",
                "futures-core",
                "sqlx",
                "reqwest",
                "hyper",
                "rand",
            ]
            .contains(&name.as_str())
                || name.starts_with("tauri")
                || name.starts_with("livekit")
        };
        let forbidden: Vec<_> = below.iter().filter(is_forbidden).collect();
        assert!(forbidden.is_empty(), "{name} reaches {forbidden:?}");
        assert!(below.contains("chrono"), "the graph was really walked");
    }
    let engine = below("callboard-engine");
    assert!(engine.contains("sqlx") && engine.contains("tokio"), "and the same walk finds them where they are");
}

/// The test kit never ships.
#[test]
fn nothing_that_ships_uses_the_test_kit() {
    let metadata = workspace();
    assert_eq!(who_names(&metadata, SHIPPED, |name| name == "callboard-testkit"), set(&[]));
}

/// All source files under a folder with one of these endings.
fn sources(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                if path.file_name().is_none_or(|name| name != "node_modules" && name != "target") {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|ending| endings.iter().any(|known| ending == *known)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The user interface reaches its host through one file; that is what lets it run in a browser.
#[test]
fn only_one_file_of_the_user_interface_knows_tauri() {
    let files = sources(&root().join("ui/src"), &["ts", "tsx", "js", "jsx", "mts"]);
    assert!(files.len() > 20, "{} files", files.len());
    let knowing: Vec<String> =
        files.iter().filter(|path| read(path).contains("@tauri-apps")).map(|path| relative(path)).collect();
    // The user interface's own test of this wall has to name what it forbids.
    let knowing: Vec<String> = knowing.into_iter().filter(|path| !path.ends_with(".test.ts")).collect();
    assert_eq!(knowing, ["ui/src/platform/tauri.ts"]);
}

/// The double-dial hazard: the SDK's SIP client repeats a request whose reply was lost, and its connection may stand too late.
/// So the request that lets a phone ring is our own, made in one place.
#[test]
fn a_phone_is_let_ring_in_one_place_and_not_by_the_sdk() {
    let mut homes = BTreeSet::new();
    let all = sources(&root().join("src-tauri"), &["rs"]);
    // Tests of the hazard itself may make the wrong client; the testkit answers the request.
    for path in all.iter().filter(|path| !["/tests/", "/testkit/"].iter().any(|folder| relative(path).contains(folder)))
    {
        let text = read(path);
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(!code.contains("SIPClient"), "{} may dial twice", relative(path));
        if code.contains("/CreateSIPParticipant\"") {
            homes.insert(relative(path));
        }
    }
    assert_eq!(homes, set(&["src-tauri/crates/telephony/src/livekit/dialling.rs"]));
}

/// SQL is text in one crate; a string of it elsewhere would be a second home. Tests may look at rows.
#[test]
fn no_statement_stands_outside_the_database_crate() {
    for folder in ["contract", "core", "engine", "server", "telephony"] {
        for path in sources(&root().join("src-tauri/crates").join(folder).join("src"), &["rs"]) {
            let text = read(&path);
            for word in ["sqlx::", "select * from", "insert into ", "delete from "] {
                assert!(!text.contains(word), "{} holds {word:?}", relative(&path));
            }
        }
    }
}
