// A query ready to run: steps, columns, and what the source of events is asked for.
//
// Built on the control thread, where StartQuery refuses what is not served; run on any other, many
// times if need be, for nothing in it changes.
#pragma once
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "logs/query/query.h"
#include "logs/run/build.h"
#include "logs/scan.h"

namespace seatrial::logs::run {

// Which groups ("region/group") SOURCE means; what is wrong with it otherwise.
using FindGroups =
    std::function<std::expected<std::vector<std::string>, std::string>(const query::Source&)>;

// guess: AWS does not say how the value that `estimate` gives is named.
inline constexpr std::string_view kEstimateColumn = "estimatedBytesScanned";

struct BuildOptions {
  std::vector<std::string> groups;     // those of the request; SOURCE's take their place
  std::size_t limit = 0;               // the request's; 0: none given
  FindGroups find_groups;              // null: SOURCE is refused
  FindLookup find_lookup = {};         // null: lookup is refused
  bool inner = false;                  // its rows are for another query
  std::vector<std::string> show = {};  // the result's columns, whatever the query says
};

class Program {
 public:
  // A query whose values or rows another one asks for.
  struct Inner {
    std::unique_ptr<const Program> program;
    int set = -1;          // `in (...)`: the number of the set for its values
    int table = -1;        // else: of the table for its rows
    std::size_t keys = 0;  // of join: how many columns its rows are found by
  };

  const EventFields& fields() const { return fields_; }
  const std::vector<Column>& columns() const { return columns_; }
  const std::vector<StepPtr>& steps() const { return steps_; }
  const std::vector<Inner>& inner() const { return inner_; }
  const std::vector<std::string>& groups() const { return groups_; }
  std::size_t limit() const { return limit_; }  // rows of the result
  // Groups, streams, needles and order; the times are the run's.
  const ScanRequest& request() const { return request_; }
  // How many steps pass before what is matched is counted.
  std::size_t counted_at() const { return counted_at_; }
  // Whether a block's columns do, so that no message need be read.
  bool by_columns() const { return by_columns_; }
  // Whether rows of the result are events, so that each has its @ptr.
  bool events() const { return events_; }
  // Whether events of an earlier time are looked at, too.
  const std::optional<query::DiffCommand>& diff() const { return diff_; }
  // Whether only the bytes that it would read are asked for.
  bool estimate() const { return estimate_; }

 private:
  friend class ProgramBuild;
  EventFields fields_;
  std::vector<StepPtr> steps_;
  std::vector<Column> columns_;
  std::vector<Inner> inner_;
  std::vector<std::string> groups_;
  std::size_t limit_ = kDefaultRows;
  ScanRequest request_;
  std::size_t counted_at_ = 0;
  bool events_ = true, by_columns_ = false, estimate_ = false;
  std::optional<query::DiffCommand> diff_;
};

// The problem's span is of `text`. Only for queries that parse() does not refuse; they must outlive
// nothing: the program holds what it needs.
std::expected<std::unique_ptr<const Program>, Problem> build(const query::Query& query,
                                                             std::string_view text,
                                                             const BuildOptions& options);
// parse() and build().
std::expected<std::unique_ptr<const Program>, Problem> build(std::string_view text,
                                                             const BuildOptions& options);

}  // namespace seatrial::logs::run
