internal import Glibc

@main
struct Main {
  static func main() {
    exit(CommandLineRun.run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }
}
