// What S3 does by itself: it carries out lifecycles, and removes bytes that no record names any
// more.
//
// Bytes go in three steps: a handler that takes their last name away notes them; a tick waits until
// all that was changed is durable (or undone); what is still without a name then is removed. A
// crash in between leaves files that the next start sweeps.
#include "base/encoding.h"
#include "services/s3/conditions.h"
#include "services/s3/errors.h"
#include "services/s3/service.h"

namespace seatrial::services::s3 {
namespace {

constexpr std::chrono::minutes kCollectTick{1};
constexpr std::chrono::hours kLifecycleTick{1};

std::vector<decide::LifecycleRule> rules_of(const BucketRecord& bucket) {
  if (!bucket.lifecycle) return {};
  api::GetBucketLifecycleConfigurationOutput stored;
  from_value(*bucket.lifecycle, stored);
  auto rules = lifecycle_rules(stored.Rules);
  return rules ? *std::move(rules) : std::vector<decide::LifecycleRule>{};
}

decide::StoredObject as_decided(const VersionRecord& version) {
  return {version.key, &version.description.tags, static_cast<std::int64_t>(version.size),
          version.modified};
}

}  // namespace

template <class F>
void S3::each_segment(F&& f) const {
  for (const auto& [row, version] : versions_) {
    for (const Segment& segment : version.segments) f(segment);
  }
  for (const auto& [row, part] : parts_) {
    for (const Segment& segment : part.segments) f(segment);
  }
}

void S3::start() {
  std::set<std::string> named;
  each_segment([&](const Segment& segment) { named.insert(segment.blob); });
  blobs_.sweep(named);
  env_.control.post_after(kCollectTick, [this] { collect(); });
  enforce_lifecycle();
}

void S3::discard(const Segments& segments) {
  for (const Segment& segment : segments) unused_.insert(segment.blob);
}

void S3::collect() {
  if (stopped_) return;
  env_.control.post_after(kCollectTick, [this] { collect(); });
  if (unused_.empty()) return;
  // The store may call back when this room is gone already; its loop has then ended.
  env_.store.commit([this, &control = env_.control,
                     blobs = std::exchange(unused_, {})](const std::string& error) {
    control.post([this, blobs, error] {
      if (error.empty())
        remove_unnamed(blobs);
      else
        unused_.insert(blobs.begin(), blobs.end());
    });
  });
}

void S3::remove_unnamed(const std::set<std::string>& blobs) {
  std::set<std::string> unnamed = blobs;
  each_segment([&](const Segment& segment) { unnamed.erase(segment.blob); });
  for (const auto& blob : unnamed) blobs_.remove(blob);
}

void S3::enforce_lifecycle() {
  if (stopped_) return;
  std::vector<std::string> names;
  for (const auto& [name, bucket] : buckets_) {
    if (bucket.lifecycle) names.push_back(name);
  }
  for (const auto& name : names) enforce_lifecycle(BucketRecord(*buckets_.find(name)));
  env_.control.post_after(kLifecycleTick, [this] { enforce_lifecycle(); });
}

void S3::enforce_lifecycle(const BucketRecord& bucket) {
  const auto rules = rules_of(bucket);
  const Time now = env_.clock.now();
  std::vector<UploadRecord> uploads;
  for (const auto& [row, upload] : uploads_.with_prefix(bucket.name + "/")) {
    if (decide::upload_expired(rules, upload.key, upload.initiated, now)) uploads.push_back(upload);
  }
  for (const auto& upload : uploads) transact([&] { drop_upload(upload); });
  std::vector<std::vector<VersionRecord>> keys;
  for (const auto& [row, version] : versions_.with_prefix(bucket.name + "/")) {
    if (keys.empty() || keys.back().front().key != version.key) keys.emplace_back();
    keys.back().push_back(version);
  }
  for (const auto& versions : keys) {
    transact([&] { expire_key(bucket, rules, versions); });
  }
}

void S3::expire_key(const BucketRecord& bucket, const std::vector<decide::LifecycleRule>& rules,
                    const std::vector<VersionRecord>& versions) {
  const Time now = env_.clock.now();
  std::size_t left = versions.size();
  for (std::size_t i = versions.size(); i-- > 1;) {
    if (!decide::noncurrent_expired(rules, as_decided(versions[i]), versions[i - 1].modified,
                                    static_cast<int>(i) - 1, now))
      continue;
    erase_version(bucket.name, versions[i]);
    --left;
  }
  const VersionRecord& top = versions.front();
  if (top.delete_marker) {
    if (left == 1 && decide::lone_marker_expired(rules, as_decided(top), now))
      erase_version(bucket.name, top);
    return;
  }
  const auto expiry = decide::expiry_of_current(rules, as_decided(top));
  if (expiry && expiry->at <= now) remove_object(bucket, top.key, std::nullopt);
}

std::optional<std::string> S3::expiration_header(const BucketRecord& bucket,
                                                 const VersionRecord& version) const {
  if (!bucket.lifecycle) return std::nullopt;
  VersionRecord fresh;
  const VersionRecord* subject = &version;
  if (version.modified == Time{}) {  // being made
    fresh = version;
    fresh.modified = env_.clock.now();
    subject = &fresh;
  }
  const auto expiry = decide::expiry_of_current(rules_of(bucket), as_decided(*subject));
  if (!expiry) return std::nullopt;
  return fmt::format("expiry-date=\"{}\", rule-id=\"{}\"", format_http_date(expiry->at),
                     expiry->rule);
}

std::optional<std::string> S3::region_of_bucket(const std::string& bucket) const {
  const BucketRecord* found = buckets_.find(bucket);
  return found == nullptr ? std::nullopt : std::optional(found->region);
}

void S3::put_object(const std::string& bucket, const std::string& key, std::string bytes,
                    const std::string& content_type, const std::string& content_encoding,
                    ObjectSink::Done done) {
  const auto put = [this, bucket, key, content_type, content_encoding,
                    done](room::Outcome<std::shared_ptr<room::Prepared>> written) {
    if (!written) return done(written.error().message);
    const BucketRecord* found = buckets_.find(bucket);
    if (found == nullptr) return done("There is no bucket " + bucket + " any more.");
    if (denies_services(*found, key)) return done("The policy of the bucket denies it.");
    auto& digested = static_cast<Digested&>(**written);
    VersionRecord version;
    version.key = key;
    version.size = digested.size;
    version.etag = hex_encode(digested.md5);
    version.checksum = checksum_of(digested);
    version.segments = digested.segments;
    version.description.content_type = content_type;
    version.description.content_encoding = content_encoding;
    add_version(*found, std::move(version));
    digested.fresh.clear();
    env_.store.commit([&control = env_.control, done](const std::string& error) {
      control.post([done, error] { done(error); });
    });
  };
  blobs_.write(
      std::move(bytes), {kDefaultAlgorithm}, {},
      [&control = env_.control, put](room::Outcome<std::shared_ptr<room::Prepared>> written) {
        control.post([put, written = std::move(written)] { put(written); });
      });
}

}  // namespace seatrial::services::s3
