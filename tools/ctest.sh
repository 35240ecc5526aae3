# Sourced by tools/test and .ci/run: running CTest with a closing summary.

# Prints "test: reason" for what was skipped, from CTest's log $1 and from its
# output $2. A GoogleTest program that skips one case of many has passed for
# CTest, so the programs' own words are read too.
skipped_tests() {
  awk '
    /^[0-9]+\/[0-9]+ Testing: / { program = $3 }
    /: Skipped$/ { getline reason; next }
    /^\[  SKIPPED \] [^ ]+ \([0-9]+ ms\)$/ {
      print program ": " $4 ": " (reason == "" ? "no reason given" : reason)
      reason = ""
    }
    /YOU HAVE [0-9]+ DISABLED TEST/ { print program ": has disabled tests" }
  ' "$1"
  sed -nE 's/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: ([^ ]+) .*\*\*\*(Skipped|Not Run).*/\1: did not run/p' "$2"
}

# Leaves out the cases that passed from what a failing GoogleTest program said,
# so that the failure is near its program's name.
without_passed_cases() {
  awk '
    /^\[ RUN      \]/ { begun = $0; next }
    /^\[       OK \]/ { if (begun == "") print; begun = ""; next }
    /^\[----------\]/ { next }
    begun != "" { print begun; begun = "" }
    { print; fflush() }
  '
}

# LeakSanitizer looks itself up in /proc and fails every program where that shows
# another process namespace, as in a bare container. Where it does not, the
# number that /proc has for this shell is its own.
without_leaks_where_proc_is_foreign() {
  local number
  read -r number _ </proc/self/stat
  if [[ $number != "$BASHPID" ]]; then
    echo 'Leaks are not looked for: /proc is that of another process namespace.'
    export ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
  fi
}

# Runs test preset $1 in build folder $2, handing on the other arguments, and
# closes with a summary. Fails as ctest fails, and in CI when a test was skipped.
run_ctest() {
  local preset=$1 folder=$2 started=$SECONDS result=0 skipped output
  shift 2
  without_leaks_where_proc_is_foreign
  output=$folder/Testing/output.txt
  mkdir -p "$folder/Testing"
  ctest --preset "$preset" "$@" 2>&1 | without_passed_cases | tee "$output" || result=1
  skipped=$(skipped_tests "$folder/Testing/Temporary/LastTest.log" "$output")
  if [[ -n $skipped ]]; then
    printf '\nSkipped:\n%s\n' "$(sed 's/^/  /' <<<"$skipped")"
    if [[ ${CI-} == true ]]; then
      echo 'In CI nothing may be skipped.'
      result=1
    fi
  fi
  local verdict=passed
  (( result == 0 )) || verdict="FAILED; only these again: ctest --preset $preset --rerun-failed"
  printf '\n%s, %d s of tests: %s\n' "$preset" $((SECONDS - started)) "$verdict"
  return "$result"
}
