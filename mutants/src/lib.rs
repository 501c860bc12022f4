#![forbid(unsafe_code)]
//! Nothing of its own: `tests/core.rs` holds the tests of the core in one binary, and `run` changes the core under them.

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_of_tests_is_whole() {
        let list = include_str!("../tests/core.rs");
        let own_allocator =
            ["allocations.rs", "file_memory.rs", "linear.rs", "messages_allocations.rs", "wire_numbers.rs"];
        for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../core/tests")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".rs") && !own_allocator.contains(&&*name) {
                assert!(list.contains(&format!("core/tests/{name}\"")), "add {name} to mutants/tests/core.rs");
            }
        }
    }
}
