import HoldfastPorts
import Testing

/// Hashes and names made of them.
@Suite struct DigestTests {
  @Test func sha256AgreesWithTheStandard() {
    #expect(
      sha256(Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func aNameAlwaysHasTheSameUUID() {
    let uuid = uuidV5(name: "cut 9")
    #expect(uuid == uuidV5(name: "cut 9") && uuid != uuidV5(name: "cut 10"))
    let parts = uuid.split(separator: "-").map(\.count)
    #expect(parts == [8, 4, 4, 4, 12])
    #expect(Array(uuid)[14] == "5" && "89ab".contains(Array(uuid)[19]))
  }
}
