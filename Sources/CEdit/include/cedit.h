/* A line that is typed on a terminal, with editing and history, while other things go on: libedit's
 * callback interface. One line per process, always from the same thread. */
#pragma once

#define CEDIT_MORE 0 /* the line goes on */
#define CEDIT_LINE 1 /* it is complete: see cedit_line */
#define CEDIT_END 2  /* there will be no more */

/* Shows the prompt, and takes what was typed before from the file, if it is there. */
void cedit_open(const char *_Nonnull prompt, const char *_Nonnull history);

/* Takes what was typed; to be called when standard input is readable. */
int cedit_step(void);

/* The line that the last step completed, until the next step. */
const char *_Nonnull cedit_line(void);

/* Takes prompt and line off the screen, so that something can be written in their place, and puts
 * them back below it. */
void cedit_hide(void);
void cedit_show(void);

/* Whether nothing is typed. */
int cedit_is_empty(void);

/* Forgets what is typed and begins a line below. */
void cedit_clear(void);

/* Gives the terminal back as it was, and writes the history, readable for its owner alone. */
void cedit_close(void);
