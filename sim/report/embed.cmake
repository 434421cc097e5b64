# cmake -DFOLDER=sim/report -DSCRIPTS=a,b -DOUTPUT=page.cpp -P embed.cmake: the files of the page as
# text in a C++ source. A literal for each file: compilers need not take more than 64 KiB in one.
function(literal out file)
  file(READ "${FOLDER}/${file}" text)
  set(${out} "R\"rejoin_page(${text})rejoin_page\"" PARENT_SCOPE)
endfunction()

literal(html page.html)
literal(style page.css)
string(REPLACE "," ";" names "${SCRIPTS}")
set(scripts "")
foreach(name IN LISTS names)
  literal(script ${name}.js)
  string(APPEND scripts "      ${script},\n")
endforeach()
file(WRITE "${OUTPUT}" "// Made from sim/report/ by embed.cmake.\n
#include \"sim/rejoin_sim_page.hpp\"\n
namespace rejoin::sim::page {\n
const std::string_view html = ${html};
const std::string_view style = ${style};
const std::vector<std::string_view>& scripts() {
  static const std::vector<std::string_view> all = {
${scripts}  };
  return all;
}\n
}  // namespace rejoin::sim::page\n")
