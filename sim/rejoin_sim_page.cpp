#include "sim/rejoin_sim_page.hpp"

#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>
#include <string>

#include "crdt/assert.hpp"
#include "sim/rejoin_sim_recording.hpp"

namespace rejoin::sim {
namespace {

// A script of type JSON ends only at "</script"; without any "<" nothing in it can end it, and in
// JSON the sign stands in text alone.
void write_data(std::ostream& out, std::string_view name, std::string_view json) {
  out << "<script type=\"application/json\" class=\"" << name << "\">\n";
  for (const char c : json) {
    if (c == '<') {
      out << "\\u003c";
    } else {
      out << c;
    }
  }
  out << "</script>\n";
}

void write_run(std::ostream& out, const PageRun& run) {
  std::ostringstream recording;
  write_recording(recording, run.recording);
  write_data(out, "recording", recording.str());
  const nlohmann::json story = run.story;
  write_data(out, "story", story.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
}

void write_script(std::ostream& out) {
  out << "(() => {\n'use strict';\n";
  for (const std::string_view script : page::scripts()) out << script << '\n';
  out << "})();\n";
}

}  // namespace

void write_page(std::ostream& out, const std::vector<PageRun>& runs) {
  REJOIN_ASSERT(runs.size() == 1 || runs.size() == 2);
  std::string_view rest = page::html;
  const auto upto = [&](std::string_view mark) {
    const std::size_t at = rest.find(mark);
    REJOIN_ASSERT(at != std::string_view::npos);
    out << rest.substr(0, at);
    rest.remove_prefix(at + mark.size());
  };
  upto("@style@");
  out << page::style;
  upto("@data@");
  for (const PageRun& run : runs) write_run(out, run);
  upto("@script@");
  write_script(out);
  out << rest;
}

}  // namespace rejoin::sim
