// Functions' code: <world>/lambda/<SHA-256 in hex>/code.zip and what it unpacks to beside it.
//
// Problem: a package of 50 MB must be durable and unpacked before CreateFunction is answered, and
// the control thread must not wait. Choice: one worker; a package is written and unpacked under a
// name of its own, synced and renamed to its digest, so that a folder with that name is always
// whole and is shared by all functions with the same code. Folders that no function names go at
// the next start. Rejected: unpacking at the first invocation, where a bad package would be found
// too late.
#pragma once
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "room/room.h"
#include "wire/message.h"

namespace seatrial::services::lambda {

inline constexpr std::uint64_t kMaxPackedBytes = 262'144'000;  // as unpacked; AWS: 250 MiB

struct StoredCode final : room::Prepared {
  std::string folder;     // the digest in hex
  std::string sha256;     // as CodeSha256 shows it: base64
  std::int64_t size = 0;  // of the package
};

class CodeStore {
 public:
  using Done = std::function<void(room::Outcome<std::shared_ptr<room::Prepared>>)>;

  CodeStore(std::filesystem::path folder, Rng& rng);
  ~CodeStore();  // finishes what is queued

  // Any thread; `done` on the worker, with a StoredCode. Errors: InvalidParameterValueException for
  // what is no zip, too large or unsafe, ServiceException when the disk will not take it.
  void store(std::string zip, Done done);
  // The same of an object's bytes.
  void store(std::shared_ptr<wire::BodyStream> zip, Done done);

  std::filesystem::path task_folder(const std::string& code) const {
    return folder_ / code / "task";
  }
  // The package; empty when there is none of that name.
  std::string package(const std::string& code) const;
  void sweep(const std::set<std::string>& named);  // at start

 private:
  using Result = room::Outcome<std::shared_ptr<room::Prepared>>;
  void run();
  void queue(std::function<void()> work);
  Result keep(const std::string& zip);

  const std::filesystem::path folder_;
  Rng& rng_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> work_;
  bool stopping_ = false;
  std::thread worker_;
};

}  // namespace seatrial::services::lambda
