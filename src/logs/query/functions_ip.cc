// Source: CWL_QuerySyntax-operations-functions, "IP address string functions".
#include "logs/query/functions.h"

namespace seatrial::logs::query {
namespace {

using enum ArgumentKind;

constexpr Function kIpTable[] = {
    {"isValidIp", Family::kIp, 1, 1, {kString}},
    {"isValidIpV4", Family::kIp, 1, 1, {kString}},
    {"isValidIpV6", Family::kIp, 1, 1, {kString}},
    {"isIpInSubnet", Family::kIp, 2, 2, {kString, kSubnet}},
    {"isIpv4InSubnet", Family::kIp, 2, 2, {kString, kSubnet}},
    {"isIpv6InSubnet", Family::kIp, 2, 2, {kString, kSubnet}},
    {"isPublicIP", Family::kIp, 1, 1, {kString}},
    {"isPrivateIP", Family::kIp, 1, 1, {kString}},
    {"isReservedIP", Family::kIp, 1, 1, {kString}},
    {"ipv4ToNumber", Family::kIp, 1, 1, {kString}},
};

}  // namespace

const std::span<const Function> kIpFunctions = kIpTable;

}  // namespace seatrial::logs::query
