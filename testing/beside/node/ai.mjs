// Reads one stream through the AI SDK and its provider for compatible servers, and prints what came out as one line of JSON.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { jsonSchema, streamText, tool } from "ai";

globalThis.AI_SDK_LOG_WARNINGS = false;
const [baseURL, model, tools] = process.argv.slice(2);
const seen = { text: "", calls: [], marked: 0, finish: null, cost: null, future: false, error: null, one_answer: true };
const words = (error) => {
  const all = [];
  for (let at = error; at; at = at.cause) all.push(at.message ?? JSON.stringify(at));
  return all.join(": ");
};

try {
  const provider = createOpenAICompatible({ name: "requesty", baseURL, apiKey: "key", includeUsage: true });
  const settings = { model: provider.chatModel(model), prompt: "What is the weather?", includeRawChunks: true, onError() {} };
  if (tools === "1") {
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    settings.tools = { weather: tool({ description: "The weather.", inputSchema: jsonSchema(parameters) }) };
  }
  for await (const part of streamText(settings).fullStream) {
    if (part.type === "text-delta") seen.text += part.text;
    if (part.type === "raw") seen.future ||= "x_future" in Object(part.rawValue);
    if (part.type === "error") seen.error ??= words(part.error);
    if (part.type === "tool-call" && part.invalid) seen.marked += 1;
    if (part.type === "tool-call" && !part.invalid) seen.calls.push([part.toolName, JSON.stringify(part.input)]);
    if (part.type === "finish-step") {
      seen.finish = part.rawFinishReason ?? null;
      seen.cost = part.usage?.raw?.cost ?? null;
    }
  }
} catch (error) {
  seen.error ??= words(error);
}
console.log(JSON.stringify(seen));
process.exit(0);
