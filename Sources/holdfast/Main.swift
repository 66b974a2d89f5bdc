internal import CShims

@main
struct Main {
  static func main() {
    cshims_end_process(CommandLineRun.run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }
}
