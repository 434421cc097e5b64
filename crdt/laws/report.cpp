#include "crdt/laws/report.hpp"

#include <algorithm>
#include <ostream>

namespace rejoin::laws {

bool Report::broke(const std::string& law) const {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.law == law && finding.verdict == Verdict::broken;
  });
}

std::vector<std::string> Report::broken() const {
  std::vector<std::string> laws;
  for (const Finding& finding : findings) {
    if (finding.verdict == Verdict::broken) laws.push_back(finding.law);
  }
  return laws;
}

std::string summary(const Report& report) {
  const char* verdict = report.ok()               ? "all laws hold"
                        : report.broken().empty() ? "too little concurrency"
                                                  : "laws are broken";
  return std::string(verdict) + ": all " + std::to_string(report.exhausted) +
         " histories of the scope, " + std::to_string(report.histories) + " random ones, " +
         std::to_string(report.concurrent) + " with concurrent operations, " +
         std::to_string(report.ties) + " with tied stamps, " + std::to_string(report.gaps) +
         " with gaps, " + std::to_string(report.refused) +
         " with refusals; RC_PARAMS=\"seed=" + std::to_string(report.seed) + '"';
}

std::ostream& operator<<(std::ostream& out, const Report& report) {
  out << summary(report) << '\n';
  for (const Finding& finding : report.findings) {
    switch (finding.verdict) {
      case Verdict::held:
        out << "  held         " << finding.law << '\n';
        break;
      case Verdict::not_checked:
        out << "  not checked  " << finding.law << " (" << finding.complaint << ")\n";
        break;
      case Verdict::broken:
        out << "  BROKEN       " << finding.law << ", by " << finding.steps << " steps:\n"
            << finding.history << "    => " << finding.complaint << '\n';
        break;
    }
  }
  return out;
}

}  // namespace rejoin::laws
