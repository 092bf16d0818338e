// Which metrics AWS publishes in CloudWatch: namespace, metric and set of dimensions must be one
// that a service writes, else CloudWatch answers with no datapoints and without an error. Pure.
//
// Problem: AWS's documentation spreads this over a page per service, and adds to it every month.
// Choice: a table (metric_table.cc) of the namespaces that runbooks use; names that look like a
// slip, or belong to another namespace, are certain, other unknown names are not. Rejected: judging
// namespaces that are not in the table, or custom ones; all combinations of every namespace, where
// the documentation does not enumerate them.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runbook/check/rule.h"

namespace seatrial::runbook::check {

// How the dimensions of a group of metrics must relate to its sets.
enum class Match {
  kAny,      // not judged
  kAtLeast,  // hold all of one of the sets
  kExactly,  // be one of the sets
  kNever,    // hold none of the sets
};

struct MetricGroup {
  std::string_view metrics;  // blank-separated
  Match match;
  std::string_view sets;  // "ClusterName;ClusterName,ServiceName", "-" for the empty set
};

struct MetricNamespace {
  std::string_view name;
  std::string_view page;        // of AWS's documentation
  std::string_view dimensions;  // blank-separated
  bool complete;                // the lists are, as far as the page is known here
  std::span<const MetricGroup> groups;
};

std::span<const MetricNamespace> metric_namespaces();  // sorted by name

// A metric as it was asked for. Empty texts are not known.
struct AskedMetric {
  struct Dimension {
    std::string name;
    std::string value;
  };
  std::string name_space;
  std::string metric;
  std::vector<Dimension> dimensions;
  bool all_dimensions = true;  // there are no more than these
};

struct MetricProblem {
  enum class Part { kNamespace, kMetric, kDimensions, kDimensionName, kDimensionValue };
  Part part = Part::kMetric;
  std::size_t dimension = 0;  // index, of the last two
  std::string message;
  std::string suggestion;
  Severity severity = Severity::kError;
};

// At most one problem of names, or else those of the dimensions.
std::vector<MetricProblem> judge_metric(const AskedMetric& asked);

}  // namespace seatrial::runbook::check
