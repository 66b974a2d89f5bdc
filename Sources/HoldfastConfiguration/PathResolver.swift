/// Makes file names absolute as their author meant them.
struct PathResolver: Sendable {
  /// The file that the name stands in.
  let file: String
  /// What `~` stands for.
  let home: String?

  /// Relative names count from the folder of the file they stand in.
  func resolve(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    if let home, path == "~" { return home }
    if let home, path.hasPrefix("~/") { return home + path.dropFirst() }
    guard let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
  }
}
