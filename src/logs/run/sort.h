// The step of `sort`, which the program looks into: events may come sorted from the source.
#pragma once
#include "logs/run/build.h"

namespace seatrial::logs::run {

class SortStep final : public Step {
 public:
  struct Key {
    NodePtr value;
    int slot = -1;
    bool descending = false;
    std::string field;  // its name, when the key is a plain one
  };
  explicit SortStep(std::vector<Key> keys) : keys_(std::move(keys)) {}

  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override;
  void bound(std::size_t rows) override { most_ = rows; }
  bool keeps_rows() const override { return done_; }
  const std::vector<Key>& keys() const { return keys_; }
  std::size_t most() const { return most_; }
  std::vector<int> slots() const;
  // Rows come in this order already.
  void set_done() { done_ = true; }

 private:
  std::vector<Key> keys_;
  std::size_t most_ = SIZE_MAX;
  bool done_ = false;
};

}  // namespace seatrial::logs::run
