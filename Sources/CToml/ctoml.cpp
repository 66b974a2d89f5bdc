#include "ctoml.h"

#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#define TOML_MAX_NESTED_VALUES CTOML_MAX_DEPTH
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#include <toml++/toml.h>

#include "depth.h"

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

/* Recursion is bounded: the parser nests values to CTOML_MAX_DEPTH, depth.h bounds the keys. */
void flatten(const toml::node &node, const toml::key *key, std::vector<Entry> &entries) {
  const size_t index = entries.size();
  entries.push_back(describe(node, key));
  if (const auto *table = node.as_table()) {
    entries[index].node.child_count = static_cast<uint32_t>(table->size());
    for (auto it = table->cbegin(); it != table->cend(); ++it)
      flatten(it->second, &it->first, entries);
  } else if (const auto *list = node.as_array()) {
    entries[index].node.child_count = static_cast<uint32_t>(list->size());
    for (const auto &element : *list) flatten(element, nullptr, entries);
  }
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
