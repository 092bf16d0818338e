// `seatrial image build|ls|rm`: the images of a world from the command line. Works beside a running
// daemon: both go through the image store's lock.
#pragma once

namespace seatrial::drivers {

// argv[0] is "image". Results on stdout, messages on stderr.
// 0: done; 1: not done, the message says why and what to do; 2: wrong usage.
int image_command(int argc, char** argv);

}  // namespace seatrial::drivers
