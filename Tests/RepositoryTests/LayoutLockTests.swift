import FoundationEssentials
import Glibc
import Testing

/// Within a major version, nothing that a plugin was built against changes.
@Suite struct LayoutLockTests {
  private static let path = "include/layout.lock"

  @Test func headersKeepEveryEntryOfTheLock() throws {
    let current = try Layout.current.get()
    let lock = Layout(lock: Repository.read(Self.path))
    for change in lock.broken(by: current) {
      Issue.record("breaks plugins that were built before: \(change)")
    }
  }

  /// `make layout` sets the variable; entries are added, never changed.
  @Test func theLockHoldsEveryEntryOfTheHeaders() throws {
    let current = try Layout.current.get()
    let lock = Layout(lock: Repository.read(Self.path))
    if getenv("HOLDFAST_WRITE_LAYOUT") != nil, lock.broken(by: current).isEmpty {
      let file = URL(filePath: "\(Repository.root)/\(Self.path)")
      try Data(current.text.utf8).write(to: file)
      return
    }
    for key in lock.missing(from: current) {
      Issue.record("\(Self.path) lacks \(key); run make layout")
    }
  }

  @Test func noStructHasPaddingWithoutAName() throws {
    let current = try Layout.current.get()
    for type in Header.structs {
      let places = current.places(in: type.name)
      #expect(places.count == type.members.count)
      for (place, end) in zip(places, [0] + places.map { $0.offset + $0.size }) {
        #expect(place.offset == end, "\(type.name).\(place.name) has a hole before it")
      }
      let end = places.last.map { $0.offset + $0.size }
      #expect(end == current.shape(of: type.name)?.size, "\(type.name) has a hole at its end")
    }
  }
}

/// The lock notices every kind of change that would break a plugin.
@Suite struct LayoutSampleTests {
  private static let released = """
    #define HF_A 1
    typedef struct hf_t {
      uint32_t size;
      uint32_t reserved0;
      uint64_t first;

      /* [any] since 1.0. HF_OK, HF_E_BUSY. */
      int32_t (*HF_NULLABLE call)(void *HF_NULLABLE self, uint64_t a);

      void (*HF_NULLABLE reserved_functions[8])(void);
      uint64_t reserved[4];
    } hf_t_t;
    """

  private func layout(_ text: String) throws -> Layout {
    let scratch = try Scratch()
    let prelude = "#include <stdint.h>\n#define HF_NULLABLE\n#define HF_NONNULL\n"
    _ = try scratch.file("a.h", prelude + text)
    return try Layout(of: [Header(path: "include/a.h", text: text)], include: scratch.path)
  }

  private func changes(_ old: String, _ new: String) throws -> [String] {
    let lock = Layout(lock: try layout(Self.released).text)
    let text = Self.released.replacing(old, with: new)
    #expect(text != Self.released)
    return lock.broken(by: try layout(text)).map { String($0.prefix { $0 != ":" }) }
  }

  @Test func theSameHeaderBreaksNothing() throws {
    let current = try layout(Self.released)
    let lock = Layout(lock: current.text)
    #expect(lock.broken(by: current).isEmpty)
    #expect(lock.missing(from: current).isEmpty)
    #expect(lock.shape(of: "hf_t_t")?.size == 16 + 8 + 64 + 32)
  }

  @Test func everyBreakIsFound() throws {
    #expect(try changes("HF_A 1", "HF_A 2") == ["constant HF_A"])
    #expect(try changes("HF_A", "HF_B") == ["constant HF_A"])
    #expect(try changes("uint64_t first", "int64_t first") == ["field hf_t_t.first"])
    #expect(try changes("HF_NULLABLE call", "HF_NONNULL call") == ["call hf_t_t.call"])
    #expect(try changes("[any]", "[plugin]") == ["call hf_t_t.call"])
    #expect(try changes("uint64_t a", "uint32_t a") == ["call hf_t_t.call"])
    #expect(try changes("HF_E_BUSY", "HF_E_FAILED") == ["codes hf_t_t.call"])
    #expect(try changes("reserved[4]", "reserved[5]") == ["struct hf_t_t"])
    #expect(
      try changes("uint64_t first;", "uint64_t second; uint64_t first;") == [
        "field hf_t_t.first", "slot hf_t_t.call", "struct hf_t_t",
      ])
  }

  @Test func growthIntoTheReservedTailBreaksNothing() throws {
    #expect(try changes("uint64_t reserved[4]", "uint64_t next; uint64_t reserved[3]").isEmpty)
    #expect(try changes("uint32_t reserved0", "uint32_t flags").isEmpty)
    #expect(try changes("uint64_t a)", "uint64_t renamed)").isEmpty)
  }
}
