//! What a driver is asked, and what it saw: one line of JSON, which `beside` judges.

#![forbid(unsafe_code)]

pub mod ours;

use serde_json::{Value, json};

/// The question of every request.
pub const QUESTION: &str = "What is the weather?";

/// What a driver is to ask: its four arguments.
#[derive(Debug)]
pub struct Ask {
    /// The base URL, `http://127.0.0.1:PORT/v1`.
    pub base: String,
    /// The model, whose name chooses the stream.
    pub model: String,
    /// Whether the request offers the tool `weather`.
    pub tools: bool,
    /// The number of answers asked for.
    pub n: u32,
}

impl Ask {
    /// Reads the arguments of the program.
    pub fn from_args() -> Self {
        let mut args = std::env::args().skip(1);
        let mut next = || args.next().expect("usage: DRIVER BASE MODEL TOOLS N");
        let (base, model, tools, n) = (next(), next(), next(), next());
        Self { base, model, tools: tools == "1", n: n.parse().expect("N is a number") }
    }

    /// The parameters of the tool.
    pub fn parameters() -> Value {
        json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]})
    }
}

/// What came out of a client.
#[derive(Debug, Default)]
pub struct Seen {
    /// The deltas of the first choice, as they were handed out.
    pub text: String,
    /// Calls that the client offers: name and arguments, as text.
    pub calls: Vec<(String, String)>,
    /// Calls that the client marks as cut or invalid.
    pub marked: usize,
    /// The client hands out deltas only, and the driver added them up.
    pub deltas_only: bool,
    /// An answer of the client holds one choice; the request cannot ask for two.
    pub one_answer: bool,
    pub finish: Option<String>,
    pub cost: Option<f64>,
    /// The member `x_future` of a chunk, which no version of the API has.
    pub future: bool,
    pub error: Option<String>,
}

impl Seen {
    /// Notes the first error, with the errors that caused it.
    pub fn failed(&mut self, error: &(dyn std::error::Error + 'static)) {
        let chain = std::iter::successors(Some(error), |error| error.source());
        let words: Vec<String> = chain.map(ToString::to_string).collect();
        self.error.get_or_insert(words.join(": "));
    }

    /// Prints the line.
    pub fn print(&self) {
        let calls: Vec<Value> = self.calls.iter().map(|(name, arguments)| json!([name, arguments])).collect();
        let line = json!({
            "text": self.text, "calls": calls, "marked": self.marked, "deltas_only": self.deltas_only, "one_answer": self.one_answer,
            "finish": self.finish, "cost": self.cost, "future": self.future, "error": self.error,
        });
        println!("{line}");
    }
}
