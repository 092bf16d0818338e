// Gives back what only the start needed.
#pragma once

namespace seatrial::world {

// Free heap pages, and the pages of program and libraries that were read so far: they stay in the
// machine's page cache, and those still needed are mapped again at their next use. Any thread.
void release_startup_memory();

}  // namespace seatrial::world
