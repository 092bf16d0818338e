// Seatrial's commands, as a table of contents.
#include <cstdio>
#include <cstring>
#include <string_view>

#include "drivers/function/function_child.h"
#include "drivers/image/command.h"
#include "drivers/process/shim.h"
#include "runbook/commands.h"
#include "runbook/warm_cli.h"
#include "world/commands.h"

namespace {

struct Command {
  const char* name;
  int (*run)(int argc, char** argv);
  const char* summary;
};

constexpr Command kCommands[] = {
    {"up", seatrial::world::up_command, "start a world and the systems its templates describe"},
    {"down", seatrial::world::down_command, "stop a world, keeping its state"},
    {"status", seatrial::world::status_command, "say whether a world is up and where"},
    {"env", seatrial::runbook::env_command, "print exports that point AWS clients at a world"},
    {"image", seatrial::drivers::image_command, "build and list images in a world's store"},
    {"check", seatrial::runbook::check_command, "check runbooks against AWS's service models"},
    {"run", seatrial::runbook::run_command, "rehearse a runbook in a world"},
};

int usage(std::FILE* out) {
  std::fprintf(out, "usage: seatrial COMMAND [OPTIONS]\n\n");
  for (const auto& command : kCommands) {
    std::fprintf(out, "  %-8s %s\n", command.name, command.summary);
  }
  std::fprintf(out, "\n`seatrial COMMAND --help` says more.\n");
  return out == stderr ? 2 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc > 1 ? argv[1] : "";
  if (name == "__shim") return seatrial::drivers::shim_main(argc - 1, argv + 1);
  if (name == "__function") return seatrial::drivers::function_main(argc - 1, argv + 1);
  if (name == "__aws") return seatrial::runbook::warm_call(argc - 1, argv + 1);
  for (const auto& command : kCommands) {
    if (name == command.name) return command.run(argc - 1, argv + 1);
  }
  if (name == "--help" || name == "-h" || name == "help") return usage(stdout);
  if (name == "--version" || name == "version") {
    std::printf("seatrial 0.1.0\n");
    return 0;
  }
  if (!name.empty()) std::fprintf(stderr, "seatrial: no command '%s'\n\n", argv[1]);
  return usage(stderr);
}
