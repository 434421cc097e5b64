# Makes a copy of a source with a mistake in it.
#
#   cmake -DMUTANT=<file.mutant> -DSOURCE_DIR=<repository> -DOUTPUT=<copy> -P plant.cmake
#
# A mutant names its file and gives replacements, each between lines of <<<<, ==== and >>>>. A text
# that is not found exactly once is an error: the source has moved on, and the mutant must follow.
file(READ "${MUTANT}" mutant)
string(REGEX MATCH "\nfile: ([^\n]+)\n" matched "${mutant}")
set(source "${CMAKE_MATCH_1}")
file(READ "${SOURCE_DIR}/${source}" text)

function(after variable mark)
  string(FIND "${${variable}}" "${mark}" at)
  if(at LESS 0)
    message(FATAL_ERROR "${MUTANT}: no '${mark}'")
  endif()
  string(LENGTH "${mark}" length)
  string(SUBSTRING "${${variable}}" 0 ${at} before)
  math(EXPR at "${at} + ${length}")
  string(SUBSTRING "${${variable}}" ${at} -1 rest)
  set(before "${before}" PARENT_SCOPE)
  set(${variable} "${rest}" PARENT_SCOPE)
endfunction()

set(planted 0)
string(FIND "${mutant}" "<<<<\n" next)
while(NOT next LESS 0)
  after(mutant "<<<<\n")
  after(mutant "====\n")
  set(find "${before}")
  after(mutant ">>>>")
  set(replace "${before}")

  string(FIND "${text}" "${find}" first)
  string(FIND "${text}" "${find}" last REVERSE)
  if(first LESS 0 OR NOT first EQUAL last)
    message(FATAL_ERROR "${MUTANT}: not found exactly once in ${source}:\n${find}")
  endif()
  string(REPLACE "${find}" "${replace}" text "${text}")
  math(EXPR planted "${planted} + 1")
  string(FIND "${mutant}" "<<<<\n" next)
endwhile()
if(planted EQUAL 0)
  message(FATAL_ERROR "${MUTANT}: nothing to plant")
endif()
file(WRITE "${OUTPUT}" "${text}")
