// The parser bounds how deeply values nest but not how many parts a dotted key has, and tables are
// destroyed recursively: `a.a.a. …` of a megabyte would overflow the stack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ctoml {

// Skips the string that begins at `at`, counting its lines; returns the offset behind it. An
// unterminated one ends with its line, where the parser stops anyway.
inline std::size_t skip_string(std::string_view text, std::size_t at, std::uint32_t &line) {
  const char quote = text[at];
  const bool basic = quote == '"';
  const bool multiline = text.substr(at, 3) == std::string_view(basic ? "\"\"\"" : "'''");
  at += multiline ? 3 : 1;
  while (at < text.size()) {
    if (text[at] == '\n') {
      if (!multiline) return at;
      line += 1;
    }
    if (basic && text[at] == '\\') {
      if (at + 1 < text.size() && text[at + 1] == '\n') line += 1;
      at += 2;
    } else if (text[at] != quote) {
      at += 1;
    } else if (!multiline) {
      return at + 1;
    } else if (text.substr(at, 3) == std::string_view(basic ? "\"\"\"" : "'''")) {
      // Up to two quotes may stand before the closing three.
      while (at + 3 < text.size() && text[at + 3] == quote) at += 1;
      return at + 3;
    } else {
      at += 1;
    }
  }
  return text.size();
}

// The line of the first dotted key with more than `limit` parts, or 0.
inline std::uint32_t line_of_too_deep_key(std::string_view text, std::uint32_t limit) {
  std::uint32_t line = 1;
  std::uint32_t parts = 1;
  for (std::size_t at = 0; at < text.size();) {
    const char byte = text[at];
    if (byte == '"' || byte == '\'') {
      at = skip_string(text, at, line);
      continue;
    }
    if (byte == '#') {
      at = text.find('\n', at);
      if (at == std::string_view::npos) return 0;
      continue;
    }
    if (byte == '\n') line += 1;
    if (byte == '.') {
      parts += 1;
      if (parts > limit) return line;
    } else if (byte == '\n' || byte == '=' || byte == ',' || byte == '[' || byte == '{') {
      parts = 1;
    }
    at += 1;
  }
  return 0;
}

}  // namespace ctoml
