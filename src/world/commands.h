// The commands over a world: up, down, status. Exit codes: 0 well, 1 failed, 2 usage.
#pragma once

namespace seatrial::world {

int up_command(int argc, char** argv);
int down_command(int argc, char** argv);
int status_command(int argc, char** argv);

}  // namespace seatrial::world
