// The command-line entry points of this library; main.cc dispatches to them.
//
// argv[0] is the command's own name ("run"), the rest its arguments. Results go to stdout, messages
// to stderr. The value is the process's exit code.
#pragma once

namespace seatrial::runbook {

// seatrial run FILE[#section]: 0 well, 1 a step failed, 2 usage, 3 waits for approval,
// 4 an expectation not met, 130 interrupted.
int run_command(int argc, char** argv);
// seatrial env: shell exports; 0, or 1 when no world runs.
int env_command(int argc, char** argv);
// seatrial check FILE...: 0 no findings, 1 findings, 2 usage. Defined in check/output/,
// library runbook_check_output.
int check_command(int argc, char** argv);

}  // namespace seatrial::runbook
