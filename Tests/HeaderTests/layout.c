/* What the documentation says of the layout, said to the compiler: as C11 and as C++17. */
#include <stddef.h>

#include <holdfast/holdfast.h>

#ifdef __cplusplus
#define CHECK(condition) static_assert(condition, #condition)
#else
#define CHECK(condition) _Static_assert(condition, #condition)
#endif

CHECK(sizeof(void *) == 8);
CHECK(sizeof(hf_str_t) == 16);
CHECK(sizeof(hf_bytes_t) == 16);
CHECK(sizeof(hf_pair_t) == 32);
CHECK(sizeof(hf_op_t) == 8 && sizeof(hf_session_t) == 8);

/* A table, a config and a head begin with their size. */
CHECK(offsetof(hf_plugin_t, size) == 0);
CHECK(offsetof(hf_host_t, size) == 0);
CHECK(offsetof(hf_config_t, size) == 0);
CHECK(offsetof(hf_memory_t, size) == 0);
CHECK(offsetof(hf_channel_t, size) == 0);
CHECK(offsetof(hf_model_t, size) == 0);
CHECK(offsetof(hf_model_tools_t, size) == 0);
CHECK(offsetof(hf_tools_t, size) == 0);
CHECK(offsetof(hf_host_activity_t, size) == 0);
CHECK(offsetof(hf_activity_t, op) == 8 && sizeof(hf_activity_t) == 88);
CHECK(offsetof(hf_head_t, size) == 0);

/* The version of a table stands where a host of any version looks for it. */
CHECK(offsetof(hf_plugin_t, abi_major) == 4 && offsetof(hf_plugin_t, abi_minor) == 8);
CHECK(offsetof(hf_host_t, abi_major) == 4 && offsetof(hf_host_t, abi_minor) == 8);

/* Every event and every request begins with the head, so a pointer to one is a pointer to it. */
CHECK(offsetof(hf_event_switched_t, head) == 0);
CHECK(offsetof(hf_event_turn_t, head) == 0);
CHECK(offsetof(hf_event_prefetch_t, head) == 0);
CHECK(offsetof(hf_event_message_t, head) == 0);
CHECK(offsetof(hf_event_config_t, head) == 0);
CHECK(offsetof(hf_retain_t, head) == 0);
CHECK(offsetof(hf_withdraw_t, head) == 0);
CHECK(offsetof(hf_recall_t, head) == 0);
CHECK(offsetof(hf_send_t, head) == 0);
CHECK(offsetof(hf_channel_act_t, head) == 0);
CHECK(offsetof(hf_model_request_t, head) == 0);
CHECK(offsetof(hf_model_tools_request_t, request) == 0);
CHECK(offsetof(hf_tool_call_t, head) == 0);

CHECK(sizeof(((hf_plugin_t *)0)->reserved_functions) == 8 * sizeof(void (*)(void)));
CHECK(sizeof(((hf_head_t *)0)->reserved) == 32);

CHECK(HF_OK == 0 && HF_PENDING > 0);
CHECK(HF_E_FAILED < 0 && HF_E_UNKNOWN < 0);
