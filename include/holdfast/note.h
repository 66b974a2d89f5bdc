/* The note: what a plugin says of itself without being run. */
#ifndef HOLDFAST_NOTE_H
#define HOLDFAST_NOTE_H

#include <holdfast/base.h>

/* ELF note in section .note.holdfast: name "Holdfast", type HF_NOTE_TYPE, description one JSON
 * object in UTF-8, with a trailing NUL or without:
 *
 *   id           reverse domain or plain name, [a-z0-9.-], unique among the plugins of a host
 *   version      of the plugin, semantic
 *   abi          "1.0": the header it was built with
 *   kinds        list of "memory", "channel", "model", "tools"; empty for a plain listener
 *   events       list of event kinds, "session.switched", …; the same as the table's mask
 *   concurrency  "instance" (default), "read-write", "session", "affine"; the same as the table's
 *   summary, license, language, toolchain           for people
 *   requires, wants, provides   lists of extension ids
 *   permissions  list of "network", "files", "exec", "secrets"
 *   destination  list of the settings of a memory provider that name where memories go; with
 *                another value of one of them it is owed turns from then on, as if added anew
 *   config       object: name of a setting to {"type": "string" | "integer" | "number" | "boolean"
 *                | "list", "default", "required", "secret", "help"}
 *
 * The host refuses a plugin whose note and table disagree. */
#define HF_NOTE_TYPE 0x48464e31u /* "HFN1" */
#define HF_NOTE_NAME "Holdfast"

/* Once per library, in C, with one string literal. */
#define HF_PLUGIN_NOTE(json)                                                               \
  __attribute__((used, aligned(4), section(".note.holdfast"))) static const struct {      \
    uint32_t name_size, description_size, type;                                            \
    char name[12];                                                                         \
    char description[(sizeof(json) + 3) & ~3u];                                            \
  } hf_plugin_note = {sizeof(HF_NOTE_NAME), sizeof(json), HF_NOTE_TYPE, HF_NOTE_NAME, json}

#endif
