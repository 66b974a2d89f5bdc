#include "note.h"

#include <holdfast/note.h>

HF_PLUGIN_NOTE(
    "{\"id\":\"sqlite-memory\",\"version\":\"0.1.0\",\"abi\":\"1.0\","
    "\"kinds\":[\"memory\",\"tools\"],"
    "\"events\":[\"prefetch.requested\"],\"concurrency\":\"read-write\","
    "\"license\":\"Apache-2.0\",\"language\":\"Swift\",\"permissions\":[\"files\"],"
    "\"summary\":\"Memories in one SQLite file, found by full-text search\","
    "\"provides\":[\"holdfast.memory/1\",\"holdfast.tools/1\"],"
    "\"destination\":[\"path\"],"
    "\"config\":{\"path\":{\"type\":\"string\",\"default\":\"memory.sqlite\","
    "\"help\":\"Database file, absolute or in the plugin's state folder\"}}}");
