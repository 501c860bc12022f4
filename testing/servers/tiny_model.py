"""Writes a model of a few hundred tokens whose weights are set by hand: each token is followed by the one that a table says.

It needs the Python packages gguf and numpy. The tokens are as wide as there are of them, attention and feed-forward add
nothing, and so the output is a table of pairs.
"""

import sys

import gguf
import numpy as np

SIZE = 512
BYTES = 3  # the first byte token; before it are the unknown one, the begin and the end

# What comes after the end of the prompt, without and with tools.
ANSWER = ["<|go|>", "<think>", "▁Let", "▁me", "▁see", ".", "</think>", "Once", "▁upon", "▁a", "▁time", "▁there", "▁was"]
LOOP = ["▁a▁router", "▁and▁it", "▁sent▁tokens", "▁on"]
CALL = ["<|tool|>", "<tool_call>", '\n{"name":▁"get_weather",', '▁"arguments":▁{}}', "\n</tool_call>"]

words = ANSWER + LOOP + CALL
tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + words
types = [2, 3, 3] + [6] * 256 + [3 if word.startswith("<|") else 1 for word in words]
while len(tokens) < SIZE:
    tokens.append(f"<pad{len(tokens)}>")
    types.append(5)

table = np.zeros((SIZE, SIZE), dtype=np.float32)
follow = lambda one, next: table.__setitem__((next, one), 2.0)
at = tokens.index
for chain in (ANSWER + LOOP[:1], LOOP + LOOP[:1], CALL):
    for one, next in zip(chain, chain[1:]):
        follow(at(one), at(next))
follow(at(CALL[-1]), 2)

out = gguf.GGUFWriter(sys.argv[1], "llama")
out.add_name("tiny")
out.add_context_length(8192)
out.add_embedding_length(SIZE)
out.add_block_count(1)
out.add_feed_forward_length(32)
out.add_head_count(8)
out.add_head_count_kv(8)
out.add_layer_norm_rms_eps(1e-5)
out.add_rope_dimension_count(SIZE // 8)
out.add_vocab_size(SIZE)
out.add_tokenizer_model("llama")
out.add_token_list([token.encode() for token in tokens])
out.add_token_scores([-float(number) for number in range(SIZE)])
out.add_token_types(types)
out.add_unk_token_id(0)
out.add_bos_token_id(1)
out.add_eos_token_id(2)
out.add_add_space_prefix(False)

none = lambda *shape: np.zeros(shape, dtype=np.float32)
ones = np.ones(SIZE, dtype=np.float32)
out.add_tensor("token_embd.weight", np.eye(SIZE, dtype=np.float32))
out.add_tensor("output.weight", table)
out.add_tensor("output_norm.weight", ones)
for name in ("attn_norm", "ffn_norm"):
    out.add_tensor(f"blk.0.{name}.weight", ones)
for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
    out.add_tensor(f"blk.0.{name}.weight", none(SIZE, SIZE))
out.add_tensor("blk.0.ffn_gate.weight", none(32, SIZE))
out.add_tensor("blk.0.ffn_up.weight", none(32, SIZE))
out.add_tensor("blk.0.ffn_down.weight", none(SIZE, 32))
out.write_header_to_file()
out.write_kv_data_to_file()
out.write_tensors_to_file()
out.close()
