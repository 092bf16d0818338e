// Metrics Insights' grammar, with the examples of the user guide, and what a query matches.
// Sources: cloudwatch-metrics-insights-querylanguage, -queryexamples.
#include "metrics/math/select.h"

#include <gtest/gtest.h>

namespace seatrial::metrics::math {
namespace {

std::string problem(std::string_view text) {
  const auto select = Select::parse(text);
  return select ? "accepted" : select.error();
}

SeriesId series(Dimensions dimensions, std::string name = "CPUUtilization") {
  return {"r", "AWS/EC2", std::move(name), std::move(dimensions), "Percent"};
}

bool matches(std::string_view text, const SeriesId& id) {
  const auto select = Select::parse(text);
  EXPECT_TRUE(select) << select.error();
  return select->matches(id, "123456789012");
}

TEST(Select, AllClauses) {
  const auto select = Select::parse(
      "select max(\"My.Metric\") FROM SCHEMA(\"AWS/ApplicationELB\", LoadBalancer, "
      "AvailabilityZone)\n WHERE AvailabilityZone = 'us-east-1a' and \"a b\" != 'it\\'s'\n"
      "GROUP BY LoadBalancer, AWS.AccountId order by SUM() desc Limit 10");
  ASSERT_TRUE(select) << select.error();
  EXPECT_EQ(select->function, Select::Function::kMax);
  EXPECT_EQ(select->metric, "My.Metric");
  EXPECT_EQ(select->name_space, "AWS/ApplicationELB");
  EXPECT_EQ(*select->schema, (std::vector<std::string>{"AvailabilityZone", "LoadBalancer"}));
  ASSERT_EQ(select->where.size(), 2u);
  EXPECT_EQ(select->where[1].label, "a b");
  EXPECT_EQ(select->where[1].value, "it's");
  EXPECT_FALSE(select->where[1].equal);
  EXPECT_EQ(select->group_by, (std::vector<std::string>{"LoadBalancer", "AWS.AccountId"}));
  EXPECT_EQ(select->order->function, Select::Function::kSum);
  EXPECT_TRUE(select->order->descending);
  EXPECT_EQ(select->limit, 10u);
}

TEST(Select, WhatMayBeLeftOut) {
  const auto select = Select::parse("SELECT COUNT(\"LIMIT\") FROM MyNamespace ORDER BY AVG()");
  ASSERT_TRUE(select) << select.error();
  EXPECT_EQ(select->metric, "LIMIT");
  EXPECT_FALSE(select->schema);
  EXPECT_FALSE(select->order->descending);
  EXPECT_EQ(select->limit, kMaxSelected);
  EXPECT_TRUE(Select::parse("SELECT AVG(\"Bytes\\\"Input\\\"\") FROM SCHEMA(\"AWS/EC2\")"));
}

TEST(Select, RefusesWithThePosition) {
  EXPECT_EQ(problem("SELECT MEDIAN(x) FROM y"),
            "Unexpected 'MEDIAN', expected AVG, COUNT, MAX, MIN or SUM, at character 8");
  EXPECT_EQ(problem("SELECT AVG(x) y"), "Unexpected 'y', expected FROM, at character 15");
  EXPECT_EQ(problem("SELECT AVG(x"), "Unexpected the end, expected ')', at character 13");
  EXPECT_EQ(problem("SELECT AVG(x) FROM y WHERE a = \"b\""),
            "Unexpected 'b', expected a value in single quotation marks, at character 32");
  EXPECT_EQ(problem("SELECT AVG(x) FROM y WHERE a < 'b'"),
            "Unexpected '<', expected = or !=, at character 30");
  EXPECT_EQ(problem("SELECT AVG(x) FROM y WHERE a = 'b"),
            "There is a quotation mark that nothing closes at character 32");
  EXPECT_EQ(problem("SELECT AVG(x) FROM AWS/EC2"),
            "Unexpected '/', expected the end of the query, at character 23");
  EXPECT_EQ(problem("SELECT AVG(x) FROM y LIMIT 501"),
            "Unexpected '501', expected a number from 1 to 500, at character 28");
  EXPECT_EQ(problem("SELECT AVG(x) FROM y WHERE a = 'b' OR a = 'c'"),
            "Unexpected 'OR', expected the end of the query, at character 36");
  EXPECT_EQ(problem("SELECT AVG(limit) FROM y"),
            "Unexpected 'limit', expected a metric's name (a reserved word needs quotation marks), "
            "at character 12");
  EXPECT_EQ(problem("SELECT AVG(x) FROM y WHERE tag.env = 'b'"),
            "Seatrial does not serve queries by the tags of resources yet: 'tag.env' at character "
            "28");
}

TEST(Select, Matches) {
  const auto one = series({{"InstanceId", "i-1"}}), none = series({});
  const auto both = series({{"InstanceId", "i-1"}, {"InstanceType", "c3.4xlarge"}});
  for (const auto& id : {one, none, both})
    EXPECT_TRUE(matches("SELECT AVG(CPUUtilization) FROM \"AWS/EC2\"", id));
  EXPECT_FALSE(matches("SELECT AVG(CPUUtilization) FROM SCHEMA(\"AWS/EC2\")", one));
  EXPECT_TRUE(matches("SELECT AVG(CPUUtilization) FROM SCHEMA(\"AWS/EC2\")", none));
  EXPECT_TRUE(matches("SELECT AVG(CPUUtilization) FROM SCHEMA(\"AWS/EC2\", InstanceId)", one));
  EXPECT_FALSE(matches("SELECT AVG(CPUUtilization) FROM SCHEMA(\"AWS/EC2\", InstanceId)", both));
  EXPECT_FALSE(matches("SELECT AVG(cpuutilization) FROM \"AWS/EC2\"", one));
  const std::string typed = "SELECT AVG(CPUUtilization) FROM \"AWS/EC2\" WHERE InstanceType ";
  EXPECT_TRUE(matches(typed + "= 'c3.4xlarge'", both));
  EXPECT_FALSE(matches(typed + "!= 'c3.4xlarge'", both));
  EXPECT_FALSE(matches(typed + "!= 'c3.4xlarge'", one));
  EXPECT_TRUE(
      matches("SELECT AVG(CPUUtilization) FROM \"AWS/EC2\" WHERE AWS.AccountId = "
              "'123456789012'",
              one));
}

TEST(Select, Groups) {
  const auto select = Select::parse("SELECT SUM(a) FROM b GROUP BY Operation, ServiceName");
  EXPECT_EQ(select->group_of({{"Operation", "Put"}}, "1"),
            (std::vector<std::string>{"Put", "Other"}));
}

TEST(Select, IsToldFromMath) {
  EXPECT_TRUE(is_select(" select AVG(x)"));
  EXPECT_FALSE(is_select("selected"));
  EXPECT_FALSE(is_select("m1 + m2"));
}

}  // namespace
}  // namespace seatrial::metrics::math
