# Makes a copy of a source with mistakes in it.
#
#   cmake "-DMUTANTS=<a.mutant>;<b.mutant>" -DSOURCE=<path within> -DSOURCE_DIR=<repository>
#         -DOUTPUT=<copy> -P plant.cmake
#
# A mutant gives replacements, each between lines of <<<<, ==== and >>>>; the last "file:" line
# above one names the source that it is for. A text that is not found exactly once is an error: the
# source has moved on, and the mutant must follow. Several mutants may use one text, if each leaves
# it there.
file(READ "${SOURCE_DIR}/${SOURCE}" original)
set(text "${original}")

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

function(expect_once where find)
  string(FIND "${${where}}" "${find}" first)
  string(FIND "${${where}}" "${find}" last REVERSE)
  if(first LESS 0 OR NOT first EQUAL last)
    message(FATAL_ERROR "${MUTANT}: this text is not found exactly once in ${SOURCE}. The source "
      "has moved on, and the mutant must follow:\n${find}")
  endif()
endfunction()

foreach(MUTANT IN LISTS MUTANTS)
  file(READ "${MUTANT}" mutant)
  set(planted 0)
  set(source "")
  string(FIND "${mutant}" "<<<<\n" next)
  while(NOT next LESS 0)
    after(mutant "<<<<\n")
    if(before MATCHES "\nfile: ([^\n]+)\n")
      set(source "${CMAKE_MATCH_1}")
    endif()
    after(mutant "====\n")
    set(find "${before}")
    after(mutant ">>>>")
    set(replace "${before}")
    if(source STREQUAL SOURCE)
      expect_once(original "${find}")
      expect_once(text "${find}")
      string(REPLACE "${find}" "${replace}" text "${text}")
      math(EXPR planted "${planted} + 1")
    endif()
    string(FIND "${mutant}" "<<<<\n" next)
  endwhile()
  if(planted EQUAL 0)
    message(FATAL_ERROR "${MUTANT}: nothing to plant in ${SOURCE}")
  endif()
endforeach()
file(WRITE "${OUTPUT}" "${text}")
