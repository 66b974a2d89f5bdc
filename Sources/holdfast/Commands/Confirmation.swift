internal import Glibc

/// Asks before something is gone for good.
enum Confirmation {
  /// Throws unless the person says yes, or said `--yes` before.
  static func ask(_ question: String, _ invocation: Invocation) throws(CommandFailure) {
    if invocation.has("yes") { return }
    guard isatty(0) == 1, isatty(2) == 1 else {
      throw CommandFailure("\(question) Say so with --yes.", status: .usage)
    }
    Terminal.write("\(question) [y/N] ", to: 2)
    let answer = readLine()?.lowercased() ?? ""
    guard answer == "y" || answer == "yes" else { throw CommandFailure("nothing was done") }
  }
}
