// The image store over real directories: what goes in comes out, whatever interrupts or attacks it.
#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/value.h"
#include "drivers/image/command.h"
#include "drivers/image/files.h"
#include "drivers/image/image_store.h"
#include "drivers/image/layer.h"
#include "drivers/image/manifest.h"

namespace seatrial::drivers {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ImageTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/seatrial-image-XXXXXX";
    root_ = ::mkdtemp(pattern);
    files_ = root_ / "files";
    put("app/run.sh", "#!/bin/sh\necho hi\n");
    fs::permissions(files_ / "app/run.sh", fs::perms(0755));
    put("etc/conf", "a=1\n");
    fs::create_symlink("conf", files_ / "etc/link");
  }
  void TearDown() override { fs::remove_all(root_); }

  void put(const std::string& name, const std::string& text) {
    fs::create_directories((files_ / name).parent_path());
    std::ofstream(files_ / name) << text;
  }
  ImageStore store() { return ImageStore::open(root_ / "images").value(); }
  std::string text_of(const fs::path& path) { return read_whole_file(path, 1 << 20).value(); }
  int command(std::vector<std::string> words) {
    words.insert(words.begin(), "image");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    return image_command(static_cast<int>(words.size()), argv.data());
  }
  int blobs() {
    int count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(root_ / "images/blobs/sha256"))
      ++count;
    return count;
  }

  fs::path root_, files_;
  ManualClock clock_;
};

TEST_F(ImageTest, BuildsFindsAndUnpacksWhatWasPacked) {
  auto images = store();
  BuildOptions options{{"/app/run.sh"}, {"-v"},     {{"A", "1=2"}}, "/app",
                       "1000",          {"80/tcp"}, {{"l", "x"}}};
  const auto digest = images.build("web", files_, options, clock_);
  ASSERT_TRUE(digest) << digest.error();
  const auto image = images.find("web:latest");
  ASSERT_TRUE(image) << image.error();
  EXPECT_EQ(image->digest, *digest);
  EXPECT_EQ(image->config.entry_point, options.entry_point);
  EXPECT_EQ(image->config.command, options.command);
  EXPECT_EQ(image->config.environment, options.environment);
  EXPECT_EQ(image->config.working_directory, "/app");
  EXPECT_EQ(image->config.user, "1000");
  EXPECT_EQ(image->config.exposed_ports, options.exposed_ports);
  EXPECT_EQ(image->config.labels, options.labels);
  EXPECT_GT(image->size_bytes, 0);
  const auto rootfs = images.unpack(*digest);
  ASSERT_TRUE(rootfs) << rootfs.error();
  EXPECT_EQ(text_of(*rootfs / "app/run.sh"), "#!/bin/sh\necho hi\n");
  EXPECT_EQ(fs::status(*rootfs / "app/run.sh").permissions(), fs::perms(0755));
  EXPECT_EQ(fs::read_symlink(*rootfs / "etc/link"), "conf");
  EXPECT_EQ(images.unpack(*digest).value(), *rootfs);
  EXPECT_EQ(images.find("web@" + *digest)->digest, *digest);
}

TEST_F(ImageTest, LayerIsTheSameWheneverItIsBuilt) {
  const auto first = pack_layer(files_, root_ / "1.tgz");
  fs::last_write_time(files_ / "etc/conf",
                      fs::file_time_type::clock::now() - std::chrono::hours(9));
  const auto second = pack_layer(files_, root_ / "2.tgz");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->digest, second->digest);
  EXPECT_EQ(text_of(root_ / "1.tgz"), text_of(root_ / "2.tgz"));
  EXPECT_EQ(file_digest(root_ / "1.tgz").value(), first->digest);
}

TEST_F(ImageTest, LayoutIsWhatOciToolsExpect) {
  const std::string digest = store().build("web:1.2", files_, {}, clock_).value();
  EXPECT_EQ(text_member(*parse_json(text_of(root_ / "images/oci-layout")), "imageLayoutVersion"),
            "1.0.0");
  const auto index = parse_json(text_of(root_ / "images/index.json"));
  const Value& item = index->at("manifests").at(0);
  EXPECT_EQ(text_member(item, "digest"), digest);
  EXPECT_EQ(text_member(item.at("annotations"), "org.opencontainers.image.ref.name"), "web:1.2");
  const std::string manifest = text_of(root_ / "images/blobs/sha256" / digest.substr(7));
  EXPECT_EQ(item.at("size").as_int64(), static_cast<std::int64_t>(manifest.size()));
  EXPECT_EQ(::system(("tar tzf " + (root_ / "images/blobs/sha256").string() + "/" +
                      parse_manifest(manifest)->layers.at(0).substr(7) + " >/dev/null")
                         .c_str()),
            0);
}

TEST_F(ImageTest, UnknownImageSaysWhereItLooked) {
  const auto missing = store().find("omc-backend:9.9");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error(), HasSubstr("image omc-backend:9.9 not found in " + root_.string()));
}

TEST_F(ImageTest, BadNamesAreRefused) {
  for (const char* name : {"", "UPPER", "a b", "a:", ":x", "a:b:c", "a:../../etc"}) {
    if (std::string(name) == "../x")
      continue;  // dots and slashes are legal; names never become paths
    EXPECT_FALSE(normal_image_name(name)) << name;
  }
  EXPECT_EQ(normal_image_name("localhost:5000/a/b").value(), "localhost:5000/a/b:latest");
}

TEST_F(ImageTest, LeftoversOfAnInterruptedBuildVanishWithTheNext) {
  auto images = store();
  std::ofstream(root_ / "images/blobs/sha256/.tmp-layer") << "half";
  std::ofstream(root_ / "images/blobs/sha256/.tmp-other") << "half";
  ASSERT_TRUE(images.build("web", files_, {}, clock_));
  EXPECT_EQ(blobs(), 3);
  EXPECT_EQ(images.list()->size(), 1u);
}

TEST_F(ImageTest, FailedBuildLeavesTheOldImageAndNothingElse) {
  auto images = store();
  const std::string digest = images.build("web", files_, {}, clock_).value();
  ASSERT_EQ(::mkfifo((files_ / "pipe").c_str(), 0600), 0);
  const auto failed = images.build("web", files_, {}, clock_);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error(), HasSubstr("pipe is neither a file"));
  EXPECT_EQ(images.find("web")->digest, digest);
  EXPECT_EQ(blobs(), 3);
}

// Swaps the only layer of an image for a hand-made one, with all digests right.
class AttackTest : public ImageTest {
 protected:
  using Fill = std::function<void(archive*)>;
  std::expected<fs::path, std::string> unpack_made(const Fill& fill) {
    auto images = store();
    const fs::path layer = root_ / "evil.tar";
    archive* tar = archive_write_new();
    archive_write_set_format_ustar(tar);
    archive_write_open_filename(tar, layer.c_str());
    fill(tar);
    archive_write_close(tar);
    archive_write_free(tar);
    const PackedLayer packed{file_digest(layer).value(), file_digest(layer).value(), 1};
    return install(images, packed, layer);
  }
  std::expected<fs::path, std::string> install(ImageStore& images, const PackedLayer& packed,
                                               const fs::path& layer) {
    const fs::path blobs = root_ / "images/blobs/sha256";
    fs::copy_file(layer, blobs / packed.digest.substr(7));
    const std::string config = write_config({}, packed, clock_.now());
    const std::string manifest = write_manifest(config, packed);
    EXPECT_TRUE(replace_file(blobs / hex_encode(sha256(config)), config));
    EXPECT_TRUE(replace_file(blobs / hex_encode(sha256(manifest)), manifest));
    return images.unpack("sha256:" + hex_encode(sha256(manifest)));
  }
  static void add(archive* tar, const char* name, mode_t type, const char* link, const char* hard) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_mode(entry, type | 0644);
    if (link != nullptr) archive_entry_set_symlink(entry, link);
    if (hard != nullptr) archive_entry_set_hardlink(entry, hard);
    archive_entry_set_size(entry, type == AE_IFREG && hard == nullptr ? 4 : 0);
    archive_write_header(tar, entry);
    if (type == AE_IFREG && hard == nullptr) archive_write_data(tar, "evil", 4);
    archive_entry_free(entry);
  }
};

TEST_F(AttackTest, EntriesThatLeaveTheImageAreRefused) {
  const std::string absolute = (root_ / "outside").string();
  for (const std::string& name :
       {std::string("../outside"), std::string("a/../../outside"), absolute}) {
    const auto result =
        unpack_made([&](archive* t) { add(t, name.c_str(), AE_IFREG, nullptr, nullptr); });
    ASSERT_FALSE(result) << name;
    EXPECT_THAT(result.error(), HasSubstr("points outside the image"));
    EXPECT_FALSE(fs::exists(root_ / "outside"));
    fs::remove_all(root_ / "images");
  }
}

TEST_F(AttackTest, LinksThatLeadOutsideCarryNothingOut) {
  const auto result = unpack_made([&](archive* t) {
    add(t, "door", AE_IFLNK, root_.c_str(), nullptr);
    add(t, "door/outside", AE_IFREG, nullptr, nullptr);
  });
  EXPECT_FALSE(fs::exists(root_ / "outside"));
  const auto hard = [&] {
    fs::remove_all(root_ / "images");
    return unpack_made(
        [&](archive* t) { add(t, "h", AE_IFREG, nullptr, "../../../files/etc/conf"); });
  }();
  ASSERT_FALSE(hard);
  EXPECT_THAT(hard.error(), HasSubstr("points outside the image"));
}

TEST_F(AttackTest, WhiteoutsThroughLinksRemoveNothingOutside) {
  (void)unpack_made([&](archive* t) {
    add(t, "door", AE_IFLNK, files_.c_str(), nullptr);
    add(t, "door/.wh.app", AE_IFREG, nullptr, nullptr);
    add(t, "door/.wh..wh..opq", AE_IFREG, nullptr, nullptr);
  });
  EXPECT_TRUE(fs::exists(files_ / "app/run.sh"));
}

TEST_F(ImageTest, DamagedBlobsAreRefusedByDigest) {
  auto images = store();
  const std::string digest = images.build("web", files_, {}, clock_).value();
  const fs::path manifest = root_ / "images/blobs/sha256" / digest.substr(7);
  const std::string layer = parse_manifest(text_of(manifest))->layers.at(0);
  std::ofstream(root_ / "images/blobs/sha256" / layer.substr(7), std::ios::app) << "x";
  const auto unpacked = images.unpack(digest);
  ASSERT_FALSE(unpacked);
  EXPECT_THAT(unpacked.error(), HasSubstr("is damaged"));
  std::ofstream(manifest, std::ios::app) << " ";
  EXPECT_THAT(images.find("web").error(), HasSubstr("is damaged"));
}

TEST_F(ImageTest, MalformedLayoutIsAnErrorNotAnEmptyStore) {
  store();
  for (const char* text :
       {"", "[]", "{\"manifests\":3}", "{\"manifests\":[{\"digest\":\"sha256:../../x\"}]}"}) {
    std::ofstream(root_ / "images/index.json") << text;
    const auto opened = ImageStore::open(root_ / "images");
    ASSERT_FALSE(opened) << text;
    EXPECT_THAT(opened.error(), HasSubstr("is no OCI image index"));
  }
}

TEST_F(ImageTest, RemoveFreesWhatOnlyThatImageUsed) {
  auto images = store();
  ASSERT_TRUE(images.build("a", files_, {{"x"}}, clock_));
  ASSERT_TRUE(images.build("b", files_, {{"y"}}, clock_));
  EXPECT_EQ(blobs(), 5);  // one layer for both
  const std::string kept = images.find("b")->digest;
  const fs::path gone = images.unpack(images.find("a")->digest).value();
  ASSERT_TRUE(images.remove("a"));
  EXPECT_FALSE(images.find("a"));
  EXPECT_FALSE(fs::exists(gone));
  EXPECT_EQ(blobs(), 3);
  EXPECT_TRUE(images.unpack(kept));
  EXPECT_FALSE(images.remove("a"));
}

TEST_F(ImageTest, BuildsOfSeveralProcessesAllArrive) {
  store();
  constexpr int kBuilders = 6;
  std::vector<pid_t> builders;
  for (int i = 0; i < kBuilders; ++i) {
    builders.push_back(::fork());
    if (builders.back() != 0) continue;
    ::_exit(store().build("web:" + std::to_string(i), files_, {}, clock_) ? 0 : 1);
  }
  for (const pid_t builder : builders) {
    int status = 0;
    ::waitpid(builder, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(store().list()->size(), static_cast<std::size_t>(kBuilders));
}

TEST_F(ImageTest, CommandBuildsListsAndRemoves) {
  const std::string world = (root_ / "world").string();
  testing::internal::CaptureStdout();
  EXPECT_EQ(command({"build", "web:1", files_, "--world", world, "--entrypoint", "/app/run.sh",
                     "--entrypoint", "-x", "--cmd", "[\"a b\",\"c\"]", "--env", "K=V=W", "--expose",
                     "8080", "--output", "json"}),
            0);
  const auto reply = parse_json(testing::internal::GetCapturedStdout());
  const auto image = ImageStore::open(root_ / "world/images")->find("web:1").value();
  EXPECT_EQ(text_member(*reply, "digest"), image.digest);
  EXPECT_EQ(image.config.entry_point, (std::vector<std::string>{"/app/run.sh", "-x"}));
  EXPECT_EQ(image.config.command, (std::vector<std::string>{"a b", "c"}));
  EXPECT_EQ(image.config.environment.at("K"), "V=W");
  EXPECT_EQ(image.config.exposed_ports, (std::vector<std::string>{"8080/tcp"}));
  testing::internal::CaptureStdout();
  EXPECT_EQ(command({"ls", "--world", world}), 0);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("web:1"));
  EXPECT_EQ(command({"rm", "web:1", "--world", world}), 0);
  EXPECT_EQ(command({"rm", "web:1", "--world", world}), 1);
  EXPECT_EQ(command({"build", "web:1", "/nonexistent", "--world", world}), 1);
  EXPECT_EQ(command({"build", "web:1", files_, "--world", world, "--env", "novalue"}), 2);
  EXPECT_EQ(command({"build", "Bad Name", files_, "--world", world}), 2);
  EXPECT_EQ(command({"frobnicate"}), 2);
}

}  // namespace
}  // namespace seatrial::drivers
