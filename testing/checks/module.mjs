// Asserts that a module imports nothing from its host, and that it reads its stream, whatever the pieces.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const bytes = readFileSync(process.argv[2]);
const module = new WebAssembly.Module(bytes);
assert.deepEqual(WebAssembly.Module.imports(module), []);
const { text_length: textLength } = new WebAssembly.Instance(module).exports;
for (const size of [1, 7, 1024]) {
  assert.equal(textLength(size), "One API, many models.".length);
}
console.log(`a module of ${bytes.length} bytes imports nothing and reads its stream`);
