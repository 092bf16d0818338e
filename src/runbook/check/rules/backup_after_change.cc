// The backup is taken when the change is done already. docs/rules/backup-after-change.md
//
// Reported only when both name the same database or table and the section has no backup before.
#include <algorithm>

#include "runbook/check/reading/effects.h"
#include "runbook/check/reading/story.h"
#include "runbook/check/reading/words.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

bool is_backup(const Command& command) {
  const auto [service, operation] = aws_name(command);
  if (!operation.empty())
    return operation.starts_with("create-") && says_any(operation, {"snapshot", "backup"});
  return command.name == "pg_dump" || command.name == "pg_dumpall" || command.name == "mysqldump";
}

// A change of the data or of what keeps it, which a backup would undo.
bool is_change(const Command& command) {
  const auto [service, operation] = aws_name(command);
  if (service == "rds" || service == "docdb" || service == "neptune")
    return (operation.starts_with("modify-db-") && (has_option(command, "--engine-version") ||
                                                    has_option(command, "--db-instance-class") ||
                                                    has_option(command, "--allocated-storage"))) ||
           operation.starts_with("delete-db-instance") ||
           operation.starts_with("delete-db-cluster");
  if (service == "dynamodb") return operation == "delete-table";
  if (service == "ec2") return operation == "modify-volume" || operation == "delete-volume";
  return false;
}

void look_at_section(std::span<const Event> section, Reports& reports) {
  std::vector<const Command*> changes;
  bool backed_up = false;
  for (const auto& event : section) {
    if (event.kind != Event::Kind::kCommand) continue;
    const Command& command = *event.command;
    if (is_change(command)) changes.push_back(&command);
    if (!is_backup(command)) continue;
    const auto changed = std::ranges::find_if(
        changes, [&](const Command* change) { return share_target(*change, command); });
    if (!backed_up && changed != changes.end())
      reports.at_word(command, operation_word(command),
                      {fmt::format("this backup is taken after `{}`, there is none from before",
                                   (*changed)->aws->path),
                       "take it before the change"});
    backed_up = true;
  }
}

void check_backup_after_change(const Analysis& analysis, Reports& reports) {
  const Story story(analysis);
  for (int h = -1; h < static_cast<int>(analysis.document().headings.size()); ++h)
    look_at_section(story.section(h), reports);
}

}  // namespace

const Rule kBackupAfterChange{"backup-after-change", Severity::kWarning,
                              "a backup that comes after the change it is for",
                              check_backup_after_change};

}  // namespace seatrial::runbook::check
