//! What came out of a stream, and whether it is what had to.

use requesty_core::chat::Completion;

use crate::corpora::Expected;

/// What a peer's typed chunks were appended to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many chunks were decoded.
    pub chunks: usize,
    /// How many events were refused: no chunk to this peer.
    pub refused: usize,
    /// The texts.
    pub text: String,
    /// The reasoning, where the peer knows of any.
    pub reasoning: String,
    /// The arguments of calls.
    pub arguments: String,
}

/// What framing gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Framed {
    /// How many events had data.
    pub events: usize,
    /// How many bytes of data they had together.
    pub data: usize,
}

/// What came out of reading one stream once.
#[derive(Debug)]
pub enum Outcome {
    /// Events with their data.
    Framed(Framed),
    /// What a peer added up.
    Sums(Sums),
    /// What the core added up, and what the consumer saw on the way.
    Completion {
        /// The chunks that were looked at.
        chunks: usize,
        /// The bytes of text, reasoning and arguments in them.
        seen: [usize; 3],
        /// The total.
        completion: Box<Completion>,
    },
    /// Line ends, or bytes, that a floor went over.
    Floor(usize),
}

/// What an implementation gives of a stream by design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Everything.
    All,
    /// Everything but the reasoning, for which its types have no member; and it refuses chunks that its types have no
    /// value for.
    NoReasoning,
    /// Only what pieces do not cut: the sample keeps nothing from one piece to the next.
    WholeLinesText,
}

impl Outcome {
    /// Checks what came out against what had to, as far as `gives` goes.
    ///
    /// # Panics
    /// Panics where it is anything else: a bench of the wrong result measures nothing.
    pub fn check(&self, who: &str, gives: Gives, expected: &Expected, events: usize) {
        match self {
            Outcome::Framed(framed) => assert_eq!(framed.events, events, "{who}"),
            Outcome::Floor(count) => assert!(*count >= 2 * events, "{who}: {count} line ends for {events} events"),
            Outcome::Sums(sums) => check_sums(who, gives, sums, expected),
            Outcome::Completion { chunks, seen, completion } => {
                assert_eq!(*chunks, expected.chunks, "{who}: chunks");
                let (mut text, mut arguments, mut reasoning) = (String::new(), String::new(), String::new());
                for choice in &completion.choices {
                    text += &choice.message.text();
                    reasoning += choice.message.reasoning.as_deref().unwrap_or_default();
                    choice.message.tool_calls.iter().for_each(|call| arguments += call.function.arguments.as_str());
                }
                assert!(text == expected.text, "{who}: the total's text");
                assert!(reasoning == expected.reasoning, "{who}: the total's reasoning");
                assert!(arguments == expected.arguments, "{who}: the total's arguments");
                assert_eq!(*seen, [text.len(), reasoning.len(), arguments.len()], "{who}: the deltas");
                let reason = completion.finish_reason().map(|reason| reason.as_str().to_owned());
                assert_eq!(reason, expected.finish_reason, "{who}: the finish reason");
            }
        }
    }

    /// Returns how many events a peer refused.
    pub fn refused(&self) -> usize {
        if let Outcome::Sums(sums) = self { sums.refused } else { 0 }
    }
}

fn check_sums(who: &str, gives: Gives, sums: &Sums, expected: &Expected) {
    let same = |what: &str, got: &str, wanted: &str| {
        let equal = if expected.interleaved { got.len() == wanted.len() } else { got == wanted };
        assert!(equal, "{who}: {what}: {} bytes came out, {} had to", got.len(), wanted.len());
    };
    if gives == Gives::WholeLinesText {
        assert!(sums.text.len() <= expected.text.len(), "{who}: more text than there is");
        return;
    }
    assert_eq!(sums.chunks + sums.refused, expected.chunks, "{who}: chunks");
    // What a refused chunk held is lost, and no one else's fault.
    if sums.refused > 0 {
        return;
    }
    same("text", &sums.text, &expected.text);
    same("arguments", &sums.arguments, &expected.arguments);
    same("reasoning", &sums.reasoning, if gives == Gives::NoReasoning { "" } else { &expected.reasoning });
}
