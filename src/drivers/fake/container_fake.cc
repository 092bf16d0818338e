// See container_fake.h.
#include "drivers/fake/container_fake.h"

#include <algorithm>

namespace seatrial::drivers {
namespace {

constexpr int kKilled = 137;

StartError not_found(const std::string& image) {
  return {"CannotPullContainerError",
          "CannotPullContainerError: pull image manifest has been retried 1 time(s): image " +
              image + " not found in the fake machine"};
}

}  // namespace

void FakeMachine::crash(const std::string& id, int exit_code, bool out_of_memory) {
  const auto found = containers_.find(id);
  if (found == containers_.end() || !found->second.started || found->second.exit) return;
  end(found->second, clock_.now(), exit_code, out_of_memory);
}

void FakeMachine::set_usage(const std::string& id, ContainerUsage usage) {
  if (const auto found = containers_.find(id); found != containers_.end()) {
    found->second.script.usage = usage;
  }
}

std::size_t FakeMachine::running() const {
  return static_cast<std::size_t>(
      std::count_if(containers_.begin(), containers_.end(),
                    [](auto& item) { return item.second.started && !item.second.exit; }));
}

// The earliest of what the script and the signals have in store.
std::optional<Time> FakeMachine::due(const Container& c) {
  if (c.exit || c.script.never_starts) return std::nullopt;
  if (!c.started) return c.start_at;
  std::optional<Time> next;
  const auto consider = [&next](Time at) { next = next ? std::min(*next, at) : at; };
  if (c.lines_made < c.script.output.size()) {
    consider(c.start_at + c.script.output[c.lines_made].after);
  }
  if (c.script.exit_after) consider(c.start_at + *c.script.exit_after);
  if (c.term_at) consider(*c.term_at);
  if (c.kill_at) consider(*c.kill_at);
  const std::int64_t limit = c.spec.memory_limit_bytes;
  if (limit > 0 && c.script.usage.memory_bytes > limit) consider(c.start_at);
  return next;
}

std::optional<Time> FakeMachine::next_due() const {
  std::optional<Time> next;
  for (const auto& [id, container] : containers_) {
    const auto at = due(container);
    if (at && (!next || *at < *next)) next = at;
  }
  return next;
}

// Does the one thing that is due next; output comes before an end at the same time.
void FakeMachine::advance(Container& c) {
  const Time at = *due(c);
  if (!c.started) {
    c.started = true;
    c.start_at = at;
    return;
  }
  const auto& lines = c.script.output;
  const bool over =
      c.spec.memory_limit_bytes > 0 && c.script.usage.memory_bytes > c.spec.memory_limit_bytes;
  if (over) return end(c, std::max(at, c.start_at), kKilled, true);
  if (c.lines_made < lines.size() && c.start_at + lines[c.lines_made].after <= at) {
    const FakeImage::Line& line = lines[c.lines_made++];
    return write(c, at, line.text, line.is_error);
  }
  if (c.script.exit_after && c.start_at + *c.script.exit_after <= at) {
    return end(c, at, c.script.exit_code, false);
  }
  if (c.term_at && *c.term_at <= at) {
    for (const std::string& text : c.script.term_output) write(c, at, text, false);
    return end(c, at, c.script.term_exit_code, false);
  }
  end(c, at, kKilled, false);
}

void FakeMachine::write(Container& c, Time at, std::string text, bool is_error) {
  const std::uint64_t before = c.positions.empty() ? 0 : c.positions.back();
  c.positions.push_back(before + text.size() + 1);
  c.output.push_back({at, std::move(text), is_error});
}

void FakeMachine::end(Container& c, Time at, int exit_code, bool out_of_memory) {
  c.exit = ContainerExit{c.spec.id, exit_code, out_of_memory, at};
}

std::size_t FakeMachine::step() {
  std::size_t done = 0;
  for (;;) {
    Container* next = nullptr;
    for (auto& [id, container] : containers_) {
      const auto at = due(container);
      if (at && *at <= clock_.now() && (next == nullptr || *at < *due(*next))) next = &container;
    }
    if (next == nullptr) break;
    advance(*next);
    ++done;
  }
  std::vector<std::string> ids;  // an event may start and remove
  for (const auto& [id, container] : containers_) ids.push_back(id);
  for (const std::string& id : ids) done += events_ != nullptr && report(id) ? 1 : 0;
  return done;
}

bool FakeMachine::report(const std::string& id) {
  const auto found = containers_.find(id);
  if (found == containers_.end() || !found->second.started) return false;
  if (found->second.script.start_error) {
    const StartError error = *found->second.script.start_error;
    containers_.erase(found);
    events_->container_start_failed(id, error);
    return true;
  }
  bool any = false;
  if (!std::exchange(found->second.start_reported, true)) {
    any = true;
    events_->container_started(id);
  }
  const auto again = containers_.find(id);
  if (again == containers_.end()) return any;
  Container& c = again->second;
  if (c.delivered < c.output.size()) {
    any = true;
    std::vector<OutputLine> lines(c.output.begin() + static_cast<std::ptrdiff_t>(c.delivered),
                                  c.output.end());
    c.delivered = c.output.size();
    events_->container_output(id, std::move(lines), c.positions.back());
  }
  const auto last = containers_.find(id);
  if (last == containers_.end() || !last->second.exit || last->second.exit_reported) return any;
  last->second.exit_reported = true;
  const ContainerExit exit = *last->second.exit;
  events_->container_exited(exit);
  return true;
}

void FakeMachine::attach(ContainerEvents* events) {
  events_ = events;
  if (events == nullptr) return;
  for (auto& [id, c] : containers_) {
    c.start_reported = c.started && !c.script.start_error;
    c.exit_reported = false;
    const auto kept = std::upper_bound(c.positions.begin(), c.positions.end(), c.acknowledged);
    c.delivered = static_cast<std::size_t>(kept - c.positions.begin());
  }
}

std::vector<ContainerStatus> FakeContainerDriver::list() {
  std::vector<ContainerStatus> all;
  for (const auto& [id, c] : machine_.containers_) {
    if (!c.script.start_error) all.push_back({id, c.started && !c.exit, c.exit});
  }
  return all;
}

void FakeContainerDriver::start(ContainerSpec spec) {
  if (const auto known = machine_.containers_.find(spec.id); known != machine_.containers_.end()) {
    FakeMachine::Container& c = known->second;
    if (c.exit)
      c.exit_reported = false;
    else if (c.started)
      c.start_reported = false;
    return;
  }
  FakeMachine::Container c;
  const auto image = machine_.images_.find(spec.image);
  if (image != machine_.images_.end())
    c.script = image->second;
  else
    c.script.start_error = not_found(spec.image);
  c.start_at = machine_.clock_.now() + c.script.start_delay;
  const std::string id = spec.id;
  c.spec = std::move(spec);
  machine_.containers_.emplace(id, std::move(c));
}

void FakeContainerDriver::stop(const std::string& id, std::chrono::milliseconds grace) {
  const auto found = machine_.containers_.find(id);
  if (found == machine_.containers_.end() || found->second.exit) return;
  FakeMachine::Container& c = found->second;
  c.script.never_starts = false;  // what hangs before its start is stopped all the same
  const Time from = c.started ? machine_.clock_.now() : std::max(machine_.clock_.now(), c.start_at);
  if (!c.script.ignores_term && !c.term_at) c.term_at = from + c.script.term_delay;
  c.kill_at = c.kill_at ? std::min(*c.kill_at, from + grace) : from + grace;
}

void FakeContainerDriver::remove(const std::string& id) {
  const auto found = machine_.containers_.find(id);
  if (found != machine_.containers_.end() && found->second.exit) machine_.containers_.erase(found);
}

void FakeContainerDriver::acknowledge_output(const std::string& id, std::uint64_t position) {
  const auto found = machine_.containers_.find(id);
  if (found != machine_.containers_.end()) found->second.acknowledged = position;
}

std::optional<ContainerUsage> FakeContainerDriver::usage(const std::string& id) {
  const auto found = machine_.containers_.find(id);
  if (found == machine_.containers_.end()) return std::nullopt;
  const FakeMachine::Container& c = found->second;
  return c.started && !c.exit ? std::optional(c.script.usage) : std::nullopt;
}

std::optional<std::int64_t> FakeContainerDriver::storage_bytes(const std::string& id) {
  const auto found = machine_.containers_.find(id);
  return found == machine_.containers_.end() ? std::nullopt : found->second.script.storage_bytes;
}

}  // namespace seatrial::drivers
