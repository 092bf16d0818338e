// Lookup tables through their operations, and a query that uses one: also after a restart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "services/logs/testing.h"

namespace seatrial::services::logs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kArn = "arn:aws:logs:ap-southeast-2:123456789012:lookup-table:users";

class LookupTablesTest : public StartedLogs {
 protected:
  Value create(const char* name, const char* csv) {
    return must("CreateLookupTable", {{"lookupTableName", name}, {"tableBody", csv}});
  }
};

TEST_F(LookupTablesTest, AreMadeShownReplacedAndDeleted) {
  const auto made = must("CreateLookupTable", {{"lookupTableName", "users"},
                                               {"description", "who is who"},
                                               {"tableBody", "id,name\n1,ann\n2,bob\n"},
                                               {"tags", {{"team", "x"}}}});
  EXPECT_EQ(text_member(made, "lookupTableArn"), kArn);
  EXPECT_EQ(made.at("createdAt").as_int64(), to_ms(world_.clock.now()));
  const auto shown = must("DescribeLookupTables", {}).at("lookupTables").as_array().at(0);
  EXPECT_EQ(text_member(shown, "description"), "who is who");
  EXPECT_EQ(shown.at("tableFields"), (Value{"id", "name"}));
  EXPECT_EQ(shown.at("recordsCount").as_int64(), 2);
  EXPECT_EQ(shown.at("sizeBytes").as_int64(), 20);
  EXPECT_EQ(must("ListTagsForResource", {{"resourceArn", kArn}}),
            (Value{{"tags", {{"team", "x"}}}}));
  must("TagResource", {{"resourceArn", kArn}, {"tags", {{"stage", "test"}}}});
  must("UntagResource", {{"resourceArn", kArn}, {"tagKeys", {"team"}}});
  EXPECT_EQ(must("ListTagsForResource", {{"resourceArn", kArn}}),
            (Value{{"tags", {{"stage", "test"}}}}));
  must("UpdateLookupTable", {{"lookupTableArn", kArn}, {"tableBody", "id\n7"}});
  const auto whole = must("GetLookupTable", {{"lookupTableArn", kArn}});
  EXPECT_EQ(text_member(whole, "tableBody"), "id\n7");
  EXPECT_EQ(text_member(whole, "description"), "who is who");
  must("DeleteLookupTable", {{"lookupTableArn", kArn}});
  EXPECT_THAT(error("GetLookupTable", {{"lookupTableArn", kArn}}),
              HasSubstr("ResourceNotFoundException"));
}

TEST_F(LookupTablesTest, WhatIsWrongIsRefusedAndStoresNothing) {
  const auto made = [&](Object more) {
    Object input{{"lookupTableName", "users"}, {"tableBody", "a,b\n1,2\n"}};
    for (auto& [name, value] : more) input[name] = value;
    return error("CreateLookupTable", input);
  };
  EXPECT_EQ(made({{"tableBody", "a,b\n1\n"}}),
            "ValidationException: The table body is not valid CSV: line 2 has 1 fields, the header "
            "row 2.");
  EXPECT_THAT(made({{"kmsKeyId", "arn:aws:kms:x"}}), HasSubstr("kmsKeyId"));
  EXPECT_THAT(made({{"tags", {{"aws:x", "y"}}}}), HasSubstr("reserved"));
  EXPECT_EQ(must("DescribeLookupTables", {}).at("lookupTables").as_array().size(), 0u);
  create("users", "a\n1");
  EXPECT_THAT(made({}), HasSubstr("ResourceAlreadyExistsException"));
  EXPECT_THAT(error("UpdateLookupTable", {{"lookupTableArn", kArn}, {"tableBody", "a,a\n"}}),
              HasSubstr("two columns"));
  EXPECT_EQ(text_member(must("GetLookupTable", {{"lookupTableArn", kArn}}), "tableBody"), "a\n1");
  EXPECT_THAT(error("DeleteLookupTable", {{"lookupTableArn", "users"}}),
              HasSubstr("not that of a lookup table"));
}

TEST_F(LookupTablesTest, ComeInPagesByName) {
  for (const char* name : {"b", "a1", "a3", "a2"}) create(name, "x\n1");
  const auto page =
      must("DescribeLookupTables", {{"lookupTableNamePrefix", "a"}, {"maxResults", 2}});
  const auto rest = must("DescribeLookupTables", {{"lookupTableNamePrefix", "a"},
                                                  {"maxResults", 2},
                                                  {"nextToken", text_member(page, "nextToken")}});
  EXPECT_EQ(text_member(page.at("lookupTables").as_array().at(1), "lookupTableName"), "a2");
  EXPECT_EQ(text_member(rest.at("lookupTables").as_array().at(0), "lookupTableName"), "a3");
  EXPECT_FALSE(rest.as_object().contains("nextToken"));
}

TEST_F(LookupTablesTest, AQueryPutsTheirColumnsBesideEvents) {
  create("users", "id,name\n1,ann\n");
  must("CreateLogGroup", {{"logGroupName", "/app"}});
  must("CreateLogStream", {{"logGroupName", "/app"}, {"logStreamName", "a"}});
  must("PutLogEvents", {{"logGroupName", "/app"},
                        {"logStreamName", "a"},
                        {"logEvents", Array{{{"timestamp", to_ms(world_.clock.now())},
                                             {"message", R"({"id":1})"}}}}});
  const auto now = to_ms(world_.clock.now()) / 1000;
  const Object question{{"logGroupName", "/app"},
                        {"startTime", now - 60},
                        {"endTime", now + 60},
                        {"queryString", "fields id | lookup users id OUTPUT name"}};
  const auto name = [&](const std::string& id) {
    while (true) {
      const auto reply = must("GetQueryResults", {{"queryId", id}});
      const auto status = text_member(reply, "status");
      if (status == "Failed") return std::string(status);
      if (status == "Complete")
        return std::string(
            text_member(reply.at("results").as_array().at(0).as_array().at(1), "value"));
      std::this_thread::yield();
    }
  };
  const auto id = std::string(text_member(must("StartQuery", question), "queryId"));
  EXPECT_EQ(name(id), "ann");
  world_.control.run_due();
  room_->stop();
  world_.store->flush();
  open();  // its rows are made again
  EXPECT_EQ(name(id), "ann");
  must("UpdateLookupTable", {{"lookupTableArn", kArn}, {"tableBody", "id,name\n1,eve\n"}});
  EXPECT_EQ(name(std::string(text_member(must("StartQuery", question), "queryId"))), "eve");
  must("DeleteLookupTable", {{"lookupTableArn", kArn}});
  EXPECT_THAT(error("StartQuery", question), HasSubstr("no lookup table 'users'"));
}

}  // namespace
}  // namespace seatrial::services::logs
