// A Markdown document as a runbook: headings and, in order, the fences and paragraphs under them.
//
// cmark-gfm reads the Markdown (fences nested in lists and quotes, indented ones, tables are its
// business); this adds what a runbook needs: the source line and column of every line in a fence,
// GitHub's heading slugs, sections, list items, table rows, and links with the anchors they may
// name. What the fences mean is decided in plan.cc. Pure.
#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::runbook {

struct Heading {
  int level = 1;
  std::string text;  // without markup
  std::string slug;  // as GitHub links it
  int line = 0;      // 1-based
};

// One block of the document. Lines are 1-based, columns 0-based bytes.
struct Block {
  enum class Kind { kFence, kText };
  Kind kind = Kind::kText;
  int heading = -1;                     // index into Document::headings, -1 before the first
  int line = 0;                         // fence: of its first line of content; text: its first line
  std::string language;                 // fence: first word of the info string, lower case
  std::string content;                  // fence: its text; text: its text without markup
  std::vector<std::string> code_spans;  // text: inline code in it
  std::vector<int> columns;             // fence: where each content line starts in its source line
  bool closed = true;                   // fence: has a closing line
  int item = -1;                        // index into Document::items of the innermost list item
  bool whole_file = false;              // the only block of a shell script
};

// An item of a list, also of a task list.
struct ListItem {
  int heading = -1;  // as in Block
  int parent = -1;   // the item around it
  int line = 0;      // 1-based
  int number = 0;    // of an ordered list, else 0
};

struct TableRow {
  int heading = -1;  // as in Block
  int line = 0;      // 1-based
  bool head = false;
  std::vector<std::string> cells;  // without markup
};

// A link or an image. Its place is that of the target in the source; where the target is written
// elsewhere (a reference) or otherwise (escapes), that of the link's first byte.
struct Link {
  int heading = -1;  // as in Block
  int line = 0;      // 1-based
  int column = 0;    // 0-based bytes
  int length = 1;
  bool image = false;
  std::string text;    // without markup
  std::string target;  // as given, unescaped: "#slug", "../README.md#slug", "https://..."
};

// An HTML comment that speaks to seatrial: <!-- seatrial: ... -->. Lines are 1-based.
struct Directive {
  std::string text;  // what stands between the marks, trimmed
  int line = 0;      // of its first line
  int column = 0;    // 0-based byte in that
  int end_line = 0;
  int target_line = 0;      // of the block behind it, when it stands between blocks; else 0
  int target_end_line = 0;  // inclusive
};

struct Document {
  std::string path;
  std::string source;                   // line ends as \n, no byte order mark, valid UTF-8
  std::vector<std::string_view> lines;  // of source
  std::vector<Heading> headings;
  std::vector<Block> blocks;
  std::vector<ListItem> items;
  std::vector<TableRow> rows;
  std::vector<Link> links;
  std::vector<std::string> anchors;  // id and name attributes of HTML in it
  std::vector<Directive> directives;

  Document() = default;
  Document(const Document&) = delete;  // lines point into source
  Document(Document&&) = delete;
};

// Largest document that is read.
inline constexpr std::size_t kMaxDocumentBytes = 32 << 20;

// Parses into `out`. Any bytes are accepted: CRLF and CR become LF, a byte order mark is dropped,
// invalid UTF-8 and NUL become U+FFFD.
void parse_document(std::string_view bytes, Document& out);

// A shell script as a document of one block, its text taken in the same way. `language` as of a
// fence ("bash", "sh").
void parse_script(std::string_view bytes, std::string_view language, Document& out);

// The reason when the file cannot be read or is too large.
std::expected<std::string, std::string> read_file(const std::string& path);

// GitHub's anchor for a heading's text, without the suffix that tells repeated ones apart.
std::string heading_slug(std::string_view text);

// The half-open range of headings of the section `wanted` with its sub-sections: by slug, else by
// text (letter case aside), else by the only heading whose text or slug begins with it. The error
// names close headings.
struct Section {
  int first = 0;
  int end = 0;
};
std::expected<Section, std::string> find_section(const Document& document, std::string_view wanted);

}  // namespace seatrial::runbook
