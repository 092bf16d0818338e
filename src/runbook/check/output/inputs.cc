// See inputs.h.
#include "runbook/check/output/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <set>

#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStandardInput = "-";

// Bytes in which a NUL makes a file binary, as git judges.
constexpr std::size_t kSniffed = 8000;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

std::string extension_of(const std::string& path) {
  return lower(fs::path(path).extension().string());
}

bool is_document(const fs::path& path) {
  return is_one_of(extension_of(path.string()), {".md", ".markdown", ".sh", ".bash"});
}

bool is_left_out(const fs::path& folder) {
  const auto name = folder.filename().string();
  return name.starts_with('.') || name == "node_modules" || name == "vendor";
}

class Walk {
 public:
  void add(const std::string& argument) {
    if (argument == kStandardInput) return add_file({argument, "<stdin>"}, argument);
    std::error_code error;
    const auto status = fs::status(argument, error);
    if (!fs::exists(status)) return fault(argument, "there is no such file or folder");
    if (fs::is_directory(status)) return add_folder(argument);
    add_file({argument, argument}, fs::weakly_canonical(argument, error).string());
  }

  Inputs inputs;

 private:
  void fault(const std::string& path, std::string_view what) {
    inputs.faults.push_back(fmt::format("{}: {}", path, what));
  }

  void add_file(Input input, const std::string& identity) {
    if (inputs.found.size() >= kMaxInputs)
      return full_ ? void() : (full_ = true, fault(input.path, "too many documents at once"));
    if (seen_.insert(identity).second) inputs.found.push_back(std::move(input));
  }

  void add_folder(const std::string& folder) {
    std::vector<std::string> files;
    collect(folder, files, 0);
    if (files.empty())
      return fault(folder, "holds no .md, .markdown, .sh or .bash; name the documents");
    std::ranges::sort(files);
    std::error_code error;
    for (auto& file : files) add_file({file, file}, fs::weakly_canonical(file, error).string());
  }

  void collect(const fs::path& folder, std::vector<std::string>& files, int depth) {
    if (depth > kMaxFolderDepth) return fault(folder.string(), "is too deep below the one named");
    std::error_code error;
    fs::directory_iterator entries(folder, error);
    if (error) return fault(folder.string(), error.message());
    for (const auto& entry : entries) {
      if (entry.is_directory(error)) {
        if (!entry.is_symlink(error) && !is_left_out(entry.path()))
          collect(entry.path(), files, depth + 1);
      } else if (is_document(entry.path()) && entry.is_regular_file(error)) {
        files.push_back(entry.path().string());
      }
    }
  }

  std::set<std::string> seen_;  // canonical paths
  bool full_ = false;
};

std::expected<std::string, std::string> read_standard_input() {
  std::string bytes;
  std::array<char, 1 << 16> buffer;
  while (const auto got = std::fread(buffer.data(), 1, buffer.size(), stdin)) {
    bytes.append(buffer.data(), got);
    if (bytes.size() > kMaxDocumentBytes)
      return std::unexpected(fmt::format(
          "<stdin>: more than {} bytes, which is the most that is read", kMaxDocumentBytes));
  }
  if (std::ferror(stdin)) return std::unexpected("<stdin>: cannot be read");
  return bytes;
}

// "bash" of "#!/usr/bin/env -S bash -e", or empty.
std::string interpreter_of(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (!bytes.starts_with("#!")) return {};
  const auto line = bytes.substr(2, bytes.substr(0, 1000).find_first_of("\r\n") - 2);
  for (auto word : split_blanks(line)) {
    const auto name = word.substr(word.find_last_of('/') + 1);
    if (name != "env" && !name.starts_with('-') && !name.contains('=')) return std::string(name);
  }
  return {};
}

bool is_shell(std::string_view interpreter) {
  return is_one_of(interpreter, {"sh", "bash", "zsh", "dash", "ash", "ksh"});
}

// Why the bytes are no text, or empty.
std::string_view not_text(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
    return "is UTF-16; convert it: iconv -f UTF-16 -t UTF-8";
  return bytes.substr(0, kSniffed).contains('\0') ? "is binary, not a document" : "";
}

}  // namespace

Inputs find_inputs(const std::vector<std::string>& arguments) {
  Walk walk;
  for (const auto& argument : arguments) walk.add(argument);
  return std::move(walk.inputs);
}

std::expected<std::string, std::string> read_input(const Input& input) {
  return input.path == kStandardInput ? read_standard_input() : read_file(input.path);
}

std::expected<void, std::string> parse_input(const Input& input, std::string_view bytes,
                                             Document& out) {
  out.path = input.name;
  const auto fail = [&](std::string_view why) {
    return std::unexpected(fmt::format("{}: {}", input.name, why));
  };
  if (const auto why = not_text(bytes); !why.empty()) return fail(why);
  const auto extension = extension_of(input.path);
  const auto interpreter = interpreter_of(bytes);
  if (is_shell(interpreter) || is_one_of(extension, {".sh", ".bash"})) {
    if (!interpreter.empty() && !is_shell(interpreter))
      return fail(fmt::format("is for {}, not a shell script", interpreter));
    parse_script(bytes, interpreter == "zsh" ? "zsh" : interpreter == "sh" ? "sh" : "bash", out);
    return {};
  }
  if (!is_one_of(extension, {"", ".md", ".markdown", ".mdown", ".mkd", ".mdx", ".txt"}))
    return fail(
        fmt::format("'{}' is neither Markdown nor a shell script; if it is Markdown, give it "
                    "on standard input: seatrial check - < FILE",
                    extension));
  if (!interpreter.empty()) return fail(fmt::format("is for {}, not a document", interpreter));
  parse_document(bytes, out);
  return {};
}

}  // namespace seatrial::runbook::check
