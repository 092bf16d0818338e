// Files replaced whole or not at all.
#pragma once
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

namespace seatrial::runbook::check {

// Through a symbolic link its target is replaced; permissions stay. The reason when it fails.
std::expected<void, std::string> write_file(const std::filesystem::path& path,
                                            std::string_view bytes);

}  // namespace seatrial::runbook::check
