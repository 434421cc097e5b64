// The page as a reader uses it: opened from a file, clicked, typed into, looked at.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "tests/report/browser.hpp"
#include "tests/report/recordings.hpp"

namespace rejoin::report {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Report : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!Browser::available()) return;
    files_ = std::make_unique<integration::TemporaryDirectory>();
    browser_ = std::make_unique<Browser>();
    split_ = recorded("examples/scenarios/split.toml", 42, files_->path("split.json"));
    make("split", {files_->path("split.json")});
  }
  static void TearDownTestSuite() {
    browser_.reset();
    files_.reset();
  }

  void SetUp() override {
    if (browser_) return;
    const std::string missing = "chromium and chromedriver are not installed";
    if (std::getenv("CI") != nullptr) FAIL() << missing;
    GTEST_SKIP() << missing;
  }
  void TearDown() override {
    if (!browser_) return;
    EXPECT_THAT(browser_->console(), IsEmpty());
  }

  static std::string page(const std::string& name) { return files_->path(name + ".html"); }
  static void make(const std::string& name, std::vector<std::string> runs) {
    std::vector<std::string> command = {"rejoin-sim", "report", "-o", page(name)};
    command.insert(command.end(), runs.begin(), runs.end());
    const auto finished = integration::run(command);
    ASSERT_EQ(finished.exit, 0) << finished.err;
  }
  static Json js(const std::string& script, Json arguments = Json::array()) {
    return browser_->run(script, std::move(arguments));
  }
  // The first event of this kind that has a cause.
  static int event_of(const std::string& kind) {
    return js(
        "const run = report.runs[0]; for (let i = 100; i < run.count; ++i) "
        "if (run.kindName(i) === arguments[0]) return i; return -1;",
        {kind});
  }
  // Shows the event large, then clicks where it is.
  static void click_event(int event) {
    js("const at = report.runs[0].at[arguments[0]]; report.view.set(at - 2e7, at + 2e7);"
       "report.draw();",
       {event});
    const Json place = js("return report.where({ event: arguments[0] })", {event});
    browser_->click_at(place.at("x"), place.at("y"));
  }

  static std::unique_ptr<integration::TemporaryDirectory> files_;
  static std::unique_ptr<Browser> browser_;
  static Json split_;
};
std::unique_ptr<integration::TemporaryDirectory> Report::files_;
std::unique_ptr<Browser> Report::browser_;
Json Report::split_;

TEST_F(Report, OpensFromAFileAndSaysHowItWent) {
  browser_->open(page("split"));
  EXPECT_EQ(browser_->text_of("#verdict"), "✓ ok");
  EXPECT_THAT(browser_->text_of("#headline"), HasSubstr("All 4 replicas hold one state"));
  EXPECT_THAT(browser_->text_of("#story"), HasSubstr("split bit"));
  EXPECT_GT(js("return report.runs[0].count").get<int>(), 500);
  // It asks for nothing, not even from its own folder.
  EXPECT_EQ(js("return performance.getEntriesByType('resource').length"), 0);
}

TEST_F(Report, AClickOnAnEventShowsWhatItIsAndItsPastAndFuture) {
  browser_->open(page("split"));
  const int event = event_of("deliver");
  click_event(event);
  EXPECT_EQ(js("return report.look.selection.event"), event);
  EXPECT_THAT(browser_->text_of("#chosen"), HasSubstr("received"));
  EXPECT_THAT(browser_->text_of("#chosen"), HasSubstr("under way"));
  const Json cone =
      js("const { runs: [run], look: { cone, selection: { event } } } = report;"
         "return [cone.past[run.cause[event]], cone.past[run.before[event]], "
         "cone.past[run.after[event]],"
         "  cone.future[run.after[event]], cone.future[run.cause[event]],"
         "  cone.pastCount + cone.futureCount < run.count];");
  EXPECT_EQ(cone, Json({1, 1, 0, 1, 0, true}));
  browser_->keys(escape);
  EXPECT_TRUE(js("return report.look.selection").is_null());
}

TEST_F(Report, AClickOnAMessageSaysWhatBecameOfIt) {
  browser_->open(page("split"));
  const int message = js(
      "const m = report.runs[0].messages; const cut = m.fate.indexOf(4);"
      "report.look.fates = new Set(['cut']); report.view.set(m.sent[cut] - 1e7, m.end[cut] + 1e7);"
      "report.draw(); return cut;");
  const Json place = js("return report.where({ message: arguments[0] })", {message});
  browser_->click_at(place.at("x"), place.at("y"));
  EXPECT_EQ(js("return report.look.selection?.message"), message);
  EXPECT_THAT(browser_->text_of("#chosen"), HasSubstr("cut"));
  EXPECT_THAT(browser_->text_of("#chosen"), HasSubstr("stopped by a partition"));
}

TEST_F(Report, ScrubbingShowsWhatEachNodeReadsThen) {
  browser_->open(page("split"));
  // The last value that the recording has of a key, by its own rows.
  const Json& rows = split_.at("events");
  Json last;
  for (const Json& row : rows) {
    if (row.at(2) == "value" && !row.at(8).empty() && row.at(8) != 0) last = row;
  }
  const std::string key =
      split_.at("texts")[split_.at("keys")[last.at(4).get<std::size_t>()].get<std::size_t>()];
  const std::string value = split_.at("texts")[last.at(8).get<std::size_t>()];
  js("const { place } = report.lanes[0]; window.last = arguments[0] + 1e6;"
     "report.view.set(window.last - 1e9, window.last + 1e9); report.draw();",
     {last.at(0)});
  const Json at =
      js("const box = document.getElementById('lanes').getBoundingClientRect();"
         "return [box.left + report.lanes[0].x(window.last), box.top + 8]");
  const double x = at.at(0).get<double>() + 3;
  browser_->drag(x - 60, at.at(1), x, at.at(1));
  browser_->click("#value-filter");
  browser_->keys(key);
  EXPECT_THAT(browser_->text_of("#values"), HasSubstr(value));
  EXPECT_GT(js("return report.look.cursor").get<double>(), last.at(0).get<double>());
  // Before anything was written, nobody reads anything.
  js("report.moveCursor(1000)");
  EXPECT_THAT(browser_->text_of("#values"), testing::Not(HasSubstr("No key is like that")));
  EXPECT_THAT(browser_->text_of("#values"), HasSubstr("nothing"));
}

TEST_F(Report, FindsEventsByTextAndByWhatCameBefore) {
  browser_->open(page("split"));
  browser_->keys("/");
  browser_->keys("n2 transaction" + enter);
  const Json found =
      js("const { found: { events }, runs: [run] } = report;"
         "return [events.length > 0, events.every((i) => run.node[i] === 2"
         "  && run.kindName(i) === 'transaction')];");
  EXPECT_EQ(found, Json({true, true}));
  EXPECT_THAT(browser_->text_of("#found"), HasSubstr(" events"));

  // A delivery's past has the event that sent it, and one event cannot precede itself.
  browser_->keys(escape + "/" + "deliver n1 preceded by transaction n0" + enter);
  const Json preceded = js(
      "const { found: { events }, runs: [run] } = report;"
      "const first = run.eventsOf[0].find((i) => run.kindName(i) === 'transaction');"
      "return [events.length, events[0] > first, pastHas(run, events[0])];"
      "function pastHas(run, event) { const seen = new Set([event]); const left = [event];"
      "  while (left.length > 0) { const i = left.pop(); for (const j of [run.before[i], "
      "run.cause[i]])"
      "    if (j >= 0 && !seen.has(j)) { seen.add(j); left.push(j); } }"
      "  return [...seen].some((i) => run.node[i] === 0 && run.kindName(i) === 'transaction'); }");
  EXPECT_GT(preceded.at(0).get<int>(), 0);
  EXPECT_EQ(preceded.at(1), true);
  EXPECT_EQ(preceded.at(2), true);
  const int with = preceded.at(0);
  browser_->keys(escape + "/" + "deliver n1 not preceded by transaction n0" + enter);
  const int without = js("return report.found.events.length");
  browser_->keys(escape + "/" + "deliver n1" + enter);
  EXPECT_EQ(js("return report.found.events.length"), with + without);
}

TEST_F(Report, AFateThatIsSwitchedOffIsNotDrawn) {
  browser_->open(page("split"));
  const std::string seen = "report.draw(); return report.drawn.lines.seen";
  const int all = js(seen);
  browser_->click("[data-fate=cut]");
  const int cut = js("return report.runs[0].fateCounts[4]");
  EXPECT_GT(cut, 0);
  EXPECT_EQ(js(seen), all - cut);
  browser_->click("[data-fate=cut]");
  EXPECT_EQ(js(seen), all);
}

TEST_F(Report, ArrowsStepThroughTheEventsOfANodeAndPlusZooms) {
  browser_->open(page("split"));
  const int event = event_of("transaction");
  click_event(event);
  browser_->keys(right);
  EXPECT_EQ(js("return report.look.selection.event"),
            js("return report.runs[0].after[arguments[0]]", {event}));
  browser_->keys(left + left);
  EXPECT_EQ(js("return report.look.selection.event"),
            js("return report.runs[0].before[arguments[0]]", {event}));
  const double span = js("return report.view.to - report.view.from");
  browser_->keys("+");
  EXPECT_LT(js("return report.view.to - report.view.from").get<double>(), span);
  browser_->keys("0");
  EXPECT_GE(js("return report.view.to - report.view.from").get<double>(),
            js("return report.view.end").get<double>());
}

TEST_F(Report, EveryPanelHasItsFigures) {
  browser_->open(page("split"));
  browser_->click("#tab-faults");
  EXPECT_THAT(browser_->text_of("#panel"), HasSubstr("not drawn"));
  browser_->click("#tab-traffic");
  EXPECT_THAT(browser_->text_of("#panel"), HasSubstr("messages per operation"));
  browser_->click("#tab-freshness");
  EXPECT_THAT(browser_->text_of("#panel"), HasSubstr("99 of 100 within"));
  browser_->click("#tab-size");
  EXPECT_THAT(browser_->text_of("#panel"), HasSubstr("Records on each disk"));
  EXPECT_THAT(browser_->text_of("#panel"), HasSubstr("Bytes of contexts"));
  // Wall clocks are off from the start, by less than a tenth of a second.
  const double skew = js("return report.runs[0].skewMax");
  EXPECT_GT(skew, 0);
  EXPECT_LT(skew, 1e8);
}

TEST_F(Report, TheToolSaysWhatIsMissing) {
  const auto no_seed = integration::run({"rejoin-sim", "report", "examples/scenarios/split.toml"});
  EXPECT_EQ(no_seed.exit, 4);
  EXPECT_THAT(no_seed.err, HasSubstr("seed"));
  const auto no_file = integration::run({"rejoin-sim", "report", "nothing.json"});
  EXPECT_EQ(no_file.exit, 4);
  const auto no_folder = integration::run(
      {"rejoin-sim", "report", files_->path("split.json"), "-o", files_->path("nowhere/r.html")});
  EXPECT_EQ(no_folder.exit, 4);
  EXPECT_THAT(no_folder.err, HasSubstr("cannot be written"));
}

TEST_F(Report, AScenarioThatSaysWhatIsDoneIsTold) {
  make("told", {"tests/sim/shrunk.toml"});
  browser_->open(page("told"));
  EXPECT_THAT(browser_->text_of("#panel"), HasSubstr("n0 adds e1 to awset key0"));
  browser_->click(".story button");
  EXPECT_EQ(js("return report.look.cursor"), 1e8);
}

TEST_F(Report, ASeedAndItsEditPartWhereTheEditBegins) {
  make("edit",
       {"examples/scenarios/split.toml:42", "examples/scenarios/split.toml:42+latency@50:9"});
  browser_->open(page("edit"));
  EXPECT_GT(js("return report.difference.index"), 100);
  EXPECT_THAT(browser_->text_of("#story"), HasSubstr("B: seed 42+latency@50:9"));
}

TEST_F(Report, OfTwoRunsItShowsTheFirstDifference) {
  Json other = split_;
  const std::size_t text = other["texts"].size();
  other["texts"].push_back("quite another text");
  std::size_t changed = 0;
  for (std::size_t i = other["events"].size() / 2; changed == 0; ++i) {
    if (other["events"][i][2] == "transaction" || other["events"][i][2] == "entry") changed = i;
  }
  other["events"][changed][8] = text;
  write(files_->path("other.json"), other.dump());
  make("two", {files_->path("split.json"), files_->path("other.json")});
  browser_->open(page("two"));
  EXPECT_EQ(js("return report.difference.at"), other["events"][changed][0]);
  EXPECT_THAT(browser_->text_of("#panel"), HasSubstr("quite another text"));
  make("same", {files_->path("split.json"), files_->path("split.json")});
  browser_->open(page("same"));
  EXPECT_THAT(browser_->text_of("#headline"), HasSubstr("the same, event for event"));
}

TEST_F(Report, AViolationIsChosenAndItsPastIsShown) {
  Json broken = split_;
  Json& rows = broken["events"];
  rows.get_ref<Json::array_t&>().resize(rows.size() / 2);
  Json last = rows.back();
  last[2] = "violation";
  last[3] = 2;
  last[4] = 0;
  last[5] = 0;
  last[6] = nullptr;
  last[8] = broken["texts"].size();
  broken["texts"].push_back("rule 5: a value that was removed is live");
  rows.push_back(last);
  broken["outcome"]["verdict"] = "violation";
  broken["outcome"]["violation"] = {
      {"oracle", "rule 5"}, {"node", 2}, {"at_seconds", 5}, {"detail", "a value is live"}};
  write(files_->path("broken.json"), broken.dump());
  make("broken", {files_->path("broken.json")});
  browser_->open(page("broken"));
  EXPECT_THAT(browser_->text_of("#headline"), HasSubstr("Rule 5 is broken at n2"));
  EXPECT_THAT(browser_->text_of("#chosen"), HasSubstr("a value that was removed is live"));
  EXPECT_GT(js("return report.look.cone.pastCount"), 100);
}

TEST_F(Report, NothingInARecordingBecomesMarkupOrScript) {
  const std::string hostile =
      "</script><script>window.harmed=1</script><img src=x onerror=window.harmed=1>'\"&amp;]]>-->";
  write(files_->path("hostile.json"), tainted(split_, hostile).dump());
  make("hostile", {files_->path("hostile.json")});
  browser_->open(page("hostile"));
  EXPECT_EQ(browser_->text_of("#verdict"), "✕ violation");
  click_event(event_of("transaction"));
  for (const char* tab : {"faults", "traffic", "freshness", "size", "moment"}) {
    browser_->click("#tab-" + std::string(tab));
  }
  EXPECT_THAT(browser_->text_of("#values"), HasSubstr("<img src=x"));
  EXPECT_EQ(js("return [typeof window.harmed, document.images.length, document.scripts.length]"),
            Json({"undefined", 0, 3}));
}

TEST_F(Report, AHundredThousandEventsOpenAndDraw) {
  write(files_->path("large.json"), made_up(100'000));
  make("large", {files_->path("large.json")});
  browser_->open(page("large"));
  EXPECT_EQ(js("return report.runs[0].count"), 100'000);
  const std::string frame =
      "const times = []; for (let i = 0; i < 9; ++i) { report.draw(); "
      "times.push(report.frames.last); }"
      "return times.sort((a, b) => a - b)[4];";
  const double whole = js("report.view.fit();" + frame);
  const Json lines = js("return [report.drawn.lines.seen, report.drawn.lines.drawn]");
  EXPECT_GT(lines.at(0), 90'000);
  EXPECT_LT(lines.at(1), 3'000);
  EXPECT_THAT(browser_->text_of("#status"), HasSubstr("drawn"));
  const double tenth = js("report.view.set(4e10, 5e10);" + frame);
  const double close = js("report.view.set(4e10, 4.05e10);" + frame);
  click_event(50'000);
  const double cone = js("report.view.fit();" + frame);
  const double choosing =
      js("const begin = performance.now(); report.choose({ run: report.runs[0], event: 40000,"
         "message: -1 }); return performance.now() - begin;");
  const double finding = js(
      "const begin = performance.now(); document.getElementById('query').value ="
      "'deliver n3 preceded by transaction n1'; report.find(1); return performance.now() - begin;");
  const double opening =
      js("return performance.timing.loadEventEnd - performance.timing.navigationStart");
  std::cout << "100 000 events: opened in " << opening << " ms; a frame of the whole run takes "
            << whole << " ms, of a tenth " << tenth << ", close " << close << ", with a cone "
            << cone << "; choosing " << choosing << ", finding " << finding << "\n";
}

// With REJOIN_SCREENSHOT=docs/report.webp this makes the picture of docs/simulation.md.
TEST_F(Report, APictureOfARealRunFitsTheDocuments) {
  browser_->open(page("split"), "#from=1.05&to=4.1");
  click_event(
      js("const run = report.runs[0]; return run.eventsOf[0].find((i) => run.at[i] > 2.2e9"
         " && run.kindName(i) === 'transaction')"));
  js("report.view.set(1.05e9, 4.1e9); report.draw();");
  const std::string picture = browser_->picture();
  EXPECT_GT(picture.size(), 20'000U);
  EXPECT_LT(picture.size(), 300'000U);
  EXPECT_EQ(picture.substr(0, 4), "RIFF");
  if (const char* file = std::getenv("REJOIN_SCREENSHOT")) std::ofstream(file) << picture;
}

}  // namespace
}  // namespace rejoin::report
