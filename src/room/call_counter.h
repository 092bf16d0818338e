// Who counts API calls: CloudWatch, for the metrics of AWS/Usage.
#pragma once
#include <string_view>

#include "model/pack.h"

namespace seatrial::room {

class CallCounter {  // any thread
 public:
  virtual ~CallCounter() = default;
  // A call of a served operation whose caller is known, whatever will become of it.
  virtual void count(std::string_view region, const model::Operation& operation) = 0;
  // A counted call was answered with this error's code.
  virtual void failed(std::string_view region, const model::Operation& operation,
                      std::string_view code) = 0;
};

}  // namespace seatrial::room
