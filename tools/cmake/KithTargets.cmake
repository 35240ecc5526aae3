# How a folder becomes a target.
#
#   kith_library(NAME SOURCES a.cc ... DEPS target ... PRIVATE_DEPS target ...)
#   kith_test(NAME SOURCES a_test.cc ... DEPS target ... [LABELS quick|full|soak]
#             [TIMEOUT seconds])
#   kith_executable(NAME SOURCES main.cc ... DEPS target ...)
#
# DEPS are PUBLIC: "my header includes it". Test labels default to `quick`;
# every `quick` test is also run by `full`.

find_program(KITH_CCACHE ccache)
if(KITH_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${KITH_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${KITH_CCACHE})
endif()
find_program(KITH_MOLD mold)

add_library(kith_options INTERFACE)
target_compile_options(kith_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers)
# Includes are written from the project's root: "eventstore/store.h".
target_include_directories(kith_options INTERFACE ${CMAKE_SOURCE_DIR})
if(KITH_MOLD)
  target_link_options(kith_options INTERFACE -fuse-ld=mold)
endif()
if(KITH_SANITIZE STREQUAL "address")
  target_compile_options(kith_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(kith_options INTERFACE -fsanitize=address,undefined)
elseif(KITH_SANITIZE STREQUAL "thread")
  target_compile_options(kith_options INTERFACE -fsanitize=thread)
  target_link_options(kith_options INTERFACE -fsanitize=thread)
endif()

# One precompiled header for code without protobuf, shared by all targets.
function(kith_precompile NAME)
  if(NOT KITH_PCH)
    return()
  endif()
  if(NOT TARGET kith_pch)
    file(WRITE ${CMAKE_BINARY_DIR}/kith_pch.cc "// Owner of the precompiled header.\n")
    add_library(kith_pch OBJECT ${CMAKE_BINARY_DIR}/kith_pch.cc)
    target_link_libraries(kith_pch PRIVATE kith_options absl::statusor
      absl::strings absl::span absl::time)
    target_precompile_headers(kith_pch PRIVATE <map> <memory> <optional> <set>
      <string> <vector> <functional> <algorithm> <absl/status/statusor.h>
      <absl/strings/str_cat.h> <absl/strings/string_view.h> <absl/time/time.h>
      <absl/types/span.h>)
  endif()
  target_precompile_headers(${NAME} REUSE_FROM kith_pch)
endfunction()

# Adds those of the folders that hold a CMakeLists.txt.
function(kith_add_folders)
  foreach(FOLDER ${ARGN})
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${FOLDER}/CMakeLists.txt)
      add_subdirectory(${FOLDER})
    endif()
  endforeach()
endfunction()

function(kith_library NAME)
  cmake_parse_arguments(A "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  if(NOT A_SOURCES)
    add_library(${NAME} INTERFACE)
    target_link_libraries(${NAME} INTERFACE kith_options ${A_DEPS})
    return()
  endif()
  add_library(${NAME} STATIC ${A_SOURCES})
  target_link_libraries(${NAME} PUBLIC kith_options ${A_DEPS} PRIVATE ${A_PRIVATE_DEPS})
  kith_precompile(${NAME})
endfunction()

function(kith_executable NAME)
  cmake_parse_arguments(A "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${NAME} ${A_SOURCES})
  target_link_libraries(${NAME} PRIVATE kith_options ${A_DEPS})
  kith_precompile(${NAME})
endfunction()

function(kith_test NAME)
  cmake_parse_arguments(A "" "LABELS;TIMEOUT" "SOURCES;DEPS" ${ARGN})
  add_executable(${NAME} ${A_SOURCES})
  target_link_libraries(${NAME} PRIVATE kith_options ${A_DEPS} GTest::gmock GTest::gtest_main)
  kith_precompile(${NAME})
  if(NOT A_LABELS)
    set(A_LABELS quick)
  endif()
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 120)
  endif()
  add_test(NAME ${NAME} COMMAND ${NAME} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${NAME} PROPERTIES LABELS "${A_LABELS}" TIMEOUT ${A_TIMEOUT})
endfunction()
