# What the campaigns share; each of them sources it. A campaign is a test of ours with more rounds
# than CI has time for: it builds the release preset, runs the one test, and with --receipt writes
# docs/campaigns/NAME.txt, which says what was run and what came out.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2

name=$(basename "$0")
receipt=no
declare -A value=()

# campaign_usage TEXT: what --help says.
campaign_usage() {
  usage_text=$1
}

# parse DEFAULTS... -- ARGUMENTS...: each default is option=value; ends in value[option].
parse() {
  while [[ $1 != -- ]]; do
    value[${1%%=*}]=${1#*=}
    shift
  done
  shift
  while (( $# > 0 )); do
    local option=${1#--}
    if [[ $1 == -h || $1 == --help ]]; then
      printf '%s\n' "$usage_text"
      exit 0
    elif [[ $1 == --receipt ]]; then
      receipt=yes
      shift
    elif [[ $1 == --* && -n ${value[$option]+known} && ${2-} =~ ^[0-9]+$ ]]; then
      value[$option]=$2
      shift 2
    else
      printf '%s\n' "$usage_text" >&2
      exit 2
    fi
  done
}

# How many lines of the test's own go into the receipt; a campaign may say more. What it defines as
# `conclude FILE` is given all output, and what that prints, indented, belongs to it.
receipt_lines=8
conclude() { :; }

# run_campaign PROGRAM FILTER: builds, runs, shows, and keeps the receipt.
run_campaign() {
  local program=$1 filter=$2
  cmake --preset release >/dev/null && cmake --build --preset release --target "$program" || exit 1
  run_command build/release/bin/"$program" --gtest_filter="$filter" --gtest_brief=1
}

# run_command COMMAND...: runs it, shows, and keeps the receipt.
run_command() {
  local started out status verdict
  out=$(mktemp)
  started=$SECONDS
  "$@" | tee "$out"
  status=${PIPESTATUS[0]}
  conclude "$out" | tee -a "$out"
  verdict=passed
  (( status == 0 )) || verdict=FAILED
  echo "$name: $verdict in $(( SECONDS - started )) s"
  if [[ $receipt == yes ]]; then
    mkdir -p docs/campaigns
    {
      printf '%s: %s\n\n' "$name" "$verdict"
      printf 'command  tests/campaigns/%s%s\n' "$name" \
        "$(for option in "${!value[@]}"; do echo "$option"; done | sort |
           while read -r option; do printf ' --%s %s' "$option" "${value[$option]}"; done)"
      printf 'commit   %s\n' "$(git describe --always --dirty --exclude '*')"
      printf 'date     %s\n' "$(date -u +%Y-%m-%d)"
      printf 'took     %s s\n\n' "$(( SECONDS - started ))"
      grep '^  ' "$out" | tail -n "$receipt_lines"
    } > "docs/campaigns/$name.txt"
    echo "receipt: docs/campaigns/$name.txt"
  fi
  rm -f "$out"
  exit "$status"
}
