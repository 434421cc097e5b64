# plant_in_tool(<prefix> [<compile option>...]): for each *.mutant of the calling folder the program
# <prefix>_NAME, which is rejoin-sim with a copy of one source of the core that has that mistake,
# and the target <prefix>_mistakes for all of them. The copy's object comes before the library, so
# the linker takes it and leaves the library's own aside. Of a header, "compile:" names the source
# that is compiled with the copy.
set(plant_in_tool_script "${CMAKE_CURRENT_LIST_DIR}/../plant.cmake")

function(plant_in_tool prefix)
  file(GLOB mutants CONFIGURE_DEPENDS *.mutant)
  add_custom_target(${prefix}_mistakes)
  foreach(mutant IN LISTS mutants)
    get_filename_component(name "${mutant}" NAME_WE)
    set(program ${prefix}_${name})
    file(STRINGS "${mutant}" source REGEX "^file: ")
    string(REPLACE "file: " "" source "${source}")
    file(STRINGS "${mutant}" compiled REGEX "^compile: ")
    string(REPLACE "compile: " "${PROJECT_SOURCE_DIR}/" compiled "${compiled}")
    set(copy "${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp")
    if(compiled)
      set(copy "${CMAKE_CURRENT_BINARY_DIR}/${name}/${source}")
    endif()
    add_custom_command(OUTPUT "${copy}"
      COMMAND "${CMAKE_COMMAND}" "-DMUTANTS=${mutant}" "-DSOURCE=${source}"
        "-DSOURCE_DIR=${PROJECT_SOURCE_DIR}" "-DOUTPUT=${copy}" -P "${plant_in_tool_script}"
      DEPENDS "${mutant}" "${PROJECT_SOURCE_DIR}/${source}" "${plant_in_tool_script}"
      COMMENT "Planting ${name} in a copy of ${source}"
      VERBATIM)
    # The tool itself, object by object.
    add_executable(${program} "${copy}" ${compiled} $<TARGET_OBJECTS:rejoin-sim>)
    if(compiled)
      target_include_directories(${program} BEFORE PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/${name}")
    endif()
    target_compile_options(${program} PRIVATE -Wno-unused ${ARGN})
    target_link_libraries(${program} PRIVATE
      $<TARGET_PROPERTY:rejoin-sim,LINK_LIBRARIES> rejoin::schema)
    set_target_properties(${program} PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
    add_dependencies(${prefix}_mistakes ${program})
  endforeach()
endfunction()
