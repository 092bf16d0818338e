// See facts.h.
#include "awscli/facts.h"

#include <algorithm>
#include <array>

extern "C" const char seatrial_awscli_facts_v1[];
extern "C" const char seatrial_awscli_facts_v2[];

namespace seatrial::awscli {
namespace {

// Commands that version 2 dropped.
constexpr std::array<std::string_view, 1> kOnlyV1 = {"ecr get-login"};

struct OptionOf {
  std::string_view path, option;
};
// Options that version 2 dropped: a global one, and second names that version 1 keeps for old
// scripts.
constexpr std::array kOptionsOnlyV1 = {
    OptionOf{"", "v2-debug"},
    OptionOf{"cognito-identity create-identity-pool", "open-id-connect-provider-ar-ns"},
    OptionOf{"storagegateway describe-tapes", "tape-ar-ns"},
    OptionOf{"storagegateway describe-tape-archives", "tape-ar-ns"},
    OptionOf{"storagegateway describe-vtl-devices", "vtl-device-ar-ns"},
    OptionOf{"storagegateway describe-cached-iscsi-volumes", "volume-ar-ns"},
    OptionOf{"storagegateway describe-stored-iscsi-volumes", "volume-ar-ns"},
    OptionOf{"route53domains view-billing", "start"},
    OptionOf{"deploy create-deployment-group", "ec-2-tag-set"},
    OptionOf{"deploy list-application-revisions", "s-3-bucket"},
    OptionOf{"deploy list-application-revisions", "s-3-key-prefix"},
    OptionOf{"deploy update-deployment-group", "ec-2-tag-set"},
    OptionOf{"iam enable-mfa-device", "authentication-code-1"},
    OptionOf{"iam enable-mfa-device", "authentication-code-2"},
    OptionOf{"iam resync-mfa-device", "authentication-code-1"},
    OptionOf{"iam resync-mfa-device", "authentication-code-2"},
    OptionOf{"importexport get-shipping-label", "street-1"},
    OptionOf{"importexport get-shipping-label", "street-2"},
    OptionOf{"importexport get-shipping-label", "street-3"},
    OptionOf{"lambda publish-version", "code-sha-256"},
    OptionOf{"lightsail import-key-pair", "public-key-base-64"},
};

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto end = text.find(mark);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

Values values_of(std::string_view text) {
  switch (text.empty() ? '1' : text[0]) {
    case '0':
      return Values::kNone;
    case '?':
      return Values::kOptional;
    case '*':
      return Values::kAny;
    case '+':
      return Values::kSome;
    default:
      return Values::kOne;
  }
}

Type type_of(std::string_view text) {
  if (text == "integer" || text == "long") return Type::kInteger;
  if (text == "float" || text == "double") return Type::kFloat;
  return text.empty() ? Type::kAny : Type::kComplex;
}

FactOption option_of(const std::vector<std::string_view>& fields) {
  FactOption option;
  option.values = values_of(fields[3]);
  if (const char digit = fields[3].empty() ? '1' : fields[3][0]; digit > '1' && digit <= '9')
    option.count = static_cast<std::size_t>(digit - '0');
  option.required = fields[3].ends_with('!');
  if (fields.size() > 4 && !fields[4].empty())
    for (auto choice : split(fields[4], '|')) option.choices.emplace_back(choice);
  if (fields.size() > 5) option.type = type_of(fields[5]);
  return option;
}

// Laid over what is there; a choice that either knows is known.
void set_option(FactOption& known, FactOption option) {
  for (auto& choice : known.choices)
    if (!option.choices.empty() &&
        std::ranges::find(option.choices, choice) == option.choices.end())
      option.choices.push_back(choice);
  known = std::move(option);
}

void read_option(CommandFacts& command, const std::vector<std::string_view>& fields) {
  if (fields.size() >= 4) set_option(command.options[std::string(fields[2])], option_of(fields));
}

void read_positional(CommandFacts& command, const std::vector<std::string_view>& fields) {
  if (fields.size() < 4) return;
  const std::string name(fields[2]);
  auto at = std::ranges::find(command.positionals, name, &NamedFactOption::name);
  if (at == command.positionals.end())
    at = command.positionals.insert(at, NamedFactOption{name, {}});
  set_option(at->option, option_of(fields));
  at->option.required = at->option.values == Values::kOne || at->option.values == Values::kSome;
}

void read_member(CommandFacts& command, const std::vector<std::string_view>& fields) {
  if (fields.size() < 4) return;
  auto& option = command.options[std::string(fields[2])];
  option.member = fields[3];
  option.negative = fields.size() > 4;
}

void read_line(Facts& facts, std::string_view line) {
  const auto fields = split(line, '\t');
  if (fields.size() < 2 || fields[0].size() != 1) return;
  const std::string path(fields[1]);
  switch (fields[0][0]) {
    case 'R':
      facts.removed.insert(path);
      return;
    case 'L':
      facts.aliases[path] = fields.size() > 2 ? std::string(fields[2]) : "";
      return;
    case 'C':
      facts.commands[path].custom = true;
      if (fields.size() > 2) facts.commands[path].operation = fields[2];
      return;
    case 'G':
      facts.commands[path].custom = facts.commands[path].group = true;
      return;
    case 'A':
      facts.commands[path].open = true;
      return;
    case 'O':
      return read_option(facts.commands[path], fields);
    case 'P':
      return read_positional(facts.commands[path], fields);
    case 'M':
      return read_member(facts.commands[path], fields);
    case 'X':
      if (fields.size() > 2) facts.commands[path].removed_options.emplace(fields[2]);
      return;
    default:
      return;
  }
}

void read(Facts& facts, std::string_view text) {
  for (auto line : split(text, '\n'))
    if (!line.empty() && line[0] != '#') read_line(facts, line);
}

// With a second name, version 1 requires neither.
void drop_second_name(Facts& facts, std::string_view path, std::string_view option) {
  const auto command = facts.commands.find(path);
  if (command == facts.commands.end()) return;
  auto& options = command->second.options;
  const auto second = options.find(option);
  if (second == options.end()) return;
  const std::string member = second->second.member;
  std::erase_if(options, [&](const auto& entry) {
    return entry.first == option || (!member.empty() && entry.second.member == member);
  });
}

Facts load_v2() {
  Facts facts;
  read(facts, seatrial_awscli_facts_v1);
  // What version 2 is known to leave as it is, it has; of what it is not known to have, version 1
  // knows best.
  Facts v2;
  read(v2, seatrial_awscli_facts_v2);
  for (auto& [path, command] : facts.commands)
    if (v2.commands.contains(path)) command.removed_options.clear();
  facts.removed.clear();
  for (auto path : kOnlyV1) facts.commands.erase(facts.commands.find(path));
  for (const auto& [path, option] : kOptionsOnlyV1) drop_second_name(facts, path, option);
  read(facts, seatrial_awscli_facts_v2);
  return facts;
}

}  // namespace

std::vector<std::string> Facts::children(std::string_view path) const {
  std::vector<std::string> out;
  const std::string prefix = path.empty() ? "" : std::string(path) + " ";
  for (const auto& [name, command] : commands) {
    if (!command.custom || !name.starts_with(prefix) || name.size() == prefix.size()) continue;
    const auto rest = std::string_view(name).substr(prefix.size());
    if (!rest.contains(' ')) out.emplace_back(rest);
  }
  return out;
}

const Facts& facts(Cli cli) {
  static const Facts v1 = [] {
    Facts read_facts;
    read(read_facts, seatrial_awscli_facts_v1);
    return read_facts;
  }();
  static const Facts v2 = load_v2();
  return cli == Cli::kV1 ? v1 : v2;
}

}  // namespace seatrial::awscli
