#include "drivers/archive/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>

#include <fstream>

#include "base/temp_folder.h"

namespace seatrial::drivers {
namespace {

namespace fs = std::filesystem;
using Kind = ZipError::Kind;

class Zip : public testing::Test {
 protected:
  std::string read(const char* name) const {
    std::ifstream in(folder_ / name);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  TempFolder folder_{"zip"};
};

std::string with_link(const char* name, const char* target) {
  std::string out(1 << 16, '\0');
  std::size_t used = 0;
  archive* zip = archive_write_new();
  archive_write_set_format_zip(zip);
  archive_write_open_memory(zip, out.data(), out.size(), &used);
  archive_entry* entry = archive_entry_new();
  archive_entry_set_pathname(entry, name);
  archive_entry_set_filetype(entry, AE_IFLNK);
  archive_entry_set_perm(entry, 0777);
  archive_entry_set_symlink(entry, target);
  archive_write_header(zip, entry);
  archive_entry_free(entry);
  archive_write_close(zip);
  archive_write_free(zip);
  out.resize(used);
  return out;
}

TEST_F(Zip, FilesComeOutAsTheyWentIn) {
  const auto bytes = zip_files({{"index.py", "print(1)\n"}, {"lib/more.py", "x = 2\n"}});
  const auto done = unzip(bytes, folder_);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(*done, 15);
  EXPECT_EQ(read("index.py"), "print(1)\n");
  EXPECT_EQ(read("lib/more.py"), "x = 2\n");
  EXPECT_EQ(bytes, zip_files({{"index.py", "print(1)\n"}, {"lib/more.py", "x = 2\n"}}));
}

TEST_F(Zip, WhatIsNoArchiveIsRefused) {
  for (const std::string bytes : {"", "no zip at all", "PK\x03\x04"}) {
    const auto done = unzip(bytes, folder_);
    ASSERT_FALSE(done) << bytes;
    EXPECT_EQ(done.error().kind, Kind::kNotZip) << bytes;
  }
}

TEST_F(Zip, NamesThatLeaveTheFolderAreRefused) {
  for (const char* name : {"../evil", "a/../../evil", "/etc/evil"}) {
    const auto done = unzip(zip_files({{name, "x"}}), folder_);
    ASSERT_FALSE(done) << name;
    EXPECT_EQ(done.error().kind, Kind::kUnsafe) << name;
  }
  EXPECT_FALSE(fs::exists(folder_.path().parent_path() / "evil"));
}

TEST_F(Zip, LinksThatLeaveTheFolderAreRefused) {
  for (const char* target : {"/etc/passwd", "../../etc/passwd"}) {
    const auto done = unzip(with_link("link", target), folder_);
    ASSERT_FALSE(done) << target;
    EXPECT_EQ(done.error().kind, Kind::kUnsafe) << target;
  }
  EXPECT_TRUE(unzip(with_link("link", "beside"), folder_));
}

TEST_F(Zip, ABombStopsAtTheLimit) {
  const auto bytes = zip_files({{"zeros", std::string(4 << 20, '\0')}});
  EXPECT_LT(bytes.size(), 100'000U);
  const auto done = unzip(bytes, folder_, {1 << 20, 10});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, Kind::kTooLarge);
}

TEST_F(Zip, TooManyEntriesAreRefused) {
  const auto done = unzip(zip_files({{"a", ""}, {"b", ""}, {"c", ""}}), folder_, {100, 2});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, Kind::kTooLarge);
}

}  // namespace
}  // namespace seatrial::drivers
