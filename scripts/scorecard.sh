#!/bin/bash
# Node-RED's package scorecard, without network: every check has to hold, and every node type has to be seen.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=.tools/nrdev/node_modules/.bin/node-red-dev
[ -x "$tool" ] || npm install --prefix .tools/nrdev --no-save --no-package-lock --ignore-scripts --no-audit --no-fund node-red-dev@0.1.6 >/dev/null 2>&1
[ -d dist/nodes ] || npm run build
rm -f scorecard.json
NODE_OPTIONS="--require $PWD/scripts/scorecard-offline.cjs" "$tool" validate -o scorecard.json </dev/null
node scripts/scorecard-check.mjs
