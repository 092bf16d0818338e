// The type of what `aws SERVICE OPERATION` prints before --query. Pure. Any thread.
//
// It is the operation's output shape as the CLI changes it: response metadata gone, pages merged
// and their tokens gone, a streamed body gone to its file, policy documents decoded. Where the
// CLI's changes are not modelled the part is of any type.
#pragma once
#include "jmespath/type.h"
#include "model/pack.h"

namespace seatrial::jmespath {

struct CliOutput {
  bool v1 = false;           // of AWS CLI version 1
  bool merges_pages = true;  // false with --no-paginate or a page's own token or size
  bool cuts_pages = false;   // with --max-items: NextToken tells where to go on
};

Type type_of_output(const model::Operation& operation, CliOutput output = {});

}  // namespace seatrial::jmespath
