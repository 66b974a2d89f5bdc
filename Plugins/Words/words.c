#include "words.h"

#include <stdlib.h>
#include <string.h>

enum { WHOLE_LIMIT = 280, PIECE_MINIMUM = 60 };

typedef unsigned char byte_t;

/* Sorted. Words that say nothing about what is asked. */
static const char *const empty_words[] = {
    "a", "about", "all", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by",
    "can", "could", "did", "do", "does", "don", "ever", "find", "for", "from", "had", "has",
    "have", "he", "hello", "her", "hey", "hi", "his", "how", "i", "if", "in", "is", "it", "its",
    "know", "list", "me", "not", "now", "of", "on", "or", "our", "please", "remember", "remind",
    "say", "she", "should", "show", "so", "some", "tell", "thank", "thanks", "that", "the",
    "their", "them", "there", "these", "they", "thing", "things", "this", "to", "told", "us",
    "was", "we", "were", "what", "when", "where", "which", "who", "whose", "why", "will", "with",
    "would", "you", "your",
};

/* Sorted. What begins a question or a request. */
static const char *const asking_words[] = {
    "am", "are", "can", "could", "did", "do", "does", "find", "had", "has", "have", "how", "is",
    "list", "remind", "should", "show", "tell", "was", "were", "what", "when", "where", "which",
    "who", "whose", "why", "will", "would",
};

/* Sorted. What follows the first word of a question that has no question mark. */
static const char *const second_words[] = {
    "am", "are", "can", "could", "did", "do", "does", "has", "have", "is", "me", "my", "should",
    "was", "were", "will", "would",
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static int by_name(const void *a, const void *b) {
  return strcmp(a, *(const char *const *)b);
}

static int in_list(const char *word, const char *const *list, size_t count) {
  return bsearch(word, list, count, sizeof *list, by_name) != NULL;
}

/* Letters */

static uint64_t character_length(byte_t lead) {
  return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* Bytes of the letter or digit at p, 0 if there is none. Beyond ASCII everything counts as a letter
 * but the blocks of punctuation that are in daily use. */
static uint64_t letter_length(const byte_t *p, uint64_t left) {
  if (*p < 0x80) {
    byte_t lower = *p | 0x20;
    return (lower >= 'a' && lower <= 'z') || (*p >= '0' && *p <= '9');
  }
  uint64_t length = character_length(*p);
  if (length > left) return left;
  if (length == 2 && p[0] == 0xC2) return 0;                    /* no-break space, « » ¿ ¡ */
  if (length == 3 && p[0] == 0xE2 && p[1] <= 0x81) return 0;    /* dashes, quotes */
  if (length == 3 && p[0] == 0xE3 && p[1] == 0x80) return 0;    /* 、 。 「 」 */
  if (length == 3 && p[0] == 0xEF && p[1] >= 0xBC) return 0;    /* ？ ！ */
  return length;
}

/* Chinese characters and Kanji stand for words, and no space is between them. */
static int is_word_alone(const byte_t *p) { return *p >= 0xE4 && *p <= 0xE9; }

static void lower_pair(byte_t *p) {
  unsigned c = (unsigned)(p[0] & 0x1F) << 6 | (p[1] & 0x3Fu);
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) c += 0x20;          /* Latin-1 */
  else if (c >= 0x391 && c <= 0x3A9) c += 0x20;                /* Greek */
  else if (c >= 0x410 && c <= 0x42F) c += 0x20;                /* Cyrillic */
  else if (c >= 0x400 && c <= 0x40F) c += 0x50;
  p[0] = (byte_t)(0xC0 | c >> 6);
  p[1] = (byte_t)(0x80 | (c & 0x3F));
}

/* Words */

static int ends_with(const word_t *word, const char *ending, uint32_t at_least) {
  uint32_t length = (uint32_t)strlen(ending);
  return word->length >= at_least &&
         memcmp(word->stem + word->length - length, ending, length) == 0;
}

static void strip_ending(word_t *word) {
  if (ends_with(word, "ies", 5)) {
    word->length -= 2;
    word->stem[word->length - 1] = 'y';
  } else if (ends_with(word, "s", 4) && !ends_with(word, "ss", 4)) {
    word->length -= 1;
  }
  if (ends_with(word, "ing", 6)) word->length -= 3;
  else if (ends_with(word, "ed", 5)) word->length -= 2;
  else if (ends_with(word, "e", 4)) word->length -= 1;
  uint32_t n = word->length;
  if (n > 3 && word->stem[n - 1] == word->stem[n - 2] && (byte_t)word->stem[n - 1] < 0x80)
    word->length -= 1;
  word->stem[word->length] = 0;
}

static int is_stem(const word_t *word, const char *stem) {
  return word->length == strlen(stem) && memcmp(word->stem, stem, word->length) == 0;
}

static int weight_of(const word_t *word) {
  if (word->length == 1 && (byte_t)word->stem[0] >= 'a') return WEIGHT_NONE;
  if (strcmp(word->stem, "my") == 0) return WEIGHT_MY;
  return in_list(word->stem, empty_words, COUNT(empty_words)) ? WEIGHT_NONE : WEIGHT_FULL;
}

int next_word(hf_str_t text, uint64_t *at, word_t *word, int weigh) {
  const byte_t *p = (const byte_t *)text.ptr;
  uint64_t length = 0;
  while (*at < text.len && !letter_length(p + *at, text.len - *at)) *at += character_length(p[*at]);
  if (*at >= text.len) return 0;

  word->length = 0;
  int alone = is_word_alone(p + *at);
  while (*at < text.len && (length = letter_length(p + *at, text.len - *at)) > 0) {
    if (word->length > 0 && (alone || is_word_alone(p + *at))) break;
    if (word->length + length < STEM_LIMIT) { /* of a longer word the beginning counts */
      byte_t *letter = (byte_t *)word->stem + word->length;
      memcpy(letter, p + *at, length);
      if (length == 1 && *letter >= 'A' && *letter <= 'Z') *letter |= 0x20;
      if (length == 2) lower_pair(letter);
      word->length += (uint32_t)length;
    }
    *at += length;
  }
  word->stem[word->length] = 0;
  word->weight = weigh ? weight_of(word) : WEIGHT_NONE;
  strip_ending(word);
  if (word->weight == WEIGHT_FULL && (is_stem(word, "cal") || is_stem(word, "nam")))
    word->weight = WEIGHT_WEAK;
  return 1;
}

/* Pieces */

/* Bytes of the end of a sentence at p, 0 if there is none. */
static uint64_t sentence_end(const byte_t *p, uint64_t left) {
  if (*p == '\n') return 1;
  if (*p == '.' || *p == '!' || *p == '?') return left == 1 || p[1] <= ' ';
  if (left >= 3 && (memcmp(p, "\u3002", 3) == 0 || memcmp(p, "\uff1f", 3) == 0)) return 3;
  return 0;
}

int next_piece(hf_str_t text, uint64_t *at, hf_str_t *piece) {
  const byte_t *p = (const byte_t *)text.ptr;
  if (*at >= text.len) return 0;
  uint64_t begin = *at, end = text.len;
  for (uint64_t i = begin; text.len > WHOLE_LIMIT && i < text.len; i++) {
    uint64_t length = sentence_end(p + i, text.len - i);
    if (length == 0 || i + length - begin < PIECE_MINIMUM) continue;
    end = i + length;
    break;
  }
  *at = end;
  *piece = trimmed((hf_str_t){text.ptr + begin, end - begin});
  return 1;
}

int is_question(hf_str_t text, int strictly) {
  text = trimmed(text);
  if (text.len > 0 && text.ptr[text.len - 1] == '?') return 1;
  if (text.len >= 3 && memcmp(text.ptr + text.len - 3, "\uff1f", 3) == 0) return 1;

  /* The words as they are written: a stem would not be found in the lists. */
  char words[2][16];
  uint64_t at = 0;
  for (int i = 0; i < 2; i++) {
    size_t length = 0;
    while (at < text.len && text.ptr[at] > ' ' && length < sizeof words[i] - 1)
      words[i][length++] = (char)(text.ptr[at++] | 0x20);
    words[i][length] = 0;
    while (at < text.len && text.ptr[at] == ' ') at++;
  }
  if (!in_list(words[0], asking_words, COUNT(asking_words))) return 0;
  return !strictly || in_list(words[1], second_words, COUNT(second_words));
}

hf_str_t trimmed(hf_str_t text) {
  while (text.len > 0 && (byte_t)text.ptr[0] <= ' ') text.ptr++, text.len--;
  while (text.len > 0 && (byte_t)text.ptr[text.len - 1] <= ' ') text.len--;
  return text;
}

hf_str_t beginning(hf_str_t text, uint64_t bytes) {
  if (text.len <= bytes) return text;
  while (bytes > 0 && ((byte_t)text.ptr[bytes] & 0xC0) == 0x80) bytes--;
  return (hf_str_t){text.ptr, bytes};
}

/* Matching */

static int same_stem(const word_t *a, const word_t *b) {
  return a->length == b->length && memcmp(a->stem, b->stem, a->length) == 0;
}

terms_t terms_of(hf_str_t question) {
  terms_t terms = {.count = 0};
  uint64_t at = 0;
  int full = 0;
  word_t word;
  while (terms.count < TERM_LIMIT && next_word(question, &at, &word, 1)) {
    int known = word.weight == WEIGHT_NONE;
    for (int i = 0; i < terms.count; i++) known |= same_stem(&terms.words[i], &word);
    if (known) continue;
    full |= word.weight == WEIGHT_FULL;
    terms.words[terms.count++] = word;
  }
  /* "What is my name?" has nothing better to go by than the name. */
  for (int i = 0; i < terms.count && !full; i++)
    if (terms.words[i].weight == WEIGHT_WEAK) terms.words[i].weight = WEIGHT_FULL;
  return terms;
}

/* Being called something and having a name are the same thing, nearly. */
static int is_synonym(const word_t *a, const word_t *b) {
  return (is_stem(a, "cal") && is_stem(b, "nam")) || (is_stem(a, "nam") && is_stem(b, "cal"));
}

int terms_match(const terms_t *terms, hf_str_t text) {
  int gained[TERM_LIMIT] = {0}, sum = 0, full = 0;
  uint64_t at = 0;
  word_t word;
  while (next_word(text, &at, &word, 0)) {
    for (int i = 0; i < terms->count; i++) {
      const word_t *term = &terms->words[i];
      if (same_stem(term, &word)) gained[i] = term->weight;
      else if (gained[i] == 0 && is_synonym(term, &word)) gained[i] = term->weight / 2;
    }
  }
  for (int i = 0; i < terms->count; i++) {
    sum += gained[i];
    full |= gained[i] > WEIGHT_WEAK;
  }
  return full ? sum : 0;
}

uint32_t terms_found(const terms_t *terms, hf_str_t text) {
  uint32_t found = 0;
  uint64_t at = 0;
  word_t word;
  while (next_word(text, &at, &word, 0))
    for (int i = 0; i < terms->count; i++)
      if (same_stem(&terms->words[i], &word) || is_synonym(&terms->words[i], &word))
        found |= UINT32_C(1) << i;
  return found;
}

int informative_words(hf_str_t text) {
  uint64_t at = 0;
  int count = 0;
  word_t word;
  while (next_word(text, &at, &word, 1)) count += word.weight == WEIGHT_FULL;
  return count;
}
