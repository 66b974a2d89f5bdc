extension JSON {
  /// The value that this stands for. Throws `DecodingError` with the path to what does not fit;
  /// names that the type lacks are ignored.
  public func decoded<Value: Decodable>(
    as type: Value.Type, _ spelling: JSONSpelling = .plain
  ) throws -> Value {
    try Value(from: JSONReading(json: self, spelling: spelling, codingPath: []))
  }
}

struct JSONReading: Decoder, SingleValueDecodingContainer {
  let json: JSON
  let spelling: JSONSpelling
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let values) = json else { throw mismatch([String: JSON].self) }
    return KeyedDecodingContainer(JSONTableReading(reading: self, values: values))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let values) = json else { throw mismatch([JSON].self) }
    return JSONListReading(reading: self, values: values)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { json == .null }
  func decode(_ type: Bool.Type) throws -> Bool {
    guard case .boolean(let value) = json else { throw mismatch(type) }
    return value
  }
  func decode(_ type: String.Type) throws -> String {
    guard case .string(let value) = json else { throw mismatch(type) }
    return value
  }
  func decode(_ type: Double.Type) throws -> Double {
    guard case .number(let text) = json else { throw mismatch(type) }
    guard let value = Double(text), value.isFinite else { throw outOfRange(text) }
    return value
  }
  func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
  func decode(_ type: Int.Type) throws -> Int { try integer() }
  func decode(_ type: Int8.Type) throws -> Int8 { try integer() }
  func decode(_ type: Int16.Type) throws -> Int16 { try integer() }
  func decode(_ type: Int32.Type) throws -> Int32 { try integer() }
  func decode(_ type: Int64.Type) throws -> Int64 { try integer() }
  func decode(_ type: UInt.Type) throws -> UInt { try integer() }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try integer() }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try integer() }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try integer() }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try integer() }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: self) }

  private func integer<Value: FixedWidthInteger>() throws -> Value {
    guard case .number(let text) = json else { throw mismatch(Value.self) }
    guard let value = Value(text) else { throw outOfRange(text) }
    return value
  }

  private func mismatch(_ type: Any.Type) -> DecodingError {
    let context = DecodingError.Context(codingPath: codingPath, debugDescription: "another type")
    return json == .null ? .valueNotFound(type, context) : .typeMismatch(type, context)
  }

  private func outOfRange(_ text: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: codingPath, debugDescription: "\(text) does not fit"))
  }

  /// The same for a value below this one.
  func below(_ json: JSON, _ key: any CodingKey) -> JSONReading {
    JSONReading(json: json, spelling: spelling, codingPath: codingPath + [key])
  }
}

struct JSONTableReading<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let reading: JSONReading
  let values: [String: JSON]
  var codingPath: [any CodingKey] { reading.codingPath }
  var allKeys: [Key] { values.keys.sorted().compactMap { Key(stringValue: $0) } }

  func contains(_ key: Key) -> Bool { values[reading.spelling.name(key)] != nil }

  private func at(_ key: Key) throws -> JSONReading {
    guard let value = values[reading.spelling.name(key)] else {
      throw DecodingError.keyNotFound(
        key, .init(codingPath: codingPath, debugDescription: "missing"))
    }
    return reading.below(value, key)
  }

  func decodeNil(forKey key: Key) throws -> Bool { try at(key).decodeNil() }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try Value(from: try at(key))
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { try at(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try at(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    reading.below(values["super"] ?? .null, StringKey("super"))
  }
  func superDecoder(forKey key: Key) throws -> any Decoder { try at(key) }
}

struct JSONListReading: UnkeyedDecodingContainer {
  let reading: JSONReading
  let values: [JSON]
  private(set) var currentIndex = 0
  var codingPath: [any CodingKey] { reading.codingPath }
  var count: Int? { values.count }
  var isAtEnd: Bool { currentIndex == values.count }

  init(reading: JSONReading, values: [JSON]) {
    self.reading = reading
    self.values = values
  }

  private mutating func next() throws -> JSONReading {
    let key = StringKey(index: currentIndex)
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        JSON.self, .init(codingPath: codingPath + [key], debugDescription: "the list ends"))
    }
    currentIndex += 1
    return reading.below(values[currentIndex - 1], key)
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, values[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try Value(from: try next())
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> { try next().container(keyedBy: type) }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { try next() }
}
