// A world put together: clock, store, engines, drivers, rooms, gateway and server, in the order in
// which they need each other. This file and world.cc are the only ones that know all rooms.
#pragma once
#include <expected>
#include <memory>
#include <string>

#include "drivers/delivery/routes.h"
#include "model/pack.h"
#include "room/room.h"
#include "world/paths.h"

namespace seatrial::world {

struct WorldOptions {
  Paths paths;
  std::string region;  // default region of the world
  std::string address = "127.0.0.1";
  std::uint16_t port = 4566;
  bool verify_signatures = true;
  double speed = 1.0;
  bool network_namespaces = true;  // where the machine allows them
  std::string python;              // of Lambda's python runtimes; empty: python3 on PATH
  std::string smtp_relay;          // "127.0.0.1:1025"; empty: mails go to the world's mailboxes
  drivers::DeliveryRoutes deliveries;
  bool hosts_file = true;  // keep load balancers' names resolvable through /etc/hosts
};

struct RootCredentials {
  std::string access_key_id, secret_access_key;
};

class World {
 public:
  // Opens or creates the world and starts answering. The error says what to do.
  static std::expected<std::unique_ptr<World>, std::string> open(WorldOptions options);
  ~World();

  std::uint16_t port() const;
  const std::string& account() const;
  const RootCredentials& root_credentials() const;
  const std::string& certificate_authority() const;  // PEM: what TLS clients are told to trust
  room::Env& env();
  // A context of the root user in a region, for calls of the daemon's own.
  room::Context root_context(const std::string& region);

  // Whether a room has a handler for it.
  bool serves(const model::Operation& operation) const;

  // Stops what runs (tasks, proxies, networks), keeping all state; then the destructor may run.
  void stop();

 private:
  struct Parts;
  explicit World(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace seatrial::world
