// Where things lie in a world's folder.
#pragma once
#include <filesystem>
#include <string>

namespace seatrial::world {

struct Paths {
  std::filesystem::path folder;

  std::filesystem::path state() const { return folder / "state.db"; }
  std::filesystem::path key() const { return folder / "key"; }
  std::filesystem::path images() const { return folder / "images"; }
  std::filesystem::path clock() const { return folder / "clock"; }  // how far world time has come
  std::filesystem::path log() const { return folder / "seatrial.log"; }
  std::filesystem::path run() const { return folder / "run"; }  // of the running daemon
  std::filesystem::path lock() const { return run() / "lock"; }
  std::filesystem::path endpoint() const { return run() / "endpoint.json"; }
  std::filesystem::path ca_bundle() const { return run() / "ca-bundle.pem"; }
  std::filesystem::path containers() const { return run() / "containers"; }
  std::filesystem::path haproxy() const { return run() / "haproxy"; }
};

}  // namespace seatrial::world
