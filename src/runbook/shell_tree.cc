// See shell_tree.h: parsing, with what was parsed lately at hand.
//
// Problem: a fence is read as steps, as facts and as words by parts that know nothing of each
// other, and parsing is most of the checker's time.
// Choice: each thread keeps its parser and the trees of the last texts. Rejected: handing trees
// from part to part, which would tie the runner's plan to the checker's facts.
#include "runbook/shell_tree.h"

#include <string>
#include <unordered_map>

namespace seatrial::runbook {
namespace {

// Bytes of text whose trees are kept; all are dropped when there are more. A tree takes some fifty
// times its text.
constexpr std::size_t kMaxKeptBytes = 128 << 10;

class Trees {
 public:
  Trees() : parser_(ts_parser_new(), &ts_parser_delete) {
    ts_parser_set_language(parser_.get(), tree_sitter_bash());
  }
  ~Trees() { drop_all(); }
  Trees(const Trees&) = delete;

  TSTree* of(std::string_view text) {
    if (const auto kept = kept_.find(text); kept != kept_.end()) return ts_tree_copy(kept->second);
    TSTree* tree = ts_parser_parse_string(parser_.get(), nullptr, text.data(),
                                          static_cast<std::uint32_t>(text.size()));
    keep(text, tree);
    return tree;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  void keep(std::string_view text, const TSTree* tree) {
    if (text.size() > kMaxKeptBytes / 4) return;
    bytes_ += text.size();
    if (bytes_ > kMaxKeptBytes) drop_all(), bytes_ = text.size();
    kept_.emplace(text, ts_tree_copy(tree));
  }

  void drop_all() {
    for (auto& [text, tree] : kept_) ts_tree_delete(tree);
    kept_.clear();
  }

  std::unique_ptr<TSParser, decltype(&ts_parser_delete)> parser_;
  std::unordered_map<std::string, TSTree*, Hash, std::equal_to<>> kept_;
  std::size_t bytes_ = 0;
};

}  // namespace

ShellTree::ShellTree(std::string_view text)
    : text_(text.substr(0, kMaxScriptBytes)), tree_(nullptr, &ts_tree_delete) {
  thread_local Trees trees;
  tree_.reset(trees.of(text_));
}

}  // namespace seatrial::runbook
