// runtime_client.py as bytes of the program; function_runner.cc writes it where python3 finds it.
__asm__(
    ".section .rodata\n"
    ".global seatrial_runtime_client\n"
    "seatrial_runtime_client:\n"
    ".incbin \"" SEATRIAL_RUNTIME_CLIENT
    "\"\n"
    ".byte 0\n"
    ".previous\n");
