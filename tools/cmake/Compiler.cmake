# kith_options: how all our own code is compiled and linked. Generated code does
# not use it.

find_program(KITH_CCACHE ccache)
if(KITH_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths below the checkout count as relative, so that a second clone of the
  # project finds what the first one compiled. A precompiled header is trusted
  # by its content, which ccache otherwise refuses to do. Depend mode spares
  # the extra preprocessor run before each compilation.
  set(KITH_LAUNCHER env CCACHE_DEPEND=1 CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime)
  if(NOT DEFINED ENV{CCACHE_BASEDIR})
    list(APPEND KITH_LAUNCHER CCACHE_BASEDIR=${CMAKE_SOURCE_DIR})
  endif()
  set(CMAKE_CXX_COMPILER_LAUNCHER ${KITH_LAUNCHER} ${KITH_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

add_library(kith_options INTERFACE)
target_compile_options(kith_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers)
# Includes are written from the project's root: "eventstore/store.h".
target_include_directories(kith_options INTERFACE ${CMAKE_SOURCE_DIR})
# All of our code shares the threading flags, else it could not share
# precompiled headers.
target_link_libraries(kith_options INTERFACE Threads::Threads)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  # The second option: without it ccache takes no precompiled header.
  target_compile_options(kith_options INTERFACE -Wthread-safety
    "SHELL:-Xclang -fno-pch-timestamp")
endif()

find_program(KITH_MOLD mold)
if(KITH_MOLD)
  target_link_options(kith_options INTERFACE -fuse-ld=mold)
endif()

if(KITH_SANITIZE STREQUAL "address")
  set(SANITIZERS address,undefined)
elseif(KITH_SANITIZE STREQUAL "thread")
  set(SANITIZERS thread)
elseif(KITH_SANITIZE)
  message(FATAL_ERROR "KITH_SANITIZE is address, thread or empty, not ${KITH_SANITIZE}")
endif()
if(SANITIZERS)
  target_compile_options(kith_options INTERFACE -fsanitize=${SANITIZERS}
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(kith_options INTERFACE -fsanitize=${SANITIZERS})
endif()
if(KITH_FUZZERS)
  target_compile_options(kith_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
