# What is installed: for every component the library, its headers, a CMake package component and a
# pkg-config file; and the tools. Install components, and with them Debian packages:
#
#     dev        librejoin-dev      headers, package files, static libraries or links to shared ones
#     runtime    librejoin<so>      shared libraries, if they are
#     tools      rejoin-tools       rejoind, rejoin, rejoin-sim
#
# What a component needs from elsewhere is read off the targets that it links, so the three kinds of
# package files agree with the build and with each other.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(rejoin_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/rejoin")
set(rejoin_templates "${CMAKE_CURRENT_LIST_DIR}")

# For each target that is not ours: how a linker is told of it, and the Debian package that has it.
# No Requires.private in the .pc files: `pkg-config --static libzmq` names a library that Debian
# does not have.
set(rejoin_flags_CapnProto::capnp -lcapnp -lkj)
set(rejoin_debian_CapnProto::capnp libcapnp-dev)
set(rejoin_flags_SQLite::SQLite3 -lsqlite3)
set(rejoin_debian_SQLite::SQLite3 libsqlite3-dev)
set(rejoin_flags_cppzmq -lzmq)
set(rejoin_debian_cppzmq cppzmq-dev)
set(rejoin_flags_PkgConfig::XXHASH -lxxhash)
set(rejoin_debian_PkgConfig::XXHASH libxxhash-dev)
set(rejoin_flags_PkgConfig::SODIUM -lsodium)
set(rejoin_debian_PkgConfig::SODIUM libsodium-dev)
set(rejoin_flags_Threads::Threads -pthread)
set(rejoin_debian_Threads::Threads "")
set(rejoin_flags_rapidcheck -lrapidcheck)
set(rejoin_debian_rapidcheck librapidcheck-dev)

# Installed shared libraries are found by installed tools, wherever the prefix is.
if(REJOIN_INSTALL AND BUILD_SHARED_LIBS)
  if(NOT CMAKE_INSTALL_FULL_LIBDIR IN_LIST CMAKE_PLATFORM_IMPLICIT_LINK_DIRECTORIES)
    file(RELATIVE_PATH libraries_from_tools
      "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
    set(CMAKE_INSTALL_RPATH "$ORIGIN;$ORIGIN/${libraries_from_tools}")
  endif()
endif()

# rejoin_install_library(<component> [PUBLIC ...] [PRIVATE ...]), of what rejoin_library made.
function(rejoin_install_library component)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PUBLIC;PRIVATE")
  get_target_property(type rejoin_${component} TYPE)
  set(foreign ${arg_PUBLIC})
  if(type STREQUAL "STATIC_LIBRARY")
    list(APPEND foreign ${arg_PRIVATE})
  endif()
  set(needs ${foreign})
  list(FILTER needs INCLUDE REGEX "^rejoin::")
  list(TRANSFORM needs REPLACE "^rejoin::" "")
  list(FILTER foreign EXCLUDE REGEX "^(rejoin::|\\$<BUILD_INTERFACE:)")

  set_property(GLOBAL APPEND PROPERTY rejoin_components ${component})
  set_property(GLOBAL PROPERTY rejoin_needs_${component} "${needs}")
  set_property(GLOBAL PROPERTY rejoin_foreign_${component} "${foreign}")

  install(TARGETS rejoin_${component} EXPORT rejoin-${component}
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT dev
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime NAMELINK_COMPONENT dev
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/rejoin" COMPONENT dev)
  install(EXPORT rejoin-${component}
    NAMESPACE rejoin:: DESTINATION "${rejoin_package_dir}" COMPONENT dev)
  rejoin_install_pkg_config(${component} "${type}" "${needs}" "${foreign}")
endfunction()

function(rejoin_install_pkg_config component type needs foreign)
  set(flags "")
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    set(flags "-L\${libdir}" -lrejoin_${component})
  endif()
  foreach(target IN LISTS foreign)
    if(NOT DEFINED rejoin_flags_${target})
      message(FATAL_ERROR "${component} links ${target}: RejoinInstall.cmake needs a line for it")
    endif()
    list(APPEND flags ${rejoin_flags_${target}})
  endforeach()
  list(JOIN flags " " flags)
  list(TRANSFORM needs PREPEND "rejoin-")
  list(TRANSFORM needs APPEND " = ${PROJECT_VERSION}")
  list(JOIN needs ", " needs)
  file(RELATIVE_PATH prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
  string(REGEX REPLACE "/$" "" prefix "${prefix}")
  configure_file("${rejoin_templates}/rejoin.pc.in"
    "${PROJECT_BINARY_DIR}/package/rejoin-${component}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/package/rejoin-${component}.pc"
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT dev)
endfunction()

function(rejoin_install_tool name)
  set_property(GLOBAL APPEND PROPERTY rejoin_tools ${name})
  install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT tools)
endfunction()

# rejoin_install_completion(<tool> <words>...): what `tool words... SHELL` prints, where each shell
# looks for it.
function(rejoin_install_completion name)
  if(NOT REJOIN_INSTALL OR NOT TARGET ${name} OR CMAKE_CROSSCOMPILING)
    return()
  endif()
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/completion")
  file(MAKE_DIRECTORY "${folder}")
  set(scripts "")
  foreach(shell bash zsh fish)
    set(script "${folder}/${name}.${shell}")
    add_custom_command(OUTPUT "${script}"
      COMMAND ${name} ${ARGN} ${shell} > "${script}"
      DEPENDS ${name} VERBATIM)
    list(APPEND scripts "${script}")
  endforeach()
  add_custom_target(${name}_completion ALL DEPENDS ${scripts})
  install(FILES "${folder}/${name}.bash" RENAME ${name} COMPONENT tools
    DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
  set(zsh_folder site-functions)
  if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
    set(zsh_folder vendor-completions)  # where Debian's zsh looks
  endif()
  install(FILES "${folder}/${name}.zsh" RENAME _${name} COMPONENT tools
    DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/${zsh_folder}")
  install(FILES "${folder}/${name}.fish" COMPONENT tools
    DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
endfunction()

# After all components: the CMake package that has them, and CPack.
function(rejoin_install_package)
  get_property(components GLOBAL PROPERTY rejoin_components)
  set(facts "")
  set(debian "")
  foreach(component IN LISTS components)
    get_property(needs GLOBAL PROPERTY rejoin_needs_${component})
    get_property(foreign GLOBAL PROPERTY rejoin_foreign_${component})
    string(APPEND facts
      "set(_rejoin_needs_${component} \"${needs}\")\n"
      "set(_rejoin_foreign_${component} \"${foreign}\")\n")
    foreach(target IN LISTS foreign)
      list(APPEND debian ${rejoin_debian_${target}})
    endforeach()
  endforeach()
  configure_package_config_file("${rejoin_templates}/rejoin-config.cmake.in"
    "${PROJECT_BINARY_DIR}/package/rejoin-config.cmake"
    INSTALL_DESTINATION "${rejoin_package_dir}"
    NO_SET_AND_CHECK_MACRO)
  write_basic_package_version_file("${PROJECT_BINARY_DIR}/package/rejoin-config-version.cmake"
    COMPATIBILITY SameMinorVersion)
  install(FILES
    "${PROJECT_BINARY_DIR}/package/rejoin-config.cmake"
    "${PROJECT_BINARY_DIR}/package/rejoin-config-version.cmake"
    DESTINATION "${rejoin_package_dir}" COMPONENT dev)
  if(PROJECT_IS_TOP_LEVEL)
    list(REMOVE_DUPLICATES debian)
    rejoin_describe_packages("${debian}")
  endif()
endfunction()

# A Debian package carries its licence under its own name.
function(rejoin_install_licence package component)
  install(FILES "${PROJECT_SOURCE_DIR}/LICENSE"
    DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/${package}" RENAME copyright COMPONENT ${component})
endfunction()

# CPack. `foreign` is what librejoin-dev needs of other packages. Configure with
# CMAKE_INSTALL_PREFIX=/usr: only then is the library folder Debian's.
function(rejoin_describe_packages foreign)
  set(CPACK_GENERATOR DEB)
  set(CPACK_PACKAGE_NAME rejoin)
  set(CPACK_PACKAGE_CONTACT "The authors of rejoin <rejoin@example.invalid>")
  set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
  set(CPACK_PACKAGING_INSTALL_PREFIX "${CMAKE_INSTALL_PREFIX}")
  set(CPACK_OUTPUT_FILE_PREFIX "${PROJECT_BINARY_DIR}/packages")
  set(CPACK_STRIP_FILES ON)
  set(CPACK_DEB_COMPONENT_INSTALL ON)
  set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
  set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
  set(CPACK_COMPONENTS_ALL dev)

  set(version "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
  set(runtime "librejoin${version}")
  set(exactly "${runtime} (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})")

  # The law kit is for tests, and only it needs rapidcheck.
  list(REMOVE_ITEM foreign librapidcheck-dev)
  if(foreign)
    list(APPEND foreign pkg-config)  # with which our CMake package looks for some of them
  endif()
  set(CPACK_DEBIAN_DEV_PACKAGE_NAME librejoin-dev)
  set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
  set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS "librapidcheck-dev, cmake (>= 3.25)")
  set(CPACK_COMPONENT_DEV_DESCRIPTION "Headers and libraries of rejoin")
  rejoin_install_licence(librejoin-dev dev)
  if(BUILD_SHARED_LIBS)
    list(PREPEND foreign "${exactly}")
    list(APPEND CPACK_COMPONENTS_ALL runtime)
    set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME ${runtime})
    set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
    set(CPACK_DEBIAN_RUNTIME_PACKAGE_GENERATE_SHLIBS ON)
    set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "Shared libraries of rejoin")
    rejoin_install_licence(${runtime} runtime)
  endif()
  list(JOIN foreign ", " CPACK_DEBIAN_DEV_PACKAGE_DEPENDS)

  get_property(tools GLOBAL PROPERTY rejoin_tools)
  if(tools)
    list(APPEND CPACK_COMPONENTS_ALL tools)
    set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME rejoin-tools)
    set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION net)
    set(CPACK_COMPONENT_TOOLS_DESCRIPTION "The daemon rejoind, its client rejoin, and rejoin-sim")
    rejoin_install_licence(rejoin-tools tools)
    if(BUILD_SHARED_LIBS)
      set(CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS "${exactly}")
      # Where our own libraries lie, which no installed package has yet.
      set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS
        "${PROJECT_BINARY_DIR}/crdt" "${PROJECT_BINARY_DIR}/net" "${PROJECT_BINARY_DIR}/net/disk"
        "${PROJECT_BINARY_DIR}/net/zmq" "${PROJECT_BINARY_DIR}/sim")
    endif()
  endif()
  include(CPack)
endfunction()
