# What the scripts share; to be sourced by one that stands at the root of the source tree.
HOME_DIR=${THECLOUD_HOME:-.cloud}
NODE=node_modules/.bin/node
LOG=$HOME_DIR/log/setup.log

now() { date +%s%3N; }

# step LABEL COMMAND...: one line with a mark and the time; what the command prints goes to the log, its end is
# shown when it fails.
step() {
  label=$1
  shift
  (umask 077 && mkdir -p "$HOME_DIR/log" && : >"$LOG") # its directory is closed to others from the start
  begun=$(now)
  if [ -t 1 ]; then printf '… %s' "$label"; fi
  if "$@" >"$LOG" 2>&1; then mark=✓; else mark=✗; fi
  tenths=$((($(now) - begun) / 100))
  if [ -t 1 ]; then printf '\r\033[K'; fi
  printf '%s %-52s %3d.%d s\n' "$mark" "$label" $((tenths / 10)) $((tenths % 10))
  if [ $mark = ✗ ]; then
    printf '\nLast lines of %s:\n' "$LOG" >&2
    tail -n 25 "$LOG" >&2
    return 1
  fi
}

# fail MESSAGE ADVICE
fail() {
  printf '✗ %s\n  What to do: %s\n' "$1" "$2" >&2
  exit 1
}

# exclusively COMMAND...: runs it under this installation's lock and ends with it; returns at once inside of that. The
# supervisor holds the lock for a moment when it starts an engine again.
exclusively() {
  [ "${THECLOUD_EXCLUSIVE:-}" != 1 ] || return 0
  mkdir -p "$HOME_DIR"
  status=0
  # --close: processes that outlive the command must not hold the lock.
  THECLOUD_EXCLUSIVE=1 flock --close --wait 10 --conflict-exit-code 75 "$HOME_DIR/lock" "$@" || status=$?
  [ $status -ne 75 ] || fail 'another make up, down or clean is at work here' 'wait until it has ended'
  exit $status
}
