// Every function. Source: CWL_QuerySyntax-operations-functions and the pages it leads to; where AWS
// leaves a result open it is as the function's file says.
#include "logs/run/testing.h"
#include "logs/run/time_units.h"

namespace seatrial::logs::run {
namespace {

struct Case {
  const char *expression, *value;
};

class Values : public ::testing::Test {
 protected:
  Logs logs_{R"({"s":" ab ","n":-2.5,"t":"caf\u00e9/x","ip":"10.1.2.3","l":[1,"b",null],)"
             R"("m":{"k":"v"},"e":"","hex":"4142","big":12345678901,"yes":true})"};
  void all(std::initializer_list<Case> cases) {
    for (const auto& [expression, value] : cases)
      EXPECT_EQ(logs_.value(expression), value) << expression;
  }
};

TEST_F(Values, Arithmetic) {
  all({{"2 ^ 3", "8"},
       {"10 % 3", "1"},
       {"7 / 2", "3.5"},
       {"1 / 0", ""},
       {"n * 2", "-5"},
       {"none + 1", ""},
       {"t + 1", ""},
       {"-n", "2.5"},
       {"128000000 / 1024 / 1024", "122.0703"},
       {"40000000 / 1024 / 1024", "38.147"},
       {"big * 10", "123456789010"},
       {"0.00001", "0"}});
}

TEST_F(Values, Numbers) {
  all({{"abs(n)", "2.5"},
       {"ceil(n)", "-2"},
       {"floor(n)", "-3"},
       {"greatest(1, 5, n)", "5"},
       {"least(1, 5, n)", "-2.5"},
       {"log(1)", "0"},
       {"sqrt(16)", "4"},
       {"sqrt(n)", ""},
       {"round(2.345, 2)", "2.35"},
       {"round(n)", "-3"},
       {"toInt('12.9')", "12"},
       {"toNumber('x')", ""},
       {"toDouble('1.5')", "1.5"},
       {"toLong(n)", "-2"},
       {"toString(n)", "-2.5"},
       {"isNumeric(n)", "1"},
       {"isNumeric(t)", "0"},
       {"round(haversine(0, 0, 0, 180), 0)", "20015"}});
}

TEST_F(Values, Texts) {
  all({{"trim(s)", "ab"},
       {"ltrim(s)", "ab "},
       {"rtrim(s)", " ab"},
       {"trim('xxaxx', 'x')", "a"},
       {"strlen(t)", "6"},
       {"toupper('aé ж€𐐨')", "AÉ Ж€𐐀"},
       {"tolower('AÉ')", "aé"},
       {"tolower('AB')", "ab"},
       {"substr(t, 3)", "é/x"},
       {"substr(t, 3, 1)", "é"},
       {"substr(t, 99)", ""},
       {"replace(t, '/', '-')", "café-x"},
       {"replace(t, '', '-')", "café/x"},
       {"regexReplace(ip, '(\\\\d+)\\\\.', '<$1>')", "<10><1><2>3"},
       {"regex_replace(ip, '\\\\d', '')", "..."},
       {"strcontains(t, 'f')", "1"},
       {"strcontains(t, 'F')", "0"},
       {"strcontains(t, 'F', true)", "1"},
       {"startsWith(t, 'ca')", "1"},
       {"endsWith(t, 'ca')", "0"},
       {"concat(ip, '-', n, none)", "10.1.2.3--2.5"},
       {"isempty(e)", "1"},
       {"isempty(none)", "1"},
       {"isempty(t)", "0"},
       {"isblank('  ')", "1"},
       {"isblank(t)", "0"},
       {"split('a,b', ',')", R"(["a","b"])"},
       {"split('a,b', ',')[1]", "b"}});
}

TEST_F(Values, Encodings) {
  all({{"urlencode('a b/c')", "a%20b%2Fc"},
       {"urldecode('a%20b+c')", "a b c"},
       {"base64encode('ab')", "YWI="},
       {"base64decode('YWI=')", "ab"},
       {"base64decode('?')", ""},
       {"hexToAscii(hex)", "AB"},
       {"hexToDec('ff')", "255"},
       {"hexToDec('0x10')", "16"},
       {"hexToDec('g')", ""},
       {"decToHex(255)", "ff"},
       {"decToHex(n)", ""},
       {"md5('a')", "0cc175b9c0f1b6a831c399e269772661"},
       {"sha256('')", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}});
}

TEST_F(Values, Times) {
  all({{"toMillis(@timestamp)", "1796040001000"},
       {"fromMillis(0)", "1970-01-01 00:00:00.000"},
       {"now()", "1796040000"},
       {"datefloor(@timestamp, 1h)", "2026-11-30 12:00:00.000"},
       {"dateceil(@timestamp, 1h)", "2026-11-30 13:00:00.000"},
       {"dateceil(fromMillis(0), 1h)", "1970-01-01 00:00:00.000"},
       {"datefloor(@timestamp, 1w)", "2026-11-30 00:00:00.000"},
       {"datefloor(@timestamp, 1mo)", "2026-11-01 00:00:00.000"},
       {"datefloor(@timestamp, 1q)", "2026-10-01 00:00:00.000"},
       {"dateceil(@timestamp, 1y)", "2027-01-01 00:00:00.000"},
       {"bin(1d)", "2026-11-30 00:00:00.000"},
       {"formatDate(@timestamp, 'yyyy-MM-dd HH:mm:ss.SSS')", "2026-11-30 12:00:01.000"},
       {"strftime(@timestamp, '%d/%b/%Y %H:%M', '+10:30')", "30/Nov/2026 22:30"},
       {"parseDate('30/11/2026 08:15', 'dd/MM/yyyy HH:mm')", "2026-11-30 08:15:00.000"},
       {"parseDate('2026-11-30T08:15:00+10:00', '%Y-%m-%dT%H:%M:%S%z')", "2026-11-29 22:15:00.000"},
       {"parseDate('x', 'yyyy')", ""},
       {"parseDate('2026-02-30', 'yyyy-MM-dd')", ""},
       {"queryEndTime() - queryStartTime()", "172800000"},
       {"queryTimeRange()", "172800000"}});
}

TEST_F(Values, Addresses) {
  all({{"isValidIp(ip)", "1"},
       {"isValidIpV4(ip)", "1"},
       {"isValidIpV6(ip)", "0"},
       {"isValidIpV6('::1')", "1"},
       {"isValidIp('1.2.3')", "0"},
       {"isIpInSubnet(ip, '10.1.0.0/16')", "1"},
       {"isIpv4InSubnet(ip, '10.2.0.0/16')", "0"},
       {"isIpv6InSubnet('2001:db8::1', '2001:db8::/32')", "1"},
       {"isIpv6InSubnet(ip, '10.0.0.0/8')", "0"},
       {"isIpInSubnet(ip, '10.1.2.2/31')", "1"},
       {"isIpInSubnet(ip, '0.0.0.0/0')", "1"},
       {"isPrivateIP(ip)", "1"},
       {"isPublicIP(ip)", "0"},
       {"isPublicIP('8.8.8.8')", "1"},
       {"isReservedIP('127.0.0.1')", "1"},
       {"isPublicIP('x')", "0"},
       {"ipv4ToNumber('1.0.0.1')", "16777217"}});
}

TEST_F(Values, JsonAndGeneral) {
  all({{"jsonStringify(m)", R"({"k":"v"})"},
       {"jsonParse('[5,6]')[1]", "6"},
       {"m['k']", "v"},
       {"l[0]", "1"},
       {"l[2]", ""},
       {"jsonArraySize(l)", "3"},
       {"jsonArrayContains(l, 'b')", "1"},
       {"jsonArrayContains(l, 'c')", "0"},
       {"jsonArraySize(t)", ""},
       {"jsonParse('{x')", ""},
       {"ispresent(e)", "1"},
       {"ispresent(none)", "0"},
       {"coalesce(none, n, t)", "-2.5"},
       {"if(n < 0, 'neg', 'pos')", "neg"},
       {"case(n > 0, 'a', n < -2, 'b', 'c')", "b"},
       {"case(n > 0, 'a')", ""},
       {"messageSize(s)", "4"},
       {"unmask(ip)", "10.1.2.3"},
       {"yes", "1"},
       {"not yes", "0"},
       {"true", "1"}});
}

TEST_F(Values, WhatIsUnknownFailsAndSaysSo) {
  auto program = logs_.build("fields strftime(@timestamp, '%H', 'Mars/Olympus') as v");
  ASSERT_TRUE(program);
  Execution run(std::move(*program), logs_.source, {"1"}, {0, INT64_MAX / 2, 0});
  run.run();
  EXPECT_EQ(run.state(), Execution::State::kFailed);
  EXPECT_THAT(run.failure(), ::testing::HasSubstr("Mars/Olympus"));
}

TEST(Functions, EveryOneOfTheTablesIsCarriedOut) {
  for (const auto family : query::function_families())
    for (const auto& function : family) {
      if (function.aggregates() || function.name == "bin") continue;
      EXPECT_NE(find_builtin(function.name), nullptr) << function.name;
    }
}

TEST(TimeUnits, CutAtTheCalendarsEdges) {
  using query::PeriodUnit;
  EXPECT_EQ(floor_time(-1, {1, PeriodUnit::kHour}), -3'600'000);
  EXPECT_EQ(floor_time(kNoon + 1, {2, PeriodUnit::kDay}) % 86'400'000, 0);
  EXPECT_EQ(ceil_time(kNoon, {1, PeriodUnit::kMonth}), 1'796'083'200'000);
  EXPECT_EQ(floor_time(kNoon, {90, PeriodUnit::kMinute}),
            floor_time(kNoon, {60, PeriodUnit::kMinute}));
}

}  // namespace
}  // namespace seatrial::logs::run
