//! A completion that can be sent in both ways: as one body and as a stream of chunks.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::ask::Ask;
use crate::script::Script;

/// When the recorded completion was made; a constant, so that runs can be compared.
pub(crate) const CREATED: u64 = 1_752_192_130;

/// The answer to "What is an LLM gateway?", the question every sample asks.
pub(crate) const GATEWAY: &str = "An LLM gateway is a service that sits between your application and the companies \
     that host language models. You send every request to one address, in one format, and the gateway passes it on \
     to whichever provider serves the model you named. Along the way it can retry on another provider when the first \
     one fails, spread load, reuse cached prompts, keep track of what each request cost and hold keys and spending \
     limits in one place. Your code stays the same while the models behind it change.";

/// One choice of an answer, in both forms.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// The whole message.
    pub(crate) message: Value,
    /// The deltas that add up to it.
    pub(crate) deltas: Vec<Value>,
    /// The finish reason.
    pub(crate) finish: Value,
}

impl Choice {
    /// Makes a text choice, with a delta for each word.
    pub(crate) fn text(text: &str) -> Self {
        Self {
            message: json!({"role": "assistant", "content": text}),
            deltas: text.split_inclusive(' ').map(|word| json!({"content": word})).collect(),
            finish: json!("stop"),
        }
    }
}

/// A completion.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) choices: Vec<Choice>,
    /// The usage; sent in a stream only when the request asks for it.
    pub(crate) usage: Value,
    /// Further members of the body and of the last chunk that has choices.
    pub(crate) root: Map<String, Value>,
    pub(crate) pace: Duration,
    stream: bool,
    include_usage: bool,
    id: String,
    model: String,
}

impl Answer {
    /// Makes a text answer.
    pub(crate) fn text(ask: &Ask, text: &str) -> Self {
        Self::of(ask, vec![Choice::text(text)])
    }

    /// Makes the answer to the question of the samples.
    pub(crate) fn gateway(ask: &Ask) -> Self {
        Self::text(ask, GATEWAY)
    }

    /// Makes an answer of one message and the deltas that add up to it.
    pub(crate) fn new(ask: &Ask, message: Value, deltas: Vec<Value>, finish: &str) -> Self {
        Self::of(ask, vec![Choice { message, deltas, finish: json!(finish) }])
    }

    /// Makes an answer of several choices.
    pub(crate) fn of(ask: &Ask, choices: Vec<Choice>) -> Self {
        let completion = choices.iter().map(|choice| choice.deltas.len() as u64).sum::<u64>();
        // Requesty reports the model without the provider it was asked for with.
        let model = ask.model().rsplit('/').next().unwrap_or_default().to_owned();
        Self {
            choices,
            usage: usage(ask.prompt_tokens(), completion),
            root: Map::new(),
            pace: Duration::ZERO,
            stream: ask.stream(),
            include_usage: ask.include_usage(),
            id: ask.id(),
            model,
        }
    }

    /// Sets the first choice's finish reason.
    pub(crate) fn finish(mut self, reason: &str) -> Self {
        for choice in &mut self.choices {
            choice.finish = json!(reason);
        }
        self
    }

    /// Sets the usage.
    pub(crate) fn usage(mut self, usage: Value) -> Self {
        self.usage = usage;
        self
    }

    /// Adds a member at the root of the body and of the finish chunk.
    pub(crate) fn root(mut self, name: &str, value: Value) -> Self {
        self.root.insert(name.to_owned(), value);
        self
    }

    /// Waits this long before each chunk.
    pub(crate) fn pace(mut self, time: Duration) -> Self {
        self.pace = time;
        self
    }

    /// Returns the body of an answer that is not streamed.
    pub(crate) fn whole(&self) -> Value {
        let choices: Vec<Value> = (0u64..)
            .zip(&self.choices)
            .map(|(index, it)| json!({"index": index, "message": it.message, "finish_reason": it.finish}))
            .collect();
        let mut body = self.head("chat.completion");
        body["choices"] = Value::Array(choices);
        if !self.usage.is_null() {
            body["usage"] = self.usage.clone();
        }
        self.add_root(&mut body);
        body
    }

    /// Returns a chunk of this answer with the given choices.
    pub(crate) fn chunk(&self, choices: Value) -> Value {
        let mut chunk = self.head("chat.completion.chunk");
        chunk["choices"] = choices;
        chunk
    }

    /// Returns a chunk with one delta of the first choice.
    pub(crate) fn delta(&self, delta: Value) -> Value {
        self.chunk(json!([{"index": 0, "delta": delta}]))
    }

    /// Returns the chunks with deltas: the choices take turns, each starts with its role.
    pub(crate) fn delta_chunks(&self) -> Vec<Value> {
        let mut chunks = Vec::new();
        let longest = self.choices.iter().map(|choice| choice.deltas.len()).max().unwrap_or(0);
        for round in 0..longest {
            for (index, choice) in (0u64..).zip(&self.choices) {
                let Some(mut delta) = choice.deltas.get(round).cloned() else { continue };
                if round == 0 && delta.get("role").is_none() {
                    delta["role"] = json!("assistant");
                }
                chunks.push(self.chunk(json!([{"index": index, "delta": delta}])));
            }
        }
        chunks
    }

    /// Returns the chunks that carry the finish reasons.
    pub(crate) fn finish_chunks(&self) -> Vec<Value> {
        let choices = (0u64..).zip(&self.choices);
        let mut chunks: Vec<Value> = choices
            .map(|(index, it)| self.chunk(json!([{"index": index, "delta": {}, "finish_reason": it.finish}])))
            .collect();
        if let Some(last) = chunks.last_mut() {
            self.add_root(last);
        }
        chunks
    }

    /// Returns the usage chunk, in the shape the documentation shows: no choice in it.
    pub(crate) fn usage_chunk(&self) -> Value {
        let mut chunk = self.chunk(json!([]));
        chunk["usage"] = self.usage.clone();
        chunk
    }

    /// Returns every chunk of the stream; the usage chunk only if the request asks for usage.
    pub(crate) fn chunks(&self) -> Vec<Value> {
        let mut chunks = self.delta_chunks();
        chunks.extend(self.finish_chunks());
        if self.include_usage && !self.usage.is_null() {
            chunks.push(self.usage_chunk());
        }
        chunks
    }

    /// Returns the stream's body bytes up to and with `[DONE]`.
    pub(crate) fn sse_text(&self) -> String {
        let mut text: String = self.chunks().iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
        text.push_str(crate::script::DONE);
        text
    }

    /// Sends the answer in the form that the request asks for.
    pub(crate) fn script(&self) -> Script {
        self.script_with(&self.chunks())
    }

    /// Like [`Answer::script`], with other chunks for the streamed form.
    pub(crate) fn script_with(&self, chunks: &[Value]) -> Script {
        if !self.stream {
            return self.whole_script();
        }
        let mut script = Script::sse();
        for chunk in chunks {
            if !self.pace.is_zero() {
                script = script.pause(self.pace);
            }
            script = script.event(chunk);
        }
        script.done()
    }

    /// Sends the answer as one body.
    pub(crate) fn whole_script(&self) -> Script {
        Script::json(200, &self.whole())
    }

    /// Plays other bytes for the streamed form; the whole form stays.
    pub(crate) fn streamed_as(&self, streamed: Script) -> Script {
        Script::by_mode(streamed, self.whole_script())
    }

    fn head(&self, object: &str) -> Value {
        json!({"id": self.id, "object": object, "created": CREATED, "model": self.model})
    }

    fn add_root(&self, body: &mut Value) {
        for (name, value) in &self.root {
            body[name.as_str()] = value.clone();
        }
    }
}

/// Returns usage as Requesty reports it, the cost in dollars among it.
pub(crate) fn usage(prompt: u64, completion: u64) -> Value {
    // Prices of a small model, in millionths of a cent per token, so that the sum stays exact.
    let cost = (prompt * 15 + completion * 60) as f64 / 1e8;
    json!({
        "prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion, "cost": cost,
        "prompt_tokens_details": {"cached_tokens": 0}, "completion_tokens_details": {"reasoning_tokens": 0},
    })
}
