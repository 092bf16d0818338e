// Brings a world's templates about through CloudFormation, as a client would, and waits until each
// stack is complete.
#pragma once
#include <expected>
#include <filesystem>
#include <functional>
#include <string>

#include "room/room.h"

namespace seatrial::world {

struct TemplateFile {
  std::filesystem::path path;
  std::string body;
  std::string stack_name;  // Metadata.Seatrial.StackName, else the folder's or file's name
  std::string region;      // Metadata.Seatrial.Region, may be empty
};

std::expected<TemplateFile, std::string> read_template(const std::filesystem::path& path);

// Creates or updates the stack and blocks until it is complete, reporting each resource's progress.
// Not on the control thread. The error says which resource failed and why.
std::expected<void, std::string> deploy_template(room::Env& env, const room::Context& as,
                                                 const TemplateFile& file,
                                                 const std::function<void(std::string)>& report);

}  // namespace seatrial::world
