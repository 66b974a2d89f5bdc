// swift-tools-version: 6.3
import PackageDescription

/// The modules are one program: what is generic in one is compiled for its types in the others too.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
  .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]
let strictC: [CSetting] = [
  .unsafeFlags(["-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"]), .define("_GNU_SOURCE"),
]

/// A plugin exports its entry function and nothing else, and is never unloaded: the Swift runtime
/// keeps pointers into every image it has seen.
let pluginLink: [LinkerSetting] = [
  .unsafeFlags([
    "-Xlinker", "--version-script=\(Context.packageDirectory)/Plugins/plugin.map",
    "-Xlinker", "--gc-sections", "-Xlinker", "-z", "-Xlinker", "nodelete",
  ])
]

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "holdfast",
  products: [
    .executable(name: "holdfast", targets: ["holdfast"]),
    .library(name: "SQLiteMemory", type: .dynamic, targets: ["SQLiteMemory"]),
    .library(name: "Hindsight", type: .dynamic, targets: ["Hindsight"]),
  ],
  targets: [
    .target(name: "CHoldfast", path: "include", exclude: ["layout.lock"], publicHeadersPath: "."),
    .systemLibrary(
      name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CMd", path: "Sources/CMd", pkgConfig: "libmd",
      providers: [.apt(["libmd-dev"])]),
    .target(name: "CEdit", cSettings: strictC, linkerSettings: [.linkedLibrary("edit")]),
    .target(name: "CShims", cSettings: strictC),
    // Its libraries are loaded when they are needed, not linked.
    .target(name: "CMetrics", cSettings: strictC, linkerSettings: [.linkedLibrary("dl")]),
    .target(
      name: "CToml",
      cxxSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"])]),

    module("HoldfastCore", []),
    module("HoldfastConfiguration", ["HoldfastCore", "CToml"]),
    module("HoldfastThreads", ["CShims"]),
    module("HoldfastJournal", ["HoldfastCore", "HoldfastThreads", "CSQLite"]),
    module("HoldfastPorts", ["HoldfastCore", "HoldfastThreads", "CHoldfast", "CShims", "CMd"]),
    module("HoldfastControl", ["HoldfastCore", "HoldfastThreads", "CShims"]),
    module(
      "HoldfastRuntime",
      [
        "HoldfastCore", "HoldfastJournal", "HoldfastPorts", "HoldfastConfiguration",
        "HoldfastControl", "HoldfastThreads", "CShims", "CMetrics",
      ]),
    module("HoldfastPlugin", ["CHoldfast"]),
    .executableTarget(
      name: "holdfast",
      dependencies: [
        "HoldfastRuntime", "HoldfastControl", "HoldfastConfiguration", "HoldfastPorts",
        "HoldfastCore", "HoldfastThreads", "CEdit", "CShims",
      ], swiftSettings: strict),

    .target(
      name: "SQLiteMemory", dependencies: ["HoldfastPlugin", "SQLiteMemoryNote", "CSQLite"],
      path: "Plugins/SQLiteMemory", exclude: ["Note"], swiftSettings: strict,
      linkerSettings: pluginLink),
    .target(
      name: "SQLiteMemoryNote", path: "Plugins/SQLiteMemory/Note",
      cSettings: strictC + [.headerSearchPath("../../../include")]),

    .target(
      name: "Hindsight", dependencies: ["HoldfastPlugin", "CHindsight"],
      path: "Plugins/Hindsight", exclude: ["C"], swiftSettings: strict,
      linkerSettings: pluginLink),
    .target(
      name: "CHindsight", path: "Plugins/Hindsight/C",
      cSettings: strictC + [.headerSearchPath("../../../include")],
      linkerSettings: [.linkedLibrary("curl"), .linkedLibrary("jansson")]),

    .target(
      name: "HoldfastSimulator", dependencies: ["HoldfastCore"], path: "Tests/HoldfastSimulator",
      swiftSettings: strict),
    .executableTarget(
      name: "holdfast-simulate", dependencies: ["HoldfastSimulator", "HoldfastThreads"],
      path: "Tests/Simulate", swiftSettings: strict),
    .target(
      name: "CTestVFS", dependencies: ["CSQLite"], path: "Tests/CTestVFS", cSettings: strictC),
    .executableTarget(
      name: "holdfast-bench",
      dependencies: [
        "HoldfastRuntime", "HoldfastJournal", "HoldfastPorts", "HoldfastControl", "HoldfastCore",
        "HoldfastThreads", "CShims",
      ], path: "Benchmarks/holdfast-bench", swiftSettings: strict),

    tests("HoldfastCoreTests", ["HoldfastCore", "HoldfastSimulator"]),
    tests(
      "HoldfastJournalTests",
      [
        "HoldfastJournal", "HoldfastCore", "HoldfastThreads", "HoldfastSimulator", "CTestVFS",
        "CSQLite",
      ]),
    tests(
      "HoldfastPortsTests",
      ["HoldfastPorts", "HoldfastCore", "HoldfastThreads", "CHoldfast", "CShims"]),
    tests("HoldfastConfigurationTests", ["HoldfastConfiguration", "HoldfastCore"]),
    tests(
      "HoldfastControlTests", ["HoldfastControl", "HoldfastCore", "HoldfastThreads", "CShims"]),
    tests(
      "CommandLineTests",
      ["holdfast", "HoldfastControl", "HoldfastCore", "HoldfastThreads", "CShims"]),
    tests(
      "HoldfastRuntimeTests",
      [
        "HoldfastRuntime", "HoldfastConfiguration", "HoldfastControl", "HoldfastThreads",
        "HoldfastCore", "HoldfastJournal", "CShims",
      ]),
    tests(
      "EndToEndTests",
      ["HoldfastControl", "HoldfastCore", "HoldfastThreads", "CShims", "CSQLite"]),
    tests("HoldfastPluginTests", ["HoldfastPlugin", "CHoldfast"]),
    tests("RepositoryTests", ["CHoldfast"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11,
  cxxLanguageStandard: .cxx17
)
