// See rule_pages.h.
#include "runbook/check/output/rule_pages.h"

#include <algorithm>
#include <span>

namespace seatrial::runbook::check {

std::string_view rule_page(std::string_view id) {
  const std::span pages(kRulePages, kRulePageCount);
  const auto page = std::ranges::find(pages, id, &RulePage::id);
  return page == pages.end() ? std::string_view() : page->text;
}

}  // namespace seatrial::runbook::check
