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

  fileprivate var shared: UnsafeMutablePointer<json_t>? { json_incref(node) }
}

/// A JSON document that is to be written.
enum JSONText {
  case text(String)
  case integer(Int)
  case real(Double)
  case flag(Bool)
  case list([JSONText])
  case object([(String, JSONText)])
  /// As it was read.
  case same(JSON)

  /// One line of UTF-8; nothing is escaped that need not be.
  var bytes: [UInt8] {
    let root = tree
    defer { json_decref(root) }
    let flags = Int(JSON_COMPACT) | Int(JSON_ENCODE_ANY)
    let length = json_dumpb(root, nil, 0, flags)
    return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      count = buffer.withMemoryRebound(to: CChar.self) {
        json_dumpb(root, $0.baseAddress, length, flags)
      }
    }
  }

  var string: String { String(decoding: bytes, as: UTF8.self) }

  private var tree: UnsafeMutablePointer<json_t>? {
    switch self {
    case .text(var text):
      return text.withUTF8 { bytes in
        guard let start = bytes.baseAddress else { return json_string("") }
        return json_stringn(
          UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self), bytes.count)
      }
    case .integer(let value): return json_integer(json_int_t(value))
    case .real(let value): return json_real(value)
    case .flag(let value): return value ? json_true() : json_false()
    case .same(let value): return value.shared
    case .list(let values):
      let array = json_array()
      for value in values { json_array_append_new(array, value.tree) }
      return array
    case .object(let members):
      let object = json_object()
      for (name, value) in members { json_object_set_new(object, name, value.tree) }
      return object
    }
  }
}
