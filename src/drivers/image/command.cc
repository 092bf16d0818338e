// See command.h.
#include "drivers/image/command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "base/clock.h"
#include "base/value.h"
#include "base/world_folder.h"
#include "drivers/image/image_store.h"

namespace seatrial::drivers {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::string world;
  std::string output = "text";
  std::string name;
  std::string directory;
  std::vector<std::string> entry_point, command, environment, labels, ports;
  std::string working_directory, user;
};

int fail(const std::string& message) {
  std::fprintf(stderr, "seatrial image: %s\n", message.c_str());
  return 1;
}

int misuse(const std::string& message) {
  std::fprintf(stderr, "seatrial image: %s\n", message.c_str());
  return 2;
}

// CLI11 would cut "[...]" at its commas; a space in front keeps a JSON array whole.
std::vector<std::string> shielded(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  for (std::string& word : words) {
    const std::size_t value = word.starts_with("--") ? word.find('=') + 1 : 0;
    if (word.substr(value).starts_with('[')) word.insert(value, " ");
  }
  std::reverse(words.begin(), words.end());  // as CLI11 takes them
  return words;
}

// One word an option given, or one option with a JSON array of all words.
bool words(std::vector<std::string>& list) {
  if (list.size() != 1 || !list[0].starts_with(" [")) return true;
  const auto value = parse_json(list[0]);
  if (!value || !value->is_array()) return false;
  list.clear();
  for (const Value& item : value->get_array()) {
    if (!item.is_string()) return false;
    list.emplace_back(as_view(item.get_string()));
  }
  return true;
}

bool pairs(const std::vector<std::string>& list, std::map<std::string, std::string>& out) {
  for (const std::string& item : list) {
    const std::size_t equals = item.find('=');
    if (equals == 0 || equals == std::string::npos) return false;
    out[item.substr(0, equals)] = item.substr(equals + 1);
  }
  return true;
}

void print(const Value& value) { std::printf("%s\n", to_pretty_json(value, 2).c_str()); }

int build(Arguments& arguments, ImageStore& store) {
  BuildOptions options;
  if (!words(arguments.entry_point) || !words(arguments.command)) {
    return misuse("--entrypoint and --cmd take one word each time, or one JSON array of strings");
  }
  if (!pairs(arguments.environment, options.environment) ||
      !pairs(arguments.labels, options.labels)) {
    return misuse("--env and --label take KEY=VALUE");
  }
  options.entry_point = arguments.entry_point;
  options.command = arguments.command;
  options.working_directory = arguments.working_directory;
  options.user = arguments.user;
  for (const std::string& port : arguments.ports) {
    options.exposed_ports.push_back(port.find('/') == std::string::npos ? port + "/tcp" : port);
  }
  const SystemClock clock;
  const auto digest = store.build(arguments.name, arguments.directory, options, clock);
  if (!digest) return fail(digest.error());
  const std::string name = normal_image_name(arguments.name).value();
  if (arguments.output == "json")
    print(Object{{"name", name}, {"digest", *digest}});
  else
    std::printf("%s %s\n", name.c_str(), digest->c_str());
  return 0;
}

int list(const Arguments& arguments, const ImageStore& store) {
  const auto images = store.list();
  if (!images) return fail(images.error() + "; remove or rebuild that image");
  Array rows;
  for (const Image& image : *images) {
    rows.emplace_back(Object{{"name", image.name},
                             {"digest", image.digest},
                             {"created", image.created},
                             {"sizeBytes", image.size_bytes}});
  }
  if (arguments.output == "json") {
    print(rows);
    return 0;
  }
  std::printf("%-40s %-21s %-26s %s\n", "IMAGE", "DIGEST", "CREATED", "SIZE");
  for (const Image& image : *images) {
    std::printf("%-40s %-21s %-26s %.1f MB\n", image.name.c_str(),
                image.digest.substr(0, 19).c_str(), image.created.c_str(),
                static_cast<double>(image.size_bytes) / 1e6);
  }
  return 0;
}

int remove(const Arguments& arguments, ImageStore& store) {
  const auto done = store.remove(arguments.name);
  if (!done) return fail(done.error() + "; `seatrial image ls` shows what is there");
  const std::string name = normal_image_name(arguments.name).value();
  if (arguments.output == "json")
    print(Object{{"removed", name}});
  else
    std::printf("removed %s\n", name.c_str());
  return 0;
}

void declare_build(CLI::App& build, Arguments& arguments) {
  build.add_option("name", arguments.name, "NAME[:TAG]")->required();
  build.add_option("dir", arguments.directory, "directory that becomes the image's root")
      ->required();
  const auto list = [&build](const char* option, std::vector<std::string>& to, const char* text) {
    build.add_option(option, to, text)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  list("--entrypoint", arguments.entry_point, "one word of the entry point, or a JSON array");
  list("--cmd", arguments.command, "one word of the default arguments, or a JSON array");
  list("--env,-e", arguments.environment, "KEY=VALUE");
  list("--label", arguments.labels, "KEY=VALUE");
  list("--expose", arguments.ports, "port or port/protocol, for the record");
  build.add_option("--workdir", arguments.working_directory, "directory the program starts in");
  build.add_option("--user", arguments.user, "user[:group]");
}

// What a user who has no images yet needs to hear.
std::string missing_directory(const Arguments& arguments) {
  if (fs::is_directory(arguments.directory)) return "";
  return "\"" + arguments.directory +
         "\" is no directory; give the directory whose files the image is to hold";
}

}  // namespace

int image_command(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Images of a world", "seatrial image");
  app.require_subcommand(1);
  CLI::App* build_app = app.add_subcommand("build", "pack a directory as an image");
  CLI::App* list_app = app.add_subcommand("ls", "list the images");
  CLI::App* remove_app = app.add_subcommand("rm", "remove an image");
  declare_build(*build_app, arguments);
  remove_app->add_option("name", arguments.name, "NAME[:TAG]")->required();
  for (CLI::App* sub : {build_app, list_app, remove_app}) {
    sub->add_option("--world", arguments.world, "world directory");
    sub->add_option("--output", arguments.output, "text or json")
        ->check(CLI::IsMember({"text", "json"}));
  }
  try {
    app.parse(shielded(argc, argv));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (build_app->parsed()) {
    if (const auto missing = missing_directory(arguments); !missing.empty()) return fail(missing);
    if (const auto name = normal_image_name(arguments.name); !name) return misuse(name.error());
  }
  const fs::path world = find_world(arguments.world);
  auto store = ImageStore::open(world / "images");
  if (!store)
    return fail(store.error() + "; is " + world.string() + " a world? name it with --world");
  if (build_app->parsed()) return build(arguments, *store);
  return list_app->parsed() ? list(arguments, *store) : remove(arguments, *store);
}

}  // namespace seatrial::drivers
