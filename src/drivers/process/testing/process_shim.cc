// The shim as an executable of its own, for tests: the product runs it in its main executable.
#include "drivers/process/shim.h"

int main(int argc, char** argv) { return seatrial::drivers::shim_main(argc, argv); }
