/* The plugin's note is in note.c, since Swift cannot place a string in a section. Nothing is
 * called: this header makes a module of it that the plugin links. */
#ifndef SQLITE_MEMORY_NOTE_H
#define SQLITE_MEMORY_NOTE_H

#endif
