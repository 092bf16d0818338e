// Queries over a few events in memory, for this library's tests.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "logs/run/memory_source.h"
#include "logs/run/run.h"

namespace seatrial::logs::run {

inline constexpr std::int64_t kNoon = 1'796'040'000'000;  // 2026-11-30 12:00:00

struct Logs {
  MemorySource source;
  std::int64_t start_ms = kNoon - 86'400'000, end_ms = kNoon + 86'400'000;
  std::size_t limit = 0;
  FindGroups find_groups;
  FindLookup find_lookup;

  // Messages, a second apart from noon on.
  explicit Logs(std::initializer_list<const char*> messages = {}) {
    std::int64_t at = kNoon;
    for (const char* message : messages) add(at += 1'000, message);
  }
  Logs& add(std::int64_t at, std::string message, std::string group = "us-east-1/app",
            std::string stream = "a") {
    source.add({at, std::move(message), std::move(group), std::move(stream), at + 5});
    return *this;
  }

  std::expected<std::unique_ptr<const Program>, Problem> build(std::string_view query) const {
    return run::build(query, {{"us-east-1/app"}, limit, find_groups, find_lookup});
  }
  std::shared_ptr<Execution> run(std::string_view query) {
    auto program = build(query);
    EXPECT_TRUE(program) << query << ": " << program.error().message;
    if (!program) return nullptr;
    auto execution =
        std::make_shared<Execution>(std::shared_ptr<const Program>(std::move(*program)), source,
                                    Origin{"123456789012"}, Times{start_ms, end_ms, kNoon});
    execution->run();
    EXPECT_EQ(execution->failure(), "") << query;
    return execution;
  }
  // Each row as "a=1 b=2", without @ptr.
  std::vector<std::string> rows(std::string_view query) {
    const auto execution = run(query);
    std::vector<std::string> out;
    if (execution == nullptr) return out;
    const auto& columns = execution->program().columns();
    for (const auto& row : execution->result()->rows) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i)
        if (row[i] && columns[i].name != "@ptr")
          line += (line.empty() ? "" : " ") + columns[i].name + "=" + *row[i];
      out.push_back(line);
    }
    return out;
  }
  // The value of the only column of the only row.
  std::string value(const std::string& expression) {
    const auto all = rows("fields " + expression + " as v | limit 1");
    if (all.size() != 1) return fmt::format("{} rows", all.size());
    return all[0].starts_with("v=") ? all[0].substr(2) : all[0];
  }
  std::string refused(std::string_view query) const {
    const auto program = build(query);
    return program ? "" : program.error().message;
  }
};

}  // namespace seatrial::logs::run
