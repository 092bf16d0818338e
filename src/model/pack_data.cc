// The bytes of models.pack, put into the program by the assembler. A file of its own so that a new
// pack rebuilds nothing else; the reader is pack.cc, the writer tools/modelc.
__asm__(
    ".section .rodata\n"
    ".balign 64\n"
    ".global seatrial_models_pack\n"
    "seatrial_models_pack:\n"
    ".incbin \"" SEATRIAL_MODELS_PACK
    "\"\n"
    ".global seatrial_models_pack_end\n"
    "seatrial_models_pack_end:\n"
    ".byte 0\n"
    ".previous\n");
