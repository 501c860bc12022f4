"""Reads one stream through openai-python, and prints what came out as one line of JSON."""

import json
import sys

from openai import OpenAI

base, model, tools, n = sys.argv[1:5]
seen = {"text": "", "calls": [], "marked": 0, "finish": None, "cost": None, "future": False, "error": None}
request = {
    "model": model,
    "messages": [{"role": "user", "content": "What is the weather?"}],
    "n": int(n),
    "stream_options": {"include_usage": True},
}
if tools == "1":
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    function = {"name": "weather", "description": "The weather.", "parameters": parameters}
    request["tools"] = [{"type": "function", "function": function}]

try:
    with OpenAI(base_url=base, api_key="key").chat.completions.stream(**request) as stream:
        for event in stream:
            if event.type == "chunk":
                seen["future"] |= hasattr(event.chunk, "x_future")
                for choice in event.chunk.choices:
                    if choice.index == 0:
                        seen["text"] += choice.delta.content or ""
        completion = stream.get_final_completion()
    for choice in completion.choices or []:
        for call in choice.message.tool_calls or []:
            seen["calls"].append([call.function.name, str(call.function.arguments)])
    if completion.choices:
        seen["finish"] = completion.choices[0].finish_reason
    seen["cost"] = getattr(completion.usage, "cost", None)
except Exception as error:
    words = []
    while error is not None:
        words.append(f"{type(error).__name__}: {error}")
        error = error.__cause__
    seen["error"] = ": ".join(words)

print(json.dumps(seen))
