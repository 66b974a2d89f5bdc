import Glibc
import HoldfastControl
import Testing

@Suite struct HostPathsTests {
  private func paths(
    _ environment: [String: String] = [:], choice: PathChoice = PathChoice(),
    configured: PathChoice = PathChoice()
  ) -> HostPaths {
    let full = ["HOME": "/home/ada"].merging(environment) { $1 }
    return HostPaths(
      choice, configured: configured,
      in: PathSurroundings(environment: full, workingDirectory: "/tmp/here", user: 1000))
  }

  private func choice(state: String? = nil, runtime: String? = nil) -> PathChoice {
    var choice = PathChoice()
    choice.stateDirectory = state
    choice.runtimeDirectory = runtime
    return choice
  }

  @Test func withoutAnythingTheHomeFolderIsUsed() {
    let found = paths()
    #expect(found.stateDirectory == "/home/ada/.local/state/holdfast")
    #expect(found.runtimeDirectory == "/home/ada/.local/state/holdfast/run")
    #expect(found.defaultConfigurationFile == "/home/ada/.config/holdfast/holdfast.toml")
    #expect(found.configurationFile == nil)
    #expect(found.controlSocket == found.runtimeDirectory + "/control.sock")
  }

  @Test func theBaseDirectoriesAreKept() {
    let found = paths([
      "XDG_STATE_HOME": "/s", "XDG_RUNTIME_DIR": "/r", "XDG_CONFIG_HOME": "/c",
    ])
    #expect(found.stateDirectory == "/s/holdfast")
    #expect(found.runtimeDirectory == "/r/holdfast")
    #expect(found.defaultConfigurationFile == "/c/holdfast/holdfast.toml")
    #expect(paths(["XDG_STATE_HOME": "relative"]).stateDirectory.hasPrefix("/home/ada/"))
  }

  @Test func aNamedStateBringsItsOwnSocketsAndConfiguration() {
    let named = paths(["XDG_RUNTIME_DIR": "/r"], choice: choice(state: ".state"))
    #expect(named.stateDirectory == "/tmp/here/.state")
    #expect(named.runtimeDirectory == "/tmp/here/.state/run")
    #expect(named.defaultConfigurationFile == "/tmp/here/.state/holdfast.toml")
    let variable = paths(["HOLDFAST_STATE": "~/x/../y", "XDG_RUNTIME_DIR": "/r"])
    #expect(variable.stateDirectory == "/home/ada/y")
    #expect(variable.runtimeDirectory == "/home/ada/y/run")
    #expect(paths(["HOLDFAST_STATE": "/b"], choice: choice(state: "/a")).stateDirectory == "/a")
    #expect(paths(choice: choice(state: "/a", runtime: "/q")).runtimeDirectory == "/q")
  }

  @Test func theConfigurationsFoldersComeAfterWhatWasSaid() {
    let configured = choice(state: "/conf", runtime: "/conf-run")
    let found = paths(["XDG_RUNTIME_DIR": "/r"], configured: configured)
    #expect(found.stateDirectory == "/conf")
    #expect(found.runtimeDirectory == "/conf-run")
    let stateOnly = paths(["XDG_RUNTIME_DIR": "/r"], configured: choice(state: "/conf"))
    #expect(stateOnly.runtimeDirectory == "/conf/run")
    let said = paths(choice: choice(state: "/said"), configured: configured)
    #expect(said.stateDirectory == "/said")
    #expect(said.runtimeDirectory == "/said/run")
  }

  @Test func aPathTooLongForASocketGetsAFolderOfItsOwn() {
    let long = "/" + String(repeating: "x", count: 120)
    let first = paths(choice: choice(state: long)).runtimeDirectory
    #expect(first.hasPrefix("/tmp/holdfast-1000-"))
    #expect(first.utf8.count == "/tmp/holdfast-1000-".utf8.count + 16)
    #expect(
      first == paths(choice: choice(state: long + "/../" + long.dropFirst())).runtimeDirectory)
    #expect(first != paths(choice: choice(state: long + "y")).runtimeDirectory)
    for length in 80..<110 {
      let socket = paths(choice: choice(state: "/" + String(repeating: "s", count: length)))
        .controlSocket
      #expect(socket.utf8.count <= 107)
    }
  }

  @Test func foldersAreMadePrivate() throws {
    let base = try TemporaryFolder()
    let found = paths(choice: choice(state: base.path + "/a/b"))
    try found.makeFolders()
    for folder in [found.stateDirectory, found.runtimeDirectory] {
      #expect(base.mode(of: folder) == 0o700)
    }
    try found.makeFolders()
  }

  @Test func foldersOpenToOthersAreRefusedWithTheRemedy() throws {
    let base = try TemporaryFolder()
    let found = paths(choice: choice(state: base.path + "/s", runtime: base.path + "/r"))
    mkdir(found.runtimeDirectory, 0o700)
    chmod(found.runtimeDirectory, 0o755)
    let runtime = #expect(throws: FolderFailure.self) { try found.makeRuntimeFolder() }
    #expect(runtime?.description.contains("chmod 700 '\(found.runtimeDirectory)'") == true)
    mkdir(found.stateDirectory, 0o700)
    chmod(found.stateDirectory, 0o777)
    let state = #expect(throws: FolderFailure.self) { try found.makeStateFolder() }
    #expect(state?.description.contains("chmod go-w") == true)
  }

  @Test func whatIsNoFolderIsRefused() throws {
    let base = try TemporaryFolder()
    let found = paths(choice: choice(state: base.path + "/file"))
    close(open(found.stateDirectory, O_CREAT | O_WRONLY, 0o600))
    let failure = #expect(throws: FolderFailure.self) { try found.makeStateFolder() }
    #expect(failure?.description.contains("is not a folder") == true)
    let below = paths(choice: choice(state: base.path + "/file/below"))
    let other = #expect(throws: FolderFailure.self) { try below.makeStateFolder() }
    #expect(other?.description.contains("cannot make") == true)
    #expect(other?.description.contains("--state-dir") == true)
  }
}
