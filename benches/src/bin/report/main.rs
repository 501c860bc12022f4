//! Prints every figure beside its goal.

use requesty_benches::callgrind;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some((callgrind::FLAG, rest)) = arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        callgrind::run(rest);
    }
}
