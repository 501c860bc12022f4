#!/usr/bin/env bash
# Starts llama.cpp's server on the loopback interface, with a tiny model made on the spot; builds it on first use, from the
# sources that the Python package carries. That takes some minutes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
at=${1:?usage: llama.sh FOLDER [PORT]}
port=${2:-4012}
mkdir -p "$at"
cd "$at"
export PATH="$PWD/venv/bin:$PATH"
if [ ! -x build/bin/llama-server ]; then
  python3 -m venv venv
  pip install -q scikit-build-core cmake ninja gguf
  pip download -q --no-deps --no-binary llama-cpp-python --no-build-isolation -d source llama-cpp-python
  tar xzf source/llama_cpp_python*.tar.gz -C source
  cmake -G Ninja -S source/llama_cpp_python*/vendor/llama.cpp -B build -DCMAKE_BUILD_TYPE=Release -DLLAMA_CURL=OFF \
    -DGGML_NATIVE=OFF -DGGML_OPENMP=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF
  ninja -C build llama-server
fi
python3 "$here/tiny_model.py" tiny.gguf
echo "REQUESTY_LLAMA=http://127.0.0.1:$port/v1 REQUESTY_LLAMA_PID=$$"
exec build/bin/llama-server -m tiny.gguf --host 127.0.0.1 --port "$port" --alias tiny -c 8192 -np 4 -t 1 \
  --jinja --chat-template-file "$here/tiny_template.jinja"
