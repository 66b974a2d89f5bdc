internal import Glibc

/// An open file descriptor that is closed with its last owner.
final class Descriptor: Sendable {
  let number: Int32

  /// Takes the descriptor over.
  init(_ number: Int32) { self.number = number }

  deinit { close(number) }
}
