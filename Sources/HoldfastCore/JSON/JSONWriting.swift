extension JSON {
  /// The JSON form of a value. Throws what the value's own coding throws; a number that is not
  /// finite becomes null.
  public init(encoding value: some Encodable, _ spelling: JSONSpelling = .plain) throws {
    let cell = JSONCell()
    try value.encode(to: JSONWriting(cell: cell, spelling: spelling, codingPath: []))
    self = cell.json
  }
}

/// A value that is being put together.
final class JSONCell {
  enum Kind {
    case value(JSON)
    case list
    case table
  }

  var kind = Kind.table
  private var cells: [JSONCell] = []
  private var names: [String] = []

  var json: JSON {
    switch kind {
    case .value(let value): value
    case .list: .array(cells.map(\.json))
    case .table: .object(Dictionary(zip(names, cells.map(\.json))) { $1 })
    }
  }

  /// A cell below this one; a list has no use for the name.
  func add(_ name: String) -> JSONCell {
    let cell = JSONCell()
    cells.append(cell)
    names.append(name)
    return cell
  }
}

struct JSONWriting: Encoder, SingleValueEncodingContainer {
  let cell: JSONCell
  let spelling: JSONSpelling
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    cell.kind = .table
    return KeyedEncodingContainer(JSONTableWriting<Key>(writing: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    cell.kind = .list
    return JSONListWriting(writing: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  func encodeNil() { cell.kind = .value(.null) }
  func encode(_ value: Bool) { cell.kind = .value(.boolean(value)) }
  func encode(_ value: String) { cell.kind = .value(.string(value)) }
  func encode(_ value: Double) {
    cell.kind = .value(value.isFinite ? .number("\(value)") : .null)
  }
  func encode(_ value: Float) { encode(Double(value)) }
  func encode(_ value: Int) { integer(value) }
  func encode(_ value: Int8) { integer(value) }
  func encode(_ value: Int16) { integer(value) }
  func encode(_ value: Int32) { integer(value) }
  func encode(_ value: Int64) { integer(value) }
  func encode(_ value: UInt) { integer(value) }
  func encode(_ value: UInt8) { integer(value) }
  func encode(_ value: UInt16) { integer(value) }
  func encode(_ value: UInt32) { integer(value) }
  func encode(_ value: UInt64) { integer(value) }
  func encode(_ value: some Encodable) throws { try value.encode(to: self) }

  private func integer(_ value: some BinaryInteger) { cell.kind = .value(.number("\(value)")) }

  /// The same for a cell below this one.
  func below(_ cell: JSONCell, _ key: any CodingKey) -> JSONWriting {
    JSONWriting(cell: cell, spelling: spelling, codingPath: codingPath + [key])
  }
}

struct JSONTableWriting<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let writing: JSONWriting
  var codingPath: [any CodingKey] { writing.codingPath }

  private func at(_ key: Key) -> JSONWriting {
    writing.below(writing.cell.add(writing.spelling.name(key)), key)
  }

  func encodeNil(forKey key: Key) { at(key).encodeNil() }
  func encode(_ value: some Encodable, forKey key: Key) throws { try value.encode(to: at(key)) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { at(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    at(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder {
    writing.below(writing.cell.add("super"), StringKey("super"))
  }
  func superEncoder(forKey key: Key) -> any Encoder { at(key) }
}

struct JSONListWriting: UnkeyedEncodingContainer {
  let writing: JSONWriting
  var codingPath: [any CodingKey] { writing.codingPath }
  private(set) var count = 0

  init(writing: JSONWriting) { self.writing = writing }

  private mutating func next() -> JSONWriting {
    count += 1
    return writing.below(writing.cell.add(""), StringKey(index: count - 1))
  }

  mutating func encodeNil() { next().encodeNil() }
  mutating func encode(_ value: some Encodable) throws { try value.encode(to: next()) }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> { next().container(keyedBy: type) }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    next().unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { next() }
}
