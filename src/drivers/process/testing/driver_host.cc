// A daemon to be killed: hosts a ProcessDriver, starts one container, prints "started" and waits.
//   driver_host CONTAINERS_DIR IMAGES_DIR SHIM CGROUP_PARENT ID IMAGE
#include <unistd.h>

#include <cstdio>

#include "base/clock.h"
#include "drivers/process/process_driver.h"

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
  if (argc != 7) return 2;
  const seatrial::SystemClock clock;
  auto images = ImageStore::open(argv[2]);
  if (!images) return 1;
  Printer printer;
  ProcessDriver driver({argv[1], {argv[3]}, argv[4]}, *images, clock);
  driver.attach(printer);
  driver.start({.id = argv[5], .image = argv[6]});
  for (;;) ::pause();
}
