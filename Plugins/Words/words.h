/* Words, sentences and questions, as far as they can be told without knowing the language. All of
 * it walks its input once and keeps nothing, so that input of any size costs time only. */
#ifndef WORDS_H
#define WORDS_H

#include <holdfast/base.h>

enum { STEM_LIMIT = 40, TERM_LIMIT = 32 };

/* What a word counts when it is looked for. */
enum { WEIGHT_NONE = 0, WEIGHT_MY = 1, WEIGHT_WEAK = 2, WEIGHT_FULL = 8 };

/* A word in lower case and without its ending, so that cat, cats and Cat are the same. */
typedef struct word {
  char stem[STEM_LIMIT];
  uint32_t length;
  int weight;
} word_t;

/* What is looked for: the different words of a question, the first ones if there are many. */
typedef struct terms {
  word_t words[TERM_LIMIT];
  int count;
} terms_t;

/* The next word at or after *at, which moves behind it; 0 at the end. The weight is looked up only
 * if wanted, since that costs more than the rest. */
int next_word(hf_str_t text, uint64_t *at, word_t *word, int weigh);

/* The next piece that makes sense on its own: a short text is one, a long one is cut into
 * sentences. Moves *at behind it; 0 at the end. */
int next_piece(hf_str_t text, uint64_t *at, hf_str_t *piece);

/* Whether it asks for something; `strictly` leaves out "when I was young …". */
int is_question(hf_str_t text, int strictly);

terms_t terms_of(hf_str_t question);

/* How much of what is looked for the text has; 0 if it has none of the words that matter. */
int terms_match(const terms_t *terms, hf_str_t text);

/* Which of them the text has: the first word's bit is 1, the next one's 2, and so on. */
uint32_t terms_found(const terms_t *terms, hf_str_t text);

/* How many words say something. */
int informative_words(hf_str_t text);

hf_str_t trimmed(hf_str_t text);

/* The beginning of text in at most `bytes`, ending between characters. */
hf_str_t beginning(hf_str_t text, uint64_t bytes);

#endif
