/// How a journal is opened and run.
public struct JournalOptions: Sendable {
  /// SQLite's file layer by name, nil for the default one. For tests.
  public var vfs: String?
  /// Most transactions in one group, that is under one sync.
  public var groupLimit = 1024
  /// Most bytes of text in one group.
  public var groupBytes = 4 << 20
  /// Bytes in the write-ahead log from which on they are moved to the file, off the writing thread.
  public var checkpointBytes = 4 << 20
  /// Bytes in the log from which on writing waits until they are moved.
  public var logLimit = 16 << 20
  /// Page cache of the writer, in KiB.
  public var writerCache = 2048
  /// Page cache of the reader, in KiB.
  public var readerCache = 1024
  /// How often the writer looks for new work before it sleeps; a few microseconds.
  public var spins = 2000
  /// First and longest pause between two attempts while nothing can be written.
  public var retry: ClosedRange<Duration> = .milliseconds(50)...(.seconds(1))
  /// How long locks of other processes are waited for before that counts as a stall.
  public var lockWait: Duration = .milliseconds(100)
  /// How long opening waits for the check of the whole file, which goes on behind it; nil: it is
  /// not checked.
  public var checkWait: Duration? = .milliseconds(50)

  /// What a host uses.
  public init() {}
}
