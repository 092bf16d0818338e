// Beast's parser writing straight into our request: no second copy of every field.
#pragma once
#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>

#include "wire/message.h"

namespace seatrial::http {

class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  wire::HttpRequest& request() { return request_; }
  bool head() const { return verb_ == Verb::head; }
  bool expects_continue() const { return expects_continue_; }

 private:
  using Verb = boost::beast::http::verb;
  using Field = boost::beast::http::field;
  using Error = boost::beast::error_code;
  using View = boost::beast::string_view;
  using Length = boost::optional<std::uint64_t>;
  static constexpr std::uint64_t kReserved = 1u << 20;  // what a length alone may take

  static std::string text_of(View view) { return {view.data(), view.size()}; }

  void on_request_impl(Verb verb, View method, View target, int, Error& error) override {
    verb_ = verb;
    request_.method = text_of(method);
    request_.target = text_of(target);
    error = {};
  }
  void on_response_impl(int, View, int, Error&) override {}
  void on_field_impl(Field field, View name, View value, Error& error) override {
    if (field == Field::expect) expects_continue_ = boost::beast::iequals(value, "100-continue");
    request_.headers.add(text_of(name), text_of(value));
    error = {};
  }
  void on_header_impl(Error& error) override { error = {}; }
  void on_body_init_impl(const Length& length, Error& error) override {
    if (length) request_.body.reserve(std::min(*length, kReserved));
    error = {};
  }
  std::size_t on_body_impl(View body, Error& error) override { return append(body, error); }
  void on_chunk_header_impl(std::uint64_t, View, Error& error) override { error = {}; }
  std::size_t on_chunk_body_impl(std::uint64_t, View body, Error& error) override {
    return append(body, error);
  }
  void on_finish_impl(Error& error) override { error = {}; }

  std::size_t append(View body, Error& error) {
    request_.body.append(body.data(), body.size());
    error = {};
    return body.size();
  }

  wire::HttpRequest request_;
  Verb verb_ = Verb::unknown;
  bool expects_continue_ = false;
};

}  // namespace seatrial::http
