// Reads one stream through openai-node, and prints what came out as one line of JSON.
import OpenAI from "openai";

const [base, model, tools, n] = process.argv.slice(2);
const seen = { text: "", calls: [], marked: 0, finish: null, cost: null, future: false, error: null };
const request = {
  model,
  messages: [{ role: "user", content: "What is the weather?" }],
  n: Number(n),
  stream_options: { include_usage: true },
};
if (tools === "1") {
  const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  request.tools = [{ type: "function", function: { name: "weather", description: "The weather.", parameters } }];
}

try {
  const stream = new OpenAI({ baseURL: base, apiKey: "key" }).chat.completions.stream(request);
  for await (const chunk of stream) {
    seen.future ||= "x_future" in chunk;
    for (const choice of chunk.choices ?? []) {
      if (choice.index === 0) seen.text += choice.delta?.content ?? "";
    }
  }
  const completion = await stream.finalChatCompletion();
  for (const choice of completion.choices ?? []) {
    for (const call of choice.message.tool_calls ?? []) seen.calls.push([call.function.name, String(call.function.arguments)]);
  }
  seen.finish = completion.choices?.[0]?.finish_reason ?? null;
  seen.cost = completion.usage?.cost ?? null;
} catch (error) {
  const words = [];
  for (let at = error; at; at = at.cause) words.push(`${at.name}: ${at.message}`);
  seen.error = words.join(": ");
}
console.log(JSON.stringify(seen));
process.exit(0);
