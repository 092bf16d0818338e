// See kinds.h. Hand-written scanners: the texts are short and regular expressions hide the rules.
#include "runbook/kinds.h"

#include <algorithm>
#include <array>

#include "base/time.h"
#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

bool all_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

bool is_ip(std::string_view text) {
  int dots = 0, digits = 0;
  const auto slash = text.find('/');
  if (slash != std::string_view::npos && !all_of(text.substr(slash + 1), kDigits)) return false;
  for (char c : text.substr(0, slash)) {
    if (c == '.') {
      if (digits == 0) return false;
      ++dots, digits = 0;
    } else if (c < '0' || c > '9' || ++digits > 3) {
      return false;
    }
  }
  return dots == 3 && digits > 0;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !kHexDigits.contains(text[i])) return false;
  }
  return true;
}

bool is_hex(std::string_view text) {
  if (text.starts_with("sha256:")) text.remove_prefix(7);
  if (text.starts_with("0x")) text.remove_prefix(2);
  return text.size() >= 7 && all_of(text, kHexDigits) &&
         text.find_first_of(kDigits) != std::string_view::npos &&
         text.find_first_not_of(kDigits) != std::string_view::npos;
}

// "i-0abc123", "subnet-XXXXXXXX", and IAM's "AROAXXXXXXXXXXXXXXXXX[:session]".
bool is_aws_id(std::string_view text) {
  const auto dash = text.rfind('-');
  if (dash != std::string_view::npos && dash > 0 && dash <= 12) {
    const auto tail = text.substr(dash + 1);
    const bool plain_head =
        std::ranges::all_of(text.substr(0, dash), [](char c) { return std::islower(c); });
    const bool marked = tail.find_first_of(kDigits) != std::string_view::npos || all_of(tail, "xX");
    if (plain_head && tail.size() >= 8 && all_of(tail, "0123456789abcdefxX") && marked) return true;
  }
  const auto id = text.substr(0, text.find(':'));
  return id.size() >= 16 && id.size() <= 24 && id[0] == 'A' &&
         std::ranges::all_of(id, [](char c) { return std::isupper(c) || std::isdigit(c); });
}

bool is_time(std::string_view text) {
  if (text.size() < 8) return false;
  if (all_of(text, "0123456789."))
    return text.size() >= 10 && text.starts_with('1') && parse_time(text);
  if (text.size() >= 19 && text[10] == ' ' && text[4] == '-') return true;  // "2026-01-10 02:30:00"
  const bool iso = text.size() >= 10 && text[4] == '-' && text[7] == '-';
  return (iso || text.contains("GMT")) && parse_time(text).has_value();
}

bool is_version(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  return std::ranges::count(text, '.') == 2 && all_of(text, "0123456789.") &&
         std::isdigit(text.front()) && std::isdigit(text.back()) && !text.contains("..");
}

bool is_dns_name(std::string_view text) {
  if (std::ranges::count(text, '.') < 2 && !text.ends_with(".localhost")) return false;
  const auto tld = text.substr(text.rfind('.') + 1);
  const bool plain =
      std::ranges::all_of(text, [](char c) { return std::isalnum(c) || c == '-' || c == '.'; });
  // "db.r5.large" has dots too: only endings that hosts have.
  constexpr std::array<std::string_view, 14> kEndings = {
      "com",   "net", "org",  "io",      "dev",       "internal", "local",
      "cloud", "aws", "test", "example", "localhost", "cn",       "app"};
  return plain && std::ranges::find(kEndings, tld) != kEndings.end() && !text.contains("..");
}

bool is_placeholder(std::string_view text) {
  if (text == "..." || text == "…") return true;
  if (text.size() >= 3 && text.front() == '<' && text.back() == '>') return true;
  return text.size() >= 3 && all_of(text, "xX");
}

struct ArnParts {
  std::string_view service, type;
};

ArnParts arn_parts(std::string_view arn) {
  std::array<std::string_view, 6> parts{};
  for (std::size_t i = 0; i < 5; ++i) {
    const auto colon = arn.find(':');
    parts[i] = arn.substr(0, colon);
    arn = colon == std::string_view::npos ? "" : arn.substr(colon + 1);
  }
  const auto end = arn.find_first_of("/:");
  return {parts[2], end == std::string_view::npos ? "" : arn.substr(0, end)};
}

std::string_view url_path(std::string_view url) {
  const auto slash = url.find('/', url.find("://") + 3);
  return slash == std::string_view::npos ? "/" : url.substr(slash);
}

// Word by word, so that a sentence around an id matches by kind too.
bool sentences_match(std::string_view expected, std::string_view actual) {
  const auto left = split_blanks(expected), right = split_blanks(actual);
  if (left.size() < 2 || left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i)
    if (!texts_match(left[i], right[i])) return false;
  return true;
}

}  // namespace

TextKind kind_of(std::string_view text) {
  text = trim(text);
  if (is_placeholder(text)) return TextKind::kPlaceholder;
  if (text.starts_with("arn:") && std::ranges::count(text, ':') >= 5) return TextKind::kArn;
  if (text.contains(' ')) return is_time(text) ? TextKind::kTime : TextKind::kLiteral;
  if (text.starts_with("http://") || text.starts_with("https://")) return TextKind::kUrl;
  if (text.size() == 12 && all_of(text, kDigits)) return TextKind::kAccount;
  if (is_ip(text)) return TextKind::kIp;
  if (is_uuid(text)) return TextKind::kUuid;
  if (is_time(text)) return TextKind::kTime;
  if (is_version(text)) return TextKind::kVersion;
  if (is_aws_id(text)) return TextKind::kAwsId;
  if (is_hex(text)) return TextKind::kHex;
  if (is_dns_name(text)) return TextKind::kDnsName;
  return TextKind::kLiteral;
}

std::string_view kind_name(TextKind kind) {
  switch (kind) {
    case TextKind::kLiteral:
      return "text";
    case TextKind::kPlaceholder:
      return "anything";
    case TextKind::kArn:
      return "an ARN";
    case TextKind::kTime:
      return "a time";
    case TextKind::kIp:
      return "an IP address";
    case TextKind::kDnsName:
      return "a DNS name";
    case TextKind::kUrl:
      return "a URL";
    case TextKind::kUuid:
      return "a UUID";
    case TextKind::kHex:
      return "a hexadecimal id";
    case TextKind::kAwsId:
      return "an AWS id";
    case TextKind::kVersion:
      return "a version";
    case TextKind::kAccount:
      return "an account number";
  }
  return "text";
}

bool texts_match(std::string_view expected, std::string_view actual) {
  expected = trim(expected), actual = trim(actual);
  if (expected == actual || collapse_blanks(expected) == collapse_blanks(actual)) return true;
  const auto kind = kind_of(expected);
  const auto got = kind_of(actual);
  if (kind == TextKind::kPlaceholder) return !actual.empty();
  if (kind == TextKind::kLiteral) {
    if (expected.size() > 4 && expected.ends_with("..")) {
      const auto stem = expected.substr(0, expected.find_last_not_of('.') + 1);
      return actual.starts_with(stem);
    }
    return sentences_match(expected, actual);
  }
  // An address may be a name here and a number there; ids come in several shapes.
  const auto is_host = [](TextKind k) { return k == TextKind::kIp || k == TextKind::kDnsName; };
  if (is_host(kind)) return is_host(got) || (kind == TextKind::kDnsName && actual == "localhost");
  const auto is_id = [](TextKind k) {
    return k == TextKind::kUuid || k == TextKind::kHex || k == TextKind::kAwsId;
  };
  if (is_id(kind)) return is_id(got);
  if (kind != got) return false;
  if (kind == TextKind::kUrl) return url_path(expected) == url_path(actual);
  if (kind != TextKind::kArn) return true;
  const auto a = arn_parts(expected), b = arn_parts(actual);
  return a.service == b.service && a.type == b.type;
}

bool is_volatile_number(std::string_view key) {
  const auto name = lower(key);
  constexpr std::array<std::string_view, 12> kWords = {
      "port",    "time",  "timestamp", "duration", "latency",    "uptime",
      "elapsed", "since", "createdat", "pid",      "expiration", "revision"};
  return std::ranges::any_of(kWords, [&](auto word) { return name.contains(word); }) ||
         key.ends_with("At") || key.ends_with("_at");
}

bool is_identifying_key(std::string_view key) {
  const auto name = lower(key);
  constexpr std::array<std::string_view, 10> kEnds = {
      "name",    "id",      "arn",        "target",   "key",
      "service", "address", "identifier", "endpoint", "instance"};
  return std::ranges::any_of(kEnds, [&](auto end) { return name.ends_with(end); });
}

}  // namespace seatrial::runbook
