//! A crate that is no member of the workspace tests its own code against the mock.

mod outside_crate {
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::{env, fs};

    /// The code of that crate, and its test, which is ten lines long.
    const CODE: &str = r#"
use requesty_ureq::{Client, Error, Router, chat};

/// Asks for a greeting.
pub fn greet(router: &Router, name: &str) -> Result<String, Error> {
    let request = chat::Request::user(format!("Greet {name}.")).model("openai/gpt-4o-mini");
    Client::new().stream(&router.chat_stream(&request)?)?.texts().collect()
}
"#;
    const TEST: &str = r#"
#[test]
fn a_greeting_is_whole_or_an_error() {
    let mock = requesty_mock::Mock::start().unwrap();
    mock.reply(requesty_mock::Reply::text(["Hi, ", "Ada", "!"]));
    mock.reply(requesty_mock::Reply::cut_after("Hi, "));
    assert_eq!(greet(&mock.router(), "Ada").unwrap(), "Hi, Ada!");
    assert_eq!(mock.requests()[0].json()["messages"][0]["content"], "Greet Ada.");
    assert!(greet(&mock.router(), "Ada").is_err());
}
"#;

    /// Builds the whole tree once more, in a folder that the next run finds again.
    #[test]
    #[ignore = "builds a crate with all its dependencies"]
    fn tests_its_own_code_in_ten_lines() {
        assert!(TEST.trim().lines().count() <= 10);
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let folder = env::temp_dir().join(format!("requesty-outside-{}", std::process::id()));
        fs::create_dir_all(folder.join("src")).unwrap();
        let manifest = format!(
            "[package]\nname = \"outside\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[profile.dev]\ndebug = false\n\n\
             [dependencies]\nrequesty-ureq = {{ path = {:?} }}\n\n[dev-dependencies]\nrequesty-mock = {{ path = {:?} }}\n",
            workspace.join("transport-ureq"),
            workspace.join("testing/mock"),
        );
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        // The versions that this workspace has are there without a network.
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        fs::write(folder.join("src/lib.rs"), [CODE, TEST].concat()).unwrap();
        let output = Command::new(env!("CARGO"))
            .args(["test", "--offline", "--quiet"])
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", target().join("outside"))
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        fs::remove_dir_all(&folder).unwrap();
        let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert!(output.status.success(), "{printed}");
        assert!(printed.contains("1 passed"), "{printed}");
    }

    /// The folder that this test was built into, or one within it.
    fn target() -> PathBuf {
        PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
    }
}
