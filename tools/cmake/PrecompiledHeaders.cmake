# One precompiled header for each kind of code: with or without protobuf, tests
# or not. Targets of a kind share one, because building one takes as long as
# compiling a source file. docs/decisions/0010-build.md has the measurements.

# Remembers whether NAME compiles protobuf headers, given what it links.
function(kith_mark_protobuf NAME)
  foreach(DEP ${ARGN})
    set(USES FALSE)
    if(DEP MATCHES "^(kith_proto|protobuf::|gRPC::)")
      set(USES TRUE)
    elseif(TARGET ${DEP})
      get_target_property(USES ${DEP} KITH_PROTOBUF)
    endif()
    if(USES)
      set_property(TARGET ${NAME} PROPERTY KITH_PROTOBUF TRUE)
    endif()
  endforeach()
endfunction()

# A target that owns a precompiled header and nothing else.
function(kith_pch_owner NAME)
  cmake_parse_arguments(A "" "" "HEADERS;DEPS" ${ARGN})
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${NAME}.cc
    CONTENT "// Owner of a precompiled header.\n")
  add_library(${NAME} OBJECT EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/${NAME}.cc)
  target_link_libraries(${NAME} PRIVATE kith_options ${A_DEPS})
  target_precompile_headers(${NAME} PRIVATE ${A_HEADERS})
endfunction()

set(KITH_PCH_HEADERS <algorithm> <functional> <map> <memory> <optional> <set> <string>
  <utility> <vector> <absl/status/statusor.h> <absl/strings/str_cat.h>
  <absl/strings/string_view.h> <absl/time/time.h> <absl/types/span.h>)
set(KITH_PCH_DEPS absl::statusor absl::strings absl::span absl::time)
set(KITH_PCH_PROTOBUF_HEADERS <google/protobuf/message.h> <google/protobuf/repeated_field.h>
  <google/protobuf/map.h> <google/protobuf/generated_message_reflection.h>)
set(KITH_PCH_TEST_HEADERS <gmock/gmock.h> <gtest/gtest.h>)

# Lets NAME use the precompiled header of KIND: kith_pch or kith_pch_test.
function(kith_precompile NAME KIND)
  if(NOT KITH_PCH)
    return()
  endif()
  set(HEADERS ${KITH_PCH_HEADERS})
  set(DEPS ${KITH_PCH_DEPS})
  set(OWNER ${KIND})
  if(KIND STREQUAL "kith_pch_test")
    list(APPEND HEADERS ${KITH_PCH_TEST_HEADERS})
    list(APPEND DEPS GTest::gmock)
  endif()
  get_target_property(PROTOBUF ${NAME} KITH_PROTOBUF)
  if(PROTOBUF)
    set(OWNER ${KIND}_protobuf)
    list(APPEND HEADERS ${KITH_PCH_PROTOBUF_HEADERS})
    list(APPEND DEPS protobuf::libprotobuf)
  endif()
  if(NOT TARGET ${OWNER})
    kith_pch_owner(${OWNER} HEADERS ${HEADERS} DEPS ${DEPS})
  endif()
  target_precompile_headers(${NAME} REUSE_FROM ${OWNER})
endfunction()
