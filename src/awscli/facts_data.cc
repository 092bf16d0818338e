// facts_v1.txt and facts_v2.txt as bytes of the program. The reader is facts.cc, the writer
// tools/awscli_facts/extract.py, which also describes the lines.
__asm__(
    ".section .rodata\n"
    ".global seatrial_awscli_facts_v1\n"
    "seatrial_awscli_facts_v1:\n"
    ".incbin \"" SEATRIAL_AWSCLI_FACTS
    "/facts_v1.txt\"\n"
    ".byte 0\n"
    ".global seatrial_awscli_facts_v2\n"
    "seatrial_awscli_facts_v2:\n"
    ".incbin \"" SEATRIAL_AWSCLI_FACTS
    "/facts_v2.txt\"\n"
    ".byte 0\n"
    ".previous\n");
