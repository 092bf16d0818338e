// A small blocking HTTP client for our own tools (status, up --detach): loopback, one request a
// connection.
#pragma once
#include <expected>
#include <string>

#include "wire/message.h"

namespace seatrial::http {

std::expected<wire::HttpResponse, std::string> request(const std::string& address, int port,
                                                       const wire::HttpRequest& request,
                                                       int timeout_ms = 30'000);

}  // namespace seatrial::http
