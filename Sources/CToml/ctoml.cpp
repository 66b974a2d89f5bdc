#include "ctoml.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "depth.h"
#include "parser.h"

namespace {

struct Entry {
  ctoml_node_t node;
  std::string key;
  std::string text;
};

void fail(ctoml_error_t *error, toml::source_position at, std::string_view message) noexcept {
  error->line = at.line;
  error->column = at.column;
  error->message_size =
      static_cast<uint32_t>(std::min(message.size(), sizeof(error->message)));
  std::memcpy(error->message, message.data(), error->message_size);
}

uint32_t type_of(const toml::node &node) {
  switch (node.type()) {
    case toml::node_type::string: return CTOML_STRING;
    case toml::node_type::integer: return CTOML_INTEGER;
    case toml::node_type::floating_point: return CTOML_NUMBER;
    case toml::node_type::boolean: return CTOML_BOOLEAN;
    case toml::node_type::array: return CTOML_LIST;
    case toml::node_type::table: return CTOML_TABLE;
    default: return CTOML_DATE;
  }
}

Entry describe(const toml::node &node, const toml::key *key) {
  Entry entry{};
  entry.node.type = type_of(node);
  entry.node.line = node.source().begin.line;
  entry.node.column = node.source().begin.column;
  if (key) {
    entry.key = std::string(key->str());
    entry.node.key_line = key->source().begin.line;
    entry.node.key_column = key->source().begin.column;
    entry.node.key_size = static_cast<uint32_t>(entry.key.size());
  }
  if (const auto *text = node.as_string()) {
    entry.text = text->get();
    entry.node.text_size = static_cast<uint32_t>(entry.text.size());
  }
  if (const auto *integer = node.as_integer()) entry.node.integer = integer->get();
  if (const auto *number = node.as_floating_point()) entry.node.number = number->get();
  if (const auto *boolean = node.as_boolean()) entry.node.integer = boolean->get() ? 1 : 0;
  return entry;
}

struct TooDeep {
  toml::source_position at;
};

/* Lists, inline tables and dotted keys add up, so that the reader of the tree has a bound too. */
void flatten(const toml::node &node, const toml::key *key, std::vector<Entry> &entries,
             unsigned level = 0) {
  if (level > CTOML_MAX_LEVELS) throw TooDeep{node.source().begin};
  const size_t index = entries.size();
  entries.push_back(describe(node, key));
  if (const auto *table = node.as_table()) {
    entries[index].node.child_count = static_cast<uint32_t>(table->size());
    for (auto it = table->cbegin(); it != table->cend(); ++it)
      flatten(it->second, &it->first, entries, level + 1);
  } else if (const auto *list = node.as_array()) {
    entries[index].node.child_count = static_cast<uint32_t>(list->size());
    for (const auto &element : *list) flatten(element, nullptr, entries, level + 1);
  }
}

bool breaks_assumption(std::string_view text) {
  try {
    const toml::table ignored = toml::parse(text);
  } catch (const ctoml::BrokenAssumption &) {
    return true;
  } catch (...) {
  }
  return false;
}

/* A broken assumption does not say where, but the parser reads from front to back: the character
 * that ends the shortest beginning of the text which breaks it is the one. */
toml::source_position place_of_broken_assumption(std::string_view text) {
  size_t good = 0;
  size_t bad = text.size();
  while (bad - good > 1) {
    size_t middle = good + (bad - good) / 2;
    while (middle < bad && (static_cast<uint8_t>(text[middle]) & 0xC0) == 0x80) middle += 1;
    if (middle == bad) {
      good = bad - 1;
    } else if (breaks_assumption(text.substr(0, middle))) {
      bad = middle;
    } else {
      good = middle;
    }
  }
  const size_t start = text.substr(0, 3) == "\xEF\xBB\xBF" && bad > 3 ? 3 : 0;
  toml::source_position at{1, 0};
  for (const char byte : text.substr(start, bad - start)) {
    if ((static_cast<uint8_t>(byte) & 0xC0) != 0x80) at.column += 1;
    if (byte == '\n') at = {at.line + 1, 0};
  }
  at.column = std::max(at.column, 1u);
  return at;
}

}  // namespace

struct ctoml_document {
  std::vector<Entry> entries;
};

ctoml_document_t *ctoml_parse(const uint8_t *text, size_t size, ctoml_error_t *error) {
  std::memset(error, 0, sizeof(*error));
  const std::string_view view(reinterpret_cast<const char *>(text), size);
  if (size > CTOML_MAX_BYTES) {
    fail(error, {1, 1}, "the file is larger than 1 MiB");
    return nullptr;
  }
  if (const auto line = ctoml::line_of_too_deep_key(view, CTOML_MAX_DEPTH)) {
    fail(error, {line, 1}, "a dotted key of more than 16 parts");
    return nullptr;
  }
  try {
    auto document = std::make_unique<ctoml_document_t>();
    const toml::table root = toml::parse(view);
    flatten(root, nullptr, document->entries);
    return document.release();
  } catch (const toml::parse_error &fault) {
    fail(error, fault.source().begin, fault.description());
  } catch (const TooDeep &fault) {
    fail(error, fault.at, "more than 32 levels");
  } catch (const ctoml::BrokenAssumption &) {
    fail(error, place_of_broken_assumption(view), "a character that nothing begins with");
  } catch (const std::exception &fault) {
    fail(error, {0, 0}, fault.what());
  } catch (...) {
    fail(error, {0, 0}, "the parser failed");
  }
  return nullptr;
}

void ctoml_copy_message(const ctoml_error_t *error, uint8_t *into) {
  std::memcpy(into, error->message, error->message_size);
}

void ctoml_free(ctoml_document_t *document) { delete document; }

size_t ctoml_count(const ctoml_document_t *document) { return document->entries.size(); }

ctoml_node_t ctoml_node(const ctoml_document_t *document, size_t index) {
  return document->entries[index].node;
}

void ctoml_copy_key(const ctoml_document_t *document, size_t index, uint8_t *into) {
  const std::string &key = document->entries[index].key;
  std::memcpy(into, key.data(), key.size());
}

void ctoml_copy_text(const ctoml_document_t *document, size_t index, uint8_t *into) {
  const std::string &text = document->entries[index].text;
  std::memcpy(into, text.data(), text.size());
}
