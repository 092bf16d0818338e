// The staging labels of a secret's versions: pure rules over a record.
//
// Each label is on at most one version. When AWSCURRENT moves, AWSPREVIOUS follows to the version
// that had it. A version without labels is deprecated and may be dropped.
#pragma once
#include <string>
#include <string_view>

#include "model/aws_error.h"
#include "services/secretsmanager/store.h"

namespace seatrial::services::secretsmanager {

inline constexpr std::string_view kCurrent = "AWSCURRENT";
inline constexpr std::string_view kPrevious = "AWSPREVIOUS";
constexpr std::size_t kVersionsKept = 100;
constexpr std::size_t kStagesPerVersion = 20;

Version* find_version(SecretRecord& secret, std::string_view id);
Version* find_stage(SecretRecord& secret, std::string_view stage);
const Version* find_version(const SecretRecord& secret, std::string_view id);
const Version* find_stage(const SecretRecord& secret, std::string_view stage);

// Puts the label on that version, which exists, taking it from any other.
void move_stage(SecretRecord& secret, const std::string& stage, const std::string& to_id);
void remove_stage(SecretRecord& secret, std::string_view stage);

// Drops the oldest deprecated version when there are too many; LimitExceededException when all have
// labels.
model::Outcome<void> make_room(SecretRecord& secret);

model::Map<model::List<std::string>> ids_to_stages(const SecretRecord& secret);

}  // namespace seatrial::services::secretsmanager
