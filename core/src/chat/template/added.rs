//! The additions of a matched chunk to the sums.

use super::Template;
use super::slot::{Field, Target};
use crate::chat::accumulator::Accumulator;

impl Accumulator {
    /// Adds a chunk that matched, with the same result as [`fold`](Self::fold) for a chunk that was read in full. The
    /// rows are those of the chunk before. The caller must have checked that there is [room](Self::has_room_for).
    #[inline(always)]
    pub(in crate::chat) fn fold_match(&mut self, data: &[u8], template: &Template) {
        self.show_deltas();
        for slot in template.pattern.slots() {
            let (text, range) = match slot.kind {
                Target::Text(field, delta) => {
                    let Some(delta) = self.deltas.get_mut(delta as usize) else { continue };
                    let Some(choice) = self.choices.get_mut(delta.choice) else { continue };
                    match field {
                        Field::Content => (&mut choice.content, &mut delta.content),
                        Field::Reasoning => (&mut choice.reasoning, &mut delta.reasoning),
                        Field::Refusal => (&mut choice.refusal, &mut delta.refusal),
                    }
                }
                Target::Arguments(place) => {
                    let Some(delta) = self.call_deltas.get_mut(place as usize) else { continue };
                    let Some(choice) = self.choices.get_mut(delta.choice) else { continue };
                    let Some(call) = choice.calls.list.get_mut(delta.call) else { continue };
                    (&mut call.arguments, &mut delta.arguments)
                }
                Target::Extra(place) => {
                    self.size += self.extra.replace(place as usize, slot.now.quoted().of(data));
                    self.repeats.clear();
                    continue;
                }
                Target::Id | Target::Created | Target::Count | Target::Cost => continue,
            };
            *range = text.push(data, slot.now);
            self.size += range.1 - range.0;
        }
        if let Some(usage) = template.usage_now() {
            self.defer_usage(usage.of(data));
        }
    }
}
