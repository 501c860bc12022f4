#!/usr/bin/env bash
# Starts LiteLLM's proxy on the loopback interface, with models that answer by themselves; installs it on first use.
set -euo pipefail
config=$(cd "$(dirname "$0")" && pwd)/litellm.yaml
at=${1:?usage: litellm.sh FOLDER [PORT]}
port=${2:-4011}
mkdir -p "$at"
cd "$at"
if [ ! -x venv/bin/litellm ]; then
  python3 -m venv venv
  ./venv/bin/pip install -q 'litellm[proxy]'
fi
echo "REQUESTY_LITELLM=http://127.0.0.1:$port/v1"
export LITELLM_LOCAL_MODEL_COST_MAP=True
exec ./venv/bin/litellm --config "$config" --host 127.0.0.1 --port "$port"
