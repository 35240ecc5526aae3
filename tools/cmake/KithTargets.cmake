# How a folder becomes a target.
#
#   kith_library(NAME SOURCES a.cc ... DEPS target ... PRIVATE_DEPS target ...)
#   kith_test(NAME SOURCES a_test.cc ... DEPS target ... [LABELS quick|full|soak]
#             [TIMEOUT seconds])
#   kith_executable(NAME SOURCES main.cc ... DEPS target ...)
#   kith_allocate_fast(NAME)
#   kith_add_folders(folder ...)
#
# DEPS are PUBLIC: "my header includes it". Test labels default to `quick`;
# every `quick` test is also run by `full`. Each test also bears its folder as a
# label, so that `ctest -L services/core` runs what stands there.
include(Compiler)
include(PrecompiledHeaders)

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
  else()
    add_library(${NAME} STATIC ${A_SOURCES})
    target_link_libraries(${NAME} PUBLIC kith_options ${A_DEPS} PRIVATE ${A_PRIVATE_DEPS})
  endif()
  kith_remember_kind(${NAME} ${A_DEPS} ${A_PRIVATE_DEPS})
  if(A_SOURCES)
    kith_precompile(${NAME})
  endif()
endfunction()

# A program of ours.
function(kith_add_program NAME)
  add_executable(${NAME} ${ARGN})
  if(KITH_SANITIZE STREQUAL "thread")
    target_sources(${NAME} PRIVATE ${CMAKE_SOURCE_DIR}/tests/tsan_threads.cc)
  endif()
endfunction()

function(kith_executable NAME)
  cmake_parse_arguments(A "" "" "SOURCES;DEPS" ${ARGN})
  kith_add_program(${NAME} ${A_SOURCES})
  target_link_libraries(${NAME} PRIVATE kith_options ${A_DEPS})
  kith_remember_kind(${NAME} ${A_DEPS})
  kith_precompile(${NAME})
endfunction()

# Takes memory from tcmalloc (docs/decisions/0016). Not under a sanitizer, which
# has an allocator of its own.
function(kith_allocate_fast NAME)
  if(NOT KITH_SANITIZE)
    target_link_libraries(${NAME} PRIVATE PkgConfig::tcmalloc)
  endif()
endfunction()

# For the label: the test's folder from the project's root.
function(kith_register_test NAME LABELS TIMEOUT)
  file(RELATIVE_PATH FOLDER ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  set_tests_properties(${NAME} PROPERTIES
    LABELS "${LABELS};${FOLDER}" TIMEOUT ${TIMEOUT} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endfunction()

function(kith_test NAME)
  cmake_parse_arguments(A "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  kith_add_program(${NAME} ${A_SOURCES})
  target_link_libraries(${NAME} PRIVATE kith_options ${A_DEPS} GTest::gmock GTest::gtest_main)
  kith_remember_kind(${NAME} ${A_DEPS})
  kith_precompile(${NAME} TEST)
  if(NOT A_LABELS)
    set(A_LABELS quick)
  endif()
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 120)
  endif()
  add_test(NAME ${NAME} COMMAND ${NAME})
  kith_register_test(${NAME} "${A_LABELS}" ${A_TIMEOUT})
endfunction()
