// See fix_session.h.
#include "runbook/check/output/fix_session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "runbook/check/output/diff.h"
#include "runbook/check/output/snippet.h"
#include "runbook/check/output/write_file.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

bool at_terminal(int descriptor) { return ::isatty(descriptor) != 0; }

std::string counted_fixes(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// A terminal is shown no control characters of others; a pipe gets a patch that applies.
void print_diff(const std::string& diff) {
  if (!at_terminal(STDOUT_FILENO)) {
    std::fwrite(diff.data(), 1, diff.size(), stdout);
    return;
  }
  for (auto line : split_lines(diff)) fmt::print("{}\n", harmless(line));
}

}  // namespace

bool FixSession::can_decide() const {
  return yes_ || dry_run_ || (at_terminal(STDIN_FILENO) && at_terminal(STDERR_FILENO));
}

void FixSession::look(const std::string& path, const std::string& bytes, const Recheck& recheck) {
  auto mended = mend(bytes, recheck);
  if (!mended) return;
  print_diff(unified_diff(path, bytes, mended->bytes));
  count_ += mended->count;
  pending_.push_back({path, bytes, std::move(mended->bytes)});
}

bool FixSession::ask() const {
  fmt::print(stderr, "Mend {} in {}? [y/N] ", counted_fixes(count_, "finding"),
             counted_fixes(pending_.size(), "file"));
  const int answer = std::getchar();
  return answer == 'y' || answer == 'Y';
}

bool FixSession::decide_and_write() {
  std::fflush(stdout);
  if (pending_.empty()) return fmt::print(stderr, "seatrial: nothing to mend\n"), true;
  if (dry_run_ || (!yes_ && !ask())) return true;
  bool all = true;
  for (const auto& file : pending_) {
    const auto now = read_file(file.path);
    auto written = now && *now == file.before
                       ? write_file(file.path, file.after)
                       : std::unexpected(file.path + ": has changed meanwhile; left as it is");
    if (written) continue;
    fmt::print(stderr, "seatrial: {}\n", written.error());
    all = false;
  }
  if (all)
    fmt::print(stderr, "seatrial: mended {} in {}\n", counted_fixes(count_, "finding"),
               counted_fixes(pending_.size(), "file"));
  return all;
}

}  // namespace seatrial::runbook::check
