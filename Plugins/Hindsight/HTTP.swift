internal import CHindsight

/// A request to the server.
struct Request {
  enum Method: String {
    case get = "GET"
    case post = "POST"
  }

  var method = Method.get
  /// Behind the server's address, encoded.
  var path: String
  var body: [UInt8] = []
  /// The server works on it before it answers: only the deadline of the call ends it.
  var isLong = false
}

/// What became of a request.
enum Reply {
  /// The server has answered. A body that is no JSON is nil; times are seconds.
  case answered(status: Int, body: JSON?, retryAfter: Int)
  /// It has not, or not to the end.
  case broken(mayHaveArrived: Bool, reason: String)
}

/// One request on its way. Belongs to the loop's thread.
final class Transfer {
  /// More than any document of a session; a server that sends more is cut off.
  static let sizeLimit = 64 << 20

  let easy: OpaquePointer
  private var bytes: [UInt8] = []
  private var finished: ((Reply) -> Void)?
  private let list: UnsafeMutablePointer<curl_slist>?

  /// A handle that can be used again and again. Nil if there is no memory.
  init?(apiKey: String, isLoopback: Bool) {
    guard let handle = curl_easy_init() else { return nil }
    easy = OpaquePointer(handle)
    var headers = curl_slist_append(nil, "Content-Type: application/json")
    // Without it libcurl asks for permission before it sends a long body.
    headers = curl_slist_append(headers, "Expect:")
    if !apiKey.isEmpty { headers = curl_slist_append(headers, "Authorization: Bearer \(apiKey)") }
    list = headers
    _ = chindsight_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
    _ = chindsight_set_number(handle, CURLOPT_NOSIGNAL, 1)
    _ = chindsight_set_number(handle, CURLOPT_PATH_AS_IS, 1)
    _ = chindsight_set_number(handle, CURLOPT_TCP_NODELAY, 1)
    _ = chindsight_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
    _ = chindsight_set_text(handle, CURLOPT_USERAGENT, "holdfast")
    if isLoopback { _ = chindsight_set_text(handle, CURLOPT_NOPROXY, "*") }
    _ = chindsight_set_write(handle) { @Sendable start, size, count, context in
      guard let start, let context else { return 0 }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      return transfer.take(UnsafeRawBufferPointer(start: start, count: size * count))
    }
    let this = Unmanaged.passUnretained(self).toOpaque()
    _ = chindsight_set_pointer(handle, CURLOPT_WRITEDATA, this)
    _ = chindsight_set_pointer(handle, CURLOPT_PRIVATE, this)
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(list)
  }

  var handle: UnsafeMutableRawPointer { UnsafeMutableRawPointer(easy) }

  /// Makes it ready to be given to the multi handle.
  func prepare(
    _ request: Request, at address: String, timeoutMilliseconds: Int,
    then: @escaping (Reply) -> Void
  ) {
    bytes = []
    finished = then
    _ = chindsight_set_text(handle, CURLOPT_URL, address + request.path)
    _ = chindsight_set_number(handle, CURLOPT_TIMEOUT_MS, timeoutMilliseconds)
    _ = chindsight_set_number(
      handle, CURLOPT_CONNECTTIMEOUT_MS, min(timeoutMilliseconds, 5000))
    switch request.method {
    case .get: _ = chindsight_set_number(handle, CURLOPT_HTTPGET, 1)
    case .post:
      _ = chindsight_set_number(handle, CURLOPT_POST, 1)
      _ = chindsight_set_size(
        handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
      _ = request.body.withUnsafeBytes { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          chindsight_set_text(handle, CURLOPT_COPYPOSTFIELDS, $0.baseAddress)
        }
      }
    }
  }

  private func take(_ piece: UnsafeRawBufferPointer) -> Int {
    guard bytes.count + piece.count <= Self.sizeLimit else { return 0 }
    bytes.append(contentsOf: piece)
    return piece.count
  }

  /// The transfer is over; gives its reply to who waits for it.
  func finish(_ result: CURLcode) {
    let then = finished
    finished = nil
    guard result == CURLE_OK else {
      let reason = String(cString: curl_easy_strerror(result))
      then?(.broken(mayHaveArrived: chindsight_was_sent(handle) != 0, reason: reason))
      return
    }
    then?(
      .answered(
        status: Int(chindsight_status(handle)), body: JSON(bytes),
        retryAfter: Int(chindsight_retry_after(handle))))
  }

  /// Nobody waits for it any more.
  func forget() { finished = nil }
}
