internal import HoldfastControl
internal import HoldfastCore
internal import HoldfastRuntime

/// `holdfast diagnostics export`
enum DiagnosticsExportCommand {
  static let command = Command(
    name: "export", summary: "write all that helps to find a fault into one file",
    details: """
      The file holds versions, the configuration without secrets, plugins, sessions by their ids, \
      and the last events; never what people said, were told or remember. It lies in the state's \
      folder `support`, where the last 20 stay. Without a host that answers it tells what was \
      recorded. A host that crashed is told of by the next one without being asked.
      """,
    options: [
      Option(name: "output", value: "file", help: "write it there instead; - is standard output")
    ],
    examples: [
      Example("holdfast diagnostics export", "Into the state's folder."),
      Example("holdfast diagnostics export --output fault.json", "Beside a report of a fault."),
    ],
    body: { invocation throws(CommandFailure) in
      let output = invocation.value("output").map { $0 == "-" ? $0 : invocation.absolute($0) }
      let file: String
      do throws(SupportExportFailure) {
        let export = SupportExport(
          paths: invocation.paths, environment: invocation.environment,
          pluginFolders: invocation.pluginFolders)
        if let bundle = try exported(by: invocation) {
          file = try export.move(bundle, to: output)
        } else {
          file = try export.fromState(to: output)
        }
      } catch {
        throw CommandFailure(error.description)
      }
      if output == "-" { return .ok }
      if invocation.isJSON {
        invocation.printJSON(FileJSON(ok: true, file: file))
      } else {
        invocation.terminal.print(file)
      }
      return .ok
    })

  /// The bundle that the host wrote; nil if there is no host, or none that answers.
  private static func exported(by invocation: Invocation) throws(SupportExportFailure) -> String? {
    guard invocation.isHostRunning else { return nil }
    let answer: ControlAnswer
    do throws(ControlFailure) {
      answer = try ControlClient(path: invocation.paths.controlSocket).ask(.exportDiagnostics)
    } catch {
      invocation.terminal.complain(
        "holdfast: the host does not answer; the bundle tells what it has recorded so far")
      return nil
    }
    switch answer {
    case .done(let file): return file
    case .refused(let reason): throw SupportExportFailure(reason)
    default: throw SupportExportFailure(Invocation.strange.message)
    }
  }

  private struct FileJSON: Encodable {
    var ok: Bool
    var file: String
  }
}
