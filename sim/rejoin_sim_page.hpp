#pragma once

// The report: one HTML file over one recording or two, which opens offline in any browser. The page
// itself, its style and its scripts are in sim/report/ and become part of the program; here they
// are put together with the data.

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "sim/recording.hpp"

namespace rejoin::sim {

struct PageRun {
  Recording recording;
  std::string story;  // in lines; empty: there is none
};

// Requires one run or two. Nothing in them can become markup or script.
void write_page(std::ostream& out, const std::vector<PageRun>& runs);

// The files of sim/report/, as they are; the build makes these.
namespace page {
extern const std::string_view html;
extern const std::string_view style;
const std::vector<std::string_view>& scripts();  // in the order in which they go together
}  // namespace page

}  // namespace rejoin::sim
