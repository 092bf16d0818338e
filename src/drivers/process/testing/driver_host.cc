// A daemon to be killed: hosts a ProcessDriver, starts one container, prints "started" and waits.
//   driver_host CONTAINERS_DIR IMAGES_DIR CGROUP_PARENT ID IMAGE
// Its shims are itself, as those of the product are.
#include <unistd.h>

#include <cstdio>
#include <string_view>

#include "base/clock.h"
#include "drivers/process/process_driver.h"
#include "drivers/process/shim.h"

namespace {

using namespace seatrial::drivers;

class Printer final : public ContainerEvents {
 public:
  void container_started(const std::string&) override { say("started"); }
  void container_start_failed(const std::string&, const StartError& error) override {
    say(error.message.c_str());
  }
  void container_exited(const ContainerExit&) override { say("exited"); }
  void container_output(const std::string&, std::vector<OutputLine>, std::uint64_t) override {}

 private:
  static void say(const char* word) {
    std::printf("%s\n", word);
    std::fflush(stdout);
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "__shim") return shim_main(argc, argv);
  if (argc != 6) return 2;
  const seatrial::SystemClock clock;
  auto images = ImageStore::open(argv[2]);
  if (!images) return 1;
  Printer printer;
  ProcessDriver driver({.containers_dir = argv[1], .cgroup_parent = argv[3]}, *images, clock);
  driver.attach(printer);
  driver.start({.id = argv[4], .image = argv[5]});
  for (;;) ::pause();
}
