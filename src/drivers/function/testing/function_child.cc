// `seatrial __function` alone, for the driver's tests.
#include "drivers/function/function_child.h"

int main(int argc, char** argv) { return seatrial::drivers::function_main(argc, argv); }
