// Where a value comes from: the call of the AWS CLI whose output the shell puts into a word,
// directly or by way of a variable. Pure.
//
// Only what is certain: the substitution holds one call and nothing else, and the variable was set
// so by the last assignment above its use.
#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "jmespath/type.h"
#include "runbook/check/analysis.h"
#include "runbook/check/query.h"

namespace seatrial::runbook::check {

struct ValueSource {
  const Command* call = nullptr;  // of the AWS CLI
  OutputForm form = OutputForm::kUnknown;
  jmespath::Type type;  // of what it prints
  // The bytes of the substitution in the call's fence: "$(aws ...)".
  std::size_t begin = 0, end = 0;
  bool by_variable = false;
};

class ValueSources {
 public:
  explicit ValueSources(const Analysis& analysis);

  // Of a part that the shell puts into a word of the command.
  std::optional<ValueSource> of(const Command& command, const ShellExpansion& expansion) const;
  // Of a whole substitution in a fence's script.
  std::optional<ValueSource> of(const Fence& fence, std::size_t begin, std::size_t end) const;
  // The call whose output `command` reads: the member before it of the same pipeline, when that is
  // a call of the AWS CLI with nothing between.
  const Command* piped_into(const Command& command) const;

 private:
  struct Setter {
    const Fence* fence = nullptr;
    const ShellAssignment* assignment = nullptr;
  };
  std::optional<ValueSource> of_variable(const Fence& fence, std::size_t use,
                                         const std::string& name) const;

  struct Places {                        // of one fence's commands
    std::vector<const Command*> inner;   // calls in substitutions, by their beginning
    std::vector<const Command*> by_end;  // members of pipelines
  };

  const Analysis& analysis_;
  std::unordered_map<const Fence*, Places> places_;
  std::unordered_map<std::string, std::vector<Setter>> setters_;  // in the document's order
};

}  // namespace seatrial::runbook::check
