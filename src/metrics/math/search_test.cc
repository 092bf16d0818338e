// SEARCH: the tables and examples of "CloudWatch search expression syntax".
#include <gtest/gtest.h>

#include "metrics/math/search.h"

namespace seatrial::metrics::math {
namespace {

std::vector<std::string> tokens(std::string_view text) {
  std::vector<std::string> lower;
  for (const auto& token : tokenize(text)) lower.push_back(token.lower);
  return lower;
}

bool finds(std::string_view search, const MetricName& metric) {
  const auto parsed = Search::parse(search);
  EXPECT_TRUE(parsed) << search << ": " << (parsed ? "" : parsed.error());
  return parsed && parsed->in_schema(metric.name_space, metric.dimensions) &&
         parsed->matches(SearchedMetric(metric));
}

std::string refusal(std::string_view search) {
  const auto parsed = Search::parse(search);
  return parsed ? "" : parsed.error();
}

using Words = std::vector<std::string>;

TEST(MetricSearch, SplitsNamesAsTheTableShows) {
  EXPECT_EQ(tokens("CustomCount1"), (Words{"custom", "count", "1"}));
  EXPECT_EQ(tokens("SDBFailure"), (Words{"sdb", "failure"}));
  EXPECT_EQ(tokens("Project2-trial333"), (Words{"project", "2", "trial", "333"}));
  EXPECT_EQ(tokens("couNT"), (Words{"cou", "nt"}));
  EXPECT_EQ(tokens("Network-Errors_2"), (Words{"network", "errors", "2"}));
}

TEST(MetricSearch, MatchesPartsWhateverTheirCase) {
  const MetricName metric{"Mine", "CustomCount1", {}};
  for (const auto* term : {"count", "Count", "COUNT", "CustomCount", "Count1", "custom"})
    EXPECT_TRUE(finds(term, metric)) << term;
  for (const auto* term : {"couNT", "customcount", "count1", "cust"})
    EXPECT_FALSE(finds(term, metric)) << term;
  const MetricName signs{"Mine", "Network-Errors-2", {}}, camel{"Mine", "NetworkErrors2", {}};
  for (const auto* term :
       {"network/errors", "network+errors", "network-errors", "Network_Errors"}) {
    EXPECT_TRUE(finds(term, signs)) << term;
    EXPECT_TRUE(finds(term, camel)) << term;
  }
}

TEST(MetricSearch, MatchesExactly) {
  const MetricName metric{"Mine", "CustomCount1", {{"Host", "a b"}}};
  EXPECT_TRUE(finds(R"("CustomCount1")", metric));
  EXPECT_TRUE(finds(R"("a b")", metric));
  EXPECT_FALSE(finds(R"("customcount1")", metric));
  EXPECT_FALSE(finds(R"("Custom")", metric));
  EXPECT_TRUE(finds(R"x("Europe\\France Traffic\(Network\)")x",
                    {"Mine", R"(Europe\France Traffic(Network))", {}}));
}

TEST(MetricSearch, HoldsToTheSchema) {
  const MetricName metric{"AWS/EC2", "CPUUtilization", {{"InstanceId", "i-1"}}};
  EXPECT_TRUE(finds(R"( {AWS/EC2,InstanceId} MetricName="CPUUtilization" )", metric));
  EXPECT_TRUE(finds(R"({AWS/EC2, InstanceId}, cpu)", metric));
  EXPECT_TRUE(finds("{AWS/EC2,InstanceId}", metric));
  EXPECT_FALSE(finds("{AWS/EC2}", metric));
  EXPECT_FALSE(finds("{AWS/EC2,InstanceId,Other}", metric));
  EXPECT_TRUE(finds(R"({"My Namespace", "Dimension@Name"}, "Custom:Name[Special_Characters")",
                    {"My Namespace", "Custom:Name[Special_Characters", {{"Dimension@Name", "x"}}}));
}

TEST(MetricSearch, TakesDesignatorsAndOperators) {
  const MetricName errors{"AWS/Lambda", "Errors", {{"FunctionName", "ProjectC"}}};
  const MetricName calls{"AWS/Lambda", "Invocations", {{"FunctionName", "ProjectA"}}};
  const MetricName other{"AWS/Lambda", "Invocations", {{"FunctionName", "ProjectC"}}};
  const auto* nested =
      R"({AWS/Lambda,FunctionName} MetricName="Errors" OR (MetricName="Invocations" AND (ProjectA OR ProjectB)))";
  EXPECT_TRUE(finds(nested, errors));
  EXPECT_TRUE(finds(nested, calls));
  EXPECT_FALSE(finds(nested, other));
  EXPECT_FALSE(finds("NOT Namespace=AWS", errors));
  EXPECT_TRUE(finds("NOT Namespace=AWS", {"Mine", "Errors", {}}));
  EXPECT_TRUE(finds(R"(MetricName="Errors" NOT "ProjectA" NOT "ProjectB")", errors));
  EXPECT_TRUE(finds("FunctionName=project", calls));
  EXPECT_FALSE(finds("Namespace=project", calls));
  EXPECT_FALSE(finds("errors and invocations", errors));  // lower case: a word to find
}

TEST(MetricSearch, RefusesWhatIsMalformed) {
  for (const auto* search : {"", "  ", "{", "{}", "{a,}", "(a", "a)", "a AND", "OR a", "NOT", "\"a",
                             "a=", "=b", "()", "--"})
    EXPECT_NE(refusal(search), "") << search;
  EXPECT_NE(refusal(std::string(1025, 'a')), "");
  EXPECT_NE(refusal(std::string(300, '(') + "a" + std::string(300, ')')), "");
}

}  // namespace
}  // namespace seatrial::metrics::math
