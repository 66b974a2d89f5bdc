/// Names for messages that no other run of any client uses.
struct MessageNames {
  private let run: String
  private var last = 0

  /// Names that begin with the given text.
  init(run: String) { self.run = run }

  /// Names of this run of the program.
  init() {
    var random = SystemRandomNumberGenerator()
    let digits = String(random.next(), radix: 16)
    self.init(run: String(repeating: "0", count: 16 - digits.count) + digits)
  }

  /// The next one.
  mutating func next() -> String {
    last += 1
    return "\(run)-\(last)"
  }
}
