// Which parameters a listing wants. A filter that is not understood is refused, never ignored.
#pragma once
#include <functional>

#include "model/aws_error.h"
#include "services/ssm/store.h"

namespace seatrial::services::ssm {

using Wanted = std::function<bool(const ParameterRecord&)>;

// `by_path`: GetParametersByPath knows fewer keys than DescribeParameters.
model::Outcome<Wanted> make_filter(const model::List<api::ParameterStringFilter>& filters,
                                   bool by_path);
// The older form of DescribeParameters.
model::Outcome<Wanted> make_filter(const model::List<api::ParametersFilter>& filters);

}  // namespace seatrial::services::ssm
