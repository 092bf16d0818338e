// A task definition or image is named by something that is no fixed revision.
// docs/rules/unpinned-revision.md
//
// Certain: ECS takes `family`, `family:NUMBER` or an ARN of these; any other revision is refused
// (API reference of UpdateService). What only may surprise is a warning: the family alone in a
// rollback (the newest revision, which is the one that failed), a revision less one (it need not
// have run, nor exist), the tag `latest` of what runs in production.
#include <algorithm>

#include "runbook/check/reading/effects.h"
#include "runbook/check/reading/story.h"
#include "runbook/check/reading/words.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

bool is_revision(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Words that stand for a revision to be filled in are the business of the rule `placeholder`,
// single letters and sums ("N", "N-1") are not recognisable as such.
bool is_revision_placeholder(std::string_view revision) {
  if (revision.empty()) return true;
  if (revision.find_first_of("<>{}[]$\x01") != std::string_view::npos) return true;
  const bool capitals = std::ranges::all_of(revision, [](char c) {
    return (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
  });
  return (capitals && revision.size() > 1) || says_any(revision, {"xxx*", "your*", "revision"});
}

// What stands behind the last colon of "family:revision" or an ARN of it, if anything does.
std::string_view revision_of(std::string_view text) {
  const auto slash = text.rfind('/');
  const auto from = slash == std::string_view::npos ? 0 : slash;
  const auto colon = text.find(':', from);
  if (text.starts_with("arn:") && slash == std::string_view::npos) return {};
  return colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
}

bool is_rollback_section(const Command& command) {
  const auto caption = caption_of(*command.fence, command.shell.begin);
  return std::ranges::any_of(caption, speaks_of_rollback);
}

// `$((REVISION - 1))` behind the family's colon.
bool subtracts(const Command& command, const ShellWord& word) {
  const std::string_view script = command.fence->script;
  return std::ranges::any_of(word.expansions, [&](const ShellExpansion& expansion) {
    if (expansion.kind != ShellExpansion::Kind::kArithmetic || expansion.at == 0 ||
        word.text[expansion.at - 1] != ':')
      return false;
    return script.substr(expansion.begin, expansion.end - expansion.begin).contains('-');
  });
}

void look_at_task_definition(const Command& command, Reports& reports) {
  const auto name = aws_name(command);
  if (name.service != "ecs" || command.shell.damaged) return;
  const auto word = option_value_word(command, "--task-definition");
  if (word == 0) return;
  const auto& at = command.shell.words[word];
  if (subtracts(command, at))
    return reports.at_word(command, word,
                           {"the revision before need not be the one that ran, nor exist",
                            "note the revision that runs before the change", Severity::kWarning});
  auto text = command.known(word);
  if (text.starts_with("--task-definition=")) text.remove_prefix(18);
  if (text.empty() || text.contains("://")) return;
  const auto revision = revision_of(text);
  if (is_revision(revision)) return;
  if (revision.empty()) {
    const bool newest = !text.ends_with(':') && name.operation != "describe-task-definition";
    if (newest && !is_revision_placeholder(text) && is_rollback_section(command))
      reports.at_word(command, word,
                      {"without a revision this is the newest one, not the one to go back to",
                       std::string(text) + ":REVISION", Severity::kWarning});
    return;
  }
  if (is_revision_placeholder(revision)) return;
  reports.at_word(
      command, word,
      {fmt::format("\"{}\" is no revision: ECS takes a number behind the family", revision),
       revision == "latest" ? std::string(text.substr(0, text.size() - 7)) : std::string()});
}

bool is_latest_image(std::string_view text) {
  return text.ends_with(":latest") && text.find_first_of(" \x01") == std::string_view::npos;
}

// Programs and subcommands that put an image to work.
bool deploys_image(const Command& command) {
  if (command.name == "kubectl")
    return find_word(command, "image") > 0 && find_word(command, "set") > 0;
  if (command.name == "docker")
    return find_word(command, "update") > 0 || find_word(command, "run") > 0;
  const auto name = aws_name(command);
  return name.service == "lambda" && name.operation == "update-function-code";
}

void look_at_image(const Story& story, const Event& event, Reports& reports) {
  const Command& command = *event.command;
  if (!deploys_image(command)) return;
  for (std::size_t i = 1; i < command.shell.words.size(); ++i) {
    const std::string_view text = command.shell.words[i].text;
    if (!is_latest_image(text.substr(text.find('=') + 1))) continue;
    const auto caption = caption_of(*command.fence, command.shell.begin);
    const bool production =
        std::ranges::any_of(command.shell.words,
                            [](const ShellWord& w) { return says_production(w.text); }) ||
        std::ranges::any_of(caption, says_production) ||
        story.under(event.heading, std::array<std::string_view, 2>{"prod", "production"});
    if (production)
      reports.at_word(command, i,
                      {"`latest` is whatever was pushed last: production should run a fixed tag",
                       {},
                       Severity::kWarning});
  }
}

void check_unpinned_revision(const Analysis& analysis, Reports& reports) {
  const Story story(analysis);
  for (const auto& event : story.events()) {
    if (event.kind != Event::Kind::kCommand) continue;
    look_at_task_definition(*event.command, reports);
    look_at_image(story, event, reports);
  }
}

}  // namespace

const Rule kUnpinnedRevision{"unpinned-revision", Severity::kError,
                             "a revision that is no number, or whatever is newest",
                             check_unpinned_revision};

}  // namespace seatrial::runbook::check
