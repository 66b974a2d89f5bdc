import CSQLite
import Glibc
import HoldfastCore

/// A prepared statement in use: parameters are bound in order, columns are read in order. It is
/// reset when it goes out of scope. Belongs to the thread of its connection.
struct Statement: ~Copyable {
  private let handle: OpaquePointer
  private let arena: TextArena
  private var parameter: Int32 = 0
  private var column: Int32 = 0
  private var failure: Int32 = SQLITE_OK

  init(_ handle: OpaquePointer, arena: TextArena) {
    self.handle = handle
    self.arena = arena
    arena.retain()
  }

  deinit {
    sqlite3_reset(handle)
    arena.release()
  }

  /// Runs to the next row; false after the last.
  mutating func step() throws(StorageFault) -> Bool {
    guard failure == SQLITE_OK else { throw fault(failure) }
    column = 0
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw fault(code)
    }
  }

  /// Runs a statement that returns nothing.
  mutating func run() throws(StorageFault) { _ = try step() }

  private func fault(_ code: Int32) -> StorageFault {
    storageFault(sqlite3_db_handle(handle), code)
  }

  // MARK: Parameters

  mutating func bind(_ value: Int64) {
    parameter += 1
    note(sqlite3_bind_int64(handle, parameter, value))
  }

  mutating func bind(_ value: Int) { bind(Int64(value)) }
  mutating func bind(_ value: UInt64) { bind(Int64(bitPattern: value)) }
  mutating func bind(_ value: Bool) { bind(value ? 1 : 0 as Int64) }
  mutating func bind(_ value: WallTime) { bind(value.milliseconds) }

  mutating func bind(_ value: String) {
    var value = value
    let arena = arena
    let (text, count) = value.withUTF8 { utf8 in
      let text = arena.room(utf8.count)
      if let source = utf8.baseAddress { text.update(from: source, count: utf8.count) }
      return (text, utf8.count)
    }
    bind(text, count)
  }

  mutating func bind(_ value: SessionID) {
    let text = arena.room(26)
    // In halves of thirteen digits, since shifting 128 bits by five takes many times as long.
    write(UInt64(truncatingIfNeeded: value.value), into: text + 13)
    write(UInt64(truncatingIfNeeded: value.value >> 65), into: text)
    text[13] = crockford(UInt8(truncatingIfNeeded: value.value >> 60) & 31)
    bind(text, 26)
  }

  /// The low digits of a number: thirteen, of which the first has too few bits.
  private func write(_ number: UInt64, into text: UnsafeMutablePointer<UInt8>) {
    var rest = number
    for position in stride(from: 12, through: 0, by: -1) {
      text[position] = crockford(UInt8(truncatingIfNeeded: rest) & 31)
      rest >>= 5
    }
  }

  mutating func bind(_ value: SessionID?) {
    if let value { bind(value) } else { bindNull() }
  }

  mutating func bind(_ value: String?) {
    if let value { bind(value) } else { bindNull() }
  }

  mutating func bind(_ value: UInt64?) {
    if let value { bind(value) } else { bindNull() }
  }

  mutating func bind(_ value: WallTime?) {
    if let value { bind(value) } else { bindNull() }
  }

  private mutating func bindNull() {
    parameter += 1
    note(sqlite3_bind_null(handle, parameter))
  }

  private mutating func bind(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) {
    parameter += 1
    let characters = UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self)
    // No destructor: the arena keeps the text until the statement is reset.
    note(
      sqlite3_bind_text64(
        handle, parameter, characters, UInt64(count), nil, UInt8(SQLITE_UTF8)))
  }

  private mutating func note(_ code: Int32) {
    if code != SQLITE_OK { failure = code }
  }

  // MARK: Columns

  /// The next column of the row.
  mutating func int64() -> Int64 {
    defer { column += 1 }
    return sqlite3_column_int64(handle, column)
  }

  mutating func int() -> Int { Int(int64()) }
  mutating func uint64() -> UInt64 { UInt64(bitPattern: int64()) }
  mutating func bool() -> Bool { int64() != 0 }
  mutating func time() -> WallTime { WallTime(milliseconds: int64()) }

  mutating func text() -> String {
    defer { column += 1 }
    return String(decoding: bytes, as: UTF8.self)
  }

  mutating func session() -> SessionID {
    defer { column += 1 }
    let bytes = bytes
    var value: UInt128 = 0
    for byte in bytes { value = value << 5 | UInt128(crockfordDigit(byte)) }
    return SessionID(value: value)
  }

  /// Whether the next column is NULL; it stays the next one unless it is.
  mutating func skipNull() -> Bool {
    guard sqlite3_column_type(handle, column) == SQLITE_NULL else { return false }
    column += 1
    return true
  }

  mutating func optionalSession() -> SessionID? { skipNull() ? nil : session() }
  mutating func optionalText() -> String? { skipNull() ? nil : text() }
  mutating func optionalTime() -> WallTime? { skipNull() ? nil : time() }

  /// Goes over columns that are not wanted.
  mutating func skip(_ count: Int32) { column += count }

  /// A column by its position, without moving on.
  func peek(_ position: Int32) -> UInt64 {
    UInt64(bitPattern: sqlite3_column_int64(handle, position))
  }

  private var bytes: UnsafeBufferPointer<UInt8> {
    let text = sqlite3_column_text(handle, column)
    return UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(handle, column)))
  }
}

/// A digit of Crockford's base 32, as in `SessionID`. Its letters leave out I, L, O and U.
@inline(__always)
private func crockford(_ digit: UInt8) -> UInt8 {
  switch digit {
  case 0..<10: 0x30 + digit
  case 10..<18: 0x41 + digit - 10
  case 18..<20: 0x4A + digit - 18
  case 20..<22: 0x4D + digit - 20
  case 22..<27: 0x50 + digit - 22
  default: 0x56 + digit - 27
  }
}

@inline(__always)
private func crockfordDigit(_ byte: UInt8) -> UInt8 {
  switch byte {
  case 0x30..<0x3A: byte - 0x30
  case 0x41..<0x49: byte - 0x41 + 10
  case 0x4A..<0x4C: byte - 0x4A + 18
  case 0x4D..<0x4F: byte - 0x4D + 20
  case 0x50..<0x55: byte - 0x50 + 22
  default: byte &- 0x56 &+ 27
  }
}

/// What the system may say of a file that cannot be written.
private let systemReasons = [EIO, ENOSPC, EDQUOT, EROFS, EACCES, EPERM]

/// What SQLite says of its last failure.
func storageFault(_ database: OpaquePointer?, _ code: Int32) -> StorageFault {
  guard let database else {
    return StorageFault(code: code, errno: 0, message: String(cString: sqlite3_errstr(code)))
  }
  // SQLite does not note the system's error of a commit; it is still what the thread saw last.
  let last = errno
  let extended = sqlite3_extended_errcode(database)
  let isTold = code & 0xFF == SQLITE_IOERR && systemReasons.contains(last)
  return StorageFault(
    code: extended & 0xFF == code & 0xFF ? extended : code,
    errno: isTold ? last : sqlite3_system_errno(database),
    message: String(cString: sqlite3_errmsg(database)))
}
