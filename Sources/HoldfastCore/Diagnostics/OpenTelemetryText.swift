/// Figures as an OpenTelemetry collector takes them over HTTP: OTLP in JSON.
public enum OpenTelemetryText {
  /// What is said beside the figures.
  public struct Occasion: Sendable {
    /// Version of the host.
    public var version: String
    /// Since when counters count.
    public var start: WallTime
    /// When the figures were taken.
    public var now: WallTime

    /// An occasion.
    public init(version: String, start: WallTime, now: WallTime) {
      self.version = version
      self.start = start
      self.now = now
    }
  }

  /// The body of a request; families without figures are left out.
  public static func render(_ families: [MetricFamily], _ occasion: Occasion) -> String {
    let scope = JSON.object([
      "name": .string("holdfast"), "version": .string(occasion.version),
    ])
    let metrics = families.filter { !$0.points.isEmpty }.map { metric($0, occasion) }
    let resource = JSON.object([
      "attributes": .array([
        attribute("service.name", "holdfast"), attribute("service.version", occasion.version),
      ])
    ])
    return JSON.object([
      "resourceMetrics": .array([
        .object([
          "resource": resource,
          "scopeMetrics": .array([.object(["scope": scope, "metrics": .array(metrics)])]),
        ])
      ])
    ]).text()
  }

  private static func attribute(_ key: String, _ value: String) -> JSON {
    .object(["key": .string(key), "value": .object(["stringValue": .string(value)])])
  }

  private static func metric(_ family: MetricFamily, _ occasion: Occasion) -> JSON {
    let points = JSON.array(
      family.points.map { point($0, family.labels, family.kind == .gauge, occasion) })
    // Every count goes on from the one before: cumulative.
    let cumulative = JSON.number("2")
    let data: (String, [String: JSON]) =
      switch family.kind {
      case .counter:
        (
          "sum",
          [
            "dataPoints": points, "aggregationTemporality": cumulative,
            "isMonotonic": .boolean(true),
          ]
        )
      case .gauge: ("gauge", ["dataPoints": points])
      case .histogram:
        ("histogram", ["dataPoints": points, "aggregationTemporality": cumulative])
      }
    return .object([
      "name": .string(family.name), "description": .string(family.help),
      "unit": .string(family.unit), data.0: .object(data.1),
    ])
  }

  private static func point(
    _ point: MetricFamily.Point, _ labels: [String], _ isGauge: Bool, _ occasion: Occasion
  ) -> JSON {
    var fields: [String: JSON] = [
      "attributes": .array(zip(labels, point.labels).map { attribute($0, $1) }),
      "timeUnixNano": nanoseconds(occasion.now),
    ]
    if !isGauge { fields["startTimeUnixNano"] = nanoseconds(occasion.start) }
    switch point.value {
    case .number(let value): fields["asDouble"] = .number(finite(value))
    case .histogram(let limits, let counts, let sum):
      // Whole numbers of 64 bits are texts in this format.
      fields["count"] = .string("\(counts.reduce(0, +))")
      fields["sum"] = .number(finite(sum))
      fields["bucketCounts"] = .array(counts.map { .string("\($0)") })
      fields["explicitBounds"] = .array(limits.map { .number(finite($0)) })
    }
    return .object(fields)
  }

  private static func nanoseconds(_ time: WallTime) -> JSON {
    .string("\(time.milliseconds)000000")
  }

  private static func finite(_ value: Double) -> String {
    value.isFinite ? PrometheusText.number(value) : "0"
  }
}
