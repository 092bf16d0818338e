// Names of load balancers in /etc/hosts, so that curl and browsers resolve them as they are.
//
// Each world owns one marked block and touches nothing else. The file is locked while it is changed
// and written in place, not renamed: containers bind-mount it by inode. A killed daemon's block is
// replaced by the next set(), and removed when its world is gone, by whichever world writes next.
#pragma once
#include <expected>
#include <map>
#include <string>

namespace seatrial::drivers {

class HostsFile {
 public:
  explicit HostsFile(std::string world_dir, std::string path = "/etc/hosts");

  // Whether the file is there and this process may write it.
  bool writable() const;
  // Makes the world's block hold exactly these names (name -> address); none removes the block.
  // The error is a sentence; the file is then as it was. Any thread; some milliseconds at most.
  std::expected<void, std::string> set(const std::map<std::string, std::string>& names);

 private:
  std::string world_, path_;
};

}  // namespace seatrial::drivers
