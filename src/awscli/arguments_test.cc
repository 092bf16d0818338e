#include "awscli/arguments.h"

#include <gmock/gmock.h>

#include <numeric>

#include "awscli/testing.h"

namespace seatrial::awscli {
namespace {

Option option(std::string name, Values values, std::size_t count = 1) {
  Option out;
  out.name = std::move(name);
  out.values = values;
  out.count = count;
  return out;
}

// "name=value,value" of each, "+value" of each positional, "rest" of what is left, "!" of problems.
std::string take(std::string_view line, const std::vector<Option>& options,
                 const std::vector<Option>& positionals) {
  const auto words = testing::words_of(line);
  std::vector<std::size_t> indices(words.size());
  std::iota(indices.begin(), indices.end(), 0);
  const auto taken = take_arguments({options, positionals}, words, indices);
  std::string out;
  const auto add = [&](std::string_view text) {
    out += (out.empty() ? "" : " ") + std::string(text);
  };
  for (const auto& found : taken.options) {
    std::string values;
    for (const auto index : found.values) values += (values.empty() ? "" : ",") + words[index].text;
    if (found.inline_at) values = words[found.word].text.substr(*found.inline_at);
    add(fmt::format("{}{}={}", found.abbreviated ? "~" : "", found.option->name, values));
  }
  for (const auto& found : taken.positionals)
    for (const auto index : found.values) add("+" + words[index].text);
  for (const auto index : taken.rest) add("rest:" + words[index].text);
  for (const auto& problem : taken.problems) add("!" + words[problem.word].text);
  if (taken.incomplete) add("incomplete");
  return out;
}

const std::vector<Option> kOptions = {
    option("one", Values::kOne),        option("flag", Values::kNone),
    option("list", Values::kAny),       option("some", Values::kSome),
    option("maybe", Values::kOptional), option("online", Values::kNone)};

TEST(Arguments, OptionsTakeWhatFollows) {
  EXPECT_EQ(take("--one a --flag --list b c --maybe", kOptions, {}), "one=a flag= list=b,c maybe=");
  EXPECT_EQ(take("--one=a --list=b c", kOptions, {}), "one=a list=b rest:c");
  EXPECT_EQ(take("--one=", kOptions, {}), "one=");
  EXPECT_EQ(take("--list --one x", kOptions, {}), "list= one=x");
  EXPECT_EQ(take("--one -5 --list -1.5 -a", kOptions, {}), "one=-5 list=-1.5 rest:-a");
  EXPECT_EQ(take("--one '-a b'", kOptions, {}), "one=-a b");
}

TEST(Arguments, PrefixesAreNames) {
  EXPECT_EQ(take("--fl --li a --onl", kOptions, {}), "~flag= ~list=a ~online=");
  EXPECT_EQ(take("--on x", kOptions, {}), "!--on");
  EXPECT_EQ(take("--one x", kOptions, {}), "one=x");
}

TEST(Arguments, MissingValuesAreNoted) {
  EXPECT_EQ(take("--one", kOptions, {}), "one= !--one");
  EXPECT_EQ(take("--one --flag", kOptions, {}), "one= flag= !--one");
  EXPECT_EQ(take("--some --flag", kOptions, {}), "some= flag= !--some");
  EXPECT_EQ(take("--flag=1", kOptions, {}), "flag=1 !--flag=1");
}

TEST(Arguments, PositionalsAndTheRest) {
  const std::vector<Option> two = {option("paths", Values::kOne, 2)};
  EXPECT_EQ(take("a b --flag", kOptions, two), "flag= +a +b");
  EXPECT_EQ(take("a --flag b", kOptions, two), "flag= rest:a rest:b");
  EXPECT_EQ(take("--one x a b c", kOptions, two), "one=x +a +b rest:c");
  EXPECT_EQ(take("--unknown a", kOptions, {option("word", Values::kOne)}), "+a rest:--unknown");
  EXPECT_EQ(take("-- --flag", kOptions, {option("word", Values::kOne)}), "+--flag");
  EXPECT_EQ(take("a", kOptions, {}), "rest:a");
}

TEST(Arguments, UnknownWordsAreValues) {
  EXPECT_EQ(take("--one $ --flag", kOptions, {}), "one=\x01 flag=");
  EXPECT_EQ(take("--$ x", kOptions, {}), "rest:x incomplete");
  EXPECT_EQ(take("--one=$", kOptions, {}), "one=\x01");
}

}  // namespace
}  // namespace seatrial::awscli
