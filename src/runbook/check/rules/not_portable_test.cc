#include <gmock/gmock.h>

#include "runbook/check/rules/date_forms.h"
#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::marked;
using testing::places;

// "marked severity -> suggestion" of each, " = fix" behind it.
std::vector<std::string> not_portable_in(std::string_view script) {
  const auto markdown = fmt::format("```bash\n{}\n```\n", script);
  std::vector<std::string> out;
  for (const auto& f : check("not-portable", markdown))
    out.push_back(fmt::format("{} {} -> {}{}", marked(f, markdown), severity_name(f.severity),
                              f.suggestion, f.fix.empty() ? "" : " = " + f.fix[0].text));
  return out;
}

TEST(NotPortable, RelativeDates) {
  EXPECT_THAT(
      places(check("not-portable", "```bash\naws x \\\n  --start $(date -u -v-1H +%s)\n```\n")),
      ElementsAre("3:21 not-portable"));
  EXPECT_THAT(not_portable_in("date -u -v-1H +%s"),
              ElementsAre("-v-1H error -> -d '1 hour ago' = -d '1 hour ago'"));
  EXPECT_THAT(not_portable_in("date -v +2d"),
              ElementsAre("-v +2d error -> -d '2 days' = -d '2 days'"));
  EXPECT_THAT(not_portable_in("date -v-1m"), ElementsAre("-v-1m error -> "));
  EXPECT_THAT(not_portable_in("date -v-1d -v0H"), ElementsAre("-v-1d error -> -d '1 day ago'"));
  EXPECT_THAT(not_portable_in("watch 'date -v-1d'"), ElementsAre("-v-1d error -> -d '1 day ago'"));
  EXPECT_THAT(not_portable_in("date -r 1618498732"),
              ElementsAre("-r 1618498732 error -> -d @1618498732"));
  EXPECT_THAT(not_portable_in("date -u -d '10 minutes ago' --iso-8601"),
              ElementsAre("-d info -> on macOS: -v-10M"));
  EXPECT_THAT(not_portable_in("date --date=\"yesterday\" +%F"),
              ElementsAre("--date=\"yesterday\" info -> on macOS: -v-1d"));
}

TEST(NotPortable, OtherPrograms) {
  EXPECT_THAT(not_portable_in("sed -i '' 's/a/b/' f"),
              ElementsAre("-i '' error -> -i.bak, which both understand = -i"));
  EXPECT_THAT(not_portable_in("sed -i 's/a/b/' f"),
              ElementsAre("-i info -> -i.bak, which both understand"));
  EXPECT_THAT(not_portable_in("sed -r 's/a+/b/' f"), ElementsAre("-r info -> -E = -E"));
  EXPECT_THAT(not_portable_in("stat -f %z f"), ElementsAre("-f %z error -> -c %s"));
  EXPECT_THAT(not_portable_in("x | base64 -D"), ElementsAre("-D error -> -d = -d"));
  EXPECT_THAT(not_portable_in("md5 f; a | pbcopy"),
              ElementsAre("md5 error -> md5sum", "pbcopy error -> xclip -selection clipboard"));
  EXPECT_THAT(not_portable_in("open https://x/"), ElementsAre("open warning -> xdg-open"));
  EXPECT_THAT(not_portable_in("grep -oP '\\d+' f"),
              ElementsAre("-oP info -> -oE, where no Perl syntax is needed"));
}

TEST(NotPortable, AChoiceIsSilent) {
  for (auto script :
       {"date -v-1H 2>/dev/null || date -d '1 hour ago'", "# macOS\ndate -v-1H",
        "if [[ $OSTYPE == linux* ]]; then date -d x; fi", "date -u +%s", "sed -i.bak 's/a/b/' f",
        "stat -f /mnt", "ssh h date -d yesterday", "base64 -d", "date -r file", "echo date -v-1H",
        "sed -n 's/-i/x/p' f", "./open https://x"})
    EXPECT_THAT(not_portable_in(script), IsEmpty()) << script;
  EXPECT_THAT(check("not-portable", "On macOS:\n\n```bash\ndate -v-1H\n```\n"), IsEmpty());
}

TEST(DateForms, BothWays) {
  EXPECT_EQ(gnu_of_bsd("-15M"), "15 minutes ago");
  EXPECT_EQ(gnu_of_bsd("+1w"), "1 week");
  for (auto text : {"1d", "-1y", "-H", "-xH", "", "-1q"}) EXPECT_FALSE(gnu_of_bsd(text)) << text;
  EXPECT_EQ(bsd_of_gnu("5 minutes ago"), "-5M");
  EXPECT_EQ(bsd_of_gnu("-1 day"), "-1d");
  EXPECT_EQ(bsd_of_gnu("2 hours"), "+2H");
  for (auto text : {"next monday", "2024-01-01", "1 hour from now", ""})
    EXPECT_FALSE(bsd_of_gnu(text)) << text;
}

}  // namespace
}  // namespace seatrial::runbook::check
