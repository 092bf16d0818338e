// The pages of docs/rules, put into the program by embed_pages.cmake.
#pragma once
#include <cstddef>
#include <string_view>

namespace seatrial::runbook::check {

struct RulePage {
  std::string_view id;
  std::string_view text;  // Markdown
};
extern const RulePage kRulePages[];  // by id
extern const std::size_t kRulePageCount;

std::string_view rule_page(std::string_view id);  // empty when there is none

}  // namespace seatrial::runbook::check
