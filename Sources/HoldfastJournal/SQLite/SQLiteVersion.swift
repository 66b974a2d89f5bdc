import CSQLite

extension Journal {
  /// The version of SQLite that is loaded.
  public static var sqliteVersion: String { String(cString: sqlite3_libversion()) }
}
