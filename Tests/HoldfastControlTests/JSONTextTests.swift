import HoldfastControl
import HoldfastCore
import Testing

@Suite struct JSONTextTests {
  private struct Names: Encodable {
    var bootID = 1
    var hasStaticTLS = 1
    var readySinceMilliseconds = 1
    var isURLSafe = 1
    var sha256 = 1
  }

  @Test func abbreviationsAreWords() {
    #expect(
      String(decoding: JSONText.encode(Names()), as: UTF8.self)
        == #"{"boot_id":1,"has_static_tls":1,"is_url_safe":1,"ready_since_ms":1,"sha256":1}"#)
    var row = HostLockRow()
    row.bootID = "x"
    #expect((try? JSONText.decode(HostLockRow.self, from: JSONText.encode(row))) == row)
  }
}
