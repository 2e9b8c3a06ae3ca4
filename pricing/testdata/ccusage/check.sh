#!/bin/sh
# Prints what the public tool ccusage (npm, 17.x) makes of the made-up Claude Code
# sessions beside this script, as JSON: tokens and dollars per day and model at the
# list prices that it carries. Needs npm; fetches the package on its first run.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
CLAUDE_CONFIG_DIR="$here/claude" TZ=UTC LOG_LEVEL=0 \
	npm exec --yes --package=ccusage@17.2.1 -- ccusage daily --json --offline --breakdown --mode calculate
