#include "services/s3/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>

#include "base/encoding.h"
#include "room/testing.h"
#include "wire/checksums.h"

namespace seatrial::services::s3 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class S3Test : public testing::Test {
 protected:
  S3Test() {
    open();
    ok("CreateBucket", {{"Bucket", "data"}});
  }
  ~S3Test() override { world.store->flush(); }
  void open() {
    s3 = std::make_unique<S3>(*world.env);
    world.add(*s3);
    s3->start();
  }
  void restart() {
    world.store->flush();
    s3.reset();
    open();
  }
  Value ok(std::string_view operation, Value input, std::string payload = {}) {
    auto reply = call(operation, std::move(input), std::move(payload));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply.value_or(Value(Object{}));
  }
  std::string refused(std::string_view operation, Value input, std::string payload = {}) {
    auto reply = call(operation, std::move(input), std::move(payload));
    return reply ? "accepted" : reply.error().code;
  }
  room::Outcome<Value> call(std::string_view operation, Value input, std::string payload) {
    auto context = world.context("us-east-1");
    context.payload = std::move(payload);
    return world.call(context, "s3", operation, std::move(input));
  }
  Value put(const std::string& key, const std::string& bytes) {
    return ok("PutObject", {{"Bucket", "data"}, {"Key", key}}, bytes);
  }
  std::string get(const std::string& key, Object more = {}) {
    more["Bucket"] = "data";
    more["Key"] = key;
    ok("GetObject", more);
    std::string all;
    while (world.stream != nullptr) {
      bool end = false;
      world.stream->next([&](wire::BodyStream::Chunk chunk) {
        ASSERT_TRUE(chunk) << chunk.error();
        all += *chunk;
        end = chunk->empty();
      });
      if (end) break;
    }
    world.stream.reset();
    return all;
  }
  std::vector<std::string> keys(Object input, std::string_view list = "Contents",
                                std::string_view member = "Key") {
    input["Bucket"] = "data";
    const Value reply = ok("ListObjectsV2", input);
    std::vector<std::string> all;
    if (const auto* found = find_member(reply, list)) {
      for (const auto& item : found->get_array()) all.emplace_back(text_member(item, member));
    }
    return all;
  }
  std::size_t files() const {
    const std::filesystem::directory_iterator folder(world.folder / "s3");
    return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
  }
  std::string upload() {
    return std::string(
        text_member(ok("CreateMultipartUpload", {{"Bucket", "data"}, {"Key", "big"}}), "UploadId"));
  }
  Value part(const std::string& id, int number, const std::string& bytes) {
    const Value reply =
        ok("UploadPart",
           {{"Bucket", "data"}, {"Key", "big"}, {"UploadId", id}, {"PartNumber", number}}, bytes);
    return Object{{"PartNumber", number}, {"ETag", text_member(reply, "ETag")}};
  }

  room::TestWorld world;
  std::unique_ptr<S3> s3;
};

TEST_F(S3Test, KeepsBytesEncryptedAndGivesThemBack) {
  const std::string text = "the quick brown fox";
  const Value made = put("a/b", text);
  EXPECT_EQ(text_member(made, "ETag"), "\"" + hex_encode(wire::checksum_of("MD5", text)) + "\"");
  EXPECT_EQ(text_member(made, "ServerSideEncryption"), "AES256");
  EXPECT_EQ(get("a/b"), text);
  restart();
  EXPECT_EQ(get("a/b"), text);
  ASSERT_EQ(files(), 1u);
  for (const auto& entry : std::filesystem::directory_iterator(world.folder / "s3")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string stored{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(stored.size(), text.size());
    EXPECT_NE(stored, text);
  }
}

TEST_F(S3Test, RangesAreOfBytesAcrossChunks) {
  std::string bytes(700'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
  put("k", bytes);
  EXPECT_TRUE(get("k") == bytes);
  EXPECT_EQ(get("k", {{"Range", "bytes=5-9"}}), bytes.substr(5, 5));
  EXPECT_EQ(world.status, 206);
  EXPECT_EQ(get("k", {{"Range", "bytes=262143-262160"}}), bytes.substr(262143, 18));
  EXPECT_EQ(get("k", {{"Range", "bytes=-3"}}), bytes.substr(bytes.size() - 3));
  EXPECT_EQ(get("k", {{"Range", "bytes=699999-"}}), bytes.substr(699999));
  EXPECT_TRUE(get("k", {{"Range", "bytes=0-1,5-6"}}) == bytes);
  EXPECT_EQ(refused("GetObject", {{"Bucket", "data"}, {"Key", "k"}, {"Range", "bytes=700000-"}}),
            "InvalidRange");
}

TEST_F(S3Test, RefusesBytesThatAreNotWhatIsDeclared) {
  const auto declared = [&](const char* member, const std::string& value) {
    return refused("PutObject", {{"Bucket", "data"}, {"Key", "k"}, {member, value}}, "hello");
  };
  EXPECT_EQ(declared("ContentMD5", base64_encode(wire::checksum_of("MD5", "other"))), "BadDigest");
  EXPECT_EQ(declared("ChecksumCRC32", base64_encode(wire::checksum_of("CRC32", "other"))),
            "BadDigest");
  EXPECT_EQ(declared("ChecksumXXHASH64", "AAAAAAAAAAA="), "NotImplemented");
  EXPECT_EQ(declared("ChecksumAlgorithm", "SHA256"), "InvalidRequest");
  EXPECT_EQ(refused("HeadObject", {{"Bucket", "data"}, {"Key", "k"}}), "NoSuchKey");
  EXPECT_EQ(files(), 0u);
  EXPECT_EQ(declared("ChecksumCRC32", base64_encode(wire::checksum_of("CRC32", "hello"))),
            "accepted");
}

TEST_F(S3Test, WhatItCannotDoIsRefusedByName) {
  const auto with = [&](const char* member, const Value& value) {
    return refused("PutObject", {{"Bucket", "data"}, {"Key", "k"}, {member, value}}, "x");
  };
  EXPECT_EQ(with("ServerSideEncryption", "aws:kms"), "NotImplemented");
  EXPECT_EQ(with("SSECustomerAlgorithm", "AES256"), "NotImplemented");
  EXPECT_EQ(with("ACL", "public-read"), "AccessControlListNotSupported");
  EXPECT_EQ(with("StorageClass", "GLACIER"), "NotImplemented");
  EXPECT_EQ(with("ObjectLockMode", "GOVERNANCE"), "InvalidRequest");
  EXPECT_EQ(with("ExpectedBucketOwner", "999999999999"), "AccessDenied");
  EXPECT_THAT(keys({}), IsEmpty());
}

TEST_F(S3Test, BucketsHaveOneRegionAndMustBeEmptyToGo) {
  auto away = world.context("eu-west-1");
  EXPECT_EQ(world.call(away, "s3", "HeadBucket", {{"Bucket", "data"}}).error().code,
            "AuthorizationHeaderMalformed");
  EXPECT_EQ(world.call(away, "s3", "CreateBucket", {{"Bucket", "other"}}).error().code,
            "IllegalLocationConstraintException");
  EXPECT_EQ(refused("CreateBucket", {{"Bucket", "data"}}), "accepted");  // us-east-1
  EXPECT_EQ(refused("CreateBucket", {{"Bucket", "No"}}), "InvalidBucketName");
  EXPECT_EQ(refused("CreateBucket", {{"Bucket", "192.168.1.1"}}), "InvalidBucketName");
  put("k", "x");
  EXPECT_EQ(refused("DeleteBucket", {{"Bucket", "data"}}), "BucketNotEmpty");
  ok("DeleteObject", {{"Bucket", "data"}, {"Key", "k"}});
  ok("DeleteBucket", {{"Bucket", "data"}});
  EXPECT_EQ(refused("ListObjects", {{"Bucket", "data"}}), "NoSuchBucket");
}

TEST_F(S3Test, ListsByPrefixDelimiterAndPage) {
  for (const char* key : {"a", "dir/1", "dir/2", "dir/sub/3", "dir0", "z"}) put(key, "x");
  EXPECT_THAT(keys({}), ElementsAre("a", "dir/1", "dir/2", "dir/sub/3", "dir0", "z"));
  EXPECT_THAT(keys({{"Delimiter", "/"}}), ElementsAre("a", "dir0", "z"));
  EXPECT_THAT(keys({{"Delimiter", "/"}}, "CommonPrefixes", "Prefix"), ElementsAre("dir/"));
  EXPECT_THAT(keys({{"Prefix", "dir/"}, {"Delimiter", "/"}}), ElementsAre("dir/1", "dir/2"));
  EXPECT_THAT(keys({{"Prefix", "dir/"}, {"Delimiter", "/"}}, "CommonPrefixes", "Prefix"),
              ElementsAre("dir/sub/"));
  EXPECT_THAT(keys({{"StartAfter", "dir/2"}, {"MaxKeys", 2}}), ElementsAre("dir/sub/3", "dir0"));
  std::vector<std::string> all;
  Object input{{"Bucket", "data"}, {"MaxKeys", 1}, {"Delimiter", "/"}};
  for (int page = 0; page < 10; ++page) {
    const Value reply = ok("ListObjectsV2", input);
    for (const char* list : {"Contents", "CommonPrefixes"}) {
      const auto* found = find_member(reply, list);
      if (found == nullptr) continue;
      for (const auto& item : found->get_array())
        all.emplace_back(text_member(item, list[1] == 'o' && list[2] == 'n' ? "Key" : "Prefix"));
    }
    if (!reply.at("IsTruncated").get_bool()) break;
    input["ContinuationToken"] = text_member(reply, "NextContinuationToken");
  }
  EXPECT_THAT(all, ElementsAre("a", "dir/", "dir0", "z"));
  EXPECT_EQ(refused("ListObjectsV2", {{"Bucket", "data"}, {"ContinuationToken", "nonsense"}}),
            "InvalidArgument");
  EXPECT_THAT(keys({{"Prefix", "dir/"}, {"EncodingType", "url"}, {"MaxKeys", 0}}), IsEmpty());
}

TEST_F(S3Test, VersionsAndDeleteMarkers) {
  put("k", "unversioned");
  ok("PutBucketVersioning",
     {{"Bucket", "data"}, {"VersioningConfiguration", {{"Status", "Enabled"}}}});
  const std::string first(text_member(put("k", "one"), "VersionId"));
  const std::string second(text_member(put("k", "two"), "VersionId"));
  EXPECT_NE(first, second);
  EXPECT_EQ(get("k"), "two");
  EXPECT_EQ(get("k", {{"VersionId", first}}), "one");
  EXPECT_EQ(get("k", {{"VersionId", "null"}}), "unversioned");
  const Value gone = ok("DeleteObject", {{"Bucket", "data"}, {"Key", "k"}});
  EXPECT_TRUE(gone.at("DeleteMarker").get_bool());
  EXPECT_EQ(refused("GetObject", {{"Bucket", "data"}, {"Key", "k"}}), "NoSuchKey");
  const std::string marker(text_member(gone, "VersionId"));
  EXPECT_EQ(refused("GetObject", {{"Bucket", "data"}, {"Key", "k"}, {"VersionId", marker}}),
            "MethodNotAllowed");
  EXPECT_THAT(keys({}), IsEmpty());
  const Value listed = ok("ListObjectVersions", {{"Bucket", "data"}});
  EXPECT_EQ(listed.at("Versions").get_array().size(), 3u);
  EXPECT_TRUE(listed.at("DeleteMarkers").get_array()[0].at("IsLatest").get_bool());
  ok("DeleteObject", {{"Bucket", "data"}, {"Key", "k"}, {"VersionId", marker}});
  EXPECT_EQ(get("k"), "two");
  restart();
  EXPECT_EQ(get("k", {{"VersionId", first}}), "one");
}

TEST_F(S3Test, VersionsArePaged) {
  ok("PutBucketVersioning",
     {{"Bucket", "data"}, {"VersioningConfiguration", {{"Status", "Enabled"}}}});
  for (int i = 0; i < 3; ++i) {
    put("a", std::to_string(i));
    put("b", std::to_string(i));
  }
  std::vector<std::string> all;
  Object input{{"Bucket", "data"}, {"MaxKeys", 2}};
  for (bool more = true; more;) {
    const Value reply = ok("ListObjectVersions", input);
    for (const auto& item : reply.at("Versions").get_array())
      all.push_back(std::string(text_member(item, "Key")) +
                    (item.at("IsLatest").get_bool() ? "*" : ""));
    more = reply.at("IsTruncated").get_bool();
    if (more) {
      input["KeyMarker"] = text_member(reply, "NextKeyMarker");
      input["VersionIdMarker"] = text_member(reply, "NextVersionIdMarker");
    }
  }
  EXPECT_THAT(all, ElementsAre("a*", "a", "a", "b*", "b", "b"));
}

TEST_F(S3Test, UploadsInParts) {
  const std::string one(kMinPartBytes, 'a'), two(1000, 'b');
  const std::string id = upload();
  const Value first = part(id, 1, one), second = part(id, 2, two);
  const auto complete = [&](Array parts) -> Value {
    return Object{{"Bucket", "data"},
                  {"Key", "big"},
                  {"UploadId", id},
                  {"MultipartUpload", Object{{"Parts", std::move(parts)}}}};
  };
  EXPECT_EQ(refused("CompleteMultipartUpload", complete({second, first})), "InvalidPartOrder");
  Value wrong = first;
  wrong.get_object()["ETag"] = "0123";
  EXPECT_EQ(refused("CompleteMultipartUpload", complete({wrong, second})), "InvalidPart");
  const Value made = ok("CompleteMultipartUpload", complete({first, second}));
  const std::string digests = wire::checksum_of("MD5", one) + wire::checksum_of("MD5", two);
  EXPECT_EQ(text_member(made, "ETag"),
            "\"" + hex_encode(wire::checksum_of("MD5", digests)) + "-2\"");
  EXPECT_EQ(text_member(made, "ChecksumCRC64NVME"),
            base64_encode(wire::checksum_of("CRC64NVME", one + two)));
  EXPECT_TRUE(get("big") == one + two);
  EXPECT_TRUE(get("big", {{"PartNumber", 2}}) == two);
  EXPECT_EQ(get("big", {{"Range", fmt::format("bytes={}-{}", one.size() - 2, one.size() + 1)}}),
            "aabb");
  EXPECT_EQ(refused("CompleteMultipartUpload", complete({first, second})), "NoSuchUpload");
}

TEST_F(S3Test, APartTooSmallAndAnAbortedUpload) {
  const std::string id = upload();
  const Value first = part(id, 1, "small"), second = part(id, 2, "last");
  EXPECT_EQ(
      refused("CompleteMultipartUpload", {{"Bucket", "data"},
                                          {"Key", "big"},
                                          {"UploadId", id},
                                          {"MultipartUpload", {{"Parts", Array{first, second}}}}}),
      "EntityTooSmall");
  EXPECT_EQ(files(), 2u);
  ok("AbortMultipartUpload", {{"Bucket", "data"}, {"Key", "big"}, {"UploadId", id}});
  EXPECT_EQ(refused("ListParts", {{"Bucket", "data"}, {"Key", "big"}, {"UploadId", id}}),
            "NoSuchUpload");
  world.control.advance(std::chrono::minutes(2));
  world.store->flush();
  world.control.advance(std::chrono::minutes(2));
  EXPECT_EQ(files(), 0u);
}

TEST_F(S3Test, CopiesShareBytesUntilTheLastIsGone) {
  ok("PutObject", {{"Bucket", "data"}, {"Key", "a"}, {"Metadata", {{"Team", "one"}}}}, "text");
  ok("CopyObject", {{"Bucket", "data"}, {"Key", "b"}, {"CopySource", "data/a"}});
  EXPECT_EQ(refused("CopyObject", {{"Bucket", "data"}, {"Key", "a"}, {"CopySource", "data/a"}}),
            "InvalidRequest");
  EXPECT_EQ(refused("CopyObject", {{"Bucket", "data"},
                                   {"Key", "c"},
                                   {"CopySource", "data/a"},
                                   {"CopySourceIfNoneMatch", "*"}}),
            "PreconditionFailed");
  EXPECT_EQ(files(), 1u);
  ok("DeleteObject", {{"Bucket", "data"}, {"Key", "a"}});
  world.control.advance(std::chrono::minutes(2));
  world.store->flush();
  world.control.advance(std::chrono::minutes(2));
  EXPECT_EQ(get("b"), "text");
  const Value head = ok("HeadObject", {{"Bucket", "data"}, {"Key", "b"}});
  EXPECT_EQ(text_member(head.at("Metadata"), "team"), "one");
  put("b", "over");
  world.control.advance(std::chrono::minutes(2));
  world.store->flush();
  world.control.advance(std::chrono::minutes(2));
  EXPECT_EQ(files(), 1u);
}

TEST_F(S3Test, ConditionsOfReadsAndWrites) {
  const std::string etag(text_member(put("k", "x"), "ETag"));
  const auto read = [&](const char* member, const std::string& value) {
    return refused("GetObject", {{"Bucket", "data"}, {"Key", "k"}, {member, value}});
  };
  EXPECT_EQ(read("IfMatch", etag), "accepted");
  EXPECT_EQ(read("IfMatch", "\"0\""), "PreconditionFailed");
  EXPECT_EQ(read("IfNoneMatch", etag), "NotModified");
  EXPECT_EQ(read("IfNoneMatch", "\"0\""), "accepted");
  const auto write = [&](const char* member, const std::string& value) {
    return refused("PutObject", {{"Bucket", "data"}, {"Key", "k"}, {member, value}}, "y");
  };
  EXPECT_EQ(write("IfNoneMatch", "*"), "PreconditionFailed");
  EXPECT_EQ(write("IfMatch", "\"0\""), "PreconditionFailed");
  EXPECT_EQ(write("IfMatch", etag), "accepted");
}

TEST_F(S3Test, LifecycleActsOnTheWorldsClock) {
  const Value rule = Object{{"ID", "old"},
                            {"Status", "Enabled"},
                            {"Filter", {{"Prefix", "logs/"}}},
                            {"Expiration", {{"Days", 1}}}};
  ok("PutBucketLifecycleConfiguration",
     {{"Bucket", "data"}, {"LifecycleConfiguration", {{"Rules", Array{rule}}}}});
  const Value made = put("logs/1", "x");
  EXPECT_THAT(std::string(text_member(made, "Expiration")), testing::HasSubstr("rule-id=\"old\""));
  put("data/1", "x");
  world.control.advance(std::chrono::hours(20));
  EXPECT_THAT(keys({}), ElementsAre("data/1", "logs/1"));
  world.control.advance(std::chrono::hours(30));
  EXPECT_THAT(keys({}), ElementsAre("data/1"));
  Value transition = rule;
  transition.get_object().erase("Expiration");
  transition.get_object()["Transitions"] = Array{Object{{"Days", 1}, {"StorageClass", "GLACIER"}}};
  EXPECT_EQ(
      refused("PutBucketLifecycleConfiguration",
              {{"Bucket", "data"}, {"LifecycleConfiguration", {{"Rules", Array{transition}}}}}),
      "NotImplemented");
}

std::string policy(const std::string& effect, const std::string& principal,
                   const std::string& action, const std::string& resource,
                   const std::string& more = "") {
  return fmt::format(
      R"({{"Version":"2012-10-17","Statement":[{{"Effect":"{}","Principal":{},"Action":"s3:{}",)"
      R"("Resource":"arn:aws:s3:::{}"{}}}]}})",
      effect, principal, action, resource, more);
}

TEST_F(S3Test, APolicyIsKeptShownAndRemoved) {
  EXPECT_EQ(refused("GetBucketPolicy", {{"Bucket", "data"}}), "NoSuchBucketPolicy");
  EXPECT_EQ(refused("GetBucketPolicyStatus", {{"Bucket", "data"}}), "NoSuchBucketPolicy");
  const auto text =
      policy("Allow", R"({"AWS":"arn:aws:iam::123456789012:role/app"})", "*", "data/*");
  ok("PutBucketPolicy", {{"Bucket", "data"}, {"Policy", text}});
  restart();
  EXPECT_EQ(text_member(ok("GetBucketPolicy", {{"Bucket", "data"}}), "Policy"), text);
  const auto status = ok("GetBucketPolicyStatus", {{"Bucket", "data"}});
  EXPECT_EQ(to_json(status), R"({"PolicyStatus":{"IsPublic":false}})");
  ok("DeleteBucketPolicy", {{"Bucket", "data"}});
  EXPECT_EQ(refused("GetBucketPolicy", {{"Bucket", "data"}}), "NoSuchBucketPolicy");
}

TEST_F(S3Test, WhatIsNoPolicyOrCannotBeHeldIsRefused) {
  const auto put = [&](const std::string& text) {
    return refused("PutBucketPolicy", {{"Bucket", "data"}, {"Policy", text}});
  };
  const std::string someone = R"({"AWS":"123456789012"})";
  for (const auto& text :
       {std::string("no JSON"), std::string("{}"),
        std::string(R"({"Statement":[{"Effect":"Deny"}]})"), policy("Refuse", someone, "*", "data"),
        policy("Deny", someone, "*", "other/*"), policy("Deny", R"({"AWS":"ann"})", "*", "data"),
        policy("Deny", R"("ann")", "*", "data"),
        policy("Deny", someone, "*", "data", R"(,"Colour":"red")"),
        policy("Deny", someone, "*", "data", R"(,"Condition":{"StringEquals":{"aws:userid":1}})")})
    EXPECT_EQ(put(text), "MalformedPolicy") << text;
  // A Deny that nobody could carry out, and access without a signature.
  EXPECT_EQ(put(policy("Deny", "\"*\"", "*", "data",
                       R"(,"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}})")),
            "NotImplemented");
  EXPECT_EQ(put(policy("Deny", "\"*\"", "*", "data",
                       R"(,"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}})")),
            "NotImplemented");
  EXPECT_EQ(put(policy("Allow", "\"*\"", "GetObject", "data/*")), "AccessDenied");
  ok("DeletePublicAccessBlock", {{"Bucket", "data"}});
  EXPECT_EQ(put(policy("Allow", "\"*\"", "GetObject", "data/*")), "NotImplemented");
  EXPECT_EQ(put(policy("Allow", "\"*\"", "GetObject", "data/*",
                       R"(,"Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}})")),
            "accepted");
}

TEST_F(S3Test, ADenyIsHeldAgainstEveryCall) {
  put("open/1", "x"), put("closed/1", "x");
  ok("PutBucketPolicy",
     {{"Bucket", "data"}, {"Policy", policy("Deny", "\"*\"", "*", "data/closed/*")}});
  EXPECT_EQ(get("open/1"), "x");
  const Value closed = {{"Bucket", "data"}, {"Key", "closed/1"}};
  for (const char* operation : {"GetObject", "HeadObject", "DeleteObject", "GetObjectTagging"})
    EXPECT_EQ(refused(operation, closed), "AccessDenied") << operation;
  EXPECT_EQ(refused("PutObject", closed, "y"), "AccessDenied");
  EXPECT_EQ(refused("CopyObject",
                    {{"Bucket", "data"}, {"Key", "open/2"}, {"CopySource", "data/closed/1"}}),
            "AccessDenied");
  const Value deleted = ok(
      "DeleteObjects",
      {{"Bucket", "data"},
       {"Delete", {{"Objects", Array{Object{{"Key", "closed/1"}}, Object{{"Key", "open/1"}}}}}}});
  EXPECT_EQ(text_member(deleted.at("Errors").at(0), "Code"), "AccessDenied");
  EXPECT_THAT(keys({}), ElementsAre("closed/1"));
  std::string result = "pending";
  s3->put_object("data", "closed/2", "bytes", "", "", [&](const std::string& e) { result = e; });
  for (int i = 0; i < 1000 && result == "pending"; ++i) {
    world.control.run_due();
    world.store->flush();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_THAT(result, testing::HasSubstr("denies"));
  // The root may always mend it.
  ok("PutBucketPolicy", {{"Bucket", "data"}, {"Policy", policy("Deny", "\"*\"", "*", "data*")}});
  EXPECT_EQ(refused("ListObjectsV2", {{"Bucket", "data"}}), "AccessDenied");
  ok("DeleteBucketPolicy", {{"Bucket", "data"}});
  EXPECT_THAT(keys({}), ElementsAre("closed/1"));
}

TEST_F(S3Test, ADenyOfPlainHttpLetsTlsThrough) {
  put("k", "x");
  ok("PutBucketPolicy",
     {{"Bucket", "data"},
      {"Policy", policy("Deny", "\"*\"", "*", "data/*",
                        R"(,"Condition":{"Bool":{"aws:SecureTransport":"false"}})")}});
  const Value object = {{"Bucket", "data"}, {"Key", "k"}};
  EXPECT_EQ(refused("HeadObject", object), "AccessDenied");
  auto context = world.context("us-east-1");
  context.secure = true;
  EXPECT_TRUE(world.call(context, "s3", "HeadObject", object));
}

TEST_F(S3Test, TakesWhatOtherRoomsDeliver) {
  std::string result = "pending";
  s3->put_object("data", "in/1.gz", "bytes", "application/json", "gzip",
                 [&](const std::string& error) { result = error; });
  for (int i = 0; i < 1000 && result == "pending"; ++i) {
    world.control.run_due();
    world.store->flush();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(result, "");
  EXPECT_EQ(get("in/1.gz"), "bytes");
  EXPECT_EQ(s3->region_of_bucket("data"), "us-east-1");
  EXPECT_EQ(s3->region_of_bucket("none"), std::nullopt);
}

}  // namespace
}  // namespace seatrial::services::s3
