# How our own code is compiled. All of it is set per directory, never on an exported target, so a
# project that takes rejoin as a subproject keeps its own flags.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
  endif()

  find_program(REJOIN_CCACHE ccache)
  if(REJOIN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Paths relative to the checkout, so that a second checkout of the same code hits the cache.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${REJOIN_CCACHE}")
  endif()
endif()

# A fused multiply-add rounds once where two operations round twice; two compilers would then
# disagree about a floating point value that is part of a replicated state.
add_compile_options(-ffp-contract=off)
add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports overlapping copies inside std::string that cannot happen (GCC bug 105651).
  add_compile_options(-Wno-restrict)
  if(REJOIN_SANITIZE)
    # Documented as unreliable together with sanitizers, which do the same work better.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
endif()
if(REJOIN_WERROR)
  add_compile_options(-Werror)
endif()
if(REJOIN_SANITIZE)
  add_compile_options(
    -fsanitize=${REJOIN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${REJOIN_SANITIZE})
endif()
if(REJOIN_FUZZ)
  # Coverage for all of our code; the fuzzer's own main is linked into its targets only.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
