import HoldfastConfiguration
import HoldfastCore
import Testing

/// Section `[metrics]`.
struct MetricsSectionTests {
  @Test func everyKeyIsRead() throws {
    let configuration = try load(
      """
      [metrics]
      listen = "127.0.0.1:9464"
      otlp_url = "https://collector.example/v1/metrics"
      otlp_interval_ms = 2000
      otlp_headers = { authorization = { env = "TOKEN" }, x-tenant = "home" }
      [plugins.recall]
      """, environment: ["TOKEN": "Bearer MARKER"])
    #expect(configuration.problems == [])
    let metrics = configuration.metrics
    #expect(metrics.isWanted && metrics.listen?.port == 9464)
    #expect(metrics.collectorURL == "https://collector.example/v1/metrics")
    #expect(metrics.collectorInterval == .seconds(2))
    #expect(
      metrics.collectorHeaders == [
        "authorization": .secret("Bearer MARKER"), "x-tenant": .string("home"),
      ])
    let shown = ConfigurationReference.effective(configuration)
    #expect(!"\(shown)".contains("MARKER"))
    #expect(!(try load("[plugins.recall]\n")).metrics.isWanted)
  }

  @Test func whatIsWrongIsSaidAndTheRestStands() throws {
    for (line, key, sentence) in [
      ("listen = \"0.0.0.0:1\"", "listen", "this machine alone"),
      ("listen = \"127.0.0.1\"", "listen", "has no port"),
      ("listen = \"127.0.0.1:22222222\"", "listen", "has no port behind its last \":\""),
      ("otlp_url = \"collector\"", "otlp_url", "begins with http://"),
      ("otlp_url = \"http://a b/\"", "otlp_url", "begins with http://"),
      ("otlp_url = \"http://ann:pw@host/\"", "otlp_url", "otlp_headers, as a secret"),
      ("otlp_interval_ms = 10", "otlp_interval_ms", "not between 1000"),
      ("otlp_headers = { a = 3 }", "otlp_headers.a", "expected a string"),
      ("otlp_headers = { \"a b\" = \"c\" }", "otlp_headers.a b", "letters, digits"),
      ("otlp_headers = { a = \"b\\r\\nc: d\" }", "otlp_headers.a", "control characters"),
      ("otlp_headers = { a = { env = \"UNSET\" } }", "otlp_headers.a", "is not set"),
      ("lisen = \"127.0.0.1:1\"", "lisen", "did you mean"),
    ] {
      let configuration = try load("[metrics]\n\(line)\n[plugins.recall]\n")
      let problem = try #require(configuration.problems.first, "\(line)")
      #expect(configuration.problems.count == 1 && problem.key == "metrics.\(key)", "\(problem)")
      #expect(problem.message.contains(sentence), "\(problem)")
      #expect(!configuration.metrics.isWanted && configuration.metrics.collectorHeaders.isEmpty)
    }
  }
}
