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
      folder `support`, where the last 20 stay. Without a running host it tells what the last one \
      left. A host that crashed is told of by the next one without being asked.
      """,
    options: [
      Option(name: "output", value: "file", help: "write it there instead")
    ],
    examples: [
      Example("holdfast diagnostics export", "Into the state's folder."),
      Example("holdfast diagnostics export --output fault.json", "Beside a report of a fault."),
    ],
    body: { invocation throws(CommandFailure) in
      let output = invocation.value("output").map(invocation.absolute)
      let file: String
      do throws(SupportExportFailure) {
        let export = SupportExport(
          paths: invocation.paths, environment: invocation.environment,
          pluginFolders: invocation.pluginFolders)
        file =
          invocation.isHostRunning
          ? try export.move(try exported(by: invocation), to: output)
          : try export.fromState(to: output)
      } catch {
        throw CommandFailure(error.description)
      }
      if invocation.isJSON {
        invocation.printJSON(FileJSON(ok: true, file: file))
      } else {
        invocation.terminal.print(file)
      }
      return .ok
    })

  private static func exported(by invocation: Invocation) throws(SupportExportFailure) -> String {
    let answer: ControlAnswer
    do throws(ControlFailure) {
      answer = try ControlClient(path: invocation.paths.controlSocket).ask(.exportDiagnostics)
    } catch {
      throw SupportExportFailure(error.description)
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
