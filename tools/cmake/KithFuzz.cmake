# kith_fuzz(NAME SOURCES a_fuzz.cc ... DEPS target ... SEEDS folder)
#
# A fuzzer: the sources hold LLVMFuzzerTestOneInput (which returns 0 and calls
# KITH_CHECK or crashes for what must never be), `folder` holds at least one
# seed, small and without personal data; a crash that was found and mended
# stays there as a seed.
#
# With KITH_FUZZERS (the preset asan: clang, everything instrumented) the
# fuzzer runs KITH_FUZZ_SECONDS. Otherwise test NAME_seeds replays the seeds
# under any compiler. The test `fuzz` of the other presets builds and runs the
# workflow fuzz, so that all of it is part of `full`.
set(KITH_FUZZ_SECONDS 20 CACHE STRING "How long each fuzzer runs")

function(kith_fuzz NAME)
  cmake_parse_arguments(A "" "SEEDS" "SOURCES;DEPS" ${ARGN})
  get_filename_component(SEEDS ${A_SEEDS} ABSOLUTE)
  if(NOT IS_DIRECTORY ${SEEDS})
    message(FATAL_ERROR "kith_fuzz(${NAME}): no folder of seeds ${SEEDS}")
  endif()
  add_executable(${NAME} ${A_SOURCES})
  target_link_libraries(${NAME} PRIVATE kith_options ${A_DEPS})
  if(KITH_FUZZERS)
    target_link_options(${NAME} PRIVATE -fsanitize=fuzzer)
    set(FOUND ${CMAKE_CURRENT_BINARY_DIR}/${NAME}_found)
    file(MAKE_DIRECTORY ${FOUND})
    math(EXPR TIMEOUT "${KITH_FUZZ_SECONDS} + 60")
    add_test(NAME ${NAME} COMMAND ${NAME} -max_total_time=${KITH_FUZZ_SECONDS} -timeout=10
      -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix=${FOUND}-crash- ${FOUND} ${SEEDS})
    kith_register_test(${NAME} fuzz ${TIMEOUT})
    if(NOT TARGET fuzzers)
      add_custom_target(fuzzers)
    endif()
    add_dependencies(fuzzers ${NAME})
  else()
    target_link_libraries(${NAME} PRIVATE kith_fuzz_replay)
    kith_remember_kind(${NAME} ${A_DEPS})
    kith_precompile(${NAME})
    add_test(NAME ${NAME}_seeds COMMAND ${NAME} ${SEEDS})
    kith_register_test(${NAME}_seeds "quick;fuzz_seeds" 60)
  endif()
endfunction()

# Plays the part of libFuzzer's main where there is none.
if(NOT KITH_FUZZERS)
  add_library(kith_fuzz_replay STATIC ${CMAKE_SOURCE_DIR}/tests/fuzz/replay.cc)
  target_link_libraries(kith_fuzz_replay PRIVATE kith_options)
endif()
