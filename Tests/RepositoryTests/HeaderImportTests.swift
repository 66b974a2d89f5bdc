import CHoldfast
import Testing

/// Swift must see each struct as C does: a plugin and the host may be built by either.
@Suite struct HeaderImportTests {
  private func check<T>(_ type: T.Type, _ name: String) throws {
    let shape = try #require(try Layout.current.get().shape(of: name))
    #expect(MemoryLayout<T>.size == shape.size, "\(name)")
    #expect(MemoryLayout<T>.stride == shape.size, "\(name)")
    #expect(MemoryLayout<T>.alignment == shape.alignment, "\(name)")
  }

  private func offset(_ name: String, _ field: String) throws -> Int? {
    try Layout.current.get().places(in: name).first { $0.name == field }?.offset
  }

  @Test func structsHaveTheSizeThatCSees() throws {
    try check(hf_str_t.self, "hf_str_t")
    try check(hf_bytes_t.self, "hf_bytes_t")
    try check(hf_pair_t.self, "hf_pair_t")
    try check(hf_head_t.self, "hf_head_t")
    try check(hf_event_switched_t.self, "hf_event_switched_t")
    try check(hf_event_turn_t.self, "hf_event_turn_t")
    try check(hf_event_prefetch_t.self, "hf_event_prefetch_t")
    try check(hf_event_message_t.self, "hf_event_message_t")
    try check(hf_event_config_t.self, "hf_event_config_t")
    try check(hf_config_t.self, "hf_config_t")
    try check(hf_host_t.self, "hf_host_t")
    try check(hf_plugin_t.self, "hf_plugin_t")
  }

  @Test func extensionsHaveTheSizeThatCSees() throws {
    try check(hf_attachment_t.self, "hf_attachment_t")
    try check(hf_inbound_t.self, "hf_inbound_t")
    try check(hf_receipt_t.self, "hf_receipt_t")
    try check(hf_send_t.self, "hf_send_t")
    try check(hf_channel_act_t.self, "hf_channel_act_t")
    try check(hf_channel_t.self, "hf_channel_t")
    try check(hf_host_channel_t.self, "hf_host_channel_t")
    try check(hf_message_t.self, "hf_message_t")
    try check(hf_turn_t.self, "hf_turn_t")
    try check(hf_retain_t.self, "hf_retain_t")
    try check(hf_withdrawal_t.self, "hf_withdrawal_t")
    try check(hf_withdraw_t.self, "hf_withdraw_t")
    try check(hf_recall_t.self, "hf_recall_t")
    try check(hf_recall_item_t.self, "hf_recall_item_t")
    try check(hf_memory_t.self, "hf_memory_t")
    try check(hf_host_memory_t.self, "hf_host_memory_t")
    try check(hf_model_request_t.self, "hf_model_request_t")
    try check(hf_model_t.self, "hf_model_t")
    try check(hf_host_model_t.self, "hf_host_model_t")
  }

  @Test func toolsHaveTheSizeThatCSees() throws {
    try check(hf_tool_t.self, "hf_tool_t")
    try check(hf_tool_call_t.self, "hf_tool_call_t")
    try check(hf_tools_t.self, "hf_tools_t")
    try check(hf_host_tools_t.self, "hf_host_tools_t")
    try check(hf_tool_request_t.self, "hf_tool_request_t")
    try check(hf_tool_use_t.self, "hf_tool_use_t")
    try check(hf_model_tools_request_t.self, "hf_model_tools_request_t")
    try check(hf_model_tools_t.self, "hf_model_tools_t")
    try check(hf_host_model_tools_t.self, "hf_host_model_tools_t")
  }

  @Test func activitiesHaveTheSizeThatCSees() throws {
    try check(hf_activity_t.self, "hf_activity_t")
    try check(hf_host_activity_t.self, "hf_host_activity_t")
  }

  /// A new struct has to be added above.
  @Test func everyStructIsCompared() {
    let text = Repository.read("Tests/RepositoryTests/HeaderImportTests.swift")
    for type in Header.structs {
      #expect(text.contains("check(\(type.name).self"), "\(type.name) is not compared")
    }
  }

  @Test func fieldsLieWhereCSeesThem() throws {
    let pairs: [(Int?, String, String)] = [
      (MemoryLayout<hf_head_t>.offset(of: \.session_id), "hf_head_t", "session_id"),
      (MemoryLayout<hf_head_t>.offset(of: \.reason), "hf_head_t", "reason"),
      (MemoryLayout<hf_event_turn_t>.offset(of: \.finished_ms), "hf_event_turn_t", "finished_ms"),
      (MemoryLayout<hf_host_t>.offset(of: \.service), "hf_host_t", "service"),
      (MemoryLayout<hf_plugin_t>.offset(of: \.query), "hf_plugin_t", "query"),
      (MemoryLayout<hf_channel_t>.offset(of: \.probe), "hf_channel_t", "probe"),
      (MemoryLayout<hf_memory_t>.offset(of: \.instructions), "hf_memory_t", "instructions"),
      (
        MemoryLayout<hf_model_request_t>.offset(of: \.message_count), "hf_model_request_t",
        "message_count"
      ),
      (MemoryLayout<hf_recall_item_t>.offset(of: \.turn_last), "hf_recall_item_t", "turn_last"),
      (MemoryLayout<hf_tool_use_t>.offset(of: \.said), "hf_tool_use_t", "said"),
      (MemoryLayout<hf_activity_t>.offset(of: \.name), "hf_activity_t", "name"),
      (MemoryLayout<hf_tool_call_t>.offset(of: \.arguments), "hf_tool_call_t", "arguments"),
      (
        MemoryLayout<hf_model_tools_request_t>.offset(of: \.rounds_left),
        "hf_model_tools_request_t", "rounds_left"
      ),
    ]
    for (seen, type, field) in pairs {
      let expected = try offset(type, field)
      #expect(seen != nil && seen == expected, "\(type).\(field)")
    }
  }

  @Test func constantsKeepTheirType() {
    #expect(HF_EVENT_HOST_STOPPING as UInt64 == 0x8000)
    #expect(HF_E_UNKNOWN as Int32 == -16)
    #expect(HF_ABI_MAJOR as UInt32 == 1)
    #expect(HF_MEMORY_ID == "holdfast.memory/1")
  }
}
