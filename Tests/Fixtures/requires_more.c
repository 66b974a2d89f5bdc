/* Requires an extension that no host has. */
#include "fixture.h"

HF_PLUGIN_NOTE("{\"id\":\"requires-more\",\"version\":\"1\",\"abi\":\"1.0\","
               "\"requires\":[\"holdfast.host.memory/1\",\"org.example.crystal-ball/9\"]}");

static const hf_plugin_t plugin = {
    HF_PLUGIN_HEAD,
    .create = fixture_create,
    .destroy = fixture_destroy,
};

FIXTURE_ENTRY
