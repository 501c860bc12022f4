//! Makes a sample that fails as small as it gets, so that somebody can look at it.

use crate::differential::Sample;

/// Leaves out of a sample whatever it still fails without: cuts, then bytes, in ever smaller pieces.
pub fn shrink(sample: &Sample, fails: impl Fn(&Sample) -> bool) -> Sample {
    let mut best = sample.clone();
    for plain in [Sample { cuts: Vec::new(), ..best.clone() }, Sample { breaks: false, ..best.clone() }] {
        let both = Sample { cuts: plain.cuts, breaks: plain.breaks && best.breaks, ..best.clone() };
        if fails(&both) {
            best = both;
        }
    }
    best.cuts = fewer(&best.cuts, |cuts| fails(&Sample { cuts: cuts.to_vec(), ..best.clone() }));
    // Without bytes the cuts are elsewhere; so this ends where it would have to move them.
    best.body = fewer(&best.body, |body| fails(&Sample { body: body.to_vec(), ..best.clone() }));
    best
}

/// Leaves out of a list whatever it still fails without.
fn fewer<T: Clone>(list: &[T], fails: impl Fn(&[T]) -> bool) -> Vec<T> {
    let mut best = list.to_vec();
    let mut size = best.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        let before = best.len();
        while at < best.len() {
            let mut less = best.clone();
            less.drain(at..(at + size).min(best.len()));
            if fails(&less) {
                best = less;
            } else {
                at += size;
            }
        }
        if size > 1 || best.len() == before {
            size /= 2;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::shrink;
    use crate::differential::Sample;

    #[test]
    fn keeps_what_matters() {
        let sample =
            Sample { body: b"some a long b text".to_vec(), cuts: vec![1, 2, 7], breaks: true, ..Sample::default() };
        let small = shrink(&sample, |sample| {
            sample.body.contains(&b'a') && sample.body.contains(&b'b') && sample.cuts.contains(&2)
        });
        assert_eq!((&*small.body, &*small.cuts, small.breaks), (&b"ab"[..], &[2][..], false));
    }
}
