//! Sees to it that new page assets are compiled in, and says so when there are none.

fn main() {
    println!("cargo::rerun-if-changed=assets/dist");
    if !std::path::Path::new("assets/dist/manifest.json").exists() {
        println!(
            "cargo::warning=no page assets yet: `cargo xtask assets` makes them, `cargo xtask build` does both"
        );
    }
}
