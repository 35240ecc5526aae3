# Precompiled headers, one for each kind of code that gains by one:
#
#   kith_pch_messages       works on statements and facts
#   kith_pch_services       works on gRPC services
#   kith_pch_test           tests of code without protobuf
#   kith_pch_test_messages  tests of code with statements and facts
#   kith_pch_test_services  tests of gRPC services, which compile with -pthread
#
# Plain code gains nothing (docs/decisions/0010-build.md has the measurements)
# and has none. Targets of a kind share their header: making one takes as long
# as compiling ten files without. A header here is never a substitute for an
# #include: the presets asan and release build without any.

# Remembers the heaviest of what NAME compiles, given what it links: property
# KITH_KIND is "services", "messages" or absent.
function(kith_remember_kind NAME)
  set(KIND "")
  foreach(DEP ${ARGN})
    set(THEIRS "")
    if(DEP MATCHES "^(kith_proto_api_grpc|gRPC::)")
      set(THEIRS services)
    elseif(DEP MATCHES "^(kith_proto|protobuf::)")
      set(THEIRS messages)
    elseif(TARGET ${DEP})
      get_property(THEIRS TARGET ${DEP} PROPERTY KITH_KIND)
      # gRPC's own flags come only to those who link it themselves.
      if(THEIRS STREQUAL services)
        set(THEIRS messages)
      endif()
    endif()
    if(THEIRS STREQUAL services OR (THEIRS AND NOT KIND))
      set(KIND ${THEIRS})
    endif()
  endforeach()
  if(KIND)
    set_property(TARGET ${NAME} PROPERTY KITH_KIND ${KIND})
  endif()
endfunction()

# Makes a target that owns a precompiled header and nothing else.
function(kith_pch_owner NAME)
  cmake_parse_arguments(A "" "" "HEADERS;DEPS" ${ARGN})
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${NAME}.cc
    CONTENT "// Owner of a precompiled header.\n")
  add_library(${NAME} OBJECT EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/${NAME}.cc)
  target_link_libraries(${NAME} PRIVATE kith_options ${A_DEPS})
  target_precompile_headers(${NAME} PRIVATE ${A_HEADERS})
endfunction()

set(KITH_PCH_PLAIN <algorithm> <functional> <map> <memory> <optional> <set> <string> <utility>
  <vector> <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/time/time.h>)
set(KITH_PCH_MESSAGES <kith/agency/v1/statement.pb.h> <kith/ledger/v1/facts.pb.h>
  <kith/ledger/v1/state.pb.h>)
set(KITH_PCH_TEST <gmock/gmock.h> <gtest/gtest.h>)
set(KITH_PCH_SERVICES <grpcpp/grpcpp.h>)

# Lets NAME, a target that kith_remember_kind has seen, use the header of its
# kind. TEST: it is a test.
function(kith_precompile NAME)
  cmake_parse_arguments(A "TEST" "" "" ${ARGN})
  get_property(KIND TARGET ${NAME} PROPERTY KITH_KIND)
  if(NOT KITH_PCH OR NOT (KIND OR A_TEST))
    return()
  endif()
  if(A_TEST AND KIND STREQUAL services)
    set(OWNER kith_pch_test_services)
    set(HEADERS ${KITH_PCH_PLAIN} ${KITH_PCH_TEST} ${KITH_PCH_MESSAGES} ${KITH_PCH_SERVICES})
    set(DEPS GTest::gmock kith_proto_ledger gRPC::grpc++)
  elseif(A_TEST AND KIND)
    set(OWNER kith_pch_test_messages)
    set(HEADERS ${KITH_PCH_PLAIN} ${KITH_PCH_TEST} ${KITH_PCH_MESSAGES})
    set(DEPS GTest::gmock kith_proto_ledger)
  elseif(A_TEST)
    set(OWNER kith_pch_test)
    set(HEADERS ${KITH_PCH_PLAIN} ${KITH_PCH_TEST})
    set(DEPS GTest::gmock)
  elseif(KIND STREQUAL services)
    set(OWNER kith_pch_services)
    set(HEADERS ${KITH_PCH_PLAIN} ${KITH_PCH_MESSAGES} ${KITH_PCH_SERVICES})
    set(DEPS kith_proto_ledger gRPC::grpc++)
  else()
    set(OWNER kith_pch_messages)
    set(HEADERS ${KITH_PCH_PLAIN} ${KITH_PCH_MESSAGES})
    set(DEPS kith_proto_ledger)
  endif()
  if(NOT TARGET ${OWNER})
    kith_pch_owner(${OWNER} HEADERS ${HEADERS}
      DEPS ${DEPS} absl::statusor absl::strings absl::time)
  endif()
  target_precompile_headers(${NAME} REUSE_FROM ${OWNER})
endfunction()
