// lookup, cidrlookup: columns of a lookup table beside each row. Sources: CWL_QuerySyntax-Lookup,
// CWL_QuerySyntax-Cidrlookup.
//
// The table is read and indexed by the first run, on its thread. OUTPUT sets its fields, to nothing
// where no row of the table matches; OUTPUTNEW sets those that are absent or empty, and only where
// one does.
// guess: of several rows that match, the first counts, for cidrlookup one of the narrowest range;
// values are compared as texts; a single address is a range of itself; without AS, the column of
// ranges is named as the field.
#include <algorithm>
#include <mutex>

#include "logs/run/addresses.h"
#include "logs/run/build.h"

namespace seatrial::logs::run {
namespace {

constexpr std::size_t kIndexEntryBytes = 96;  // about, of memory

std::string range_key(const Address& address, unsigned bits) {
  const auto base = masked(address, bits);
  std::string key(base.bytes.begin(), base.bytes.end());
  key += static_cast<char>(bits);
  key += address.v6 ? '6' : '4';
  return key;
}

// Rows of a table by what is looked for.
class LookupIndex {
 public:
  LookupIndex(LookupTable table, const std::vector<std::size_t>& match, bool cidr)
      : table_(std::move(table)) {
    for (std::size_t row = 0; row < table_.rows(); ++row) {
      if (cidr) {
        add_range(row, table_.cell(row, match[0]));
        continue;
      }
      std::string key;
      for (const auto column : match) key += Table::key_part(table_.cell(row, column));
      rows_.emplace(std::move(key), row);
    }
    std::ranges::sort(lengths_, std::greater());
  }
  const LookupTable& table() const { return table_; }
  std::size_t memory() const { return table_.memory() + rows_.size() * kIndexEntryBytes; }

  std::optional<std::size_t> find(const std::string& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<std::size_t> find_range(std::string_view text) const {
    const auto address = address_of(text);
    if (!address) return std::nullopt;
    for (const auto bits : lengths_) {
      if (!address->v6 && bits > 32) continue;
      if (const auto row = find(range_key(*address, bits))) return row;
    }
    return std::nullopt;
  }

 private:
  void add_range(std::size_t row, std::string_view text) {
    auto subnet = subnet_of(text);
    if (const auto single = address_of(text); !subnet && single)
      subnet = Subnet{*single, single->v6 ? 128u : 32u};
    if (!subnet) return;
    rows_.emplace(range_key(subnet->base, subnet->bits), row);
    if (std::ranges::find(lengths_, subnet->bits) == lengths_.end())
      lengths_.push_back(subnet->bits);
  }

  LookupTable table_;
  std::unordered_map<std::string, std::size_t> rows_;
  std::vector<unsigned> lengths_;  // of ranges, the narrowest first
};

class LookupStep final : public Step {
 public:
  struct Output {
    std::size_t column = 0;
    int slot = -1;
    NodePtr before;  // OUTPUTNEW: what the field holds so far
  };
  LookupStep(LookupSource source, bool cidr) : source_(std::move(source)), cidr_(cidr) {}

  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override;
  bool row_wise() const override { return true; }
  bool keeps_rows() const override { return true; }

  const LookupIndex& index() const {
    std::call_once(once_, [this] {
      auto table = LookupTable::read(source_.csv);
      // It was read when it was stored.
      index_ =
          std::make_unique<LookupIndex>(table ? std::move(*table) : LookupTable(), columns, cidr_);
    });
    return *index_;
  }
  std::optional<std::size_t> row_of(Row& row) const {
    std::string key;
    for (const auto& node : keys) {
      const auto value = node->value(row);
      if (!value.present()) return std::nullopt;
      const auto text = text_of(value, row.arena());
      if (cidr_) return index_->find_range(text);
      key += Table::key_part(text);
    }
    return index_->find(key);
  }

  std::vector<std::size_t> columns;  // that keys are looked for in
  std::vector<NodePtr> keys;
  std::vector<Output> outputs;

 private:
  LookupSource source_;
  bool cidr_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<const LookupIndex> index_;
};

class LookupStage final : public Stage {
 public:
  LookupStage(Context& context, const EventFields& fields, Stage* next, const LookupStep& step)
      : Stage(context, fields, next), step_(step), table_(step.index().table()) {
    context.hold(step.index().memory());
  }
  void take(Row& row) override {
    const auto found = step_.row_of(row);
    for (const auto& output : step_.outputs) {
      const auto before = output.before ? output.before->value(row) : Value{};
      const bool keeps = before.present() && !text_of(before, row.arena()).empty();
      row.set(output.slot,
              found && !keeps ? Value::of(table_.cell(*found, output.column)) : before);
    }
    next().take(row);
  }

 private:
  const LookupStep& step_;
  const LookupTable& table_;
};

std::unique_ptr<Stage> LookupStep::stage(Context& context, const EventFields& fields,
                                         Stage* next) const {
  return std::make_unique<LookupStage>(context, fields, next, *this);
}

std::optional<std::size_t> lookup_column(const LookupSource& source, const query::Name& name,
                                         const std::string& table, const Builder& builder) {
  const auto at = std::ranges::find(source.columns, name.text);
  if (at != source.columns.end()) return static_cast<std::size_t>(at - source.columns.begin());
  builder.around.refuse(
      name.span, fmt::format("the lookup table '{}' has no column '{}': its columns are {}", table,
                             name.text, fmt::join(source.columns, ", ")));
  return std::nullopt;
}

}  // namespace

StepPtr build_step(const query::LookupCommand& command, Builder& builder) {
  auto source = builder.find_lookup ? (*builder.find_lookup)(command.table)
                                    : std::unexpected("lookup tables are not served here");
  if (!source) {
    builder.refuse(source.error());
    return nullptr;
  }
  if (command.cidr && command.match.size() != 1) {
    builder.refuse("cidrlookup looks for one address");
    return nullptr;
  }
  auto step = std::make_unique<LookupStep>(*source, command.cidr);
  for (const auto& [column, field] : command.match) {
    const auto at = lookup_column(*source, column, command.table, builder);
    if (!at) return nullptr;
    step->columns.push_back(*at);
    step->keys.push_back(builder.field(field.text));
  }
  for (const auto& [column, field] : command.output) {
    const auto at = lookup_column(*source, column, command.table, builder);
    if (!at) return nullptr;
    step->outputs.push_back({*at, -1, command.fill ? builder.field(field.text) : nullptr});
  }
  for (std::size_t i = 0; i < command.output.size(); ++i) {
    const auto& name = command.output[i].event.text;
    step->outputs[i].slot = builder.define(name);
    builder.columns.show(name, step->outputs[i].slot);
  }
  return step;
}

}  // namespace seatrial::logs::run
