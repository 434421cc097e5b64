// Worker processes: every task comes to an end, whatever it does.

#include "sim/rejoin_sim_pool.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <map>

namespace rejoin::sim {
namespace {

std::string work(const std::string& task) {
  if (task == "die") std::abort();
  if (task == "leave") _exit(3);
  if (task == "hang") {
    while (true) pause();
  }
  return "did " + task + "\nwell";
}

std::map<std::uint64_t, Pool::Answer> answers_to(unsigned jobs,
                                                 const std::vector<std::string>& tasks) {
  std::map<std::uint64_t, Pool::Answer> answers;
  Pool pool({jobs, 0.2}, work);
  std::size_t next = 0;
  while (next < tasks.size() || pool.under_way() > 0) {
    for (; next < tasks.size() && pool.wants(); ++next) pool.give(next, tasks[next]);
    pool.wait([&](const Pool::Answer& answer) {
      EXPECT_TRUE(answers.emplace(answer.task, answer).second) << "answered twice";
    });
  }
  return answers;
}

TEST(Pool, AnswersEveryTaskOnce) {
  for (unsigned jobs : {1U, 3U}) {
    std::vector<std::string> tasks;
    for (int i = 0; i < 50; ++i) tasks.push_back(std::to_string(i));
    const auto answers = answers_to(jobs, tasks);
    ASSERT_EQ(answers.size(), 50U);
    EXPECT_EQ(answers.at(17).text, "did 17 well");
    EXPECT_EQ(answers.at(17).died, "");
  }
}

TEST(Pool, ATaskThatDiesOrHangsCostsOnlyItself) {
  for (unsigned jobs : {1U, 2U}) {
    const auto answers = answers_to(jobs, {"a", "die", "b", "leave", "c", "hang", "d"});
    ASSERT_EQ(answers.size(), 7U);
    EXPECT_EQ(answers.at(0).text, "did a well");
    EXPECT_EQ(answers.at(1).died, "was aborted by signal 6");
    EXPECT_EQ(answers.at(2).text, "did b well");
    EXPECT_EQ(answers.at(3).died, "ended its process with code 3");
    EXPECT_EQ(answers.at(4).text, "did c well");
    EXPECT_EQ(answers.at(5).died, "took more than 0.2 s");
    EXPECT_EQ(answers.at(6).text, "did d well");
  }
}

}  // namespace
}  // namespace rejoin::sim
