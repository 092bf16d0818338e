// Which command may follow which. See check.h.
#include "logs/query/check.h"
#include "logs/query/commands.h"

namespace seatrial::logs::query {
namespace {

template <class T>
bool is(const Command& command) {
  return std::holds_alternative<T>(command.body);
}

class OrderCheck {
 public:
  explicit OrderCheck(std::vector<Problem>& problems) : problems_(problems) {}

  void follow(const Command& command) {
    behind_dedup(command);
    if (is<StatsCommand>(command)) stats(command);
    if (estimate_ != nullptr) add(*estimate_, "estimate is the last command", Certainty::kCertain);
    // Seen: "Diff operation has to be used after Pattern".
    if (is<DiffCommand>(command) && !pattern_)
      add(command, "diff compares what `pattern` made: it stands behind it", Certainty::kLikely);
    pattern_ = pattern_ || is<PatternCommand>(command);
    estimate_ = is<EstimateCommand>(command) ? &command : nullptr;
    dedup_ = is<DedupCommand>(command) || (dedup_ && is<LimitCommand>(command));
    if (is<SortCommand>(command) || is<LimitCommand>(command)) early_.push_back(&command);
  }

 private:
  void add(const Command& command, std::string message, Certainty certainty) {
    problems_.push_back({Problem::Kind::kMeaning, command.name, std::move(message), "", certainty});
  }
  // The guide has nothing but limit behind dedup; seen to be refused is sort.
  void behind_dedup(const Command& command) {
    if (!dedup_ || is<LimitCommand>(command)) return;
    if (is<SortCommand>(command))
      add(command, "behind dedup there is limit only: sort stands before it", Certainty::kCertain);
    else
      add(command, "AWS documents nothing but limit behind dedup", Certainty::kLikely);
  }
  void stats(const Command& command) {
    if (++stats_ == 3) add(command, "a query has at most two stats", Certainty::kCertain);
    if (stats_ != 2) return;
    for (const auto* early : early_)
      add(*early,
          fmt::format("in a query with two stats {} stands behind the second", early->kind->name),
          Certainty::kCertain);
  }

  std::vector<Problem>& problems_;
  int stats_ = 0;
  bool pattern_ = false, dedup_ = false;
  const Command* estimate_ = nullptr;
  std::vector<const Command*> early_;  // sort and limit
};

}  // namespace

void check_order(const Query& query, std::vector<Problem>& problems) {
  OrderCheck check(problems);
  for (const auto& command : query.commands) check.follow(command);
}

}  // namespace seatrial::logs::query
