// Something is taken away and nothing before it in the section would stop a wrong hand.
// docs/rules/destructive-unguarded.md
//
// Problem: a line that deletes is pasted at three in the morning with the wrong variable set.
// Choice: the runner's table of destructive commands (runbook/destructive.h); silent when the
// section asks, tries it dry, shows the target, backs it up, warns, or made the target itself.
// Rejected: wanting a question before everything: a procedure whose purpose is to delete would
// then always be wrong. An `echo` stops nobody and is no guard where data is lost.
#include <algorithm>

#include "runbook/check/reading/effects.h"
#include "runbook/check/reading/story.h"
#include "runbook/check/reading/words.h"
#include "runbook/check/rules/rules.h"
#include "runbook/destructive.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

bool warns(std::string_view text) {
  return says_any(text, {"warning",         "caution",           "careful*",
                         "danger*",         "irreversibl*",      "cannot be undone",
                         "can t be undone", "can't be undone",   "permanent*",
                         "destructive",     "data loss",         "only if",
                         "only when",       "only after",        "make sure",
                         "ensure",          "confirm*",          "never",
                         "staging only",    "not in production", "downtime",
                         "double check",    "is empty",          "no longer needed"});
}

// `read -p`, not the `read` of a loop.
bool asks(const Command& command) {
  if (command.name == "select" || command.name == "confirm") return true;
  return command.name == "read" &&
         std::ranges::any_of(command.shell.words, [](const ShellWord& word) {
           return word.text.starts_with('-') && word.text.contains('p');
         });
}

bool backs_up(const Command& command) {
  if (!command.aws)
    return command.name == "pg_dump" || command.name == "pg_dumpall" ||
           command.name == "mysqldump" || find_word(command, "bgsave") > 0 ||
           find_word(command, "save") > 0 || command.name == "cp" || command.name == "tar" ||
           (command.name == "kubectl" && find_word(command, "get") > 0 &&
            find_word(command, "yaml") > 0);
  const auto [service, operation] = aws_name(command);
  if (service == "s3") return operation == "cp" || operation == "sync";
  const bool makes = operation.starts_with("create-") || operation.starts_with("start-") ||
                     operation.starts_with("copy-") || operation.starts_with("export-");
  return makes && says_any(operation, {"snapshot", "backup*", "image", "export", "copy"});
}

// What is deleted is itself a copy: a fresh one does not bring it back.
bool is_guard_backup(const Command& command) {
  return says_any(aws_name(command).operation, {"snapshot", "backup*", "recovery point", "image"});
}

bool is_subset(const std::vector<std::string_view>& part,
               const std::vector<std::string_view>& whole) {
  return !part.empty() && std::ranges::all_of(part, [&](auto one) {
    return std::ranges::find(whole, one) != whole.end();
  });
}

bool makes(const Command& command) {
  const auto operation = aws_name(command).operation;
  return operation.starts_with("create-") || operation.starts_with("run-") ||
         operation.starts_with("restore-") || operation.starts_with("copy-");
}

// `terraform plan` that shows what this apply is going to do.
bool plans(const Command& before, const Command& apply) {
  return before.name == "terraform" && find_word(before, "plan") > 0 && apply.name == "terraform" &&
         has_option(before, "-destroy") == has_option(apply, "-destroy");
}

// Whether what stands before in the section guards the command.
bool is_guard(const Event& event, const Command& command, Damage damage) {
  if (event.kind != Event::Kind::kCommand) return warns(event.text);
  const Command& before = *event.command;
  if (asks(before) || plans(before, command)) return true;
  if (backs_up(before) && can_verify(before, command) && !is_guard_backup(command)) return true;
  if (makes(before) && is_subset(targets_of(command), targets_of(before))) return true;
  const auto effect = effect_of(before);
  const bool shows = (effect == Effect::kReads || effect == Effect::kWaits ||
                      (before.name == "echo" && damage < Damage::kRemoves)) &&
                     !before.shell.in_substitution;
  return shows && share_target(before, command);
}

bool tries_first(const Event& event, const Command& command) {
  return event.kind == Event::Kind::kCommand && event.command->name == command.name &&
         (has_option(*event.command, "--dry-run") || has_option(*event.command, "--dryrun"));
}

// `if ...; then` or `case` around it, or a test right before it.
bool is_conditional(const Command& command) {
  int open = 0;
  const std::string_view script = command.fence->script;
  for (auto line : split_lines(script.substr(0, command.shell.begin))) {
    const auto words = split_blanks(line);
    const auto first = words.empty() ? std::string_view() : words[0];
    if (first == "if" || first == "case") ++open;
    if (first == "fi" || first == "fi;" || first == "esac") --open;
  }
  const auto before = trim(script.substr(0, command.shell.begin));
  return open > 0 ||
         (before.ends_with("&&") && before.substr(before.rfind('\n') + 1).contains('['));
}

// A comment right behind it warns as well ("causes brief downtime").
bool warned_behind(std::span<const Event> after, const Command& command) {
  return !after.empty() && after.front().kind == Event::Kind::kComment &&
         after.front().fence == command.fence && warns(after.front().text);
}

bool is_made_here(const Analysis& analysis, const Command& command,
                  const ShellExpansion& expansion) {
  const auto [fence, assignment] =
      assigned_before(analysis, *command.fence, expansion.begin, expansion.name);
  if (assignment == nullptr || !assignment->has_value) return false;
  const auto& value = assignment->value;
  return value.known || std::string_view(fence->script)
                            .substr(value.begin, value.end - value.begin)
                            .contains("mktemp");
}

// An empty variable would make it remove everything, or everything in a folder.
bool is_risky_file_removal(const Analysis& analysis, const Command& command) {
  return std::ranges::any_of(command.shell.words, [&](const ShellWord& word) {
    if (word.text == "/" || word.text == "/*" || word.text == "~") return true;
    return std::ranges::any_of(word.expansions, [&](const ShellExpansion& expansion) {
      const std::string_view script = command.fence->script;
      const auto written = script.substr(expansion.begin, expansion.end - expansion.begin);
      const bool leads = expansion.at == 0 || word.text[expansion.at - 1] == '/';
      return leads && !written.contains(":?") && !is_made_here(analysis, command, expansion);
    });
  });
}

// Which destructions are worth a guard where they stand.
std::optional<Destruction> judged(const Command& command, const Story& story, int heading) {
  auto destruction = destruction_of(command.shell);
  if (!destruction) return std::nullopt;
  if (command.name == "rm" && !is_risky_file_removal(story.analysis(), command))
    return std::nullopt;
  if (command.name == "terraform" && find_word(command, "state") == 0) {
    // Without it terraform shows the plan and asks.
    const auto approved = find_word(command, "-auto-approve");
    if (approved == 0) return std::nullopt;
    destruction->word = approved;
  }
  if (has_option(command, "--final-db-snapshot-identifier")) return std::nullopt;
  if (destruction->damage == Damage::kLittle) return std::nullopt;
  if (destruction->damage == Damage::kInterrupts) {
    const bool production =
        story.under(heading, std::array<std::string_view, 2>{"prod", "production"}) ||
        std::ranges::any_of(targets_of(command), says_production);
    if (!production) return std::nullopt;
  }
  return destruction;
}

std::string_view harm(Damage damage) {
  switch (damage) {
    case Damage::kLoses:
      return "this loses data for good";
    case Damage::kInterrupts:
      return "this interrupts production";
    default:
      return "this takes down or removes what it names";
  }
}

void look_at_command(const Story& story, std::span<const Event> section, std::size_t index,
                     Reports& reports) {
  const Event& event = section[index];
  const Command& command = *event.command;
  const auto destruction = judged(command, story, event.heading);
  if (!destruction || is_conditional(command)) return;
  const auto before = section.first(index);
  if (std::ranges::any_of(before, [&](const Event& one) {
        return is_guard(one, command, destruction->damage) || tries_first(one, command);
      }))
    return;
  if (warned_behind(section.subspan(index + 1), command)) return;
  reports.at_word(command, destruction->word,
                  {fmt::format("{}: {}, and nothing before it in this section asks, shows what "
                               "is hit, or keeps a copy",
                               destruction->what, harm(destruction->damage)),
                   "show the target first, ask (`read -p`), or take a backup"});
}

// Ports that are meant for everybody.
bool is_public_port(std::string_view port) { return port == "80" || port == "443"; }

void look_at_ingress(const Command& command, Reports& reports) {
  const auto [service, operation] = aws_name(command);
  if (service != "ec2" || operation != "authorize-security-group-ingress") return;
  const auto port = option_value_word(command, "--port");
  if (port != 0 && is_public_port(command.known(port))) return;
  for (std::size_t i = 1; i < command.shell.words.size(); ++i) {
    const auto text = command.known(i);
    if (!text.contains("0.0.0.0/0") && !text.contains("::/0")) continue;
    if (text.contains("FromPort=80,") || text.contains("FromPort=443,")) continue;
    reports.at_word(command, i,
                    {"this opens the port to everybody on the internet",
                     "name the network or the security group that needs it"});
  }
}

void check_destructive_unguarded(const Analysis& analysis, Reports& reports) {
  const Story story(analysis);
  for (int h = -1; h < static_cast<int>(analysis.document().headings.size()); ++h) {
    const auto section = story.section(h);
    for (std::size_t i = 0; i < section.size(); ++i) {
      if (section[i].kind != Event::Kind::kCommand) continue;
      look_at_ingress(*section[i].command, reports);
      look_at_command(story, section, i, reports);
    }
  }
}

}  // namespace

const Rule kDestructiveUnguarded{
    "destructive-unguarded", Severity::kWarning,
    "a destructive command that nothing before it in its section guards",
    check_destructive_unguarded};

}  // namespace seatrial::runbook::check
