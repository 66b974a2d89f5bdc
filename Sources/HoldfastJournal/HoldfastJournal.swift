// HoldfastJournal
