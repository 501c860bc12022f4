//! A profile names the functions of an event, and nothing of its cost is missing.

use requesty_counts::callgrind;
use requesty_counts::feed::Cut;
use requesty_counts::profile::profile;

#[test]
fn the_functions_of_an_event_add_up_to_it() {
    let Some(program) = super::program() else { return };
    let cut = Cut::Every(1_400);
    let count = callgrind::count(program, "requesty", "text", cut).expect("a count");
    let functions = profile(program, "requesty", "text", cut).expect("a profile");
    let sum: f64 = functions.iter().map(|(_, cost)| cost).sum();
    assert!((sum / count - 1.0).abs() < 0.01, "{sum} of {count}");
    let (most, cost) = &functions[0];
    assert!(most.contains("requesty_core") && *cost > count / 4.0, "{most}: {cost}");
}
