/// Section `[metrics]`.
public struct MetricsSettings: Sendable, Equatable {
  /// Where figures are given to whoever asks; nil: nowhere.
  public var listen: LoopbackAddress?
  /// Where they are sent; nil: nowhere.
  public var collectorURL: String?
  /// How often they are sent.
  public var collectorInterval: Duration = .seconds(15)
  /// What is sent along, by name; strings and secrets.
  public var collectorHeaders: [String: ConfigurationValue] = [:]

  /// The defaults: no figures.
  public init() {}

  /// Whether anybody wants figures.
  public var isWanted: Bool { listen != nil || collectorURL != nil }
}

/// An address and a port that this machine alone can reach.
public struct LoopbackAddress: Sendable, Equatable, CustomStringConvertible {
  /// `127.0.0.1` or another one of that net, or `::1`.
  public var host: String
  /// 0: any that is free.
  public var port: UInt16

  /// As it is written in an address of the web.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Reads `127.0.0.1:9464` or `[::1]:9464`; nil: it is no such address, or others could reach it.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"),
      let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    var host = String(text[..<colon])
    if host == "[::1]" {
      host = "::1"
    } else {
      let parts = host.split(separator: ".", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { UInt8($0) }
      guard parts.count == 4, numbers.count == 4, numbers[0] == 127,
        numbers.map(String.init).joined(separator: ".") == host
      else { return nil }
    }
    (self.host, self.port) = (host, port)
  }
}
