# Everything that is not ours, found once and from the top folder: imported targets are visible in
# the folder that found them and below, and a static library passes its private ones on to whoever
# links it. The Debian packages are listed in .ci/packages.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

find_package(CapnProto 0.9 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(cppzmq REQUIRED)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)

# The law kit is a public product, so it is also there for a user who does not build our tests.
find_package(rapidcheck CONFIG QUIET)
if(REJOIN_BUILD_TESTS)
  find_package(rapidcheck CONFIG REQUIRED)
  find_package(GTest CONFIG REQUIRED)
endif()
# What allocates for the simulator's tools, where it is installed; sanitizers bring their own.
if(REJOIN_BUILD_TOOLS AND NOT REJOIN_SANITIZE)
  find_library(REJOIN_MIMALLOC mimalloc)
endif()
if(REJOIN_BUILD_TOOLS OR REJOIN_BUILD_EXAMPLES)
  find_package(CLI11 REQUIRED)
  find_package(tomlplusplus REQUIRED)
  find_package(nlohmann_json REQUIRED)
endif()
