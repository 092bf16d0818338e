// Insights through its operations: started, read, stopped, refused with the place; carried on after
// a restart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "services/logs/testing.h"

namespace seatrial::services::logs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class QueriesTest : public StartedLogs {
 protected:
  QueriesTest() {
    must("CreateLogGroup", {{"logGroupName", "/app"}});
    must("CreateLogStream", {{"logGroupName", "/app"}, {"logStreamName", "a"}});
  }
  void restart() {
    room_->stop();
    world_.store->flush();
    world_.control.run_due();
    open();
  }
  std::int64_t now_s() { return to_ms(world_.clock.now()) / 1000; }
  void put(const std::vector<std::string>& messages) {
    Array events;
    std::int64_t at = to_ms(world_.clock.now());
    for (const auto& message : messages)
      events.push_back({{"timestamp", at++}, {"message", message}});
    must("PutLogEvents",
         {{"logGroupName", "/app"}, {"logStreamName", "a"}, {"logEvents", std::move(events)}});
  }
  Object question(const std::string& text) {
    return {{"logGroupName", "/app"},
            {"startTime", now_s() - 60},
            {"endTime", now_s() + 60},
            {"queryString", text}};
  }
  std::string begin(const std::string& text) {
    return std::string(text_member(must("StartQuery", question(text)), "queryId"));
  }
  Value await(const std::string& id, Object extra = {}) {
    extra["queryId"] = id;
    while (true) {
      auto reply = must("GetQueryResults", extra);
      const auto status = text_member(reply, "status");
      if (status != "Running" && status != "Scheduled") return reply;
      std::this_thread::yield();
    }
  }
  static std::vector<std::string> rows(const Value& reply) {
    std::vector<std::string> out;
    for (const auto& row : reply.at("results").as_array()) {
      std::string line;
      for (const auto& cell : row.as_array())
        if (text_member(cell, "field") != "@ptr")
          line += std::string(text_member(cell, "field")) + "=" +
                  std::string(text_member(cell, "value")) + ";";
      out.push_back(line);
    }
    return out;
  }
};

TEST_F(QueriesTest, AQueryRunsAndItsRowsAreRead) {
  put({R"({"level":"ERROR","ms":5})", R"({"level":"INFO"})", R"({"level":"ERROR","ms":7})"});
  const auto reply = await(begin("stats count(*) as n, avg(ms) as ms by level | sort n desc"));
  EXPECT_EQ(text_member(reply, "status"), "Complete");
  EXPECT_THAT(rows(reply), ElementsAre("level=ERROR;n=2;ms=6;", "level=INFO;n=1;"));
  const auto& statistics = reply.at("statistics");
  EXPECT_EQ(statistics.at("recordsScanned").as_double(), 3);
  EXPECT_EQ(statistics.at("recordsMatched").as_double(), 3);
  EXPECT_EQ(statistics.at("bytesScanned").as_double(), 64);
  EXPECT_EQ(statistics.at("logGroupsScanned").as_double(), 1);
}

TEST_F(QueriesTest, ARowLeadsToItsRecord) {
  put({R"({"level":"ERROR","a":{"b":[1]},"@x":2})"});
  const auto reply = await(begin("fields level"));
  const auto& cells = reply.at("results").as_array()[0].as_array();
  ASSERT_EQ(text_member(cells[1], "field"), "@ptr");
  const auto record = must("GetLogRecord", {{"logRecordPointer", cells[1].at("value")}});
  const auto& fields = record.at("logRecord").as_object();
  EXPECT_EQ(fields.at("@log").as_string(), "123456789012:/app");
  EXPECT_EQ(fields.at("@@x").as_string(), "2");
  EXPECT_EQ(fields.at("a.b.0").as_string(), "1");
  EXPECT_THAT(error("GetLogRecord", {{"logRecordPointer", "abc"}}), HasSubstr("is invalid"));
}

TEST_F(QueriesTest, FieldsOfAGroupAreCounted) {
  put({R"({"level":"ERROR"})", "plain"});
  world_.clock.advance(Millis{5});
  const auto reply = must("GetLogGroupFields", {{"logGroupName", "/app"}});
  std::vector<std::string> out;
  for (const auto& field : reply.at("logGroupFields").as_array())
    out.push_back(fmt::format("{} {}", std::string(text_member(field, "name")),
                              field.at("percent").as_int64()));
  EXPECT_THAT(out, ElementsAre("@ingestionTime 100", "@log 100", "@logStream 100", "@message 100",
                               "@timestamp 100", "level 50"));
}

TEST_F(QueriesTest, WhatIsWrongIsRefused) {
  const auto reply = call("StartQuery", question("fields a | fitler b"));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, "MalformedQueryException");
  EXPECT_EQ(to_json(reply.error().details),
            "{\"queryCompileError\":{\"location\":{\"startCharOffset\":11,\"endCharOffset\":17},"
            "\"message\":\"there is no command 'fitler' at line 1 and position 11\"}}");
  auto absent = question("fields a");
  absent["logGroupName"] = "/none";
  EXPECT_EQ(error("StartQuery", absent),
            "ResourceNotFoundException: Log group '/none' does not exist for account ID "
            "'123456789012'");
  auto sql = question("SELECT 1");
  sql["queryLanguage"] = "SQL";
  EXPECT_THAT(error("StartQuery", sql), HasSubstr("the query language SQL"));
  auto backwards = question("fields a");
  backwards["endTime"] = now_s() - 120;
  EXPECT_THAT(error("StartQuery", backwards), HasSubstr("InvalidParameterException"));
  auto many = question("fields a");
  many["limit"] = 100'001;
  EXPECT_THAT(error("StartQuery", many), HasSubstr("less than or equal to 100000"));
  auto nowhere = question("fields a");
  nowhere.erase("logGroupName");
  EXPECT_THAT(error("StartQuery", nowhere), HasSubstr("SOURCE"));
  EXPECT_THAT(error("GetQueryResults", {{"queryId", "x"}}), HasSubstr("ResourceNotFound"));
  EXPECT_THAT(error("StopQuery", {{"queryId", "x"}}), HasSubstr("ResourceNotFound"));
  EXPECT_EQ(must("DescribeQueries", Object{}).at("queries").as_array().size(), 0u);
}

TEST_F(QueriesTest, SourceNamesTheGroups) {
  put({"one"});
  auto input = question("SOURCE logGroups(namePrefix: ['/a']) | fields @log");
  input.erase("logGroupName");
  const auto id = std::string(text_member(must("StartQuery", input), "queryId"));
  EXPECT_THAT(rows(await(id)), ElementsAre("@log=123456789012:/app;"));
  input["queryString"] = "SOURCE '/other' | fields @log";
  EXPECT_THAT(error("StartQuery", input), HasSubstr("there is no log group '/other'"));
}

TEST_F(QueriesTest, SourceChoosesByTags) {
  const auto tagged = [&](const char* name, const char* team) {
    must("CreateLogGroup", {{"logGroupName", name}, {"tags", {{"team", team}}}});
  };
  tagged("/red", "Red");
  tagged("/reddish", "reddish");
  tagged("/blue", "blue");
  const auto groups = [&](const std::string& filters) {
    auto input = question("SOURCE logGroupTags([" + filters + "]) | fields a");
    input.erase("logGroupName");
    const std::string id(text_member(must("StartQuery", input), "queryId"));
    const auto reply = must("ListLogGroupsForQuery", {{"queryId", id}});
    std::vector<std::string> out;
    for (const auto& name : reply.at("logGroupIdentifiers").as_array())
      out.emplace_back(name.as_string());
    return out;
  };
  EXPECT_THAT(groups("{key: 'team'}"), ElementsAre("/blue", "/red", "/reddish"));
  EXPECT_THAT(groups(R"({"key":"team","values":["Red","blue"]})"), ElementsAre("/blue", "/red"));
  EXPECT_THAT(groups("{key: 'team', values: ['red*']}"), ElementsAre("/red", "/reddish"));
  EXPECT_THAT(groups("{key: 'team', values: ['!red*']}"), ElementsAre("/blue"));
  EXPECT_THAT(groups("{key: 'team', values: ['*ED*']}, {key: 'team', values: ['!Red']}"),
              ElementsAre("/reddish"));
  auto input = question("SOURCE logGroupTags([{key: 'none'}]) | fields a");
  input.erase("logGroupName");
  EXPECT_THAT(error("StartQuery", input), HasSubstr("no log group"));
  EXPECT_THAT(error("ListLogGroupsForQuery", {{"queryId", "none"}}), HasSubstr("does not exist"));
}

TEST_F(QueriesTest, RowsComeInPages) {
  put({"1", "2", "3"});
  const auto id = begin("fields @message");
  const auto first = await(id, {{"maxItems", 2}});
  EXPECT_THAT(rows(first), ElementsAre("@message=3;", "@message=2;"));
  const Value token = first.at("nextToken");
  const auto second = must("GetQueryResults", {{"queryId", id}, {"nextToken", token}});
  EXPECT_THAT(rows(second), ElementsAre("@message=1;"));
  EXPECT_EQ(find_member(second, "nextToken"), nullptr);
  const auto other = begin("fields @message");
  EXPECT_THAT(error("GetQueryResults", {{"queryId", other}, {"nextToken", token}}),
              HasSubstr("nextToken is invalid"));
  world_.clock.advance(std::chrono::hours{2});
  EXPECT_THAT(error("GetQueryResults", {{"queryId", id}, {"nextToken", token}}),
              HasSubstr("nextToken is invalid"));
}

TEST_F(QueriesTest, AnEndedQueryCannotBeStoppedButIsListed) {
  put({"1"});
  const auto id = begin("fields @message");
  await(id);
  EXPECT_THAT(error("StopQuery", {{"queryId", id}}), HasSubstr("its status is Complete"));
  const auto listed = must("DescribeQueries", {{"status", "Complete"}, {"logGroupName", "/app"}});
  ASSERT_EQ(listed.at("queries").as_array().size(), 1u);
  EXPECT_EQ(text_member(listed.at("queries").as_array()[0], "queryString"), "fields @message");
  EXPECT_EQ(must("DescribeQueries", {{"status", "Failed"}}).at("queries").as_array().size(), 0u);
}

TEST_F(QueriesTest, RowsAreMadeAgainAfterARestart) {
  put({"1"});
  const auto id = begin("fields @message");
  await(id);
  world_.control.run_due();
  restart();
  EXPECT_THAT(rows(await(id)), ElementsAre("@message=1;"));
  const auto running = begin("stats count(*) as n");
  restart();  // before its end was recorded
  EXPECT_THAT(rows(await(running)), ElementsAre("n=1;"));
}

TEST_F(QueriesTest, DefinitionsAreKept) {
  const Object saved{{"name", "errors"}, {"queryString", "fields a"}, {"logGroupNames", {"/app"}}};
  const auto id = std::string(text_member(must("PutQueryDefinition", saved), "queryDefinitionId"));
  must("PutQueryDefinition", {{"name", "other"}, {"queryString", "fields b"}});
  must("PutQueryDefinition",
       {{"name", "errors2"}, {"queryString", "fields c"}, {"queryDefinitionId", id}});
  const auto found = must("DescribeQueryDefinitions", {{"queryDefinitionNamePrefix", "err"}});
  ASSERT_EQ(found.at("queryDefinitions").as_array().size(), 1u);
  const auto& one = found.at("queryDefinitions").as_array()[0];
  EXPECT_EQ(text_member(one, "name"), "errors2");
  EXPECT_EQ(one.at("logGroupNames").as_array().size(), 0u);
  const auto page = must("DescribeQueryDefinitions", {{"maxResults", 1}});
  const auto rest = must("DescribeQueryDefinitions", {{"nextToken", page.at("nextToken")}});
  EXPECT_EQ(rest.at("queryDefinitions").as_array().size(), 1u);
  must("DeleteQueryDefinition", {{"queryDefinitionId", id}});
  EXPECT_THAT(error("DeleteQueryDefinition", {{"queryDefinitionId", id}}),
              HasSubstr("ResourceNotFoundException"));
  const Object once{{"name", "n"}, {"queryString", "q"}, {"clientToken", std::string(36, 'x')}};
  EXPECT_EQ(text_member(must("PutQueryDefinition", once), "queryDefinitionId"),
            text_member(must("PutQueryDefinition", once), "queryDefinitionId"));
}

}  // namespace
}  // namespace seatrial::services::logs
