#include "services/ecs/wakes.h"

namespace seatrial::services::ecs {

void Wakes::task(const std::string& key) {
  tasks_.insert(key);
  request();
}

void Wakes::service(const std::string& key) {
  services_.insert(key);
  request();
}

std::function<void()> Wakes::guarded(std::function<void()> work) const {
  return [open = open_, work = std::move(work)] {
    if (*open) work();
  };
}

void Wakes::request() {
  if (requested_) return;
  requested_ = true;
  post([this] { run(); });
}

void Wakes::run() {
  while (!tasks_.empty() || !services_.empty()) {
    auto& from = tasks_.empty() ? services_ : tasks_;
    auto& look = tasks_.empty() ? on_service : on_task;
    const auto key = from.extract(from.begin()).value();
    look(key);
  }
  requested_ = false;
  after();
}

}  // namespace seatrial::services::ecs
