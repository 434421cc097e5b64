# rejoin_library(<component> [STATIC] [SOURCES ...] [HEADERS ...] [PUBLIC ...] [PRIVATE ...])
#
# Makes rejoin_<component> and its alias rejoin::<component>. With sources it is a library, static
# or shared as BUILD_SHARED_LIBS says unless it must be STATIC; without, an interface over its
# headers, so that a folder is a target before its first source. HEADERS are what a user may
# include, and are installed; a header that is not among them is for the sources here.
function(rejoin_library component)
  cmake_parse_arguments(PARSE_ARGV 1 arg "STATIC" "" "SOURCES;HEADERS;PUBLIC;PRIVATE")
  set(target rejoin_${component})
  if(arg_SOURCES)
    set(static "")
    if(arg_STATIC)
      set(static STATIC)
    endif()
    add_library(${target} ${static} ${arg_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE ${arg_PRIVATE})
    # While the major version is 0, a minor one may break. No <target>_EXPORTS on the command line:
    # nothing reads it, and a shared build would find nothing in the compiler cache.
    set_target_properties(${target} PROPERTIES
      VERSION ${PROJECT_VERSION}
      SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
      DEFINE_SYMBOL "")
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(rejoin::${component} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${component})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_include_directories(${target} ${scope}
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/rejoin>")
  target_sources(${target} ${scope}
    FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${arg_HEADERS})
  target_link_libraries(${target} ${scope} ${arg_PUBLIC})
  if(REJOIN_INSTALL)
    rejoin_install_library(${component} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  endif()
endfunction()

# rejoin_tool_sources(<out> <stem>)
#
# The sources of a tool in the current folder: <stem>.cpp, which holds main, and <stem>_*.cpp. The
# list is empty while <stem>.cpp does not exist.
function(rejoin_tool_sources out stem)
  file(GLOB sources CONFIGURE_DEPENDS ${stem}.cpp ${stem}_*.cpp)
  if(NOT "${CMAKE_CURRENT_SOURCE_DIR}/${stem}.cpp" IN_LIST sources)
    set(sources "")
  endif()
  set(${out} ${sources} PARENT_SCOPE)
endfunction()

# rejoin_fast_allocator(<program>)
#
# The simulator's programs allocate with mimalloc where it is installed: a fifth of a run, with five
# nodes. Never a library: what allocates is for a program to say.
function(rejoin_fast_allocator program)
  if(REJOIN_MIMALLOC AND NOT REJOIN_SANITIZE)
    target_link_libraries(${program} PRIVATE "${REJOIN_MIMALLOC}")
  endif()
endfunction()

# rejoin_tool(<name> SOURCES ... LIBS ...)
#
# A command-line program, with what every tool of ours uses to read flags and files and to write
# JSON. Does nothing without sources.
function(rejoin_tool name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
  if(NOT REJOIN_BUILD_TOOLS OR NOT arg_SOURCES)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE
    ${arg_LIBS} CLI11::CLI11 tomlplusplus::tomlplusplus nlohmann_json::nlohmann_json)
  if(REJOIN_INSTALL)
    rejoin_install_tool(${name})
  endif()
endfunction()
