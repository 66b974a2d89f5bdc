internal import CHindsight

/// A place in a JSON document that was read. Absent places, nulls and values of another type all
/// read as nil: the server leaves fields out and sets them to null as it likes.
struct JSON {
  private let document: Document
  private let node: UnsafeMutablePointer<json_t>?

  /// Keeps the tree that places point into.
  private final class Document {
    let root: UnsafeMutablePointer<json_t>
    init(_ root: UnsafeMutablePointer<json_t>) { self.root = root }
    deinit { json_decref(root) }
  }

  /// Reads a document. Without `isSequence` nothing may follow it.
  /// - Returns: nil if it is none, else where it ended, in bytes.
  static func read(
    _ bytes: UnsafeRawBufferPointer, isSequence: Bool = false
  ) -> (value: JSON, length: Int)? {
    guard let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return nil }
    var flags = Int(JSON_ALLOW_NUL)
    if isSequence { flags |= Int(JSON_DISABLE_EOF_CHECK) }
    var error = json_error_t()
    guard let root = json_loadb(start, bytes.count, flags, &error) else { return nil }
    let document = Document(root)
    return (JSON(document: document, node: root), Int(error.position))
  }

  init?(_ bytes: [UInt8]) {
    guard let read = bytes.withUnsafeBytes({ JSON.read($0)?.value }) else { return nil }
    self = read
  }

  private init(document: Document, node: UnsafeMutablePointer<json_t>?) {
    self.document = document
    self.node = node
  }

  subscript(name: String) -> JSON {
    JSON(document: document, node: json_object_get(node, name))
  }

  var text: String? {
    guard let start = json_string_value(node) else { return nil }
    let bytes = UnsafeRawBufferPointer(start: start, count: json_string_length(node))
    return String(decoding: bytes, as: UTF8.self)
  }

  var number: Double? {
    guard let type = node?.pointee.type, type == JSON_INTEGER || type == JSON_REAL else {
      return nil
    }
    return json_number_value(node)
  }

  var integer: Int? {
    node?.pointee.type == JSON_INTEGER ? Int(json_integer_value(node)) : nil
  }

  var flag: Bool? {
    switch node?.pointee.type {
    case JSON_TRUE?: true
    case JSON_FALSE?: false
    default: nil
    }
  }

  var list: [JSON]? {
    guard node?.pointee.type == JSON_ARRAY else { return nil }
    return (0..<json_array_size(node)).map {
      JSON(document: document, node: json_array_get(node, $0))
    }
  }

  /// Names and values of an object, in the order of the document.
  var members: [(name: String, value: JSON)]? {
    guard let node, node.pointee.type == JSON_OBJECT else { return nil }
    var members: [(name: String, value: JSON)] = []
    var iterator = json_object_iter(node)
    while let current = iterator {
      let value = JSON(document: document, node: json_object_iter_value(current))
      members.append((String(cString: json_object_iter_key(current)), value))
      iterator = json_object_iter_next(node, current)
    }
    return members
  }

  /// The texts of a list; others in it are left out.
  var texts: [String] { (list ?? []).compactMap(\.text) }

  /// Adds the place, as it was read, on one line.
  func write(to bytes: inout [UInt8]) {
    let flags = Int(JSON_COMPACT) | Int(JSON_ENCODE_ANY)
    let length = json_dumpb(node, nil, 0, flags)
    bytes += [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      count = buffer.withMemoryRebound(to: CChar.self) {
        json_dumpb(node, $0.baseAddress, length, flags)
      }
    }
  }
}
