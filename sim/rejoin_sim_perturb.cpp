#include "sim/rejoin_sim_perturb.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <locale>
#include <memory>
#include <string_view>

extern char** environ;  // NOLINT: POSIX declares it nowhere
// Mimalloc's, if this program is linked with it (CMake's REJOIN_MIMALLOC); else null.
extern "C" int mi_version() __attribute__((weak));

namespace rejoin::sim {
namespace {

// Numbers as nobody writes them: 1_2_3;5.
class OddNumbers : public std::numpunct<char> {
 protected:
  char do_decimal_point() const override { return ';'; }
  char do_thousands_sep() const override { return '_'; }
  std::string do_grouping() const override { return "\1"; }
};

// Decimal commas if the machine has them, else at least another collation or encoding.
constexpr std::array<const char*, 6> locales = {"de_DE.UTF-8", "fr_FR.UTF-8", "tr_TR.UTF-8",
                                                "en_US.UTF-8", "C.UTF-8",     "POSIX"};

std::uint64_t noise() {
  std::uint64_t bits = 0;
  if (getrandom(&bits, sizeof bits, 0) != static_cast<ssize_t>(sizeof bits)) {
    bits = static_cast<std::uint64_t>(getpid());
  }
  return bits;
}

void set(std::vector<std::string>& environment, const std::string& name, const std::string& value) {
  const std::string prefix = name + "=";
  std::erase_if(environment, [&](const std::string& one) { return one.starts_with(prefix); });
  environment.push_back(prefix + value);
}

std::string with(const char* name, const std::string& more) {
  const char* before = std::getenv(name);
  return before == nullptr || *before == '\0' ? more : std::string(before) + ":" + more;
}

// Blocks of many sizes, some given back in no order: what comes later finds holes, and dirt in
// them.
void stir_the_heap() {
  static std::vector<std::unique_ptr<char[]>> kept;
  std::uint64_t bits = noise() | 1;
  const auto next = [&bits] {
    bits ^= bits << 13;
    bits ^= bits >> 7;
    bits ^= bits << 17;
    return bits;
  };
  std::vector<std::unique_ptr<char[]>> given_back;
  for (int i = 0; i < 4000; ++i) {
    const std::size_t size = 8 + next() % (i % 16 == 0 ? 4096 : 256);
    auto block = std::make_unique<char[]>(size);
    std::memset(block.get(), static_cast<int>(next() & 0xff), size);
    (next() % 4 == 0 ? kept : given_back).push_back(std::move(block));
  }
  while (!given_back.empty()) {
    std::swap(given_back[next() % given_back.size()], given_back.back());
    given_back.pop_back();
  }
}

}  // namespace

std::vector<std::string> perturbed_environment() {
  std::vector<std::string> environment;
  for (char** one = environ; *one != nullptr; ++one) environment.emplace_back(*one);
  const std::uint64_t bits = noise();
  const std::string fill = std::to_string(1 + bits % 254);
  // Only the C library's own allocator fills what it gives, so it takes the place of another.
  if (mi_version != nullptr) {
    set(environment, "LD_PRELOAD", with("LD_PRELOAD", "libstdc++.so.6:libc.so.6"));
  }
  set(environment, "GLIBC_TUNABLES",
      with("GLIBC_TUNABLES", "glibc.malloc.perturb=" + fill + ":glibc.malloc.tcache_count=0"));
  set(environment, "MALLOC_PERTURB_", fill);
  set(environment, "ASAN_OPTIONS",
      with("ASAN_OPTIONS", "max_malloc_fill_size=65536:malloc_fill_byte=" + fill));
  set(environment, "TZ", "FAR-13:47");
  for (const char* name : locales) {
    if (std::setlocale(LC_ALL, name) == nullptr) continue;
    set(environment, "LC_ALL", name);
    break;
  }
  std::setlocale(LC_ALL, "C");
  set(environment, "REJOIN_SIM_PADDING", std::string(1 + bits / 256 % 5000, 'x'));
  return environment;
}

void perturb_this_process() {
  std::setlocale(LC_ALL, "");
  std::locale::global(std::locale(std::locale::classic(), new OddNumbers));
  std::srand(static_cast<unsigned>(noise()));
  stir_the_heap();
}

std::string perturbations() {
  return "memory (fill, order, layout), locale, time zone, environment, order of seeds, processes";
}

}  // namespace rejoin::sim
