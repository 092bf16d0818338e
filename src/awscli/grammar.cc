// See grammar.h.
#include "awscli/grammar.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace seatrial::awscli {
namespace {

bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

// "ARNs" at the end is one word: two capitals or more, then 's'.
std::string split_plural(std::string_view name) {
  std::string text(name);
  if (text.empty() || text.back() != 's') return text;
  auto begin = text.size() - 1;
  while (begin > 0 && upper(text[begin - 1])) --begin;
  if (text.size() - 1 - begin < 2) return text;
  std::string tail = text.substr(begin);
  std::ranges::transform(tail, tail.begin(), [](char c) { return std::tolower(c); });
  return text.substr(0, begin) + "-" + tail;
}

// (.)([A-Z][a-z]+) -> \1-\2, left to right without overlap.
std::string split_capitals(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (i + 2 < text.size() && upper(text[i + 1]) && lower(text[i + 2])) {
      out += text[i];
      out += '-';
      out += text[++i];
      while (++i < text.size() && lower(text[i])) out += text[i];
    } else {
      out += text[i++];
    }
  }
  return out;
}

// ([a-z0-9])([A-Z]) -> \1-\2.
std::string split_ends(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if ((lower(text[i]) || digit(text[i])) && i + 1 < text.size() && upper(text[i + 1])) {
      out += '-';
      out += text[++i];
    }
  }
  return out;
}

std::pair<std::string_view, std::string_view> first_word(std::string_view path) {
  const auto blank = path.find(' ');
  if (blank == std::string_view::npos) return {path, ""};
  return {path.substr(0, blank), path.substr(blank + 1)};
}

// The commands of one version that were asked for.
struct Kept {
  std::shared_mutex mutex;
  std::map<std::string, std::unique_ptr<Command>, std::less<>> commands;
};

Kept& kept_of(Cli cli) {
  static Kept v1, v2;
  return cli == Cli::kV1 ? v1 : v2;
}

Option plain(std::string name, Values values) {
  Option option;
  option.name = std::move(name);
  option.values = values;
  return option;
}

void add_member(Command& command, const model::Member& member) {
  const auto shape = member.shape();
  Option option = plain(option_name(member.name()), Values::kOne);
  option.shape = shape;
  option.member = member.name();
  if (shape.kind() == model::Kind::kBoolean) {
    option.values = Values::kNone;
    command.options.push_back(option);
    option.name = "no-" + option.name;
    option.negative = true;
  } else {
    option.required = member.required() && !member.idempotency_token();
    if (shape.kind() == model::Kind::kList) option.values = Values::kAny;
  }
  command.options.push_back(std::move(option));
}

Type type_of_member(const model::Shape& shape) {
  const bool whole = shape.kind() == model::Kind::kInteger || shape.kind() == model::Kind::kLong;
  return whole ? Type::kInteger : Type::kAny;
}

// Paging options hide members of the same name.
void add_paging(Command& command, const model::Operation& operation,
                const model::Paginator& paginator) {
  const auto input = operation.input();
  const auto limit = input ? input->find(paginator.limit_key) : std::nullopt;
  const auto add = [&](std::string_view name, Type type) {
    Option option = plain(std::string(name), Values::kOne);
    option.type = type;
    option.paging = true;
    const auto hidden = std::ranges::find(command.options, name, &Option::name);
    if (hidden == command.options.end()) return command.options.push_back(std::move(option));
    option.member = hidden->member;
    *hidden = std::move(option);
  };
  add("starting-token", Type::kAny);
  if (limit) add("page-size", type_of_member(limit->shape()));
  add("max-items", limit ? type_of_member(limit->shape()) : Type::kInteger);
}

void add_common(Command& command, const model::Operation& operation, Cli cli) {
  if (const auto paginator = operation.paginator()) add_paging(command, operation, *paginator);
  command.options.push_back(plain("cli-input-json", Values::kOne));
  Option skeleton = plain("generate-cli-skeleton", Values::kOptional);
  skeleton.choices = {"input", "output"};
  if (cli == Cli::kV2) {
    command.options.push_back(plain("cli-input-yaml", Values::kOne));
    skeleton.choices.emplace_back("yaml-input");
  }
  command.options.push_back(std::move(skeleton));
}

// What writes its output to a file has none of these.
void drop_common(Command& command) {
  if (std::ranges::find(command.positionals, "outfile", &Option::name) == command.positionals.end())
    return;
  std::erase_if(command.options, [](const Option& option) {
    return option.name == "cli-input-json" || option.name == "cli-input-yaml" ||
           option.name == "generate-cli-skeleton";
  });
}

Command from_operation(std::string_view path, const model::Operation& operation, Cli cli) {
  Command command;
  command.path = path;
  command.operation = operation;
  if (const auto input = operation.input()) {
    for (std::uint32_t i = 0; i < input->member_count(); ++i) add_member(command, input->member(i));
  }
  add_common(command, operation, cli);
  return command;
}

Option from_fact(const std::string& name, const FactOption& fact, const Command& command) {
  Option option = plain(name, fact.values);
  option.count = fact.count;
  option.required = fact.required;
  option.type = fact.type;
  option.choices = fact.choices;
  option.member = fact.member;
  option.negative = fact.negative;
  const auto input = command.operation ? command.operation->input() : std::nullopt;
  const auto member = input && !fact.member.empty() ? input->find(fact.member) : std::nullopt;
  if (member) option.shape = member->shape();
  return option;
}

}  // namespace

std::string option_name(std::string_view member) {
  if (member.find('-') != std::string_view::npos) return std::string(member);
  std::string out = split_ends(split_capitals(split_plural(member)));
  std::ranges::transform(out, out.begin(), [](char c) { return std::tolower(c); });
  return out;
}

bool Option::is_own() const {
  return !shape && !paging && name != "generate-cli-skeleton" && name != "outfile" &&
         !name.starts_with("cli-input-");
}

std::vector<std::string> Option::model_choices() const {
  std::vector<std::string> out;
  if (!shape) return out;
  const auto listed = shape->kind() == model::Kind::kList ? shape->element().shape() : *shape;
  for (std::uint32_t i = 0; i < listed.enum_count(); ++i) out.emplace_back(listed.enum_value(i));
  return out;
}

const Option* Command::find(std::string_view name) const {
  const auto it = std::ranges::find(options, name, &Option::name);
  return it == options.end() ? nullptr : &*it;
}

std::optional<model::Service> Grammar::modelled(std::string_view service) const {
  if (const auto alias = facts_.aliases.find(service); alias != facts_.aliases.end())
    return model::find_service(alias->second);
  if (facts_.removed.contains(service)) return std::nullopt;
  // `aws s3` is the CLI's own; the modelled service is s3api.
  if (const auto own = facts_.commands.find(service);
      own != facts_.commands.end() && own->second.custom)
    return std::nullopt;
  return model::find_service(service);
}

bool Grammar::has_service(std::string_view name) const {
  return !name.empty() && (facts_.commands.contains(name) || modelled(name).has_value());
}

std::vector<std::string> Grammar::services() const {
  auto out = facts_.children("");
  for (const auto& [command, name] : facts_.aliases) out.push_back(command);
  for (std::uint32_t i = 0; i < model::service_count(); ++i) {
    const auto name = model::service(i).name();
    if (modelled(name)) out.emplace_back(name);
  }
  return out;
}

bool Grammar::is_group(std::string_view path) const {
  if (const auto it = facts_.commands.find(path); it != facts_.commands.end() && it->second.group)
    return true;
  const auto [service, rest] = first_word(path);
  return modelled(service) && (rest.empty() || rest == "wait");
}

std::vector<std::string> Grammar::children(std::string_view path) const {
  auto out = facts_.children(path);
  const auto [name, rest] = first_word(path);
  const auto service = modelled(name);
  if (!service) return out;
  if (rest == "wait") {
    for (std::uint32_t i = 0; i < service->waiter_count(); ++i)
      out.emplace_back(service->waiter(i).cli_name());
  } else if (rest.empty()) {
    for (std::uint32_t i = 0; i < service->operation_count(); ++i) {
      const auto child = service->operation(i).cli_name();
      if (!facts_.removed.contains(fmt::format("{} {}", path, child))) out.emplace_back(child);
    }
    if (service->waiter_count() > 0) out.emplace_back("wait");
  }
  return out;
}

void Grammar::apply_facts(Command& command, const CommandFacts& facts) const {
  std::erase_if(command.options,
                [&](const Option& o) { return facts.removed_options.contains(o.name); });
  for (const auto& [name, fact] : facts.options) {
    std::erase_if(command.options, [&](const Option& o) { return o.name == name; });
    command.options.push_back(from_fact(name, fact, command));
  }
  for (const auto& [name, fact] : facts.positionals)
    command.positionals.push_back(from_fact(name, fact, command));
  command.open = command.open || facts.open;
}

std::optional<Command> Grammar::modelled_command(std::string_view path) const {
  const auto [name, rest] = first_word(path);
  const auto service = modelled(name);
  if (!service || rest.empty()) return std::nullopt;
  const auto [verb, waiter_name] = first_word(rest);
  if (verb == "wait") {
    for (std::uint32_t i = 0; i < service->waiter_count(); ++i) {
      const auto waiter = service->waiter(i);
      if (waiter.cli_name() != waiter_name) continue;
      const auto operation = service->find_operation(waiter.operation());
      if (!operation) return std::nullopt;
      return from_operation(path, *operation, cli_);
    }
    return std::nullopt;
  }
  const auto operation = service->find_cli_operation(rest);
  if (!operation || facts_.removed.contains(path)) return std::nullopt;
  return from_operation(path, *operation, cli_);
}

// One of the CLI's own, or an operation under a name of the CLI's.
Command Grammar::own_command(std::string_view path, const CommandFacts& facts) const {
  Command command;
  command.path = path;
  const auto service = modelled(first_word(path).first);
  if (service && !facts.operation.empty()) {
    command.operation = service->find_operation(facts.operation);
    if (command.operation) add_common(command, *command.operation, cli_);
  }
  apply_facts(command, facts);
  command.has_children = !facts_.children(path).empty();
  return command;
}

std::optional<Command> Grammar::build_command(std::string_view path) const {
  const auto facts = facts_.commands.find(path);
  const bool has_facts = facts != facts_.commands.end();
  if (has_facts && facts->second.custom) return own_command(path, facts->second);
  auto command = modelled_command(path);
  if (command && has_facts) apply_facts(*command, facts->second);
  if (command) drop_common(*command);
  return command;
}

const Command* Grammar::command(std::string_view path) const {
  Kept& kept = kept_of(cli_);
  {
    const std::shared_lock lock(kept.mutex);
    if (const auto it = kept.commands.find(path); it != kept.commands.end())
      return it->second.get();
  }
  auto built = build_command(path);
  if (!built) return nullptr;  // not kept: outside text may name any number of them
  const std::unique_lock lock(kept.mutex);
  auto& place = kept.commands[std::string(path)];
  if (!place) place = std::make_unique<Command>(std::move(*built));
  return place.get();
}

bool Grammar::has(std::string_view path) const {
  if (const auto it = facts_.commands.find(path); it != facts_.commands.end() && it->second.custom)
    return true;
  const auto [name, rest] = first_word(path);
  const auto service = modelled(name);
  if (!service || rest.empty() || facts_.removed.contains(path)) return service && rest.empty();
  if (rest == "wait") return service->waiter_count() > 0;
  return command(path) != nullptr;
}

const std::vector<Option>& Grammar::global_options() const {
  const auto read = [this] {
    Command globals;
    if (const auto it = facts_.commands.find(""); it != facts_.commands.end())
      apply_facts(globals, it->second);
    return globals.options;
  };
  if (cli_ == Cli::kV1) {
    static const auto v1 = read();
    return v1;
  }
  static const auto v2 = read();
  return v2;
}

}  // namespace seatrial::awscli
