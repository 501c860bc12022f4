//! What reading a whole reply takes is bounded, whatever a server fills its lists with: at most 8 times the instructions
//! that serde_json takes to skip the same bytes where the reply is long, and at most 300 million where its elements are as
//! short, and as many, as they can be. Most of it is allocations: each element becomes a value that keeps all its members.

use requesty_counts::callgrind;
use requesty_counts::whole_replies::{FLAG, Size, names};

/// The most instructions for a long reply, beside those of serde_json skipping it.
const TIMES: f64 = 8.0;
/// The most instructions for a reply of 65,536 elements, each as short as it can be.
const SHORT: u64 = 300_000_000;

#[test]
fn what_a_whole_reply_takes_is_bounded() {
    let Some(program) = super::program() else { return };
    let count =
        |name, size: Size, who| callgrind::instructions(program, &[FLAG, name, size.name(), who]).expect("a count").0;
    let mut over = Vec::new();
    for name in names() {
        let most = count(name, Size::Most, "requesty");
        let [ours, skipping, value] = ["requesty", "skipping", "value"].map(|who| count(name, Size::Long, who) as f64);
        let times = ours / skipping;
        let line = format!(
            "{name}: {times:.1} times skipping it, where serde_json's own values take {:.1}, and {} million at most",
            value / skipping,
            most / 1_000_000
        );
        println!("{line}");
        if times > TIMES || most > SHORT {
            over.push(line);
        }
    }
    assert!(over.is_empty(), "{}", over.join("; "));
}
