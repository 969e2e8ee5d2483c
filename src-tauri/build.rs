//! Lets Tauri read its configuration, with permissions and capabilities kept in `src-tauri`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // With path patterns of our own tauri-build watches neither folder: without these lines a
    // permission that was taken away would stay granted until the next clean build.
    println!("cargo:rerun-if-changed=src-tauri/permissions");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    // Nor the pages: a window with those of yesterday would be tested.
    println!("cargo:rerun-if-changed=ui/dist");
    let manifest = tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*.toml");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*.json")
        .app_manifest(manifest);
    tauri_build::try_build(attributes)?;
    Ok(())
}
