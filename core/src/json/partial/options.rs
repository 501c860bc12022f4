//! The options of a reader of unfinished JSON: what it shows, takes and refuses.

/// How unfinished JSON is read and shown.
///
/// ```
/// use requesty_core::json::partial::{Partial, PartialOptions, Show};
///
/// let mut options = PartialOptions::default();
/// options.numbers = Show::Begun;
/// let mut partial = Partial::new(options);
/// partial.push(br#"{"price":12."#)?;
/// assert_eq!(partial.value().unwrap(), serde_json::json!({"price": 12}));
/// # Ok::<(), requesty_core::json::partial::PartialError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartialOptions {
    /// Strings in the snapshot; [`Show::Begun`] by default. Half a surrogate pair is held back either way.
    pub strings: Show,
    /// Numbers in the snapshot; [`Show::Final`] by default. A number that has begun is shown as its longest prefix that is a
    /// number, of at most 200 bytes and two digits of exponent: `12.` as 12, `-` not at all.
    pub numbers: Show,
    /// `true`, `false` and `null` in the snapshot; [`Show::Final`] by default. One letter says which of them it is.
    pub literals: Show,
    /// The text that may stand before the value; [`Leading::Refuse`] by default.
    pub leading: Leading,
    /// How many arrays and objects may be open at once; 127 by default, as in serde_json.
    pub max_depth: u8,
    /// How many bytes may come; 16 MiB by default. What is kept beside the text takes up to 18 times as much in the worst
    /// case (`[0,0,0…`), and about 6 times as much for a list of objects.
    pub max_bytes: u32,
    /// Whether a key that is given twice in one object is an error; false by default: the last value counts, as in serde_json.
    pub refuse_repeated: bool,
}

impl Default for PartialOptions {
    fn default() -> Self {
        PartialOptions {
            strings: Show::Begun,
            numbers: Show::Final,
            literals: Show::Final,
            leading: Leading::Refuse,
            max_depth: 127,
            max_bytes: 16 << 20,
            refuse_repeated: false,
        }
    }
}

/// From when on a string, a number or a literal is in the snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// From its first byte on.
    Begun,
    /// Once no byte can change it.
    Final,
}

/// The text that may stand before the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leading {
    /// White space alone.
    Refuse,
    /// White space, and a Markdown fence: three backticks, the rest of their line, the value, three backticks. The fence at
    /// the end may be missing, as it does where it is the stop sequence.
    Fence,
    /// Anything before the first `{` or `[`, and anything after the value that begins there. A bracket in the prose before
    /// the value (`see [the] {…}`) is taken for the value's.
    Prose,
}
