// What backend and frontend answer: routes, the health answer and the faults in their way.
#pragma once

#include "faults.h"
#include "http.h"
#include "settings.h"

namespace omc {

class Service {
 public:
  // Both must outlive the service.
  Service(const Settings& settings, Faults& faults) : settings_(settings), faults_(faults) {}

  // Any thread.
  Response handle(const Request& request);
  // Waits until the configured stores answer, at most timeout_ms, or until stop_fd is readable:
  // they start beside the backend, and an error that is only their start would be noise. Logs an
  // error for what never answered.
  void await_stores(int timeout_ms, int stop_fd);

 private:
  Response route(const Request& request);
  Response set_fault(const Request& request, std::string_view name);
  Response take_event(const Request& request, std::string_view name);
  Response health();
  Response page() const;
  Response version() const;

  const Settings& settings_;
  Faults& faults_;
};

}  // namespace omc
