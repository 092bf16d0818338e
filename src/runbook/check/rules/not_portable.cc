// A command that only the BSD or only the GNU program of its name understands.
// docs/rules/not-portable.md
//
// Runbooks are carried out on Linux unless they say otherwise: what GNU's program refuses is an
// error, what only GNU's understands an info. Where the text speaks of macOS or of telling systems
// apart, or offers both forms, nothing is said.
#include "runbook/check/rules/date_forms.h"
#include "runbook/check/rules/rules.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

enum class Side { kBsd, kGnu };

struct Form {
  const Command* command = nullptr;
  Side side = Side::kBsd;
  std::size_t word = 0;       // where it is reported
  std::size_t last_word = 0;  // the fix replaces up to here
  std::string message;
  std::string suggestion = {};
  std::optional<std::string> replacement = std::nullopt;
  Severity severity = Severity::kError;
};

// An option that one of the two does not have.
struct Known {
  std::string_view program;
  std::string_view option;  // exact, or what a word begins with when it ends with '*'
  Side side;
  std::string_view message;
  std::string_view suggestion;
  bool exact_fix = false;  // the suggestion in place of the option means the same to both
};

constexpr std::array kKnown = {
    Known{"base64", "-D", Side::kBsd, "GNU base64 has no -D", "-d", true},
    Known{"tail", "-r", Side::kBsd, "GNU tail has no -r", "tac"},
    Known{"xargs", "-J", Side::kBsd, "GNU xargs has no -J", "-I"},
    Known{"top", "-l", Side::kBsd, "top has no -l on Linux", "-b -n"},
    Known{"sed", "-r", Side::kGnu, "BSD sed has no -r", "-E", true},
    Known{"grep", "-P", Side::kGnu, "BSD grep has no -P", "-E, where no Perl syntax is needed"},
    Known{"grep", "-oP", Side::kGnu, "BSD grep has no -P", "-oE, where no Perl syntax is needed"},
    Known{"readlink", "-f", Side::kGnu, "older readlink of macOS has no -f", "realpath"},
    Known{"find", "-printf", Side::kGnu, "BSD find has no -printf", "-exec stat"},
    Known{"base64", "-w*", Side::kGnu, "BSD base64 has no -w", "base64 | tr -d '\\n'"},
    Known{"base64", "--wrap*", Side::kGnu, "BSD base64 has no --wrap", "base64 | tr -d '\\n'"},
    Known{"du", "--max-depth*", Side::kGnu, "BSD du has no --max-depth", "-d"},
    Known{"xargs", "-d", Side::kGnu, "BSD xargs has no -d", "tr '\\n' '\\0' | xargs -0"},
    Known{"ps", "--sort*", Side::kGnu, "BSD ps has no --sort", "ps aux | sort"},
    Known{"stat", "-c", Side::kGnu, "BSD stat has no -c", "stat -f"},
    Known{"stat", "--format*", Side::kGnu, "BSD stat has no --format", "stat -f"},
    Known{"sed", "--in-place*", Side::kGnu, "BSD sed has no --in-place", "-i.bak"},
    Known{"mktemp", "--suffix*", Side::kGnu, "BSD mktemp has no --suffix", ""},
};

// Programs that Linux does not have.
struct Absent {
  std::string_view program;
  std::string_view message;
  std::string_view suggestion;
};

constexpr std::array kAbsent = {
    Absent{"md5", "Linux has no md5", "md5sum"},
    Absent{"pbcopy", "pbcopy is of macOS only", "xclip -selection clipboard"},
    Absent{"pbpaste", "pbpaste is of macOS only", "xclip -selection clipboard -o"},
    Absent{"jot", "Linux has no jot", "seq"},
    Absent{"gdate", "gdate is what macOS calls GNU date when it is installed", "date"},
    Absent{"gsed", "gsed is what macOS calls GNU sed when it is installed", "sed"},
    Absent{"launchctl", "launchctl is of macOS only", "systemctl"},
    Absent{"osascript", "osascript is of macOS only", ""},
    Absent{"dscacheutil", "dscacheutil is of macOS only", "resolvectl flush-caches"},
};

bool fits(std::string_view option, std::string_view word) {
  if (option.ends_with('*')) return word.starts_with(option.substr(0, option.size() - 1));
  return word == option;
}

class PortableLook {
 public:
  PortableLook(const Command& command, std::vector<Form>& forms)
      : command_(command), forms_(forms) {}

  void check() {
    if (command_.name == "date") return look_at_date();
    if (command_.name == "sed") look_at_sed();
    if (command_.name == "stat") look_at_stat();
    if (command_.name == "open") look_at_open();
    look_at_known();
    for (const auto& absent : kAbsent)
      if (command_.name == absent.program && command_.shell.words[0].text == absent.program)
        add(Side::kBsd, 0, 0, std::string(absent.message)).suggestion = absent.suggestion;
  }

 private:
  std::size_t size() const { return command_.shell.words.size(); }
  std::string_view text(std::size_t word) const {
    return word < size() ? std::string_view(command_.shell.words[word].text) : std::string_view();
  }

  Form& add(Side side, std::size_t word, std::size_t last, std::string message) {
    const auto severity = side == Side::kGnu ? Severity::kInfo : Severity::kError;
    return forms_.emplace_back(
        Form{&command_, side, word, last, std::move(message), {}, std::nullopt, severity});
  }

  // One report for each command: its first form that only one of the two knows.
  void look_at_date() {
    for (std::size_t i = 1; i < size(); ++i) {
      const auto word = text(i);
      if (word.starts_with("-v") && word != "-v") return add_bsd_date(i, i, word.substr(2));
      if (word == "-v") return add_bsd_date(i, i + 1, text(i + 1));
      if (word == "-j" || word == "-jf" || word == "-juf")
        return void(add(Side::kBsd, i, i, "GNU date has no -j"));
      const auto next = text(i + 1);
      if (word == "-r" && !next.empty() &&
          std::ranges::all_of(next, [](char c) { return c >= '0' && c <= '9'; }))
        return void(add(Side::kBsd, i, i + 1, "GNU date takes a file's name after -r").suggestion =
                        fmt::format("-d @{}", next));
      if (is_gnu_date(word)) return add_gnu_date(i);
    }
  }

  static bool is_gnu_date(std::string_view word) {
    const bool bundled = word.size() > 1 && word[0] == '-' && word[1] != '-' &&
                         (word.ends_with('d') || word.starts_with("-d"));
    return bundled || word.starts_with("--date") || word.starts_with("--iso-8601") ||
           word.starts_with("--rfc-3339") || word.starts_with("--utc");
  }

  void add_bsd_date(std::size_t word, std::size_t last, std::string_view adjustment) {
    auto& form = add(Side::kBsd, word, std::min(last, size() - 1),
                     "GNU date has no -v: it prints nothing and the value is empty");
    const auto time = gnu_of_bsd(adjustment);
    if (!time || last >= size()) return;
    const char quote = command_.shell.in_quotes ? '"' : '\'';
    form.suggestion = fmt::format("-d {0}{1}{0}", '\'', *time);
    bool single = true;
    for (std::size_t i = 1; i < size(); ++i)
      single = single && (i == word || (i > word && i <= last) || !text(i).starts_with("-v"));
    if (single && !command_.shell.in_quotes)
      form.replacement = fmt::format("-d {0}{1}{0}", quote, *time);
  }

  void add_gnu_date(std::size_t word) {
    auto& form = add(Side::kGnu, word, word,
                     fmt::format("only GNU date understands {} so: macOS and BSD do not",
                                 text(word).substr(0, text(word).find('='))));
    std::string_view time = text(word + 1);
    if (text(word).starts_with("--date=")) time = text(word).substr(7);
    if (const auto adjustment = bsd_of_gnu(time))
      form.suggestion = fmt::format("on macOS: -v{}", *adjustment);
  }

  void look_at_sed() {
    for (std::size_t i = 1; i < size(); ++i) {
      if (text(i) != "-i") continue;
      const auto& next = command_.shell.words[std::min(i + 1, size() - 1)];
      if (i + 1 < size() && next.known && next.text.empty()) {
        auto& form = add(Side::kBsd, i, i + 1, "GNU sed takes '' for its script");
        form.suggestion = "-i.bak, which both understand";
        form.replacement = "-i";
      } else {
        add(Side::kGnu, i, i, "BSD sed takes the word behind -i for a suffix").suggestion =
            "-i.bak, which both understand";
      }
      return;
    }
  }

  void look_at_stat() {
    for (std::size_t i = 1; i < size(); ++i) {
      const bool joined = text(i).starts_with("-f%") || text(i).starts_with("-f\"");
      if (!joined && !(text(i) == "-f" && text(i + 1).contains('%'))) continue;
      add(Side::kBsd, i, joined ? i : i + 1, "GNU stat takes no format after -f").suggestion =
          gnu_format(joined ? text(i).substr(2) : text(i + 1));
      return;
    }
  }

  static std::string gnu_format(std::string_view format) {
    if (format == "%z") return "-c %s";
    if (format == "%m") return "-c %Y";
    return "-c with a format of its own";
  }

  void look_at_open() {
    const auto what = text(1);
    const bool mac = what.starts_with("http") || what == "-a" || what == "-e" || what == "-n";
    if (!mac || command_.shell.words[0].text != "open") return;
    auto& form = add(Side::kBsd, 0, 0, "open is of macOS; few Linux machines have it");
    form.suggestion = "xdg-open";
    form.severity = Severity::kWarning;
  }

  void look_at_known() {
    for (const auto& known : kKnown) {
      if (known.program != command_.name) continue;
      for (std::size_t i = 1; i < size(); ++i) {
        if (!fits(known.option, text(i))) continue;
        auto& form = add(known.side, i, i, std::string(known.message));
        form.suggestion = known.suggestion;
        if (known.exact_fix) form.replacement = std::string(known.suggestion);
        break;
      }
    }
  }

  const Command& command_;
  std::vector<Form>& forms_;
};

bool tells_systems_apart(std::string_view text) {
  const auto words = lower(text);
  for (std::string_view word :
       {"macos", "mac os", "darwin", "osx", "os x", "bsd", "ostype", "uname"})
    if (words.contains(word)) return true;
  return false;
}

// In the block, in the paragraph before it, or in a heading above it.
bool knows_systems(const Analysis& analysis, const Fence& fence) {
  const auto& document = analysis.document();
  if (tells_systems_apart(fence.block->content)) return true;
  if (fence.index > 0) {
    const auto& before = document.blocks[fence.index - 1];
    if (before.kind == Block::Kind::kText && tells_systems_apart(before.content)) return true;
  }
  const auto heading = fence.block->heading;
  return heading >= 0 &&
         tells_systems_apart(document.headings[static_cast<std::size_t>(heading)].text);
}

// The other form of the same program in the block: a choice is offered.
bool has_other_side(const Form& form, const std::vector<Form>& forms) {
  return std::ranges::any_of(forms, [&](const Form& other) {
    return other.side != form.side && other.command->name == form.command->name;
  });
}

void report(const Fence& fence, Form& form, Reports& reports) {
  if (form.side == Side::kGnu && form.command->shell.remote) return;
  const auto& words = form.command->shell.words;
  Note note{std::move(form.message), std::move(form.suggestion), form.severity,
            std::move(form.replacement)};
  reports.at(fence, words[form.word].begin, words[form.last_word].end, std::move(note));
}

void check_not_portable(const Analysis& analysis, Reports& reports) {
  for (const auto& fence : analysis.fences()) {
    std::vector<Form> forms;
    for (const auto& command : fence.commands) PortableLook(command, forms).check();
    if (forms.empty() || knows_systems(analysis, fence)) continue;
    for (auto& form : forms)
      if (!has_other_side(form, forms)) report(fence, form, reports);
  }
}

}  // namespace

const Rule kNotPortable{"not-portable", Severity::kError,
                        "what only the BSD or only the GNU program understands",
                        check_not_portable};

}  // namespace seatrial::runbook::check
