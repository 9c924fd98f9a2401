# What the scripts share; to be sourced by one that stands at the root of the source tree.
HOME_DIR=${THECLOUD_HOME:-.cloud}
NODE=node_modules/.bin/node
LOG=$HOME_DIR/log/setup.log
# As long as a start of everything may take.
LOCK_SECONDS=90

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

# lock exclusive|shared: this installation's lock until the script ends. Exclusive is for verbs that start, stop, make or
# remove it, shared for those that work on a running one. Commands get `9>&-`, so that processes that outlive the script
# do not hold the lock.
lock() {
  mkdir -p "$HOME_DIR"
  exec 9>>"$HOME_DIR/lock"
  flock "--$1" --nonblock 9 && return 0
  echo "  Waiting for $(exec 9>&- && lock_users) to end, for at most $LOCK_SECONDS s" >&2
  flock "--$1" --wait "$LOCK_SECONDS" 9 ||
    fail "$(exec 9>&- && lock_users) is still at work here" 'wait until it has ended, or end it by Ctrl-C where it runs'
}

# The other verbs that hold the lock, or wait for it; for a process that does not have its file open.
lock_users() {
  users=
  for fd in $(find /proc/[0-9]*/fd -lname "$(readlink -f "$HOME_DIR/lock")" 2>/dev/null); do
    pid=${fd#/proc/}
    pid=${pid%%/*}
    [ "$pid" != $$ ] || continue
    verb=$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | sed 's/.*up\.sh.*/up/; s/.*verb\.sh *//; s/ .*//')
    users="$users${users:+, }make $verb (pid $pid)"
  done
  echo "${users:-another verb of make}"
}
